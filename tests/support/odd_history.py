"""A history as years of use by several people leave it, written without training anything."""

from __future__ import annotations

import json
from typing import Any

from hw1_tui.runs import Store
from hw1_tui.sweep.kept import keep_definition
from tests.support.history import write_run
from tests.support.swept import define_scripted

NAMES = (
    "[/x",
    "[bold red]b",
    "ab" * 60,
    "漢字の走り",
    "e\u0301 👩‍👩‍👧 \u202eltr",
    "\x1b]0;title\x07\x1b[2J",
    "-x",
    " ",
    "$HOME `ls`",
)


def write_odd_history(store: Store) -> list[str]:
    """Write runs of every model, end and name, a sweep that is not over, and damaged folders; return the sound runs."""
    models: list[dict[str, Any]] = [
        {"model": "mlp", "hidden_sizes": [6], "activation": "relu", "init": "he"},
        {"model": "perceptron"},
        {"model": "logistic_regression", "l2": 1e-9},
        {
            "model": "mlp",
            "engine": "torch",
            "hidden_sizes": [200, 100],
            "dropout": 0.5,
            "data": "/away/" + "d" * 90 + ".npz",
        },
        {"model": "quadratic_network", "data": "quadratic"},
        {"model": "of another [plug-in]", "engine": "jax", "data": "nowhere.npz", "own": "[value]"},
    ]
    runs = []
    for number, name in enumerate(NAMES):
        run = f"2611{number + 1:02}-100000-odd{number}"
        labels = {"name": name, "tags": [name, "b[/]"], "note": f"{name}\n" * 3, "starred": number % 2 == 0}
        epochs = (12, 12, 5, 0, 12, 1)[number % 6]
        runs.append(write_run(store, run, epochs, labels=labels, seed=number, **models[number % len(models)]))
    _steer(store, runs[0])
    _add(
        store,
        runs[1],
        {"event": "run_ended", "status": "diverged", "epochs": 12, "reason": "[/] no numbers", "seconds": 1e9},
    )
    _add(
        store,
        runs[2],
        {"event": "run_ended", "status": "failed", "epochs": 5, "reason": "no [memory", "details": "\x1b[2J"},
    )
    _without_accuracy(store, runs[4])
    _in_a_sweep(store, runs[6:8])
    _damage(store)
    return runs


def _add(store: Store, run: str, *events: dict[str, Any]) -> None:
    with (store.runs_path / run / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def _steer(store: Store, run: str) -> None:
    """Let a run have been steered, gone on with, and have had epochs that no axis was made for."""
    path = store.runs_path / run / "metrics.jsonl"
    lines = [line for line in path.read_text().splitlines() if "run_ended" not in line]
    path.write_text("\n".join(lines) + "\n")
    steered = {"event": "steered", "epoch": 3, "name": "learning_rate", "old": 0.01, "new": 1e-300}
    again = {**json.loads(lines[0]), "resumed_epoch": 12, "epochs": 14}
    epochs = [{"event": "epoch", "epoch": 13, "train_loss": 1e300, "val_loss": 0.0, "val_accuracy": 1.0, "seconds": 0}]
    _add(store, run, steered, again, *epochs, {"event": "epoch", "epoch": 14, "val_loss": float("nan"), "seconds": -3})


def _without_accuracy(store: Store, run: str) -> None:
    path = store.runs_path / run / "metrics.jsonl"
    events = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({k: v for k, v in one.items() if "accuracy" not in k}) + "\n" for one in events))


def _in_a_sweep(store: Store, runs: list[str]) -> None:
    """Keep a sweep of which some trials are there, and leave runs of one that is not."""
    sweep = define_scripted()
    keep_definition(store, sweep)
    for run, about in zip(runs, ({"name": sweep.name}, {"name": "gone"}), strict=True):
        path = store.runs_path / run / "run.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "sweep": about, "point": {"l2": 0.1}, "trial": 1}))


def _damage(store: Store) -> None:
    for name, text in {
        "empty": "",
        "object": "{}",
        "cut": '{"run": "cut", "created": "2026',
        "old": '{"created": "1969-01-01"}',
    }.items():
        folder = store.runs_path / f"261101-090000-{name}"
        folder.mkdir()
        (folder / "run.json").write_text(text)
    (store.runs_path / "not a run.txt").write_text("x")
    future = write_run(store, "990101-100000-late", labels={"name": "late"})
    path = store.runs_path / future / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "created": "9998-12-31T23:59:59+00:00"}))
