"""What a check is: a step of the derivation, computed on both sides for random parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Discrepancy:
    """Both sides compared.

    Attributes:
        error: largest difference between the two sides: of all entries the one with the worst error / tolerance.
        tolerance: what rounding explains there, derived in the docstring of the check; 0 where both sides are exact.
        detail: what was compared, or the smallest counterexample.
    """

    error: float
    tolerance: float
    detail: str = ""


@dataclass(frozen=True)
class Case:
    """What a check is asked about.

    Attributes:
        inputs: D.
        units: K.
        rng: what it draws its parameters from.
    """

    inputs: int
    units: int
    rng: np.random.Generator


Measure = Callable[[Case], Discrepancy | None]
"""None where the statement says nothing about that D and K."""


@dataclass(frozen=True)
class Check:
    """A statement about the quadratic network.

    Attributes:
        name: short and unique, kebab-case.
        question: ``3.1`` to ``3.4``.
        statement: the equation.
        measure: computes both sides.
        report: the report's number for the equation, such as ``Eq 14``; empty where the report lacks it.
        right: whether it should hold; the report's own wrong equations should not.
    """

    name: str
    question: str
    statement: str
    measure: Measure
    report: str = ""
    right: bool = True


@dataclass(frozen=True)
class CheckResult:
    """A check at one D, K and seed."""

    check: Check
    inputs: int
    units: int
    seed: int
    error: float
    tolerance: float
    detail: str

    @property
    def holds(self) -> bool:
        """Whether rounding explains the difference. An error that is no number is explained by nothing."""
        return self.error <= self.tolerance

    @property
    def as_expected(self) -> bool:
        """Whether a right equation held or a wrong one failed."""
        return self.holds == self.check.right

    def as_dict(self) -> dict[str, object]:
        """Return it as a flat record, for a table or a file."""
        return {
            "check": self.check.name,
            "question": self.check.question,
            "report": self.check.report,
            "statement": self.check.statement,
            "expected": "holds" if self.check.right else "fails",
            "found": "holds" if self.holds else "fails",
            "error": float(self.error),
            "tolerance": float(self.tolerance),
            "detail": self.detail,
            "inputs": self.inputs,
            "units": self.units,
            "seed": self.seed,
        }


def run_check(check: Check, inputs: int, units: int, seed: int) -> CheckResult | None:
    """Return the result of a check, or None where it says nothing about this D and K.

    Each check draws from its own generator, so that what it draws does not depend on which others ran.
    """
    rng = np.random.default_rng([seed, inputs, units, *check.name.encode()])
    measured = check.measure(Case(inputs, units, rng))
    if measured is None:
        return None
    return CheckResult(check, inputs, units, seed, measured.error, measured.tolerance, measured.detail)
