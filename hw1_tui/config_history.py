"""The configuration of a run through time: what it began with, and what was changed while it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.markup import visible

_OF_THE_PLACE = ("model", "engine", "data")
"""Not changed by going on, though data may be named from another folder."""


@dataclass(frozen=True)
class Change:
    """A hyperparameter that got another value while a run was trained, or when it went on.

    Attributes:
        epoch: the first epoch that it holds in, at least for a part.
        name: which.
        old: its value before.
        new: its value from there on.
    """

    epoch: int
    name: str
    old: Any
    new: Any

    @property
    def values(self) -> str:
        """The two values as words: ``0.1 to 0.01``."""
        return f"{_text(self.old)} to {self.new_value}"

    @property
    def new_value(self) -> str:
        """The value that it holds from then on, as a word."""
        return _text(self.new)

    def __str__(self) -> str:
        return f"{visible(self.name)} {self.values} in epoch {self.epoch}"


class ConfigHistory:
    """The configuration that a run began with, and its changes in order.

    Args:
        config: what it began with, as far as it is known before the run's first event.
        changes: what was changed so far, of a run that has begun; ``None`` for one that has not.

    Attributes:
        first: what it began with, but for ``epochs``, which is how many are planned now.
        changes: what was changed, in order.
    """

    def __init__(self, config: Mapping[str, Any], changes: Sequence[Change] | None = None) -> None:
        self.first = dict(config)
        self.changes = list(changes or ())
        self._has_begun = changes is not None

    @property
    def now(self) -> dict[str, Any]:
        """The configuration that holds after every change."""
        return config_now(self.first, self.changes)

    def begin(self, config: Mapping[str, Any], resumed_epoch: object) -> None:
        """Take the values that a session begins with: the first are the run's own, those of a later one change them.

        Args:
            config: the values, as far as they are hyperparameters of the run.
            resumed_epoch: the last epoch that was done before.
        """
        known = {name: value for name, value in config.items() if name in self.first}
        if not self._has_begun or not isinstance(resumed_epoch, int):
            self._has_begun = True
            self.first.update(known)
            self.changes.clear()
            return
        self.first.update({name: value for name, value in known.items() if name in _OF_THE_PLACE})
        # What was steered after the place that it goes on from is overtaken: the values say which of it still holds.
        self.changes = [change for change in self.changes if change.epoch <= resumed_epoch + 1]
        for name, value in known.items():
            while (last := self._last(name)) and last.epoch == resumed_epoch + 1 and last.new != value:
                self.changes.remove(last)
            self.change(name, value, resumed_epoch + 1)

    def change(self, name: str, new: Any, epoch: object) -> None:
        """Take a value that holds from an epoch on; names that the run does not have are left out."""
        if name not in self.first or not isinstance(epoch, int) or self.now[name] == new:
            return
        self.changes.append(Change(epoch, name, self.now[name], new))
        if name == "epochs":
            self.first[name] = new

    def _last(self, name: str) -> Change | None:
        return next((change for change in reversed(self.changes) if change.name == name), None)


def trained_otherwise(first: Mapping[str, Any], changes: Sequence[Change]) -> list[Change]:
    """Return the changes by which a run is another than one that is trained anew with its configuration.

    Other numbers of epochs are the same training, unless a cosine comes down over them; in the first epoch it is at its
    full rate whatever they are.
    """
    schedules = [first.get("schedule"), *(change.new for change in changes if change.name == "schedule")]
    are_told = "cosine" in schedules
    return [change for change in changes if change.name != "epochs" or (are_told and change.epoch > 1)]


def not_repeated(first: Mapping[str, Any], changes: Sequence[Change]) -> list[str]:
    """Return what training anew with a run's configuration leaves out, in words."""
    return list(map(str, trained_otherwise(first, changes)))


def config_now(first: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """Return the configuration that holds after changes."""
    return {**first, **{change.name: change.new for change in changes}}


def config_after(first: Mapping[str, Any], changes: Sequence[Change], epoch: int) -> dict[str, Any]:
    """Return the configuration that held at the end of an epoch; ``epochs`` are as many as are planned now."""
    return config_now(first, [change for change in changes if change.epoch <= epoch and change.name != "epochs"])


def changed_before(
    first: Mapping[str, Any], changes: Sequence[Change], epoch: int, values: Mapping[str, Any]
) -> list[Change]:
    """Return what was changed on the way to a branch of a run, by branching too.

    Args:
        first: what the run began with.
        changes: what was changed in it, and before it.
        epoch: the epoch after which the branch begins.
        values: what that begins with, as far as it may be other values than the run's.
    """
    planned = (change.old for change in changes if change.name == "epochs" and change.epoch > epoch)
    held = config_after(first, changes, epoch)
    held["epochs"] = next(planned, held["epochs"])  # they came down to those if a schedule went by them
    own = [Change(epoch + 1, name, held[name], value) for name, value in sorted(values.items())
           if name in held and held[name] != value]  # fmt: skip
    return [*(change for change in changes if change.epoch <= epoch), *own]


def _text(value: Any) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else visible(str(value))
