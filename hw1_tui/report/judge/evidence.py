"""What claims are settled by, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        data: what they were trained on.
        store: the history, for the weights of a run.
    """

    homework: Homework
    results: Results
    data: Dataset
    store: Store


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
