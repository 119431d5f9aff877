"""The report on its screen: what is printed, what was trained, what is still to be trained, and what is taken away."""

import json

import pytest
import tomli_w
from textual.widgets import Checkbox, Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.reading import export_report
from hw1_tui.report.runs.request import Request
from hw1_tui.runs import Store
from hw1_tui.settings import Given
from hw1_tui.training import timed_trial
from hw1_tui.training.job import Job
from hw1_tui.training.timed_trial import TimedTrial
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.entry_dialog import EntryDialog
from screens.dialogs.steer_dialog import SteerDialog
from screens.dialogs.text_dialog import TextDialog
from screens.widgets.chart import Chart
from screens.widgets.report.claim_list import ClaimList
from screens.widgets.report.figure_table import FigureTable
from screens.widgets.report.question_list import QuestionList
from tests.support.report_screen import ALL, WIDE, about, questions, read
from tests.support.scripted_engine import app_of, until
from tests.support.settling import settle
from tests.support.told import told


def app_on(source):
    return Hw1App("report", [Given("data", str(source), "data")])


def numbers(app):
    table = app.screen.query_one(FigureTable)
    return [[str(cell).strip() for cell in table.get_row_at(row)] for row in range(table.row_count)]


async def type_scale(pilot, scale):
    pilot.app.screen.query_one("#epochs-scale", Input).focus()
    pilot.app.screen.query_one("#epochs-scale", Input).value = scale
    await pilot.press("enter")


async def train_first(pilot, scale="0.12"):
    """Train question 1.1 with few epochs."""
    await read(pilot)
    await type_scale(pilot, scale)
    await read(pilot)
    await pilot.press("s")
    await until(pilot, lambda: questions(pilot.app)["1.1"].strip().startswith("✓"))
    await until(pilot, lambda: numbers(pilot.app)[0][3] != "-")


