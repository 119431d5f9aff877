"""Handwritten digits of 8 x 8, which the program brings along.

``digits.npz`` holds the test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (UCI
Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49), licensed CC BY 4.0: the same numbers in the same
order as scikit-learn's ``load_digits``, as bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engines.contract import Dataset, SplitName
from hw1_tui.data.building import build
from hw1_tui.data.published_name import DIGITS
from hw1_tui.data.raw_data import Part, PartName, RawData

_FILE = Path(__file__).with_name("digits.npz")
_TEST, _VAL = 360, 180
_ROWS: dict[SplitName, slice] = {
    "train": slice(_TEST + _VAL, None),
    "val": slice(_TEST, _TEST + _VAL),
    "test": slice(0, _TEST),
}


def read_digits() -> Dataset:
    """Return the 1,797 digits of 8 x 8, values 0 to 16 divided by 16, split 1,257/180/360 by a fixed shuffle."""
    with np.load(_FILE, allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    order = np.random.default_rng(0).permutation(len(labels))
    images, labels = (images[order] / 16).astype(np.float32), labels[order]
    parts: dict[PartName, Part] = {
        split: Part(images[rows], labels[rows], "images", "labels") for split, rows in _ROWS.items()
    }
    return build(RawData("digits", "digits", parts, DIGITS))
