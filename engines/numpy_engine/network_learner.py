"""A network being trained: one example at a time by blocks of them, or by batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from engines.contract import Array, Value
from engines.numpy_engine.block import Block
from engines.numpy_engine.network import Network
from engines.numpy_engine.plain_steps import PlainSteps
from engines.numpy_engine.worker_pool import WorkerPool
from engines.state import pack_settings, unpack_settings


class NetworkLearner:
    """Trains a network; see ``engines.numpy_engine.trainer.Learner``.

    Args:
        network: what is trained.
        block_size: examples of a block; 0 takes each as a batch of its own.
        scale: what makes features of the rows that it is given.

    Attributes:
        network: what is trained.
        scale: what makes features of the rows that it is given.
    """

    has_probabilities = True

    def __init__(self, network: Network, block_size: int, scale: float) -> None:
        self.pool = WorkerPool()
        self.network = network
        self.scale = scale
        self._block = Block(network, block_size, scale, self.pool) if block_size else None
        self._plain = PlainSteps(network, scale, self.pool)

    @property
    def stride(self) -> int:
        """A batch, or a block of single examples."""
        return self._block.size if self._block and self.in_blocks else self.network.descent.batch_size

    @property
    def in_blocks(self) -> bool:
        """Whether it trains one example at a time, by blocks."""
        return self.network.descent.batch_size == 1

    def use_threads(self, count: int) -> int:
        """Share the blocks among so many threads; batches are left to those of BLAS."""
        in_blocks = self._block is not None and self.in_blocks
        self.pool.resize(count if in_blocks else 1)
        return 1 if in_blocks else count

    def train(self, blocks: Iterator[tuple[Array, Array]]) -> list[Array]:
        """Train on batches, or on blocks of single examples."""
        if self._block and self.in_blocks:
            return (self._plain if self.network.descent.l1 else self._block).train(blocks)
        scale = np.asarray(self.scale, self.network.layers[0].dtype)
        return [np.array([self.network.step(np.multiply(B, scale, B), y)]) for B, y in blocks]

    def scores(self, x: Array) -> Array:
        """Return the scores of the network."""
        return self.network.scores(x)

    def losses(self, scores: Array, y: Array) -> Array:
        """Return the network's loss of each example."""
        return self.network.loss.values(scores, y)

    def adjust(self, **changes: Value) -> None:
        """Change settings of the descent; momentum starts from rest when it is taken up again."""
        had_momentum = self.network.descent.momentum
        for name, value in changes.items():
            setattr(self.network.descent, name, value)
        if had_momentum and not self.network.descent.momentum:
            for V in self.network.momenta:
                V[:] = 0.0

    def layers(self) -> list[Array]:
        """Return the network's layers."""
        return self.network.layers

    def set_layers(self, layers: Sequence[Array]) -> None:
        """Overwrite the network's layers."""
        for A, layer in zip(self.network.layers, layers, strict=True):
            A[:] = layer

    def state(self) -> dict[str, Array]:
        """Return layers and momenta by number, and the settings of the descent by name."""
        named = pack_settings(dataclasses.asdict(self.network.descent))
        for number, (A, V) in enumerate(zip(self.network.layers, self.network.momenta, strict=True), start=1):
            named[f"layer_{number}"] = A
            if self.network.descent.momentum:
                named[f"momentum_{number}"] = V
        return named

    def load(self, state: Mapping[str, Array]) -> None:
        """Overwrite the network and the settings of its descent."""
        settings = unpack_settings(state, "descent", ("learning_rate", "l2", "l1", "momentum", "batch_size"))
        descent = dataclasses.replace(self.network.descent, **settings)  # type: ignore[arg-type]
        self.adjust(**{**dataclasses.asdict(descent), "batch_size": int(descent.batch_size)})
        for number, (A, V) in enumerate(zip(self.network.layers, self.network.momenta, strict=True), start=1):
            A[:] = state[f"layer_{number}"]
            if descent.momentum:
                V[:] = state[f"momentum_{number}"]
