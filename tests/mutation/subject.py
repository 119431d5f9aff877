"""What errors are put into, and what is to notice them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module

from hw1_tui.batch.option import Parser
from hw1_tui.mistake import Mistake

Judge = Callable[[], bool]
"""Whether an error is noticed; imports what it judges only when it is called."""


@dataclass(frozen=True)
class Subject:
    """Modules and their judge.

    Attributes:
        name: what the command line calls it.
        modules: dotted names.
        judge: asked once a mutant.
        purged: packages of which a mutant needs a fresh import: all that import what is mutated.
        left_out: what in these modules is not its subject, ``module:function`` without packages, with the reason.
        seconds: of processor time; a mutant that takes longer never ends, which is noticed.
    """

    name: str
    modules: tuple[str, ...]
    judge: Judge
    purged: tuple[str, ...]
    seconds: int
    left_out: dict[str, str] = field(default_factory=dict)


def derive() -> bool:
    """Judge by the first check of ``derive`` that surprises at its default D, K and seed."""
    command, catalogue = import_module("hw1_tui.batch.derive"), import_module("hw1_tui.derivation.catalogue")
    parser = Parser("hw1-tui derive")
    mistakes: list[Mistake] = []
    command.add_arguments(parser)
    size = command.read_size(parser.read([])[0], mistakes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return not all(result.as_expected for result in catalogue.run_checks(*size))


def run_tests(*files: str) -> Judge:
    """Return the judge that runs files of tests up to the first failure, so those that fail soonest come first."""

    def judge() -> bool:
        import pytest

        # What is drawn is drawn alike for every mutant.
        options = ["-x", "-q", "-p", "no:xdist", "--hypothesis-seed=0"]
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return pytest.main([*options, *files]) != 0

    return judge


def _derivation(*names: str) -> tuple[str, ...]:
    return tuple(f"hw1_tui.derivation.{name}" for name in names)


EQUATIONS = _derivation(
    "network",
    "feature_map",
    "coefficients",
    "construction",
    "approximation",
    "least_squares",
    "descent",
    "report_equation",
)
"""The steps of question 3. The checks, what they draw and their bounds on rounding are what judges them."""

_ROUNDING = "a bound on rounding: it judges equations, and tests/test_derivation_check.py judges it"
_DRAWN = "what checks draw their examples with"
_CHECK = "a check, which judges"
_SEARCH = (
    "a search, of which only what it finds can be right or wrong: bounds, bounds-meet and every-direction judge it"
)
NO_EQUATION = {
    "network:Theta.draw": _DRAWN,
    "network:Theta.draw_whole": _DRAWN,
    "network:whole_numbers": _DRAWN,
    "feature_map:feature_names": "text",
    "feature_map:majorant_of": _ROUNDING,
    "coefficients:majorant_coefficients": _ROUNDING,
    "construction:rounding_bound": _ROUNDING,
    "construction:range_error": _ROUNDING,
    "construction:with_signs": "either sign is an eigenvector: a convention of what is printed",
    "approximation:_starts": _SEARCH,
    "approximation:_with_q": _SEARCH,
    "approximation:_ascend": _SEARCH,
    "approximation:_kept": _SEARCH,
    "least_squares:rank_threshold": _ROUNDING,
    "least_squares:orthogonal_error_bound": _ROUNDING,
    "least_squares:without_rounding": _ROUNDING,
    "least_squares:_failed": "what stands in place of a solution",
    "report_equation:wrong_entries": _CHECK,
    "report_equation:_small_networks": _CHECK,
    "report_equation:smallest_counterexample": _CHECK,
    "report_equation:_written": "text",
    "report_equation:equation_5": _CHECK,
    "report_equation:equation_6": _CHECK,
    "report_equation:equation_16": _CHECK,
    "report_equation:equation_18": _CHECK,
    "report_equation:equation_19": _CHECK,
    "report_equation:equation_21": _CHECK,
    "report_equation:_equation_of_matrix.measure": _CHECK,
    "report_equation:quadratic_in_theta": _CHECK,
    "report_equation:any_units": _CHECK,
}

STATISTICS = tuple(
    f"hw1_tui.statistics.{name}"
    for name in ("interval", "paired", "spread", "repeat", "comparison", "trend", "settling", "superiority")
)

VERDICTS = tuple(f"hw1_tui.report.judge.{name}" for name in ("verdict", "table_result"))
"""The rules by which a verdict follows."""

CLAIMS = tuple(f"hw1_tui.report.judge.{name}" for name in ("claim_result", "order_check"))
"""What settles claims by what runs came to. Those that take steps are judged by tests that train, too slow for this."""

_TESTED = ("hw1_tui", "screens", "conftest", "tests.support", "tests.calibration", "test_")
SUBJECTS = (
    Subject("equations", EQUATIONS, derive, ("hw1_tui.derivation", "hw1_tui.batch.derive"), 5, NO_EQUATION),
    Subject(
        "statistics",
        STATISTICS,
        run_tests("tests/test_statistics_formula.py", "tests/test_trend_formula.py", "tests/test_statistics.py"),
        _TESTED,
        10,
    ),
    Subject(
        "verdicts",
        VERDICTS,
        run_tests("tests/test_report_table.py", "tests/test_report_verdict.py"),
        _TESTED,
        10,
        {
            "table_result:TableResult.as_dict": "how it is written",
            "table_result:_cell_record": "how it is written",
            "verdict:describe_pair": "text",
            "verdict:rule_paragraphs": "text",
        },
    ),
    Subject(
        "claims",
        CLAIMS,
        run_tests("tests/test_report_claim_kind.py", "tests/test_report_order.py"),
        _TESTED,
        20,
        {"claim_result:ClaimResult.as_dict": "how it is written"},
    ),
)
