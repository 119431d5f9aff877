"""The report with everything in it: what the writers write and the screen shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engines.contract import Dataset
from hw1_tui.numeral import counted
from hw1_tui.report.judge.claim_result import ClaimResult, count_tests, settle
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.reproduction import Reproduction, reproduction_of
from hw1_tui.report.judge.table_result import RowResult, TableResult, fill_table
from hw1_tui.report.judge.verdict import rule_paragraphs
from hw1_tui.report.questions.question import VERDICTS, VOICES, Figure, Question, Verdict
from hw1_tui.report.runs.request import Request
from hw1_tui.runs import RunRecord
from hw1_tui.statistics.interval import LEVEL

_LIBRARIES = {"numpy": "numpy", "blas": "BLAS", "torch": "torch"}
"""What takes the sums, as runs keep it and as it is called."""


def _different(texts: Iterable[str]) -> str:
    """Return the different ones of some texts, the empty left out."""
    return " and ".join(dict.fromkeys(filter(None, texts)))


@dataclass(frozen=True)
class Report:
    """A report run again.

    Attributes:
        evidence: the homework, its kept runs and the data.
        request: what was asked for.
        is_course_data: whether the data is the course's own.
        is_like_the_report: whether what the questions file expects of training can be asked of it.
        tables: every table.
        claims: every claim.
    """

    evidence: Evidence
    request: Request
    is_course_data: bool
    is_like_the_report: bool
    tables: tuple[TableResult, ...]
    claims: tuple[ClaimResult, ...]

    @property
    def seeds(self) -> int:
        """With how many seeds the runs were repeated, at the least."""
        return min((len(results) for results in self.evidence.results.runs.values()), default=0)

    @property
    def runs(self) -> Mapping[str, list[RunRecord]]:
        """The kept runs behind the numbers, by name, in the order of the questions file."""
        results = self.evidence.results
        names = [name for name in self.evidence.homework.runs if name in results]
        return {name: [result.record for result in results.runs[name]] for name in names}

    @property
    def expected(self) -> list[ClaimResult | RowResult]:
        """The claims and the orders in tables of which the questions file expects a verdict."""
        rows = [row for table in self.tables for row in table.rows if row.row.expect]
        return [*rows, *(claim for claim in self.claims if claim.claim.expect)]

    @property
    def unexpected(self) -> list[ClaimResult | RowResult]:
        """Those whose verdict is worse than expected."""
        return [result for result in self.expected if result.is_unexpected]

    def check_sentence(self) -> str:
        """Return what ``--check`` came to."""
        checked = sum(result.is_checked for result in self.expected)
        sentence = f"{checked - len(self.unexpected)} of {checked} verdicts are as expected or better."
        if left := len(self.expected) - checked:
            sentence += (
                f" {left} more are expected of the course's data and the report's numbers of epochs alone: not checked."
            )
        return sentence

    def sections(self) -> Iterator[tuple[Question, list[TableResult], list[Figure], list[ClaimResult]]]:
        """Yield each question with its tables, figures and claims."""
        homework = self.evidence.homework
        for name in homework.questions:
            yield (
                homework.question(name),
                [table for table in self.tables if table.table.question == name],
                [figure for figure in homework.figures if figure.question == name],
                [claim for claim in self.claims if claim.claim.question == name],
            )

    def counts(self) -> dict[str, dict[Verdict, int]]:
        """Return how many printed numbers, rankings and claims of each voice have which verdict."""
        cells = [c.comparison.verdict for t in self.tables for r in t.rows for c in r.cells if c.comparison]
        rankings = [row.ranking for table in self.tables for row in table.rows if row.ranking]
        voices = {
            voice: [result.finding.verdict for result in self.claims if result.claim.voice == voice] for voice in VOICES
        }
        groups = {"figures": cells, "rankings": rankings, "claims": voices["says"], "implied": voices["implies"],
                  "remarks": voices["remark"]}  # fmt: skip
        return {name: {v: verdicts.count(v) for v in VERDICTS} for name, verdicts in groups.items()}

    def conditions(self) -> list[str]:
        """Return under which conditions the report was run, a sentence each."""
        sentences = list(dict.fromkeys(map(_data_sentence, self.evidence.data_sets())))
        if not self.is_course_data and self.evidence.homework.prints:
            sentences.append("It is not the course's own: rankings and trends can be compared, printed digits cannot.")
        if self.request.epochs_scale != 1.0:
            sentences.append(
                f"Numbers of epochs are multiplied by {self.request.epochs_scale:g}: rankings and trends may not have "
                "formed."
            )
        needed = self.evidence.homework.needed_runs()
        if missing := [name for name in needed if name not in self.evidence.results]:
            are, them = ("is", "it") if len(missing) == 1 else ("are", "them")
            of = counted(len(needed), "run")
            sentences.append(f"{len(missing)} of {of} {are} not there: what rests on {them} is not measured.")
        if self.seeds == 1:
            sentences.append(
                "One seed: how far seeds are apart is not known; what is expected of any stands in for it."
            )
        elif self.seeds:
            sentences.append(f"{self.seeds} seeds: metrics are means, ± is their standard deviation.")
        sentences += [*filter(None, [self._chance()]), *self._last_digits()]
        return [*sentences, *filter(None, [self.evidence.homework.note])]

    def _chance(self) -> str:
        """Return on how many tests the verdicts rest, and how many of them chance alone would make; empty for none.

        What was not measured, or in too few epochs, is not tested: such a finding has no numbers.
        """
        ranked = [row.cells for table in self.tables for row in table.rows if row.ranking is not None]
        pairs = sum(math.comb(sum(cell.ours is not None for cell in cells), 2) for cells in ranked)
        tests = pairs + sum(count_tests(claim.claim) for claim in self.claims if claim.finding.numbers)
        if not tests:
            return ""
        return (
            f"The verdicts on orders, trends and bounds rest on {counted(tests, 'test')}, which call chance an effect "
            f"in at most 5 of 100 cases: were nothing but chance at work, {tests * (1 - LEVEL):.1f} would."
        )

    def _last_digits(self) -> Iterator[str]:
        """Yield on what the last digits of the runs rest: their libraries, processors and threads."""
        records = [record for of_name in self.runs.values() for record in of_name]
        versions = [record.facts.get("versions") or {} for record in records]
        libraries = [_different(of_run.get(name, "") for of_run in versions) for name in _LIBRARIES]
        named = [f"{name} {version}" for name, version in zip(_LIBRARIES.values(), libraries, strict=True) if version]
        processors = _different(of_run.get("processor") or of_run.get("machine", "") for of_run in versions)
        threads = _different(str(record.config.get("threads") or "as many as are free") for record in records)
        if named:
            yield (
                f"The last digits rest on libraries, processor and threads: {', '.join(named)}; {processors}; threads "
                f"of a run: {threads}. Elsewhere sums are taken in another order, and what is chaotic ends elsewhere."
            )

    def reproduction(self) -> Reproduction:
        """Return what another needs to repeat it."""
        records = [record for of_name in self.runs.values() for record in of_name]
        return reproduction_of(self.evidence.homework, self.request, self.evidence.data_sets(), records)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary fit for JSON."""
        return {
            "title": self.evidence.homework.title,
            "data": Path(self.evidence.data.name).name,
            "fingerprint": self.evidence.data.fingerprint,
            "is_course_data": self.is_course_data,
            "epochs_scale": self.request.epochs_scale,
            "seeds": self.seeds,
            "conditions": self.conditions(),
            "rule": [paragraph.replace("*", "") for paragraph in rule_paragraphs()],
            "counts": self.counts(),
            "questions": [asdict(question) for question, *_ in self.sections()],
            "runs": {
                name: [{"run": r.run, "status": r.status, "seconds": r.results["seconds"]} for r in records]
                for name, records in self.runs.items()
            },
            "tables": [table.as_dict() for table in self.tables],
            "claims": [claim.as_dict() for claim in self.claims],
            "reproduction": self.reproduction().as_dict(),
        }