async def test_what_is_printed_is_there_before_anything_was_trained(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        assert numbers(app)[1][:5] == ["val acc", "perceptron", "0.3868", "-", ""]
        assert all("○" in line for line in questions(app).values())
        assert f"0 of {ALL} runs" in about(app)
        await pilot.press("o", "x", "v", "v", "v", "v", "space")
        assert len(app.screen_stack) == 1


async def test_a_question_is_trained_kept_and_settled(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await train_first(pilot)
        record = Store().runs()[0]
        assert (record.config["model"], record.config["epochs"]) == ("perceptron", 12)
        ours = {row[0]: row[3] for row in numbers(app)}
        assert ours["test acc"] == f"{record.results['test_accuracy']:.4f}"
        heading, first, *_ = [str(option.prompt) for option in app.screen.query_one(ClaimList).options]
        assert heading.startswith("What the text says: ")
        assert "✗ differs" in first
        assert "10 examples" in first or "examples apart" in first
        assert "training" in app.screen.query_one("#panel-1-0", Chart).summary
        assert [live.run_id for live in app.workspace.queue.runs] == [record.run]

        await pilot.press("s")
        await until(pilot, lambda: "Everything that this needs is trained" in told(app))
        assert len(app.workspace.queue.runs) == 1


async def test_runs_train_as_one_where_a_timed_trial_says_so_and_it_is_said(blobs, monkeypatch):
    """As in batch: the interface's report trains by whatever is the fastest, each run one of the queue."""
    trial = TimedTrial(3, {"threads": 1.0, "stacked": 2.0})
    monkeypatch.setattr(timed_trial, "time_executors", lambda *_: trial)
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await type_scale(pilot, "0.1")
        await read(pilot)
        app.screen.query_one(QuestionList).mark(("2.1",))
        await pilot.press("s")
        await until(pilot, lambda: trial.sentence in told(app))
        await until(pilot, lambda: "✓ 2.1" in questions(app)["2.1"], 60)
        records = Store().runs()
        assert len(records) == len(app.workspace.queue.runs) > 1
        assert "stacked" in {record.facts["executor"] for record in records}


async def test_the_runs_behind_a_figure_and_a_claim_open(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await train_first(pilot)
        for widget in (FigureTable, ClaimList):
            app.screen.query_one(widget).focus()
            if widget is ClaimList:
                await pilot.press("down")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
            assert app.screen.query_one(".box").border_title == Store().runs()[0].title
            await pilot.press("escape")


async def test_the_chosen_claim_stays_on_its_line_when_what_is_found_is_shown(blobs):
    app = app_on(blobs)
    async with app.run_test(size=(100, 24)) as pilot:
        await read(pilot)
        claims = app.screen.query_one(ClaimList)
        shown = read_questions().claims
        claims.show(shown, {})
        claims.highlighted = claims.option_count - 3
        await settle(pilot)
        claims.scroll_to_highlight(top=True)
        seen = claims.claim, claims.scroll_y
        assert seen[1] > 0
        claims.show(shown, {})
        await settle(pilot)
        assert (claims.claim, claims.scroll_y) == seen


async def test_times_are_ratios_and_a_misprint_says_what_is_meant(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await type_scale(pilot, "0.01")
        await read(pilot)
        await pilot.press("down", "down", "down", "down")
        await until(pilot, lambda: numbers(app)[-1][2] == "× 0.37")
        assert numbers(app)[5][4] == "meant 0.5093"
        await pilot.press("s")
        await until(pilot, lambda: numbers(app)[-1][3].startswith("× "), 30)
        assert numbers(app)[-2][3].endswith(" s")


async def test_seeds_are_runs_of_their_own(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        app.screen.query_one("#seeds", Input).value = "2"
        await type_scale(pilot, "0.02")
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: "2/2" in questions(app)["1.1"])
        assert sorted(record.config["seed"] for record in Store().runs()) == [42, 43]


async def trained(pilot, app):
    """Train the one run of the first question and return it."""
    await read(pilot)
    await type_scale(pilot, "0.02")
    await read(pilot)
    await pilot.press("s")
    await until(pilot, lambda: "1/1" in questions(app)["1.1"])
    (live,) = app.workspace.queue.runs
    await until(pilot, lambda: not live.is_live)
    return live


async def test_a_run_of_the_report_that_has_ended_goes_on_for_more_epochs_as_any_other(blobs):
    """It was off the list without a word, and trained nothing: the report found that the history has it."""
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        live, queue = await trained(pilot, app), app.workspace.queue
        app.push_screen(SteerDialog(live))
        await until(pilot, lambda: isinstance(app.screen, SteerDialog))
        assert "the report does not count it any more" in str(app.screen.query_one("#what", Static).content)
        await pilot.press("escape")
        queue.go_on(live, Job(live.config, run=live.run_id, changes={"epochs": 4}))
        await until(pilot, lambda: live.state == "finished" and live.epochs_done == 4)
        assert queue.runs == [live]
        assert Store().get(live.run_id).results["epochs_done"] == 4
        await until(pilot, lambda: "0/1" in questions(app)["1.1"])


async def test_a_run_that_a_person_goes_on_with_for_more_epochs_is_none_that_the_report_waits_for_or_stops(blobs):
    """Run said that what it needs trains already, which it did not, and Stop ended what the person had begun."""
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        live, queue = await trained(pilot, app), app.workspace.queue
        queue.go_on(live, Job(live.config, run=live.run_id, changes={"epochs": 10**6}))
        await until(pilot, lambda: live.state == "training" and "0/1" in questions(app)["1.1"])
        await pilot.press("x")
        assert live.state == "training"
        await pilot.press("s")
        await until(pilot, lambda: len(queue.runs) == 2)
        assert queue.runs[1].config.epochs == 2
        queue.stop_all()
        await until(pilot, lambda: queue.is_idle)


@pytest.mark.parametrize("button", ["#start", "#run-all"])
async def test_what_is_typed_is_trained_without_enter_too(script, button):
    """A click on Run trained what had been asked for before: 100 epochs and not 2."""
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        app.screen.query_one("#epochs-scale", Input).value = "0.02"
        await pilot.click(button)
        await until(pilot, lambda: app.workspace.queue.runs)
        assert app.workspace.queue.runs[0].config.epochs == 2
        app.workspace.queue.stop_all()


async def test_nothing_is_done_while_something_typed_is_wrong(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        seeds = app.screen.query_one("#seeds", Input)
        seeds.focus()
        seeds.value = ""
        await pilot.press(*"1.5")
        assert seeds.value == "1.5"  # a sign that is passed over leaves another number
        for button in ("#start", "#run-all", "#export"):
            app.clear_notifications()
            await pilot.pause()
            await pilot.click(button)
            await until(pilot, lambda: "Seeds" in told(app))
            assert not app.workspace.queue.runs
            assert not app.screen.is_modal


async def test_all_digits_of_a_factor_are_kept():
    words = Request("digits", epochs_scale=0.12345678).words()
    assert words == ["--data", "digits", "--epochs-scale", "0.12345678"]


async def test_what_is_typed_wrongly_is_said_and_changes_nothing(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        before = about(app)
        app.screen.query_one("#seeds", Input).value = "0"
        await type_scale(pilot, "nan")
        assert "Seeds" in told(app)
        assert "Epochs" in told(app)
        assert about(app) == before


async def test_data_that_cannot_be_used_is_said_and_other_data_chosen(blobs):
    app = app_on("nowhere.npz")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "nowhere.npz" in about(app))
        await pilot.press("s")
        assert not app.workspace.queue.runs
        await pilot.press("d")
        app.screen.query_one("#data", Input).value = str(blobs)
        await pilot.press("enter")
        await read(pilot)


async def test_data_without_classes_is_refused():
    app = app_on("quadratic")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "no classes" in about(app))
        assert "--" not in about(app)
        assert "more" in about(app).splitlines()[-1]  # one of what is wrong at each model, which were cut in between
        await pilot.press("s")
        await pilot.pause()
        assert not app.workspace.queue.runs


async def test_what_another_program_deletes_is_missing_without_a_key(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await train_first(pilot)
        run = Store().delete("last")
        await until(pilot, lambda: "✓" not in questions(app)["1.1"])
        Store().undelete(run)
        await until(pilot, lambda: "✓" in questions(app)["1.1"])


async def test_the_report_is_written_with_what_there_is(blobs, tmp_path):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await train_first(pilot)
        await pilot.press("space", "e")
        app.screen.query_one("#entry", Input).value = str(tmp_path / "out")
        await pilot.press("enter")
        await until(pilot, lambda: f"The report is in {tmp_path / 'out'}" in told(app), 30)
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [table["number"] for table in written["tables"]] == [1]
    assert written["runs"]["1.1a"][0]["run"] == Store().runs()[0].run
    assert (tmp_path / "out" / "report.html").stat().st_size > 1000
    with pytest.raises(MistakeError, match=r"^/\S+ cannot be written to"):  # no option is named where none was typed
        export_report(read_questions(), Request(""), {}, Store(), tmp_path / "out" / "report.json" / "below")


async def test_on_the_courses_own_data_digits_are_compared(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await train_first(pilot, "1")
        assert [row[4] for row in numbers(app)] == ["not compared"] * 3
        app.screen.query_one("#course", Checkbox).value = True
        verdicts = ("✓ agrees", "~ cannot be told", "✗ differs")
        await until(pilot, lambda: all(row[4] in verdicts for row in numbers(app)))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        assert app.clipboard.endswith(f"--data {blobs} --course-data")
        assert len(app.workspace.queue.runs) == 1


async def test_the_command_trains_what_is_missing_in_the_history_that_is_shown(blobs, monkeypatch):
    """It looked into that of the shell, had nothing, and trained all again."""
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        home = app.workspace.store.home
        monkeypatch.setenv("HW1_TUI_HOME", "elsewhere")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        assert app.clipboard.endswith(f" --home {home}")


async def test_the_command_says_what_was_chosen(blobs):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await type_scale(pilot, "0.5")
        await pilot.press("space", "ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        assert app.clipboard == f"hw1-tui --batch report 1.1 --data {blobs} --epochs-scale 0.5"


@pytest.fixture
def own_questions(tmp_path):
    """Next year's homework: one question with one run."""
    content = {
        "homework": {"title": "Homework 1, next year", "examples": [10, 10, 10]},
        "runs": [{"name": "A", "question": "7.1", "title": "Perceptron",
                  "settings": {"model": "perceptron", "engine": "numpy", "epochs": 2, "seed": 1}}],
        "tables": [{"number": 1, "question": "7.1", "title": "Perceptron again",
                    "columns": [{"title": "p", "run": "A"}],
                    "rows": [{"figure": "val_accuracy", "printed": [0.5]}]}],
        "claims": [{"name": "7.1-x", "question": "7.2", "where": "text", "says": "It is high.", "kind": "threshold",
                    "runs": ["A"], "figure": "val_accuracy", "direction": "above", "values": [0.1]}],
    }  # fmt: skip
    file = tmp_path / "next year.toml"
    file.write_text(tomli_w.dumps(content), "utf-8")
    return file


async def open_questions(pilot, file):
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
    pilot.app.screen.query_one("#entry", Input).value = file
    await pilot.press("enter")


async def test_other_questions_are_asked_trained_and_left_again(blobs, own_questions):
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("t")  # what the report tunes is none of the other file's
        await open_questions(pilot, str(own_questions))
        await until(pilot, lambda: list(questions(app)) == ["7.1", "7.2"])
        await pilot.press("t")
        await until(pilot, lambda: "None of these questions has a conclusion with rivals to tune" in told(app))
        await until(pilot, lambda: "0 of 1 run is kept" in about(app))
        assert [row[1:3] for row in numbers(app)] == [["p", "0.5000"]]
        await pilot.press("s")
        await until(pilot, lambda: questions(app)["7.1"].strip().startswith("✓"))
        assert [record.config["epochs"] for record in Store().runs()] == [2]
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        assert app.clipboard.endswith(f"--questions '{own_questions}'")
        await pilot.press("escape")
        await open_questions(pilot, "")
        await until(pilot, lambda: "0 of 24 runs are kept" in about(app))
        assert "1.1" in questions(app)


async def test_a_questions_file_with_mistakes_is_explained_and_changes_nothing(blobs, tmp_path):
    (tmp_path / "wrong.toml").write_text("[[claims]]\nkind = 'rankin'", "utf-8")
    app = app_on(blobs)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        for file, word in (("wrong.toml", "ranking?"), ("missing.toml", "cannot be read"), (".", "cannot be read")):
            await open_questions(pilot, str(tmp_path / file))
            await until(pilot, lambda: isinstance(app.screen, TextDialog))
            assert word in str(app.screen.query_one("#text", Static).content)
            await pilot.press("escape")
            assert app.screen.query_one("#entry", Input).value == str(tmp_path / file), "what was typed is not lost"
            await pilot.press("escape")
        assert "1.1" in questions(app)
        assert "0 of 24 runs are kept" in about(app)


async def test_the_screen_opens_with_what_the_command_line_asks_for(blobs, own_questions):
    asked = Request(str(blobs), seeds=3, epochs_scale=0.5, questions_file=str(own_questions), questions=("7.2",))
    app = Hw1App("report", report=asked)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "0 of 3 runs are kept" in about(app))
        fields = {name: app.screen.query_one(f"#{name}", Input).value for name in ("data", "seeds", "epochs-scale")}
        assert fields == {"data": str(blobs), "seeds": "3", "epochs-scale": "0.5"}
        listed = app.screen.query_one(QuestionList)
        assert (listed.question, list(listed.marked)) == ("7.2", ["7.2"])


def test_what_is_wrong_on_the_command_line_is_told_before_the_screen_opens(tmp_path, capsys):
    (tmp_path / "wrong.toml").write_text("x = [", "utf-8")
    words = ["--questions", str(tmp_path / "wrong.toml"), "--seeds", "0", "--kept", "--out", "x"]
    assert main(["report", *words]) == 2
    told = capsys.readouterr().err
    for word in ("is not TOML", "--seeds", "--kept: is for --batch only", "--out: is for --batch only"):
        assert word in told


def test_the_command_line_hands_on_what_was_asked_for(own_questions, monkeypatch):
    opened: dict[str, object] = {}
    monkeypatch.setattr("hw1_tui.app.run", lambda name, given, **options: opened.update(options, name=name) or 0)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["report", "7.1", "--questions", str(own_questions), "--course-data"]) == 0
    assert opened["name"] == "report"
    assert opened["report"] == Request("", is_course_data=True, questions_file=str(own_questions), questions=("7.1",))
