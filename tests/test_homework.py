"""A homework of one's own: runs that are like others, data of one's own, nothing printed, numbers to be learned."""

import json

import pytest
from textual.widgets import Input, OptionList, Static

from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.request import Request
from hw1_tui.settings import NAMED_DATA
from screens.widgets.preset_choice import PresetChoice
from screens.widgets.preset_facts import PresetFacts
from screens.widgets.report.claim_list import ClaimList
from screens.widgets.report.figure_table import FigureTable
from screens.widgets.report.question_list import QuestionList
from tests.support.scripted_engine import until
from tests.support.told import told as told_of

FRESH = """
[homework]
title = "Digits"
data = "digits"

[[questions]]
name = "1"
text = "Train it with two learning rates."

[[questions]]
name = "2"
title = "A plane"
text = "Learn a plane."
data = "plane.csv"

[[runs]]
name = "slow"
question = "1"
settings = { model = "logistic_regression", engine = "numpy", epochs = 8, learning_rate = 0.00001, seed = 1 }

[[runs]]
name = "fast"
question = "1"
title = "A thousand times the rate"
like = "slow"
settings = { learning_rate = 0.01 }

[[runs]]
name = "again"
question = "1"
like = "fast"

[[runs]]
name = "plane"
question = "2"
settings = { model = "quadratic_network", engine = "numpy", epochs = 3, seed = 1 }

[[tables]]
number = 1
question = "1"
title = "Logistic regression"
columns = [{ title = "slow", run = "slow" }, { title = "fast", run = "fast" }]
rows = [{ figure = "val_accuracy" }, { figure = "train_loss" }]

[[tables]]
number = 2
question = "2"
title = "The plane"
columns = [{ title = "quadratic", run = "plane" }]
rows = [{ figure = "test_loss" }]

[[claims]]
name = "faster"
question = "1"
says = "A thousand times the rate has the lower training loss."
kind = "ranking"
runs = ["slow", "fast"]
figure = "train_loss"
expect = "agrees"

[[claims]]
name = "falls"
question = "2"
says = "The loss stays below a million."
kind = "threshold"
runs = ["plane"]
figure = "val_loss"
direction = "below"
values = [1000000]
expect = "agrees"
"""


