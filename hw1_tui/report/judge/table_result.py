"""A table of the report with our numbers beside the printed ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.verdict import AGREE_WITHIN, Comparison, compare_pair, compare_printed, worse
from hw1_tui.report.questions.question import (
    AGREES,
    CANNOT_BE_TOLD,
    DIFFERS,
    Row,
    Table,
    Verdict,
)
from hw1_tui.report.questions.question_metric import share_split
from hw1_tui.report.runs.run_result import Measurement
from hw1_tui.statistics.interval import share_error


@dataclass(frozen=True)
class Cell:
    """One printed number and ours.

    Attributes:
        printed: as printed; ``None`` for nothing.
        meant: what is meant, see ``Row``.
        others: what independent solutions got; ``None`` where that is not known.
        ours: what was measured; ``None`` where it was not.
        comparison: difference and verdict; ``None`` where digits cannot be compared.
    """

    printed: float | None
    meant: float | None
    others: tuple[float, float] | None
    ours: Measurement | None
    comparison: Comparison | None


@dataclass(frozen=True)
class RowResult:
    """A row of a table.

    Attributes:
        row: the row.
        cells: one a column.
        ranking: whether the columns come in the same order as in print; ``None`` for one column, and without print.
        told: how many pairs of columns that verdict rests on.
        is_checked: whether the verdict is held to what the questions file expects.
    """

    row: Row
    cells: tuple[Cell, ...]
    ranking: Verdict | None
    told: int = 0
    is_checked: bool = False

    @property
    def part_told(self) -> str:
        """How many of its pairs an order that agrees rests on, such as ``2 of 3``; empty where it is all of them."""
        pairs = math.comb(len(self.cells), 2)
        return f"{self.told} of {pairs}" if self.ranking == AGREES and self.told < pairs else ""

    def ratios(self, cell: Cell) -> tuple[float | None, float | None]:
        """Return the printed time of one of the cells and ours as ratios to the first's; ``None`` for what is none."""
        first = self.cells[0]
        if self.row.metric != "seconds" or cell is first:
            return None, None
        own = cell.ours.value / first.ours.value if cell.ours and first.ours else None
        return cell.printed / first.printed if cell.printed and first.printed else None, own

    @property
    def is_unexpected(self) -> bool:
        """Whether the verdict on the order is worse than the questions file expects."""
        return self.is_checked and self.ranking is not None and worse(self.ranking, self.row.expect)


@dataclass(frozen=True)
class TableResult:
    """A table with every cell settled."""

    table: Table
    rows: tuple[RowResult, ...]

    @property
    def last_epochs(self) -> set[int]:
        """Of how many epochs the means over the last epochs are; empty where there are none."""
        every = (cell.ours for row in self.rows for cell in row.cells)
        return {ours.last_epochs for ours in every if ours and ours.last_mean is not None}

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON."""
        return {
            "number": self.table.number,
            "question": self.table.question,
            "title": self.table.title,
            "columns": [{"title": column.title, "run": column.run} for column in self.table.columns],
            "rows": [
                {
                    "figure": row.row.metric,
                    "ranking": row.ranking,
                    "pairs_told": None if row.ranking is None else row.told,
                    "expect": row.row.expect or None,
                    "cells": [_cell_record(row, cell) for cell in row.cells],
                }
                for row in self.rows
            ],
        }


def _cell_record(row: RowResult, cell: Cell) -> dict[str, Any]:
    is_time = row.row.metric == "seconds"
    printed_ratio, ratio = row.ratios(cell)
    return {
        "printed": cell.printed,
        "meant": cell.meant,
        "others": cell.others,
        "ours": cell.ours.as_dict() if cell.ours else None,
        "difference": cell.ours.value - cell.meant if cell.ours and cell.meant is not None and not is_time else None,
        "printed_ratio": printed_ratio,
        "ratio": ratio,
        "error": cell.comparison.error if cell.comparison else None,
        "verdict": cell.comparison.verdict if cell.comparison else None,
    }


def fill_table(table: Table, evidence: Evidence, comparable: bool, is_checked: bool = False) -> TableResult:
    """Return a table with our numbers.

    Args:
        table: the table.
        evidence: the report that it is in, and the kept runs.
        comparable: whether printed digits can be compared: the course's data and the report's numbers of epochs.
        is_checked: whether verdicts are held to what the questions file expects.
    """
    rows = []
    for row in table.rows:
        split = share_split(row.metric)
        n_printed = 0 if split is None else evidence.sizes[split]
        ours = [evidence.results.measure(column.run, row.metric) for column in table.columns]
        nothing = (None,) * len(ours)
        printed, meant, others = row.printed or nothing, row.meant or nothing, row.others or nothing
        cells = [
            Cell(
                printed[place], meant[place], others[place], measured,
                compare_printed(means, n_printed, measured)
                if comparable and measured and means is not None and row.metric != "seconds" else None,
            )
            for place, (means, measured) in enumerate(zip(meant, ours, strict=True))
        ]  # fmt: skip
        rows.append(RowResult(row, tuple(cells), *_judge_order(row.meant, n_printed, ours), is_checked))
    return TableResult(table, tuple(rows))


def _judge_order(
    printed: Sequence[float | None], n: int, ours: Sequence[Measurement | None]
) -> tuple[Verdict | None, int]:
    """Return whether the columns come in the printed order, as far as print and ours tell it, and by how many pairs.

    Of each pair of columns the order is clear in print beyond two standard errors, in ours by the rule for two
    settings. The verdict is on the pairs whose order is clear in both; without one it cannot be told.
    """
    if sum(number is not None for number in printed) < 2:
        return None, 0
    verdicts: list[Verdict] = []
    for (p1, m1), (p2, m2) in itertools.combinations(zip(printed, ours, strict=True), 2):
        if m1 is None or m2 is None or p1 is None or p2 is None:
            continue
        error = math.hypot(share_error(p1, n), share_error(p2, n), m1.spread, m2.spread)
        own = compare_pair(m1, m2)
        if abs(p1 - p2) > AGREE_WITHIN * error and own.verdict != CANNOT_BE_TOLD:
            verdicts.append(AGREES if (p1 > p2) == (own.difference > 0) else DIFFERS)
    told: Verdict = DIFFERS if DIFFERS in verdicts else AGREES if verdicts else CANNOT_BE_TOLD
    return told, len(verdicts)
