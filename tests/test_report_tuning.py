"""Conclusions whose rivals are tuned too: one budget for each, chosen by validation, judged on the test split."""

import json
import re

import pytest

from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.tuning import with_tunings
from hw1_tui.runs import Store
from hw1_tui.settings import Given
from screens.report import ReportScreen
from screens.widgets.report.claim_list import ClaimList
from tests.support.history import write_blobs
from tests.support.report_screen import WIDE, about, read
from tests.support.scripted_engine import until

HOMEWORK = """
[homework]
title = "Rates"

[[runs]]
name = "base"
question = "1"
settings = { model = "logistic_regression", epochs = 20, l2 = 0.0, learning_rate = RATE, seed = 1 }

[[tables]]
number = 1
question = "1"
title = "Rates"
columns = [{ title = "base", run = "base" }]
rows = [{ figure = "test_accuracy" }]

[[tunings]]
name = "1-tuned"
number = 1
question = "1"
says = "The rate is the best."
run = "base"
compares = "learning_rate"
best = [BEST]
rivals = [RIVALS]
grid = { l2 = [0.0, 0.001] }
"""


@pytest.fixture
def tune(tmp_path, capsys):
    """Run a homework with its tunings; return the claim that they come to, and what was written."""
    write_blobs(tmp_path / "blobs.npz")

    def tune(best, rivals, *words):
        text = HOMEWORK.replace("RATE", best.split(",")[0]).replace("BEST", best).replace("RIVALS", rivals)
        (tmp_path / "rates.toml").write_text(text)
        paths = ("--questions", tmp_path / "rates.toml", "--data", tmp_path / "blobs.npz", "--out", tmp_path / "out")
        assert main(["--batch", "report", "--tune", *map(str, (*paths, *words))]) == 0
        capsys.readouterr()
        written = json.loads((tmp_path / "out" / "report.json").read_text())
        return next(claim for claim in written["claims"] if claim["name"] == "1-tuned"), written

    return tune


@pytest.mark.parametrize(
    ("best", "rivals", "verdict"),
    [("0.05", "1e-9", "agrees"), ("1e-9", "0.05", "differs"), ("0.05", "0.051", "cannot be told")],
)
def test_a_conclusion_holds_where_the_tuned_rivals_are_clearly_worse_on_the_test_split(tune, best, rivals, verdict):
    claim, written = tune(best, rivals, "--seeds", 2)
    assert claim["verdict"] == verdict
    assert claim["voice"] == "remark"
    assert (
        "Each tuned over the same 2 points in l2, chosen by validation loss; test accuracy: learning rate"
        in claim["result"]
    )
    assert list(written["runs"]) == ["base", "1-tuned-2", "1-tuned-3", "1-tuned-4"]
    assert {len(records) for records in written["runs"].values()} == {2}


def test_each_has_the_run_that_is_best_by_validation_and_is_judged_by_its_test(tune):
    claim, written = tune("0.05", "0.01, 0.002")
    for contender in claim["numbers"]["contenders"]:
        runs = [
            (record.results["val_loss"], record.results["test_accuracy"], record.run)
            for record in Store().runs()
            if record.config["learning_rate"] == contender["value"]
        ]
        assert len(runs) == claim["numbers"]["runs_each"] == 2
        assert contender["judged"]["value"] == min(runs)[1]
        assert written["runs"][contender["run"]][0]["run"] == min(runs)[2]
    assert len(claim["numbers"]["differences"]) == 2


