"""What the units of a layer answer to: how much, to which class, to which examples most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engines.contract import Array

Order = Literal["number", "movement", "class", "activity"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, eq=False)
class UnitActivity:
    """The units of a layer on the examples of a split.

    Attributes:
        mean: of each unit over the examples, (n_units,).
        by_class: its mean over the examples of each class, (n_units, n_classes); (n_units, 0) for a regression.
        silent: whether it is 0 on every example, (n_units,).
        strongest: the examples with its highest values, the highest first, (n_units, k).
        values: its values there, (n_units, k).
    """

    mean: Array
    by_class: Array
    silent: Array
    strongest: Array
    values: Array

    @property
    def classes(self) -> Array:
        """The class on whose examples each unit is largest, (n_units,); -1 where it tells none from another."""
        if self.by_class.shape[1] < 2:
            return np.full(len(self.mean), -1)
        flat = np.isclose(self.by_class.max(axis=1), self.by_class.min(axis=1), rtol=1e-9, atol=0)
        return np.where(flat, -1, self.by_class.argmax(axis=1))

    @property
    def distinctness(self) -> Array:
        """How far the mean over its class lies above the mean over all classes, (n_units,)."""
        if not self.by_class.shape[1]:
            return np.zeros(len(self.mean))
        return np.asarray(self.by_class.max(axis=1) - self.by_class.mean(axis=1))


def measure_activity(h: Array, y: Array, n_classes: int, strongest: int = 12) -> UnitActivity:
    """Return how units answer to examples.

    Args:
        h: what each unit gives for each example, (n, n_units).
        y: classes (n,); of a regression they are not looked at.
        n_classes: 0 for a regression.
        strongest: how many examples are named for each unit, if there are as many.
    """
    h = h.astype(np.float64)
    by_class = np.zeros((h.shape[1], n_classes))
    for label in range(n_classes):
        of_class = h[y == label]
        by_class[:, label] = of_class.mean(axis=0) if len(of_class) else np.nan
    by_class = np.where(np.isnan(by_class), h.mean(axis=0)[:, None], by_class)
    order = np.argsort(-h, axis=0, kind="stable")[:strongest].T
    return UnitActivity(
        h.mean(axis=0), by_class, np.asarray(~h.any(axis=0)), order, np.take_along_axis(h.T, order, axis=1)
    )


def sort_units(order: Order, moved: Array, activity: UnitActivity | None) -> Array:
    """Return the numbers of units in an order, ties by number.

    Args:
        order: by number; by ``movement``, the farthest first; by ``class``, within it the most distinct first, those of
            no class last; by ``activity``, the highest mean first.
        moved: how far each went, (n_units,).
        activity: what they answer to; without it they stay as they are where it is asked for.
    """
    numbers = np.arange(len(moved))
    if order == "movement" and not np.isnan(moved).any():
        return np.argsort(-moved, kind="stable")
    if order == "activity" and activity is not None:
        return np.argsort(-activity.mean, kind="stable")
    if order == "class" and activity is not None:
        classes = np.where(activity.classes < 0, activity.by_class.shape[1], activity.classes)
        return np.lexsort((numbers, -activity.distinctness, classes))
    return numbers
