"""A run beside another on the test examples: how far apart they came out, and whether their settings differ.

Two questions with two answers. The interval and McNemar's test say how far apart these two models are, by the examples
that both were tested on. The verdict is on the settings that they were trained with: there the seeds are part of the
error, see ``hw1_tui.statistics.comparison``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hw1_tui.metric import EpochMetrics, Metric, end_metrics
from hw1_tui.runs.comparison import repetitions, setting_of
from hw1_tui.runs.loss_name import loss_name
from hw1_tui.runs.prediction import Predictions, examples_of
from hw1_tui.runs.record import RunRecord
from hw1_tui.runs.series import read_repeat
from hw1_tui.statistics.comparison import SettingComparison, compare_settings
from hw1_tui.statistics.interval import Interval, unpaired_difference
from hw1_tui.statistics.paired import PairedShares, paired_means
from hw1_tui.statistics.repeat import Examples, Repeat

SAME_SETTING, OTHER_DATA = "same setting", "other data"
"""What stands in place of a verdict where there is nothing to judge: no other settings, or other examples as well."""


@dataclass(frozen=True)
class RunEvidence:
    """What the comparison of a run rests on beside its record.

    Attributes:
        epochs: its epochs.
        tested: what it said of each test example; ``None`` where that is not known.
    """

    epochs: Sequence[EpochMetrics] = ()
    tested: Predictions | None = None


EvidenceByRun = Mapping[str, RunEvidence]
"""By the identifier of the run; one that is missing is compared by its record alone."""


@dataclass(frozen=True)
class Difference:
    """A metric of a run less that of another.

    Attributes:
        interval: the difference of the two models with its 95% interval over examples.
        p: of McNemar's exact test; ``None`` for a loss, or for other examples.
        is_paired: whether both were measured on the same examples, one by one; otherwise the interval is Newcombe's.
        verdict: whether the settings differ, in words; ``SAME_SETTING`` or ``OTHER_DATA`` where that is no question.
    """

    interval: Interval
    p: float | None
    is_paired: bool
    verdict: str


def differences(records: Sequence[RunRecord], evidence: EvidenceByRun) -> list[dict[str, Difference]]:
    """Return by how much each metric of the test split of each run differs from that of the first.

    Args:
        records: the runs; those that differ in their seed alone are the seeds of one setting.
        evidence: what is known of them.

    Returns:
        The differences by the name of the metric, one dictionary a run; those of the first run are empty.
    """
    settings = {record.run: group.runs for group in repetitions(records) for record in group.runs}
    found: list[dict[str, Difference]] = [{} for _ in records]
    for place, record in enumerate(records[1:], start=1):
        ours, theirs = (settings.get(r.run, (r,)) for r in (record, records[0]))
        for metric in end_metrics():
            if difference := _difference(metric, record, records[0], evidence):
                is_same = setting_of(record) == setting_of(records[0])
                verdict = SAME_SETTING if is_same else verdict_on(metric, ours, theirs, evidence)
                found[place][metric.name] = Difference(*difference, verdict)
    return found


def _difference(
    metric: Metric, run: RunRecord, baseline: RunRecord, evidence: EvidenceByRun
) -> tuple[Interval, float | None, bool] | None:
    """Return interval, p and whether it is paired; ``None`` where nothing can be said."""
    if not _is_comparable(metric, run, baseline):
        return None
    ours, theirs = (_examples(r, metric, evidence) for r in (run, baseline))
    if ours and theirs and ours.key == theirs.key:
        if metric.kind == "loss":
            return paired_means(ours.values, theirs.values), None, True
        shares = PairedShares.of(ours.values, theirs.values)
        return shares.difference(), shares.mcnemar(), True
    hits, others = _hits(run, metric), _hits(baseline, metric)
    return (unpaired_difference(*hits, *others), None, False) if hits and others else None


def _is_comparable(metric: Metric, run: RunRecord, baseline: RunRecord) -> bool:
    """Return whether both were measured, and losses are of one kind."""
    if any(record.results.get(metric.name) is None for record in (run, baseline)):
        return False
    return metric.kind != "loss" or loss_name(run.config) == loss_name(baseline.config)


def _hits(record: RunRecord, metric: Metric) -> tuple[int, int] | None:
    """Return how many of how many test examples a run got right; ``None`` where that was not measured."""
    share, n = record.results.get(metric.name), record.facts.get("test_examples")
    return (round(share * n), n) if metric.kind == "share" and share is not None and n else None


def _examples(record: RunRecord, metric: Metric, evidence: EvidenceByRun) -> Examples | None:
    known = evidence.get(record.run)
    return examples_of(known.tested, metric.kind) if known else None


def verdict_on(metric: Metric, ours: Sequence[RunRecord], theirs: Sequence[RunRecord], evidence: EvidenceByRun) -> str:
    """Return whether a setting differs from another, in words; ``OTHER_DATA`` where the test examples do as well.

    Args:
        metric: of the test split.
        ours: the runs of the setting, one a seed, all measured.
        theirs: those of the other.
        evidence: what is known of them.
    """
    if _is_tested_on_other_data(metric, ours[0], theirs[0], evidence):
        return OTHER_DATA
    first, second = (
        [repeat for run in runs if (repeat := _repeat(run, metric, evidence)) is not None] for runs in (ours, theirs)
    )
    return _in_words(compare_settings(first, second, metric.kind), metric)


def _is_tested_on_other_data(metric: Metric, run: RunRecord, other: RunRecord, evidence: EvidenceByRun) -> bool:
    """Return whether data differs in its test examples too; more to train on is a setting like any other."""
    ours, theirs = (record.facts.get("fingerprint") for record in (run, other))
    if not ours or not theirs or ours == theirs:
        return False
    first, second = (_examples(record, metric, evidence) for record in (run, other))
    return not (first and second and first.key == second.key)


def _repeat(record: RunRecord, metric: Metric, evidence: EvidenceByRun) -> Repeat | None:
    epochs = evidence[record.run].epochs if record.run in evidence else ()
    return read_repeat(record, epochs, metric.name, lambda *_: _examples(record, metric, evidence))


def _in_words(compared: SettingComparison, metric: Metric) -> str:
    if not compared.is_clear:
        return compared.verdict
    is_better = (compared.difference > 0) == (metric.best == "highest")
    return f"clear: {'better' if is_better else 'worse'}"


def main_metric(records: Sequence[RunRecord]) -> Metric | None:
    """Return the metric of the test split that runs are ranked by: the most important that all of them have."""
    measured = [m for m in end_metrics() if all(r.results.get(m.name) is not None for r in records)]
    return max(measured, key=lambda metric: metric.importance, default=None)
