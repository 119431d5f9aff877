"""A table of the report with our numbers: which of them are compared, and whether the columns keep their order."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui.metric import NOTHING, EpochMetrics
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.table_result import fill_table
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Column, Homework, Row, Table
from hw1_tui.report.runs.run_result import Results, RunResult
from hw1_tui.runs import Store
from tests.support.history import run_record

EMPTY = Split(np.zeros((0, 1)), np.zeros(0, np.int64))
FACTS = {"train_examples": 1000, "val_examples": 1404, "test_examples": 1404}


def run(metric, value):
    epochs = tuple(EpochMetrics(epoch + 1, {metric: value + 1e-4 * (epoch % 2)}) for epoch in range(30))
    return RunResult(replace(run_record(), facts=FACTS), NOTHING, epochs)


def filled(metric, printed, ours, others=(), comparable=True, expect="", meant=None):
    columns = tuple(Column(name, name) for name in "abc"[: len(printed)])
    table = Table(1, "1", "table", columns, (Row(metric, printed, meant or printed, others, expect),))
    homework = Homework("t", "", (1000, 1404, 1404), (), {}, (table,), (), ())
    results = Results(
        {name: [run(metric, value)] for name, value in zip("abc", ours, strict=False) if value is not None}
    )
    evidence = Evidence(homework, results, Dataset("none", EMPTY, EMPTY, EMPTY), Store())
    return fill_table(table, evidence, comparable, True).rows[0]


@pytest.mark.parametrize(
    ("printed", "ours", "verdict"),
    [
        ((1.0, 2.0, 3.0), (1.1, 2.1, 3.1), AGREES),
        ((1.0, 2.0), (2.1, 2.6), AGREES),
        ((1.0, 2.0, 3.0), (3.1, 2.1, 1.1), DIFFERS),
        ((1.0, 2.0, 3.0), (1.1, 3.1, 2.1), DIFFERS),  # one pair of three
        ((3.0, 2.0, 2.0), (3.1, 2.1, 1.1), AGREES),  # print leaves a pair open
        ((2.0, 2.0, 2.0), (1.0, 2.0, 3.0), CANNOT_BE_TOLD),
        ((1.0, 2.0, 3.0), (2.0, 2.0, 2.0), CANNOT_BE_TOLD),
        ((1.0, 2.0, 3.0), (None, 2.1, 3.1), AGREES),
        ((1.0, 2.0, 3.0), (None, None, 3.1), CANNOT_BE_TOLD),
        ((1.0,), (1.0,), None),
    ],
)
def test_the_order_of_the_columns_is_told_by_the_pairs_that_are_clear_in_print_and_in_ours(printed, ours, verdict):
    row: Any = filled("val_loss", printed, ours, expect=AGREES)
    assert row.ranking == verdict
    assert row.is_unexpected == (verdict not in (AGREES, None))


@pytest.mark.parametrize(
    ("printed", "ours", "part"),
    [
        ((1.0, 2.0, 3.0), (1.1, 2.1, 3.1), ""),
        ((1.0, 2.0, 3.0), (2.1, 2.0, 3.1), "2 of 3"),  # the first two come the other way round, which may be chance
        ((1.0, 2.0, 3.0), (None, 2.1, 3.1), "1 of 3"),
        ((1.0, 2.0, 3.0), (3.1, 2.1, 1.1), ""),
        ((1.0, 2.0, 3.0), (2.0, 2.0, 2.0), ""),
    ],
)
def test_an_order_that_agrees_in_part_says_by_how_many_pairs(printed, ours, part):
    """It was told of all of them, beside numbers that come in another order."""
    row = filled("val_loss", printed, ours)
    assert row.part_told == part


def test_a_number_is_compared_where_it_was_measured_and_digits_can_be():
    cells = filled("val_loss", (1.0, 2.0, 3.0), (1.0, 3.0, None), (None, (1.9, 2.1), None)).cells
    assert [cell.comparison and cell.comparison.verdict for cell in cells] == [AGREES, DIFFERS, None]
    assert [cell.others for cell in cells] == [None, (1.9, 2.1), None]
    assert [(cell.printed, cell.ours and round(cell.ours.value)) for cell in cells] == [(1.0, 1), (2.0, 3), (3.0, None)]
    assert not any(cell.comparison for cell in filled("val_loss", (1.0, 2.0), (1.0, 2.0), comparable=False).cells)


def test_what_is_meant_is_compared_where_something_else_is_printed():
    row = filled("val_loss", (10.0, 2.0), (1.0, 2.0), meant=(1.0, 2.0))
    cell = row.cells[0]
    assert (cell.printed, cell.meant, cell.comparison and cell.comparison.verdict) == (10.0, 1.0, AGREES)
    assert row.ranking == AGREES


def test_a_printed_accuracy_errs_as_a_share_of_its_split():
    cell = filled("val_accuracy", (0.5, 0.6), (0.5, 0.6)).cells[0]
    assert cell.comparison
    assert cell.comparison.error > (0.25 / 1404) ** 0.5
    order = filled("val_accuracy", (0.50, 0.532), (0.4, 0.9))
    assert order.ranking == CANNOT_BE_TOLD, "three hundredths apart in print are chance"


def test_times_are_compared_as_ratios_to_the_first():
    row = filled("seconds", (2.0, 3.0, 4.0), (1.0, 3.0, None))
    assert row.ratios(row.cells[0]) == (None, None)
    assert row.ratios(row.cells[1]) == pytest.approx((1.5, 3.0), rel=1e-3)
    assert row.ratios(row.cells[2]) == (2.0, None)
    assert not any(cell.comparison for cell in row.cells)
    loss = filled("val_loss", (1.0, 2.0), (1.0, 2.0))
    assert loss.ratios(loss.cells[1]) == (None, None)
