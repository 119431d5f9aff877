"""What is worth setting once: the interface's preferences, as they are kept between starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hw1_tui.markup import as_written
from hw1_tui.mistake import Mistake, unknown_name
from hw1_tui.settings.end_command import COMMAND_ALLOWED, SIGNS, split_command
from hw1_tui.settings.hyperparameter import Hyperparameter
from hw1_tui.settings.run_config import DEFAULT_DATA, NAMED_DATA

PICTURES = ("blocks", "kitty", "sixel")
"""How pictures are drawn: by characters, as kitty's graphics, or as sixels."""


@dataclass(frozen=True)
class Preference(Hyperparameter):
    """A setting: described, read and checked like a hyperparameter.

    Attributes:
        is_command: whether the text is a program and its arguments; empty for none.
        may_be_empty: whether another text may be empty.
    """

    is_command: bool = False
    may_be_empty: bool = False

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        return f"{COMMAND_ALLOWED}; empty for none" if self.is_command else super().allowed

    def check(self, value: Any) -> Any:
        """Return a value of the right type.

        Raises:
            ValueError: what is wrong with it.
        """
        if self.is_command:
            return self._check_command(value)
        if value == "" and self.kind == "text" and not self.may_be_empty:
            raise ValueError(f"{as_written(value)} is not a text")
        return super().check(value)

    def _check_command(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{as_written(value)} is not a text")
        split_command(value)
        return value.strip()


@dataclass(frozen=True)
class Preferences:
    """Every setting.

    Attributes:
        theme: name of a theme; empty for the interface's own.
        ascii_charts: draw charts with plain characters.
        pictures: how they are drawn, one of ``PICTURES``: what the terminal can, which nobody asks it.
        smoothing: how much curves are smoothed at first: 0 not at all, below 1.
        log_axes: what the loss is drawn on at first: ``automatic``, ``always`` or ``never`` a logarithmic axis.
        data: data set of a new run.
        questions: questions file whose runs and questions are shown; empty for the report's.
        threads: processor threads of a new run; 0 finds the number.
        side_by_side: how many runs train at once.
        notify: what the terminal does when a run has ended or the coach warns, one of ``end_command.SIGNS``.
        on_end: program that is run then, with its arguments; empty for none.
        keys: keys by the id of what they do, such as ``{"training.pause": "p"}``; several with commas.
    """

    theme: str = ""
    ascii_charts: bool = False
    pictures: str = PICTURES[0]
    smoothing: float = 0.0
    log_axes: str = "automatic"
    data: str = DEFAULT_DATA
    questions: str = ""
    threads: int = 0
    side_by_side: int = 1
    notify: str = "none"
    on_end: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)


def preference_table(themes: Iterable[str]) -> dict[str, Preference]:
    """Return what each setting may be.

    Args:
        themes: names of the themes that the interface has.
    """
    smoothing = "how much curves are smoothed at first; [ and ] change it in a chart"
    named = ", ".join(NAMED_DATA)
    entries = (
        Preference("theme", "choice", "colours of everything", choices=tuple(themes)),
        Preference("ascii_charts", "switch", "plain characters where the terminal lacks braille"),
        Preference("pictures", "choice", "half blocks, or all pixels where the terminal has kitty's graphics or sixels",
                   choices=PICTURES),
        Preference("smoothing", "number", smoothing, minimum=0, maximum=1, below=True),
        Preference("log_axes", "choice", "a log axis for the loss: where it spans a wide range, always, or never",
                   choices=("automatic", "always", "never")),
        Preference("data", "text", f"of a new run: {named}, a file or a folder"),
        Preference("questions", "text", "a questions file to take runs and questions from; empty for the report's",
                   may_be_empty=True),
        Preference("threads", "integer", "of a new run; 0 times a few steps and chooses", 0, 1024, unit="threads"),
        Preference("side_by_side", "integer", "how many runs train at once; others wait their turn", 1, 4,
                   unit="runs"),
        Preference("notify", "choice", "what the terminal does when a run has ended or the coach warns", choices=SIGNS),
        Preference("on_end", "text", "a program that is run then, told by HW1_TUI_EVENT, HW1_TUI_RUN and others",
                   is_command=True),
    )  # fmt: skip
    return {entry.name: entry for entry in entries}


def read_preferences(record: Mapping[str, Any], table: Mapping[str, Preference]) -> tuple[Preferences, list[Mistake]]:
    """Return the settings in a record and what is wrong with it; what is wrong keeps its default.

    Args:
        record: as it stands in the file.
        table: of ``preference_table``.
    """
    found, mistakes = Preferences(), []
    for name, value in record.items():
        try:
            if name == "keys":
                found = replace(found, keys=_check_keys(value))
            elif name in table:
                found = replace(found, **{name: table[name].check(value)})
            else:
                mistakes.append(unknown_name(name, "setting", name, [*table, "keys"]))
        except ValueError as error:
            allowed = table[name].allowed if name in table else 'such as "training.pause" = "f"'
            nearest = table[name].nearest(value) if name in table and isinstance(value, str) else ""
            mistakes.append(Mistake(name, str(error), allowed, nearest))
    return found, mistakes


def _check_keys(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f"{as_written(value)} is not a table")
    keys: dict[str, str] = {}
    for name, key in _flat(value):
        if not isinstance(key, str) or not all(part.strip() for part in key.split(",")):
            raise ValueError(f"{name} = {as_written(key)} names no key")
        keys[name] = ",".join(part.strip() for part in key.split(","))
    return keys


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """Yield entries by their dotted names: TOML reads ``training.pause`` without quotes as a table in a table."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
