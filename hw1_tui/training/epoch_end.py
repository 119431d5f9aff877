"""What a run's settings say of the end of an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hw1_tui.numeral import counted
from hw1_tui.statistics.repeat import LAST_EPOCHS


def is_train_measured(hyperparameters: Mapping[str, Any], epoch: int) -> bool:
    """Return whether the training split is measured after an epoch too."""
    is_due = epoch % hyperparameters["evaluate_train_every"] == 0
    is_near_the_end = epoch > hyperparameters["epochs"] - LAST_EPOCHS
    return bool(hyperparameters["evaluate_train"] and (is_due or is_near_the_end))


def out_of_patience(hyperparameters: Mapping[str, Any], epoch: int, best_epoch: int | None) -> str:
    """Return why a run ends early after an epoch, as a sentence; empty where it does not."""
    patience = hyperparameters["patience"]
    if not patience or best_epoch is None or epoch - best_epoch < patience:
        return ""
    return f"Stopped early: no lower validation loss in the {counted(patience, 'epoch')} since epoch {best_epoch}."
