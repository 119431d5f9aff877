"""The examples on the device: once, as they were stored, made into features a batch at a time."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack

from engines.contract import SPLITS, Array, Dataset, SplitName


class Examples:
    """The splits of a data set as tensors. On the processor they share the memory of the data set.

    Args:
        data: whose splits and scale.
        dtype: float type of the features.
        device: where they live.
    """

    def __init__(self, data: Dataset, dtype: torch.dtype, device: torch.device) -> None:
        self._scale = float(data.scale)
        self._dtype = dtype
        self._device = device
        self._x = {split: self._share(data[split].x) for split in SPLITS}
        self._y = {split: self._share(data[split].y) for split in SPLITS}
        if data.is_regression:
            self._y = {split: y.to(dtype) for split, y in self._y.items()}

    def _share(self, array: Array) -> Tensor:
        # Not from_numpy, which warns of arrays that must not be written to; nothing here writes.
        return from_dlpack(array).to(self._device)

    def take(self, split: SplitName, indices: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Return features (m, n_features) and classes or targets (m,) of rows of a split."""
        return self._features(self._x[split][indices]), self._y[split][indices]

    def features(self, x: Array) -> Tensor:
        """Return rows in the data's own scale as features (n, n_features)."""
        return self._features(self._share(x))

    def _features(self, x: Tensor) -> Tensor:
        features = x.to(self._dtype)
        return features if self._scale == 1.0 else features * self._scale
