"""What a run that ended goes on with, and whether it has anything left to train."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from hw1_tui.config_history import Change, ConfigHistory
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import SESSION_CHANGEABLE, RunConfig
from hw1_tui.training.event import FAILURES


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


def describe_beginning(status: str) -> str:
    """Return from where a run that ended goes on, and what it needs to, in a sentence or two.

    Not that it comes to the same bits: that is so only where its number of threads is pinned.

    Args:
        status: how it ended.
    """
    if status in FAILURES:
        return "It goes on from its newest checkpoint."
    needs = " A run that finished needs more epochs, one that stopped early a longer patience."
    return f"It goes on where it ended.{needs * (status == 'finished')}"


def not_counted(who: str) -> str:
    """Return what becomes of a run that a sweep or a report wanted as it is and that goes on otherwise, as a sentence.

    Args:
        who: what it was trained for, such as ``report``.
    """
    return (
        f"With more epochs or other values the {who} does not count it any more and trains another in its place; "
        "a branch leaves it as it is."
    )


def changed_since(config: RunConfig, events: Iterable[Mapping[str, Any]]) -> tuple[RunConfig, list[Change]]:
    """Return what a run goes on with from its newest sound state, and what was changed later, which is not repeated.

    Values that it went on with before from that very state hold again: it was killed, or its disk was full, before a
    newer state had them. A change further on has a step of its own, which no state is at.

    Args:
        config: the configuration in the state.
        events: those that the log has after the state, in order.
    """
    names = (config.adjustable | SESSION_CHANGEABLE) & config.as_dict().keys()
    held, history = config, ConfigHistory(config.as_dict(), ())
    is_at_state = True
    for event in events:
        if event.get("event") == "run_started":
            values = {name: event[name] for name in names & event.keys()}
            if is_at_state:
                with contextlib.suppress(MistakeError):  # what a stranger wrote there is none of a run's
                    held = config.changed(**values)
                history = ConfigHistory(held.as_dict(), ())
            else:
                history.begin(values, event.get("resumed_epoch"))
        elif event.get("event") in ("epoch", "steered"):
            is_at_state = False
            if event["event"] == "steered":
                history.change(str(event.get("name")), event.get("new"), event.get("epoch"))
    return held, history.changes
