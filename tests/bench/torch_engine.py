"""The torch engine against the loop over a DataLoader that the homework hands out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engines.threads import cores
from engines.torch_engine import TorchEngine
from engines.torch_engine.stacked import TorchStack
from engines.torch_engine.trainer import TorchTrainer
from tests.bench.clock import Work, compare
from tests.bench.material import N_CLASSES, N_FEATURES, first
from tests.bench.row import Row

_N = 6400
_DROPOUTS = (0.01, 0.25, 0.3, 0.5)


def _mlp() -> Iterator[Row]:
    """Yield how fast one network is."""
    name = "torch MLP, batch 64, against a DataLoader loop"
    yield compare(name, _epoch(), _loader_loop(64), bar=1.5, reach=1.9)
    name = "torch MLP, batch 512, against a DataLoader loop"
    yield compare(name, _epoch(batch_size=512), _loader_loop(512), bar=1.3, reach=1.6)
    name = "torch MLP, batch 64, bfloat16, against float32"
    yield compare(name, _epoch(precision="bfloat16"), _epoch(), bar=None, reach=None)


def _sweep() -> Iterator[Row]:
    """Yield how fast a sweep of four networks is, in the way that is the fastest here."""
    loader, share = _loader_loop(64), 1 / len(_DROPOUTS)
    name = "sweep of four torch MLPs, batch 64, per network, {}, against a DataLoader loop"
    ways = (
        ("as one", _stacked_epoch()),
        ("side by side", _epochs_side_by_side()),
        ("as one on each core", _stacks_side_by_side()),
    )
    rows = [compare(name.format(way), work, loader, bar=1.8, reach=2.2, pairs=3, share=share) for way, work in ways]
    best = max(rows, key=lambda row: row.value or 0)
    yield replace(best, details={**best.details, "ways": {row.name: row.value for row in rows}})


def _start(**hyperparameters: object) -> TorchTrainer:
    config = SimpleNamespace(model="mlp", hyperparameters={"device": "cpu", **hyperparameters})
    trainer = TorchEngine().start(config, first(_N), np.random.default_rng(1))
    assert isinstance(trainer, TorchTrainer)
    return trainer


def _on_threads(work: Work) -> Work:
    """Let torch follow the number of threads that the clock sets: it keeps its own once it was told one."""

    def follow() -> None:
        torch.set_num_threads(torch.get_num_threads())
        work()

    return follow


def _epoch(**hyperparameters: object) -> Work:
    trainer = _start(**hyperparameters)
    return _on_threads(lambda: list(trainer.epoch()))


def _stacked_epoch() -> Work:
    stack = TorchStack([_start(dropout=dropout) for dropout in _DROPOUTS])
    return _on_threads(lambda: list(stack.epoch()))


def _epochs_side_by_side() -> Work:
    """Return an epoch of each network of the sweep, as many at once as there are cores, with one thread each."""
    return _side_by_side([_start(dropout=dropout) for dropout in _DROPOUTS])


def _stacks_side_by_side() -> Work:
    """Return an epoch of a stack for each core, with one thread each: what the stacked executor does."""
    trainers = [_start(dropout=dropout) for dropout in _DROPOUTS]
    n = -(-len(trainers) // cores())
    return _side_by_side([TorchStack(trainers[start : start + n]) for start in range(0, len(trainers), n)])


def _side_by_side(trained: Sequence[TorchTrainer | TorchStack]) -> Work:
    def train(one: TorchTrainer | TorchStack) -> None:
        torch.set_num_threads(1)
        for _ in one.epoch():
            pass

    def work() -> None:
        with ThreadPoolExecutor(cores()) as pool:
            list(pool.map(train, trained))

    return work


def _loader_loop(batch_size: int) -> Work:
    """Return an epoch of the same network as the homework's script trains it."""
    data = first(_N)
    x, y = torch.from_numpy(data.features(data.train.x, np.float32)), torch.from_numpy(data.train.y)
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True, num_workers=0)
    model = nn.Sequential(
        *(nn.Linear(N_FEATURES, 200), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(200, 200), nn.ReLU(), nn.Dropout(0.3)),
        nn.Linear(200, N_CLASSES),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.002)

    def work() -> None:
        model.train()
        for x_batch, y_batch in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x_batch), y_batch)
            loss.backward()
            optimizer.step()
            loss.item()

    return _on_threads(work)


MEASUREMENTS = (_mlp, _sweep)
