"""What follows from a sweep: which point to take and how sure that is, what mattered, and what is chance."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hw1_tui.metric import METRICS
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.prediction import examples_of
from hw1_tui.runs.series import ExampleReader, read_points, read_repeat
from hw1_tui.settings import RunConfig
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.interval import LEVEL, Interval
from hw1_tui.statistics.repeat import epoch_movement
from hw1_tui.sweep.choice import Choice, choose_point
from hw1_tui.sweep.importance import Importance, TermImportance, find_importance
from hw1_tui.sweep.observation import Observation
from hw1_tui.sweep.space import plain_point
from hw1_tui.sweep.summary import HELD, SweepSummary, TrialResult
from hw1_tui.training.measurement import kept_predictions

_FEW_SEEDS = 3
_NUMBERS = ("share", "by_chance", "p")


@dataclass(frozen=True)
class Conclusion:
    """What follows from a sweep in which a trial has finished.

    Attributes:
        summary: the sweep, a trial at a time.
        choice: the best point, and how it stands beside the others.
        importance: which hyperparameters mattered.
        tested_by: the metric of the test split by which the best alone is told; empty where none was measured.
        tested: its value for the best over the seeds, with its interval; ``None`` where none was measured.
    """

    summary: SweepSummary
    choice: Choice
    importance: Importance
    tested_by: str
    tested: Interval | None

    @property
    def config(self) -> RunConfig:
        """The best point with the first seed, as a run that is trained alone."""
        sweep = self.summary.sweep
        shared = sweep.config.hyperparameters
        trial = next(trial for trial in sweep.trials if trial.point == self.choice.best.point)
        return trial.config.changed(seed=shared["seed"], threads=shared.get("threads") or 0)

    @property
    def command(self) -> str:
        """The shell line that trains the best point with the seeds of the sweep."""
        return self.config.command(self.summary.sweep.seeds)

    def sentences(self) -> Iterator[str]:
        """Yield what can be said, the most important first."""
        yield self._about_rivals()
        if luck := self._about_luck():
            yield luck
        if self.tested is not None:
            metric = METRICS[self.tested_by]
            yield (
                f"On the test split, which had no part in the choice, the best has a {metric.title} of "
                f"{metric.format(self.tested.value)} ({LEVEL:.0%} interval {metric.format(self.tested.low)} to "
                f"{metric.format(self.tested.high)})."
            )

    def _about_rivals(self) -> str:
        n, equals = len(self.choice.rivals), len(self.choice.equals)
        if not n:
            return "There is one point: nothing to compare it with."
        if not equals:
            return f"The best is clearly better than {'the other' if n == 1 else f'each of the {n} others'}."
        more = "; more seeds would tell more" if self.summary.sweep.seeds < _FEW_SEEDS else ""
        if equals == n:
            return f"The best cannot be told from {'the other' if n == 1 else f'any of the {n} others'}{more}."
        return f"The best is clearly better than {n - equals} of {n} others, and cannot be told from the rest{more}."

    def _about_luck(self) -> str:
        metric, luck = self.summary.sweep.ranked_by, self.choice.luck
        if not luck.at_most or not self.choice.rivals:
            return ""
        n = len(self.choice.rivals) + 1
        return (
            f"The best of {counted(n, 'point')} is lucky: expect a {metric.title} about {metric.format(luck.expected)} "
            f"worse than its {metric.format(self.choice.best.mean)} with other seeds."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as a flat dictionary fit for JSON."""
        best = self.choice.best
        return {
            "best": plain_point(best.point),
            "best_mean": best.mean,
            "best_std": statistics.stdev(best.values) if len(best.values) > 1 else None,
            "best_seeds": len(best.repeats),
            "clearly_worse_points": len(self.choice.rivals) - len(self.choice.equals),
            "equal_points": [plain_point(point.point) for point in self.choice.equals],
            "luck": self.choice.luck.expected,
            "importance": [_term(term) for term in (*self.importance.axes, *self.importance.pairs)],
            "tested_by": self.tested_by,
            "tested": vars(self.tested) if self.tested else None,
            "command": self.command,
        }


def _term(term: TermImportance) -> dict[str, Any]:
    finite = {name: value if math.isfinite(value) else None for name, value in vars(term).items() if name in _NUMBERS}
    return {"names": list(term.names), **finite, "verdict": term.verdict}


def conclude(summary: SweepSummary, store: Store) -> Conclusion | None:
    """Return what follows from a sweep; ``None`` while no trial has finished.

    Points are ranked by the metric after the last epoch. A trial that diverged, or that halving stopped, counts as
    the worst that finished.

    Args:
        summary: of the sweep.
        store: the history.
    """
    sweep = summary.sweep
    observations = [found for result in summary.results if (found := _observe(store, sweep.metric, result))]
    choice = choose_point(observations, sweep.ranked_by)
    importance = find_importance(observations, sweep.ranked_by.best)
    if choice is None or importance is None:
        return None
    return Conclusion(summary, choice, importance, *_tested(summary, store, choice))


def _observe(store: Store, metric: str, result: TrialResult) -> Observation | None:
    """Return what a trial came to; ``None`` where it has not ended, or nothing was measured."""
    trial, record = result.trial, result.record
    if result.status in (HELD, "diverged"):
        return Observation(trial.point, trial.seed, None)
    if record is None or not result.has_finished:
        return None
    epochs = store.metrics(record.run)
    repeat = read_repeat(record, epochs, metric, _reader(store, record))
    if repeat is None:
        return None
    series = [value for _, value in read_points(epochs, metric)]
    at_end = replace(repeat, value=series[-1], epoch_std=epoch_movement(series)[0])
    return Observation(trial.point, trial.seed, at_end)


def _reader(store: Store, record: RunRecord) -> ExampleReader:
    return lambda split, kind: examples_of(kept_predictions(store, record, split), kind)


def _tested(summary: SweepSummary, store: Store, choice: Choice) -> tuple[str, Interval | None]:
    """Return by what the best point is told on the test split, and how it came out there with its interval."""
    records = [r.record for r in summary.results if r.record and r.has_finished and r.trial.point == choice.best.point]
    for name, most in (("test_accuracy", 1.0), ("test_loss", math.inf)):
        repeats = [
            repeat
            for record in records
            if (repeat := read_repeat(record, store.metrics(record.run), name, _reader(store, record)))
        ]
        if repeats:
            found = compare_with_bound(repeats, 0.0, METRICS[name].kind).interval
            return name, Interval(found.value, max(found.low, 0.0), min(found.high, most))
    return "", None
