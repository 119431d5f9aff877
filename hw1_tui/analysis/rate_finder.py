"""The range test: the loss while the learning rate rises over one epoch, and the rate that it suggests.

Smith 2017, *Cyclical Learning Rates for Training Neural Networks*, section 3.3; the suggestion, a tenth of the rate at
the smoothed minimum, is Gugger's (*How Do You Find A Good Learning Rate*, 2018). The training split is parted into as
many parts of equal size as there are rates, and the trainer's state goes from part to part. The loss is measured on
examples that stay the same and are in no part: those of the parts themselves differ by more than a rate changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines import registry, threads
from engines.contract import Dataset, Split, Trainer, engine_errors
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import check_fit
from hw1_tui.training.standardizing import as_configured
from hw1_tui.training.starting import start

LOWEST, HIGHEST, RATES = 1e-5, 10.0, 60
_SEED = 2026
_WORSE = 4.0
_MEMORY = 0.5
_FALL = 0.005
_MEASURED = 256
_FEWEST = RATES // 4


@dataclass(frozen=True)
class RatePoint:
    """One part of the epoch.

    Attributes:
        rate: the learning rate that it was trained with.
        loss: of the examples that stay the same, after it, in evaluation mode.
        smoothed: mean of the losses so far with a memory of a half from one to the next, corrected for its beginning.
    """

    rate: float
    loss: float
    smoothed: float


def rise(config: RunConfig, dataset: Dataset, is_stopped: Callable[[], bool] = lambda: False) -> Iterator[RatePoint]:
    """Yield the losses at rising rates, until the loss is four times its lowest or leaves the range of numbers.

    Args:
        config: the run; its own rate and schedule are not used.
        dataset: its data.
        is_stopped: asked between steps; ends the test where it is true.

    Raises:
        MistakeError: the model has no learning rate that can be changed, or the run cannot be trained.
        EngineError: the engine failed.
    """
    check_fit(config, dataset)
    dataset = as_configured(dataset, config)
    if "learning_rate" not in config.spec.adjustable:
        raise MistakeError(Mistake("model", f"{config.model} has no learning rate"))
    order = np.random.default_rng(_SEED).permutation(len(dataset.train))
    measured, rest = np.split(order, [min(_MEASURED, len(order) // 5)])
    if len(rest) < RATES or not len(measured):
        raise MistakeError(Mistake("data", f"{len(order)} training examples are too few to part them by rate"))
    parts = rest[: len(rest) // RATES * RATES].reshape(RATES, -1)
    kept = Split(dataset.train.x[measured], dataset.train.y[measured])
    state, mean, lowest = None, 0.0, math.inf
    engine = registry.get(config.engine)
    for number, rate in enumerate(np.geomspace(LOWEST, HIGHEST, RATES).tolist()):
        rows = parts[number]
        part = replace(dataset, train=Split(dataset.train.x[rows], dataset.train.y[rows]), val=kept)
        with engine_errors(config.engine, MistakeError):
            trainer = start(config, engine, part)
            if state is not None:
                trainer.load(state)
            trainer.adjust(learning_rate=rate)
            loss = _train(trainer, config.hyperparameters["threads"], is_stopped)
            state = trainer.state()
        if is_stopped() or not math.isfinite(loss):
            return
        mean = _MEMORY * mean + (1 - _MEMORY) * loss
        smoothed = mean / (1 - _MEMORY ** (number + 1))
        lowest = min(lowest, smoothed)
        yield RatePoint(rate, loss, smoothed)
        if smoothed > _WORSE * lowest:
            return


def _train(trainer: Trainer, n_threads: int, is_stopped: Callable[[], bool]) -> float:
    """Train an epoch; return the loss of the validation split after it."""
    # Weights that leave the numbers show in the loss.
    with threads.allocate(trainer, n_threads), np.errstate(all="ignore"):
        for _ in trainer.epoch():
            if is_stopped():
                break
        return trainer.evaluate("val").loss


def suggest(points: Sequence[RatePoint]) -> float | None:
    """Return a tenth of the rate at which the smoothed loss is lowest, to two digits.

    ``None`` where it never falls by half a hundredth below what it was at the lowest rates, or runs away among them.
    """
    if len(points) < _FEWEST:
        return None
    before = points[0].loss
    best = min(points, key=lambda point: point.smoothed)
    return None if best.smoothed > (1 - _FALL) * before else float(f"{best.rate / 10:.2g}")


def suggestion_words(points: Sequence[RatePoint], rate: float) -> str:
    """Return what a range test suggests, as a sentence, beside the rate that a run has."""
    suggested = suggest(points)
    if suggested is None and len(points) < _FEWEST:  # whether it fell or not
        too_soon = f"the loss ran away after {len(points)} of {RATES} rates, too soon to see where it falls"
        return f"No rate can be told: {too_soon}."
    if suggested is None:
        return f"No rate can be told: over this epoch the smoothed loss never fell by {_FALL:.1%}."
    best = min(points, key=lambda point: point.smoothed)
    at = f"The smoothed loss is lowest at {best.rate:.2g}"
    return f"{at}; a tenth of that, {suggested:g}, is a good rate (now {rate:g})."
