"""Which rule of the coach speaks on runs that are healthy, and on runs that were made ill on purpose.

A run is healthy where it learns what its model can; the presets of the report that are not, as their own text says (a
rate of 0.1, the course's initial weights), are among the ill. Of an alarm with a fix the run with it is trained too.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.table import Table

from engines.contract import Dataset, Split
from hw1_tui import data
from hw1_tui.analysis.coach import Advice, Coach, Course
from hw1_tui.data.building import build
from hw1_tui.data.dataset_file import raw_data
from hw1_tui.data.landscape_set import draw_set
from hw1_tui.mistake import MistakeError
from hw1_tui.report import presets
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import open_session


@dataclass(frozen=True)
class Case:
    """A run of known truth.

    Attributes:
        name: what it is.
        data: name of what it is trained on, see ``load``.
        values: settings by name.
        expected: rules of which one must speak; empty where none may, remarks aside.
        seeds: with which it is trained.
    """

    name: str
    data: str
    values: Mapping[str, Any]
    expected: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (1, 2, 3)


@dataclass(frozen=True)
class Coached:
    """What a case came to.

    Attributes:
        case: it.
        seed: with which seed.
        alarms: what was said and is no remark.
        remarks: what was said besides.
        val_loss: the lowest validation loss of the run; ``None`` where none was finite.
        with_fix: the same of the run with the first alarm's fix; ``None`` where there is no fix.
    """

    case: Case
    seed: int
    alarms: tuple[Advice, ...]
    remarks: tuple[Advice, ...]
    val_loss: float | None
    with_fix: float | None = None

    @property
    def is_right(self) -> bool:
        """Whether the first alarm is one of those expected, or none came and none was expected."""
        first = self.alarms[0].rule.name if self.alarms else ""
        return first in self.case.expected if self.case.expected else not first


def _mlp(**values: Any) -> dict[str, Any]:
    return {"model": "mlp", "engine": "numpy", "epochs": 20, "hidden_sizes": [32], "init": "he", **values}


def _torch(**values: Any) -> dict[str, Any]:
    return {"model": "mlp", "engine": "torch", "epochs": 30, "hidden_sizes": [32], "batch_size": 32, **values}


def _logistic(**values: Any) -> dict[str, Any]:
    return {"model": "logistic_regression", "engine": "numpy", "epochs": 20, "dtype": "float32", **values}


_SMALL, _HIGH = ("rate too small",), ("rate too high", "diverged", "dead units")
_START = ("start too large",)
_NOISY = ("training harder than validation",)
_ILL_PRESETS: dict[str, tuple[str, ...]] = {
    "1.2b-sum": _HIGH,
    "1.3a": _START,
    "1.3-units-400": _START,
    "1.3-layers-2": _START,
    "2.1-lr-1e-05": _SMALL,
    "2.1-lr-0.1": _HIGH,
    # At this size batches of 1,024 leave 400 steps in all.
    **dict.fromkeys(("2.2c-momentum-0", "2.2c-momentum-0.9", "2.2c-rate-0.02"), ("few updates",)),
}


def _preset_cases(source: str, n: int, epochs: int) -> Iterator[Case]:
    """Return the presets of the report at reduced size, each once."""
    seen: set[str] = set()
    for preset in presets():
        values = {**preset.values_at(n), "evaluate_train": True, "evaluate_train_every": 1, "seed": 0}
        updates = -(-n // int(values.get("batch_size", 1)))
        # As many epochs as 1,000 updates take, so that what a preset is about is not that it was cut short.
        values["epochs"] = min(values["epochs"], max(epochs, -(-1000 // updates)))
        if (key := str(sorted(values.items()))) not in seen:
            seen.add(key)
            yield Case(f"preset {preset.name}", source, values, _ILL_PRESETS.get(preset.name, ()), (1,))


def cases() -> list[Case]:
    """Return every case: presets of the report, healthy runs beside them, and ill ones."""
    few, noisy = {"epochs": 80}, {"epochs": 40}
    return [
        *_preset_cases("landscapes", 1500, 10),
        Case("perceptron", "digits", {"model": "perceptron", "engine": "numpy", "epochs": 30}),
        Case("logistic", "digits", _logistic(learning_rate=0.005)),
        Case("logistic, fast", "digits", _logistic(learning_rate=0.1)),
        Case("logistic, l2", "digits", _logistic(learning_rate=0.02, l2=0.01)),
        Case("logistic, torch", "digits", _logistic(engine="torch", learning_rate=0.01, batch_size=32, l2=0.01)),
        Case("MLP", "digits", _mlp(learning_rate=0.01)),
        Case("MLP, tanh", "digits", _mlp(learning_rate=0.01, activation="tanh", init="xavier")),
        Case("MLP, two layers", "digits", _torch(learning_rate=0.05, hidden_sizes=[32, 32], dropout=0.3)),
        Case("MLP, momentum", "digits", _torch(learning_rate=0.01, momentum=0.9, dropout=0.3)),
        Case("MLP, much momentum", "digits", _torch(learning_rate=0.1, momentum=0.9, batch_size=64)),
        Case("MLP, momentum, two layers", "digits",
             _torch(learning_rate=0.05, momentum=0.9, batch_size=64, hidden_sizes=[128, 64])),
        Case("MLP, Adam", "digits", _torch(learning_rate=0.002, optimizer="adam", dropout=0.3)),
        Case("MLP, landscapes", "landscapes", _torch(learning_rate=0.01, dropout=0.3)),
        Case("MLP, Adam, landscapes", "landscapes", _torch(learning_rate=3e-5, optimizer="adam", dropout=0.2)),
        Case("quadratic network", "quadratic", {"model": "quadratic_network", "engine": "numpy", "epochs": 20}),
        Case("zero start", "digits", _mlp(init="zero"), ("equal units",)),
        Case("course's start", "landscapes", _mlp(init="course", learning_rate=0.001, epochs=8), _START),
        Case("course's start, 2x100", "landscapes", _mlp(init="course", hidden_sizes=[100, 100], epochs=8), _START),
        Case("rate 30", "digits", _logistic(learning_rate=30.0), _HIGH),
        Case("rate 1, MLP", "digits", _mlp(learning_rate=1.0), _HIGH),
        Case("rate .1, momentum", "digits",
             _torch(learning_rate=0.1, momentum=0.9, batch_size=16, hidden_sizes=[100, 100]), _HIGH),
        Case("rate .5, two layers", "landscapes", _torch(learning_rate=0.5, hidden_sizes=[50, 50], epochs=10), _HIGH),
        Case("rate .1, batch 32", "landscapes", _logistic(engine="torch", learning_rate=0.1, batch_size=32), _HIGH),
        Case("momentum .99", "landscapes", _torch(learning_rate=0.02, momentum=0.99, epochs=10), _HIGH),
        Case("rate 1e-5", "digits", _mlp(learning_rate=1e-5), _SMALL),
        Case("rate 1e-6", "landscapes", _logistic(learning_rate=1e-6, epochs=8), _SMALL),
        Case("rate 1e-5, torch", "landscapes", _torch(learning_rate=1e-5, epochs=12), (*_SMALL, "few updates")),
        Case("one batch an epoch", "digits", _torch(batch_size=2000, learning_rate=0.01), ("few updates",)),
        Case("l2 10", "digits", _logistic(learning_rate=0.001, l2=10.0), ("weights shrink", "nothing learned")),
        Case("l2 .5, torch", "landscapes", _torch(learning_rate=0.02, l2=0.5), ("weights shrink", "nothing learned")),
        Case("dropout .95", "landscapes", _torch(learning_rate=0.002, dropout=0.95, hidden_sizes=[50, 50]),
             ("nothing learned", "few updates", "dead units")),
        Case("labels flipped, 40%", "noisy digits", _mlp(learning_rate=0.01, **noisy), _NOISY),
        Case("labels flipped, 40%, logistic", "noisy digits", _logistic(learning_rate=0.005), _NOISY),
        Case("200 examples", "few digits", _mlp(learning_rate=0.02, hidden_sizes=[64], **few), ("overfitting",)),
        Case("200 landscapes", "few landscapes", _torch(learning_rate=0.02, dropout=0.0, hidden_sizes=[64], epochs=120),
             ("overfitting",)),
    ]  # fmt: skip


@functools.cache
def load(name: str) -> Dataset:
    """Return the data of a case: digits, drawn landscapes, fewer of either, or with four labels in ten flipped."""
    change, _, source = name.rpartition(" ")
    if source == "landscapes":
        dataset = build(raw_data(draw_set({"train": 1500, "val": 400, "test": 50}, 7), source, source))
    elif source == "photographs":
        dataset = data.load(os.environ["HW1_TUI_REAL_DATA"])
    else:
        dataset = data.load(source)
    rng = np.random.default_rng(5)
    x, y = dataset.train.x, dataset.train.y
    if change == "few":
        return replace(dataset, train=Split(x[:200], y[:200]))
    if change == "noisy":
        flipped = np.where(rng.random(len(y)) < 0.4, rng.integers(0, dataset.n_classes, len(y)), y)
        return replace(dataset, train=Split(x, flipped))
    return dataset


def train(case: Case, seed: int, changes: Mapping[str, Any] | None = None) -> tuple[Coach, float | None]:
    """Train a case with a coach that listens; return it and the lowest validation loss."""
    dataset = load(case.data)
    values = {"threads": 1, **case.values, **(changes or {}), "seed": seed, "data": dataset.name}
    config = RunConfig.from_dict(values)
    coach = Coach(Course(config, len(dataset.train), len(dataset.val), dataset.n_classes))
    for event in open_session(config, dataset=dataset).run():
        coach.follow(event)
    losses = [
        loss for epoch in coach.course.epochs[1:] if (loss := epoch["val_loss"]) is not None and np.isfinite(loss)
    ]
    return coach, min(losses, default=None)


def coach_all(chosen: list[Case], tell: Callable[[str], object] = lambda _: None) -> Iterator[Coached]:
    """Train cases and what their first alarm would change, and say what was said."""
    for case in chosen:
        tell(case.name)
        for seed in case.seeds:
            coach, val_loss = train(case, seed)
            alarms = tuple(advice for advice in coach.said if not advice.rule.is_remark)
            remarks = tuple(advice for advice in coach.said if advice.rule.is_remark)
            with_fix = None
            if alarms and (fix := alarms[0].symptom.fix):
                try:
                    _, with_fix = train(case, seed, fix.changes)
                except MistakeError as error:
                    tell(f"{case.name}: its fix cannot be trained: {error}")
            yield Coached(case, seed, alarms, remarks, val_loss, with_fix)


def table(found: list[Coached], *, ill: bool) -> Table:
    """Return what was said of the healthy or of the ill, a row a case."""
    shown = Table(
        "run", "alarms", "remarks", "validation loss, with the fix", title="Ill on purpose" if ill else "Healthy"
    )
    for case in dict.fromkeys(one.case.name for one in found if bool(one.case.expected) == ill):
        same = [one for one in found if one.case.name == case]
        wrong = "" if all(one.is_right for one in same) else " !"
        shown.add_row(case + wrong, *(_said(getattr(one, kind) for one in same) for kind in ("alarms", "remarks")),
                      "; ".join(_losses(one) for one in same if one.alarms))  # fmt: skip
    return shown


def _said(each: Iterator[tuple[Advice, ...]]) -> str:
    texts = [", ".join(f"{advice.rule.name} ({advice.epoch})" for advice in said) or "-" for said in each]
    return texts[0] if len(set(texts)) == 1 else "; ".join(texts)


def _losses(one: Coached) -> str:
    before, after = ("-" if loss is None else f"{loss:.3g}" for loss in (one.val_loss, one.with_fix))
    return f"{before}, {after}"
