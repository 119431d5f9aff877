"""Tables of runs beside each other, which a person reads or takes away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hw1_tui.export.table import DIFFERENCE, STATISTICS, Table
from hw1_tui.metric import METRICS, Metric, by_importance, end_metrics
from hw1_tui.runs.comparison import (
    about_data,
    about_spreads,
    compared_results,
    differing,
    repeated_results,
    repetitions,
    unfinished,
)
from hw1_tui.runs.difference import OTHER_DATA, SAME_SETTING, Difference, EvidenceByRun, differences
from hw1_tui.runs.loss_name import loss_name
from hw1_tui.runs.record import BEST, RunRecord
from hw1_tui.settings import SEED_NAMES
from hw1_tui.statistics.interval import LEVEL

NO_VERDICT = "Runs that were tested on other data have none: its examples may be harder or easier."
"""Said below verdicts on settings."""

_OTHER_IMPORTANCES = {"best_epoch": 52, "epochs_done": 58}
"""Of results that are no metrics; see ``Metric.importance``."""


def least_important(results: Sequence[str]) -> list[str]:
    """Return results in the order in which a narrow line leaves them out; the most important one stays."""

    def importance(name: str) -> int:
        metric = METRICS.get(name.removeprefix(BEST))
        return _OTHER_IMPORTANCES[name] if metric is None else metric.importance - 5 * name.startswith(BEST)

    return sorted(results, key=importance)[:-1]


def comparison_table(
    records: Sequence[RunRecord], results: Sequence[str] = (), evidence: EvidenceByRun | None = None
) -> Table:
    """Return runs as rows: what differs in their configurations, their results, the differences to the first.

    Args:
        records: the runs.
        results: which of their results; ``compared_results`` by default.
        evidence: what they said of each example, for differences on the same examples.
    """
    differ = differing(records)
    results = results or compared_results()
    told, told_columns = differences(records, evidence or {}), _difference_columns()
    columns = ("run", "name", *differ, *results, *told_columns)
    rows = []
    for i, record in enumerate(records):
        own = (record.run, record.labels.name, *(values[i] for values in differ.values()))
        rows.append((*own, *(record.results.get(name) for name in results), *_difference_cells(told[i])))
    # What makes the numbers hard to compare first: a small terminal shows the beginning.
    cautions = [about_data(records), unfinished(records) if len(records) > 1 else "", describe_differences(told)]
    remark = " ".join(filter(None, cautions)) + about_losses(records)
    less = (*least_important(results), *reversed(told_columns[1:]), *reversed(differ))
    return Table(columns, tuple(rows), remark.strip(), less)


def _tested() -> list[Metric]:
    """Return the metrics of the test split, the most important first."""
    return by_importance(end_metrics())[::-1]


def _difference_columns() -> list[str]:
    """Return the columns of what a run differs by from the first; those of the test accuracy are called so alone."""
    columns = []
    for metric in _tested():
        is_main, is_share = metric.name == "test_accuracy", metric.kind == "share"
        prefix = "" if is_main else f"{metric.name}_"
        columns += [
            f"{prefix or 'test_'}{DIFFERENCE}",
            *(f"{prefix}{DIFFERENCE}_{end}" for end in ("low", "high")),
            *[f"{prefix}mcnemar_p"] * is_share,
            f"{prefix}verdict",
        ]
    return columns


def _difference_cells(told: Mapping[str, Difference]) -> Iterator[Any]:
    """Yield what stands in these columns."""
    for metric in _tested():
        found = told.get(metric.name)
        interval = (found.interval.value, found.interval.low, found.interval.high) if found else (None, None, None)
        yield from (end if end is not None and math.isfinite(end) else None for end in interval)  # of one example
        if metric.kind == "share":
            yield found and found.p
        yield found and found.verdict


def describe_differences(told: Sequence[Mapping[str, Difference]]) -> str:
    """Return in words how runs were compared with the first; empty where none was."""
    found = [difference for one in told for difference in one.values()]
    if not found:
        return ""
    words = ["Differences are to the first run, with 95% intervals."]
    if any(difference.is_paired for difference in found):
        tested = ", McNemar's exact p" * any(difference.p is not None for difference in found)
        words.append(f"On the same test examples: paired{tested}.")
    if not all(difference.is_paired for difference in found):
        words.append("On others, or where what each got is not known: Newcombe's, unpaired.")
    verdicts = sum(difference.verdict not in (SAME_SETTING, OTHER_DATA) for difference in found)
    chance = f"; of {verdicts}, {verdicts * (1 - LEVEL):.2g} are clear by chance on average" if verdicts > 1 else ""
    words.append(f"The verdict is on the settings, seeds included{chance}.")
    if any(difference.verdict == OTHER_DATA for difference in found):
        words.append(NO_VERDICT)
    return " ".join(words)


def seeds_table(records: Sequence[RunRecord]) -> Table:
    """Return runs that differ in nothing but their seed as one row: their mean and sample standard deviation."""
    groups = repetitions(records)
    differ = differing([group.runs[0] for group in groups])
    differ = {name: values for name, values in differ.items() if name not in SEED_NAMES}
    results = repeated_results()
    spreads = [f"{name}{statistic}" for name in results for statistic in STATISTICS]
    rows = []
    for i, group in enumerate(groups):
        found = [group.spreads.get(name) for name in results]
        values = [value for s in found for value in ((s.mean, s.std if s.n > 1 else None) if s else (None, None))]
        rows.append((len(group.runs), group.seeds, *(own[i] for own in differ.values()), *values))
    remark = " ".join(about_spreads(records)) + about_losses(records)
    less = [f"{name}{statistic}" for name in least_important(results) for statistic in STATISTICS]
    return Table(("runs", "seeds", *differ, *spreads), tuple(rows), remark, ("seeds", *less, *reversed(differ)))


def about_losses(records: Sequence[RunRecord]) -> str:
    """Return a sentence, with a space before it, that says what the losses are; empty where nobody can tell."""
    losses = list(dict.fromkeys(loss_name(record.config) for record in records))
    if len(losses) > 1:
        return f" The losses are not of one kind: {', '.join(losses)}."
    return f" The losses are the mean {losses[0]} per example." if losses and losses != ["loss"] else ""
