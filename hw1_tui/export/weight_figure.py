"""Weights as pictures, in a figure for print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import Array
from hw1_tui.analysis.weight_picture import WeightPictures, full_strength
from hw1_tui.export.figure_style import own_style
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGNS = "RdBu_r"
"""Red for positive, blue for negative, white for 0."""

_SIDE = 1.5
_COLUMNS = 6


@own_style()
def draw_units(pictures: WeightPictures, order: Sequence[int], titles: Sequence[str]) -> Figure:
    """Return a figure of units, each channel's weights as colour around grey, and below them their sum by its sign.

    Args:
        pictures: the weights.
        order: which units, in which order, at least one.
        titles: what each unit is called, by its number.
    """
    from matplotlib.figure import Figure

    n_columns = min(_COLUMNS, len(order))
    kinds = 2 if pictures.values.shape[3] == 3 else 1
    n_rows = kinds * -(-len(order) // n_columns)
    figure = Figure(figsize=(_SIDE * n_columns + 0.8, (_SIDE + 0.25) * n_rows + 0.3), layout="constrained")
    sums = pictures.values.sum(axis=3)
    reach = full_strength(sums)
    axes_of_sums = []
    for place, unit in enumerate(order):
        row, column = divmod(place, n_columns)
        first = kinds * row * n_columns + column + 1
        if kinds == 2:
            axes = _picture(figure, (n_rows, n_columns, first), titles[unit])
            axes.imshow(0.5 + 0.5 * (pictures.values[unit] / pictures.scale).clip(-1, 1), interpolation="nearest")
        axes = _picture(
            figure, (n_rows, n_columns, first + (kinds - 1) * n_columns), "" if kinds == 2 else titles[unit]
        )
        drawn = axes.imshow(sums[unit], cmap=SIGNS, vmin=-reach, vmax=reach, interpolation="nearest")
        axes_of_sums.append(axes)
    label = "movement, channels together" if pictures.shown == "movement" else "weight, channels together"
    bar = figure.colorbar(drawn, ax=axes_of_sums, shrink=0.8, extend="both", aspect=30)
    bar.set_label(label if kinds == 2 else label.partition(",")[0], fontsize="small")
    bar.ax.tick_params(labelsize="x-small")
    return figure


@own_style()
def draw_epochs(epochs: Sequence[int], weights: Sequence[Array], titles: Sequence[str]) -> Figure:
    """Return a figure of units, a column each, after one epoch below the other; channels as colours around grey.

    Args:
        epochs: which, at least one.
        weights: after each of them, from -1 to 1, (n_units, H, W, channels).
        titles: what the units are called.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_SIDE * len(titles) + 0.5, (_SIDE + 0.1) * len(epochs) + 0.3), layout="constrained")
    for row, (epoch, values) in enumerate(zip(epochs, weights, strict=True)):
        for column, title in enumerate(titles):
            place = (len(epochs), len(titles), row * len(titles) + column + 1)
            axes = _picture(figure, place, "" if row else title)
            colours = 0.5 + 0.5 * (values[column] if values.shape[3] == 3 else values[column].mean(axis=2))
            axes.imshow(colours, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            if not column:
                axes.set_ylabel(f"epoch {epoch}", fontsize="small")
    return figure


@own_style()
def draw_saliency(photograph: Array, maps: Sequence[tuple[str, Array]], title: str) -> Figure:
    """Return a figure of a photograph beside maps of what speaks for an answer.

    Args:
        photograph: (H, W, 3) uint8.
        maps: the name of each map, and its values, signed, (H, W).
        title: what the photograph is and is taken for.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3 * (len(maps) + 1), 3.4), layout="constrained")
    _picture(figure, (1, len(maps) + 1, 1), title).imshow(photograph, interpolation="nearest")
    for number, (name, values) in enumerate(maps, 2):
        axes = _picture(figure, (1, len(maps) + 1, number), name)
        reach = full_strength(np.asarray(values))
        drawn = axes.imshow(values, cmap=SIGNS, vmin=-reach, vmax=reach, interpolation="nearest")
        bar = figure.colorbar(drawn, ax=axes, shrink=0.7)
        bar.ax.tick_params(labelsize="x-small")
    return figure


def _picture(figure: Figure, place: tuple[int, int, int], title: str) -> Axes:
    axes = figure.add_subplot(*place)
    style: dict[str, Any] = {"fontsize": "small", "parse_math": False}
    axes.set_title(visible(title), **style)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes
