"""What in one picture a model's answer hangs on: input times gradient, and occlusion.

Input times gradient (Shrikumar et al. 2016) is, of each value of the picture, x_i ds_k / dx_i: to first order, how much
of the score s_k goes when that value goes to 0. Of a linear model the parts add up to the score, with the bias.
Occlusion (Zeiler and Fergus 2014) asks the model: a square is covered, and what the answer becomes is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from engines.inspection import Inspectable
from hw1_tui.analysis.weight_picture import as_pictures
from hw1_tui.data.picture import picture_size

_AT_ONCE = 512


def input_times_gradient(trainer: Inspectable, x: Array, features: Array, target: int) -> Array:
    """Return of one example what each feature adds to a score, to first order.

    Args:
        trainer: the model.
        x: the example as stored, (n_features,).
        features: the same as features, (n_features,).
        target: the class whose score it is; 0 for a regression.

    Returns:
        (n_features,); positive where the value speaks for the class.
    """
    (gradient,) = trainer.score_gradients(x[None], np.array([target]))
    return np.asarray(features * gradient)


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What becomes of an answer when squares of the picture are covered.

    Attributes:
        whole: the probabilities of all classes for the whole picture, (n_classes,).
        corners: row and column of each square's upper left pixel, (n, 2).
        side: pixels of a square's side.
        answers: the class answered with each square covered, (n,).
        probabilities: of ``answer`` with each square covered, (n,).
        drop: of each pixel, by how much covering it lowers the probability of ``answer``: the mean over the squares
            that cover it, (H, W).
        changed: of each pixel, the share of the squares covering it that change the answer, (H, W).
    """

    whole: Array
    corners: Array
    side: int
    answers: Array
    probabilities: Array
    drop: Array
    changed: Array

    @property
    def answer(self) -> int:
        """The class answered to the whole picture."""
        return int(self.whole.argmax())

    @property
    def flips(self) -> Array:
        """Whether each square, covered, changes the answer, (n,)."""
        return np.asarray(self.answers != self.answer)


def square_corners(height: int, width: int, side: int, step: int) -> Array:
    """Return the upper left corners of squares that cover a picture, the last ones at its edges, (n, 2)."""
    rows, columns = (sorted({*range(0, length - side + 1, step), length - side}) for length in (height, width))
    return np.array([(row, column) for row in rows for column in columns])


def occlude(
    predict: Callable[[Array], Array],
    row: Array,
    shape: Sequence[int],
    cover: Array,
    side: int = 8,
    step: int = 4,
) -> Occlusion:
    """Cover a picture square by square and ask what it is.

    Args:
        predict: gives class probabilities (n, n_classes) of rows as stored.
        row: the picture as stored, (n_features,).
        shape: of a picture.
        cover: what stands in the square, as stored, (n_features,): the mean picture of the training split is the least
            that a model can be told there; black would be a thing to see itself.
        side: pixels of the square's side; at most those of the picture.
        step: pixels between squares.
    """
    height, width = picture_size(shape)
    side = max(1, min(side, height, width))
    corners = square_corners(height, width, side, max(1, step))
    numbers = as_pictures(np.arange(row.size)[None], shape)[0]  # where each pixel's values stand in a row
    whole = predict(row[None])[0]
    answer = int(whole.argmax())
    told = []
    for start in range(0, len(corners), _AT_ONCE):
        hidden = [numbers[square].ravel() for square in _squares(corners[start : start + _AT_ONCE], side)]
        rows = np.repeat(row[None], len(hidden), axis=0)
        for covered, features in zip(rows, hidden, strict=True):
            covered[features] = cover[features]
        told.append(predict(rows))
    probabilities = np.concatenate(told)
    answers, kept = probabilities.argmax(axis=1), probabilities[:, answer]
    covers, drop, changed = (np.zeros((height, width)) for _ in range(3))
    for square, fall, other in zip(
        _squares(corners, side), float(whole[answer]) - kept, answers != answer, strict=True
    ):
        covers[square] += 1
        drop[square] += fall
        changed[square] += other
    return Occlusion(whole, corners, side, answers, kept, drop / covers, changed / covers)


def _squares(corners: Array, side: int) -> Iterator[tuple[slice, slice]]:
    return ((slice(top, top + side), slice(left, left + side)) for top, left in corners)


def mean_row(x: Array, most: int = 4096) -> Array:
    """Return the mean of rows as stored, in their type: what occlusion covers with.

    Args:
        x: rows of the training split.
        most: of how many, evenly chosen.
    """
    chosen = x[:: max(1, len(x) // most)]
    mean = chosen.mean(axis=0, dtype=np.float64)
    rounded = np.rint(mean) if np.issubdtype(x.dtype, np.integer) else mean
    return np.asarray(rounded.astype(x.dtype))
