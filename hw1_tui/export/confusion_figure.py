"""The confusion matrix for print: the rates as heat, the counts in the cells where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import Array
from hw1_tui.analysis.confusion import Confusion
from hw1_tui.export.figure_style import own_style
from hw1_tui.markup import visible
from hw1_tui.numeral import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_NAMED, _MOST_COUNTED = 40, 20
"""Classes whose names, and whose counts, can be read."""

_SIDE = 4.6


@own_style()
def draw_confusion(titles: Sequence[str], found: Sequence[Confusion]) -> Figure:
    """Return a figure of one matrix, or of two with what the second has more of than the first.

    Args:
        titles: what the matrices are called.
        found: one or two, of the same classes.
    """
    from matplotlib.figure import Figure

    panels = len(found) if len(found) == 1 else 3
    figure = Figure(figsize=(_SIDE * panels + 0.6, _SIDE), layout="constrained")
    axes = [figure.add_subplot(1, panels, number + 1) for number in range(panels)]
    for where, title, one in zip(axes, titles, found, strict=False):
        text = f"{title}: {percent(one.accuracy, 1)} right"
        _draw(where, one.rates, one.counts, one.classes, text, {"cmap": "Blues", "vmin": 0, "vmax": 1})
    if panels > 1:
        first, second = found
        change, more = second.rates - first.rates, second.counts - first.counts
        reach = float(np.nanmax(np.abs(change), initial=1e-9))
        _draw(
            axes[2],
            change,
            more,
            first.classes,
            "second less first",
            {"cmap": "PuOr", "vmin": -reach, "vmax": reach},
            "+d",
        )
    return figure


def _draw(
    axes: Axes, heat: Array, counts: Array, classes: Sequence[str], title: str, style: dict[str, Any], form: str = "d"
) -> None:
    axes.imshow(np.nan_to_num(heat), **style)
    axes.set_title(visible(title), fontsize="medium", parse_math=False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    if len(classes) <= _MOST_NAMED:
        names = list(map(visible, classes))
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", parse_math=False)
        axes.set_yticks(range(len(names)), names, parse_math=False)
    if len(classes) > _MOST_COUNTED:
        return
    middle = (style["vmin"] + style["vmax"]) / 2
    reach = style["vmax"] - middle
    is_signed = style["vmin"] < 0
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            depth = (heat[i, j] - middle) / reach if not np.isnan(heat[i, j]) else -1
            is_dark = abs(depth) > 0.6 if is_signed else depth > 0
            colour = "white" if is_dark else "black"
            axes.text(j, i, format(int(count), form), ha="center", va="center", color=colour, fontsize="small")
