"""Claims that need a computation of their own, by the name that a questions file uses."""

from __future__ import annotations

FUNCTIONS = (
    "accuracy_jumps",
    "are_shares",
    "at_least_as_good",
    "gap_by_mode",
    "grows_at_the_end",
    "is_a_share",
    "l1_undefined_at_start",
    "last_epoch_is_typical",
    "last_epoch_ranks",
    "momentum_is_a_larger_step",
    "nearest_epoch",
    "nearest_run",
    "no_exact_zeros",
    "norm_of_summed_steps",
    "not_yet_converged",
    "reaches_sooner",
    "same_figure",
    "saturates",
    "separable_by_chance",
    "start_matters",
    "time_ratio",
    "updates_ratio",
    "zeros_of_l1",
)
