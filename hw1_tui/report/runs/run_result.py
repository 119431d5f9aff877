"""What the kept runs of a report say, a metric at a time."""

from __future__ import annotations

import logging
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engines.contract import Dataset
from hw1_tui.files.notice import say_once
from hw1_tui.metric import NOTHING, EpochMetrics
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question_metric import question_metrics, share_split
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.band import Curve, gather_curve
from hw1_tui.runs.loss_name import loss_name
from hw1_tui.runs.series import ExampleReader, read_points, read_repeat
from hw1_tui.runs.turn import is_done
from hw1_tui.statistics.comparison import mean_of, sampling_error, seeds_variance
from hw1_tui.statistics.interval import share_error
from hw1_tui.statistics.repeat import LAST_EPOCHS, Repeat, epoch_movement
from hw1_tui.training.example_reader import example_reader


@dataclass(frozen=True)
class RunResult:
    """One kept run with its epochs.

    Attributes:
        record: the run as the history has it.
        start: the untrained model.
        epochs: its epochs in order, from the first trained one on.
        examples: what each example of a split got at the end.
    """

    record: RunRecord
    start: EpochMetrics
    epochs: tuple[EpochMetrics, ...]
    examples: ExampleReader = field(default=lambda *_: None, repr=False, compare=False)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Sizes of the splits."""
        facts = self.record.facts
        return facts["train_examples"], facts["val_examples"], facts["test_examples"]

    def series(self, metric: str) -> list[float]:
        """Return a metric epoch by epoch, where it was measured."""
        return [value for _, value in self.points(metric)]

    def points(self, metric: str) -> list[tuple[int, float]]:
        """Return a metric by epoch, where it was measured."""
        return read_points(self.epochs, metric)

    def final(self, metric: str) -> float | None:
        """Return a metric at the end; ``None`` where it was not measured.

        For ``val_loss_jumps`` the mean step from one epoch to the next over the second half of the run.
        """
        kind = question_metrics()[metric].kind
        if kind not in ("time", "jumps") and question_metrics()[metric].is_of_epochs:
            series = self.series(metric)
            return series[-1] if series else None
        repeat = self.repeat(metric)
        return None if repeat is None else repeat.value

    def repeat(self, metric: str) -> Repeat | None:
        """Return what the setting came to with this run's seed; ``None`` where it was not measured."""
        return read_repeat(self.record, self.epochs, metric, self.examples)

    def last_mean(self, metric: str) -> float | None:
        """Return the mean over the last ten epochs; ``None`` where it is not measured by epochs."""
        series = self.series(metric)[-LAST_EPOCHS:]
        is_mean = question_metrics()[metric].kind not in ("time", "jumps")
        return statistics.fmean(series) if series and is_mean else None


@dataclass(frozen=True)
class Measurement:
    """One metric of one setting over its seeds.

    Attributes:
        finals: the metric at the end, a number a seed; at least one.
        n: examples that it is a share of; 0 for no share.
        last_mean: mean over the last ten epochs and the seeds, or over all where they are fewer; ``None`` where it is
            not measured by epochs.
        epoch_std: how much it moves from epoch to epoch at the end, as a standard deviation; mean over the seeds.
        kind: of the metric.
        repeats: what each seed came to; at least one.
        loss: which loss it is made of; empty for no loss.
        last_epochs: how many epochs ``last_mean`` is of, by the shortest of the seeds.
    """

    finals: tuple[float, ...]
    n: int
    last_mean: float | None
    epoch_std: float
    kind: str
    repeats: tuple[Repeat, ...] = field(repr=False)
    loss: str = ""
    last_epochs: int = LAST_EPOCHS

    @property
    def value(self) -> float:
        """The mean over the seeds of the metric at the end."""
        return statistics.fmean(self.finals)

    @property
    def seeds(self) -> int:
        """Number of seeds."""
        return len(self.repeats)

    @property
    def seed_std(self) -> float:
        """Standard deviation over the seeds of the metric at the end; 0 for one."""
        return statistics.stdev(self.finals) if len(self.finals) > 1 else 0.0

    @property
    def sampling_error(self) -> float:
        """Standard error by the examples it was measured on; 0 where that is not known."""
        return share_error(self.value, self.n) if self.n else sampling_error(self.repeats)

    @property
    def spread(self) -> float:
        """How far one more run may come out at its end: over the seeds, and from one epoch to the next."""
        variance, _ = seeds_variance([self.repeats], self.kind)
        return math.hypot(math.sqrt(variance), 0.0 if self.last_mean is None else self.epoch_std)

    @property
    def ranked_value(self) -> float:
        """What settings are ranked by: the mean of the last ten epochs where there is one, else the value."""
        return mean_of(self.repeats)

    def divided_by(self, parts: int) -> Measurement:
        """Return what one of so many equal parts comes to."""
        repeats = tuple(
            replace(repeat, value=repeat.value / parts, epoch_std=repeat.epoch_std / parts, drift=repeat.drift / parts)
            for repeat in self.repeats
        )
        finals = tuple(value / parts for value in self.finals)
        return replace(self, finals=finals, epoch_std=self.epoch_std / parts, repeats=repeats)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON."""
        return {
            "value": self.value,
            "n": self.n,
            "last_mean": self.last_mean,
            "epoch_std": self.epoch_std,
            "seeds": self.seeds,
            "seed_std": self.seed_std,
            "sampling_error": self.sampling_error,
            "spread": self.spread,
        }


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

    def curve(self, name: str, metric: str) -> Curve:
        """Return a metric by epoch over all seeds, at the epochs where each of them measured it."""
        return gather_curve([result.points(metric) for result in self.runs[name]])

    def measure(self, name: str, metric: str) -> Measurement | None:
        """Return a metric of a run over its seeds; ``None`` where it is missing."""
        results = self.runs.get(name, ())
        finals = [value for result in results if (value := result.final(metric)) is not None]
        repeats = [repeat for result in results if (repeat := result.repeat(metric)) is not None]
        if not finals or len(repeats) < len(finals):
            return None
        means = [value for result in results if (value := result.last_mean(metric)) is not None]
        split = share_split(metric)
        like = metric.replace("test_", "val_")
        return Measurement(
            tuple(finals),
            0 if split is None else results[0].sizes[split],
            statistics.fmean(means) if means else None,
            statistics.fmean(epoch_movement(result.series(like))[0] for result in results),
            question_metrics()[metric].kind,
            tuple(repeats),
            loss_name(results[0].record.config) if question_metrics()[metric].kind == "loss" else "",
            min(LAST_EPOCHS, *(len(result.series(metric)) for result in results)),
        )


def read_results(
    store: Store, kept: Mapping[tuple[str, int], RunRecord], data: Mapping[str, Dataset] | None = None
) -> Results:
    """Return what the kept runs say; those that are not done, or cannot be read any more, are left out.

    Args:
        store: the history.
        kept: the runs by name and repetition.
        data: what they were trained on, by their name, for what older ones did not keep of each example.
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
        runs.setdefault(name, []).append(
            RunResult(record, start, epochs, example_reader(store, record, (data or {}).get(name)))
        )
    return Results(runs)
