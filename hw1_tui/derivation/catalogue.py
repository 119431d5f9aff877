"""Every check in the order of the derivation, the report's own equations after the right ones of their question."""

from __future__ import annotations

from collections.abc import Iterator

from hw1_tui.derivation import (
    construction_check,
    descent_check,
    feature_check,
    least_squares_check,
    report_equation,
    worked_example,
)
from hw1_tui.derivation.check import Check, CheckResult, run_check

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (
            *feature_check.CHECKS,
            *worked_example.CHECKS,
            *construction_check.CHECKS,
            *least_squares_check.CHECKS,
            *descent_check.CHECKS,
            *report_equation.CHECKS,
        ),
        key=lambda check: check.question,
    )
)


def run_checks(inputs: int, units: int, seed: int) -> Iterator[CheckResult]:
    """Yield the result of every check that says something about this D and K."""
    for check in CHECKS:
        result = run_check(check, inputs, units, seed)
        if result is not None:
            yield result
