"""Points that are chosen by what those before came to: a tree-structured Parzen estimator (TPE), that of Optuna.

The points that came out well and the others are each described by a density over the space, and one is chosen where
the first is large beside the second (Bergstra et al., 2011, Algorithms for hyper-parameter optimization, NeurIPS
24:2546-2554; axes together, and points that still train among the others).

A point is asked for when all trials of the points before it but the last ``LAG`` are over, and follows from these, from
where the last few lie and from the seed alone: so it is the same whatever trains beside it, in whatever order trials
end and however often the sweep was killed. No state but the history's is kept; a study of Optuna's is built for each
question, in memory.

Halving is as strict about what it looks at: a trial is compared with those of the same points, so that it never depends
on who was there first. The points that are drawn before TPE chooses any train to their end.
"""

from __future__ import annotations

import hashlib
import math
import statistics
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import TABLE
from hw1_tui.settings.point import Point
from hw1_tui.sweep.definition import DRAWN_FIRST, Sweep
from hw1_tui.sweep.halving import Progress, rungs_of, target_of
from hw1_tui.sweep.space import Axis

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

LAG = 4
"""So many points may train while the next one is chosen."""

_LEAST_VERSION = 5
_TRIES = 20
"""So often TPE is asked again that came back to a point that is tried already, until one is drawn."""


def require_optuna() -> None:
    """See that Optuna is there.

    Raises:
        MistakeError: it is not, or is too old.
    """
    try:
        version = metadata.version("optuna")
    except metadata.PackageNotFoundError:
        version = ""
    if not version or int(version.split(".")[0]) < _LEAST_VERSION:
        problem = f"needs Optuna {_LEAST_VERSION} or newer, and {version or 'none'} is installed"
        raise MistakeError(Mistake("tpe", problem, "python -m pip install 'hw1-tui[tpe]'"))


def rivals_of(sweep: Sweep, number: int, progress: Mapping[int, Progress]) -> Mapping[int, Progress]:
    """Return with what halving compares a trial, its own progress among it.

    With all others; where TPE chooses, with those that its point was chosen by.

    Args:
        sweep: the sweep.
        number: of the trial.
        progress: of every trial.
    """
    if not sweep.n_tpe:
        return progress
    place = (number - 1) // sweep.seeds
    if place < DRAWN_FIRST:
        return {number: progress[number]}
    known = (place - LAG) * sweep.seeds
    return {**{one: of for one, of in progress.items() if one <= known}, number: progress[number]}


def may_ask(sweep: Sweep, progress: Mapping[int, Progress]) -> bool:
    """Return whether TPE can choose another point by now."""
    if len(sweep.points) >= sweep.n_tpe:
        return False
    rungs = rungs_of(sweep.config.epochs) if sweep.halving else ()
    epochs = [sweep.epochs_at(point) for point in sweep.points[: len(sweep.points) - LAG] for _ in range(sweep.seeds)]
    return all(
        target_of(number, rivals_of(sweep, number, progress), rungs, whole, is_patient=False) is None
        for number, whole in enumerate(epochs, start=1)
    )


def ask(sweep: Sweep, progress: Mapping[int, Progress]) -> Sweep:
    """Return the sweep with another point, which TPE chooses; see ``may_ask``.

    Args:
        sweep: the sweep.
        progress: of every trial.

    Raises:
        MistakeError: Optuna is not there.
    """
    require_optuna()
    known = len(sweep.points) - LAG
    told = [
        _frozen(sweep, point, _outcome(sweep, place, progress) if place < known else None)
        for place, point in enumerate(sweep.points)
    ]
    for attempt in range(_TRIES):
        point = _ask_optuna(sweep, told, attempt)
        if point not in sweep.points:
            break
    else:
        drawn = sweep.space.sample(sweep.n_tpe, int(sweep.config.hyperparameters["seed"]))
        point = next(point for point in drawn if point not in sweep.points)
    return replace(sweep, asked=(*sweep.asked, point))


def _ask_optuna(sweep: Sweep, told: list[FrozenTrial], attempt: int) -> Point:
    import optuna

    optuna.logging.disable_default_handler()  # it writes on the screen
    text = f"{sweep.config.hyperparameters['seed']} {len(told)} {attempt}"
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    sampler = optuna.samplers.TPESampler(n_startup_trials=0, multivariate=True, constant_liar=True, seed=seed)
    study = optuna.create_study(sampler=sampler)
    study.add_trials(told)
    params = study.ask(_distributions(sweep)).params
    return {axis.name: _value(axis, params[axis.name]) for axis in sweep.space.axes}


def _outcome(sweep: Sweep, place: int, progress: Mapping[int, Progress]) -> tuple[int, float]:
    """Return how many epochs all seeds of a point reached, and its loss there, the mean over them."""
    first = place * sweep.seeds + 1
    seeds = [progress[number] for number in range(first, first + sweep.seeds)]
    # What ended before by its own rule has its last loss from there on.
    whole = sweep.epochs_at(sweep.points[place])
    epochs = min(whole if of.is_over else of.epochs for of in seeds)
    return epochs, statistics.fmean(of.loss_at(epochs) for of in seeds)


def _frozen(sweep: Sweep, point: Point, outcome: tuple[int, float] | None) -> FrozenTrial:
    """Return a point as Optuna keeps it: complete, pruned where halving stopped it, or running."""
    from optuna.trial import TrialState, create_trial

    params = {axis.name: _internal(axis, point[axis.name]) for axis in sweep.space.axes}
    given: dict[str, Any] = {"params": params, "distributions": _distributions(sweep)}
    if outcome is None:
        return create_trial(state=TrialState.RUNNING, **given)
    epochs, loss = outcome
    if epochs < sweep.epochs_at(point) and math.isfinite(loss):
        return create_trial(state=TrialState.PRUNED, intermediate_values={epochs: loss}, **given)
    return create_trial(value=loss, **given)


def _distributions(sweep: Sweep) -> dict[str, BaseDistribution]:
    return {axis.name: _distribution(axis) for axis in sweep.space.axes}


def _distribution(axis: Axis) -> BaseDistribution:
    """Return an axis in Optuna's words; of listed numbers the places in order, of other values their places."""
    from optuna import distributions

    if axis.low is not None and axis.high is not None:
        is_log = axis.scale == "log"
        if TABLE[axis.name].kind == "integer":
            return distributions.IntDistribution(round(axis.low), round(axis.high), log=is_log)
        return distributions.FloatDistribution(axis.low, axis.high, log=is_log)
    places = range(len(axis.values))
    if _is_ordered(axis):
        return distributions.IntDistribution(0, len(places) - 1)
    return distributions.CategoricalDistribution(list(places))


def _is_ordered(axis: Axis) -> bool:
    return TABLE[axis.name].kind in ("integer", "number")


def _in_order(axis: Axis) -> list[Any]:
    values: list[Any] = list(axis.values)
    return sorted(values) if _is_ordered(axis) else values


def _internal(axis: Axis, value: Any) -> Any:
    return value if axis.is_range else _in_order(axis).index(value)


def _value(axis: Axis, internal: Any) -> Any:
    return axis.rounded(internal) if axis.is_range else _in_order(axis)[internal]
