"""What the kept runs of a report say, a metric at a time."""

from __future__ import annotations

import itertools
import logging
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hw1_tui.files.notice import say_once
from hw1_tui.metric import NOTHING, EpochMetrics
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question_metric import question_metrics, share_split
from hw1_tui.report.runs.plan import is_done
from hw1_tui.runs import RunRecord, Store
from hw1_tui.statistics.repeat import LAST_EPOCHS


@dataclass(frozen=True)
class RunResult:
    """One kept run with its epochs.

    Attributes:
        record: the run as the history has it.
        start: the untrained model.
        epochs: its epochs in order, from the first trained one on.
    """

    record: RunRecord
    start: EpochMetrics
    epochs: tuple[EpochMetrics, ...]

    @property
    def examples(self) -> tuple[int, int, int]:
        """Sizes of the splits."""
        facts = self.record.facts
        return facts["train_examples"], facts["val_examples"], facts["test_examples"]

    def series(self, metric: str) -> list[float]:
        """Return a metric epoch by epoch, where it was measured."""
        return [value for _, value in self.points(metric)]

    def points(self, metric: str) -> list[tuple[int, float]]:
        """Return a metric by epoch, where it was measured."""
        if metric == "val_loss_jumps":
            losses = self.points("val_loss")
            return [(epoch, abs(after - before)) for (_, before), (epoch, after) in itertools.pairwise(losses)]
        return [(epoch.epoch, value) for epoch in self.epochs if (value := _of_epoch(epoch, metric)) is not None]

    def final(self, metric: str) -> float | None:
        """Return a metric at the end; ``None`` where it was not measured.

        For ``val_loss_jumps`` the mean step from one epoch to the next over the second half of the run.
        """
        if metric == "seconds":  # of training alone: the other runs may have measured the training split as well
            return math.fsum(self.series(metric)) or None
        if not question_metrics()[metric].is_of_epochs:
            value = self.record.results.get(metric)
            return None if value is None else float(value)
        series = self.series(metric)
        if metric == "val_loss_jumps":
            return statistics.fmean(series[len(series) // 2 :]) if series else None
        return series[-1] if series else None

    def epoch_std(self, metric: str) -> float:
        """Return the standard deviation over the last ten epochs; a test accuracy is taken to move as validation does.

        Gaps, norms and losses drift as well as move: what lies on the line through these epochs is taken off first. A
        machine that is slow in one epoch may be so in all: times of epochs do not make up for each other.
        """
        metric = metric.replace("test_", "val_")
        last = self.series(metric)[-LAST_EPOCHS:]
        if len(last) < 3:
            return 0.0
        if metric == "seconds":
            return statistics.stdev(self.series(metric)) * len(self.epochs)
        if metric == "val_loss_jumps":
            second_half = self.series(metric)[len(self.series(metric)) // 2 :]
            return statistics.stdev(second_half) / math.sqrt(len(second_half)) if len(second_half) > 1 else 0.0
        line = statistics.linear_regression(range(len(last)), last)
        rest = [value - line.slope * place for place, value in enumerate(last)]
        return statistics.stdev(rest) * math.sqrt((len(last) - 1) / (len(last) - 2))

    def last_mean(self, metric: str) -> float | None:
        """Return the mean over the last ten epochs; ``None`` where it is not measured by epochs."""
        series = self.series(metric)[-LAST_EPOCHS:]
        return statistics.fmean(series) if series and metric not in ("val_loss_jumps", "seconds") else None


def _of_epoch(epoch: EpochMetrics, metric: str) -> float | None:
    """Return a metric of one epoch; gaps are validation loss over training loss, training over validation accuracy."""
    if metric == "accuracy_gap":
        minuend, subtrahend = epoch["train_accuracy"], epoch["val_accuracy"]
    elif metric == "loss_gap":
        minuend, subtrahend = epoch["val_loss"], epoch["train_eval_loss"]
    else:
        minuend, subtrahend = epoch[metric], 0.0
    return None if minuend is None or subtrahend is None else float(minuend - subtrahend)


@dataclass(frozen=True)
class Measurement:
    """One metric of one setting over its seeds.

    Attributes:
        value: the mean over the seeds of the metric at the end.
        n: examples that it is a share of; 0 for no share.
        epoch_std: how much it moves from epoch to epoch at the end, as a standard seed_std; mean over the seeds.
        last_mean: mean over the last ten epochs and the seeds; ``None`` where it is not measured by epochs.
        seeds: number of seeds.
        seed_std: standard deviation over the seeds; 0 for one.
    """

    value: float
    n: int
    epoch_std: float
    last_mean: float | None
    seeds: int
    seed_std: float

    @property
    def sampling_error(self) -> float:
        """Standard error of a share k / n, sqrt(p (1 - p) / n); 0 for no share."""
        return share_error(self.value, self.n)

    @property
    def spread(self) -> float:
        """How far one more run may come out: over the seeds or over the last epochs, whichever is wider."""
        return max(self.epoch_std, self.seed_std)

    @property
    def ranked_value(self) -> float:
        """The mean of the last ten epochs where there is one, else the value: what settings are ranked by."""
        return self.value if self.last_mean is None else self.last_mean

    @property
    def settled_spread(self) -> float:
        """How far ``ranked_value`` may come out if it were measured again, with as many seeds."""
        epoch_std = self.epoch_std if self.last_mean is None else self.epoch_std / math.sqrt(LAST_EPOCHS)
        return max(epoch_std, self.seed_std) / math.sqrt(self.seeds)

    def divided_by(self, parts: int) -> Measurement:
        """Return what one of so many equal parts comes to."""
        mean = None if self.last_mean is None else self.last_mean / parts
        value, epoch_std, seed_std = (x / parts for x in (self.value, self.epoch_std, self.seed_std))
        return replace(self, value=value, epoch_std=epoch_std, last_mean=mean, seed_std=seed_std)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON."""
        return {**vars(self), "sampling_error": self.sampling_error, "spread": self.spread}


def share_error(share: float, n: int) -> float:
    """Return the standard error of a share of n examples; 0 where it is none."""
    return math.sqrt(max(0.0, share * (1 - share)) / n) if n else 0.0


class Results:
    """The kept runs of a report by name, each with one run a seed.

    Args:
        runs: the results of each name, the report's own seed first.
    """

    def __init__(self, runs: Mapping[str, Sequence[RunResult]]) -> None:
        self.runs = runs

    def __contains__(self, name: object) -> bool:
        return bool(self.runs.get(str(name)))

    def own(self, name: str) -> RunResult:
        """Return the run with the report's own seed."""
        return self.runs[name][0]

    def measure(self, name: str, metric: str) -> Measurement | None:
        """Return a metric of a run over its seeds; ``None`` where it is missing."""
        results = self.runs.get(name, ())
        finals = [value for result in results if (value := result.final(metric)) is not None]
        if not finals:
            return None
        means = [value for result in results if (value := result.last_mean(metric)) is not None]
        split = share_split(metric)
        return Measurement(
            statistics.fmean(finals),
            0 if split is None else results[0].examples[split],
            statistics.fmean(result.epoch_std(metric) for result in results),
            statistics.fmean(means) if means else None,
            len(finals),
            statistics.stdev(finals) if len(finals) > 1 else 0.0,
        )


def read_results(store: Store, kept: Mapping[tuple[str, int], RunRecord]) -> Results:
    """Return what the kept runs say; those that are not done, or cannot be read any more, are left out.

    Args:
        store: the history.
        kept: the runs by name and repetition.
    """
    runs: dict[str, list[RunResult]] = {}
    for (name, _), record in sorted(kept.items(), key=lambda item: item[0][1]):
        if not is_done(record):
            continue
        try:
            metrics = store.metrics(record.run)
        except MistakeError as error:
            say_once(f"{error}. It is left out.", logging.ERROR)
            continue
        start = next((epoch for epoch in metrics if epoch.epoch == 0), NOTHING)
        epochs = tuple(epoch for epoch in metrics if epoch.epoch > 0)
        runs.setdefault(name, []).append(RunResult(record, start, epochs))
    return Results(runs)
