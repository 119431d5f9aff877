"""Names at the ends of curves: where they stand, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screens.widgets.chart.canvas import Rgb


@dataclass(frozen=True)
class EndLabel:
    """What stands right of a curve's last point.

    Attributes:
        y: height of the point.
        text: what it says.
        colour: of its curve.
    """

    y: float
    text: str
    colour: Rgb


def spread_rows(wanted: Sequence[float], n_rows: int) -> list[int]:
    """Return a row for each label, no two the same, together as near as can be to where they want to stand.

    Labels that want the same rows are a block around the mean of what they want (pool adjacent violators; Barlow et
    al. 1972), and blocks keep the order of their curves.

    Args:
        wanted: where each wants to stand, rows from the top.
        n_rows: how many rows there are, at least as many as labels.
    """
    order = sorted(range(len(wanted)), key=lambda label: wanted[label])
    blocks: list[list[float]] = []  # of each block: what its first row would be by each of its labels
    for place, label in enumerate(order):
        blocks.append([wanted[label] - place])
        while len(blocks) > 1 and _mean(blocks[-2]) >= _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    first = [_mean(block) for block in blocks for _ in block]
    last = n_rows - len(wanted)
    rows = [round(min(max(row, 0.0), last)) + place for place, row in enumerate(first)]
    return [row for _, row in sorted(zip(order, rows, strict=True))]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
