"""The steps of 3.2: c of Theta, its degree, its reading as a quadratic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from hw1_tui.derivation.coefficients import Quadratic, coefficients_of
from hw1_tui.derivation.feature_map import feature_count, feature_names, matrix_of, phi
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.report_equation import report_coefficients
from screens.widgets.chart import Chart, Series
from screens.widgets.derivation import number
from screens.widgets.derivation.function_pictures import Function, shares
from screens.widgets.derivation.step import Step, table
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView

_PLACES = 51
"""Points of a curve along a line."""


class CoefficientStep(Step):
    """The output as one inner product."""

    question, title = "3.2", "c of Θ:  ŷ = c'φ(x)"
    formula = """
ŷ = v'h + v₀ = v'A φ(x) + v₀ = c'φ(x)        c = A'v + v₀ e₁

v₀ joins the entry of the constant feature: c has P entries, as φ has.
"""
    report = "c = [v₀; v'A]'   (16):  P + 1 entries, ⟦X has P columns⟧ (19)"
    checks = ("output-is-linear", "example-coefficients", "report-16", "report-19")

    def compose_example(self) -> ComposeResult:
        """Yield Theta, A and c."""
        yield FlowRow(MatrixView("W", True, id="coefficient-W"), MatrixView("b'", True, id="coefficient-b"))
        yield FlowRow(MatrixView("v'", True, id="coefficient-v"), MatrixView("v₀", True, id="coefficient-v0"))
        yield FlowRow(MatrixView("A(Θ)", id="coefficient-A"))
        yield FlowRow(MatrixView("c'", id="coefficient-c"))
        yield Static(id="coefficient-error", markup=False)

    def compose_report(self) -> ComposeResult:
        """Yield the report's c."""
        yield MatrixView("c' by Eq 16", id="coefficient-report")
        yield Static(id="coefficient-length", markup=False)

    def show(self) -> None:
        """Fill in."""
        theta, x, names = self.example.theta, self.example.x, feature_names(self.example.inputs)
        c = coefficients_of(theta)
        for name, values in vars(theta).items():
            self.matrix(f"coefficient-{name}").show(np.atleast_1d(values))
        self.matrix("coefficient-A").show(matrix_of(theta), columns=names)
        self.matrix("coefficient-c").show(c, columns=names)
        error = abs(float(theta.predict(x[None])[0] - phi(x[None])[0] @ c))
        self.say("#coefficient-error", f"|ŷ − c'φ(x)| at the example's x: {number.rounding(error)}")
        stated = report_coefficients(theta)
        extra = np.arange(len(stated)) == 0
        self.matrix("coefficient-report").show(stated, extra, ["?", *names])
        P = feature_count(self.example.inputs)
        self.say("#coefficient-length", f"{P + 1} entries against {P}; a second 1 in φ would make X'X singular")

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the output, and what the first units add to it."""
        theta = self.example.theta
        return [("ŷ = c'φ(x)", lambda x: phi(x) @ coefficients_of(theta)), *shares(theta)]


class DegreeStep(Step):
    """Linear in c, cubic in Theta."""

    question, title = "3.2", "Linear in c, cubic in Θ"
    formula = """
c = A'v + v₀e₁:   vₖ times bₖ − bₖ², (1−2bₖ)Wₖⱼ, Wₖⱼ², WₖᵢWₖⱼ
                  degree 1 times degree 2

ŷ is linear in c, c is cubic in Θ: along a line Θ + tΔ the differences of
c at t = 0, 1, 2, … of order 4 vanish, those of order 3 do not.
"""
    report = '"A depends quadratically on W and b": right'
    checks = ("cubic", "report-quadratic")

    def compose_example(self) -> ComposeResult:
        """Yield the differences, and where there is room what they are of."""
        yield Static(id="degree-table", markup=False, classes="numbers")
        yield Chart("entries of c at Θ + tΔ, all of Δ 1: cubic in t", x_label="t", id="degree-chart", classes="drawn")

    def show(self) -> None:
        """Fill in: along Theta + t (1, 1, 1, 1)."""
        theta = self.example.theta
        ones = Theta(np.ones_like(theta.W), np.ones_like(theta.b), np.ones_like(theta.v), 1.0)
        values = np.array([coefficients_of(theta.moved(ones, t)) for t in range(6)])
        names = feature_names(self.example.inputs)[:6]
        rows = []
        for order in range(1, 6):
            difference = np.diff(values, order, axis=0)[0][: len(names)] + 0.0
            rows.append([f"order {order}", *(f"{entry:.6g}" for entry in difference)])
        self.say("#degree-table", table(["differences of c", *names], rows))
        places = np.linspace(0, 5, _PLACES)
        curves = np.array([coefficients_of(theta.moved(ones, t)) for t in places])
        self.query_one("#degree-chart", Chart).set_series(
            [Series(name, places.tolist(), curve.tolist()) for name, curve in zip(names, curves.T, strict=False)]
        )


class ReadingStep(Step):
    """c as constant, linear and quadratic part."""

    question, title = "3.2", "Reading c as (c₀, q, S)"
    formula = """
c'φ(x) = c₀ + q'x + x'Sx        Sᵢᵢ = cᵢᵢ,   Sᵢⱼ = cᵢⱼ / 2,   S symmetric

S = −W'diag(v)W      q = W'diag(v)(1 − 2b)      c₀ = v₀ + Σₖ vₖ(bₖ − bₖ²)
"""
    checks = ("reading", "halves", "example-norm", "example-cancelling")

    def compose_example(self) -> ComposeResult:
        """Yield Theta and what it reads as."""
        yield FlowRow(MatrixView("W", True, id="reading-W"), MatrixView("b'", True, id="reading-b"))
        yield FlowRow(MatrixView("v'", True, id="reading-v"), MatrixView("v₀", True, id="reading-v0"))
        yield FlowRow(
            MatrixView("S", id="reading-S"), MatrixView("q'", id="reading-q"), MatrixView("c₀", id="reading-c0")
        )
        yield Static(id="reading-rank", markup=False)

    def show(self) -> None:
        """Fill in."""
        for name, values in vars(self.example.theta).items():
            self.matrix(f"reading-{name}").show(np.atleast_1d(values))
        quadratic = Quadratic.of(self.example.theta)
        for name, values in vars(quadratic).items():
            self.matrix(f"reading-{name}").show(np.atleast_1d(values))
        rank, K, D = int(np.linalg.matrix_rank(quadratic.S)), self.example.units, self.example.inputs
        self.say(
            "#reading-rank", f"rank S = {rank} ≤ min(K, D) = {min(K, D)}: K units make a quadratic of rank K at most"
        )

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the output and its parts."""
        whole = Quadratic.of(self.example.theta)
        return [
            ("ŷ = c₀ + q'x + x'Sx", whole.predict),
            ("q'x", lambda x: x @ whole.q),
            ("x'Sx", lambda x: np.einsum("ni,ij,nj->n", x, whole.S, x)),
        ]
