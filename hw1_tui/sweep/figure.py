"""A figure of a sweep for print: what it is ranked by against each hyperparameter, a panel an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1_tui.export.figure_style import colour, own_style
from hw1_tui.markup import visible
from hw1_tui.metric import Metric
from hw1_tui.runs.loss_name import loss_label
from hw1_tui.settings import TABLE
from hw1_tui.sweep.effect import Interaction
from hw1_tui.sweep.space import Axis
from hw1_tui.sweep.summary import SweepSummary, TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT, _PER_ROW = 3.2, 3.0, 3
_DARK = 0.55
"""Of the way from the worst to the best, from where on a cell is too dark for black."""

_DECADES = 100
"""Values that lie so many times apart are drawn over a logarithm."""


@own_style()
def draw_sweep(summary: SweepSummary, interactions: Sequence[Interaction] = ()) -> Figure:
    """Return a figure with a point a trial that finished, and the mean of each value as a line; one y axis for all.

    Args:
        summary: the sweep.
        interactions: what is drawn as matrices after that.
    """
    from matplotlib.figure import Figure

    axes = summary.sweep.space.axes
    n = len(axes) + len(interactions)
    rows, columns = -(-n // _PER_ROW), min(n, _PER_ROW)
    figure = Figure(figsize=(_WIDTH * columns, _HEIGHT * rows), layout="constrained")
    finished = [result for result in summary.results if result.has_finished]
    first: Axes | None = None
    for place, axis in enumerate(axes):
        panel = figure.add_subplot(rows, columns, place + 1, sharey=first)
        first = first or panel
        _draw(panel, axis, finished, summary.sweep.metric)
        if place % columns == 0:
            panel.set_ylabel(_y_label(summary))
    for place, found in enumerate(interactions, start=len(axes) + 1):
        _draw_matrix(figure.add_subplot(rows, columns, place), found, summary.sweep.ranked_by)
    return figure


def _draw_matrix(panel: Axes, found: Interaction, metric: Metric) -> None:
    """Draw the means of two hyperparameters as cells with their numbers, the better the darker."""
    worse_is_high = metric.best == "lowest"
    panel.imshow(found.means, cmap="Blues_r" if worse_is_high else "Blues", aspect="auto", interpolation="nearest")
    low, high = np.nanmin(found.means), np.nanmax(found.means)
    for (row, column), value in np.ndenumerate(found.means):
        share = (value - low) / ((high - low) or 1.0)
        is_dark = (1 - share if worse_is_high else share) > _DARK
        text = metric.format(value) if np.isfinite(value) else "-"
        panel.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if is_dark else "black")
    (first, second), (rows, columns) = found.names, (found.rows, found.columns)
    panel.set_yticks(range(len(rows)), [level.words(first) for level in rows], parse_math=False)
    panel.set_xticks(range(len(columns)), [level.words(second) for level in columns], parse_math=False)
    panel.set_xlabel(visible(TABLE[second].title))
    panel.set_ylabel(visible(TABLE[first].title))
    panel.set_title(f"mean {metric.title}", fontsize="medium")


def _y_label(summary: SweepSummary) -> str:
    metric = summary.sweep.ranked_by
    if metric.kind != "loss":
        return metric.title
    return f"{metric.title},\n{loss_label([summary.sweep.config.as_dict()])}"


def _draw(panel: Axes, axis: Axis, results: Sequence[TrialResult], metric: str) -> None:
    by_value: dict[Any, list[float]] = {}
    for result in results:
        value = result.result(metric)
        if value is not None:
            by_value.setdefault(result.trial.point[axis.name], []).append(float(value))
    places = _places(panel, axis, by_value)
    found = sorted((places[value], values) for value, values in by_value.items())
    points = [(x, y) for x, values in found for y in values]
    panel.plot([x for x, _ in points], [y for _, y in points], "o", color=colour(0), markersize=4, alpha=0.5)
    if len(found) < len(points):  # of points that were drawn at random each value is there once
        means = [sum(values) / len(values) for _, values in found]
        panel.plot([x for x, _ in found], means, "-", color=colour(1), linewidth=1.3)
    ys = [y for _, y in points]
    if ys and min(ys) > 0 and max(ys) / min(ys) >= _DECADES:
        panel.set_yscale("log")
    panel.set_xlabel(visible(TABLE[axis.name].title))
    panel.grid(alpha=0.3, linewidth=0.5)


def _places(panel: Axes, axis: Axis, by_value: Mapping[Any, object]) -> dict[Any, float]:
    """Return where each value stands on the x axis, which is made a logarithm, or named by the values, as needed."""
    numbers = [value for value in by_value if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) == len(by_value):
        spans_decades = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) >= _DECADES
        if axis.scale == "log" or spans_decades:
            panel.set_xscale("log")
        return {value: float(value) for value in numbers}
    order = [value for value in axis.values if value in by_value]
    panel.set_xticks(range(len(order)), [TABLE[axis.name].format(value) for value in order], parse_math=False)
    return {value: float(place) for place, value in enumerate(order)}
