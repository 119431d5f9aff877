"""Runs grouped by a hyperparameter as a table: a row a value."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.export.comparison_table import NO_VERDICT, about_losses, least_important
from hw1_tui.export.table import STATISTICS, SUPERIORITY, Table, cell, title
from hw1_tui.metric import Metric
from hw1_tui.numeral import counted
from hw1_tui.runs.comparison import MAY_DIFFER, about_spreads, differing, repeated_results
from hw1_tui.runs.difference import OTHER_DATA, EvidenceByRun, main_metric
from hw1_tui.runs.record import RunRecord
from hw1_tui.runs.value_group import ValueComparison, ValueGroup, compare_values, has_several, value_groups
from hw1_tui.settings import SEED_NAMES
from hw1_tui.statistics.superiority import FEWEST_SEEDS


def value_table(records: Sequence[RunRecord], name: str, evidence: EvidenceByRun | None = None) -> Table:
    """Return the finished runs by the value of a hyperparameter: mean and spread, and how each compares with the first.

    Args:
        records: the runs.
        name: the hyperparameter.
        evidence: what they said of each example.

    Raises:
        MistakeError: no run has such a hyperparameter.
    """
    groups = value_groups(records, name)
    metric = main_metric([record for group in groups for record in group.runs])
    compared = [
        compare_values(group, groups[0], metric, evidence or {}) if place and metric else None
        for place, group in enumerate(groups)
    ]
    results = repeated_results()
    columns = [f"{result}{statistic}" for result in results for statistic in STATISTICS]
    rows = [(*_row(group, results), *_cells(one)) for group, one in zip(groups, compared, strict=True)]
    less = [f"{result}{statistic}" for result in least_important(results) for statistic in STATISTICS]
    return Table(
        (name, "runs", "settings", "seeds", *columns, *SUPERIORITY, "verdict"),
        tuple(rows),
        _remark(records, name, groups, metric, compared),
        (*less, "settings", *SUPERIORITY[1:]),
    )


def _row(group: ValueGroup, results: Sequence[str]) -> list[object]:
    row: list[object] = [group.value, len(group.runs), len(group.settings), group.seeds]
    spreads = group.spreads
    for result in results:
        found = spreads.get(result)
        row += [found and found.mean, found.std if found and found.n > 1 else None]
    return row


def _cells(compared: ValueComparison | None) -> list[object]:
    if compared is None:
        return [None] * 4
    p = compared.superiority
    return [*((p.value, p.low, p.high) if p else (None, None, None)), compared.verdict]


def _remark(
    records: Sequence[RunRecord],
    name: str,
    groups: Sequence[ValueGroup],
    metric: Metric | None,
    compared: Sequence[ValueComparison | None],
) -> str:
    """Return what the columns are, and why some are empty."""
    kept = [record for record in records if not has_several(record, name)]
    words = about_spreads(kept)
    unknown = sum(record.changed_before is None for record in records) if len(kept) < len(records) else 0
    if changed := len(records) - len(kept) - unknown:
        words.append(f"Left out as {title(name)} was changed on the way: {counted(changed, 'run')}.")
    if unknown:
        words.append(f"Left out as {title(name)} may have been changed before they were branched: "
                     f"{counted(unknown, 'run')}.")  # fmt: skip
    if len(groups) > 1 and metric:
        first = f"{title(name)} {cell(name, groups[0].value)}"
        words.append(f"Verdict and superiority: {metric.title} beside that of {first}.")
        found = [one for one in compared if one]
        if others := _other_differences(name, groups, compared):
            words.append(f"They differ in {', '.join(map(title, others))} too, and the verdict is on all of it.")
        if any(one.superiority for one in found):
            words.append("Superiority is P(A > B), the share of pairs of seeds in which it is better, ties half, "
                         "with its 95% interval.")  # fmt: skip
        if any(one.verdict == OTHER_DATA for one in found):
            words.append(NO_VERDICT)
        if any(one.superiority is None and one.verdict != OTHER_DATA for one in found):
            words.append(f"P(A > B) is told of at least {FEWEST_SEEDS} seeds on each side.")
    if any(len(group.settings) > 1 for group in groups):
        words.append("Where a value has several settings, the spread is over these as well, and there is no verdict.")
    return " ".join(words) + about_losses(records)


def _other_differences(
    name: str, groups: Sequence[ValueGroup], compared: Sequence[ValueComparison | None]
) -> Sequence[str]:
    """Return in what else the runs of some values differ from those of the first, which a verdict on them is on too."""
    judged = [group for group, one in zip(groups, compared, strict=True) if one and one.verdict != OTHER_DATA]
    differ = differing([group.runs[0] for group in (groups[0], *judged)])
    return sorted(differ.keys() - {name} - MAY_DIFFER - set(SEED_NAMES))
