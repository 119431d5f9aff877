"""Two engines in lockstep: the same weights, order and settings, and how far apart they come."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines import registry
from engines.contract import Array, Dataset, Trainer, Value, engine_errors
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.settings import Given, RunConfig, default_values, resolve
from hw1_tui.training.schedule import learning_rate
from hw1_tui.training.standardizing import as_configured
from hw1_tui.training.starting import start

# What both must have in common, where the user says nothing: no drawing that each engine does in its own way.
_COMPARABLE: dict[str, Value] = {"dtype": "float64", "dropout": 0.0, "init": "xavier", "optimizer": "sgd"}
_SAME_START = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Compared:
    """Two models after an epoch. Epoch 0 is before training.

    Attributes:
        epoch: the epoch, counted from 1.
        losses: mean of the losses of the epoch's steps, of either; ``None`` for epoch 0.
        differences: the largest absolute difference of each array of weights, by its name (``W1``, ``b1``, ...).
        largest_weight: the largest absolute weight of the first model.
    """

    epoch: int
    losses: tuple[float, float] | None
    differences: Mapping[str, float]
    largest_weight: float

    @property
    def relative(self) -> float:
        """The largest difference of all, as a share of the largest weight (of 1, while all weights are 0)."""
        return max(self.differences.values()) / (self.largest_weight or 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as a flat dictionary fit for JSON."""
        first, second = self.losses or (None, None)
        values = {
            "loss": first,
            "other_loss": second,
            "largest_weight": self.largest_weight,
            "relative_difference": self.relative,
            **{f"difference_{name}": value for name, value in self.differences.items()},
        }
        finite = {name: v if v is not None and math.isfinite(v) else None for name, v in values.items()}
        return {"event": "compared", "epoch": self.epoch, **finite}


def pair(given: Sequence[Given], engines: tuple[str, str], place: str = "engine") -> tuple[RunConfig, RunConfig]:
    """Return the same run for two engines.

    What the user gave holds for every engine that takes it. For the rest the first engine's defaults hold for both, in
    float64, without dropout, from initial weights that both can draw.

    Args:
        given: what the user said, ``engine`` left out.
        engines: names of the two.
        place: what named them.

    Raises:
        MistakeError: with everything that is wrong with either run.
    """
    given = [entry for entry in given if entry.name != "engine"]
    first, second = engines
    if mistakes := _engine_mistakes(engines, place):
        raise MistakeError(mistakes)
    model = str(resolve([*(g for g in given if g.name == "model"), Given("engine", first, "engine")]).model)
    resolve([Given("model", model, "model"), Given("engine", second, "engine")])
    taken = {engine: default_values(engine, model) for engine in engines}
    shared = {name: value for name, value in taken[first].items() if name in taken[second]} | _COMPARABLE
    if not all("init" in values for values in taken.values()):
        shared["init"] = "zero"  # an engine that does not ask starts this model at zero
    one, two = (_config(engine, taken, shared, given, place) for engine in engines)
    plain = [_config(engine, taken, shared, [g for g in given if g.name == "model"], place) for engine in engines]
    if mistakes := [*_alone(one, two, plain[0], given), *_alone(two, one, plain[1], given)]:
        raise MistakeError(mistakes)
    return one, two


def _config(
    engine: str,
    taken: Mapping[str, Mapping[str, Value]],
    shared: Mapping[str, Value],
    given: Sequence[Given],
    place: str,
) -> RunConfig:
    """Return one engine's run; what only the other one takes is left out."""
    elsewhere = {name for values in taken.values() for name in values} - set(taken[engine])
    defaults = [Given(name, value, name) for name, value in shared.items() if name in taken[engine]]
    mine = [entry for entry in given if entry.name not in elsewhere]
    return resolve([Given("engine", engine, place), *defaults, *mine])


def _alone(config: RunConfig, other: RunConfig, plain: RunConfig, given: Sequence[Given]) -> list[Mistake]:
    """Return what was given that changes one run in a way that the other cannot follow."""
    names = [
        name
        for name, value in config.hyperparameters.items()
        if name not in other.hyperparameters and name != "device" and value != plain.hyperparameters[name]
    ]
    problem = f"the {other.engine} engine does not take it for {other.model}, so the runs would not be the same"
    return [Mistake(entry.place, problem) for entry in given if entry.name in names]


