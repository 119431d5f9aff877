"""The history: how long thousands of runs take to open and filter, and what keeping a run costs it."""

import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from hw1_tui.runs import CheckpointStore, RunRecord, Store
from hw1_tui.runs.log import Log
from tests.bench.row import Row

EPOCHS = 20
_SIZES = ((2000, 0.2, 0.1), (20_000, 0.8, 0.4))
"""Runs, and within how many seconds they open: the bar, and what would be excellent."""
_FILTER = "model=mlp val_accuracy>.5"


def _history() -> Iterator[Row]:
    """Yield the time to open and filter a large history, and to fill its index."""
    for runs, bar, reach in _SIZES:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            fill(home, runs)
            filled = _seconds(Store(home).rebuild, 1)
            opened = _seconds(partial(_open, home), 7)
            details = {"runs": runs, "found": len(_open(home)), "epochs of each": EPOCHS}
        yield Row(f"history: open and filter {runs:,} runs", opened, "s", bar, reach, details)
        yield Row(f"history: fill the index of {runs:,} runs", filled, "s", details=details)


def _open(home: Path) -> list[RunRecord]:
    return Store(home).runs(_FILTER, "-val_accuracy")


def _keeping() -> Iterator[Row]:
    """Yield the time to keep an epoch and a checkpoint."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        log, checkpoint_store = Log(home / "metrics.jsonl"), CheckpointStore(home / "checkpoints")
        line = _epoch(random.Random(0), 1)
        yield Row("history: keep an epoch's line", 1000 * _seconds(lambda: log.append([line]), 200), "ms")
        log.close()
        state = {"layer_1": np.random.default_rng(0).normal(size=(100, 6913)), "layer_2": np.zeros((6, 101))}
        size = sum(array.nbytes for array in state.values()) / 1e6
        seconds = _seconds(lambda: checkpoint_store.write(1, 0, state), 7)
        yield Row("history: write a checkpoint", 1000 * seconds, "ms", details={"MB": round(size, 1)})


def _seconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def fill(home: Path, count: int, epochs: int = EPOCHS) -> None:
    """Write the folders of so many finished runs, as recording leaves them."""
    rng = random.Random(0)
    for number in range(count):
        run = f"26{number // 1700 + 1:02d}{number % 28 + 1:02d}-{number % 86400:06d}-r{number:04d}"
        folder = home / "runs" / run
        folder.mkdir(parents=True)
        config = {
            "model": rng.choice(("mlp", "logistic_regression")), "engine": rng.choice(("numpy", "torch")),
            "data": "builtin", "epochs": epochs, "learning_rate": rng.choice((0.1, 0.01, 0.001)), "batch_size": 1,
            "hidden_sizes": [100], "l2": 0.0, "momentum": 0.0, "schedule": "constant", "seed": number,
        }  # fmt: skip
        created = f"2026-11-23T10:00:00.{number:06d}+00:00"
        facts = {"format": 1, "run": run, "created": created, "config": config, "fingerprint": "f" * 32}
        (folder / "run.json").write_text(json.dumps(facts))
        events: list[dict[str, Any]] = [
            {"event": "run_started", "run": run, **config, "test_examples": 3000, "resumed_epoch": None}
        ]
        events += [_epoch(rng, epoch) for epoch in range(epochs + 1)]
        events.append({"event": "run_ended", "run": run, "status": "finished", "epochs": epochs, "test_loss": 1.0,
                       "test_accuracy": rng.random(), "best_epoch": 3, "seconds": 60.0, "reason": ""})  # fmt: skip
        (folder / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))


def _epoch(rng: random.Random, epoch: int) -> dict[str, object]:
    names = ("train_loss", "train_eval_loss", "train_accuracy", "val_loss", "val_accuracy", "weight_norm", "seconds")
    return {"event": "epoch", "epoch": epoch, **{name: rng.random() for name in names}, "learning_rate": 0.001}


MEASUREMENTS = (_history, _keeping)
