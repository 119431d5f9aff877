"""What the history says of the report, read in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.contract import Array, Dataset, EngineError
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.claim_result import Evidence
from hw1_tui.report.output import prepare_folder, write_report
from hw1_tui.report.plan import PlannedRun, PlannedRunKey, find_kept, is_done, key, plan_runs
from hw1_tui.report.question import Homework
from hw1_tui.report.report import Report, build_report
from hw1_tui.report.run_result import read_results
from hw1_tui.report.weight_check import weights_of, zero_share
from hw1_tui.runs import RunRecord, Store

_BINS = 60
MAX_SEEDS, MAX_SCALE = 100, 100


@dataclass(frozen=True)
class Plan:
    """What the report is asked to do.

    Attributes:
        data: where the data comes from.
        seeds: how many seeds each run is repeated with.
        epochs_scale: what the numbers of epochs are multiplied with.
        is_course_data: whether the data is the course's own, so that digits are compared.
    """

    data: str
    seeds: int = 1
    epochs_scale: float = 1.0
    is_course_data: bool = False

    @staticmethod
    def of(data: str, seeds: str, epochs_scale: str, is_course_data: bool) -> Plan:
        """Return the plan that was typed.

        Raises:
            MistakeError: with everything that is wrong.
        """
        mistakes = [] if data else [Mistake("Data", "names nothing")]
        if not (seeds.isascii() and seeds.isdigit() and 1 <= int(seeds[:4]) <= MAX_SEEDS):
            mistakes.append(Mistake("Seeds", f"{seeds!r} is out of range", f"a whole number from 1 to {MAX_SEEDS}"))
        try:
            scale = float(epochs_scale)
        except ValueError:
            scale = 0.0
        if not 0 < scale <= MAX_SCALE:
            mistakes.append(Mistake("Epochs", f"{epochs_scale!r} is out of range", f"above 0, at most {MAX_SCALE}"))
        if mistakes:
            raise MistakeError(mistakes)
        return Plan(data, int(seeds), scale, is_course_data)

    def trains_as(self, other: Plan) -> bool:
        """Whether another plan needs the same runs."""
        return replace(self, is_course_data=other.is_course_data) == other

    def words(self) -> list[str]:
        """Return the options that ask for it on the command line."""
        return [
            *("--data", self.data),
            *(["--seeds", str(self.seeds)] if self.seeds > 1 else []),
            *(["--epochs-scale", f"{self.epochs_scale:g}"] if self.epochs_scale != 1 else []),
            *(["--course-data"] if self.is_course_data else []),
        ]

    def runs(self, homework: Homework, questions: tuple[str, ...] = ()) -> list[PlannedRun]:
        """Return the runs that some questions need; those of all by default."""
        return plan_runs(homework.only(questions), self.data, self.seeds, self.epochs_scale)


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
        plan: what was asked for.
        kept: the runs of the history behind it, those that have not ended as well.
        question: the question that was settled; empty where there is no data.
        report: that question's tables and claims.
        histograms: by the names of the runs whose weights the question's figures draw.
    """

    plan: Plan
    kept: Mapping[PlannedRunKey, RunRecord]
    question: str
    report: Report | None
    histograms: Mapping[str, Histogram]


def read_report(
    homework: Homework, plan: Plan, data: Dataset, store: Store, question: str, before: Reading | None = None
) -> Reading:
    """Return what the history has of all questions, and one of them settled. Takes seconds where weights are read.

    Args:
        homework: the report.
        plan: which runs are meant.
        data: what they were trained on.
        store: the history.
        question: the one to settle.
        before: what was read of this question before; settled again only if other runs are there now.
    """
    kept = find_kept(store, plan.runs(homework), data.fingerprint)
    part = homework.only((question,))
    if before and before.plan == plan and before.report:
        names = {name for name, _ in kept} & set(part.needed_runs())
        now = {record.run for (name, _), record in kept.items() if name in names and is_done(record)}
        if now == {record.run for records in before.report.runs.values() for record in records}:
            return replace(before, kept=kept)
    report = _settle(part, plan, kept, data, store)
    evidence = report.evidence
    drawn = [p for figure in part.figures for p in figure.panels if p.figures == ("weights",)]
    runs = dict.fromkeys(run for panel in drawn for run in panel.runs if run in evidence.results)
    found = {run: _histogram(run, evidence) for run in runs}
    return Reading(plan, kept, question, report, {run: drawn for run, drawn in found.items() if drawn})


def export_report(homework: Homework, plan: Plan, data: Dataset, store: Store, folder: Path) -> None:
    """Write the report as far as the history has it.

    Args:
        homework: the questions to write.
        plan: which runs are meant.
        data: what they were trained on.
        store: the history.
        folder: where the documents go.

    Raises:
        MistakeError: the folder cannot be written to.
        OSError: the disk does not take it.
    """
    prepare_folder(folder)
    kept = find_kept(store, plan.runs(homework), data.fingerprint)
    write_report(_settle(homework, plan, kept, data, store), folder)


def _settle(
    homework: Homework, plan: Plan, kept: Mapping[PlannedRunKey, RunRecord], data: Dataset, store: Store
) -> Report:
    """Return the report of some questions by the runs that are done."""
    needed = {key(run) for run in plan.runs(homework)}
    done = {name: record for name, record in kept.items() if is_done(record) and name in needed}
    evidence = Evidence(homework, read_results(store, done), data, store)
    return build_report(evidence, plan.epochs_scale, plan.is_course_data)


def _histogram(run: str, evidence: Evidence) -> Histogram | None:
    """Return how the weights of a run are distributed; ``None`` where they are not kept."""
    try:
        weights = weights_of(run, evidence)
    except (MistakeError, EngineError, OSError):
        return None
    counts, edges = np.histogram(weights[weights != 0], _BINS)
    return Histogram((edges[1:] + edges[:-1]) / 2, counts, zero_share(weights))
