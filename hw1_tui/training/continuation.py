"""Whether a run that ended has anything left to train."""

from __future__ import annotations

from hw1_tui.mistake import Mistake
from hw1_tui.numeral import counted
from hw1_tui.settings import RunConfig


def nothing_left(config: RunConfig, epoch: int, best_epoch: int | None, *, has_finished: bool = True) -> Mistake | None:
    """Return why a run would end at once if it went on; ``None`` where it has something to do.

    Args:
        config: what it would go on with.
        epoch: epochs that are done.
        best_epoch: the one with the lowest validation loss; ``None`` where there is none.
        has_finished: whether it ended by itself. One that was stopped after its last epoch still has its end before it.
    """
    if not has_finished:
        return Mistake("epochs", f"{epoch} are done", f"at least {epoch}") if config.epochs < epoch else None
    patience = config.hyperparameters["patience"]
    if config.epochs <= epoch:
        return Mistake("epochs", f"the run has finished, {epoch} are done", f"more than {epoch}")
    if patience and best_epoch is not None and epoch - best_epoch >= patience:
        waited = epoch - best_epoch
        epochs = counted(waited, "epoch")
        problem = f"the run stopped early: no lower validation loss in the {epochs} since epoch {best_epoch}"
        return Mistake("patience", problem, f"more than {waited}, or 0 for no early stopping")
    return None


def nothing_to_branch(config: RunConfig, epoch: int) -> Mistake | None:
    """Return why a run that begins after an epoch of another would end at once; ``None`` where it would not."""
    if config.epochs <= epoch:
        return Mistake("epochs", f"{epoch} are done at epoch {epoch}", f"more than {epoch}")
    return None
