"""Sweeps at the command line and what they came to; sweeps of the scripted engine, for tests of the interface."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from engines.contract import Dataset
from hw1_tui.runs import Store
from hw1_tui.settings import Given
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.executors import AUTO
from tests.support.json_lines import records_of
from tests.support.scripted_engine import scripted, tiny_dataset

SHARED = ("--model", "logistic_regression", "--epochs", 2)
GRID = ("--grid", "learning-rate=.01,.1", "--grid", "l2=0,.01")
"""Four points, for the command line."""

AXES = {"learning_rate": ".002,.01,.05", "l2": "0,.001"}


def trials_of(out: str) -> dict[int, dict[str, Any]]:
    """Return what was printed of each trial as lines of JSON, by its number."""
    return {record["trial"]: record for record in records_of(out) if record["event"] == "trial"}


def losses_of(store: Store | None = None) -> dict[tuple[Any, ...], list[Any]]:
    """Return the losses of every run by its configuration: what must be the same however it was trained."""
    store = store or Store()
    return {
        (run.config["learning_rate"], run.config["l2"], run.config["seed"]): [
            epoch["val_loss"] for epoch in store.metrics(run.run)
        ]
        for run in store.runs()
    }


def define_scripted(name: str = "rates", seeds: int = 2, **axes: str) -> Sweep:
    """Return a sweep of a logistic regression of four epochs."""
    run = {"model": "logistic_regression", "engine": "numpy", "data": "builtin", "epochs": "4"}
    given = [Given(key, value, key) for key, value in run.items()]
    axes = axes or AXES
    wish = Wish(given, [(key, text, key) for key, text in axes.items()], name=name, seeds=seeds)
    dataset = tiny_dataset()
    return define(wish, []).on("builtin", dataset.fingerprint)


def train_twice(sweep: Sweep, dataset: Dataset, store: Store, executor: str = AUTO) -> list[SweepRunner]:
    """Train a sweep by two runners at once, as two programs do; return them when both have ended, or after a minute."""
    runners = [SweepRunner(sweep, dataset, Store(store.home), executor=executor) for _ in range(2)]
    threads = [threading.Thread(target=lambda runner=runner: list(runner.steps())) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return runners


def train_scripted(script: Any, store: Store, sweep: Sweep, epochs: int | None = None) -> None:
    """Train a sweep, or so many epochs of it, without the interface.

    Args:
        script: of the engine.
        store: the history.
        sweep: what is trained.
        epochs: of all trials together, after which it is stopped; ``None`` for all of it. It must not be where a trial
            ends, or it would be left to chance whether the next one has begun.
    """
    runner = SweepRunner(sweep, tiny_dataset(), store, executor="threads")
    script.free = epochs is None
    if epochs is not None:
        script.allow(epochs)
    done = 0
    for step in runner.steps():
        done += isinstance(step.event, EpochEnded) and step.event.epoch > 0
        if done == epochs:
            runner.ask_to_stop()
    script.free = False


def keep_scripted(home: Path) -> Path:
    """Train a whole sweep in a history of its own, for a fixture that tests copy from; return the history's folder."""
    with pytest.MonkeyPatch.context() as patch, scripted(patch) as script:
        train_scripted(script, Store(home), define_scripted())
    return home
