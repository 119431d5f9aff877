"""What a sweep costs beside its training: against a process for each trial, and what it adds to every epoch."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engines.threads import cores
from hw1_tui import data
from hw1_tui.runs import Store
from hw1_tui.settings import given_values
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.bench.material import own_home
from tests.bench.row import Row

_SHARED = {"model": "mlp", "engine": "torch", "data": "digits", "epochs": 5, "threads": 1}
_RATES = ("0.01", "0.02", "0.05", "0.1")
_MOMENTA = ("0", "0.9")
_EPOCHS, _PAIRS = 50, 4


def _processes() -> Iterator[Row]:
    """Yield how many times as many trials a minute a sweep trains as a process for each, as many at once."""
    with own_home() as home:
        words = ["sweep", "--grid", f"learning-rate={','.join(_RATES)}", "--grid", f"momentum={','.join(_MOMENTA)}"]
        start = time.perf_counter()
        assert _start(home / "sweep", [*words, "--executor", "threads"]).wait() == 0
        sweep = time.perf_counter() - start
        left = [(rate, momentum) for rate in _RATES for momentum in _MOMENTA]
        trials, running = len(left), list[subprocess.Popen[bytes]]()
        start = time.perf_counter()
        while left or running:
            while left and len(running) < cores():
                rate, momentum = left.pop(0)
                running.append(_start(home / "each", ["train", "--learning-rate", rate, "--momentum", momentum]))
            assert running.pop(0).wait() == 0
        each = time.perf_counter() - start
    details = {"trials": trials, "a minute": 60 * trials / sweep, "a minute, processes": 60 * trials / each}
    yield Row("sweep: trials a minute / one process per trial", each / sweep, "x", 2, 4, details, "highest")


def _start(home: Path, words: list[str]) -> subprocess.Popen[bytes]:
    shared = [word for name, value in _SHARED.items() for word in (f"--{name}", str(value))]
    line = [sys.executable, "-m", "hw1_tui", "--batch", *words, *shared, "--home", str(home), "--quiet"]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL)


def _overhead() -> Iterator[Row]:
    """Yield what a sweep adds to an epoch of small trials, which are recorded either way."""
    run = given_values({"model": "logistic_regression", "data": "digits", "epochs": _EPOCHS, "threads": 1}, "")
    dataset = data.load("digits")
    pairs = []
    with own_home() as home:
        for i in range(_PAIRS + 1):
            wish = Wish(run, [("learning_rate", "0.1", "")], seeds=4)
            sweep = define(wish, []).on("digits", dataset.fingerprint)
            pairs.append((_in_sweep(sweep, home / f"sweep-{i}"), _directly(sweep, home / f"direct-{i}")))
    epochs = _EPOCHS * len(sweep.trials)
    # The first has loaded what all need; of the others the fastest of each side: the machine does more besides.
    ours, direct = (1000 * min(side) / epochs for side in zip(*pairs[1:], strict=True))
    details = {"epochs": epochs, "ms an epoch": direct, "all": pairs}
    yield Row("sweep: overhead of a sweep per epoch", ours - direct, "ms", 1, 0.3, details)


def _in_sweep(sweep: Sweep, home: Path) -> float:
    start = time.perf_counter()
    for _ in SweepRunner(sweep, data.load("digits"), Store(home), executor="threads").steps():
        pass
    return time.perf_counter() - start


def _directly(sweep: Sweep, home: Path) -> float:
    start, store = time.perf_counter(), Store(home)
    for trial in sweep.trials:
        for _ in record(open_session(trial.config), store):
            pass
    return time.perf_counter() - start


MEASUREMENTS = (_processes, _overhead)