@pytest.fixture
def fresh(tmp_path):
    """The questions file, with its plane beside it."""
    (tmp_path / "course").mkdir()
    rows = [f"{a},{b},{a + 2 * b}" for a in range(8) for b in range(8)]
    (tmp_path / "course" / "plane.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    (tmp_path / "course" / "homework.toml").write_text(FRESH)
    return tmp_path / "course" / "homework.toml"


def told(path, text):
    path.write_text(text)
    with pytest.raises(MistakeError) as caught:
        read_questions(path)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_run_says_only_what_differs_from_the_one_that_it_is_like(fresh):
    runs = read_questions(fresh).runs
    assert runs["fast"].values == {**runs["slow"].values, "learning_rate": 0.01}
    assert runs["again"].values == runs["fast"].values
    assert [runs[name].title for name in ("slow", "fast")] == ["slow", "A thousand times the rate"]


def test_a_circle_and_a_run_that_there_is_not_are_told_with_their_place(fresh):
    circle = FRESH.replace('question = "1"\nsettings', 'question = "1"\nlike = "again"\nsettings')
    assert told(fresh, circle) == [
        "homework.toml, runs slow, like: goes in a circle: slow, again, fast, slow",
        "homework.toml, runs fast, like: goes in a circle: fast, slow, again, fast",
        "homework.toml, runs again, like: goes in a circle: again, fast, slow, again",
    ]
    (mistake,) = told(fresh, FRESH.replace('like = "slow"', 'like = "slwo"'))
    assert mistake.startswith("homework.toml, runs fast, like: there is no run 'slwo'")
    assert mistake.endswith("(did you mean slow?)")


def test_a_wrong_setting_is_told_at_the_run_that_has_it_and_not_at_those_like_it(fresh):
    (mistake,) = told(fresh, FRESH.replace("epochs = 8, learning_rate", "epochs = -1, learning_rate"))
    assert mistake.startswith("homework.toml, runs slow, epochs: ")


def test_data_lies_from_the_questions_file_on(fresh):
    homework = read_questions(fresh)
    assert homework.data == "digits"
    assert {name: run.data for name, run in homework.runs.items()} == {
        "slow": "", "fast": "", "again": "", "plane": str(fresh.parent / "plane.csv"),
    }  # fmt: skip
    assert [source for source, _ in homework.wanted("other.npz")] == ["other.npz", str(fresh.parent / "plane.csv")]


def test_accuracies_are_not_asked_of_what_learns_numbers(fresh):
    (mistake,) = told(fresh, FRESH.replace("test_loss", "test_accuracy"))
    assert "tables 2, row 1, figure: test_accuracy is of classes, and plane learns numbers" in mistake


def test_what_is_about_print_needs_some(fresh):
    row = '{ figure = "val_accuracy", expect = "agrees", meant = [0.9, 0.9] }'
    mistakes = told(fresh, FRESH.replace('{ figure = "val_accuracy" }', row))
    assert [mistake.partition(", row 1, ")[2] for mistake in mistakes] == [
        "meant: is about what is printed, and nothing is",
        "expect: is about what is printed, and nothing is",
    ]


REPORT = ("--batch", "report", "--questions")


def places(fresh):
    return ["--home", str(fresh.parent / "home"), "--out", str(fresh.parent / "out")]


def report(fresh, *words):
    return main([*REPORT, str(fresh), "--quiet", *places(fresh), *words])


def test_what_the_coach_finds_wrong_with_a_run_is_said_while_it_trains(fresh, capsys):
    ill = 'model = "mlp", init = "zero", hidden_sizes = [8], engine = "numpy", epochs = 8'
    fresh.write_text(FRESH.replace('model = "logistic_regression", engine = "numpy", epochs = 8', ill))
    code = main([*REPORT, str(fresh), *places(fresh)])
    err = capsys.readouterr().err
    lines = [line for line in err.splitlines() if "Coach" in line]
    assert [line.partition(":")[0] for line in lines] == ["slow", "fast"]
    assert report(fresh) == code  # of what is trained nothing is said again
    assert "Coach" not in capsys.readouterr().err


def test_each_question_is_trained_on_its_own_data_and_numbers_stand_without_a_verdict(fresh, capsys):
    assert report(fresh, "--check", "--format", "jsonl") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["verdict"] for row in rows if row["kind"] == "figure"} == {"measured"}
    assert {row["name"]: row["verdict"] for row in rows if row["kind"] == "claim"} == {
        "faster": "agrees", "falls": "agrees",
    }  # fmt: skip
    record = json.loads((fresh.parent / "out" / "report.json").read_text())
    cells = [cell for table in record["tables"] for row in table["rows"] for cell in row["cells"]]
    assert all(cell["ours"] and cell["printed"] is None and cell["verdict"] is None for cell in cells)
    assert [row["ranking"] for table in record["tables"] for row in table["rows"]] == [None, None, None]
    text = (fresh.parent / "out" / "report.md").read_text()
    assert "Data: digits (" in text
    assert "Data: plane.csv (" in text
    assert "measured | spread" in text
    assert "printed digits" not in text


def test_a_report_on_data_of_its_own_and_without_a_claim_tells_nothing_that_is_not_so(fresh):
    """It was said to be repeated with the built-in data, and began with a table that had no row."""
    own = FRESH.replace('data = "digits"\n', "").replace('name = "1"\n', 'name = "1"\ndata = "digits"\n', 1)
    fresh.write_text(own[: own.index("[[claims]]")])
    assert report(fresh) == 0
    record = json.loads((fresh.parent / "out" / "report.json").read_text())
    assert "--data" not in record["reproduction"]["command"]
    assert "cannot be told" not in (fresh.parent / "out" / "report.md").read_text().partition("\n## ")[0]


def test_a_model_that_does_not_fit_its_data_is_told_before_anything_is_trained(fresh, capsys):
    fresh.write_text(FRESH.replace('data = "plane.csv"', 'data = "digits"'))
    assert report(fresh) == 2
    assert "plane, data: digits has no numbers to learn, which quadratic_network needs" in capsys.readouterr().err


