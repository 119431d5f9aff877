"""Figures of the curves of runs for print: the same bytes for the same runs."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hw1_tui.export.figure_style import BAND_STYLE, add_legend, draw_band, draw_curve, label_x, limit_axis, own_style
from hw1_tui.markup import visible
from hw1_tui.metric import EpochMetrics, MetricKind, epoch_metrics
from hw1_tui.runs.band import Band
from hw1_tui.runs.x_axis import Steps, XAxis, positions

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

FORMATS = ("png", "svg", "pdf")
MOST_RUNS = 200
"""So many curves tell nothing apart any more; thousands would be drawn for minutes."""

_QUANTITIES: tuple[tuple[MetricKind, str], ...] = (
    ("loss", "mean loss per example"),
    ("share", "share of examples classified correctly"),
)
_SPLITS = (("train", "training"), ("val", "validation"))
_TOGETHER: dict[str, dict[str, Any]] = {
    "train": {"linewidth": 0.8, "alpha": 0.7, "markersize": 2.5},
    "val": {"linewidth": 1.5},
}
"""How the splits of one run are told apart where its colour is its own: thin and pale, or thick."""

_IN_EVALUATION = "train_eval_loss"
"""Is drawn of training where it was measured: after the epoch and as validation is, not during its steps."""

_DPI = 200
"""Of a figure in pixels, and of pictures in one that is not."""

_BAND_WORDS = "lowest to highest seed"

_HEIGHT, _WIDTH = 3.6, 5.0
_WIDEST, _TALLEST = 60, 45
"""Letters of a line of a legend, and beside the y axis."""

_LETTER, _LINE = 0.075, 0.19
"""Room of a letter and of a line of a legend, inches."""

Curves = Sequence[tuple[str, Sequence[EpochMetrics]]]
"""The title and the epochs of each run; of several seeds their means."""


@own_style()
def draw_curves(
    curves: Curves,
    loss_label: str = _QUANTITIES[0][1],
    steered: Mapping[float, str] | None = None,
    bands: Mapping[int, Band] | None = None,
    x_axis: XAxis = "epoch",
    steps: Mapping[int, Steps] | None = None,
) -> Figure:
    """Return a figure with the losses and, where there are any, the accuracies of runs.

    Args:
        curves: what to draw.
        loss_label: what the loss is.
        steered: what was changed while a run was trained, by where on the x axis it was.
        bands: between which values the seeds of a curve lie, by its place; the legend then says what a band is.
        x_axis: what the curves are drawn over.
        steps: updates of the epochs of each curve, by its place, where they are drawn over updates.
    """
    from matplotlib.figure import Figure

    has_accuracy = any(e["val_accuracy"] is not None for _, epochs in curves for e in epochs)
    quantities = _QUANTITIES if has_accuracy else _QUANTITIES[:1]
    width = _WIDTH * len(quantities)
    figure = Figure(figsize=(width, _HEIGHT), layout="constrained")
    known = steps or {}
    places = [positions(epochs, x_axis, known.get(number, ((1, 1),))) for number, (_, epochs) in enumerate(curves)]
    for position, (quantity, label) in enumerate(quantities, start=1):
        axes = figure.add_subplot(1, len(quantities), position)
        lines = _draw(axes, curves, places, quantity, bands or {})
        label_x(axes, x_axis)
        named = loss_label + _when_measured(curves) if quantity == "loss" else label
        axes.set_ylabel(textwrap.fill(named, _TALLEST))
        axes.grid(alpha=0.3, linewidth=0.5)
        _mark_changes(axes, steered or {})
        if quantity == "loss":
            limit_axis(axes, lines, x_axis)
        if lines and len(curves) == 1:
            axes.legend(fontsize="small", frameon=False)
    if len(curves) > 1 or bands:
        _add_legend(figure, [title for title, _ in curves], width, len(curves) > 1, bool(bands))
    return figure


def _mark_changes(axes: Axes, steered: Mapping[float, str]) -> None:
    place: Any = {"xycoords": ("data", "axes fraction"), "rotation": 90, "ha": "right", "va": "center"}
    for at, text in steered.items():
        axes.axvline(at, color="0.35", linewidth=0.8, linestyle=":")
        words = textwrap.fill(visible(text), _TALLEST)
        note = axes.annotate(words, (at, 0.5), parse_math=False, fontsize="x-small", color="0.35", **place)
        note.set_in_layout(False)  # where it is longer than the axes are high it would flatten them


def _draw(
    axes: Axes, curves: Curves, places: Sequence[Sequence[float]], quantity: MetricKind, bands: Mapping[int, Band]
) -> list[Line2D]:
    """Draw one quantity: a colour a run, a width a split; the training split in evaluation mode where it was."""
    lines = []
    for number, (_, epochs) in enumerate(curves):
        for place, (split, word) in enumerate(_SPLITS):
            name = _name(epochs, split, quantity)
            known = zip(places[number], epochs, strict=True)
            points = [(at, value) for at, epoch in known if (value := epoch[name]) is not None]
            if points:
                style = {"label": word} if len(curves) == 1 else _TOGETHER[split]
                x, y = zip(*points, strict=True)
                line = draw_curve(axes, x, y, place if len(curves) == 1 else number, **style)
                lines.append(line)
                if number in bands:
                    _draw_band(axes, places[number], bands[number], name, line.get_color())
    return lines


def _draw_band(axes: Axes, places: Sequence[float], band: Band, name: str, colour: Any) -> None:
    ends = zip(places, band.low, band.high, strict=True)
    points = [(at, low[name], high[name]) for at, low, high in ends if low[name] is not None]
    x, low, high = zip(*points, strict=True)
    draw_band(axes, x, low, high, colour)


def _add_legend(figure: Figure, titles: Sequence[str], width: float, has_many: bool, has_bands: bool) -> None:
    """Name the runs once for all axes, below them, however many they are and however long their names.

    Args:
        figure: where.
        titles: what the curves are called, in their order.
        width: of the figure, inches.
        has_many: whether colours tell runs and widths tell splits; of one curve the axes name its splits.
        has_bands: whether it is to be said what a band is.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = [textwrap.fill(title, _WIDEST) for title in titles]
    artists: list[Artist] = [_sample(number) if has_many else Line2D([], [], alpha=0) for number in range(len(titles))]
    names = list(words)
    if has_many:
        artists += [Line2D([], [], color="black", **_TOGETHER[split]) for split, _ in _SPLITS]
        names += [word for _, word in _SPLITS]
    if has_bands:
        artists.append(Patch(color="black", **BAND_STYLE))
        names.append(_BAND_WORDS)
    letters = max(len(line) for text in words for line in text.splitlines() or [""])
    columns = max(1, min(len(names), int(width / (_LETTER * (letters + 8)))))
    rows = -(-len(names) // columns) + sum(text.count("\n") for text in words) / columns
    figure.set_figheight(_HEIGHT + _LINE * (rows + 1))
    add_legend(figure, artists, names, loc="outside lower center", ncols=columns)


def _sample(number: int) -> Line2D:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    return draw_curve(Axes(Figure(), (0, 0, 1, 1)), [0, 1], [0, 1], number)


def _when_measured(curves: Curves) -> str:
    """Return when the losses were measured, as a clause; empty where those of training are of the steps, as on screens.

    Validation always is after the epoch; training is not where nobody measured it then.
    """
    names = {_name(epochs, "train", "loss") for _, epochs in curves if epochs}
    if _IN_EVALUATION not in names:
        return ""
    return ", after the epoch" if len(names) == 1 else ", after the epoch where training was measured then"


def _name(epochs: Sequence[EpochMetrics], split: str, quantity: MetricKind) -> str:
    """Return what a curve shows: one thing throughout, though an untrained model is always measured."""
    names = [metric.name for metric in epoch_metrics() if (metric.split, metric.kind) == (split, quantity)]
    is_measured = any(epoch[_IN_EVALUATION] is not None for epoch in epochs if epoch.epoch)
    return _IN_EVALUATION if _IN_EVALUATION in names and is_measured else names[0]


@own_style()
def render(figure: Figure, file_format: str) -> bytes:
    """Return a figure as one of ``FORMATS``; the same figure gives the same bytes, whenever it is asked for."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    canvases = {"png": FigureCanvasAgg, "svg": FigureCanvasSVG, "pdf": FigureCanvasPdf}
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title in letters that the font lacks: a box stands for them
        _lay_out(figure)
        # ``savefig`` would lay it out for each format, and draw it twice.
        getattr(canvases[file_format](figure), f"print_{file_format}")(out, metadata=metadata[file_format])
    return out.getvalue()


def _lay_out(figure: Figure) -> None:
    """Find the places of what is in a figure, once for all formats: by the sizes of letters that no pixel rounds."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    if engine := figure.get_layout_engine():
        FigureCanvasSVG(figure)
        engine.execute(figure)
        figure.set_layout_engine("none")
    figure.set_dpi(_DPI)
