"""The settings that are trained: a dozen that span models, engines and data, and variants known to differ from them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.data.building import build
from hw1_tui.data.dataset_file import raw_data
from hw1_tui.data.landscape_set import draw_set

DIGITS, LANDSCAPES = "digits", "landscapes"


@dataclass(frozen=True)
class Setting:
    """A configuration that is trained with many seeds.

    Attributes:
        name: short and unique.
        data: ``digits`` or ``landscapes``.
        values: settings by name; all else is at its default.
        variants: changes to it that may make a difference, by name.
    """

    name: str
    data: str
    values: Mapping[str, Any]
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _logistic(engine: str, epochs: int, learning_rate: float, **others: Any) -> dict[str, Any]:
    model = {"model": "logistic_regression", "engine": engine}
    return {**model, "epochs": epochs, "learning_rate": learning_rate, **others}


def _mlp(engine: str, epochs: int, learning_rate: float, hidden: list[int], **others: Any) -> dict[str, Any]:
    rest = {"epochs": epochs, "learning_rate": learning_rate, "hidden_sizes": hidden}
    return {"model": "mlp", "engine": engine, **rest, **others}


_PERCEPTRON = {"model": "perceptron", "engine": "numpy", "epochs": 30}
_WIDE = {"batch_size": 64, "dropout": 0.3}

SETTINGS = (
    Setting("perceptron", DIGITS, _PERCEPTRON),
    Setting("perceptron, landscapes", LANDSCAPES, {**_PERCEPTRON, "dtype": "float32"}),
    Setting("logistic", DIGITS, _logistic("numpy", 30, 0.005),
            {"rate x 4": {"learning_rate": 0.02}, "rate x 1.5": {"learning_rate": 0.0075}, "l2 .1": {"l2": 0.1}}),
    Setting("logistic, fast", DIGITS, _logistic("numpy", 30, 0.2), {"rate / 10": {"learning_rate": 0.02}}),
    Setting("logistic, l2", DIGITS, _logistic("numpy", 30, 0.02, l2=0.01), {"l2 x 5": {"l2": 0.05}}),
    Setting("logistic, landscapes", LANDSCAPES, _logistic("numpy", 30, 0.001, dtype="float32"),
            {"rate / 10": {"learning_rate": 0.0001}}),
    Setting("logistic, torch", DIGITS, _logistic("torch", 30, 0.01, batch_size=32, l2=0.01),
            {"rate x 3": {"learning_rate": 0.03}}),
    Setting("logistic, chaotic", LANDSCAPES, _logistic("torch", 30, 0.1, batch_size=32, l2=0.01)),
    Setting("MLP, course's start", DIGITS, _mlp("numpy", 20, 0.002, [32], init="course"),
            {"He": {"init": "he"}, "64 units": {"hidden_sizes": [64]}}),
    Setting("MLP, He", DIGITS, _mlp("numpy", 20, 0.01, [32], init="he"),
            {"8 units": {"hidden_sizes": [8]}, "rate / 5": {"learning_rate": 0.002}}),
    Setting("MLP, dropout", DIGITS, _mlp("torch", 40, 0.05, [32, 32], **_WIDE),
            {"no dropout": {"dropout": 0.0}, "dropout .6": {"dropout": 0.6}, "batch 256": {"batch_size": 256}}),
    Setting("MLP, momentum", DIGITS, _mlp("torch", 40, 0.01, [32, 32], momentum=0.9, **_WIDE),
            {"no momentum": {"momentum": 0.0}}),
    Setting("MLP, tiny", DIGITS, _mlp("numpy", 20, 0.01, [6], init="he")),
    Setting("MLP, landscapes", LANDSCAPES, _mlp("torch", 30, 0.01, [50], batch_size=32)),
)  # fmt: skip
"""Every setting; of those with variants each pair is a known difference where the many seeds say so."""


@functools.cache
def load(name: str) -> Dataset:
    """Return the data of a setting."""
    if name == DIGITS:
        return data.load(DIGITS)
    return build(raw_data(draw_set({"train": 500, "val": 300, "test": 300}, 7), LANDSCAPES, LANDSCAPES))
