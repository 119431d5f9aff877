"""What a sweep came to: each trial, the points ranked over their seeds, and the best of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.series import read_repeat
from hw1_tui.runs.turn import find_trained, is_done
from hw1_tui.settings import RunConfig
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.interval import Interval
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.halving import Progress, rungs_of, target_of
from hw1_tui.sweep.kept import progress_of, trainings_of
from hw1_tui.sweep.space import Point
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.measurement import kept_predictions

HELD = "halved"
"""How a trial ended that halving stopped."""

WAITING = "waiting"
"""Of a trial that has not begun."""


@dataclass(frozen=True)
class TrialResult:
    """What a trial came to.

    Attributes:
        trial: the trial.
        record: the run as the history has it; ``None`` for none.
        status: the run's, or ``halved`` where halving stopped it, or ``waiting``.
    """

    trial: Trial
    record: RunRecord | None
    status: str

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to train of it, whatever else is trained."""
        return self.record is not None and is_done(self.record)

    @property
    def has_finished(self) -> bool:
        """Whether all of its epochs were trained."""
        return self.status == "finished"

    def result(self, name: str) -> Any:
        """Return a result of the run by its name; ``None`` where there is none."""
        return self.record.results.get(name) if self.record else None

    def as_dict(self) -> dict[str, Any]:
        """Return it as a flat dictionary fit for JSON."""
        results = {name: self.result(name) for name in ("epochs_done", "val_loss", "val_accuracy", "seconds")}
        run = self.record.run if self.record else ""
        point = {name: list(v) if isinstance(v, tuple) else v for name, v in self.trial.point.items()}
        return {"trial": self.trial.number, **point, "seed": self.trial.seed, **results, "status": self.status,
                "run": run}  # fmt: skip


@dataclass(frozen=True)
class RankedPoint:
    """A point over its seeds.

    Attributes:
        place: of the point among the sweep's points.
        point: the point.
        config: what was trained, with the first seed.
        values: what it is ranked by after the last epoch, one a seed that finished; at least one.
        runs: those runs.
    """

    place: int
    point: Point
    config: RunConfig
    values: tuple[float, ...]
    runs: tuple[RunRecord, ...]

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return statistics.fmean(self.values)

    @property
    def std(self) -> float | None:
        """Sample standard deviation over the seeds; ``None`` of one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class SweepSummary:
    """What a sweep came to.

    Attributes:
        sweep: the sweep.
        results: of every trial, in order.
        ranking: the points that finished with at least one seed, the best first.
    """

    sweep: Sweep
    results: tuple[TrialResult, ...]
    ranking: tuple[RankedPoint, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many trials have which status."""
        statuses = [result.status for result in self.results]
        return {status: statuses.count(status) for status in dict.fromkeys(statuses)}

    @property
    def has_failed(self) -> bool:
        """Whether a trial failed or diverged."""
        return any(result.status in ("failed", "diverged") for result in self.results)

    @property
    def is_complete(self) -> bool:
        """Whether every trial ended well, or by the sweep's own rule."""
        return all(result.status in ("finished", HELD) for result in self.results)


def read_summary(sweep: Sweep, store: Store, failed: Mapping[int, str] | None = None) -> SweepSummary:
    """Return what the history has of a sweep.

    Args:
        sweep: the sweep.
        store: the history.
        failed: the trials that were refused just now, of which nothing is kept, with the reason.
    """
    kept = find_trained(store, trainings_of(sweep))
    progress = {
        trial.number: progress_of(
            sweep, trial, kept[trial.number], store.metrics(kept[trial.number].run) if sweep.halving else ()
        )
        if trial.number in kept
        else Progress(is_over=trial.number in (failed or {}), is_lost=trial.number in (failed or {}), point=trial.place)
        for trial in sweep.trials
    }
    results = tuple(
        TrialResult(
            trial, kept.get(trial.number), _status(sweep, trial, kept.get(trial.number), progress, failed or {})
        )
        for trial in sweep.trials
    )
    return SweepSummary(sweep, results, rank(sweep, results))


def _status(
    sweep: Sweep,
    trial: Trial,
    record: RunRecord | None,
    progress: Mapping[int, Progress],
    failed: Mapping[int, str],
) -> str:
    if record is None or record.is_live or is_done(record):
        return record.status if record else "failed" if trial.number in failed else WAITING
    rungs = rungs_of(sweep.config.epochs) if sweep.halving else ()
    target = target_of(trial.number, progress, rungs, trial.config.epochs, is_patient=False)
    return HELD if target is None else record.status


def rank(sweep: Sweep, results: Sequence[TrialResult]) -> tuple[RankedPoint, ...]:
    """Return the points that finished, the best first; what was not measured is not ranked."""
    by_place: dict[int, list[TrialResult]] = {}
    for result in results:
        value = result.result(sweep.metric)
        if result.has_finished and value is not None and math.isfinite(value):
            by_place.setdefault(result.trial.place, []).append(result)
    ranked = [
        RankedPoint(
            place,
            found[0].trial.point,
            found[0].trial.config.changed(
                seed=sweep.config.hyperparameters["seed"], threads=sweep.config.hyperparameters.get("threads", 0)
            ),
            tuple(float(result.result(sweep.metric)) for result in found),
            tuple(result.record for result in found if result.record),
        )
        for place, found in by_place.items()
    ]
    sign = -1 if sweep.ranked_by.best == "highest" else 1
    return tuple(sorted(ranked, key=lambda point: (sign * point.mean, point.place)))


def repeats_of(store: Store, point: RankedPoint, metric: str) -> list[Repeat]:
    """Return what a point came to with each seed, for the rules of verdicts; what was not measured is left out."""
    found = [
        read_repeat(record, store.metrics(record.run), metric, _example_reader(store, record)) for record in point.runs
    ]
    return [repeat for repeat in found if repeat is not None]


def _example_reader(store: Store, record: RunRecord) -> Any:
    from hw1_tui.runs.prediction import examples_of

    return lambda split, kind: examples_of(kept_predictions(store, record, split), kind)


def tested(store: Store, point: RankedPoint) -> tuple[str, Interval] | None:
    """Return the metric of the test split of a point, and its value with the interval; ``None`` where none is known.

    It is asked of the point that was chosen alone: the best of many test splits would be lucky.
    """
    for name, kind in (("test_accuracy", "share"), ("test_loss", "loss")):
        if repeats := repeats_of(store, point, name):
            found = compare_with_bound(repeats, 0.0, kind).interval
            most = 1.0 if kind == "share" else math.inf
            return name, Interval(found.value, max(found.low, 0.0), min(found.high, most))
    return None
