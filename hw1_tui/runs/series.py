"""A metric of a kept run over its epochs, and what it came to with the run's seed."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace

from engines.contract import SplitName
from hw1_tui.metric import DERIVED, METRICS, EpochMetrics, Metric
from hw1_tui.runs.record import RunRecord
from hw1_tui.statistics.repeat import Examples, Repeat, repeat_at_end, repeat_of_epochs

ExampleReader = Callable[[SplitName, str], Examples | None]
"""Returns what each example of a split got: its loss, or for a share whether it was right; ``None`` where not known."""


def read_points(epochs: Sequence[EpochMetrics], name: str) -> list[tuple[int, float]]:
    """Return a metric by epoch, where it was measured; the untrained model, epoch 0, is left out.

    Args:
        epochs: in order.
        name: out of ``METRICS`` or ``DERIVED``. Gaps are validation loss over training loss and training over
            validation accuracy; jumps are steps from one epoch to the next.
    """
    if name == "val_loss_jumps":
        losses = read_points(epochs, "val_loss")
        return [(epoch, abs(after - before)) for (_, before), (epoch, after) in itertools.pairwise(losses)]
    found = ((epoch.epoch, _of_epoch(epoch, name)) for epoch in epochs if epoch.epoch)
    return [(epoch, value) for epoch, value in found if value is not None]


def _of_epoch(epoch: EpochMetrics, name: str) -> float | None:
    if name == "accuracy_gap":
        minuend, subtrahend = epoch["train_accuracy"], epoch["val_accuracy"]
    elif name == "loss_gap":
        minuend, subtrahend = epoch["val_loss"], epoch["train_eval_loss"]
    else:
        minuend, subtrahend = epoch[name], 0.0
    return None if minuend is None or subtrahend is None else float(minuend - subtrahend)


def read_repeat(
    record: RunRecord, epochs: Sequence[EpochMetrics], name: str, examples: ExampleReader = lambda *_: None
) -> Repeat | None:
    """Return what a metric of a run came to; ``None`` where it was not measured.

    Metrics of epochs count as the mean of the last ones, those of the test split as measured at the end. A gap is taken
    for other examples to lie as its validation part would.

    Args:
        record: the run.
        epochs: its epochs in order.
        name: out of ``METRICS`` or ``DERIVED``.
        examples: what each example of a split got at the end.
    """
    repeat = _read(record, epochs, METRICS.get(name) or DERIVED[name], examples)
    return replace(repeat, is_network=bool(record.config.get("hidden_sizes"))) if repeat else None


def _read(record: RunRecord, epochs: Sequence[EpochMetrics], metric: Metric, examples: ExampleReader) -> Repeat | None:
    name = metric.name
    series = [value for _, value in read_points(epochs, name)]
    if metric.split == "test":
        value = record.results.get(name)
        like = [v for _, v in read_points(epochs, name.replace("test_", "val_"))]
        told = examples("test", metric.kind)
        return None if value is None else repeat_at_end(float(value), like, told, _size(record, "test", metric.kind))
    if not series:
        return None
    if metric.kind == "time":
        return _total_time(series)
    if metric.kind == "jumps":
        return mean_jump(series)
    if metric.kind == "gap":
        return repeat_of_epochs(series, examples("val", "share" if name == "accuracy_gap" else "loss"))
    told = examples("val", metric.kind) if metric.split == "val" else None
    return repeat_of_epochs(series, told, _size(record, "val", metric.kind) if metric.split == "val" else 0)


def _size(record: RunRecord, split: str, kind: str) -> int:
    return int(record.facts.get(f"{split}_examples") or 0) if kind == "share" else 0


def _total_time(series: Sequence[float]) -> Repeat:
    """Return the time of a whole run: a machine that is slow in one epoch may be so in all."""
    std = statistics.stdev(series) * len(series) if len(series) > 2 else 0.0
    return Repeat(math.fsum(series), std)


def mean_jump(jumps: Sequence[float]) -> Repeat:
    """Return the mean step from one epoch to the next over the second half of a run.

    Args:
        jumps: the size of every step; at least one.
    """
    half = jumps[len(jumps) // 2 :]
    std = statistics.stdev(half) / math.sqrt(len(half)) if len(half) > 1 else 0.0
    return Repeat(statistics.fmean(half), std)
