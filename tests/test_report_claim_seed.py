"""Claims with a computation of their own look at every seed that was trained, and seldom take chance for an effect."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.contract import Dataset, Split
from engines.numpy_engine.descent import Descent
from hw1_tui.metric import NOTHING, EpochMetrics
from hw1_tui.report.judge import descent_check, weight_check
from hw1_tui.report.judge.computation import (
    accuracy_jumps,
    gap_by_mode,
    grows_at_the_end,
    last_epochs_are_apart,
    saturates,
)
from hw1_tui.report.judge.descent_check import (
    follows_steepest_descent,
    momentum_is_a_larger_step,
    not_yet_converged,
    overshoots,
)
from hw1_tui.report.judge.weight_histogram import weight_histogram
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.runs.run_result import Results, RunResult
from tests.calibration.noise import remembering
from tests.support.history import run_record, run_result

TIMES = 200
"""How often chance is tried; it may be called an effect in one of twenty."""


def claim_of(*runs):
    return Claim("c", "1", "text", "It is so.", "computed", runs=runs, metric="val_loss")


def data_of(x) -> Dataset:
    split = Split(x, np.zeros(len(x), np.int64))
    return Dataset("d", split, split, split, ("a", "b"))


def evidence_of(**runs) -> Any:
    return SimpleNamespace(results=Results(runs), data=data_of(np.zeros((200, 1), np.uint8)), store=None)


# The gap as it is plotted, and with both losses in evaluation mode.


def by_mode(*apart):
    """Return a run a seed whose training losses in the two modes are so far apart."""
    return [
        run_result("val_loss", np.full(len(d), 2.0), train_loss=1.0 + np.asarray(d), train_eval_loss=np.ones(len(d)))
        for d in apart
    ]


def test_a_gap_that_is_another_in_evaluation_mode_is_told_of_one_run_that_shows_it():
    rng = np.random.default_rng(0)
    same, other = rng.normal(0, 0.01, 30), 0.1 + rng.normal(0, 0.01, 30)
    finding = gap_by_mode(claim_of("same", "other"), evidence_of(same=by_mode(same), other=by_mode(other)))
    assert finding.verdict == DIFFERS
    assert finding.numbers["gaps"]["other"][:2] == pytest.approx([1 - other[-10:].mean(), 1.0])
    assert gap_by_mode(claim_of("same"), evidence_of(same=by_mode(same))).verdict == CANNOT_BE_TOLD
    assert gap_by_mode(claim_of("other"), evidence_of(other=by_mode(-other, -other))).verdict == DIFFERS


def test_seeds_that_disagree_by_how_much_the_gap_is_another_leave_it_open():
    """The first seed alone would tell it."""
    rng = np.random.default_rng(0)
    seeds = by_mode(*(d + rng.normal(0, 0.01, 30) for d in (0.1, -0.08, 0.01)))
    assert gap_by_mode(claim_of("a"), evidence_of(a=seeds[:1])).verdict == DIFFERS
    assert gap_by_mode(claim_of("a"), evidence_of(a=seeds)).verdict == CANNOT_BE_TOLD


def test_the_gaps_are_those_of_epochs_that_have_both():
    """The training split is measured in evaluation mode every so often; nine such epochs are too few."""

    def run(n):
        values = [
            {"train_loss": 1.0 + k % 2, "train_eval_loss": 1.0 if k % 2 else None, "val_loss": 2.0} for k in range(n)
        ]
        return RunResult(run_record(), NOTHING, tuple(EpochMetrics(k, found) for k, found in enumerate(values, 1)))

    assert gap_by_mode(claim_of("a"), evidence_of(a=[run(20)])).numbers["gaps"]["a"][:2] == [0.0, 1.0]
    short = gap_by_mode(claim_of("a"), evidence_of(a=[run(20), run(18)]))
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "9 measured epochs are too few.")


@pytest.mark.parametrize("seeds", [1, 2, 3])
@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_noise_is_hardly_ever_another_gap_also_where_epochs_are_alike(memory, seeds):
    """Taken for independent, ten epochs that are alike were an effect in 43 of 100."""
    rng = np.random.default_rng([seeds, int(10 * memory)])
    found = [
        gap_by_mode(claim_of("a"), evidence_of(a=by_mode(*(remembering(rng, 20, memory) for _ in range(seeds)))))
        for _ in range(TIMES)
    ]
    assert sum(finding.verdict == DIFFERS for finding in found) <= 0.05 * TIMES


# Whether the last epochs lie apart.


def accuracies(*seeds, n=400):
    """Return a run a seed with these validation accuracies, shares of n examples."""
    runs = [run_result("val_accuracy", seed) for seed in seeds]
    facts = {"train_examples": n, "val_examples": n, "test_examples": n}
    return [replace(run, record=replace(run.record, facts=facts)) for run in runs]


def alternating(size, n=20):
    return [0.5 + size * (-1) ** k for k in range(n)]


@pytest.mark.parametrize(
    ("sizes", "verdict"),
    [
        ([0.1], AGREES),
        ([0.04], CANNOT_BE_TOLD),  # the sampling error is 0.025
        ([0.01], DIFFERS),
        ([0.1, 0.08, 0.09], AGREES),
        ([0.01, 0.02], DIFFERS),
        ([0.1, 0.04], CANNOT_BE_TOLD),
        ([0.1, 0.01], CANNOT_BE_TOLD),
    ],
)
def test_last_epochs_are_apart_where_they_are_with_every_seed(sizes, verdict):
    evidence = evidence_of(a=accuracies(*map(alternating, sizes)))
    finding = last_epochs_are_apart(claim_of("a"), evidence)
    assert finding.verdict == verdict
    assert [max(last) - 0.5 for last in finding.numbers["last_epochs"]] == pytest.approx(sizes)
    assert finding.numbers["sampling_error"] == pytest.approx(0.025, rel=0.05)


def test_a_run_on_its_way_has_no_epochs_apart_and_those_of_fewer_than_twenty_are_not_told():
    way = np.linspace(0.1, 0.9, 20)
    assert last_epochs_are_apart(claim_of("a"), evidence_of(a=accuracies(way))).verdict == DIFFERS
    short = last_epochs_are_apart(claim_of("a"), evidence_of(a=accuracies(way, way[:19])))
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "19 epochs are too few.")


@pytest.mark.parametrize(
    ("lengths", "jumping", "apart"),
    [
        ([12], "Over the last 10 epochs ", None),
        ([20], "Over the last 10 epochs ", "those of the last 20 epochs by"),
        ([60, 60], "Over the last 30 epochs ", "those of the last 30 epochs by"),
        ([60, 80], "Over the last 30 to 40 epochs ", "those of the last 30 to 40 epochs by"),
    ],
)
def test_a_claim_on_steps_says_which_epochs_it_looked_at_of_a_short_run_too(lengths, jumping, apart):
    """Of ten epochs it looked at all, and said that they were the second half."""
    evidence = evidence_of(a=accuracies(*(alternating(0.1, n) for n in lengths)))
    assert accuracy_jumps(claim_of("a"), evidence).text.startswith(jumping)
    if apart:
        assert apart in last_epochs_are_apart(claim_of("a"), evidence).text


@pytest.mark.parametrize("epochs", [2, 10, 19, 20, 60])
def test_whether_a_norm_still_grows_is_told_from_as_many_epochs_as_a_trend(epochs):
    """Of a run of ten, two epochs said that the norm does not saturate, which the whole run denies."""
    growing = evidence_of(a=[run_result("weight_norm", 2.0 + 0.1 * np.arange(epochs))])
    verdicts = [check(claim_of("a"), growing).verdict for check in (saturates, grows_at_the_end)]
    assert verdicts == ([CANNOT_BE_TOLD] * 2 if epochs < 20 else [DIFFERS, AGREES])


@pytest.mark.parametrize(("errors", "wrong"), [(1, AGREES), (2, DIFFERS)])
@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_epochs_that_move_as_sampling_does_are_hardly_ever_apart_and_those_that_move_twice_as_far_are(
    memory, errors, wrong
):
    """Of ten epochs that are alike alone, two in five of the latter were called no further apart than sampling."""
    rng, size = np.random.default_rng(int(10 * memory)), 0.025 * errors
    found = [
        last_epochs_are_apart(claim_of("a"), evidence_of(a=accuracies(0.5 + size * remembering(rng, 40, memory))))
        for _ in range(TIMES)
    ]
    assert sum(finding.verdict == wrong for finding in found) <= 0.05 * TIMES


# Whether a run has arrived.


def descending(rate, seeds=1, n=100):
    """Return a run a seed whose training loss falls by so much in 100 epochs and lies around 2, with some noise."""
    rng = np.random.default_rng(0)
    return [run_result("train_loss", 2 + np.linspace(rate, 0, n) + 0.001 * rng.normal(size=n)) for _ in range(seeds)]


def test_a_run_has_not_arrived_where_its_loss_falls_to_the_end_and_the_other_is_below_it():
    evidence = evidence_of(
        slow=descending(1.0), seeds=descending(1.0, 3), still=descending(0.0), short=descending(1.0, n=19),
        fast=[run_result("train_loss", [1.0] * 100)],
    )  # fmt: skip
    assert not_yet_converged(claim_of("slow", "fast"), evidence).verdict == AGREES
    assert not_yet_converged(claim_of("seeds", "fast"), evidence).verdict == AGREES
    assert not_yet_converged(claim_of("still", "fast"), evidence).verdict == CANNOT_BE_TOLD
    assert not_yet_converged(claim_of("slow", "still"), evidence).verdict == CANNOT_BE_TOLD
    short = not_yet_converged(claim_of("short", "fast"), evidence)
    assert (short.verdict, short.text) == (CANNOT_BE_TOLD, "19 epochs are too few for a trend.")


def test_a_run_that_fell_early_and_one_whose_seeds_disagree_have_not_been_shown_to_fall():
    fell = descending(0.0)[0].series("train_loss")
    fell[:80] = [value + gone for value, gone in zip(fell[:80], np.linspace(2, 0, 80), strict=True)]
    fast = [run_result("train_loss", [1.0] * 100)]
    evidence = evidence_of(fell=[run_result("train_loss", fell)], fast=fast)
    assert not_yet_converged(claim_of("fell", "fast"), evidence).verdict == CANNOT_BE_TOLD
    seeds = [*descending(1.0), *descending(-1.0), *descending(0.1)]
    assert not_yet_converged(claim_of("a", "fast"), evidence_of(a=seeds, fast=fast)).verdict == CANNOT_BE_TOLD


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_a_loss_that_only_moves_is_hardly_ever_on_its_way(memory, seeds):
    rng = np.random.default_rng([seeds, int(10 * memory)])
    fast = [run_result("train_loss", [1.0] * 20)]

    def slow():
        return [run_result("train_loss", 2 + 0.01 * remembering(rng, 20, memory)) for _ in range(seeds)]

    found = [not_yet_converged(claim_of("a", "b"), evidence_of(a=slow(), b=fast)) for _ in range(TIMES)]
    assert sum(finding.verdict == AGREES for finding in found) <= 0.05 * TIMES


# How a run descends.


class _Chance:
    """A network of one weight whose gradient is what a function says of the number of the call."""

    def __init__(self, gradient, **descent):
        self.layers, self.momenta = [np.zeros((1, 2))], [np.zeros((1, 2))]
        self.descent = Descent(batch_size=4, **descent)
        self._gradient, self._calls = gradient, 0

    def gradients(self, _x, _y):
        self._calls += 1
        return 0.0, [np.array(self._gradient(self._calls), np.float64).reshape(1, 2)]


def passing(share, rng=None):
    """Return a network of whose steps such a share pass the lowest point of their line, evenly or by chance."""

    def gradient(call):
        step = call // 2
        passes = rng.random() < share if rng else int(step * share + 1e-9) > int((step - 1) * share + 1e-9)
        return [1, 0] if call % 2 else [-1 if passes else 1, 0]

    return _Chance(gradient)


def overshooting(monkeypatch, *networks):
    monkeypatch.setattr(descent_check, "kept_networks", lambda *_: iter(networks))
    return overshoots(claim_of("a"), evidence_of(a=[run_result("val_loss", [1.0])] * len(networks)))


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ([0.75], AGREES),
        ([0.55], CANNOT_BE_TOLD),  # within two standard errors of a half
        ([0.25], DIFFERS),
        ([0.75, 0.7, 0.8], AGREES),
        ([0.75, 0.3, 0.5], CANNOT_BE_TOLD),  # the first alone would agree
        ([0.25, 0.3, 0.2], DIFFERS),
    ],
)
def test_steps_overshoot_where_clearly_more_than_half_pass_the_lowest_point_over_the_seeds(
    monkeypatch, shares, verdict
):
    finding = overshooting(monkeypatch, *map(passing, shares))
    assert finding.verdict == verdict
    assert [seed["passed"] for seed in finding.numbers["a"]] == pytest.approx(shares, abs=0.011)


def test_steps_of_which_half_pass_are_hardly_ever_said_to_overshoot_or_not_to(monkeypatch):
    """With one seed by the binomial distribution of every count that may come; with three by chance."""
    steps = 101
    told = [k for k in range(steps + 1) if overshooting(monkeypatch, passing(k / steps)).verdict != CANNOT_BE_TOLD]
    assert sum(math.comb(steps, k) for k in told) <= 0.05 * 2**steps
    rng = np.random.default_rng(0)
    found = [overshooting(monkeypatch, *(passing(0.5, rng) for _ in range(3))) for _ in range(60)]
    assert sum(finding.verdict != CANNOT_BE_TOLD for finding in found) <= 3


def following(monkeypatch, *networks):
    monkeypatch.setattr(descent_check, "kept_networks", lambda *_: iter(networks))
    return follows_steepest_descent(
        claim_of("a"), evidence_of(a=[run_result("val_loss", [1.0], {"momentum": 0.9})] * len(networks))
    )


def wandering(rng, strength):
    """Return a network of whose gradients each is noise around a direction of such a strength; momentum averages it."""
    return _Chance(lambda _call: rng.normal((strength, 0), 1), momentum=0.9, learning_rate=1e-3)


def turning(rng):
    """Return a network whose gradients turn round from step to step, so that momentum lags."""
    return _Chance(lambda call: [np.cos(call / 3), np.sin(call / 3)] + 0.01 * rng.normal(size=2), momentum=0.9)


def test_momentum_follows_steepest_descent_where_it_does_over_the_seeds(monkeypatch):
    rng = np.random.default_rng(0)
    assert following(monkeypatch, turning(rng)).verdict == DIFFERS
    assert following(monkeypatch, turning(rng), turning(rng), turning(rng)).verdict == DIFFERS
    mixed = following(monkeypatch, turning(rng), wandering(rng, 3.0), wandering(rng, 1.0))
    assert mixed.verdict == CANNOT_BE_TOLD
    assert np.shape(mixed.numbers["cosines"]) == (3, 5, 2)


@pytest.mark.parametrize("seeds", [1, 3])
def test_gradients_of_noise_alone_hardly_ever_make_momentum_an_effect(monkeypatch, seeds):
    """Steps that follow each other share their momentum, and are no tests of it that know nothing of each other."""
    rng = np.random.default_rng(seeds)
    found = [following(monkeypatch, *(wandering(rng, 0.0) for _ in range(seeds))) for _ in range(TIMES // 2)]
    assert sum(finding.verdict != CANNOT_BE_TOLD for finding in found) <= 0.05 * TIMES // 2


def test_momentum_is_a_larger_step_where_its_curve_follows_the_other_with_every_seed():
    n = np.arange(40.0)

    def runs(*ends):
        losses = [end + np.exp(-n / 10) for end in ends]
        return [
            run_result("val_loss", loss, train_eval_loss=loss - end) for loss, end in zip(losses, ends, strict=True)
        ]

    claim = claim_of("momentum", "larger", "plain")
    both = {"momentum": runs(2.0, 2.1), "plain": runs(1.0, 1.0)}
    evidence = evidence_of(larger=runs(2.01, 2.11), **both)
    assert momentum_is_a_larger_step(claim, evidence).verdict == AGREES
    finding = momentum_is_a_larger_step(claim, evidence_of(larger=runs(2.01, 1.5), **both))
    assert finding.verdict == CANNOT_BE_TOLD
    assert finding.numbers["distances"] == [pytest.approx([0.01, 1.0]), pytest.approx([0.6, 1.1])]


# How weights are spread.


@pytest.fixture
def weights(monkeypatch):
    """Give runs the weights that are put in here, shape (n_seeds, n_out, n_in)."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(weight_check, "weights_of", lambda run, _evidence: np.stack(found[run]))
    return found


