"""``inspect RUN distributions``: every layer's weights, activations, gradients and updates, now and over the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hw1_tui.analysis.distribution import QUANTITIES, LayerDistribution
from hw1_tui.analysis.run_distribution import RunDistribution, Tracked, distribute
from hw1_tui.export.figure_style import add_legend, colour, draw_curve, label_x, own_style
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table
from hw1_tui.numeral import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DRAWN: tuple[Tracked, ...] = ("update / weight", "dead units")


def show(asked: Asked) -> Shown:
    """Show every layer.

    Raises:
        EngineError: the engine failed.
    """
    found = distribute(asked.subject)
    facts = asked.subject.as_dict()
    records = [{**facts, **_record(found, layer)} for layer in found.layers]
    rows = tuple(
        (
            layer.title,
            quantity,
            told.mean,
            told.deviation,
            told.quantiles[0],
            told.quantiles[2],
            told.quantiles[4],
            told.zeros,
        )
        for layer in found.layers
        for quantity, told in layer.found.items()
    )
    columns = ("layer", "of", "mean", "std", "1%", "median", "99%", "zeros")
    table = Table(columns, rows, less=("mean", "1%", "99%"))
    return Shown(records, said=[f"{found.words(layer)}." for layer in found.layers], tables=[table],
                 draw=partial(_draw, found))  # fmt: skip


def _record(found: RunDistribution, layer: LayerDistribution) -> dict[str, Any]:
    told: dict[str, Any] = {
        quantity: {
            "n": one.n, "mean": one.mean, "std": one.deviation, "quantiles": list(one.quantiles), "zeros": one.zeros,
            "finite": one.finite, "edges": one.edges.tolist(), "counts": one.counts.tolist(),
        }
        for quantity, one in layer.found.items()
    }  # fmt: skip
    epochs = {
        tracked: {"epochs": curve.epochs.tolist(), "values": curve.values.tolist()}
        for tracked in _DRAWN
        for curve in found.curves(tracked)
        if curve.layer == layer.number
    }
    return {
        "layer": layer.number,
        "shape": list(layer.shape),
        "dead": layer.dead,
        "update_ratio": layer.ratio if math.isfinite(layer.ratio) else None,
        "since": found.since,
        **told,
        "over_epochs": epochs,
    }


@own_style()
def _draw(found: RunDistribution) -> Figure:
    """Draw a row of histograms a layer, and below them what is followed over the epochs."""
    from matplotlib.figure import Figure

    n_rows = len(found.layers) + 1
    figure = Figure(figsize=(10, 2.0 * n_rows + 0.6), layout="constrained")
    grid = figure.add_gridspec(n_rows, len(QUANTITIES))
    for row, layer in enumerate(found.layers):
        for column, quantity in enumerate(QUANTITIES):
            told = layer.found.get(quantity)
            if told is None:
                continue
            axes = figure.add_subplot(grid[row, column])
            axes.stairs(told.counts, told.edges, fill=True, color=colour(row))
            zeros = f", {percent(told.zeros)} are 0" if told.zeros > 0.005 else ""
            axes.set_title(f"{layer.title}: {quantity}{zeros}", fontsize="small")
            axes.tick_params(labelsize="x-small")
            axes.set_yticks([])
            axes.locator_params(axis="x", nbins=4)
    for column, tracked in enumerate(_DRAWN):
        curves = found.curves(tracked)
        axes = figure.add_subplot(grid[-1, 2 * column : 2 * column + 2])
        lines = [draw_curve(axes, c.epochs.tolist(), c.values.tolist(), c.layer - 1) for c in curves]
        axes.set_title(tracked, fontsize="small")
        axes.tick_params(labelsize="x-small")
        label_x(axes)
        _name(axes, lines, [f"layer {c.layer}" for c in curves])
        if tracked == "update / weight" and any((c.values > 0).any() for c in curves):
            axes.set_yscale("log")
    return figure


def _name(axes: Any, lines: Sequence[Any], names: Sequence[str]) -> None:
    if lines:
        add_legend(axes, lines, names)
    else:
        axes.text(0.5, 0.5, "not known of this run", transform=axes.transAxes, ha="center", fontsize="small")