def _data_sentence(data: Dataset) -> str:
    sizes = ", ".join(f"{len(split):,}" for split in (data.train, data.val, data.test))
    return f"Data: {Path(data.name).name} ({sizes} examples to train, validate and test). {data.remark}".strip()


def build_report(evidence: Evidence, request: Request) -> Report:
    """Settle every table and claim.

    Args:
        evidence: the homework with the part that is asked for, its kept runs and the data.
        request: what was asked for. The data is the course's where the user says so, where its digest is known, and
            where it is what the questions file itself names.
    """
    homework, data = evidence.homework, evidence.data
    needed = homework.needed_runs()
    is_named = all(homework.runs[run].data or (homework.data and request.data == homework.data) for run in needed)
    is_course_data = request.is_course_data or data.fingerprint in homework.fingerprints or (bool(needed) and is_named)
    has_all_epochs = request.epochs_scale == 1.0
    comparable = is_course_data and has_all_epochs
    is_of_that_size = (len(data.train), len(data.val), len(data.test)) == homework.examples
    is_like_the_report = has_all_epochs and (is_course_data or is_of_that_size)
    return Report(
        evidence,
        request,
        is_course_data,
        is_like_the_report,
        tuple(fill_table(table, evidence, comparable, is_like_the_report) for table in homework.tables),
        tuple(settle(claim, evidence, is_like_the_report) for claim in homework.claims),
    )