def test_a_file_to_start_from_is_sound_and_overwrites_nothing(tmp_path, capsys):
    file = tmp_path / "new.toml"
    assert main(["report", "--new-questions", str(file)]) == 0
    assert main(["report", "--check-questions", str(file)]) == 0
    out = capsys.readouterr().out
    assert "nothing is wrong. It has 2 questions, 4 runs, 2 tables, 2 figures, 3 claims." in " ".join(out.split())
    file.write_text("mine")
    assert main(["report", "--new-questions", str(file)]) == 2
    assert file.read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert main(["report", "--new-questions", str(file), "--force"]) == 0
    assert read_questions(file).title == "Homework: digits"


def test_a_check_of_a_questions_file_tells_all_that_is_wrong_and_trains_nothing(fresh, capsys):
    wrong = FRESH.replace('data = "plane.csv"', 'data = "plain.csv"').replace(
        'direction = "below"', 'direction = "belw"'
    )
    fresh.write_text(wrong.replace('{ figure = "test_loss" }', '{ figure = "test_loss", points = -1 }'))
    fresh.write_text(fresh.read_text().replace('data = "digits"', 'data = "digits.npz"'))
    assert main(["report", "--check-questions", str(fresh)]) == 2
    told = capsys.readouterr().err
    for words in (
        "digits.npz is not there",
        "questions 2, data: ",
        "plain.csv is not there",
        "plane.csv?",
        "did you mean below?",
        "points: -1 is out of range",
    ):
        assert words in told
    fresh.write_text(FRESH.replace('data = "plane.csv"', 'data = "digits"'))
    assert main(["report", "--check-questions", str(fresh)]) == 2
    assert "digits has no numbers to learn" in capsys.readouterr().err
    fresh.write_text(FRESH)
    assert main(["report", "--check-questions", str(fresh)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "no table, figure or claim asks for it: again" in told
    assert "[[questions]]" not in told
    fresh.write_text(FRESH.replace('name = "faster"\nquestion = "1"', 'name = "faster"\nquestion = "9"'))
    assert main(["report", "--check-questions", str(fresh)]) == 0
    assert "Without an entry of [[questions]]: 9." in capsys.readouterr().out
    assert not (fresh.parents[1] / "home").exists()


def test_the_names_that_a_questions_file_may_use_for_data_are_those_that_there_are():
    assert tuple(data.NAMED) == NAMED_DATA


def test_a_run_of_a_questions_file_is_trained_on_its_data_with_its_settings(fresh, capsys):
    words = ["train", "--questions", str(fresh), "--preset", "fast", "--epochs", "1", "--format", "jsonl"]
    assert main(["--batch", *words]) == 0
    started = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (started["data"], started["learning_rate"], started["epochs"]) == ("digits", 0.01, 1)
    assert main(["--batch", "train", "--questions", str(fresh), "--preset", "plain"]) == 2
    assert "(did you mean plane?)" in capsys.readouterr().err
    for command in (["--batch", "train"], ["check"]):
        assert main([*command, "--questions", str(fresh)]) == 2
        assert "none is chosen; allowed: with --preset NAME" in capsys.readouterr().err


def test_the_interface_takes_a_questions_file_and_tells_what_is_wrong_in_it_first(fresh, monkeypatch, capsys):
    opened: dict[str, object] = {}
    monkeypatch.setattr("hw1_tui.app.run", lambda name, given, **options: opened.update(options, name=name) or 0)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.chdir(fresh.parent)
    assert main(["train", "--questions", fresh.name]) == 0
    assert opened == {"name": "train", "questions": str(fresh), "home": None}
    fresh.write_text(FRESH.replace('like = "slow"', 'like = "slwo"'))
    assert main(["train", "--questions", fresh.name]) == 2
    assert capsys.readouterr().err.count("did you mean slow?") == 1


async def test_the_model_screen_lists_the_runs_of_the_file_and_knows_them_the_next_time(fresh):
    app = Hw1App(questions=str(fresh))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "fast" in listed(app))
        assert app.screen.query_one(PresetChoice).border_title == "Runs of homework.toml"
        assert "report" not in str(app.screen.query_one(PresetFacts).content)  # it printed nothing
        await pilot.press("p", "down", "down", "enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert (app.workspace.draft.data, app.workspace.draft.text("learning_rate")) == ("digits", "0.01")
    again = Hw1App()
    async with again.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "fast" in listed(again))
        await pilot.press("slash", *"fast")
        await until(pilot, lambda: listed(again) == ["fast"])
        again.preferences.change(questions="")
        await until(pilot, lambda: listed(again) == [None])  # the filter holds for the runs of the report as well
        await pilot.press("escape")
        await until(pilot, lambda: "1.1a" in listed(again))


async def test_a_question_that_is_named_alone_is_one_of_the_report_whatever_file_is_remembered(fresh):
    """As in batch mode, which remembers none; it opened the file of the last time, which has no such question."""
    app = Hw1App("report", questions=str(fresh), report=Request("", questions=("1.2",)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(QuestionList))
        shown = app.screen.query_one(QuestionList)
        assert (shown.question, list(shown.marked)) == ("1.2", ["1.2"])


async def test_a_remembered_file_that_is_gone_is_told_and_the_report_stands_in_for_it(fresh):
    app = Hw1App("report", questions=str(fresh))
    fresh.unlink()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "homework.toml: cannot be read" in told_of(app) and app.focused)
        await pilot.press("1")
        await until(pilot, lambda: "1.1a" in listed(app))


def listed(app):
    return [option.id for option in app.screen.query_one("#presets", OptionList).options]


async def test_the_report_screen_trains_a_fresh_homework_on_the_data_of_each_question(fresh):
    """What nobody printed has no column for it and no verdict; the text of the question stands beside its table."""
    app = Hw1App("report", questions=str(fresh))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "0 of 3 runs are kept" in str(app.screen.query_one("#about", Static).content), 60)
        claims = [str(option.prompt) for option in app.screen.query_one(ClaimList).options]
        assert any("Not measured" in claim for claim in claims)
        assert not any("unexpected" in claim for claim in claims)
        await pilot.press("a", "s")
        await until(pilot, lambda: "3 of 3 runs are kept" in str(app.screen.query_one("#about", Static).content), 60)
        table, text = app.screen.query_one(FigureTable), app.screen.query_one("#question-text", Static)
        await until(pilot, lambda: table.row_count and str(table.get_row_at(0)[2]).strip() != "-")
        titles = [str(column.label) for column in table.ordered_columns]
        assert titles[:3] == ["metric", "setting", "measured"]
        assert not {"printed", "ours", "verdict"} & set(titles)
        assert "Train it with two learning rates." in str(text.content)
        questions = app.screen.query_one(QuestionList)
        assert str(questions.border_title) == "Digits"
        assert str(questions.border_subtitle) == fresh.name
        assert {record.config["data"] for record in app.workspace.store.runs()} == {
            "digits", str(fresh.parent / "plane.csv"),
        }  # fmt: skip


async def test_the_report_screen_follows_the_file_that_is_chosen_under_settings(fresh):
    app = Hw1App("report")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query_one(QuestionList).question == "1.1")
        app.preferences.change(questions=str(fresh))
        await until(pilot, lambda: app.screen.query_one(QuestionList).question == "1")
        assert app.screen.query_one("#data", Input).value == "digits"
        app.preferences.change(questions=str(fresh.parent / "gone.toml"))
        await until(pilot, lambda: "gone.toml: cannot be read" in told_of(app))
        assert app.screen.query_one(QuestionList).question == "1"


async def test_the_data_of_a_file_is_left_with_its_questions(fresh):
    """The report was asked about the data of the homework that was there before, and none of its runs were found."""
    app = Hw1App("report", questions=str(fresh))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query_one(QuestionList).question == "1")
        assert app.screen.query_one("#data", Input).value == "digits"
        app.preferences.change(questions="")
        await until(pilot, lambda: app.screen.query_one(QuestionList).question == "1.1")
        assert app.screen.query_one("#data", Input).value == "builtin"
