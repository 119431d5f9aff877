"""What the legend of a chart says beside the names of its curves."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from screens.widgets.chart.renderer import best_marker
from screens.widgets.chart.scale import format_value
from screens.widgets.chart.series import Mark, Series
from screens.widgets.chart.viewport import Viewport


def states_in_words(
    log_y: bool, smoothing: float, viewport: Viewport, top: float | None, in_short: bool = False
) -> Text:
    """Return what is not as usual, and the key that undoes it.

    Args:
        log_y: whether the y axis is logarithmic.
        smoothing: how much the curves are smoothed; 0 for not at all.
        viewport: the part of the x axis that is shown.
        top: the end of the y axis where something is above it; ``None`` where nothing is.
        in_short: with as few words as will do.
    """
    words = ["log"] * log_y + [f"smooth {smoothing:g}"] * bool(smoothing)
    if not viewport.live:
        words.append("zoomed, 0: live")
    if top is not None:
        words.append(f"above {format_value(top)} off{'' if in_short else ' the scale'}, 0: all")
    return Text("".join(f"[{word}]  " for word in words), style="dim")


def bests_in_words(series: Sequence[Series], x_label: str, ascii: bool) -> Text:  # noqa: A002
    """Return where the best point is, with its value where one curve alone has one.

    Args:
        series: as in the chart.
        x_label: what the x axis counts.
        ascii: with plain characters only.
    """
    found = {one.best_at: one.at(one.best_at) for one in series if one.best_at is not None}
    marked = {at: value for at, value in found.items() if value is not None}
    if not marked:
        return Text()
    [at, value], *others = marked.items()
    where = " of each curve" if others else f" {format_value(at)}: {format_value(value)}"
    return Text(f"{best_marker(ascii)} best {x_label}{where}  ")


def marks_in_words(marks: Sequence[Mark], at: float | None, ascii: bool) -> Text:  # noqa: A002
    """Return the labels of all marks, or of those that the crosshair is at.

    Args:
        marks: as in the chart.
        at: the place of the crosshair; ``None`` where it is not up.
        ascii: with plain characters only.
    """
    text = Text()
    for mark in marks:
        if at is None or abs(mark.x - at) <= 0.5:
            text.append(f"{':' if ascii else '┊'} {mark.label}  ", style="italic")
    return text
