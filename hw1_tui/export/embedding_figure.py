"""Examples as points in a plane for print, a colour and a mark a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engines.contract import Array
from hw1_tui.analysis.embedding import Embedding
from hw1_tui.export.figure_style import MARKERS, add_legend, colour, own_style
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_NAMED = 20


@own_style()
def draw_embedding(title: str, found: Embedding, labels: Array, classes: Sequence[str]) -> Figure:
    """Return a figure of the points.

    Args:
        title: what they are.
        found: the points.
        labels: their classes, (n,).
        classes: names of the classes; empty for a regression.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    axes = figure.add_subplot()
    x, y = found.points.T
    drawn = [
        axes.scatter(x[labels == k], y[labels == k], s=9, color=colour(k), marker=MARKERS[k % len(MARKERS)], alpha=0.6)
        for k in range(len(classes))
    ] or [axes.scatter(x, y, c=labels, s=9)]
    first, second = found.shares
    axes.set(xlabel=f"first direction ({first:.0%} of the variance)", ylabel=f"second ({second:.0%})")
    axes.set_title(visible(title), fontsize="medium", parse_math=False)
    if 0 < len(classes) <= _MOST_NAMED:
        add_legend(figure, drawn, classes, loc="outside right center")
    return figure
