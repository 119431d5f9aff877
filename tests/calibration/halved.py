"""Successive halving on 24 configurations whose whole curves are known: what it costs, and how good what it chooses is.

The curves are of short runs on the photographs. They are trained where ``HW1_TUI_REAL_DATA`` names them, and kept in
``RECORDED``, from which they are read elsewhere. Halving is then played on them in many orders of the trials, on one
and several lanes whose epochs take different times.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from engines.capability import measure
from engines.contract import Dataset, Split
from hw1_tui import data
from hw1_tui.runs import Store
from hw1_tui.runs.series import read_points
from hw1_tui.settings import RunConfig
from hw1_tui.sweep.halving import Progress, choose, rungs_of
from hw1_tui.sweep.kept import find_sweep
from hw1_tui.sweep.summary import read_summary
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.measurement import kept_predictions
from hw1_tui.training.opening import open_session

RECORDED = Path(__file__).with_name("photographs.json")

EPOCHS, LANES = 16, (1, 2, 4)

_SHARED: Mapping[str, Any] = {"model": "mlp", "engine": "torch", "hidden_sizes": [100], "batch_size": 64,
                              "epochs": EPOCHS, "threads": 1, "seed": 1}  # fmt: skip
_AXES: Mapping[str, Sequence[float]] = {
    "learning_rate": (0.0001, 0.001, 0.01, 0.1),
    "momentum": (0.0, 0.9),
    "dropout": (0.0, 0.25, 0.5),
}
_PART = 3
"""Of so many training examples one is trained on."""


@dataclass(frozen=True)
class Curve:
    """A configuration that was trained to its end.

    Attributes:
        point: what was tried.
        losses: validation loss, epoch by epoch; not a number where it diverged.
        error: standard error of the last one over the validation examples.
    """

    point: Mapping[str, float]
    losses: Sequence[float]
    error: float


@dataclass(frozen=True)
class Halved:
    """What halving came to.

    Attributes:
        share: of the epochs of all trials, those that it trained.
        rank: place of what it chose among all by their last loss, counted from 1.
        below: how many standard errors of the best its choice lies behind the best.
    """

    share: float
    rank: int
    below: float

    @property
    def is_kept(self) -> bool:
        """Whether it chose one within a standard error of the best, with under half the epochs."""
        return self.below <= 1 and self.share < 0.5


def train_curves(tell: Callable[[str], None] = lambda _: None) -> list[Curve]:
    """Train every configuration on a third of the photographs, and record the curves."""
    dataset = data.load(os.environ["HW1_TUI_REAL_DATA"])
    train = dataset.train
    dataset = replace(dataset, train=Split(train.x[::_PART], train.y[::_PART]))
    curves = []
    for values in itertools.product(*_AXES.values()):
        curves.append(_train(dict(zip(_AXES, values, strict=True)), dataset))
        tell(f"{len(curves)}: {curves[-1].point} {curves[-1].losses[-1]:.4f}")
    RECORDED.write_text("\n".join(["[", ",\n".join(json.dumps(vars(curve)) for curve in curves), "]\n"]))
    return curves


def read_curves() -> list[Curve]:
    """Return the curves that were recorded."""
    return [Curve(**record) for record in json.loads(RECORDED.read_text())]


def read_sweep(home: Path) -> list[Curve]:
    """Return the curves of the newest sweep of a history, of which every trial finished; of seeds the first."""
    store = Store(home)
    summary = read_summary(find_sweep(store, None), store)
    curves = []
    for result in summary.results:
        if result.record is None or not result.has_finished or result.trial.seed != summary.results[0].trial.seed:
            continue
        losses = [value for epoch, value in read_points(store.metrics(result.record.run), "val_loss") if epoch]
        kept = kept_predictions(store, result.record, "val")
        error = float(np.std(kept.losses, ddof=1)) / math.sqrt(len(kept.losses)) if kept else math.nan
        point = {name: float(value) for name, value in result.trial.point.items() if isinstance(value, (int, float))}
        curves.append(Curve(point, losses, error))
    return curves


def _train(point: Mapping[str, float], dataset: Dataset) -> Curve:
    config = RunConfig.from_dict({**_SHARED, **point, "data": dataset.name})
    session = open_session(config, dataset=dataset)
    session.prepare()
    measured = [event.metrics for event in session.run() if isinstance(event, EpochEnded)]
    losses = [math.nan if (loss := epoch["val_loss"]) is None else round(loss, 5) for epoch in measured[1:]]
    each = measure(session.trainer, config.spec, dataset.val.x, dataset.val.y).losses
    losses += [math.nan] * (EPOCHS - len(losses))
    return Curve(point, losses, round(float(np.std(each, ddof=1)) / math.sqrt(len(each)), 6))


def play(curves: Sequence[Sequence[float]], lanes: int, rng: np.random.Generator) -> dict[int, Progress]:
    """Return how far each trial is after a sweep with halving over trials whose losses are known.

    Args:
        curves: losses of each trial, epoch by epoch; one that is no number ends it there as diverged.
        lanes: how many train at once.
        rng: draws how long an epoch takes.
    """
    progress = {number: Progress() for number in range(len(curves))}
    epochs = {number: len(curves[number]) for number in progress}
    rungs = rungs_of(len(curves[0]))
    running: list[tuple[float, int, int]] = []
    now = 0.0
    while True:
        while len(running) < lanes:
            busy = {number for _, number, _ in running}
            chosen = choose(dict.fromkeys(progress, progress), rungs, epochs, busy) or (
                None if busy else choose(dict.fromkeys(progress, progress), rungs, epochs, is_patient=False)
            )
            if chosen is None:
                break
            heapq.heappush(running, (now + rng.gamma(4.0, 0.25), *chosen))
        if not running:
            return progress
        now, number, target = heapq.heappop(running)
        done = progress[number].epochs + 1
        loss = curves[number][done - 1]
        is_lost = not math.isfinite(loss)
        is_over = is_lost or done == epochs[number]
        progress[number] = Progress(done, {**progress[number].losses, done: loss}, is_over, is_lost)
        if not is_over and done < target:
            heapq.heappush(running, (now + rng.gamma(4.0, 0.25), number, target))


def judge(curves: Sequence[Curve], lanes: int, rng: np.random.Generator) -> Halved:
    """Return what halving comes to when the trials come in an order that is drawn."""
    shuffled = [curves[place] for place in rng.permutation(len(curves))]
    progress = play([curve.losses for curve in shuffled], lanes, rng)
    full = sum(sum(map(math.isfinite, curve.losses)) for curve in curves)  # one that diverges trains no longer
    ended = [curve for number, curve in enumerate(shuffled) if progress[number].epochs == len(curve.losses)]
    chosen, best = min(map(_last, ended)), min(curves, key=_last)
    share = sum(of.epochs for of in progress.values()) / full
    return Halved(share, 1 + sum(_last(curve) < chosen for curve in curves), (chosen - _last(best)) / best.error)


def judge_all(curves: Sequence[Curve], orders: int) -> dict[int, list[Halved]]:
    """Return what halving comes to in so many orders, by the number of lanes."""
    rng = np.random.default_rng(3)
    return {lanes: [judge(curves, lanes, rng) for _ in range(orders)] for lanes in LANES}


def tables(curves: Sequence[Curve], found: Mapping[int, Sequence[Halved]]) -> list[Table]:
    """Return the configurations, the best first, and what halving came to in all orders."""
    best = min(curves, key=_last)
    names = (name.replace("_", " ") for name in best.point)
    shown = Table(*names, "last validation loss", "standard errors below the best",
                  title=f"{len(curves)} configurations on the photographs")  # fmt: skip
    for curve in sorted(curves, key=_last):
        behind = (_last(curve) - _last(best)) / best.error
        shown.add_row(*(f"{value:g}" for value in curve.point.values()), f"{_last(curve):.4f}", f"{behind:.1f}")
    halved = Table("lanes", "orders", "epochs trained", "at most", "rank of the choice, at most",
                   "standard errors below the best, at most", title="Halving on them")  # fmt: skip
    for lanes, each in found.items():
        shares = [one.share for one in each]
        halved.add_row(str(lanes), str(len(each)), f"{np.mean(shares):.1%}", f"{max(shares):.1%}",
                       str(max(one.rank for one in each)), f"{max(one.below for one in each):.2f}")  # fmt: skip
    return [shown, halved]


def _last(curve: Curve) -> float:
    return curve.losses[-1] if math.isfinite(curve.losses[-1]) else math.inf
