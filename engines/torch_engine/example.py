"""The examples on the device: once, as they were stored, made into features a batch at a time.

Gathering 64 rows of bytes and converting them takes less time than gathering the same rows of a float copy, which is
four times as large, and a buffer that is used again less than fresh memory: together a third of ``x[indices]``.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack

from engines.contract import SPLITS, Array, Dataset, SplitName


class Examples:
    """The splits of a data set as tensors. On the processor they share the memory of the data set.

    Args:
        data: whose splits, and scale or standardization.
        dtype: float type of the features.
        device: where they live.
    """

    def __init__(self, data: Dataset, dtype: torch.dtype, device: torch.device) -> None:
        self._scale = float(data.scale)
        self._device = device
        self._x = {split: self._share(data[split].x) for split in SPLITS}
        self._y = {split: self._share(data[split].y) for split in SPLITS}
        if data.is_regression:
            self._y = {split: y.to(dtype) for split, y in self._y.items()}
        self._standard = self._share_standard(data, dtype)
        self._stored = torch.empty((0, data.n_features), dtype=self._x["train"].dtype, device=device)
        self._rows = torch.empty((0, data.n_features), dtype=dtype, device=device)

    def _share(self, array: Array) -> Tensor:
        try:
            shared = from_dlpack(array)  # not from_numpy, which warns of arrays that must not be written to
        except BufferError:  # older versions of PyTorch take no such array in that way
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                shared = torch.from_numpy(array)  # nothing here writes
        return shared.to(self._device)

    def _share_standard(self, data: Dataset, dtype: torch.dtype) -> tuple[Tensor, Tensor] | None:
        """Return means and factors in the type in which ``Standardization.apply`` computes; ``None`` for plain ones."""
        if (found := data.standardization) is None:
            return None
        wide = torch.promote_types(self._x["train"].dtype, dtype)
        arrays = found.mean.copy(), found.factor.copy()  # those of a checkpoint may not be written to
        mean, factor = (torch.from_numpy(array).to(wide).to(self._device) for array in arrays)
        return mean, factor

    def take(self, split: SplitName, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows of a split.

        Args:
            split: which.
            indices: which rows, int64, (m,).

        Returns:
            Features (m, n_features), valid until the next call of any method here, and classes or targets (m,).
        """
        if len(indices) > len(self._stored):
            self._stored = self._stored.new_empty((len(indices), self._stored.shape[1]))
        stored = self._stored[: len(indices)]
        torch.index_select(self._x[split], 0, indices, out=stored)
        return self._features(stored), self._y[split][indices]

    def part(self, split: SplitName, rows: slice) -> tuple[Tensor, Tensor]:
        """Return neighbouring rows of a split; see ``take``."""
        return self._features(self._x[split][rows]), self._y[split][rows]

    def features(self, x: Array) -> Tensor:
        """Return rows in the data's own scale as features (n, n_features); see ``take``."""
        return self._features(self._share(x))

    def _features(self, x: Tensor) -> Tensor:
        if len(x) > len(self._rows):
            self._rows = self._rows.new_empty(x.shape)
        if self._standard is not None:
            mean, factor = self._standard
            return self._rows[: len(x)].copy_((x.to(mean.dtype) - mean).mul_(factor))
        rows = self._rows[: len(x)].copy_(x)
        return rows if self._scale == 1.0 else rows.mul_(self._scale)
