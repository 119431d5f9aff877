"""What a sweep will take, said before it starts: how many runs, how long by one timed epoch, and how much memory."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from engines import registry
from engines.capability import holds_interpreter
from engines.contract import Dataset
from engines.threads import cores
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import RunConfig, without_effect
from hw1_tui.sweep.definition import DRAWN_FIRST, Sweep, data_mistake
from hw1_tui.sweep.halving import expected_epochs
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.event import EpochEnded, RunStarted
from hw1_tui.training.opening import open_session
from hw1_tui.training.stacked_executor import WIDEST
from hw1_tui.training.timed_trial import TimedTrial
from hw1_tui.training.work import count_weights, estimate_work

_LOOKED_AT = 1000
"""Trials, of which the first have the first seed."""

_COPIES = 4
"""Of the weights that a run holds: themselves, gradients, what the optimizer keeps, a checkpoint that is written."""

_BYTES = 8


_MOST_PROCESSES = 8
"""More are not begun unless they are asked for: each has the libraries in memory."""


def default_jobs(engine: str, executor: str = "threads") -> int:
    """Return how many trials train at once by default: one a core, and one where they would share an interpreter."""
    if executor == "processes":
        return min(cores(), _MOST_PROCESSES)
    return 1 if holds_interpreter(registry.get(engine)) else cores()


@dataclass(frozen=True)
class Plan:
    """What a sweep will take.

    Attributes:
        points: number of points.
        seeds: number of seeds of each.
        trials: number of runs.
        missing: those of them that have something left to train.
        jobs: how many train at once.
        epoch_seconds: an epoch of the first of them, evaluation included; ``None`` where there is nothing to train.
        seconds: the whole, estimated; ``None`` where there is nothing to train.
        memory: bytes that this process takes, and as many more runs as train at once; 0 where that is not known.
        is_halving: whether a part is stopped early.
        share: of the epochs of what is missing, the share that is expected to be trained.
        executor: what trains them.
        trial: the timed trial by which it was chosen; ``None`` where there was none.
        known: where TPE chooses the points, how many are known; else 0.
        idle: which of the axes change nothing at some points, a sentence each.
    """

    points: int
    seeds: int
    trials: int
    missing: int
    jobs: int
    epoch_seconds: float | None
    seconds: float | None
    memory: int
    is_halving: bool
    share: float
    executor: str
    trial: TimedTrial | None = None
    known: int = 0
    idle: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return it in words."""
        what = f"{counted(self.trials, 'run')}: {counted(self.points, 'point')}"
        what += f" with {counted(self.seeds, 'seed')} each" if self.seeds > 1 else ""
        if self.known < self.points and self.known:
            what += f"; TPE chooses {self.points - self.known} of the points, by what those before came to"
        if self.seconds is None or self.epoch_seconds is None:
            return f"{what}. Every run is in the history: nothing is to be trained."
        kept = f", {self.trials - self.missing} of them in the history" if self.missing < self.trials else ""
        halved = f"; halving trains about {self.share:.0%} of the epochs" if self.is_halving else ""
        memory = f"; about {self.memory / 1e6:,.0f} MB of memory" if self.memory else ""
        return (
            f"{what}{kept}. About {_words(self.seconds)} with {counted(self.jobs, 'job')}, by an epoch of "
            f"{self.epoch_seconds:.3g} s{halved}{memory}."
            + "".join(f" {text}" for text in (*([self.trial.sentence] if self.trial else []), *self.idle))
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as a flat dictionary fit for JSON."""
        return {
            name: value for name, value in vars(self).items() if name not in ("is_halving", "known", "trial", "idle")
        }


def make_plan(runner: SweepRunner, dataset: Dataset) -> Plan:
    """Return what a sweep will take; trains one epoch of the first trial that is missing, which is not kept.

    Raises:
        MistakeError: the engine refuses it, or the data has nothing of what its points are ranked by.
    """
    sweep, missing = runner.sweep, runner.missing
    if mistake := data_mistake(sweep.metric, dataset):
        raise MistakeError(mistake)
    share = 1.0
    epoch = seconds = trial = None
    parameters = largest = 0
    jobs = runner.jobs  # before a trial may choose processes, whose gain is told by those
    if missing:
        n_unknown = sweep.n_trials - len(sweep.trials)  # of points that TPE is to choose
        epoch, parameters = time_epoch(missing[0].config, dataset)
        trial = runner.choose_executor(epoch)
        first = _epoch_work(missing[0].config, dataset)
        expected = {one.number: _expected(sweep, one, runner.epochs_done(one)) for one in missing}
        typical = round(fmean(one.config.epochs for one in sweep.trials))  # of those that are drawn: it may be an axis
        unknown = n_unknown * (expected_epochs(typical) if sweep.halving else typical)
        whole = sum(one.config.epochs - runner.epochs_done(one) for one in missing) + n_unknown * typical
        share = (sum(expected.values()) + unknown) / max(whole, 1)
        left = [_epoch_work(one.config, dataset) * expected[one.number] for one in missing]
        lanes = min(jobs, len(missing), default_jobs(sweep.config.engine, "threads" if trial else runner.executor))
        longest = max(sum(left) + first * unknown, max(left) * lanes)  # lanes share the trials, and none of them
        seconds = epoch * longest / first / lanes / (trial.gain(trial.fastest) if trial else 1.0)
        weights = [count_weights(one.config, dataset.n_features, dataset.n_classes or 1) for one in missing]
        largest = round(parameters * max(weights) / weights[0])
    memory = peak_memory()
    at_once = min(max(1, len(missing)), WIDEST) if runner.executor == "stacked" else runner.jobs
    if runner.executor == "processes":  # each has the libraries; the data is mapped by all
        memory += at_once * (memory + (largest - parameters) * _COPIES * _BYTES)
    elif memory:
        memory += (at_once * largest - parameters) * _COPIES * _BYTES
    n_missing = len(missing) + sweep.n_trials - len(sweep.trials)
    return Plan(sweep.n_points, sweep.seeds, sweep.n_trials, n_missing, runner.jobs, epoch, seconds, memory,
                sweep.halving, share, runner.executor, trial, len(sweep.points) if sweep.n_tpe else 0,
                tuple(_idle_axes(sweep.trials[:_LOOKED_AT], dataset)))  # fmt: skip


def _expected(sweep: Sweep, trial: Trial, done: int) -> float:
    """Return how many epochs a trial that has trained some is expected to train yet."""
    is_halved = sweep.halving and not (sweep.n_tpe and trial.place < DRAWN_FIRST)
    return max(0.0, expected_epochs(trial.config.epochs, done) if is_halved else trial.config.epochs - done)


def _idle_axes(trials: Sequence[Trial], dataset: Dataset) -> Iterator[str]:
    """Yield which of the values that are tried change nothing at some points, a sentence a name."""
    found: dict[str, str] = {}
    for trial in trials:
        idle = without_effect(trial.config, len(dataset.train), len(dataset.val))
        found = {**{name: text for name, text in idle.items() if name in trial.point}, **found}
    yield from (f"At some points {text}" for text in found.values())


def _epoch_work(config: RunConfig, dataset: Dataset) -> float:
    return estimate_work(config.changed(epochs=1), len(dataset.train), dataset.n_features)


def time_epoch(config: RunConfig, dataset: Dataset) -> tuple[float, int]:
    """Return the seconds that an epoch takes, evaluation included, and the number of parameters; nothing is kept.

    Raises:
        MistakeError: the engine refuses the run.
    """
    session = open_session(config.changed(epochs=2, schedule="constant", warmup_epochs=0), dataset=dataset)
    session.prepare()
    begun, parameters = 0.0, 0
    for event in session.run():
        if isinstance(event, RunStarted):
            parameters = event.parameters
        elif isinstance(event, EpochEnded) and not event.epoch:
            begun = time.perf_counter()
        elif isinstance(event, EpochEnded):
            break
    return time.perf_counter() - begun, parameters


def peak_memory() -> int:
    """Return the most bytes that this process has taken; 0 where the system does not say."""
    if sys.platform == "win32":  # pragma: no cover
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _words(seconds: float) -> str:
    """Return a time in words, as exact as an estimate is."""
    if seconds < 60:
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
