"""Draws the figures of the report: the same bytes from the same runs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from hw1_tui.export.figure_style import add_legend, colour, draw_band, draw_curve, label_x, limit_axis, own_style
from hw1_tui.export.title import settings_in_words
from hw1_tui.numeral import percent
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.weight_histogram import weight_histogram
from hw1_tui.report.questions.question import Figure, Panel
from hw1_tui.report.questions.wording import is_loss, is_share, metric_title, metrics_title
from hw1_tui.runs import RunRecord
from hw1_tui.runs.loss_name import loss_label
from hw1_tui.settings import SEED_NAMES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.lines import Line2D

_BINS = 80
_TITLE_WIDTH = 45
_HEIGHT, _LINE = 3.3, 0.19
"""Height of a figure, and of a line of a legend below it, inches."""

_FLATTER = 3.0
"""So many times its own height a panel may get for the sake of those beside it."""

_INSIDE, _LETTERS = 6, 7
"""Curves that a legend has room for inside the axes, and letters an inch of their width."""

_Drawn: TypeAlias = "tuple[str, Artist]"
"""What was drawn, and what the legend says of it."""


@own_style()
def draw_figure(figure: Figure, evidence: Evidence) -> Drawing:
    """Return a figure of the means over the seeds, with bands from the lowest to the highest seed.

    Runs that are missing are left out; histograms are of the report's own seed.
    """
    from matplotlib.figure import Figure as Drawing

    size = len(figure.panels)
    width = max(5.0, 3.6 * size) / size
    drawing = Drawing(figsize=(width * size, _HEIGHT), layout="constrained")
    longest = 0
    for position, panel in enumerate(figure.panels, start=1):
        axes = drawing.add_subplot(1, size, position)
        is_histogram = panel.metrics == ("weights",)
        drawn = (_draw_weights if is_histogram else _draw_curves)(axes, panel, evidence)
        axes.set_title(textwrap.fill(panel.title, _TITLE_WIDTH), fontsize="medium", parse_math=False)
        axes.grid(alpha=0.3, linewidth=0.5)
        if panel.log:
            axes.set_yscale("log")
        if drawn:
            longest = max(longest, _add_legend(axes, [pair for pair in drawn if pair[0]], width, is_histogram))
        else:
            axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center")
    _share_height(drawing.axes)
    drawing.set_figheight(_HEIGHT + _LINE * longest)
    return drawing


def _share_height(panels: Sequence[Axes]) -> None:
    """Give panels of one quantity the same y axis, so that they can be compared, unless it would flatten one."""
    drawn = [axes for axes in panels if axes.lines]
    limits = [axes.get_ylim() for axes in drawn]
    heights = [high - low for low, high in limits]
    is_one = len({(axes.get_ylabel(), axes.get_yscale()) for axes in drawn}) == 1
    if is_one and drawn[0].get_yscale() == "linear" and max(heights) <= _FLATTER * min(heights):
        for axes in drawn:
            axes.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))


def _add_legend(axes: Axes, drawn: Sequence[_Drawn], width: float, is_histogram: bool) -> int:
    """Say what was drawn, within axes of so many inches, or below where it is much; return the lines that are below."""
    if not drawn:
        return 0
    artists, words = [artist for _, artist in drawn], [textwrap.fill(text, _TITLE_WIDTH) for text, _ in drawn]
    if len(drawn) > _INSIDE or max(map(len, words)) > _LETTERS * width:
        add_legend(axes, artists, words, loc="upper center", bbox_to_anchor=(0.5, -0.2))
        return sum(text.count("\n") + 1 for text in words)
    place = "upper left" if is_histogram else "best"  # bars count as empty room
    legend = add_legend(axes, artists, words, loc=place)
    legend.set_in_layout(False)  # the curves keep their room, however long the names are
    return 0


def _draw_curves(axes: Axes, panel: Panel, evidence: Evidence) -> list[_Drawn]:
    """Draw each metric of each run over the epochs."""
    drawn: list[_Drawn] = []
    lines: list[Line2D] = []
    runs = [run for run in panel.runs if run in evidence.results]
    names = _names([evidence.results.own(run).record for run in runs], runs)
    for place, (run, name) in enumerate(zip(runs, names, strict=True)):
        for number, metric in enumerate(panel.metrics):
            curve = evidence.results.curve(run, metric)
            if not curve.epochs:
                continue
            words = [name] * (len(panel.runs) > 1) + [metric_title(metric)] * (len(panel.metrics) > 1)
            line = draw_curve(axes, curve.epochs, curve.mean, place * len(panel.metrics) + number, linewidth=1.2)
            if len(evidence.results.runs[run]) > 1:
                draw_band(axes, curve.epochs, curve.low, curve.high, line.get_color())
            drawn.append((", ".join(words), line))
            lines.append(line)
    label_x(axes)
    axes.set_ylabel(_label(panel, [evidence.results.own(run).record.config for run in runs]))
    if not panel.log and not any(map(is_share, panel.metrics)):
        limit_axis(axes, lines)
    return drawn


def _names(records: Sequence[RunRecord], runs: Sequence[str]) -> list[str]:
    """Return what runs are called, each with the settings that tell it from the others."""
    told = settings_in_words(records, SEED_NAMES)
    return [f"{run}: {words}" if words else run for run, words in zip(runs, told, strict=True)]


def _label(panel: Panel, configs: Sequence[Mapping[str, Any]]) -> str:
    """Return what the y axis shows; of losses also what they are."""
    title = metrics_title(panel.metrics)
    if not configs or not all(map(is_loss, panel.metrics)):
        return title
    return "\n".join(
        [*[title] * (title not in ("loss", panel.title)), textwrap.fill(loss_label(configs), _TITLE_WIDTH)]
    )


def _draw_weights(axes: Axes, panel: Panel, evidence: Evidence) -> list[_Drawn]:
    """Draw how the weights of runs are distributed, the exact zeros told apart."""
    drawn: list[_Drawn] = []
    for place, run in enumerate(run for run in panel.runs if run in evidence.results):
        if (histogram := weight_histogram(run, evidence, _BINS)) is None:  # the others are drawn
            continue
        name = f"{run}, " * (len(panel.runs) > 1)
        bars = axes.stairs(histogram.counts, histogram.edges, fill=True, color=colour(place), alpha=0.8)
        drawn.append((f"{name}{percent(histogram.zeros, 1)} exactly zero", bars))
    axes.set_xlabel("weight other than zero")
    axes.set_ylabel("number of weights")
    return drawn