def with_zeros(share):
    """Return weights (2, 1000) of which such a share is exactly zero."""
    return np.where(np.arange(2000).reshape(2, 1000) < 2000 * share, 0.0, 0.5)


@pytest.mark.parametrize(
    ("zeros", "none", "some"),
    [
        ([0.0], AGREES, CANNOT_BE_TOLD),
        ([0.5], DIFFERS, AGREES),
        ([0.005], DIFFERS, CANNOT_BE_TOLD),
        ([0.0, 0.0], AGREES, CANNOT_BE_TOLD),
        ([0.5, 0.4], DIFFERS, AGREES),
        ([0.0, 0.5], CANNOT_BE_TOLD, CANNOT_BE_TOLD),
    ],
)
def test_weights_are_zero_or_not_where_they_are_with_every_seed(weights, monkeypatch, zeros, none, some):
    weights["a"] = list(map(with_zeros, zeros))
    evidence = evidence_of(a=[run_result("val_loss", [1.0], {"l1": 0.1})] * len(zeros))
    evidence.data_of = lambda _run: data_of(np.ones((3, 1000), np.uint8))
    finding = weight_check.no_exact_zeros(claim_of("a"), evidence)
    assert (finding.verdict, finding.numbers) == (none, {"zeros": zeros, "weights": 2000})
    assert weight_check.can_be_zeroed(claim_of("a"), evidence).verdict == some
    monkeypatch.setattr(weight_check, "subgradient_zeros", lambda *_: 0.0)
    assert weight_check.subgradient_gives_no_zeros(claim_of("a"), evidence).verdict == some


def test_a_weight_of_an_input_that_is_never_other_than_zero_is_no_weight_that_a_norm_made_zero(weights):
    """Of digits, whose corners are empty, l2 was said to make weights zero, and a weak l1 as well."""
    x = np.ones((3, 1000), np.uint8)
    x[:, :100] = 0
    weights["a"] = [np.broadcast_to(np.where(x[0], 0.5, 0.0), (2, 1000))]
    evidence = evidence_of(a=[run_result("val_loss", [1.0], {"l1": 0.1})])
    evidence.data_of = lambda _run: data_of(x)
    finding = weight_check.no_exact_zeros(claim_of("a"), evidence)
    assert (finding.verdict, finding.numbers) == (AGREES, {"zeros": [0.0], "weights": 1800})
    assert "but for those of inputs that are always zero" in finding.text
    assert weight_check.can_be_zeroed(claim_of("a"), evidence).verdict == CANNOT_BE_TOLD
    histogram = weight_histogram("a", evidence, 2)
    assert histogram is not None
    assert histogram.zeros == 0


def test_weights_are_balanced_where_they_are_in_every_class_with_every_seed(weights):
    rng = np.random.default_rng(0)
    even = rng.normal(size=(6, 500))
    uneven = even * np.where(np.arange(500) < 5, 30, 1)
    weights |= {"even": [even, even], "uneven": [uneven, uneven], "mixed": [uneven, even]}
    claim = claim_of("even", "uneven")
    assert weight_check.balances_weights(claim, evidence_of()).verdict == AGREES
    assert weight_check.balances_weights(claim_of("mixed", "uneven"), evidence_of()).verdict == CANNOT_BE_TOLD
    weights["even"] = [even, uneven, even]  # a seed that the other does not have is beside none
    weights["uneven"] = [uneven]
    assert weight_check.balances_weights(claim, evidence_of()).verdict == AGREES


