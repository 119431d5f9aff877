"""Figures of the curves of runs for print: the same bytes for the same runs."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")

# Okabe and Ito's colours, which the colour-blind can tell apart; beyond them, line styles do.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_QUANTITIES = (("loss", "mean cross-entropy per example"), ("accuracy", "share of examples classified correctly"))
_SPLITS = (("train", "-", "training"), ("val", "--", "validation"))

Curves = Mapping[str, Sequence[Mapping[str, Any]]]
"""The epochs of each run by its title."""


def draw_curves(curves: Curves, loss_label: str = _QUANTITIES[0][1]) -> Figure:
    """Return a figure with the losses and, where there are any, the accuracies of runs over the epochs.

    Args:
        curves: what to draw.
        loss_label: what the loss is.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    has_accuracy = any(e.get("val_accuracy") is not None for epochs in curves.values() for e in epochs)
    quantities = _QUANTITIES if has_accuracy else _QUANTITIES[:1]
    figure = Figure(figsize=(5.0 * len(quantities), 3.6), layout="constrained")
    for position, (quantity, label) in enumerate(quantities, start=1):
        axes = figure.add_subplot(1, len(quantities), position)
        _draw(axes, curves, quantity)
        axes.set_xlabel("epoch")
        axes.set_ylabel(loss_label if quantity == "loss" else label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3, linewidth=0.5)
        if axes.lines:
            axes.legend(fontsize="small", frameon=False)
    return figure


def _draw(axes: Axes, curves: Curves, quantity: str) -> None:
    """Draw one quantity: a colour a run, a line style a split; the training split in evaluation mode where it was."""
    for number, (title, epochs) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        for split, style, word in _SPLITS:
            name = _name(epochs, split, quantity)
            points = [(epoch["epoch"], epoch[name]) for epoch in epochs if epoch.get(name) is not None]
            if points:
                label = f"{title}, {word}" if len(curves) > 1 else word
                axes.plot(*zip(*points, strict=True), style, color=colour, label=label, linewidth=1.3)


def _name(epochs: Sequence[Mapping[str, Any]], split: str, quantity: str) -> str:
    """Return what a curve shows: one thing throughout, though an untrained model is always measured."""
    measured = any(epoch.get("train_eval_loss") is not None for epoch in epochs if epoch["epoch"])
    return "train_eval_loss" if (split, quantity) == ("train", "loss") and measured else f"{split}_{quantity}"


def render(figure: Figure, file_format: str) -> bytes:
    """Return a figure as one of ``FORMATS``; the same figure gives the same bytes, whenever it is asked for."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    metadata: dict[str, Any] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "hw1-tui", "pdf.fonttype": 42}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title in letters that the font lacks: a box stands for them
        figure.savefig(out, format=file_format, dpi=200, metadata=metadata[file_format])
    return out.getvalue()