def _engine_mistakes(engines: tuple[str, str], place: str) -> list[Mistake]:
    names = registry.names()
    if unknown := [unknown_name(place, "engine", name, names) for name in engines if name not in names]:
        return unknown
    if engines[0] == engines[1]:
        return [Mistake(place, f"{engines[0]} cannot be compared with itself", ", ".join(names))]
    reasons = {name: registry.get(name).unavailable() for name in engines}
    return [Mistake(place, f"the {name} engine is not available: {why}") for name, why in reasons.items() if why]


def compare(
    configs: tuple[RunConfig, RunConfig], data: Dataset, is_stopped: Callable[[], bool] = lambda: False
) -> Iterator[Compared]:
    """Train two runs side by side, epoch by epoch, from the same seed.

    Args:
        configs: the two, as ``pair`` gives them; epochs and schedule are the first's.
        data: what both train on.
        is_stopped: asked between steps; ends the comparison where it is true.

    Yields:
        One comparison before training and one after each epoch.

    Raises:
        MistakeError: they do not start from the same weights, or one of them cannot be trained here.
        EngineError: one of them cannot be trained on.
    """
    with engine_errors(" or ".join(config.engine for config in configs), MistakeError, GeneratorExit):
        yield from _compared(configs, data, is_stopped)


def _compared(
    configs: tuple[RunConfig, RunConfig], data: Dataset, is_stopped: Callable[[], bool]
) -> Iterator[Compared]:
    data = as_configured(data, configs[0])
    first, second = (_started(config, data) for config in configs)
    _check_shapes(configs, first.parameters(), second.parameters())
    before = Compared(0, None, *_difference(first, second))
    if not before.relative <= _SAME_START:
        problem = f"the engines start from different weights (by {before.relative:.1e})"
        raise MistakeError(Mistake("init", problem, "initial weights that both engines draw: course, he or xavier"))
    yield before
    hyperparameters = configs[0].hyperparameters
    for epoch in range(1, configs[0].epochs + 1):
        for trainer, config in zip((first, second), configs, strict=True):
            rate = learning_rate(hyperparameters, epoch)
            if rate is not None and "learning_rate" in config.spec.adjustable:
                trainer.adjust(learning_rate=rate)
        losses = (_epoch_loss(configs[0], first, is_stopped), _epoch_loss(configs[1], second, is_stopped))
        if is_stopped():
            return
        yield Compared(epoch, losses, *_difference(first, second))


def _check_shapes(
    configs: tuple[RunConfig, RunConfig], weights: Mapping[str, Array], others: Mapping[str, Array]
) -> None:
    """See that each array of weights of one model has its counterpart in the other."""
    one, two = ({name: " x ".join(map(str, array.shape)) for name, array in each.items()} for each in (weights, others))
    if different := [name for name in sorted(one.keys() | two.keys()) if one.get(name) != two.get(name)]:
        first, second = (config.engine for config in configs)
        told = [
            f"{name} is {one.get(name, 'missing')} by {first} and {two.get(name, 'missing')} by {second}"
            for name in different
        ]
        raise MistakeError(Mistake("", f"the engines' weights have other shapes: {'; '.join(told)}"))


def _started(config: RunConfig, data: Dataset) -> Trainer:
    with engine_errors(config.engine, MistakeError):
        return start(config, registry.get(config.engine), data)


def _epoch_loss(config: RunConfig, trainer: Trainer, is_stopped: Callable[[], bool]) -> float:
    with engine_errors(config.engine), np.errstate(all="ignore"):  # weights that leave the numbers show in the losses
        for progress in trainer.epoch():
            loss = progress.loss
            if is_stopped():
                break
    return loss


def _difference(first: Trainer, second: Trainer) -> tuple[dict[str, float], float]:
    """Return the largest difference of each array and the first trainer's largest weight."""
    weights, others = first.parameters(), second.parameters()
    with np.errstate(all="ignore"):
        differences = {name: _largest(W - others[name]) for name, W in weights.items()}
    return differences, max(map(_largest, weights.values()))


def _largest(array: Array) -> float:
    return float(np.abs(array).max())
