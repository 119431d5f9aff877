"""Reading examples as rows of features with a one at the end.

The data stays in memory once, as it was stored; a block of rows is converted when it is its turn. For bytes that
is also the fastest way: gathering and converting 64 rows of 6,912 bytes takes less time than fetching the same rows
from a float copy in main memory, which is four or eight times as large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.contract import Array, Dataset, Split
from engines.numpy_engine.worker_pool import WorkerPool

BlockOfRows = tuple[Array, Array]
"""Rows and their classes or targets, as ``Rows.blocks`` gives them."""
_NO_ROWS: BlockOfRows = np.empty((0, 1)), np.empty(0)


def scale_of(data: Dataset) -> float:
    """Return what the rows of blocks are multiplied with to become features; standardised ones are features."""
    return 1.0 if data.standardization else float(data.scale)


def fetch_next(blocks: Iterator[BlockOfRows], pool: WorkerPool) -> Callable[[], BlockOfRows]:
    """Ask for the next block, empty where there is none; it is fetched in the meantime where the pool has a helper."""
    return pool.start(lambda: next(blocks, _NO_ROWS))


class Rows:
    """Rows of a data set, each with a last column that stands for 1 and carries the bias.

    Args:
        data: whose scale or standardization applies.
        dtype: float type of the rows.
    """

    def __init__(self, data: Dataset, dtype: np.dtype[np.floating]) -> None:
        self._dtype = dtype
        self._data = data
        self._scale = scale_of(data)
        self._n_features = data.n_features
        self._buffers: list[Array] = []

    def blocks(self, split: Split, order: Array, size: int) -> Iterator[BlockOfRows]:
        """Yield the examples of a split in some order, so many at a time; plain ones in the unit of the file.

        Args:
            split: whose examples.
            order: which ones, (n,).
            size: how many at a time; the last block has what is left.

        Yields:
            Rows x~' divided by ``scale_of(data)``, (m, n_features + 1), valid until the next but one is asked for and
            until then the receiver's to change, and their classes or targets (m,).
        """
        height = min(size, len(split))  # a batch may be larger than the split, its memory may not
        if self._buffers and len(self._buffers[0]) != height:
            self._buffers = []
        for number, start in enumerate(range(0, len(order), size)):
            indices = order[start : start + size]
            rows = self._buffer(number % 2, height)[: len(indices)]
            x = split.x[indices]
            rows[:, :-1] = self._data.features(x, self._dtype) if self._data.standardization else x
            rows[:, -1] = 1.0 / self._scale
            yield rows, split.y[indices]

    def _buffer(self, number: int, height: int) -> Array:
        """Return one of two places for rows; the second is made when a second block is asked for."""
        if number == len(self._buffers):
            self._buffers.append(self._empty(height))
        return self._buffers[number]

    def features(self, x: Array) -> Array:
        """Return inputs (n, n_features) as they were stored as rows x~', (n, n_features + 1)."""
        rows = self._empty(len(x))
        if self._data.standardization:
            rows[:, :-1] = self._data.features(x, self._dtype)
        else:
            np.multiply(x, np.asarray(self._scale, self._dtype), rows[:, :-1])
        rows[:, -1] = 1.0
        return rows

    def _empty(self, n: int) -> Array:
        return np.empty((n, self._n_features + 1), self._dtype)
