"""Rankings, trends and bounds that a text claims, by runs of known numbers and all their seeds."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hw1_tui.report.judge.claim_result import count_tests, settle
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.runs.run_result import Results
from tests.support.history import run_result


def found(claim: Claim, **runs):
    evidence: Any = SimpleNamespace(
        results=Results({name: [run_result("val_loss", losses) for losses in seeds] for name, seeds in runs.items()})
    )
    return settle(claim, evidence).finding


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
    assert found(claim("trend", "a", direction="rises"), a=falling).verdict == DIFFERS
    short = found(claim("trend", "a", direction="falls"), a=[falling[0][:19]])
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "19 epochs are too few for a trend.")


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
    arithmetic = Claim("c", "1", "text", "It is so.", "computed", function="is_a_share")
    assert count_tests(arithmetic) == 0
