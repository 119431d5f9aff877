"""The claim that no linear boundary separates the classes of the training split."""

from __future__ import annotations

from hw1_tui.data import find_duplicates
from hw1_tui.report.judge.evidence import Evidence, Finding
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim

_NAMED = 3


def no_linear_boundary(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: linear models on this data. Equal examples of two classes prove it, a run without mistakes the contrary.

    Without either it cannot be told: that a random labelling of so many points could be separated (Cover's count) says
    nothing of this one.
    """
    conflicts = [found for found in find_duplicates(evidence.data, ("train",)) if found.is_conflicting]
    if conflicts:
        named = ", ".join(" and ".join(f"{p.row} ({p.label})" for p in found.places) for found in conflicts[:_NAMED])
        more = f" and {len(conflicts) - _NAMED} more" if len(conflicts) > _NAMED else ""
        text = f"Equal examples of different classes, which no boundary separates, stand in rows {named}{more}."
        return Finding(AGREES, text, {"conflicts": [[p.row for p in found.places] for found in conflicts]})
    runs = [run for name in claim.runs for run in evidence.results.runs[name]]
    best = max((accuracy for run in runs for accuracy in run.series("train_accuracy")), default=0.0)
    if best == 1.0:
        return Finding(DIFFERS, "A linear model gives every training example its class.", {"best": best})
    text = f"No equal examples have different classes, and the best training accuracy of a linear model is {best:.4f}."
    return Finding(CANNOT_BE_TOLD, text, {"best": best})
