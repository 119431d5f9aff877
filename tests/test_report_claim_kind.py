"""Rankings, trends and bounds that a text claims, by runs of known numbers and all their seeds."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.contract import Dataset, EngineError, Split
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.judge.claim_result import ClaimResult, count_tests, settle
from hw1_tui.report.judge.computation import COMPUTATIONS
from hw1_tui.report.judge.evidence import Evidence, Finding
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, VERDICTS, Claim, Homework
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.run_result import Results
from hw1_tui.runs import Store
from tests.support.history import run_result


def found(claim: Claim, **runs):
    evidence: Any = SimpleNamespace(
        results=Results({name: [run_result("val_loss", losses) for losses in seeds] for name, seeds in runs.items()})
    )
    return settle(claim, evidence).finding


def whole() -> Evidence:
    """Evidence of one run, on data that nobody looks at."""
    homework, nothing = Homework("t", "", (9, 4, 9), (), {}, (), (), ()), Split(np.zeros((0, 1)), np.zeros(0))
    results = Results({"a": [run_result("val_loss", flat(1.0))]})
    return Evidence(homework, results, Dataset("none", nothing, nothing, nothing), Store())


def test_a_verdict_is_told_in_words_with_what_is_right_where_the_numbers_say_otherwise():
    """What is right ("It rises slowly.") stood below claims that cannot be told, as of a report on few epochs."""

    def result(verdict, expect="", voice="says", is_checked=True):
        told = Claim("c", "1", "text", "It is so.", "trend", right="Rather so.", expect=expect, voice=voice)
        return ClaimResult(told, Finding(verdict, "text"), is_checked)

    assert [result(verdict).right for verdict in VERDICTS] == ["", "", "Rather so."]
    assert [result(verdict, CANNOT_BE_TOLD).right for verdict in VERDICTS] == ["", "Rather so.", "Rather so."]
    assert [result(verdict, voice="remark").words for verdict in VERDICTS] == [
        "holds", "cannot be told", "does not hold",
    ]  # fmt: skip
    assert [result(verdict, AGREES).is_unexpected for verdict in VERDICTS] == [False, True, True]
    assert result(DIFFERS, AGREES).surprise == "unexpected: agrees was expected"
    assert result(DIFFERS, AGREES, "remark").surprise == "unexpected: holds was expected"
    assert result(AGREES, AGREES).surprise == result(DIFFERS).surprise == ""
    assert not result(DIFFERS, AGREES, is_checked=False).is_unexpected


@pytest.mark.parametrize("name", ["2.1-global-minimum", "2.2a-slower", "2.2c-faster", "1.2c-grows", "1.2c-saturates"])
def test_where_a_curve_ends_cannot_be_told_of_fewer_epochs_than_the_question_asks_for(name):
    """Of 20 epochs of 200 it was told to differ that momentum settles sooner."""
    homework = read_questions()
    told = next(claim for claim in homework.claims if claim.name == name)
    rising = [1 - 0.5**epoch for epoch in range(20)]
    runs = {run: [run_result("val_accuracy", rising, {"epochs": 20}, weight_norm=rising)] for run in told.runs}
    finding = settle(told, replace(whole(), homework=homework, results=Results(runs))).finding
    asked = homework.runs[told.runs[0]].values["epochs"]
    assert finding.verdict == CANNOT_BE_TOLD
    text = f"{told.runs[0]} was trained for 20 of {asked} epochs: where it ends, these do not tell."
    assert finding.text == text


def test_what_rests_on_training_is_held_to_its_expectation_on_data_like_the_report_alone(monkeypatch):
    trained = claim("trend", "a", direction="falls")
    arithmetic = Claim("c", "1", "text", "It is so.", "computed", function="is_a_share", values=(0.5, 1.0, 0.5))
    evidence = whole()
    assert [settle(trained, evidence, like).is_checked for like in (True, False)] == [True, False]
    share = settle(arithmetic, evidence)
    assert (share.is_checked, share.finding.verdict) == (True, AGREES)
    planned = Claim("c", "1", "text", "It is so.", "computed", ("missing",), function="updates_ratio")
    monkeypatch.setitem(COMPUTATIONS, "updates_ratio", lambda claim, _evidence: Finding(AGREES, claim.says))
    by_plan = settle(planned, evidence)
    assert (by_plan.is_checked, by_plan.finding.text) == (True, "It is so.")


@pytest.mark.parametrize("error", [MistakeError(Mistake("a", "is gone")), EngineError("a: is gone")])
def test_weights_that_cannot_be_read_settle_nothing(monkeypatch, error):
    def read(_claim, _evidence):
        raise error

    monkeypatch.setitem(COMPUTATIONS, "no_exact_zeros", read)
    claim = Claim("c", "1", "text", "So.", "computed", ("a",), function="no_exact_zeros")
    finding = settle(claim, whole()).finding
    assert (finding.verdict, finding.text) == (CANNOT_BE_TOLD, "The weights cannot be read: a: is gone.")


def claim(kind, *runs, direction="", values=()) -> Claim:
    return Claim("c", "1", "text", "It is so.", kind, runs, "val_loss", direction, values)


def flat(level, n=40):
    return [level] * n


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [((3.0, 2.0, 1.0), AGREES), ((3.0, 1.0, 2.0), DIFFERS), ((3.0, 2.01, 2.0), CANNOT_BE_TOLD)],
)
def test_a_ranking_holds_where_each_step_is_clear_and_its_text_says_by_how_much(levels, verdict):
    finding = found(claim("ranking", "a", "b", "c"), **{n: [flat(x)] for n, x in zip("abc", levels, strict=True)})
    assert finding.verdict == verdict
    assert finding.numbers["values"] == dict(zip("abc", levels, strict=True))
    assert finding.numbers["differences"] == pytest.approx([levels[0] - levels[1], levels[1] - levels[2]])
    assert all(name in finding.text for name in ("Validation loss: a 3.0000 (last ten 3.0000)", "clear beyond"))
    short = found(claim("ranking", "a", "b"), a=[[3.0, 1.0, 2.0]], b=[[2.0]]).text
    assert "a 2.0000 (last 3 epochs: 2.0000), b 2.0000;" in short


def test_a_ranking_of_what_was_not_measured_cannot_be_told():
    finding = found(claim("ranking", "a", "b"), a=[flat(1.0)], b=[[]])
    assert (finding.verdict, finding.text) == (CANNOT_BE_TOLD, "Validation loss was not measured.")
    assert "no finished run of b is there" in found(claim("ranking", "a", "b"), a=[flat(1.0)]).text


def test_a_trend_is_that_of_all_seeds_and_says_over_how_many_epochs():
    rng = np.random.default_rng(0)
    falling = [np.linspace(2, 1, 100) + rng.normal(0, 0.05, 100) for _ in range(3)]
    finding = found(claim("trend", "a", direction="falls"), a=falling)
    assert finding.verdict == AGREES
    assert "over the first 20 epochs" in finding.text
    assert "mean of 3 seeds" in finding.text
    first, last, error, noise = (f"{finding.numbers[name]:.4f}" for name in ("first", "last", "error", "noise"))
    assert f"Validation loss: mean {first} over the first 20 epochs, {last} over the last 20" in finding.text
    assert f"standard error {error}, noise {noise}: falls" in finding.text
    assert 0.8 < finding.numbers["first"] - finding.numbers["last"] < 1
    assert found(claim("trend", "a", direction="rises"), a=falling).verdict == DIFFERS
    one = found(claim("trend", "a", direction="falls"), a=falling[:1])
    assert (one.verdict, "seeds" in one.text) == (AGREES, False)
    assert "mean of 2 seeds" in found(claim("trend", "a", direction="falls"), a=falling[:2]).text
    unlike = found(claim("trend", "a", direction="falls"), a=[falling[0], falling[1][:60]])
    assert "over the first 12 epochs" in unlike.text
    noise = found(claim("trend", "a", direction="rises"), a=[rng.normal(0, 1, 30)])
    assert (noise.verdict, "neither clear nor flat" in noise.text) == (CANNOT_BE_TOLD, True)
    short = found(claim("trend", "a", direction="falls"), a=[falling[0][:19]])
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "19 epochs are too few for a trend.")
    assert found(claim("trend", "a"), a=[falling[0], falling[1][:9]]).text == "9 epochs are too few for a trend."


def test_a_trend_of_a_metric_that_is_measured_now_and_then_says_so():
    run = run_result("val_loss", np.linspace(2, 1, 25))
    between = [EpochMetrics(30 + epoch, {"val_loss": None}) for epoch in range(5)]
    evidence: Any = SimpleNamespace(results=Results({"a": [replace(run, epochs=(*run.epochs, *between))]}))
    text = settle(claim("trend", "a", direction="falls"), evidence).finding.text
    assert "over the first 5 measured epochs" in text


@pytest.mark.parametrize(
    ("direction", "level", "verdict"),
    [("above", 2.0, AGREES), ("below", 2.0, DIFFERS), ("below", 0.5, AGREES), ("above", 1.001, CANNOT_BE_TOLD)],
)
def test_a_bound_holds_where_every_run_is_clear_of_it(direction, level, verdict):
    bound = claim("threshold", "a", "b", direction=direction, values=(1.0,))
    finding = found(bound, a=[flat(level)], b=[flat(level)])
    assert finding.verdict == verdict
    assert finding.numbers == {"values": {"a": level, "b": level}, "bound": 1.0}


def test_one_run_beyond_a_bound_refutes_it():
    bound = claim("threshold", "a", "b", direction="above", values=(1.0,))
    assert found(bound, a=[flat(2.0)], b=[flat(0.5)]).verdict == DIFFERS


def test_tests_are_counted_by_their_steps():
    assert count_tests(claim("ranking", "a", "b", "c")) == 2
    assert count_tests(claim("threshold", "a", "b", values=(1.0,))) == 2
    assert count_tests(claim("trend", "a")) == 1
    computed = {"is_a_share": 0, "below_each": 2, "overshoots": 1, "gap_by_mode": 3}
    for function, tests in computed.items():
        assert count_tests(Claim("c", "1", "text", "So.", "computed", ("a", "b", "c"), function=function)) == tests


def test_numbers_beside_a_difference_are_those_that_it_is_of():
    """The run whose number was printed: losses after the last epoch stood beside a difference of means of ten."""
    asked = Claim(
        "c", "1", "text", "It is so.", "computed", ("a", "b"), "val_loss", function="nearest_run", values=(1,)
    )
    runs = {"a": run_result("val_loss", [1.5] * 9 + [1.0]), "b": run_result("val_loss", [2.5] * 9 + [3.0])}
    evidence: Any = SimpleNamespace(results=Results({name: [run] for name, run in runs.items()}))
    text = COMPUTATIONS["nearest_run"](asked, evidence).text
    assert "a 1.0000 (last ten 1.4500), b 3.0000 (last ten 2.5500); −1.1000 apart" in text
