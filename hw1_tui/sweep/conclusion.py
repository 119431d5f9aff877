"""What follows from a sweep: which point to take and how sure that is, what mattered, and what is chance."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hw1_tui.metric import METRICS
from hw1_tui.numeral import counted, percent
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.prediction import examples_of
from hw1_tui.runs.series import ExampleReader, read_points, read_repeat
from hw1_tui.settings import TABLE, RunConfig
from hw1_tui.settings.point import plain_point
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.interval import LEVEL, Interval
from hw1_tui.statistics.repeat import Repeat, epoch_movement
from hw1_tui.sweep.choice import Choice, choose_point
from hw1_tui.sweep.continuation import Curve, continued
from hw1_tui.sweep.effect import Effect, Interaction, find_effects, find_interaction
from hw1_tui.sweep.importance import Importance, TermImportance, find_importance
from hw1_tui.sweep.observation import Observation
from hw1_tui.sweep.summary import HELD, LEFT, SweepSummary, TrialResult
from hw1_tui.training.measurement import kept_predictions

_FEW_SEEDS = 3
CLEAR = "clear"
_STOPPED = (HELD, LEFT)
_NUMBERS = ("share", "by_chance", "p")


@dataclass(frozen=True)
class Conclusion:
    """What follows from a sweep in which a trial has finished.

    Attributes:
        summary: the sweep, a trial at a time.
        choice: the best point, and how it stands beside the others; of the trials that finished.
        compared: all trials that ended, those that halving or a person stopped as ``hw1_tui.sweep.continuation`` says.
        importance: which hyperparameters mattered, of those.
        among_better: the same where all that is worse than the median counts as the median.
        tested_by: the metric of the test split by which the best alone is told; empty where none was measured.
        tested: its value for the best over the seeds, with its interval; ``None`` where none was measured.
    """

    summary: SweepSummary
    choice: Choice
    compared: tuple[Observation, ...]
    importance: Importance
    among_better: Importance
    tested_by: str
    tested: Interval | None

    @cached_property
    def effects(self) -> Mapping[str, list[Effect]]:
        """The metric at each level of each hyperparameter."""
        return {name: find_effects(self.compared, name) for name in self.summary.sweep.space.names}

    @cached_property
    def interactions(self) -> list[Interaction]:
        """The metric at the levels of each two hyperparameters that matter together beyond chance, the most first."""
        return [find_interaction(self.compared, *pair.names[:2]) for pair in _told(self.importance.pairs, CLEAR)]

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
        yield from self._about_importance()
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
            points, seeds = self.summary.sweep.n_points, self.summary.sweep.seeds
            of_it = "has finished" if len(self.choice.best.repeats) == seeds else "has a trial that finished"
            return f"Of {counted(points, 'point')} one {of_it}: nothing to compare it with."
        if not equals:
            return f"The best is clearly better than {'the other' if n == 1 else f'each of the {n} others'}."
        more = "; more seeds would tell more" if self.summary.sweep.seeds < _FEW_SEEDS else ""
        if equals == n:
            return f"The best cannot be told from {'the other' if n == 1 else f'any of the {n} others'}{more}."
        return f"The best is clearly better than {n - equals} of {n} others, and cannot be told from the rest{more}."

    def _about_importance(self) -> Iterator[str]:
        """Yield what is clear and what is chance, on the whole and among the better half."""
        title, (axes, pairs) = self.summary.sweep.ranked_by.title, (self.importance.axes, self.importance.pairs)
        if clear := _told(axes, CLEAR):
            yield f"Clear: {_terms(clear)} of the variance of the {title}."
        if together := _told(pairs, CLEAR):
            yield f"Together, beyond what each does alone: {_terms(together)}; what one does depends on the other."
        in_pair = {name for term in together for name in term.names}  # it matters, whatever it does alone
        if len(axes) == 1 and self.choice.rivals and not self.choice.equals:
            return  # two points are too few to tell a share, and that the one axis there is matters has been said
        for verdict in ("no more than chance", "cannot be told"):
            left_out = in_pair if verdict == "no more than chance" else set[str]()
            if found := [term for term in _told(axes, verdict) if not left_out & set(term.names)]:
                yield f"{verdict.capitalize()}: {_terms(found)}."
        if (better := _told(self.among_better.axes, CLEAR)) and {t.names for t in better} != {t.names for t in clear}:
            yield f"Clear among the better half of the points: {_terms(better)} of the variance that is left there."

    @property
    def stopped_by(self) -> str:
        """What stopped trials for good, which count as if they had gone on; empty where none was."""
        counts = self.summary.counts
        return " or ".join(["halving"] * (HELD in counts) + ["a person"] * (LEFT in counts))

    def _about_luck(self) -> str:
        metric, luck = self.summary.sweep.ranked_by, self.choice.luck
        if not luck.at_most or not self.choice.rivals:
            return ""
        worse = metric.format(luck.expected)
        if worse == metric.format(0.0):
            return ""  # of points that are alike, as where a setting changes nothing, the best is none
        n = len(self.choice.rivals) + 1
        whole = " that trained to their end" if self.stopped_by else ""
        return (
            f"The best of {counted(n, 'point')}{whole} is lucky: expect a {metric.title} about "
            f"{worse} worse than its {metric.format(self.choice.best.mean)} with other seeds."
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
            "importance_among_better": [_term(term) for term in self.among_better.axes],
            "effects": {name: list(map(_effect, effects)) for name, effects in self.effects.items()},
            "interactions": list(map(_interaction, self.interactions)),
            "tested_by": self.tested_by,
            "tested": vars(self.tested) if self.tested else None,
            "command": self.command,
        }


def _told(terms: Sequence[TermImportance], verdict: str) -> list[TermImportance]:
    return [term for term in terms if term.verdict == verdict]


def _terms(terms: Sequence[TermImportance]) -> str:
    """Return terms as words: ``learning rate 41.4%, momentum 26.9%``."""
    return ", ".join(f"{term_title(term)} {percent(term.share, 1)}" for term in terms)


def term_title(term: TermImportance) -> str:
    """Return what a term is called."""
    return " and ".join(TABLE[name].title for name in term.names)


def _effect(effect: Effect) -> dict[str, Any]:
    ends = plain_point({"low": effect.level.low, "high": effect.level.high})
    over = effect.over_points
    numbers = {"points": over.n, "mean": over.mean, "std": over.std} if over else {"points": 0}
    return {**ends, **numbers, "seeds_std": effect.seeds_std, "lost": effect.n_lost, "stopped": effect.n_stopped}


def _interaction(found: Interaction) -> dict[str, Any]:
    matrices = {
        name: [[value if math.isfinite(value) else None for value in row] for row in matrix.tolist()]
        for name, matrix in (("means", found.means), ("beyond", found.beyond))
    }
    names = zip(found.names, (found.rows, found.columns), strict=True)
    levels = {name: [level.words(name) for level in of_name] for name, of_name in names}
    return {"names": list(found.names), "levels": levels, **matrices}


def _term(term: TermImportance) -> dict[str, Any]:
    finite = {name: value if math.isfinite(value) else None for name, value in vars(term).items() if name in _NUMBERS}
    return {"names": list(term.names), **finite, "verdict": term.verdict}


def conclude(summary: SweepSummary, store: Store) -> Conclusion | None:
    """Return what follows from a sweep; ``None`` while no trial has finished.

    Points are ranked by the metric after the last epoch, those first of which all trials finished. Of what mattered all
    trials tell, see ``Conclusion.compared``; one that diverged counts as the worst.

    Args:
        summary: of the sweep.
        store: the history.
    """
    sweep, metric = summary.sweep, summary.sweep.ranked_by
    found = {result.trial.number: _observe(store, sweep.metric, result) for result in summary.results}
    finished = {number: one for number, one in found.items() if one}
    if not any(one.repeat for one in finished.values()):
        return None
    compared = (*finished.values(), *_continued(summary, store, finished))
    importance, better = (find_importance(compared, metric.best, among_better=among) for among in (False, True))
    stopped = [Observation(r.trial.point, r.trial.seed, None) for r in summary.results if r.status in _STOPPED]
    choice = choose_point([*finished.values(), *stopped], metric, importance.variance if importance else None)
    if choice is None or importance is None or better is None:
        return None
    return Conclusion(summary, choice, compared, importance, better, *_tested(summary, store, choice))


def _observe(store: Store, metric: str, result: TrialResult) -> Observation | None:
    """Return what a trial came to; ``None`` where it has not ended, was stopped, or nothing was measured."""
    trial, record = result.trial, result.record
    if result.status == "diverged":
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


def _continued(summary: SweepSummary, store: Store, finished: Mapping[int, Observation]) -> Iterator[Observation]:
    """Yield what the trials that halving or a person stopped count as."""
    held = [result for result in summary.results if result.status in _STOPPED]
    if not held:
        return

    def curves(results: Iterable[TrialResult]) -> dict[int, Curve]:
        read = {r.trial.number: dict(read_points(store.metrics(_run(r)), summary.sweep.metric)) for r in results}
        return {number: curve for number, curve in read.items() if curve}

    whole = [r for r in summary.results if (one := finished.get(r.trial.number)) and one.repeat]
    ends = continued(curves(whole), curves(held), summary.sweep.ranked_by.best or "lowest")
    for result in held:
        if result.trial.number in ends:
            yield Observation(result.trial.point, result.trial.seed, Repeat(ends[result.trial.number]), is_stopped=True)


def _run(result: TrialResult) -> str:
    return result.record.run if result.record else ""


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
