"""The rule of verdicts, held to chance itself and to what it says it does."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.report.judge.verdict import (
    compare_pair,
    compare_printed,
    judge_all,
    judge_seeds,
    judge_size,
    judge_trend,
    worse,
)
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS
from hw1_tui.report.runs.run_result import Measurement, Results
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.trend import Trend
from tests.support.history import run_result

N = 1404


def measured(value, n=0, epoch_std=0.0, last_mean=None, seeds=1, seed_std=0.0):
    """Return a share or loss whose seeds lie evenly around their mean."""
    places = np.linspace(-1, 1, seeds) if seeds > 1 else np.zeros(1)
    places *= seed_std / np.std(places, ddof=1) if seeds > 1 else 0.0
    middle = value if last_mean is None else last_mean
    settled = epoch_std if last_mean is None else epoch_std / math.sqrt(10)
    repeats = tuple(Repeat(middle + place, settled, share_of=n) for place in places)
    return Measurement(tuple(value + places), n, last_mean, epoch_std, "share" if n else "loss", repeats)


def test_two_samples_of_one_model_mostly_agree_and_hardly_ever_differ():
    rng = np.random.default_rng(0)
    shares = rng.binomial(N, 0.58, (2000, 2)) / N
    verdicts = [compare_printed(a, N, measured(b, N)).verdict for a, b in shares]
    assert verdicts.count(AGREES) > 0.94 * len(verdicts)
    assert verdicts.count(DIFFERS) < 0.006 * len(verdicts)


def test_two_models_far_apart_differ():
    rng = np.random.default_rng(0)
    shares = zip(rng.binomial(N, 0.50, 500) / N, rng.binomial(N, 0.60, 500) / N, strict=True)
    verdicts = [compare_printed(a, N, measured(b, N)).verdict for a, b in shares]
    assert verdicts.count(DIFFERS) > 0.95 * len(verdicts)
    assert AGREES not in verdicts


@given(st.floats(0.05, 0.95), st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0, 0.1))
def test_what_is_further_off_is_judged_no_better(printed, near, far, epoch_std):
    near, far = sorted((near, far))
    order = [AGREES, CANNOT_BE_TOLD, DIFFERS]
    places = [
        order.index(compare_printed(printed, 10**6, measured(printed + d, 0, epoch_std)).verdict) for d in (near, far)
    ]
    assert places[0] <= places[1]


def test_nothing_can_be_told_with_a_wide_error():
    assert compare_printed(0.5, N, measured(0.55, N, epoch_std=0.08)).verdict == CANNOT_BE_TOLD
    assert compare_pair(measured(0.6, N, epoch_std=0.08), measured(0.5, N, epoch_std=0.08)).verdict == CANNOT_BE_TOLD


def test_seeds_that_are_apart_widen_the_error_and_more_seeds_narrow_a_ranking():
    one = compare_printed(0.5, N, measured(0.5, N))
    spread = compare_printed(0.5, N, measured(0.5, N, seeds=3, seed_std=0.05))
    assert spread.error > one.error
    few, many = (
        compare_pair(measured(1.0, seeds=k, seed_std=0.1), measured(0.9, seeds=k, seed_std=0.1)) for k in (2, 50)
    )
    assert (few.verdict, many.verdict) == (CANNOT_BE_TOLD, AGREES)
    assert many.error == pytest.approx(0.1 * math.sqrt(2 / 50), rel=0.05)


def test_settings_are_ranked_by_the_mean_of_their_last_epochs():
    lucky = measured(0.60, 0, 0.03, last_mean=0.46)
    steady = measured(0.55, 0, 0.03, last_mean=0.56)
    assert compare_pair(steady, lucky).verdict == AGREES
    assert compare_pair(lucky, steady).verdict == DIFFERS


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([AGREES, AGREES], AGREES),
        ([AGREES, CANNOT_BE_TOLD], CANNOT_BE_TOLD),
        ([DIFFERS, CANNOT_BE_TOLD], DIFFERS),
        ([AGREES, DIFFERS], DIFFERS),
        ([], CANNOT_BE_TOLD),
    ],
)
def test_a_ranking_holds_as_far_as_its_steps(steps, verdict):
    assert judge_all(steps) == verdict


@pytest.mark.parametrize(
    ("seeds", "verdict"),
    [
        ([AGREES, AGREES], AGREES),
        ([DIFFERS], DIFFERS),
        ([AGREES, DIFFERS, DIFFERS], CANNOT_BE_TOLD),
        ([CANNOT_BE_TOLD, AGREES], CANNOT_BE_TOLD),
        ([], CANNOT_BE_TOLD),
    ],
)
def test_what_is_yes_or_no_must_be_the_same_with_every_seed(seeds, verdict):
    assert judge_seeds(seeds) == verdict


@pytest.mark.parametrize(
    ("size", "verdict"), [(2.1, AGREES), (2.0, CANNOT_BE_TOLD), (1.0, CANNOT_BE_TOLD), (0.9, DIFFERS)]
)
def test_a_size_has_a_zone_of_doubt(size, verdict):
    assert judge_size(size, enough=2, too_little=1) == verdict


@pytest.mark.parametrize(
    ("told", "verdict"), [("rises", AGREES), ("falls", DIFFERS), ("flat", DIFFERS), ("", CANNOT_BE_TOLD)]
)
def test_a_claimed_trend_holds_where_just_that_is_told(told, verdict):
    assert judge_trend(Trend(0.0, 0.0, 0.0, 1.0, told), "rises") == verdict


@pytest.mark.parametrize(("word", "direction"), [("rise", "rises"), ("fall", "falls")])
def test_a_denied_trend_holds_where_it_is_excluded_and_is_refuted_by_that_trend_alone(word, direction):
    for told in ("rises", "falls", "flat", ""):
        excluded = Trend(0.0, 0.0, 0.0, 1.0, told, does_not_rise=word == "rise", does_not_fall=word == "fall")
        assert judge_trend(excluded, f"does not {word}") == AGREES
        unknown = Trend(0.0, 0.0, 0.0, 1.0, told, does_not_rise=word != "rise", does_not_fall=word != "fall")
        assert judge_trend(unknown, f"does not {word}") == (DIFFERS if told == direction else CANNOT_BE_TOLD)


@pytest.mark.parametrize(("noise", "verdict"), [(0.01, AGREES), (0.9, CANNOT_BE_TOLD)])
def test_a_time_is_told_on_a_machine_that_keeps_its_pace_alone(noise, verdict):
    rng = np.random.default_rng(5)

    def run(seconds):
        pace = seconds * (1 + noise * np.repeat(rng.uniform(0, 1, 10), 10))  # slow for ten epochs on end
        return run_result("seconds", pace)

    results = Results({"slow": [run(1.2)], "fast": [run(1.0)]})
    slow, fast = results.measure("slow", "seconds"), results.measure("fast", "seconds")
    assert slow
    assert fast
    assert slow.value == pytest.approx(120, rel=noise)
    assert compare_pair(slow, fast).verdict == verdict


def test_a_verdict_is_worse_when_it_is_not_what_is_expected():
    assert not worse(AGREES, AGREES)
    assert worse(CANNOT_BE_TOLD, AGREES)
    assert worse(DIFFERS, CANNOT_BE_TOLD)
    assert not worse(AGREES, CANNOT_BE_TOLD)
    assert worse(AGREES, DIFFERS)
    assert not any(worse(verdict, "") for verdict in (AGREES, CANNOT_BE_TOLD, DIFFERS))


def test_the_deviation_beside_a_number_is_that_of_the_numbers_it_is_the_mean_of():
    """Not that of the means over the last ten epochs, which are closer to each other."""
    finals = [0.5, 0.6, 0.4]
    rng = np.random.default_rng(1)
    runs = [run_result("val_loss", [*rng.normal(0.5, 0.01, 39), final]) for final in finals]
    measurement = Results({"a": runs}).measure("a", "val_loss")
    assert measurement is not None
    assert (measurement.value, measurement.seed_std) == pytest.approx((0.5, 0.1))
