"""The whole report against the course's scripts: a few epochs of each kind of run timed on both sides, and added up.

An estimate: the seconds of an epoch, with what is measured after it, times the epochs that the report trains. Ours goes
through the session, which records nothing here; the course's side trains and evaluates as its scripts do. Runs that
only our report has (other initialisations, l1, a sum of gradients) are on neither side.
"""

import contextlib
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engines import registry
from engines.contract import Dataset, Split
from hw1_tui.report import presets
from hw1_tui.settings import from_record, resolve
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.session import LAST_EPOCHS, Session
from tests.bench.clock import Work, best_threads, peak_megabytes, seconds
from tests.bench.course_loop import CourseLogisticRegression, CourseMLP, CoursePerceptron
from tests.bench.material import N_CLASSES, N_FEATURES, file, images
from tests.bench.row import Row

_SHARE = 4  # of the examples, one in so many
_PAIRS = 3


@dataclass(frozen=True)
class Kind:
    """Runs that take equally long.

    Attributes:
        names: the runs of the report.
        course: makes an epoch of the course's script.
    """

    names: tuple[str, ...]
    course: Callable[[], Work]


def measure() -> Iterator[Row]:
    """Yield the estimate for the whole report, and the memory that its command takes."""
    yield _time()
    with tempfile.TemporaryDirectory() as folder:
        words = ["--batch", "report", "--quiet", "--data", str(file(Path(folder))), "--epochs-scale", "0.001"]
        words += ["--home", str(Path(folder, "home")), "--out", str(Path(folder, "out"))]
        yield Row("peak memory of the report", peak_megabytes(words), "MB", 1500, 1000)


def _time() -> Row:
    ours_total = course_total = 0.0
    details = {}
    for kind in _kinds():
        course = kind.course()
        threads = best_threads(course)
        with _session(kind.names[0]) as ours:
            times = [(_clocked(ours), _clocked(ours), seconds(course, threads)) for _ in range(_PAIRS)]
        plain, measured, theirs = (statistics.median(side) * _SHARE for side in zip(*times, strict=True))
        own = peer = 0.0
        for name in kind.names:
            epochs, share = int(_values(name)["epochs"]), _share_measured(name)
            own += epochs * (plain + share * (measured - plain))
            peer += epochs * theirs
        details[kind.names[0]] = {"runs": len(kind.names), "seconds": own, "peer_seconds": peer}
        ours_total, course_total = ours_total + own, course_total + peer
    name = "whole report against the course's scripts, estimated from a few epochs of each kind of run"
    totals = {"seconds": ours_total, "peer_seconds": course_total, "kinds": details}
    return Row(name, course_total / ours_total, "x", 2, 3, totals)


def _share_measured(name: str) -> float:
    """Return the share of a run's epochs after which its training split is measured."""
    config = resolve(from_record(_values(name), ""))
    every, last = config.hyperparameters["evaluate_train_every"], min(LAST_EPOCHS, config.epochs)
    measured = (config.epochs - last) // every + last
    return config.hyperparameters["evaluate_train"] * measured / config.epochs


def _kinds() -> tuple[Kind, ...]:
    sizes = (N_FEATURES, 200, 200, N_CLASSES)
    rates = ("2.1-lr-1e-05", "2.1-lr-0.001", "2.1-lr-0.1")
    dropouts = ("2.2a-batch-64", "2.2b-dropout-0.01", "2.2b-dropout-0.25", "2.2b-dropout-0.5")
    return (
        Kind(("1.1a",), lambda: _by_hand(CoursePerceptron(N_CLASSES, N_FEATURES + 1), bias=True)),
        Kind(("1.2a",), lambda: _by_hand(CourseLogisticRegression(N_CLASSES, N_FEATURES + 1), bias=True)),
        Kind(("1.2b",), lambda: _by_hand(CourseLogisticRegression(N_CLASSES, N_FEATURES + 1, l2=0.01), bias=True)),
        Kind(("1.3a",), lambda: _by_hand(CourseMLP(N_CLASSES, N_FEATURES, 100, np.random.default_rng(1)), bias=False)),
        Kind(rates, lambda: _torch_script((N_FEATURES, N_CLASSES), 32, l2=0.01)),
        Kind(dropouts, lambda: _torch_script(sizes, 64)),
        Kind(("2.2a-batch-512",), lambda: _torch_script(sizes, 512)),
        Kind(("2.2c-momentum-0", "2.2c-momentum-0.9"), lambda: _torch_script(sizes, 1024)),
    )


def _values(name: str) -> dict[str, object]:
    return next(dict(preset.values) for preset in presets() if preset.name == name)


def _part() -> Dataset:
    """Return a quarter of each split."""
    data = images()
    splits = (Split(split.x[::_SHARE], split.y[::_SHARE]) for split in (data.train, data.val, data.test))
    return Dataset(data.name, *splits, data.classes, data.scale)


@contextlib.contextmanager
def _session(name: str) -> Iterator[Work]:
    """Give an epoch of a run as the report trains it; after every second one the training split is measured too.

    The session ends with the context: one that is left open would keep its share of the cores from the next.
    """
    config = resolve(from_record({**_values(name), "epochs": 1000, "evaluate_train_every": 2}, ""))
    events = Session(config, registry.get(config.engine), _part()).run()

    def work() -> None:
        for event in events:
            if isinstance(event, EpochEnded):
                return

    work()  # the untrained model: threads are chosen before it
    with contextlib.closing(events):
        yield work


def _clocked(work: Work) -> float:
    """Return how long it takes with the threads that the session has chosen."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _by_hand(model: CoursePerceptron | CourseLogisticRegression | CourseMLP, *, bias: bool) -> Work:
    data, rng = _part(), np.random.default_rng(1)
    matrices = []
    for split in (data.train, data.val):
        X = np.ones((len(split), N_FEATURES + bias))
        X[:, :N_FEATURES] = data.features(split.x)
        matrices.append((X, split.y))

    def work() -> None:
        X, y = matrices[0]
        model.train(X, y, rng.permutation(len(y)))
        for X, y in matrices:
            hidden = np.maximum(0, X @ model.W1.T + model.b1) @ model.W2.T if hasattr(model, "W1") else X @ model.W.T
            np.mean(hidden.argmax(axis=1) == y)

    return work


def _torch_script(sizes: tuple[int, ...], batch_size: int, l2: float = 0.0) -> Work:
    """Return an epoch of the script that the homework hands out: a DataLoader, and the validation split at once."""
    data = _part()
    x, y = torch.from_numpy(data.features(data.train.x, np.float32)), torch.from_numpy(data.train.y)
    x_val, y_val = torch.from_numpy(data.features(data.val.x, np.float32)), torch.from_numpy(data.val.y)
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes[:-1]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(0.3)]
    model = nn.Sequential(*layers, nn.Linear(*sizes[-2:]))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.002, weight_decay=l2)

    def work() -> None:
        torch.set_num_threads(torch.get_num_threads())  # follows the number of threads that the clock sets
        model.train()
        for x_batch, y_batch in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x_batch), y_batch)
            loss.backward()
            optimizer.step()
            loss.item()
        model.eval()
        with torch.no_grad():
            scores = model(x_val)
            nn.functional.cross_entropy(scores, y_val).item()
            (scores.argmax(dim=1) == y_val).float().mean().item()

    return work
