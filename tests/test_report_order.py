"""Claims that one setting stands above, below or about where others do, by runs of known numbers."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hw1_tui.report.judge import order_check
from hw1_tui.report.judge.order_check import are_similar, consistently_above, jumps_more, last_epoch_ranks
from hw1_tui.report.judge.verdict import PairComparison, judge_difference
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.runs.run_result import Results
from hw1_tui.statistics.comparison import FLOORS, SettingComparison
from hw1_tui.statistics.interval import LEVEL, normal_quantile
from tests.calibration.noise import remembering
from tests.support.history import run_result

SETTINGS = 300
"""Pairs of settings that differ in nothing, of which at most one in twenty may be told apart."""


def stub(**parts: Any) -> Any:
    """Return something that has no more than the parts that a computation looks at."""
    return SimpleNamespace(**parts)


def claim_of(*runs):
    return Claim("c", "1", "text", "It is so.", "computed", runs=runs, metric="val_loss")


def losses_of(**seeds):
    """Return the evidence of settings, each with the validation losses of its seeds."""
    return stub(results=Results({name: [run_result("val_loss", one) for one in of] for name, of in seeds.items()}))


# One setting against several.


@pytest.fixture
def standing(monkeypatch):
    """Return evidence of settings whose metric is their number; they are clearly apart when more than 1 apart."""

    def compare(above, below):
        apart = above.ranked_value - below.ranked_value
        told = SettingComparison(apart, 0.0, 1 / normal_quantile(LEVEL), math.inf, (1, 1), is_paired=False)
        return PairComparison(apart, told.error, judge_difference(told), told)

    monkeypatch.setattr(order_check, "compare_pair", compare)
    measure = lambda run, _metric: None if run == "?" else stub(ranked_value=float(run), n=0)  # noqa: E731
    return stub(results=stub(measure=measure))


@pytest.mark.parametrize(
    ("check", "runs", "verdict"),
    [
        ("above_each", ("9", "1", "5"), AGREES),
        ("above_each", ("9", "1", "8"), CANNOT_BE_TOLD),
        ("above_each", ("5", "1", "9"), DIFFERS),
        ("below_each", ("1", "9", "5"), AGREES),
        ("below_each", ("5", "9", "1"), DIFFERS),
        ("could_improve", ("9", "1"), AGREES),
        ("could_improve", ("1", "9"), CANNOT_BE_TOLD),
        ("could_improve", ("9", "8.5"), CANNOT_BE_TOLD),
        ("best_in_the_middle", ("9", "1", "2", "8"), AGREES),
        ("best_in_the_middle", ("9", "1", "2", "3"), CANNOT_BE_TOLD),
        ("best_in_the_middle", ("9", "4", "4", "1"), DIFFERS),
    ],
)
def test_one_setting_against_several(standing, check, runs, verdict):
    """The order of the others is not claimed, and what "could help" is not refuted by one run."""
    finding = getattr(order_check, check)(claim_of(*runs), standing)
    assert finding.verdict == verdict
    assert f"{runs[0]} {float(runs[0]):.4f}, {runs[1]} {float(runs[1]):.4f}" in finding.text
    is_no_help = check == "could_improve" and runs == ("1", "9")
    assert ("not refuted by one run" in finding.text) == is_no_help


@pytest.mark.parametrize("check", ["above_each", "best_in_the_middle"])
def test_the_numbers_of_a_finding_are_the_metrics_and_the_error_of_each_step(standing, check):
    numbers = getattr(order_check, check)(claim_of("9", "1", "5"), standing).numbers
    assert numbers["values"] == [9.0, 1.0, 5.0]
    assert numbers["errors"] == pytest.approx([1 / normal_quantile(LEVEL)] * 2)


@pytest.mark.parametrize("check", ["above_each", "below_each", "could_improve", "best_in_the_middle", "are_similar"])
def test_what_was_not_measured_of_one_run_cannot_be_told(standing, check):
    runs = ("9", "1", "?") if check == "best_in_the_middle" else ("9", "?")
    finding = getattr(order_check, check)(claim_of(*runs), standing)
    assert (finding.verdict, finding.text) == (CANNOT_BE_TOLD, "Validation loss was not measured.")


# About the same.


@pytest.mark.parametrize(
    ("second", "noise", "verdict"), [(1.02, 0.001, AGREES), (1.5, 0.001, DIFFERS), (1.1, 0.2, CANNOT_BE_TOLD)]
)
def test_metrics_are_similar_as_far_as_their_error_lets_one_tell(second, noise, verdict):
    rng = np.random.default_rng(6)
    evidence = losses_of(a=[1.0 + rng.normal(0, noise, 30)], b=[second + rng.normal(0, noise, 30)])
    assert are_similar(claim_of("a", "b"), evidence).verdict == verdict
    assert are_similar(claim_of("b", "a"), evidence).verdict == verdict


@pytest.mark.parametrize(
    ("second", "n", "verdict"),
    [
        (100.0, 0, AGREES),
        (108.0, 0, AGREES),  # a tenth of the larger, 10.8, less the reach of 1
        (111.5, 0, CANNOT_BE_TOLD),
        (115.0, 0, DIFFERS),
        (101.2, 50, DIFFERS),  # shares: a tenth is all the room there is, less and more the reach
        (100.05, 50, CANNOT_BE_TOLD),
        (-80.0, 0, DIFFERS),
    ],
)
def test_similar_is_within_a_tenth_of_the_larger_or_of_a_share_and_the_error_is_taken_off(
    monkeypatch, second, n, verdict
):
    told = SettingComparison(100.0 - second, 0.0, 1 / normal_quantile(LEVEL), math.inf, (1, 1), is_paired=False)
    monkeypatch.setattr(
        order_check, "compare_pair", lambda *_: PairComparison(told.difference, told.error, AGREES, told)
    )
    values = {"a": 100.0, "b": second}
    evidence = stub(results=stub(measure=lambda run, _: stub(ranked_value=values[run], n=n)))
    finding = are_similar(claim_of("a", "b"), evidence)
    assert finding.verdict == verdict
    room = 0.1 if n else 0.1 * max(100.0, abs(second))
    assert finding.numbers == pytest.approx({"apart": abs(second - 100), "room": room})


def test_the_larger_of_two_negative_numbers_is_the_one_further_from_0(monkeypatch):
    told = SettingComparison(9.0, 0.0, 1e-9, math.inf, (1, 1), is_paired=False)
    monkeypatch.setattr(
        order_check, "compare_pair", lambda *_: PairComparison(told.difference, told.error, AGREES, told)
    )
    values = {"a": -91.0, "b": -100.0}
    evidence = stub(results=stub(measure=lambda run, _: stub(ranked_value=values[run], n=0)))
    for runs in (("a", "b"), ("b", "a")):
        assert are_similar(claim_of(*runs), evidence).numbers["room"] == pytest.approx(10)


# Epoch by epoch.


@pytest.mark.parametrize(
    ("high", "verdict"),
    [
        ([0.0] * 4 + [2.0] * 96, AGREES),
        ([0.0] * 5 + [2.0] * 95, AGREES),
        ([0.0] * 6 + [2.0] * 94, CANNOT_BE_TOLD),
        ([1.001] * 100, CANNOT_BE_TOLD),
        ([2.0] * 40 + [0.5] * 60, DIFFERS),
        ([2.0] * 95 + [0.5] * 5, CANNOT_BE_TOLD),
    ],
)
def test_consistently_is_nearly_every_epoch_and_clearly_in_the_end(high, verdict):
    finding = consistently_above(claim_of("high", "low"), losses_of(high=[high], low=[[1.0] * 100]))
    assert finding.verdict == verdict
    assert finding.numbers == {"share": np.mean(np.array(high) > 1)}


def test_consistently_counts_the_epochs_of_all_seeds_and_equal_is_not_above():
    low = [[1.0] * 20] * 2
    finding = consistently_above(
        claim_of("high", "low"), losses_of(high=[[2.0] * 20, [1.0] * 10 + [2.0] * 10], low=low)
    )
    assert (finding.verdict, finding.numbers) == (CANNOT_BE_TOLD, {"share": 0.75})
    assert "higher in 75.0% of 40 epochs" in finding.text
    short = consistently_above(claim_of("high", "low"), losses_of(high=[[2.0] * 20, [2.0] * 9], low=low))
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "9 epochs are too few.")
    ten = consistently_above(claim_of("high", "low"), losses_of(high=[[2.0] * 10], low=low))
    assert ten.verdict == AGREES


def jumping(**seeds):
    """Return the evidence of settings whose losses and accuracy are the same series."""

    def run(series):
        return run_result("val_loss", series, **dict.fromkeys(order_check.JUMPING, series))

    return stub(results=Results({name: [run(series) for series in of] for name, of in seeds.items()}))


def test_less_stable_is_what_jumps_more_by_every_metric():
    rng = np.random.default_rng(0)
    calm, wild = rng.normal(0, 1, 100), rng.normal(0, 5, 100)
    evidence = jumping(wild=[wild], calm=[calm])
    finding = jumps_more(claim_of("wild", "calm"), evidence)
    assert finding.verdict == AGREES
    half = np.abs(np.diff(wild))[49:]
    assert finding.numbers["val_loss"][0] == pytest.approx(half.mean())
    assert jumps_more(claim_of("calm", "wild"), evidence).verdict == DIFFERS
    assert jumps_more(claim_of("calm", "calm"), evidence).verdict == CANNOT_BE_TOLD
    mixed = run_result("val_loss", wild, train_loss=wild, val_accuracy=calm / 10)
    evidence.results = Results({"mixed": [mixed], "calm": evidence.results.runs["calm"]})
    assert jumps_more(claim_of("mixed", "calm"), evidence).verdict == CANNOT_BE_TOLD


def test_jumps_need_ten_steps_of_every_seed():
    short, long = np.arange(10.0), np.arange(11.0)
    finding = jumps_more(claim_of("a", "b"), jumping(a=[long, short], b=[long]))
    assert (finding.verdict, finding.text) == (CANNOT_BE_TOLD, "10 epochs are too few.")
    assert "too few" not in jumps_more(claim_of("a", "b"), jumping(a=[long], b=[long])).text


# Whether the last epoch ranks.


def steady(level, changes=(), n=20):
    """Return a series at a level, with other values at some of the places from its end."""
    series = np.full(n, float(level))
    for place, value in dict(changes).items():
        series[-place] = value
    return series


@pytest.mark.parametrize(
    ("a", "b", "verdict", "shares"),
    [
        ([steady(2)], [steady(1)], AGREES, [1.0]),
        ([steady(1)], [steady(2)], AGREES, [1.0]),  # the order is that of the means, whichever it is
        ([steady(2, {11: 0})], [steady(1)], AGREES, [1.0]),  # the eleventh from the end does not count
        ([steady(2, {10: 0})], [steady(1)], CANNOT_BE_TOLD, [0.9]),
        ([steady(1.001)], [steady(1)], CANNOT_BE_TOLD, [1.0]),  # every epoch, but within what seeds may do
        ([steady(0, {1: 20})], [steady(1)], DIFFERS, [0.1]),
        ([steady(2), steady(2)], [steady(1), steady(1)], AGREES, [1.0, 1.0]),
        ([steady(2), steady(2, {1: 0})], [steady(1), steady(1)], CANNOT_BE_TOLD, [1.0, 0.9]),
        ([steady(2), steady(0, {1: 20})], [steady(1), steady(1)], CANNOT_BE_TOLD, [1.0, 0.1]),
        ([steady(0, {1: 20})] * 2, [steady(1)] * 2, DIFFERS, [0.1, 0.1]),
    ],
)
def test_the_last_epoch_ranks_where_any_of_the_last_ten_does_with_every_seed(a, b, verdict, shares):
    finding = last_epoch_ranks(claim_of("a", "b"), losses_of(a=a, b=b))
    assert finding.verdict == verdict
    assert finding.numbers["shares"] == pytest.approx(shares)
    assert f"{np.mean(shares):.0%} of these epochs" in finding.text
    assert ("mean of 2 seeds" in finding.text) == (len(a) > 1)


def test_the_last_epoch_ranks_no_runs_of_fewer_than_ten_epochs():
    finding = last_epoch_ranks(claim_of("a", "b"), losses_of(a=[steady(2, n=9)], b=[steady(1)]))
    assert (finding.verdict, finding.text) == (CANNOT_BE_TOLD, "9 epochs are too few.")


@pytest.mark.parametrize(("size", "verdict"), [(0.15, AGREES), (0.3, CANNOT_BE_TOLD)])
def test_the_order_must_be_clear_with_the_error_of_one_epoch(size, verdict):
    """Every epoch ranks them, as both move alike; the mean of ten would make both clear, an error of ten neither."""
    wave = size * (-1.0) ** np.arange(20)
    assert last_epoch_ranks(claim_of("a", "b"), losses_of(a=[1 + wave], b=[wave])).verdict == verdict


# Chance alone.


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_settings_that_differ_in_nothing_are_hardly_ever_ranked_by_their_last_epoch(memory, seeds):
    """Their seeds lie as far apart as the rule expects of any."""
    rng, expected = np.random.default_rng([seeds, int(10 * memory)]), FLOORS["loss"][1]

    def setting():
        return [1 + expected * rng.normal() + 0.02 * remembering(rng, 20, memory) for _ in range(seeds)]

    found = [last_epoch_ranks(claim_of("a", "b"), losses_of(a=setting(), b=setting())) for _ in range(SETTINGS)]
    assert sum(finding.verdict == AGREES for finding in found) <= 0.05 * SETTINGS


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_settings_that_nearly_every_epoch_ranks_are_hardly_ever_called_unranked(memory, seeds):
    """Apart by 1.645 standard deviations of the difference of two epochs, 95 in 100 epochs rank them."""
    rng = np.random.default_rng([seeds, int(10 * memory)])
    apart = 1.645 * math.sqrt(2)

    def setting(level):
        return [level + remembering(rng, 20, memory) for _ in range(seeds)]

    found = [last_epoch_ranks(claim_of("a", "b"), losses_of(a=setting(apart), b=setting(0))) for _ in range(SETTINGS)]
    assert sum(finding.verdict == DIFFERS for finding in found) <= 0.05 * SETTINGS
