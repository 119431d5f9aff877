"""The line in which the ends of a chart's axes are typed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from hw1_tui.numeral import meant_number, read_number
from screens.widgets.input import Input
from screens.widgets.plain import plain

Limits = tuple[float | None, float | None]
"""Lower and upper end; ``None`` where the data tells it."""

AUTOMATIC: Limits = (None, None)
_WAYS_OUT = {"y": " (l: linear)", "x": ""}
"""What makes a logarithmic axis linear; of the x axis nothing does."""
_HINT = "from..to, empty is automatic"


class LimitField(Horizontal):
    """Two axes, each as ``from..to``; ``enter`` takes both, ``escape`` leaves everything as it was.

    Args:
        y: the ends of the y axis that hold so far.
        x: those of the x axis.
        is_log: whether the y axis is logarithmic, where nothing is 0 or less.
        is_log_x: the same of the x axis.
    """

    class Entered(Message):
        """Limits were typed."""

        def __init__(self, y: Limits, x: Limits) -> None:
            super().__init__()
            self.y = y
            self.x = x

    class Cancelled(Message):
        """Everything stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", id="limits.back", tooltip="The limits stay as they are."),
    ]
    DEFAULT_CSS = """
    LimitField {
        height: 1; width: 1fr;
        & > Input { width: 14; }
        & > .limit-name { width: auto; padding: 0 1; }
        & > .limit-mistake { width: 1fr; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > .limit-mistake.-wrong { color: $text-error; }
    }
    """

    def __init__(self, y: Limits, x: Limits, *, is_log: bool, is_log_x: bool = False) -> None:
        super().__init__()
        self._y, self._x = y, x
        self._is_log = {"y": is_log, "x": is_log_x}

    def compose(self) -> ComposeResult:
        """Draw the fields."""
        for name, limits in (("y", self._y), ("x", self._x)):
            yield Static(name, classes="limit-name", markup=False)
            yield Input(limits_in_words(limits), placeholder="from..to", id=f"limit-{name}")
        yield Static(_HINT, classes="limit-mistake", markup=False)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#limit-y", Input).focus()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        found: dict[str, Limits] = {}
        for name in ("y", "x"):
            field = self.query_one(f"#limit-{name}", Input)
            try:
                found[name] = read_limits(field.value, is_log=self._is_log[name], way_out=_WAYS_OUT[name])
            except ValueError as error:
                words = plain(f"{name}: {error}")
                mistake = self.query_one(".limit-mistake", Static)
                mistake.update(words)
                mistake.add_class("-wrong")
                mistake.tooltip = words
                field.focus()
                return
        self.post_message(self.Entered(**found))

    @on(Input.Changed)
    def _forget(self, event: Input.Changed) -> None:
        event.stop()
        mistake = self.query_one(".limit-mistake", Static)
        mistake.update(_HINT)
        mistake.remove_class("-wrong")

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.post_message(self.Cancelled())


def read_limits(text: str, *, is_log: bool = False, way_out: str = "") -> Limits:
    """Return the ends of an axis that a text says: ``0..2``, ``..2``, ``0..``, or nothing.

    Args:
        text: what was typed.
        is_log: whether the axis is logarithmic.
        way_out: what makes it linear, which stands behind a mistake that it has.

    Raises:
        ValueError: it says none, in words.
    """
    if not text.strip():
        return AUTOMATIC
    first, dots, second = text.partition("..")
    if not dots:
        raise ValueError("two numbers with .. between them, such as 0..2")
    low, high = _read_end(first), _read_end(second)
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{_as_typed(low)} is not below {_as_typed(high)}")
    if is_log and any(end is not None and end <= 0 for end in (low, high)):
        raise ValueError(f"a logarithmic axis has nothing at 0 and below{way_out}")
    return low, high


def _read_end(text: str) -> float | None:
    text = text.strip()
    try:
        return read_number(text) if text else None
    except ValueError as error:
        meant = meant_number(text, lambda _: True)
        raise ValueError(f"{error}{f'; {meant}?' if meant else ''}") from None


def limits_in_words(limits: Limits) -> str:
    """Return limits as they are typed; nothing where they are automatic."""
    return "" if limits == AUTOMATIC else "..".join("" if end is None else _as_typed(end) for end in limits)


def _as_typed(end: float) -> str:
    """Return a number with all its digits: what is shown in the field is what holds when it is left as it is."""
    return repr(float(end)).removesuffix(".0")
