"""What is told of the time that is left: nothing at first, and then nothing that jumps."""

import itertools
import pickle

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui.report.runs.forecast import Running, seconds_left
from hw1_tui.report.runs.plan import PlannedRun
from hw1_tui.settings import RunConfig
from hw1_tui.signals import SIGNALS
from hw1_tui.training.eta import Eta
from screens.widgets.number import duration, remaining


def told(eta, times, total, per_step=1.0):
    """Return what is told after each step: steps end at the given times."""
    words = []
    for number, now in enumerate(times, start=1):
        eta.reach(number * per_step, now)
        words.append(eta.left(total, number * per_step, now))
    return words


def accumulate(*seconds):
    times, now = [], 0.0
    for one in seconds:
        now += one
        times.append(now)
    return times


def test_nothing_is_told_of_the_first_stretch_in_which_all_warms_up():
    """A first step of 8 s followed by steps of 5 ms must not promise hours."""
    words = told(Eta(), accumulate(8.0, *[0.005] * 2000), 10_000)
    assert words[0] is None
    given = [(number, word) for number, word in enumerate(words, start=1) if word is not None]
    assert given
    for number, word in given:
        assert word == pytest.approx(0.005 * (10_000 - number), rel=0.01)


def test_the_time_in_which_the_process_was_suspended_is_no_part_of_the_pace(monkeypatch):
    eta = Eta()
    told(eta, accumulate(*[0.1] * 100), 1000)
    monkeypatch.setattr(SIGNALS, "times_suspended", SIGNALS.times_suspended)
    SIGNALS.go_on()
    words = []
    for number in range(101, 150):
        eta.reach(number, now := 100 + number / 10)
        words.append(eta.left(1000, number, now))
    assert words[0] is None
    assert words[-1] == pytest.approx(85, rel=0.02)


def test_one_epoch_of_an_hour_is_told_by_its_parts():
    eta = Eta()
    words = told(eta, accumulate(13.0, *[36.0] * 50), 1.0, per_step=0.01)
    assert words[0] == pytest.approx(13.0 * 99)  # a long first stretch counts
    assert words[40] == pytest.approx(36.0 * 59, rel=0.05)


def test_a_steady_pace_is_told_without_jumps_and_counts_down():
    eta = Eta()
    words = [word for word in told(eta, accumulate(3.0, *([1.0, 1.2] * 50)), 101) if word is not None]
    assert all(abs(b - a) < 0.2 * a + 2.5 for a, b in itertools.pairwise(words))


def test_the_part_of_an_epoch_in_which_nothing_is_trained_counts():
    """Ten seconds of training and five of measuring: at the end of the training one epoch is not over."""
    eta = Eta()
    told(eta, accumulate(*[15.0] * 10), 20)
    assert [eta.left(20, 10 + part, 150.0 + part * 10) for part in (0.0, 0.5, 1.0)] == [150.0, 145.0, 140.0]


def test_a_new_pace_is_believed_after_a_while():
    eta = Eta()
    words = told(eta, accumulate(*[1.0] * 20, *[0.1] * 400), 1000)
    assert words[-1] == pytest.approx(0.1 * 580, rel=0.1)


def test_what_takes_longer_than_expected_is_not_said_to_be_over():
    eta = Eta()
    told(eta, accumulate(*[1.0] * 10), 20)
    assert eta.left(20, 10, 100.0) == pytest.approx(10.0)
    assert eta.left(20, 20, 100.0) == 0


def test_an_hour_of_samples_stays_small():
    eta = Eta()
    told(eta, accumulate(*[0.01] * 50_000), 60_000)
    assert len(pickle.dumps(eta)) < 5_000


SPLIT = Split(np.zeros((1000, 50)), np.zeros(1000, np.int64))
DATA = Dataset("made", SPLIT, SPLIT, SPLIT, ("a", "b"))


def planned(name="a", **values):
    config = RunConfig.from_dict({"model": "mlp", "engine": "numpy", **values})
    return PlannedRun(name, name, 0, config, DATA)


def test_the_report_says_nothing_before_a_pace_is_known():
    run = planned()
    assert seconds_left([], [], [run]) is None
    assert seconds_left([], [Running(run, 1.0, None)], [run]) is None


def test_runs_of_the_report_that_wait_are_told_by_those_of_their_kind():
    """The work of engines compares badly: a quick run that trains now must not shrink what slow ones will take."""
    slow, quick = planned(engine="torch"), planned(model="perceptron")
    work = slow.work()
    done = [(slow, 3.0 * work)]
    left = seconds_left(done, [Running(quick, 1e-6 * quick.work(), 0.0)], [slow])
    assert left == pytest.approx(3.0 * work)
    both = [Running(slow, 1.0 * work, 2.0 * work), Running(slow, 0.0, 3.0 * work)]
    assert seconds_left(done, both, [slow]) == pytest.approx(4.0 * work)  # two beside each other


def test_nothing_is_said_while_most_of_the_work_is_of_a_kind_that_was_never_seen():
    quick, unknown = planned(model="perceptron", epochs=1), planned(epochs=1000)
    assert seconds_left([(quick, 1.0)], [Running(quick, 1.0, 1.0)], [unknown]) is None


@pytest.mark.parametrize(("seconds", "told"), [(27.04, "27 s"), (59.7, "1:00"), (3725.0, "1:02:05")])
def test_a_time_that_is_an_estimate_claims_no_tenths(seconds, told):
    assert remaining(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(4.24, "4.2 s"), (59.94, "59.9 s"), (59.96, "1:00"), (3599.6, "1:00:00")]
)
def test_a_minute_is_no_sixty_seconds(seconds, told):
    assert duration(seconds) == told
