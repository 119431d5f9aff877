"""A slider: a value between two ends, moved by arrows or the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_LABEL = 26


class Slider(Widget, can_focus=True):
    """One line: a label, a track with a knob, the value.

    Args:
        label: what is moved.
        steps: number of positions.
        value: the first position.
        describe: how a position is written.
        id: of the widget.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Slider { height: 1; padding: 0 1; }
    Slider:focus { background: $primary 30%; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "slide(-1)", "Less", show=False, id="slider.less", tooltip="One step down."),
        Binding("right", "slide(1)", "More", show=False, id="slider.more", tooltip="One step up."),
    ]
    value = reactive(0)

    class Moved(Message):
        """The knob was moved."""

        def __init__(self, slider: Slider, value: int) -> None:
            self.slider, self.value = slider, value
            super().__init__()

        @property
        def control(self) -> Slider:
            """The slider."""
            return self.slider

    def __init__(
        self,
        label: str,
        steps: int,
        value: int,
        describe: Callable[[int], str],
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._label, self._steps, self._describe = label, steps, describe
        self.set_reactive(Slider.value, value)

    def validate_value(self, value: int) -> int:
        """Stay between the ends."""
        return min(max(value, 0), self._steps - 1)

    def watch_value(self, value: int) -> None:
        """Tell."""
        self.post_message(self.Moved(self, value))

    def set_steps(self, steps: int) -> None:
        """Have another number of positions; the knob stays where it can."""
        self._steps = max(1, steps)
        self.value = self.validate_value(self.value)
        self.refresh()

    def action_slide(self, by: int) -> None:
        """Move the knob."""
        self.value += by

    def on_click(self, event: Click) -> None:
        """Move the knob under the mouse."""
        start = len(self._label) + 2
        self.value = round((event.x - start) / max(1, self._track - 1) * (self._steps - 1))

    @property
    def _track(self) -> int:
        return max(5, self.size.width - len(self._label) - _LABEL)

    def render(self) -> Text:
        """Draw it."""
        place = round(self.value / max(1, self._steps - 1) * (self._track - 1))
        track = "─" * place + "●" + "─" * (self._track - 1 - place)
        return Text(f"{self._label} ├{track}┤ {self._describe(self.value)}", no_wrap=True)
