"""How a data set is read where its source leaves a choice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Task = Literal["auto", "classification", "regression"]
TASKS: tuple[Task, ...] = get_args(Task)
AUTO = "auto"
"""What stands for a choice that is left to the kind of source."""

_NOT_USED = " is not used: "


def not_used(name: str, reason: str) -> str:
    """Return the sentence that an option of this name changes nothing about what is read."""
    return f"{name}{_NOT_USED}{reason}."


def told_not_used(sentences: Iterable[str], names: Collection[str]) -> list[str]:
    """Return those of the sentences on data that ``not_used`` gave for options of these names."""
    return [text for text in sentences if text.partition(_NOT_USED)[0] in names]


@dataclass(frozen=True)
class ReadOptions:
    """How a source is read where it leaves a choice; by default as its own kind is.

    Attributes:
        val_share: the share of the examples that become the validation split where the source has none, from 0 to
            below 1; ``None`` for what is usual for the kind of source.
        test_share: likewise for the test split.
        target: name of the column or array that is to be predicted; empty for the one that the kind of source has.
        task: whether the target is a class or a number; ``auto`` goes by what it holds.
    """

    val_share: float | None = None
    test_share: float | None = None
    target: str = ""
    task: Task = "auto"

    @property
    def is_to_learn(self) -> bool:
        """Whether a model is to learn from it, which takes some examples and two classes."""
        return True

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> ReadOptions:
        """Return the options among the settings of a run, also of one that somebody else wrote."""
        target, task = values.get("target"), values.get("task")
        return cls(
            _share(values.get("val_share")),
            _share(values.get("test_share")),
            target if isinstance(target, str) else "",
            next((known for known in TASKS if known == task), "auto"),
        )


class WholeOptions(ReadOptions):
    """How a source is read that a trained model is asked about: nothing is split off, and one example is enough."""

    @property
    def is_to_learn(self) -> bool:
        """Whether a model is to learn from it: none is."""
        return False

    @classmethod
    def like(cls, options: ReadOptions) -> WholeOptions:
        """Return options with another's choice of target and task."""
        return cls(0.0, 0.0, options.target, options.task)


def _share(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1 else None


Wanted = tuple[str, ReadOptions]
"""Where data comes from, and how it is read."""

DEFAULT_OPTIONS = ReadOptions()
READ_OPTIONS = frozenset(vars(DEFAULT_OPTIONS))
"""Their names, as they stand in the table of settings."""
