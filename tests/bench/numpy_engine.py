"""The numpy engine against the homework's own loops and scikit-learn, one example at a time."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn import linear_model, neural_network

from engines.contract import Array
from engines.numpy_engine import NumpyEngine
from engines.numpy_engine.trainer import NumpyTrainer
from tests.bench.clock import Epoch, Work, compare, compare_script, peak_megabytes, quiet
from tests.bench.course_loop import CourseLogisticRegression, CourseMLP, CoursePerceptron
from tests.bench.material import N_CLASSES, N_FEATURES, file, first
from tests.bench.row import Row

_LINEAR, _MLP, _SLOW_PEER = 3000, 4000, 100
_L1 = 0.0001
_CLASSES = np.arange(N_CLASSES)
_MLP_MORE = {"hidden_sizes": (100,), "init": "he"}


def _epoch(model: str, n: int, **hyperparameters: object) -> Work:
    config = SimpleNamespace(model=model, hyperparameters=hyperparameters)
    trainer = NumpyEngine().start(config, first(n), np.random.default_rng(1))
    assert isinstance(trainer, NumpyTrainer)
    return Epoch(trainer)


def _features(n: int, one: bool = False, dtype: type = np.float64) -> tuple[Array, Array]:
    """Return the features as the peers want them, made beforehand, and the classes."""
    data = first(n)
    X: Array = np.ones((n, N_FEATURES + one), dtype)
    X[:, :N_FEATURES] = data.features(data.train.x, dtype)
    return X, data.train.y


def _course(model: CoursePerceptron | CourseLogisticRegression | CourseMLP, X: Array, y: Array) -> Work:
    rng = np.random.default_rng(1)
    return lambda: model.train(X, y, rng.permutation(len(y)))


def _scikit_learn(model: Any, X: Array, y: Array) -> Work:
    def work() -> None:
        with quiet():
            model.partial_fit(X, y, classes=_CLASSES)

    return work


def _perceptron() -> Iterator[Row]:
    """Yield how fast the perceptron is."""
    ours = _epoch("perceptron", _LINEAR)
    X, y = _features(_LINEAR, one=True)
    course = _course(CoursePerceptron(N_CLASSES, N_FEATURES + 1), X, y)
    yield compare("perceptron, float64, against the course's loop", ours, course, bar=1.1, reach=1.8)
    peer = _scikit_learn(linear_model.Perceptron(), X, y)
    yield compare("perceptron, float64, against scikit-learn's", ours, peer, bar=5, reach=8)


def _logistic_regression() -> Iterator[Row]:
    """Yield how fast logistic regression is."""
    X, y = _features(_LINEAR, one=True)
    course = _course(CourseLogisticRegression(N_CLASSES, N_FEATURES + 1), X, y)
    for dtype, bar, reach in (("float64", 2, 3), ("float32", 3.5, 5)):
        ours = _epoch("logistic_regression", _LINEAR, dtype=dtype)
        name = f"logistic regression, {dtype}, against the course's loop"
        yield compare(name, ours, course, bar=bar, reach=reach)
    model = linear_model.SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.001, alpha=0.0)
    peer = _scikit_learn(model, *_features(_LINEAR, dtype=np.float32))
    yield compare("logistic regression, float32, against scikit-learn's SGD", ours, peer, bar=6, reach=10)


def _l1() -> Iterator[Row]:
    """Yield how fast logistic regression with l1 is."""
    X, y = _features(_LINEAR, one=True)
    course = _course(CourseLogisticRegression(N_CLASSES, N_FEATURES + 1, l1=_L1), X, y)
    ours = _epoch("logistic_regression", _LINEAR, l1=_L1)
    name = "logistic regression with l1, float64, against the course's loop with l1"
    yield compare(name, ours, course, bar=1.5, reach=2.5)


def _mlp() -> Iterator[Row]:
    """Yield how fast the network is."""
    ours = _epoch("mlp", _MLP, **_MLP_MORE)
    X, y = _features(_MLP)
    course = _course(CourseMLP(N_CLASSES, N_FEATURES, 100, np.random.default_rng(1)), X, y)
    # The bar was set against the loop as a student runs it: BLAS takes all cores, which slows it down.
    name = "MLP, float64, against the course's loop as a script runs it"
    yield compare_script(name, ours, "course_script", _MLP, bar=10, reach=20)
    name = "MLP, float64, against the course's loop with the threads that suit it"
    yield compare(name, ours, course, bar=8, reach=16)
    single = _epoch("mlp", _MLP, dtype="float32", **_MLP_MORE)
    name = "MLP, float32, against the course's loop with the threads that suit it"
    yield compare(name, single, course, bar=14, reach=24, pairs=3)
    model = neural_network.MLPClassifier(
        (100,), solver="sgd", alpha=0.0, batch_size=1, learning_rate_init=0.001, momentum=0.0
    )
    peer = _scikit_learn(model, X[:_SLOW_PEER], y[:_SLOW_PEER])
    name, share = "MLP, float64, against scikit-learn's with batches of 1", _SLOW_PEER / _MLP
    yield compare(name, ours, peer, bar=None, reach=None, pairs=3, share=share)


def _memory() -> Iterator[Row]:
    """Yield what a run takes of memory."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"HW1_TUI_HOME": folder}
        data = str(file(Path(folder)))
        for model in ("logistic_regression", "mlp"):
            words = ["--batch", "train", "--model", model, "--engine", "numpy", "--data", data, "--epochs", "1"]
            yield Row(f"peak memory of a numpy run, {model}", peak_megabytes(words, home), "MB", 300, 200)


MEASUREMENTS = (_perceptron, _logistic_regression, _l1, _mlp, _memory)
