"""Photographs for print, a caption under each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engines.contract import Array
from hw1_tui.export.figure_style import own_style
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 6


@own_style()
def draw_examples(title: str, pictures: Sequence[Array], captions: Sequence[str]) -> Figure:
    """Return a figure of pictures in rows.

    Args:
        title: what they are.
        pictures: (H, W, 3) uint8 each.
        captions: one each, of a line or two.
    """
    from matplotlib.figure import Figure

    columns = max(1, min(_COLUMNS, len(pictures)))
    rows = max(1, -(-len(pictures) // columns))
    figure = Figure(figsize=(1.5 * columns + 0.4, 1.95 * rows + 0.5), layout="constrained")
    figure.suptitle(visible(title), fontsize="medium", parse_math=False)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.imshow(picture, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_xlabel(visible(caption, keep_lines=True), fontsize="x-small", parse_math=False)
    return figure