@pytest.mark.parametrize("seeds", [1, 3])
def test_weights_drawn_alike_are_hardly_ever_more_balanced(weights, seeds):
    rng = np.random.default_rng(seeds)

    def balance():
        weights.update({run: list(rng.normal(size=(seeds, 6, 100))) for run in "ab"})
        return weight_check.balances_weights(claim_of("a", "b"), evidence_of()).verdict

    assert sum(balance() != CANNOT_BE_TOLD for _ in range(TIMES)) <= 0.05 * TIMES


def test_the_sign_of_the_gradient_and_the_start_are_those_of_every_seed(weights):
    weights["a"] = [np.array([[-2.0, 0.0]]), np.array([[0.0, 1.0]])]
    finding = weight_check.l1_gradient_is_sign(claim_of("a"), evidence_of())
    assert finding.verdict == AGREES
    assert "2 weights" in finding.text

    def begins(*norms):
        runs = [
            RunResult(replace(run_record(), facts={"parameters": 9}), EpochMetrics(0, {"weight_norm": norm}), ())
            for norm in norms
        ]
        return weight_check.begins_at_zero(claim_of("a"), evidence_of(a=runs)).verdict

    assert [begins(0.0), begins(0.0, 0.0), begins(1.0, 2.0)] == [AGREES, AGREES, DIFFERS]
    assert [begins(0.0, 1.0), begins(0.0, None)] == [CANNOT_BE_TOLD, CANNOT_BE_TOLD]


def test_a_histogram_is_the_mean_of_all_seeds(weights):
    weights["a"] = [np.array([[0.0, 1.0, 1.0, 3.0]]), np.array([[0.0, 0.0, 3.0, 3.0]])]
    evidence = evidence_of()
    evidence.data_of = lambda _run: data_of(np.ones((3, 4), np.uint8))
    histogram = weight_histogram("a", evidence, 2)
    assert histogram
    assert (histogram.counts.tolist(), histogram.zeros) == ([1.0, 1.5], 0.375)
