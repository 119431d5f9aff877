"""Many examples looked at inside: what every layer does with each, and the gradient of their mean loss."""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from engines.inspection import Inspectable, Inspection, inspected

_AT_ONCE = 512


def inspect_all(trainer: Inspectable, x: Array, y: Array) -> Inspection:
    """Return what a model does with examples as one inspection, however many they are.

    Takes memory for every unit and example, and the time of a pass forwards and backwards over them.

    Args:
        trainer: the model.
        x: rows as in ``Split.x``, (n, n_features), at least one.
        y: their classes or targets, (n,).
    """
    starts = range(0, len(y), _AT_ONCE)
    parts = [inspected(trainer, x[start : start + _AT_ONCE], y[start : start + _AT_ONCE]) for start in starts]
    if len(parts) == 1:
        return parts[0]
    shares = [len(part.losses) / len(y) for part in parts]
    gradients = {
        name: sum((share * part.gradients[name] for share, part in zip(shares, parts, strict=True)), np.zeros(()))
        for name in parts[0].gradients
    }
    return Inspection(
        tuple(np.concatenate(z) for z in zip(*(part.z for part in parts), strict=True)),
        tuple(np.concatenate(h) for h in zip(*(part.h for part in parts), strict=True)),
        np.concatenate([part.losses for part in parts]),
        gradients,
    )
