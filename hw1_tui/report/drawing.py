"""Draws the figures of the report: the same bytes from the same runs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from engines.contract import EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.report.claim_result import Evidence
from hw1_tui.report.question import Figure, Panel
from hw1_tui.report.weight_check import weights_of, zero_share
from hw1_tui.report.wording import figure_title, figures_title

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

# Okabe and Ito's colours, which the colour-blind can tell apart; figures of one run differ in line style as well.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLES = ("-", "--", ":", "-.")
_BINS = 80
_TITLE_WIDTH = 45

_Drawn: TypeAlias = "tuple[str, Artist]"
"""What was drawn, and what the legend says of it."""


def draw_figure(figure: Figure, evidence: Evidence) -> Drawing:
    """Return a figure drawn from the runs with the report's own seed; runs that are missing are left out."""
    from matplotlib.figure import Figure as Drawing

    size = len(figure.panels)
    drawing = Drawing(figsize=(max(5.0, 3.6 * size), 3.3), layout="constrained")
    for position, panel in enumerate(figure.panels, start=1):
        axes = drawing.add_subplot(1, size, position)
        is_histogram = panel.figures == ("weights",)
        drawn = (_draw_weights if is_histogram else _draw_curves)(axes, panel, evidence)
        axes.set_title(textwrap.fill(panel.title, _TITLE_WIDTH), fontsize="medium", parse_math=False)
        axes.grid(alpha=0.3, linewidth=0.5)
        if panel.log:
            axes.set_yscale("log")
        if drawn:
            _add_legend(axes, [(words, artist) for words, artist in drawn if words], is_histogram)
        else:
            axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center")
    return drawing


def _add_legend(axes: Axes, drawn: Sequence[_Drawn], is_histogram: bool) -> None:
    """Say what was drawn; names of runs are not ours: one may begin with _ (hidden) or have a $ in it (mathematics)."""
    if not drawn:
        return
    place: Literal["upper left", "best"] = "upper left" if is_histogram else "best"  # bars count as empty room
    artists = [artist for _, artist in drawn]
    legend = axes.legend(artists, "x" * len(drawn), loc=place, fontsize="small", frameon=False)
    legend.set_in_layout(False)  # the curves keep their room, however long the names are
    for text, (words, _) in zip(legend.get_texts(), drawn, strict=True):
        text.set_parse_math(False)
        text.set_text(textwrap.fill(words, _TITLE_WIDTH))


def _draw_curves(axes: Axes, panel: Panel, evidence: Evidence) -> list[_Drawn]:
    """Draw each figure of each run over the epochs."""
    from matplotlib.ticker import MaxNLocator

    drawn: list[_Drawn] = []
    runs = [run for run in panel.runs if run in evidence.results]
    for place, run in enumerate(runs):
        for number, figure in enumerate(panel.figures):
            if not (points := evidence.results.own(run).points(figure)):
                continue
            words = [run] * (len(panel.runs) > 1) + [figure_title(figure)] * (len(panel.figures) > 1)
            colour = _COLOURS[(place * len(panel.figures) + number) % len(_COLOURS)]
            (line,) = axes.plot(
                *zip(*points, strict=True), _STYLES[number % len(_STYLES)], color=colour,
                linewidth=1.2, marker="" if len(points) > 1 else "o", markersize=4,
            )  # fmt: skip
            drawn.append((", ".join(words), line))
    axes.set_xlabel("epoch")
    axes.set_ylabel(figures_title(panel.figures))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return drawn


def _draw_weights(axes: Axes, panel: Panel, evidence: Evidence) -> list[_Drawn]:
    """Draw how the weights of runs are distributed, the exact zeros told apart."""
    drawn: list[_Drawn] = []
    for place, run in enumerate(run for run in panel.runs if run in evidence.results):
        try:
            weights = weights_of(run, evidence)
        except (MistakeError, EngineError):  # its checkpoint is gone, or its engine: the others are drawn
            continue
        name = f"{run}, " * (len(panel.runs) > 1)
        counts, edges = np.histogram(weights[weights != 0], _BINS)
        bars = axes.stairs(counts, edges, fill=True, color=_COLOURS[place % len(_COLOURS)], alpha=0.8)
        drawn.append((f"{name}{zero_share(weights):.1%} exactly zero", bars))
    axes.set_xlabel("weight other than zero")
    axes.set_ylabel("number of weights")
    return drawn
