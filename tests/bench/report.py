"""The whole report against the course's scripts, estimated: both sides train a quarter of the examples for few epochs.

Ours is the report's own way of training, with its history, the runs beside each other: once with a twentieth of the
epochs and once with a tenth. What the second takes longer, nineteen times more, is what the other epochs would take;
so what happens once in a run (opening it, measuring the untrained model and the test split) counts once. The course's
scripts run one after the other as a student runs them, BLAS and PyTorch taking all cores: an epoch of each, times its
epochs. Runs that only our report has (other initialisations, l1, a sum of gradients) are on neither side.
"""

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engines.contract import SPLITS, Array, Dataset, Split
from engines.threads import cores
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report import presets
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.plan import plan_runs
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import RunEnded
from tests.bench.clock import Work, peak_megabytes, seconds
from tests.bench.course_loop import CourseLogisticRegression, CourseMLP, CoursePerceptron
from tests.bench.material import N_CLASSES, N_FEATURES, file, images
from tests.bench.row import Row

_SHARE = 4  # of the examples, one in so many
_FEW, _MORE = 0.05, 0.1  # of the epochs
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


def _memory() -> Iterator[Row]:
    """Yield what the report's command takes of memory."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["--batch", "report", "--quiet", "--data", str(file(Path(folder))), "--epochs-scale", "0.001"]
        words += ["--home", str(Path(folder, "home")), "--out", str(Path(folder, "out"))]
        yield Row("peak memory of the report", peak_megabytes(words), "MB", 1300, 900)


def _time() -> Iterator[Row]:
    """Yield how long the whole report takes, estimated."""
    kinds = [(kind, kind.course()) for kind in _kinds()]
    for _, course in kinds:
        seconds(course, cores())  # warms up
    names = {name for kind, _ in kinds for name in kind.names}
    _ours(names, _FEW)  # loads PyTorch
    few, more, theirs = [], [], []
    for _ in range(_PAIRS):
        few.append(_ours(names, _FEW))
        more.append(_ours(names, _MORE))
        theirs.append([seconds(course, cores()) for _, course in kinds])
    once, twice = statistics.median(few), statistics.median(more)
    ours = _SHARE * (once + (twice - once) * (1 - _FEW) / (_MORE - _FEW))
    details, total = {}, 0.0
    for (kind, _), times in zip(kinds, zip(*theirs, strict=True), strict=True):
        epochs = sum(_config(name).epochs for name in kind.names)
        details[kind.names[0]] = {"runs": len(kind.names), "peer_seconds": _SHARE * epochs * statistics.median(times)}
        total += _SHARE * epochs * statistics.median(times)
    name = "whole report against the course's scripts, estimated from few epochs on a quarter of the pictures"
    totals = {"seconds": ours, "peer_seconds": total, "kinds": details, "few": few, "more": more}
    yield Row(name, total / ours, "x", 2.3, 3, totals, best="highest")


def _ours(names: Set[str], scale: float) -> float:
    """Return how long the report takes to train some of its runs with fewer epochs."""
    homework = read_questions()
    runs = [
        run
        for run in plan_runs(homework, "builtin", {("builtin", DEFAULT_OPTIONS): _part()}, epochs_scale=scale)
        if run.name in names
    ]
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        for step in Rerun(runs, Store(Path(home)), Control()).steps():
            if isinstance(step.event, RunEnded) and step.event.status == "failed":
                raise RuntimeError(step.event.reason)
        return time.perf_counter() - start


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


def _config(name: str) -> RunConfig:
    values = next(dict(preset.values) for preset in presets() if preset.name == name)
    return RunConfig.from_dict(values)


def _part() -> Dataset:
    """Return a quarter of each split."""
    data = images()
    train, val, test = (Split(data[name].x[::_SHARE], data[name].y[::_SHARE]) for name in SPLITS)
    return Dataset(data.name, train, val, test, data.classes, data.scale)


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
            np.mean(_scores(model, X).argmax(axis=1) == y)

    return work


def _scores(model: CoursePerceptron | CourseLogisticRegression | CourseMLP, X: Array) -> Array:
    if not isinstance(model, CourseMLP):
        return X @ model.W.T
    return np.maximum(0, X @ model.W1.T + model.b1) @ model.W2.T


def _torch_script(sizes: tuple[int, ...], batch_size: int, l2: float = 0.0) -> Work:
    """Return an epoch of the script that the homework hands out: a DataLoader, and the validation split at once."""
    data = _part()
    x, y = torch.from_numpy(data.features(data.train.x, np.float32)), torch.from_numpy(data.train.y)
    x_val, y_val = torch.from_numpy(data.features(data.val.x, np.float32)), torch.from_numpy(data.val.y)
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes[:-1]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(0.3)]
    model = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
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


MEASUREMENTS = (_time, _memory)
