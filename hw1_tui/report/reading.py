"""The report as far as the history has it, read for a screen or written into a folder, for both front ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engines.contract import Dataset
from hw1_tui.files.folder import prepare_folder
from hw1_tui.read_options import Wanted
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.report import Report, build_report
from hw1_tui.report.judge.weight_histogram import WeightHistogram, weight_histogram
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_metric import WEIGHTS
from hw1_tui.report.runs.plan import PlannedRunKey, find_kept, key
from hw1_tui.report.runs.request import Request
from hw1_tui.report.runs.run_result import read_results
from hw1_tui.report.write.output import write_report
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import is_done, is_taken

_BINS = 60
"""Of a histogram of weights, as many as the charts of a terminal tell apart."""


@dataclass(frozen=True)
class Reading:
    """The report as far as the history has it.

    Attributes:
        request: what was asked for.
        data: every data set that the report needs, by its source and how it is read.
        kept: the runs of the history behind it, those that have not ended as well.
        taken: the runs that a program trains or is about to, this one or another.
        question: the question that was settled; empty where there is no data.
        report: that question's tables and claims.
        histograms: by the names of the runs whose weights the question's figures draw.
    """

    request: Request
    data: Mapping[Wanted, Dataset]
    kept: Mapping[PlannedRunKey, RunRecord]
    taken: frozenset[PlannedRunKey]
    question: str
    report: Report | None
    histograms: Mapping[str, WeightHistogram]


def settle_report(
    homework: Homework,
    request: Request,
    kept: Mapping[PlannedRunKey, RunRecord],
    data: Mapping[Wanted, Dataset],
    store: Store,
) -> Report:
    """Return the report of some questions by the runs that are done.

    Args:
        homework: the questions.
        request: which runs are meant.
        kept: what the history has of them, by name and repetition; those that have not ended are left out.
        data: every data set that they need, by its source and how it is read.
        store: the history.
    """
    runs = request.runs(homework, data)
    needed = {key(run) for run in runs}
    of_run = {run.name: run.data for run in runs}
    results = read_results(store, {name: record for name, record in kept.items() if name in needed}, of_run)
    common = of_run.get(_without_data(homework, of_run), next(iter(data.values())))
    own = {name: one for name, one in of_run.items() if one is not common}
    return build_report(Evidence(homework, results, common, store, own), request)


def _without_data(homework: Homework, names: Iterable[str]) -> str:
    """Return the first of some runs for which the file names no data, or just the first; empty for none."""
    listed = list(names)
    return next((name for name in listed if not homework.runs[name].data), next(iter(listed), ""))


def read_report(
    homework: Homework,
    request: Request,
    data: Mapping[Wanted, Dataset],
    store: Store,
    question: str,
    before: Reading | None = None,
) -> Reading:
    """Return what the history has of all questions, and one of them settled. Takes seconds where weights are read.

    Args:
        homework: the report.
        request: which runs are meant.
        data: every data set that the report needs, by its source and how it is read.
        store: the history.
        question: the one to settle.
        before: what was read of this question before; settled again only if other runs are there now.
    """
    runs = request.runs(homework, data)
    kept = find_kept(store, runs)
    taken = frozenset(key(run) for run in runs if is_taken(store, run.training, kept.get(key(run))))
    part = homework.only((question,))
    if before and before.request == request and before.report:
        names = {name for name, _ in kept} & set(part.needed_runs())
        now = {record.run for (name, _), record in kept.items() if name in names and is_done(record)}
        if now == {record.run for records in before.report.runs.values() for record in records}:
            return replace(before, kept=kept, taken=taken)
    report = settle_report(part, request, kept, data, store)
    evidence = report.evidence
    drawn = [p for figure in part.figures for p in figure.panels if p.metrics == (WEIGHTS,)]
    named = dict.fromkeys(run for panel in drawn for run in panel.runs if run in evidence.results)
    found = {run: weight_histogram(run, evidence, _BINS) for run in named}
    return Reading(request, data, kept, taken, question, report, {run: drawn for run, drawn in found.items() if drawn})


def export_report(
    homework: Homework,
    request: Request,
    data: Mapping[Wanted, Dataset],
    store: Store,
    folder: Path,
    *,
    overwrite: bool = False,
) -> None:
    """Write the report as far as the history has it.

    Args:
        homework: the questions to write.
        request: which runs are meant.
        data: every data set that they need, by its source and how it is read.
        store: the history.
        folder: where the documents go.
        overwrite: whether to replace also what no report has written.

    Raises:
        MistakeError: the folder cannot be written to, or has something in it that must stay.
        OSError: the disk does not take it.
    """
    prepare_folder(folder, "")
    kept = find_kept(store, request.runs(homework, data))
    write_report(settle_report(homework, request, kept, data, store), folder, overwrite=overwrite)
