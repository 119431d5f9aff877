"""scikit-learn's handwritten digits, for whoever has it installed."""

from __future__ import annotations

import numpy as np

from engines.contract import Dataset, SplitName
from hw1_tui.data.building import build
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.mistake import Mistake, MistakeError

_TEST, _VAL = 360, 180
_ROWS: dict[SplitName, slice] = {
    "train": slice(_TEST + _VAL, None),
    "val": slice(_TEST, _TEST + _VAL),
    "test": slice(0, _TEST),
}


def read_digits() -> Dataset:
    """Return the 1,797 digits of 8 x 8, values 0 to 16 divided by 16, split 1,257/180/360 by a fixed shuffle.

    Raises:
        MistakeError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        problem = "the digits come with scikit-learn, which is not installed; python -m pip install scikit-learn"
        raise MistakeError(Mistake("digits", problem)) from None
    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    images, labels = (bunch.images[order] / 16).astype(np.float32), bunch.target[order]
    parts: dict[PartName, Part] = {
        split: Part(images[rows], labels[rows], "images", "target") for split, rows in _ROWS.items()
    }
    return build(RawData("digits", "digits", parts, tuple("0123456789")))