def test_nothing_is_trained_twice_and_the_runs_are_a_sweep(tune, tmp_path, capsys):
    tune("0.05", "0.01")
    logs = {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()}
    assert len(logs) == 4
    tune("0.05", "0.01")
    assert {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()} == logs
    assert main(["sweep", "show", "--format", "jsonl"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {record["run"] for record in records if record["event"] == "trial"} == set(logs)
    assert re.fullmatch("1-tuned-[0-9a-f]{8}", records[-1]["sweep"])
    assert (tmp_path / "out" / "figures" / "figure-1.svg").stat().st_size > 1000


def test_the_command_that_shows_what_was_tuned_can_be_copied_as_it_is_told(tune, tmp_path, capsys):
    """It ended with the full stop of its sentence, which was taken for a part of the folder."""
    tune("0.05", "0.01")
    home = tmp_path / "history"
    paths = ("--questions", tmp_path / "rates.toml", "--data", tmp_path / "blobs.npz", "--out", tmp_path / "more")
    assert main(["--batch", "report", "--tune", *map(str, (*paths, "--home", home))]) == 0
    told = " ".join(capsys.readouterr().err.split())
    command = re.search(r"hw1-tui (sweep show \S+ --home \S+) tells more of what was tuned\.", told)
    assert command
    assert main(command[1].split()) == 0


def test_what_is_missing_leaves_the_conclusion_open(tune):
    claim, _ = tune("0.05", "0.01", "--kept")
    assert claim["verdict"] == "cannot be told"
    assert claim["result"].startswith("Not measured")
    assert not Store().runs()


def test_questions_without_rivals_to_tune_are_told_with_those_that_have_some(capsys):
    assert main(["--batch", "report", "1.1", "--data", "digits", "--tune"]) == 2
    assert "--tune: none of these questions has a conclusion with rivals to tune; allowed: 2.1, 2.2a" in (
        capsys.readouterr().err
    )


def test_every_mistake_of_a_tuning_is_told(tmp_path, capsys):
    text = HOMEWORK.replace("RATE", "0.05").replace("BEST", "0.05, -1").replace("RIVALS", "0.01")
    for wrong, told in {
        text: "1-tuned, best: -1 is too small",
        text.replace(", -1", "").replace("[0.01]", "[0.05]"): "rivals: has a value that stands in best too",
        text.replace(", -1", "").replace("l2 =", "dropout ="): "grid",
        text.replace(", -1", "").replace('run = "base"\ncompares', 'run = "bas"\ncompares'): "did you mean base?",
        text.replace(", -1", "").replace('compares = "learning_rate"', 'compares = "rate"'): "is no hyperparameter",
        text.replace(", -1", "") + '\n[[figures]]\nnumber = 1\nquestion = "1"\ntitle = "x"\npanels = [{ runs = '
        '["base"], figures = ["val_loss"] }]\n': "another figure is number 1",
    }.items():
        (tmp_path / "wrong.toml").write_text(wrong)
        assert main(["report", "--check-questions", str(tmp_path / "wrong.toml")]) == 2
        assert told in capsys.readouterr().err


def test_the_homeworks_own_tunings_give_each_the_same_budget_and_hold_the_reports_own_values():
    homework = with_tunings(read_questions())
    assert {tuning.question for tuning in homework.tunings} == {"2.1", "2.2a", "2.2b", "2.2c"}
    for tuning in homework.tunings:
        for value in tuning.contenders:
            points = [point for _, point in tuning.trials if point[tuning.compares] == value]
            assert len(points) == len(tuning.trials) / len(tuning.contenders) > 1
            assert {**points[0], **tuning.as_reported} in points
        assert set(tuning.as_reported) == set(tuning.grid)


async def test_a_key_asks_for_it_on_the_screen_and_takes_it_away_again(blobs):
    app = Hw1App("report", [Given("data", str(blobs), "data")])

    def claims():
        return " ".join(str(option.prompt) for option in app.screen.query_one(ClaimList).options)

    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press(*["down"] * 4)
        await until(pilot, lambda: "Batch" in claims() or "batch" in claims())
        assert "tuned for both" not in claims()
        before = about(app)
        await pilot.press("t")
        await until(pilot, lambda: "tuned for both" in claims())
        assert about(app) != before
        assert isinstance(app.screen, ReportScreen)
        assert "--tune" in app.screen.command().line
        await pilot.press("t")
        await until(pilot, lambda: "tuned for both" not in claims())
