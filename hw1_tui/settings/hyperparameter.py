"""One entry of the table of hyperparameters: what it may be, how it is read and written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from engines.contract import Value
from hw1_tui.markup import as_written
from hw1_tui.mistake import nearest_name
from hw1_tui.numeral import meant_number, read_number, read_whole

ValueKind = Literal["integer", "number", "choice", "switch", "sizes", "text"]

_SWITCH_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}

_MOST_LAYERS, _LARGEST_LAYER = 100, 100_000
_LONGEST_TEXT = 4096
_SIZES = re.compile(r"((?P<layers>[0-9]{1,40}) *x *)?(?P<size>[0-9]{1,40})")


def option_name(name: str) -> str:
    """Return the option of the command line that stands for a name: ``--learning-rate``."""
    return "--" + name.replace("_", "-")


@dataclass(frozen=True)
class Hyperparameter:
    """A hyperparameter of a run.

    Attributes:
        name: as it stands in a TOML file; the command line's option is the same with dashes.
        kind: what its values are; ``sizes`` is one or more positive integers, ``text`` may be empty.
        help: one line for whoever looks at the field.
        minimum: smallest value, itself allowed unless ``above`` is set; ``None`` for no bound.
        maximum: largest value, itself allowed unless ``below`` is set; ``None`` for no bound.
        above: whether the value must lie above ``minimum`` and not on it.
        below: whether the value must lie below ``maximum`` and not on it.
        choices: the names that a ``choice`` can take, or a number in place of one.
        unit: what the number counts; empty for a pure number.
        short: what it is called where there is little room; its whole name by default.
    """

    name: str
    kind: ValueKind
    help: str
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    below: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    short: str = ""

    @property
    def title(self) -> str:
        """The name as a person reads it: ``learning rate``."""
        return self.name.replace("_", " ")

    @property
    def option(self) -> str:
        """The option of the command line: ``--learning-rate``."""
        return option_name(self.name)

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind == "switch":
            return "true or false"
        if self.kind == "sizes":
            return "sizes such as 100 or 200,100, or layers x size such as 2x200"
        if self.kind == "text":
            return "a text"
        what = "a whole number" if self.kind == "integer" else "a number"
        bounds = []
        if self.minimum is not None:
            bounds.append(f"{'above' if self.above else 'at least'} {_bound(self.minimum)}")
        if self.maximum is not None:
            bounds.append(f"{'below' if self.below else 'at most'} {_bound(self.maximum)}")
        return ", ".join([*self.choices, " ".join([what, " and ".join(bounds)]).strip()])

    def read(self, text: str) -> Value:
        """Return the value that a user typed.

        Raises:
            ValueError: what is wrong with it, fit to stand after the name of the option.
        """
        text = text.strip()
        try:
            return self.check(self._parse(text))
        except ValueError as error:
            raise ValueError(str(error) if text else "is empty") from None

    def _parse(self, text: str) -> Any:
        if self.kind in ("integer", "number"):
            if text in self.choices:
                return text
            return read_whole(text) if self.kind == "integer" else read_number(text)
        if self.kind == "sizes":
            return _parse_sizes(text)
        if self.kind == "switch" and text.lower() not in _SWITCH_WORDS:
            raise ValueError(f"{text!r} is not true or false")
        return _SWITCH_WORDS[text.lower()] if self.kind == "switch" else text

    def nearest(self, text: str) -> str:
        """Return what a user probably meant by a text that ``read`` refuses; empty where nothing is near."""
        if self.kind == "choice" or (self.choices and nearest_name(text, self.choices)):
            return nearest_name(text, self.choices)
        if self.kind == "sizes":
            meant = ",".join(re.split(r"[\s,;]+", text.strip("[]() ")))
            return meant if self._reads(meant) else ""
        return meant_number(text, self._reads)

    def _reads(self, text: str) -> bool:
        try:
            self.read(text)
        except ValueError:
            return False
        return True

    def check(self, value: Any) -> Value:
        """Return a value of the right type, such as a TOML file or a form gives.

        Raises:
            ValueError: what is wrong with it.
        """
        if self.kind == "sizes":
            return self._check_sizes(value)
        if self.kind == "switch":
            if not isinstance(value, bool):
                raise ValueError(f"{as_written(value)} is not true or false")
            return value
        if self.kind == "choice":
            if value not in self.choices:
                raise ValueError(f"{as_written(value)} is not one of its names")
            return str(value)
        if self.kind == "text":
            return _check_text(value)
        return value if isinstance(value, str) and value in self.choices else self._check_number(value)

    def _check_sizes(self, value: Any) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)) or not value:
            raise ValueError(f"{as_written(value)} is not a list of sizes")
        if not all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in value):
            raise ValueError(f"{self.format(tuple(value))} has a size that is not a whole number above 0")
        if max(value) > _LARGEST_LAYER or len(value) > _MOST_LAYERS:
            raise ValueError(f"{self.format(tuple(value))} is larger than {_MOST_LAYERS} layers of {_LARGEST_LAYER:,}")
        return tuple(value)

    def _check_number(self, value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{as_written(value)} is not {'a whole number' if self.kind == 'integer' else 'a number'}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{as_written(value)} is not a finite number")
        if self.kind == "integer" and value != int(value):
            raise ValueError(f"{as_written(value)} is not a whole number")
        if self.minimum is not None and (value < self.minimum or (self.above and value == self.minimum)):
            raise ValueError(f"{self.format(value)} is too small")
        if self.maximum is not None and (value > self.maximum or (self.below and value == self.maximum)):
            raise ValueError(f"{self.format(value)} is too large")
        return int(value) if self.kind == "integer" else float(value) + 0.0  # of -0.0 that is 0.0, the same setting

    def format(self, value: Value) -> str:
        """Return a value as ``read`` takes it, exact to the last digit."""
        if isinstance(value, (tuple, list)):
            return ",".join(map(str, value))
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            return format_number(value)
        return str(value)


def _check_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{as_written(value)} is not a text")
    if len(value) > _LONGEST_TEXT:
        raise ValueError(f"is longer than {_LONGEST_TEXT:,} characters")
    return value.strip()


def _bound(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else format_number(value)


def plain_value(value: Any) -> Any:
    """Return a value as JSON and TOML have it: sizes as a list."""
    return list(value) if isinstance(value, tuple) else value


def format_number(value: float) -> str:
    """Return the shortest text that gives the same float again, without a needless ``.0``."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def _parse_sizes(text: str) -> list[int]:
    """Read ``100``, ``200,100`` or ``2x200`` (layers x size)."""
    sizes: list[int] = []
    for part in text.split(","):
        match = _SIZES.fullmatch(part.strip())
        count = int(match["layers"] or 1) if match else 0
        if match is None or not count:
            raise ValueError(f"{text!r} is not a list of sizes")
        if count > _MOST_LAYERS:  # before so many are made
            raise ValueError(f"{text} is larger than {_MOST_LAYERS} layers of {_LARGEST_LAYER:,}")
        sizes += [int(match["size"])] * count
    return sizes
