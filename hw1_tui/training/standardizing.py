"""Standardised features: fitted on the training split, kept in the state of the run, the same wherever it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engines.contract import Array, Dataset
from engines.standardization import Standardization
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import RunConfig

_MEAN, _FACTOR = "features.mean", "features.factor"
"""Their names among the arrays of a session's state."""

_AT_ONCE = 1024


def as_configured(data: Dataset, config: RunConfig, state: Mapping[str, Array] | None = None) -> Dataset:
    """Return data with standardised features where its run has them, and with plain ones where it has not.

    Args:
        data: what the run is trained on.
        config: the run.
        state: of an earlier session of it, whose means and deviations are taken.

    Raises:
        MistakeError: the state's are not those of such data.
    """
    if not config.hyperparameters.get("standardize"):
        return replace(data, standardization=None) if data.standardization else data
    kept = read_standardization(state or {}, data.n_features)
    if not len(data.train) or (data.standardization and not kept):
        return data
    found = kept or fit(data.train.x)
    flat = int((found.factor == 0).sum())
    said = "Features are standardised, by mean and standard deviation of the training split"
    said += f"; {counted(flat, 'feature')} of no spread became 0." if flat else "."
    return replace(data, standardization=found, found=tuple(dict.fromkeys((*data.found, said))))


def fit(x: Array) -> Standardization:
    """Return mean and standard deviation of each feature, a block of rows at a time.

    Args:
        x: rows as they are stored, (n, n_features).

    Raises:
        MistakeError: the squares of a feature leave the range of float64.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # told below, by the feature
        mean, deviation, has_spread = _moments(x)
    if wide := np.flatnonzero(~np.isfinite(deviation)).tolist():
        problem = f"feature {wide[0] + 1} has numbers whose squares leave the range of float64"
        raise MistakeError(Mistake("standardize", problem, "false, or smaller numbers"))
    factor = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=has_spread & (deviation > 0))
    return Standardization(mean, factor)


def _moments(x: Array) -> tuple[Array, Array, Array]:
    """Return mean and standard deviation of each feature, and whether it has any spread."""
    blocks = [slice(start, start + _AT_ONCE) for start in range(0, len(x), _AT_ONCE)]
    mean = np.add.reduce([x[rows].sum(axis=0, dtype=np.float64) for rows in blocks]) / len(x)
    squares, has_spread = np.zeros(x.shape[1]), np.zeros(x.shape[1], bool)
    for rows in blocks:
        squares += np.square(x[rows] - mean).sum(axis=0)
        # The mean of equal numbers is rounded, so that their deviation from it need not be 0.
        has_spread |= (x[rows] != x[0]).any(axis=0)
    return mean, np.sqrt(squares / len(x)), has_spread


def standardization_state(data: Dataset) -> dict[str, Array]:
    """Return what a session's state keeps of it; nothing for plain features."""
    found = data.standardization
    return {_MEAN: found.mean, _FACTOR: found.factor} if found else {}


def read_standardization(state: Mapping[str, Array], n_features: int) -> Standardization | None:
    """Return what a session's state has kept; ``None`` for plain features.

    Raises:
        MistakeError: it is not of so many features, or holds what is no number.
    """
    if _MEAN not in state or _FACTOR not in state:
        return None
    arrays = state[_MEAN], state[_FACTOR]
    if any(a.shape != (n_features,) or a.dtype != np.float64 or not np.isfinite(a).all() for a in arrays):
        problem = "means and deviations are not those of its features"
        raise MistakeError(Mistake("the checkpoint", problem, f"{counted(n_features, 'number')} each"))
    return Standardization(*arrays)
