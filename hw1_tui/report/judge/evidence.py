"""What claims are settled by, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engines.contract import Dataset
from hw1_tui.report.questions.question import CANNOT_BE_TOLD, Claim, Homework, Verdict
from hw1_tui.report.questions.wording import metric_title
from hw1_tui.report.runs.run_result import Results
from hw1_tui.runs import Store


@dataclass(frozen=True)
class Evidence:
    """What claims are settled by.

    Attributes:
        homework: the report.
        results: its kept runs.
        data: what they were trained on; for a claim, its first run.
        store: the history, for the weights of a run.
        own_data: what those runs were trained on for which the questions file names other data, by their name.
    """

    homework: Homework
    results: Results
    data: Dataset
    store: Store
    own_data: Mapping[str, Dataset] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Sizes of the splits that a printed accuracy is a share of: the course's, or those of the data."""
        own = len(self.data.train), len(self.data.val), len(self.data.test)
        return self.homework.examples or own

    def data_of(self, run: str) -> Dataset:
        """Return what a run was trained on."""
        return self.own_data.get(run, self.data)

    def of_claim(self, claim: Claim) -> Evidence:
        """Return what settles a claim: its data is that of its first run."""
        return replace(self, data=self.data_of(claim.runs[0])) if claim.runs else self

    def data_sets(self) -> tuple[Dataset, ...]:
        """Return every data set that the needed runs are of, each once."""
        return tuple({id(one): one for one in map(self.data_of, self.homework.needed_runs())}.values()) or (self.data,)


@dataclass(frozen=True)
class Finding:
    """What a computation came to.

    Attributes:
        verdict: what follows for the claim.
        text: the result in a sentence, with the numbers.
        numbers: the numbers by name, fit for JSON.
    """

    verdict: Verdict
    text: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


def not_measured(claim: Claim) -> Finding:
    """Return the finding where a metric is missing."""
    return Finding(CANNOT_BE_TOLD, f"{metric_title(claim.metric).capitalize()} was not measured.")
