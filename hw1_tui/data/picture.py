"""Examples as pictures, and pictures as examples: which stored values are black and white, which axis is which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engines.contract import Array, Dataset

_NEAR, _OVERSHOOT = 0.01, 0.1


def levels(dtype: npt.DTypeLike, value_range: Sequence[float]) -> tuple[float, float] | None:
    """Return the stored values of black and of white, as the type and range of many pictures tell them.

    Args:
        dtype: type of the stored values.
        value_range: their smallest and largest; empty where nobody looked.

    Returns:
        ``None`` where they cannot be told: after subtracting a mean, say.
    """
    if len(value_range) != 2:
        return (0.0, 255.0) if np.dtype(dtype) == np.uint8 else None
    low, high = value_range
    if low >= 0 and high <= 1:
        return 0.0, 1.0  # bytes too: masks of 0 and 1
    for white in (1.0, 255.0, 65535.0):
        # Scaling a picture may overshoot a little. And nobody's pictures are all darker than an eighth of white:
        # scikit-learn's digits end at 16, as bytes or floats.
        if low >= -_OVERSHOOT * white and white / 8 < high <= (1 + _OVERSHOOT) * white:
            return 0.0, white
    for white in (1.0, 0.5):
        # Only a range that reaches both ends is a way of scaling; others are what a mean has left.
        if max(abs(low + white), abs(high - white)) <= _NEAR * white:
            return -white, white
    return None


def is_channel_first(shape: Sequence[int]) -> bool:
    """Return whether pictures of a shape have their channels before rows and columns."""
    return len(shape) == 3 and shape[2] != 3


def picture_size(shape: Sequence[int]) -> tuple[int, int]:
    """Return height and width of pictures of a shape."""
    height, width = shape[1:] if is_channel_first(shape) else shape[:2]
    return height, width


def as_colour(rows: Array, shape: Sequence[int]) -> Array:
    """Return rows of stored values (n, n_features) as colour pictures (n, H, W, 3), values as they are."""
    pictures = rows.reshape(len(rows), *shape)
    if is_channel_first(shape):
        return pictures.transpose(0, 2, 3, 1)
    return pictures if len(shape) == 3 else np.repeat(pictures[..., None], 3, axis=3)


def as_rows(pictures: Array, shape: Sequence[int]) -> Array:
    """Return colour pictures (n, H, W, 3) as rows in the order of a shape; grey is the mean of the channels."""
    if len(shape) == 2:
        grey = pictures.mean(axis=3, dtype=np.float64)
        pictures = grey.round().astype(np.uint8) if pictures.dtype == np.uint8 else grey.astype(pictures.dtype)
    elif is_channel_first(shape):
        pictures = pictures.transpose(0, 3, 1, 2)
    return pictures.reshape(len(pictures), -1)


def as_picture(dataset: Dataset, row: Array) -> npt.NDArray[np.uint8]:
    """Return one example as a picture.

    Args:
        dataset: where it comes from; it must have an ``image_shape``.
        row: one row of a split's ``x``, (n_features,).

    Returns:
        Red, green and blue, (H, W, 3). Black and white are the same stored values for every example of a data set:
        those that its type and range tell, else its smallest and largest value.

    Raises:
        ValueError: the examples are no pictures.
    """
    if not dataset.image_shape:
        raise ValueError(f"the examples of {dataset.name} are no pictures")
    (picture,) = as_colour(row[None], dataset.image_shape)
    own = dataset.value_range or (float(row.min()), float(row.max()))
    black, white = levels(row.dtype, own) or own
    if picture.dtype == np.uint8 and white == 255:
        return np.asarray(picture)
    shown = (picture.astype(np.float64) - black) * (255 / ((white - black) or 1.0))
    return np.asarray(np.rint(shown.clip(0, 255)), dtype=np.uint8)


def resize(picture: Array, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Return a picture (H, W, 3) in another size, each pixel the mean of those it covers.

    Args:
        picture: uint8, shape (H, W, 3).
        height: pixels; at least 1.
        width: pixels; at least 1.
    """
    sums, covered = picture.astype(np.int64), np.ones((1, 1, 1), np.int64)
    for axis, size in ((0, height), (1, width)):
        edges = np.linspace(0, picture.shape[axis], size + 1)
        starts = np.minimum(edges[:-1].astype(int), picture.shape[axis] - 1)
        ends = np.maximum(np.ceil(edges[1:]).astype(int), starts + 1)
        before = np.insert(sums.cumsum(axis=axis), 0, 0, axis=axis)
        sums = before.take(ends, axis=axis) - before.take(starts, axis=axis)
        covered = covered * (ends - starts).reshape(-1, *[1] * (2 - axis))
    return np.rint(sums / covered).astype(np.uint8)
