"""What every screen with charts can do wherever on it one is: show what they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.actions import SkipAction
from textual.binding import Binding

from screens.widgets.chart.chart import Chart

if TYPE_CHECKING:
    from textual.dom import DOMNode
else:
    # A stylesheet goes by the first base that is a node: were it this one, no rule for `Dialog` would reach them.
    DOMNode = object

_SHOW_ALL = Binding("0", "show_all", "All", id="charts.all", show=False,  # a legend names it when it does something
                    tooltip="Charts show every epoch, once more also what is off the scale.")  # fmt: skip


class Charted(DOMNode):
    """A part of screens with charts; name it before the screen's own base class."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), _SHOW_ALL]
        super().__init_subclass__(**kwargs)

    @property
    def _charts(self) -> list[Chart]:
        """The charts that can be seen."""
        return [chart for chart in self.query(Chart) if chart.size]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what needs a chart where none is seen."""
        if action == "show_all":
            return bool(self._charts)
        return super().check_action(action, parameters)

    @property
    def taken_digits(self) -> str:
        """The digit that shows more of a chart, where there is more; see ``MainScreen``."""
        return _SHOW_ALL.key if any(chart.can_show_more for chart in self._charts) else ""

    def action_show_all(self) -> None:
        """Show everything in all charts that are seen; where they do, the whole scale, or a useful one again.

        Raises:
            SkipAction: there is nothing more to show, so that the key leads to the main screen that has it.
        """
        if not self.taken_digits:
            raise SkipAction
        charts = self._charts
        partly = [chart for chart in charts if not chart.is_at_rest]
        clipped = [chart for chart in charts if chart.is_clipped]
        for chart in partly or clipped or charts:
            chart.action_live()
