"""Examples as pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engines.contract import Array, Dataset


def as_picture(dataset: Dataset, row: Array) -> npt.NDArray[np.uint8]:
    """Return one example as a picture.

    Args:
        dataset: where it comes from; it must have an ``image_shape``.
        row: one row of a split's ``x``, or weights of its size, (n_features,).

    Returns:
        Red, green and blue, (H, W, 3). Floats are stretched from their smallest to their largest value unless they
        already lie between 0 and 1.

    Raises:
        ValueError: the examples are no pictures.
    """
    if not dataset.image_shape:
        raise ValueError(f"the examples of {dataset.name} are no pictures")
    picture = row.reshape(dataset.image_shape)
    if picture.ndim == 3 and picture.shape[2] != 3:
        picture = picture.transpose(1, 2, 0)
    if picture.ndim == 2:
        picture = np.repeat(picture[:, :, None], 3, axis=2)
    if picture.dtype == np.uint8:
        return np.asarray(picture)
    low, high = min(0.0, float(picture.min())), max(1.0, float(picture.max()))
    if (low, high) != (0.0, 1.0):
        low, high = float(picture.min()), float(picture.max())
    return np.asarray((picture - low) * (255 / ((high - low) or 1.0)), dtype=np.uint8)
