"""Draws the figures of the report: the same bytes from the same runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.contract import EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.report.claim_result import Evidence
from hw1_tui.report.question import Figure, Panel
from hw1_tui.report.weight_check import weights_of, zero_share
from hw1_tui.report.wording import figure_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

# Okabe and Ito's colours, which the colour-blind can tell apart; figures of one run differ in line style as well.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLES = ("-", "--", ":", "-.")
_BINS = 80


def draw_figure(figure: Figure, evidence: Evidence) -> Drawing:
    """Return a figure drawn from the runs with the report's own seed; runs that are missing are left out."""
    from matplotlib.figure import Figure as Drawing

    size = len(figure.panels)
    drawing = Drawing(figsize=(max(5.0, 3.6 * size), 3.3), layout="constrained")
    for position, panel in enumerate(figure.panels, start=1):
        axes = drawing.add_subplot(1, size, position)
        if panel.figures == ("weights",):
            _draw_weights(axes, panel, evidence)
        else:
            _draw_curves(axes, panel, evidence)
        axes.set_title(panel.title, fontsize="medium")
        axes.grid(alpha=0.3, linewidth=0.5)
        if panel.log:
            axes.set_yscale("log")
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small", frameon=False)
    return drawing


def _draw_curves(axes: Axes, panel: Panel, evidence: Evidence) -> None:
    """Draw each figure of each run over the epochs."""
    from matplotlib.ticker import MaxNLocator

    runs = [run for run in panel.runs if run in evidence.results]
    for place, run in enumerate(runs):
        for number, figure in enumerate(panel.figures):
            points = evidence.results.own(run).points(figure)
            words = [run] * (len(panel.runs) > 1) + [figure_title(figure)] * (len(panel.figures) > 1)
            colour = _COLOURS[(place * len(panel.figures) + number) % len(_COLOURS)]
            axes.plot(
                *(zip(*points, strict=True) if points else ((), ())), _STYLES[number % len(_STYLES)], color=colour,
                label=", ".join(words) or None, linewidth=1.2,
            )  # fmt: skip
    axes.set_xlabel("epoch")
    axes.set_ylabel(figure_title(panel.figures[0]) if len(panel.figures) == 1 else _common(panel.figures))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _common(figures: tuple[str, ...]) -> str:
    """Return the word that titles the axis of several figures."""
    return "accuracy" if all(figure.endswith("accuracy") for figure in figures) else "loss"


def _draw_weights(axes: Axes, panel: Panel, evidence: Evidence) -> None:
    """Draw how the weights of runs are distributed, the exact zeros told apart."""
    for place, run in enumerate(run for run in panel.runs if run in evidence.results):
        try:
            weights = weights_of(run, evidence)
        except (MistakeError, EngineError):  # its checkpoint is gone, or its engine: the others are drawn
            continue
        label = f"{zero_share(weights):.1%} exactly zero"
        axes.hist(weights[weights != 0].ravel(), bins=_BINS, color=_COLOURS[place], alpha=0.8, label=label)
    axes.set_xlabel("weight other than zero")
    axes.set_ylabel("number of weights")
