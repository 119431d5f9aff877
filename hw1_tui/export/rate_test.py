"""A range test as sentence, table, records and picture: the loss over the rising learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from hw1_tui.analysis.rate_finder import RatePoint, suggest, suggestion_words
from hw1_tui.export.figure_style import add_legend, draw_curve, own_style
from hw1_tui.export.inspection.view import Shown
from hw1_tui.export.table import Table
from hw1_tui.runs.loss_name import loss_label
from hw1_tui.settings import RunConfig

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def show_rate_test(points: Sequence[RatePoint], config: RunConfig) -> Shown:
    """Show the losses at rising rates, and the rate that they suggest.

    Args:
        points: what was trained, in its order.
        config: the run that the rate is for.
    """
    said = suggestion_words(points, config.hyperparameters["learning_rate"])
    rows = tuple((one.rate, one.loss, one.smoothed) for one in points)
    table = Table(("rate", "loss", "smoothed"), rows, remark=said)  # below sixty rows, where it is seen
    records = [{"event": "rate", **asdict(point)} for point in points]
    records.append({"event": "suggested", "rate": suggest(points)})
    return Shown(records, tables=[table], draw=partial(_draw, points, config))


@own_style()
def _draw(points: Sequence[RatePoint], config: RunConfig) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 3.6), layout="constrained")
    axes = figure.add_subplot()
    rates = [point.rate for point in points]
    curves = {"after each part": [point.loss for point in points], "smoothed": [point.smoothed for point in points]}
    lines = [draw_curve(axes, rates, losses, place) for place, losses in enumerate(curves.values())]
    add_legend(axes, lines, list(curves))
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel(loss_label([{"engine": config.engine, "model": config.model}]))
    axes.grid(alpha=0.3, linewidth=0.5)
    if (suggested := suggest(points)) is not None:
        axes.axvline(suggested, color="0.35", linewidth=0.8, linestyle=":")
        axes.annotate(f"suggested: {suggested:g}", (suggested, 0.5), xycoords=("data", "axes fraction"), rotation=90,
                      ha="right", va="center", fontsize="x-small", color="0.35")  # fmt: skip
    return figure
