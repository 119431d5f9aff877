"""What the tests of the history share: a small data set, runs on it that are recorded."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import Array
from hw1_tui.metric import NOTHING, EpochMetrics
from hw1_tui.report.runs.run_result import RunResult
from hw1_tui.runs import Labels, RunRecord, Store
from hw1_tui.runs.record import result_names
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Event, RunEnded, RunStarted
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record

MEASURED = ("train_loss", "train_eval_loss", "train_accuracy", "val_loss", "val_accuracy", "weight_norm")

NUMPY: dict[str, Any] = {"engine": "numpy", "momentum": 0.9, "batch_size": 4, "schedule": "step", "schedule_epochs": 2}
LOGISTIC: dict[str, Any] = {"model": "logistic_regression", "hidden_sizes": None, "init": None}
PERCEPTRON: dict[str, Any] = {"model": "perceptron", "hidden_sizes": None, "init": None, "learning_rate": None}
TORCH: dict[str, Any] = {"engine": "torch", "optimizer": "adam", "dropout": 0.3, "batch_size": 8, "schedule": "cosine"}


def write_blobs(path: Path, seed: int = 0) -> Path:
    """Write three overlapping clouds of points as a data set of 3 x 3 grey pictures."""
    rng = np.random.default_rng(seed)
    centres = rng.integers(60, 190, (3, 9))
    arrays: dict[str, Array] = {}
    for split, n in (("train", 90), ("val", 40), ("test", 50)):
        labels = rng.integers(0, 3, n)
        images = np.clip(centres[labels] + rng.normal(0, 50, (n, 9)), 0, 255).astype(np.uint8)
        arrays |= {f"{split}_images": images.reshape(n, 3, 3), f"{split}_labels": labels}
    np.savez(path, allow_pickle=False, **arrays)
    return path


def config_of(data: Path | str, **values: Any) -> RunConfig:
    """Return a configuration; ``None`` leaves out what a model does not take."""
    hyperparameters = {
        "model": "mlp",
        "hidden_sizes": [6],
        "init": "he",
        "epochs": 4,
        "learning_rate": 0.01,
        "threads": 1,
    }
    given = {**hyperparameters, "data": str(data), **values}
    return RunConfig.from_dict({name: value for name, value in given.items() if value is not None})


def start(
    store: Store, data: Path | str, control: Control | None = None, every: int = 0, **values: Any
) -> Generator[Event, None, None]:
    """Return the events of a new run that is recorded."""
    return record(open_session(config_of(data, **values), control), store, every=every)


def started(events: Iterable[Event]) -> RunStarted:
    """Return the first of a run's events, and ask for no other."""
    event = next(iter(events))
    assert isinstance(event, RunStarted)
    return event


def ended(events: Iterable[Event]) -> RunEnded:
    """Return the last of a run's events; a run that is not over is trained to its end."""
    *_, event = events
    assert isinstance(event, RunEnded)
    return event


def train(store: Store, data: Path | str, **values: Any) -> str:
    """Record a run to its end; return its identifier."""
    return ended(start(store, data, **values)).run


def measured(epochs: Iterable[EpochEnded | EpochMetrics]) -> dict[int, tuple[Any, ...]]:
    """Return what must be the same bits whatever happened to a run, by epoch."""
    metrics = [epoch.metrics if isinstance(epoch, EpochEnded) else epoch for epoch in epochs]
    return {epoch.epoch: tuple(epoch[name] for name in MEASURED) for epoch in metrics}


def checkpoint_arrays(store: Store, run: str, epoch: int) -> dict[str, list[Any]]:
    """Return the arrays of a checkpoint without the times in it."""
    checkpoint = store.find(run).checkpoint_store.at(epoch)
    assert checkpoint is not None
    return {name: array.tolist() for name, array in checkpoint.read().items() if name not in ("session", "log_size")}


def lines(store: Store, run: str) -> list[dict[str, Any]]:
    """Return the lines of a run's log."""
    return [json.loads(line) for line in (store.runs_path / run / "metrics.jsonl").read_text().splitlines()]


def write_run(
    store: Store, run: str, epochs: int = 12, rate: float = 0.3, labels: dict[str, Any] | None = None, **config: Any
) -> str:
    """Write a run folder whose metrics follow a formula, as recording would have left it."""
    hyperparameters = {
        "model": "mlp",
        "engine": "numpy",
        "data": "builtin",
        "epochs": 12,
        "learning_rate": 0.01,
        "seed": 42,
    }
    folder = store.runs_path / run
    folder.mkdir(parents=True)
    facts: dict[str, Any] = {
        "run": run,
        "created": f"2026-11-{run[4:6]}T{run[7:9]}:00:00+00:00",
        "config": {**hyperparameters, **config},
    }
    (folder / "run.json").write_text(json.dumps({**facts, "format": 1, "fingerprint": "f"}))
    events = [{"event": "run_started", "run": run, "test_examples": 3000, **facts["config"]}]
    for epoch in range(epochs + 1):
        loss = 0.5 + 1.3 * np.exp(-rate * epoch)
        shared = {"train_eval_loss": loss, "weight_norm": 5.0, "learning_rate": 0.01, "seconds": 1.5}
        accuracies = {"train_accuracy": 1 / (1 + loss), "val_accuracy": 1 / (1.2 + loss)}
        events.append(
            {"event": "epoch", "epoch": epoch, "train_loss": loss, "val_loss": loss + 0.1, **shared, **accuracies}
        )
    if epochs == 12:
        end = {"test_loss": loss + 0.12, "test_accuracy": round(1 / (1.2 + loss), 3), "best_epoch": 12, "seconds": 18.0}
        events.append({"event": "run_ended", "run": run, "status": "finished", "epochs": 12, "reason": "", **end})
    (folder / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    if labels:
        (folder / "labels.json").write_text(json.dumps(labels))
    return run


def run_record(
    name: str = "r",
    status: str = "finished",
    labels: Labels | None = None,
    created: str = "2026-11-23T10:00:00+00:00",
    results: dict[str, Any] | None = None,
    **config: Any,
) -> RunRecord:
    """Return what the history knows of a run that never was."""
    config = {"model": "mlp", "engine": "numpy", "data": "digits", "epochs": 20, "seed": 42, **config}
    return RunRecord(
        name, created, status, config, dict.fromkeys(result_names()) | (results or {}), {}, labels or Labels()
    )


def run_result(metric: str, values: Iterable[float], config: dict[str, Any] | None = None, **more: Any) -> RunResult:
    """Return a run of a report that came to these values of a metric, epoch by epoch.

    Args:
        metric: its name.
        values: from the first trained epoch on.
        config: what the run began with, beside what any does.
        more: further metrics by name, each with as many values.
    """
    columns = {metric: values, **more}
    epochs = tuple(
        EpochMetrics(epoch, dict(zip(columns, map(float, row), strict=True)))
        for epoch, row in enumerate(zip(*columns.values(), strict=True), 1)
    )
    return RunResult(run_record(**config or {}), NOTHING, epochs)
