"""The torch engine against the loop over a DataLoader that the homework hands out."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engines.torch_engine import TorchEngine
from engines.torch_engine.stacked import TorchStack
from engines.torch_engine.trainer import TorchTrainer
from tests.bench.clock import Work, compare
from tests.bench.material import N_CLASSES, N_FEATURES, first
from tests.bench.row import Row

_N = 6400
_DROPOUTS = (0.01, 0.25, 0.3, 0.5)


def measure() -> Iterator[Row]:
    """Yield the bars of the torch engine: one MLP, and a sweep of four, an epoch each."""
    loader = _loader_loop(64)
    yield compare("torch MLP, batch 64, against a DataLoader loop", _epoch(), loader, bar=1.25, reach=1.8)
    name = "sweep of four torch MLPs, batch 64, per network, against a DataLoader loop"
    yield compare(name, _stacked_epoch(), loader, bar=1.8, reach=2.2, share=1 / len(_DROPOUTS))
    name = "torch MLP, batch 512, against a DataLoader loop"
    yield compare(name, _epoch(batch_size=512), _loader_loop(512), bar=None, reach=None)
    name = "torch MLP, batch 64, bfloat16, against float32"
    yield compare(name, _epoch(precision="bfloat16"), _epoch(), bar=None, reach=None)


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
