"""The report as far as the history has it, read for a screen or written into a folder, for both front ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engines.contract import Dataset
from hw1_tui.files.folder import prepare_folder
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.report import Report, build_report
from hw1_tui.report.judge.weight_histogram import WeightHistogram, weight_histogram
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_metric import WEIGHTS
from hw1_tui.report.runs.plan import PlannedRunKey, find_kept, is_done, is_taken, key
from hw1_tui.report.runs.request import Request
from hw1_tui.report.runs.run_result import read_results
from hw1_tui.report.write.output import write_report
from hw1_tui.runs import RunRecord, Store

_BINS = 60
"""Of a histogram of weights, as many as the charts of a terminal tell apart."""


@dataclass(frozen=True)
class Reading:
    """The report as far as the history has it.

    Attributes:
        request: what was asked for.
        kept: the runs of the history behind it, those that have not ended as well.
        taken: the runs that a program trains or is about to, this one or another.
        question: the question that was settled; empty where there is no data.
        report: that question's tables and claims.
        histograms: by the names of the runs whose weights the question's figures draw.
    """

    request: Request
    kept: Mapping[PlannedRunKey, RunRecord]
    taken: frozenset[PlannedRunKey]
    question: str
    report: Report | None
    histograms: Mapping[str, WeightHistogram]


def settle_report(
    homework: Homework, request: Request, kept: Mapping[PlannedRunKey, RunRecord], data: Dataset, store: Store
) -> Report:
    """Return the report of some questions by the runs that are done.

    Args:
        homework: the questions.
        request: which runs are meant.
        kept: what the history has of them, by name and repetition; those that have not ended are left out.
        data: what they were trained on.
        store: the history.
    """
    needed = {key(run) for run in request.runs(homework, len(data.train))}
    results = read_results(store, {name: record for name, record in kept.items() if name in needed}, data)
    evidence = Evidence(homework, results, data, store)
    return build_report(evidence, request.epochs_scale, request.is_course_data)


def read_report(
    homework: Homework, request: Request, data: Dataset, store: Store, question: str, before: Reading | None = None
) -> Reading:
    """Return what the history has of all questions, and one of them settled. Takes seconds where weights are read.

    Args:
        homework: the report.
        request: which runs are meant.
        data: what they were trained on.
        store: the history.
        question: the one to settle.
        before: what was read of this question before; settled again only if other runs are there now.
    """
    runs = request.runs(homework, len(data.train))
    kept = find_kept(store, runs, data.fingerprint)
    taken = frozenset(key(run) for run in runs if is_taken(store, run, data.fingerprint, kept.get(key(run))))
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
    return Reading(request, kept, taken, question, report, {run: drawn for run, drawn in found.items() if drawn})


def export_report(
    homework: Homework, request: Request, data: Dataset, store: Store, folder: Path, *, overwrite: bool = False
) -> None:
    """Write the report as far as the history has it.

    Args:
        homework: the questions to write.
        request: which runs are meant.
        data: what they were trained on.
        store: the history.
        folder: where the documents go.
        overwrite: whether to replace also what no report has written.

    Raises:
        MistakeError: the folder cannot be written to, or has something in it that must stay.
        OSError: the disk does not take it.
    """
    prepare_folder(folder)
    kept = find_kept(store, request.runs(homework, len(data.train)), data.fingerprint)
    write_report(settle_report(homework, request, kept, data, store), folder, overwrite=overwrite)
