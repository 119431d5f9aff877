"""Labels flipped on purpose, and how many of them confident learning finds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engines.capability import measure
from engines.contract import SPLITS, Array, Dataset, Split, SplitName
from hw1_tui import data
from hw1_tui.analysis.suspect import find_suspects
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import open_session
from tests.calibration.setting import DIGITS, LANDSCAPES, load
from tests.calibration.table import Count

SHARE = 0.1
"""Of the labels of each split, so many are flipped."""

FIRST = 20
"""So many of a list are looked at by who looks at few."""

KINDS = ("to any class", "to one class")
"""Noise that is spread evenly is found easily; of a class that is always mistaken for one other, less so."""

PHOTOGRAPHS = "photographs"

_LOGISTIC = {"model": "logistic_regression", "engine": "torch", "batch_size": 32}
_MLP = {"model": "mlp", "engine": "torch", "batch_size": 32, "init": "he", "momentum": 0.9}
MODELS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "digits, logistic": (DIGITS, {**_LOGISTIC, "epochs": 40, "learning_rate": 0.02}),
    "digits, MLP": (DIGITS, {**_MLP, "epochs": 20, "learning_rate": 0.01, "hidden_sizes": [64]}),
    "landscapes, logistic": (LANDSCAPES, {**_LOGISTIC, "epochs": 30, "learning_rate": 0.003, "l2": 0.01}),
    "landscapes, MLP": (LANDSCAPES, {**_MLP, "epochs": 20, "learning_rate": 0.001, "hidden_sizes": [100]}),
    "photographs, MLP": (PHOTOGRAPHS, {**_MLP, "epochs": 8, "learning_rate": 0.001, "hidden_sizes": [100]}),
}
"""Of each, the data and the settings; the photographs are left out where ``HW1_TUI_REAL_DATA`` names none."""


@dataclass(frozen=True)
class Found:
    """What confident learning said of flipped labels.

    Attributes:
        precision: how many of the suspects had been flipped.
        first: how many of those that stand first in the list, ``FIRST`` of each run.
        recall: how many of those that had been flipped are suspects.
        named: how many of those that are both were suggested their true class.
        noise: the share of wrong labels that it estimates, where ``SHARE`` are.
    """

    precision: Count
    first: Count
    recall: Count
    named: Count
    noise: float


def flip(labels: Array, n_classes: int, kind: str, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return labels of which a share is wrong, and which they are, (n,) bool."""
    n = len(labels)
    is_flipped = rng.permutation(n) < round(SHARE * n)
    by = rng.integers(1, n_classes, n) if kind == KINDS[0] else np.ones(n, np.int64)
    return np.where(is_flipped, (labels + by) % n_classes, labels), is_flipped


def find_flipped(name: str, kind: str, seed: int) -> Found:
    """Train a model on labels of which a share was flipped in every split, and look for them in those for measuring."""
    source, values = MODELS[name]
    true, rng = _load(source), np.random.default_rng(seed)
    flipped = {split: flip(true[split].y, true.n_classes, kind, rng) for split in SPLITS}
    train, val, test = (Split(true[split].x, flipped[split][0]) for split in SPLITS)
    noisy = replace(true, train=train, val=val, test=test)
    config = RunConfig.from_dict({"threads": 1, **values, "data": true.name, "seed": seed})
    session = open_session(config, dataset=noisy)
    session.prepare()
    for _ in session.run():
        pass
    measured: tuple[SplitName, ...] = ("val", "test")
    x, y = (np.concatenate([getattr(noisy[split], name) for split in measured]) for name in "xy")
    truth = np.concatenate([true[split].y for split in measured])
    told = measure(session.trainer, config.spec, x, y).probabilities
    assert told is not None
    suspects, wrong = find_suspects(y, told), y != truth
    hits = suspects.indices[wrong[suspects.indices]]
    is_named = (suspects.suggested == truth[suspects.indices])[wrong[suspects.indices]]
    shown = suspects.indices[:FIRST]
    return Found(
        Count(len(hits), len(suspects)),
        Count(int(wrong[shown].sum()), len(shown)),
        Count(len(hits), int(wrong.sum())),
        Count(int(is_named.sum()), len(hits)),
        suspects.noise,
    )


def find_all(seeds: int, tell: Callable[[str], None] = lambda _: None) -> Iterator[tuple[str, Found]]:
    """Yield of each model and kind of noise what was found, all seeds together."""
    for name, (source, _) in MODELS.items():
        if source == PHOTOGRAPHS and not os.environ.get("HW1_TUI_REAL_DATA"):
            continue
        for kind in KINDS:
            each = [find_flipped(name, kind, seed) for seed in range(1, seeds + 1)]
            tell(f"{name}, {kind}")
            counts = zip(*((f.precision, f.first, f.recall, f.named) for f in each), strict=True)
            precision, first, recall, named = (sum(of, Count(0, 0)) for of in counts)
            yield f"{name}, {kind}", Found(precision, first, recall, named, float(np.mean([f.noise for f in each])))


def _load(source: str) -> Dataset:
    return data.load(os.environ["HW1_TUI_REAL_DATA"]) if source == PHOTOGRAPHS else load(source)
