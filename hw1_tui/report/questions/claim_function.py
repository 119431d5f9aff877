"""The functions that a claim of a questions file may name, with what each must be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MANY = 100
"""Runs of a claim at most, where any number will do."""


@dataclass(frozen=True)
class ClaimFunction:
    """What a claim must give to the function that settles it.

    Attributes:
        runs: the fewest and the most runs.
        values: what each value is: ``share`` (0 to 1), ``positive``, or ``split`` (0, 1 or 2).
        metric: whether it needs the name of a metric.
        trained: whether its runs must have been trained.
        tests: whether it tells chance from effect by tests, which may err: by ``one`` in all, by one for each of the
            ``runs``, or by one for each of the ``pairs`` of a run and another.
        classes: whether it is about models that learn classes alone.
        whole: whether it tells where a curve comes to in the end, of which a part of its epochs tells nothing.
    """

    runs: tuple[int, int]
    values: tuple[str, ...] = ()
    metric: bool = False
    trained: bool = True
    tests: Literal["", "one", "runs", "pairs"] = ""
    classes: bool = False
    whole: bool = False


FUNCTIONS: Mapping[str, ClaimFunction] = {
    "above_each": ClaimFunction((2, MANY), metric=True, tests="pairs"),
    "accuracy_jumps": ClaimFunction((1, 1), classes=True),
    "are_shares": ClaimFunction((1, MANY), ("positive", "positive")),
    "are_similar": ClaimFunction((2, 2), metric=True, tests="one"),
    "balances_weights": ClaimFunction((2, 2), tests="one", classes=True),
    "begins_at_zero": ClaimFunction((1, 1)),
    "below_each": ClaimFunction((2, MANY), metric=True, tests="pairs"),
    "best_in_the_middle": ClaimFunction((3, MANY), metric=True, tests="pairs"),
    "can_be_zeroed": ClaimFunction((1, MANY)),
    "consistently_above": ClaimFunction((2, 2), metric=True, tests="one"),
    "could_improve": ClaimFunction((2, 2), metric=True, tests="one"),
    "follows_steepest_descent": ClaimFunction((1, 1), tests="one", classes=True),
    "gap_by_mode": ClaimFunction((1, MANY), tests="runs"),
    "grows_at_the_end": ClaimFunction((1, 1), whole=True),
    "is_a_share": ClaimFunction((0, 0), ("share", "split", "share")),
    "is_convex_between": ClaimFunction((2, 2), classes=True),
    "jumps_more": ClaimFunction((2, 2), tests="one", classes=True),
    "l1_gradient_is_sign": ClaimFunction((1, 1)),
    "l1_resists_outliers": ClaimFunction((1, MANY), tests="one", classes=True),
    "last_epoch_ranks": ClaimFunction((2, MANY), metric=True, tests="one"),
    "last_epochs_are_apart": ClaimFunction((1, 1), classes=True),
    "momentum_is_a_larger_step": ClaimFunction((3, 3), tests="one", classes=True),
    "nearest_epoch": ClaimFunction((1, 1), ("positive", "positive", "positive"), metric=True),
    "nearest_run": ClaimFunction((2, 2), ("positive",), metric=True, tests="one"),
    "no_exact_zeros": ClaimFunction((1, 1)),
    "no_linear_boundary": ClaimFunction((1, MANY), classes=True),
    "norm_of_summed_steps": ClaimFunction((2, 2), ("positive",)),
    "not_yet_converged": ClaimFunction((2, 2), tests="one", classes=True, whole=True),
    "overshoots": ClaimFunction((1, MANY), tests="one", classes=True),
    "same_figure": ClaimFunction((0, 0), ("share", "share", "split")),
    "saturates": ClaimFunction((1, 1), whole=True),
    "settles_sooner": ClaimFunction((2, 2), tests="one", classes=True, whole=True),
    "step_is_faster": ClaimFunction((2, 2), ("positive", "positive"), tests="one"),
    "subgradient_gives_no_zeros": ClaimFunction((1, 1), classes=True),
    "time_ratio": ClaimFunction((2, 2), ("positive", "positive"), tests="one"),
    "updates_ratio": ClaimFunction((2, 2), ("positive",), trained=False),
}
"""Every function by name; what it computes lies in ``judge.computation``."""
