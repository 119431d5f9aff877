"""First-layer weights as pictures: each unit's weights lie where the values of a picture that they multiply do.

A linear model's unit is a class, and its weights say which light, where, speaks for it and which against it. Of a
network's hidden units the weights themselves show the draw that training began from, since they move by a fraction of
its size; what was learned is the movement W - W_init, and of that what is not the same for all units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Array
from engines.threads import one_blas_thread
from hw1_tui.data.picture import is_channel_first

SCALED_AT = 98.0
"""The percentile of absolute weights that is drawn with full strength: a few large ones would leave the rest grey."""

READABLE = 0.4
"""The least correlation of neighbouring weights at which a picture can be read."""

COMMON_SHARE, COMMON_UNITS, COMMON_FROM = 0.5, 0.9, 3
"""A direction is common to the units where it holds over half of their movement and nine of ten go the same way.

One unit has no other direction, and of two the direction between them always holds half: it takes three.
"""

Shown = Literal["weights", "movement"]


def as_pictures(rows: Array, shape: Sequence[int]) -> Array:
    """Return rows of weights (n, n_features) as pictures (n, H, W, channels); grey ones have one channel.

    Args:
        rows: a row a unit.
        shape: of an example as a picture, as in ``Dataset.image_shape``.
    """
    pictures = rows.reshape(len(rows), *shape)
    if is_channel_first(shape):
        return pictures.transpose(0, 2, 3, 1)
    return pictures if len(shape) == 3 else pictures[..., None]


def full_strength(weights: Array) -> float:
    """Return the absolute weight that is drawn with full strength, the 98th percentile; 1 where all are 0."""
    sizes = np.abs(weights)
    return float(np.percentile(sizes, SCALED_AT)) or float(sizes.max(initial=0.0)) or 1.0


def neighbour_correlation(pictures: Array) -> float:
    """Return how far weights of neighbouring pixels go together: 0 for noise, towards 1 for smooth pictures.

    It is the correlation of each weight with the one to its right and the one below it, in the same channel, each
    picture's own mean taken off; the mean of both directions (lag-1 autocorrelation).

    Args:
        pictures: (n, H, W, channels).

    Returns:
        NaN where no weight differs from the others, or there are no neighbours.
    """
    centred = pictures - pictures.mean(axis=(1, 2), keepdims=True)
    variance = float((centred * centred).mean())
    if not variance or min(pictures.shape[1:3]) < 2:
        return float("nan")
    below = float((centred[:, 1:] * centred[:, :-1]).mean())
    beside = float((centred[:, :, 1:] * centred[:, :, :-1]).mean())
    return (below + beside) / 2 / variance


@dataclass(frozen=True, eq=False)
class CommonDirection:
    """The direction in which the rows of a matrix go most.

    Attributes:
        direction: of length 1, (n_features,).
        share: of the squared length of all rows, how much lies along it.
        same_way: the share of rows that go along it the way that most go.
    """

    direction: Array
    share: float
    same_way: float

    @property
    def is_common(self) -> bool:
        """Whether it is what nearly all rows do, and most of what they do."""
        return self.share > COMMON_SHARE and self.same_way >= COMMON_UNITS

    def taken_off(self, rows: Array) -> Array:
        """Return the rows without what lies along it."""
        return rows - np.outer(rows @ self.direction, self.direction)


def common_direction(rows: Array) -> CommonDirection:
    """Return the direction v of length 1 with the largest sum of (row v)^2: the first right singular vector.

    It is 0 where there are too few rows, or nothing in them.

    Args:
        rows: (n, n_features), not centred: what all have in common is what is asked for.
    """
    rows = rows.astype(np.float64)
    with one_blas_thread():
        sizes, units = np.linalg.eigh(rows @ rows.T)
    total = float(sizes.clip(0).sum())
    if not total or len(rows) < COMMON_FROM:
        return CommonDirection(np.zeros(rows.shape[1]), 0.0, 0.0)
    direction = units[:, -1] @ rows
    direction /= np.linalg.norm(direction)
    along = rows @ direction
    same_way = max(float((along > 0).mean()), float((along < 0).mean()))
    return CommonDirection(direction, float(sizes[-1]) / total, same_way)


@dataclass(frozen=True, eq=False)
class WeightPictures:
    """The weights of a first layer, ready to be drawn.

    Attributes:
        values: a picture a unit, (n_units, H, W, channels).
        shown: whether they are the weights themselves or how they moved.
        scale: the absolute value drawn with full strength, one for all.
        moved: how far each unit's weights went from their start, without what is taken off, Euclidean; NaN where the
            start is not known.
        common: what is taken off them; ``None`` for nothing.
        smooth: see ``neighbour_correlation``.
        is_draw: whether they are weights that were drawn at random and moved since.
    """

    values: Array
    shown: Shown
    scale: float
    moved: Array
    common: CommonDirection | None
    smooth: float
    is_draw: bool = False

    @property
    def remark(self) -> str:
        """What has to be said beside the pictures, above all where they cannot mean anything; empty for nothing."""
        if not self.values.any():
            return "Nothing has been learned yet: there is nothing to see."
        parts = []
        if self.common is not None:
            parts.append(
                f"{100 * self.common.share:.1f}% of the movement is one direction that all units share: taken off."
            )
        if not self.smooth >= READABLE:
            why = (
                "what is drawn is the draw that they began from, far larger than what was learned"
                if self.is_draw
                else "they keep what single examples left in them, which l2 or a smaller rate would even out"
            )
            parts.append(
                f"Nothing can be read: neighbouring weights hardly go together (r = {self.smooth:.2f}), {why}."
            )
        return " ".join(parts)


def weight_pictures(
    weights: Array, shape: Sequence[int], initial: Array | None = None, shown: Shown | None = None
) -> WeightPictures:
    """Return the pictures of a first layer.

    Args:
        weights: ``W1``, (n_units, n_features).
        shape: of an example as a picture.
        initial: ``W1`` as it was before training; ``None`` where it is not known.
        shown: the weights themselves, or their movement without what is common to all units, which needs ``initial``;
            by default the weights where they can be read, else the movement if that can be read better.
    """
    weights = weights.astype(np.float64)
    movement = None if initial is None else weights - initial
    moved = np.full(len(weights), np.nan) if movement is None else np.linalg.norm(movement, axis=1)
    raw = _pictures(weights, shape, "weights", moved, is_draw=initial is not None and bool(initial.any()))
    if movement is None or shown == "weights" or (shown is None and raw.smooth >= READABLE):
        return raw
    found = common_direction(movement)
    common = found if found.is_common else None
    rest = common.taken_off(movement) if common else movement
    of_movement = _pictures(rest, shape, "movement", np.linalg.norm(rest, axis=1), common)
    return raw if shown is None and not of_movement.smooth > raw.smooth else of_movement


def _pictures(
    values: Array,
    shape: Sequence[int],
    shown: Shown,
    moved: Array,
    common: CommonDirection | None = None,
    *,
    is_draw: bool = False,
) -> WeightPictures:
    pictures = as_pictures(values, shape)
    smooth = neighbour_correlation(pictures)
    return WeightPictures(pictures, shown, full_strength(pictures), moved, common, smooth, is_draw)
