"""A drawn regression problem whose truth is a quadratic, for the quadratic network of Question 3."""

from __future__ import annotations

import numpy as np

from engines.contract import SPLITS, Dataset
from hw1_tui.data.building import build
from hw1_tui.data.raw_data import Part, PartName, RawData

INPUTS, NOISE = 4, 0.1
_REMARK = "The quadratic problem is drawn by this program: y = c0 + q'x + x'S x + N(0, 0.1^2)."
_SIZES = {"train": 400, "val": 100, "test": 100}
_SEED = 42


def read_quadratic() -> Dataset:
    """Return 400, 100 and 100 examples: x from N(0, 1) in 4 dimensions, y a quadratic of x with noise.

    S has rank 4, so that 4 hidden units reach the least-squares solution and 3 do not.
    """
    rng = np.random.default_rng(_SEED)
    c0, q, S = rng.standard_normal(), rng.standard_normal(INPUTS), rng.standard_normal((INPUTS, INPUTS))
    S = (S + S.T) / 4
    parts: dict[PartName, Part] = {}
    for split in SPLITS:
        x = rng.standard_normal((_SIZES[split], INPUTS))
        y = c0 + x @ q + np.sum((x @ S) * x, axis=1) + NOISE * rng.standard_normal(len(x))
        parts[split] = Part(x, y, "x", "y")
    return build(RawData("quadratic", "quadratic", parts, task="regression", remark=_REMARK))
