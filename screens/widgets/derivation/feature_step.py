"""The steps of 3.1: the hidden units, the feature map, A of Theta."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.derivation.feature_map import feature_count, feature_names, matrix_of, phi
from hw1_tui.derivation.report_equation import report_hidden, report_matrix, wrong_entries
from screens.widgets.derivation import number
from screens.widgets.derivation.function_pictures import Function
from screens.widgets.derivation.step import Step
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView


class HiddenStep(Step):
    """What a hidden unit computes, multiplied out."""

    question, title = "3.1", "The hidden units"
    formula = """
h = g(Wx + b)       g(z) = z(1 − z) = z − z²       zₖ = bₖ + Σⱼ Wₖⱼ xⱼ

hₖ = bₖ − bₖ²  +  Σⱼ (1 − 2bₖ)Wₖⱼ xⱼ  −  Σⱼ Wₖⱼ² xⱼ²  −  Σ 2WₖᵢWₖⱼ xᵢxⱼ
     constant     linear                squares         products, i < j
"""
    report = "hᵢ = (Σⱼ Wᵢⱼxⱼ + bᵢ)(1 − Σⱼ Wᵢⱼxⱼ ⟦+⟧ bᵢ)⟦²⟧  (5)"
    checks = ("example-hidden", "report-5", "report-6")

    def compose_example(self) -> ComposeResult:
        """Yield the parameters, the input and what becomes of it."""
        yield FlowRow(MatrixView("W", True, id="hidden-W"), MatrixView("b'", True, id="hidden-b"))
        yield FlowRow(MatrixView("x'", True, id="hidden-x"))
        yield FlowRow(MatrixView("z'", id="hidden-z"), MatrixView("h' = (z − z²)'", id="hidden-h"))

    def compose_report(self) -> ComposeResult:
        """Yield h by equation 5."""
        yield MatrixView("h' by Eq 5", id="hidden-report")

    def show(self) -> None:
        """Fill in."""
        theta, x = self.example.theta, self.example.x
        self.matrix("hidden-W").show(theta.W)
        self.matrix("hidden-b").show(theta.b)
        self.matrix("hidden-x").show(x)
        self.matrix("hidden-z").show(theta.W @ x + theta.b)
        right, stated = theta.hidden(x[None]), report_hidden(theta, x[None])
        self.matrix("hidden-h").show(right)
        self.matrix("hidden-report").show(stated, np.abs(stated - right) > 1e-9 * (1 + np.abs(right)))

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the first hidden units, ours and by equation 5."""
        theta = self.example.theta
        ours, theirs = theta.hidden, lambda x: report_hidden(theta, x)
        return _units([("", ours), (" by Eq 5", theirs)], theta.units)


class FeatureStep(Step):
    """The feature map, which does not know Theta."""

    question, title = "3.1", "The feature map φ"
    formula = """
φ(x) = (1;  x₁ … x_D;  xᵢxⱼ for i ≤ j)        independent of Θ

P = 1 + D + D(D+1)/2 = (D+1)(D+2)/2 entries
"""
    checks = ("feature-count", "input-count")

    def compose_example(self) -> ComposeResult:
        """Yield x and its features."""
        yield FlowRow(MatrixView("x'", True, id="feature-x"))
        yield FlowRow(MatrixView("φ(x)'", id="feature-phi"))
        yield Static(id="feature-count", markup=False)

    def show(self) -> None:
        """Fill in."""
        x, D = self.example.x, self.example.inputs
        self.matrix("feature-x").show(x)
        self.matrix("feature-phi").show(phi(x[None]), columns=feature_names(D))
        self.say("#feature-count", f"D = {D}:  P = {D + 1} · {D + 2} / 2 = {feature_count(D)}")

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the features of the first two inputs that are not linear, and a linear one."""
        names = feature_names(self.example.inputs)
        wanted = [name for name in ("x₁²", "x₁x₂", "x₂²", "x₁") if name in names]
        return [(name, partial(_column, phi, names.index(name))) for name in wanted]


class MatrixStep(Step):
    """The matrix that makes hidden units of features, and the report's in place of it."""

    question, title = "3.1", "A of Θ:  h = A φ(x)"
    formula = """
A: K × P        1            xⱼ             xⱼ²      xᵢxⱼ, i < j
row k:       bₖ − bₖ²    (1 − 2bₖ) Wₖⱼ    −Wₖⱼ²     −2 Wₖᵢ Wₖⱼ
"""
    report = "row k of A:  ⟦bₖ⟧   ⟦Wₖⱼ⟧   ⟦Wₖⱼ²⟧   ⟦WₖᵢWₖⱼ⟧   (8, 10, 12, 14)"
    checks = ("hidden-is-linear", "example-matrix", "report-8", "report-10", "report-12", "report-14")

    def compose_example(self) -> ComposeResult:
        """Yield the parameters, A, and both sides."""
        yield FlowRow(MatrixView("W", True, id="matrix-W"), MatrixView("b'", True, id="matrix-b"))
        yield FlowRow(MatrixView("A(Θ)", id="matrix-A"))
        yield FlowRow(MatrixView("x'", True, id="matrix-x"), MatrixView("(A φ(x))'", id="matrix-h"))
        yield Static(id="matrix-error", markup=False)

    def compose_report(self) -> ComposeResult:
        """Yield the report's A."""
        yield MatrixView("A by Eq 14", id="matrix-report")
        yield Static(id="matrix-wrong", markup=False)

    def show(self) -> None:
        """Fill in."""
        theta, x = self.example.theta, self.example.x
        names, A = feature_names(self.example.inputs), matrix_of(self.example.theta)
        h = A @ phi(x[None])[0]
        self.matrix("matrix-W").show(theta.W)
        self.matrix("matrix-b").show(theta.b)
        self.matrix("matrix-x").show(x)
        self.matrix("matrix-A").show(A, columns=names)
        self.matrix("matrix-h").show(h)
        wrong = wrong_entries(theta)
        self.matrix("matrix-report").show(report_matrix(theta), wrong, names)
        error = float(np.max(np.abs(theta.hidden(x[None])[0] - h)))
        self.say("#matrix-error", f"largest |h − A φ(x)| here: {number.rounding(error)}")
        self.say("#matrix-wrong", f"{int(wrong.sum())} of {wrong.size} entries wrong")

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the first hidden units by A, and by the report's."""
        theta = self.example.theta
        ours, theirs = matrix_of(theta), report_matrix(theta)
        return _units([("", lambda x: phi(x) @ ours.T), (" by Eq 14", lambda x: phi(x) @ theirs.T)], theta.units)


def _units(kinds: Sequence[tuple[str, Function]], n: int) -> Sequence[tuple[str, Function]]:
    """Return the first two hidden units of each kind, which gives all of them, with what each is called."""
    return [
        (f"h{'₁₂'[unit]}{kind}", partial(_column, function, unit))
        for unit in range(min(n, 2))
        for kind, function in kinds
    ]


def _column(function: Function, column: int, x: Array) -> Array:
    return np.asarray(function(x)[:, column])
