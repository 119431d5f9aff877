"""scikit-learn's handwritten digits, for whoever has it installed."""

from __future__ import annotations

import numpy as np

from engines.contract import Dataset
from hw1_tui.data.dataset_file import build_dataset
from hw1_tui.mistake import Mistake, MistakeError

_TEST, _VAL = 360, 180


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
    parts = {"test": slice(0, _TEST), "val": slice(_TEST, _TEST + _VAL), "train": slice(_TEST + _VAL, None)}
    arrays = {f"{split}_images": images[part] for split, part in parts.items()}
    arrays |= {f"{split}_labels": labels[part] for split, part in parts.items()}
    names = np.frombuffer("\n".join("0123456789").encode(), dtype=np.uint8)
    return build_dataset({**arrays, "class_names": names}, "digits", "digits")
