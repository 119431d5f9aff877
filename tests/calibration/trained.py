"""Trains settings with many seeds, and what each run came to by metric."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.capability import measure
from engines.contract import SplitName
from hw1_tui.metric import DERIVED, METRICS, EpochMetrics, Metric
from hw1_tui.runs import RunRecord
from hw1_tui.runs.series import read_points, read_repeat
from hw1_tui.settings import RunConfig
from hw1_tui.statistics.repeat import Examples, Repeat
from hw1_tui.statistics.settling import Settling, find_settling
from hw1_tui.training.event import EpochEnded, RunEnded
from hw1_tui.training.opening import open_session
from tests.calibration.setting import SETTINGS, Setting, load

_SPLITS: tuple[SplitName, ...] = ("val", "test")


def judged_metrics() -> list[Metric]:
    """Return the metrics that the rule for two settings is held to: all but times, which are the machine's."""
    return [m for m in (*METRICS.values(), *DERIVED.values()) if m.kind not in ("rate", "time")]


@dataclass(frozen=True)
class Trained:
    """What a run came to.

    Attributes:
        repeats: by the name of the metric; what was not measured is missing.
        settling: of the validation accuracy; ``None`` where that goes nowhere.
        series: metrics by name, epoch by epoch.
    """

    repeats: Mapping[str, Repeat]
    settling: Settling | None
    series: Mapping[str, list[float]]


def train(task: tuple[str, Mapping[str, Any], int]) -> Trained:
    """Train one run of some data, settings and seed."""
    source, values, seed = task
    dataset = load(source)
    config = RunConfig.from_dict({"threads": 1, "evaluate_train": True, **values, "data": dataset.name, "seed": seed})
    session = open_session(config, dataset=dataset)
    session.prepare()
    epochs: list[EpochMetrics] = []
    for event in session.run():
        if isinstance(event, EpochEnded):
            epochs.append(event.metrics)
        elif isinstance(event, RunEnded):
            results = dict(event.test_metrics)
    told = {s: measure(session.trainer, config.spec, dataset[s].x, dataset[s].y) for s in _SPLITS}

    def examples(split: SplitName, kind: str) -> Examples | None:
        values = told[split].losses if kind == "loss" else told[split].predicted == dataset[split].y
        return Examples(split, np.asarray(values, np.float64)) if np.all(np.isfinite(values)) else None

    record = RunRecord("", "", "finished", config.as_dict(), results)
    found = {m.name: read_repeat(record, epochs, m.name, examples) for m in judged_metrics()}
    accuracies = [value for _, value in read_points(epochs, "val_accuracy")]
    return Trained(
        {name: repeat for name, repeat in found.items() if repeat is not None},
        find_settling(float(epochs[0]["val_accuracy"] or 0.0), accuracies),
        {name: [value for _, value in read_points(epochs, name)] for name in ("val_accuracy", "train_loss")},
    )


def train_all(
    seeds: int, processes: int, settings: Sequence[Setting] = SETTINGS, tell: Callable[[str], None] = lambda _: None
) -> dict[str, list[Trained]]:
    """Return the runs of each setting and of each of its variants, ``NAME`` and ``NAME: VARIANT``, a run a seed."""
    named = {s.name: (s.data, s.values) for s in settings}
    named |= {
        f"{s.name}: {name}": (s.data, {**s.values, **changes})
        for s in settings for name, changes in s.variants.items()
    }  # fmt: skip
    tasks = [(source, values, seed) for source, values in named.values() for seed in range(1, seeds + 1)]
    done: dict[str, list[Trained]] = {name: [] for name in named}
    names = (name for name in named for _ in range(seeds))
    for name, trained in zip(names, _run(tasks, processes), strict=True):
        done[name].append(trained)
        if len(done[name]) == seeds:
            tell(name)
    return done


def _run(tasks: Sequence[tuple[str, Mapping[str, Any], int]], processes: int) -> Iterable[Trained]:
    if processes == 1:
        yield from map(train, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(train, tasks, chunksize=4)
