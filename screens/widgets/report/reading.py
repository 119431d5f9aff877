"""What the history says of the report, read in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from textual.message import Message

from engines.contract import Array, Dataset, EngineError
from hw1_tui.files.folder import prepare_folder
from hw1_tui.mistake import MistakeError
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.report import Report, build_report
from hw1_tui.report.judge.weight_check import weights_of, zero_share
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.runs.plan import PlannedRun, PlannedRunKey, find_kept, is_done, is_taken, key
from hw1_tui.report.runs.request import Request
from hw1_tui.report.runs.run_result import read_results
from hw1_tui.report.write.output import write_report
from hw1_tui.runs import RunRecord, Store

_BINS = 60


@dataclass(frozen=True)
class Histogram:
    """How the weights of a run are distributed.

    Attributes:
        centres: of the bins, (n,).
        counts: weights in each, those that are exactly zero left out, (n,).
        zeros: share of the weights that are exactly zero.
    """

    centres: Array
    counts: Array
    zeros: float


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
    histograms: Mapping[str, Histogram]


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
    runs = request.runs(homework)
    kept = find_kept(store, runs, data.fingerprint)
    taken = frozenset(key(run) for run in runs if _is_taken(run, kept.get(key(run)), store, data))
    part = homework.only((question,))
    if before and before.request == request and before.report:
        names = {name for name, _ in kept} & set(part.needed_runs())
        now = {record.run for (name, _), record in kept.items() if name in names and is_done(record)}
        if now == {record.run for records in before.report.runs.values() for record in records}:
            return replace(before, kept=kept, taken=taken)
    report = _settle(part, request, kept, data, store)
    evidence = report.evidence
    drawn = [p for figure in part.figures for p in figure.panels if p.figures == ("weights",)]
    named = dict.fromkeys(run for panel in drawn for run in panel.runs if run in evidence.results)
    found = {run: _histogram(run, evidence) for run in named}
    return Reading(request, kept, taken, question, report, {run: drawn for run, drawn in found.items() if drawn})


def _is_taken(run: PlannedRun, kept: RunRecord | None, store: Store, data: Dataset) -> bool:
    if kept is not None and (is_done(kept) or kept.is_live):
        return kept.is_live
    return is_taken(store, run, data.fingerprint)


class ReportRead(Message):
    """The history was read, or could not be.

    Args:
        reading: what it has; ``None`` where it cannot be read.
        problem: why not.
    """

    def __init__(self, reading: Reading | None, problem: str = "") -> None:
        self.reading, self.problem = reading, problem
        super().__init__()


def attempt(read: Callable[[], Reading]) -> ReportRead:
    """Return what was read, or why it could not be: a damaged history must become a sentence, not silence."""
    try:
        return ReportRead(read())
    except MistakeError as error:
        return ReportRead(None, str(error))
    except Exception as error:
        return ReportRead(None, f"The history cannot be read: {error}")


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
    kept = find_kept(store, request.runs(homework), data.fingerprint)
    write_report(_settle(homework, request, kept, data, store), folder, overwrite=overwrite)


def _settle(
    homework: Homework, request: Request, kept: Mapping[PlannedRunKey, RunRecord], data: Dataset, store: Store
) -> Report:
    """Return the report of some questions by the runs that are done."""
    needed = {key(run) for run in request.runs(homework)}
    done = {name: record for name, record in kept.items() if is_done(record) and name in needed}
    evidence = Evidence(homework, read_results(store, done), data, store)
    return build_report(evidence, request.epochs_scale, request.is_course_data)


def _histogram(run: str, evidence: Evidence) -> Histogram | None:
    """Return how the weights of a run are distributed; ``None`` where they are not kept."""
    try:
        weights = weights_of(run, evidence)
    except (MistakeError, EngineError, OSError):
        return None
    counts, edges = np.histogram(weights[weights != 0], _BINS)
    return Histogram((edges[1:] + edges[:-1]) / 2, counts, zero_share(weights))
