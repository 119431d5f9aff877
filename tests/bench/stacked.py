"""Runs that train as one against the same runs beside each other, measuring included."""

import statistics
from collections.abc import Iterator, Mapping

from engines.capability import holds_interpreter
from engines.registry import get
from engines.threads import cores
from hw1_tui.settings import RunConfig
from hw1_tui.training.job import Job
from hw1_tui.training.timed_trial import time_executors
from tests.bench.material import first
from tests.bench.row import Row

_N, _PAIRS = 6400, 3
_LOGISTIC = {"model": "logistic_regression", "engine": "torch", "batch_size": 32}
_CASES = (
    ("torch MLP, one hidden layer of 32, batch 64", {"engine": "torch", "hidden_sizes": (32,)}, (4, 16), 1.2),
    ("torch MLP, 200-200, batch 64", {"engine": "torch"}, (4,), None),
    ("torch logistic regression, batch 32", _LOGISTIC, (4, 16), 1.3),
    ("numpy logistic regression, float64", {"model": "logistic_regression"}, (4,), 1.3),
    ("numpy logistic regression, float32", {"model": "logistic_regression", "dtype": "float32"}, (4,), 1.3),
)


def _stacked() -> Iterator[Row]:
    """Yield how many times as fast runs are that train as one."""
    for name, values, numbers, bar in _CASES:
        for n in numbers:
            yield _row(f"{name}: {n} as one against beside each other", values, n, bar)


def _row(name: str, values: Mapping[str, object], n: int, bar: float | None) -> Row:
    base = RunConfig.from_dict({**values, "threads": 1, "epochs": 100_000})
    jobs = [Job(base.changed(learning_rate=1e-5 * (number + 1))) for number in range(n)]
    lanes = 1 if holds_interpreter(get(base.engine)) else cores()
    trials = [trial for _ in range(_PAIRS) if (trial := time_executors(jobs, first(_N), lanes))]
    gains = [trial.gain("stacked") for trial in trials]
    details = {"lanes": lanes, "epochs a second": [dict(trial.rates) for trial in trials]}
    return Row(name, statistics.median(gains), "x", bar, None, details, "highest")


MEASUREMENTS = (_stacked,)
