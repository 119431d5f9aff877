"""The checks themselves: right equations hold, the report's wrong ones fail, and broken ones are caught."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hw1_tui.batch import derive
from hw1_tui.batch.option import Parser
from hw1_tui.derivation import catalogue, feature_check, report_equation
from hw1_tui.derivation.catalogue import CHECKS, run_checks
from hw1_tui.derivation.check import Case, Check, Discrepancy, run_check
from hw1_tui.derivation.feature_map import matrix_of
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.rounding import worst
from hw1_tui.mistake import MistakeError


@settings(max_examples=10)
@example(1, 1, 0)
@example(20, 40, 0)
@given(st.integers(1, 20), st.integers(1, 40), st.integers(0, 2**32))
def test_everything_is_as_expected(inputs, units, seed):
    """Every check comes out as the derivation says, at any size and seed."""
    unexpected = [result for result in run_checks(inputs, units, seed) if not result.as_expected]
    assert not unexpected


@pytest.mark.parametrize("inputs", range(1, 21))
def test_the_reports_wrong_equations_fail_for_every_size(inputs):
    results = [run_check(check, inputs, units, 0) for check in CHECKS if not check.right for units in (1, 2, 40)]
    assert len(results) == 3 * sum(not check.right for check in CHECKS)
    for result in results:
        assert result is not None
        assert not result.holds
        assert result.error > 1e6 * result.tolerance
        assert result.detail


@pytest.mark.parametrize(("inputs", "units"), [(5, 2), (5, 5), (2, 9)])
def test_every_question_is_checked_at_every_size(inputs, units):
    assert {result.check.question for result in run_checks(inputs, units, 1)} == {"3.1", "3.2", "3.3", "3.4"}


def test_tolerances_leave_no_room_for_a_wrong_coefficient():
    # These compare with a scan of directions, with eps, and with a way that is left to go.
    coarse = {"every-direction", "eps", "reach", "floor-approached"}
    for result in run_checks(6, 8, 2):
        if result.check.right and result.check.name not in coarse:
            assert result.tolerance < 1e-5, result.check.name


@pytest.mark.parametrize(("inputs", "units"), [(2, 2), (5, 8), (12, 12)])
def test_tolerances_are_of_the_size_of_what_rounding_does(inputs, units):
    """Of a few draws the largest error is no less than 1/500 of the tolerance, and within it.

    Some processors round so that the smallest networks are met exactly, which tells nothing of the tolerance.
    """
    rounded = (
        *("eigenvectors", "repeated-eigenvalues", "few-units", "pair", "floor-reached"),
        *("normal-equations", "solvers-agree", "condition-squared", "conditioning-costs", "minimum-norm"),
    )
    for check in (check for check in CHECKS if check.name in rounded):
        results = [run_check(check, inputs, units, seed) for seed in range(8)]
        largest = max(result.error / result.tolerance for result in results if result)
        assert 0.002 <= largest <= 1 or (largest == 0 and inputs == 2), check.name


def test_a_perturbed_matrix_is_caught(monkeypatch):
    monkeypatch.setattr(feature_check, "matrix_of", lambda theta: matrix_of(theta) * (1 + 1e-10))
    result = run_check(next(check for check in CHECKS if check.name == "hidden-is-linear"), 4, 5, 0)
    assert result is not None
    assert not result.as_expected


def test_an_error_that_is_no_number_never_holds():
    result = run_check(Check("nan", "3.1", "", lambda case: Discrepancy(float("nan"), 1.0)), 1, 1, 0)
    assert result is not None
    assert not result.holds


def test_the_worst_entry_is_the_one_rounding_explains_least():
    assert worst(np.array([1.0, 0.5, 0.0]), np.array([10.0, 1.0, 0.0])) == (0.5, 1.0)
    assert worst(np.array([1.0, 1e-300]), np.array([10.0, 0.0])) == (1e-300, 0.0)


def test_smallest_counterexamples_are_what_they_say():
    """The numbers that refute the report's equation are those that one gets by hand."""
    x, theta = np.array([[0.0]]), Theta(np.zeros((1, 1)), np.ones(1), np.ones(1), 0.0)
    case = Case(3, 2, np.random.default_rng(0))
    assert report_equation.equation_5(case).detail == "W = 0, b = 1, x = 0: 0, but the report says 4"
    assert theta.hidden(x) == [[0.0]]
    assert report_equation.report_hidden(theta, x) == [[4.0]]


def test_wrong_entries_are_all_but_those_that_happen_to_agree():
    theta = Theta(np.array([[2.0, 0.0]]), np.zeros(1), np.ones(1), 0.0)
    # 1: b - b^2 = b = 0; x1, x2: W as it is; x1^2: -4 and not 4; the rest is 0
    assert report_equation.wrong_entries(theta).tolist() == [[False, False, False, True, False, False]]


def call(*words):
    parser = Parser("hw1-tui derive")
    derive.add_arguments(parser)
    args, mistakes = parser.read(words)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = derive.run(args, mistakes)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("output_format", ["table", "jsonl", "csv"])
def test_derive_prints_every_check(output_format):
    code, out, err = call("--inputs", "2", "--units", "3", "--seed", "7", "--format", output_format)
    assert code == 0
    assert "everything as expected" in err
    names = [result.check.name for result in run_checks(2, 3, 7)]
    assert all(name in out for name in names)
    if output_format == "jsonl":
        records = [json.loads(line) for line in out.splitlines()]
        assert [record["check"] for record in records] == names
        assert all(record["expected"] == record["found"] for record in records)


@pytest.mark.parametrize("right", [True, False])
def test_derive_exits_with_3_when_a_check_surprises(monkeypatch, right):
    surprise = Check("surprise", "3.1", "1 = 2", lambda case: Discrepancy(float(right), 0.0), right=right)
    monkeypatch.setattr(catalogue, "CHECKS", (*CHECKS[:3], surprise))
    code, out, err = call("--inputs", "2", "--units", "1")
    assert code == 3
    assert "UNEXPECTED" in out
    assert "1 unexpected" in err


def test_derive_reports_every_mistake_at_once():
    with pytest.raises(MistakeError) as caught:
        call("--inputs", "51", "--units", "none", "--seed", "-1", "--format", "tabel", "--unit", "3")
    assert [mistake.place for mistake in caught.value.mistakes] == [
        "--unit",
        "--format",
        "--inputs",
        "--units",
        "--seed",
    ]
