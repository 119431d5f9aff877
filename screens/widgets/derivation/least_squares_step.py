"""The steps of 3.4 that solve: least squares in c, and what the rank has to do with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.derivation.feature_map import feature_names, phi
from hw1_tui.derivation.least_squares import SOLVERS, conditioning, half_mean_square, null_space, solve_svd
from screens.widgets.derivation import number
from screens.widgets.derivation.function_pictures import Function
from screens.widgets.derivation.problem_step import ProblemStep
from screens.widgets.derivation.step import table
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView


class LeastSquaresStep(ProblemStep):
    """The closed form, and when it is one."""

    question, title = "3.4", "Least squares in c"
    formula = """
L(c) = 1/(2N) |Xc − y|²     X: N × P, rows φ(xₙ)'     X'X ĉ = X'y
ĉ is unique iff rank X = P; else ĉ = X⁺y is the shortest minimiser.
Back to Θ by 3.3: always for K ≥ D + 1, within any ε for K ≥ D.
"""
    report = "ĉ = (X'X)⁻¹X'y  (21)  ⟦without conditions⟧"
    checks = ("gradient", "normal-equations", "solvers-agree", "example-loss", "report-18", "report-19", "report-21")

    def compose_example(self) -> ComposeResult:
        """Yield the data, X, and the solution."""
        yield from self.compose_sources()
        yield FlowRow(MatrixView("X", most_rows=4, id="least-X"), MatrixView("y", most_rows=4, id="least-y"))
        yield Static(id="least-found", markup=False, classes="found")
        yield FlowRow(MatrixView("ĉ'", id="least-c"))
        yield Static(id="least-table", markup=False, classes="numbers")

    def show(self) -> None:
        """Solve."""
        super().show()
        X, y = phi(self.problem.x), self.problem.y
        names = feature_names(self.problem.x.shape[1])
        self.matrix("least-X").show(X, columns=names)
        self.matrix("least-y").show(y[:, None])
        self.matrix("least-c").show(solve_svd(X, y).c, columns=names)
        found = conditioning(X)
        words = "ĉ is unique" if found.unique else "ĉ is not unique, the shortest is shown"
        size = f"cond(X) = {found.condition:.2g}" if found.unique else "X'X has no inverse"
        self.say("#least-found", f"N = {len(y)}, rank X = {found.rank} of P = {found.columns}: {words}; {size}")
        self.say("#least-table", _solver_table(X, y))

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return what was fitted."""
        c = solve_svd(phi(self.problem.x), self.problem.y).c
        return [("ĉ'φ(x)", lambda x: phi(x) @ c)]


class RankStep(ProblemStep):
    """Shapes on which the rank fails, and the minimum-norm solution."""

    question, title = "3.4", "Rank: circle and binary"
    formula = """
a relation n'φ(x) = 0 on all the data  ⇔  X n = 0  ⇔  rank X < P
circle:  x₁² + … + x_D² − 1 = 0    rank P − 1
binary:  xⱼ² − xⱼ = 0              rank P − D
"""
    report = "ĉ = (X'X)⁻¹X'y whenever ⟦N > P⟧"
    checks = ("circle", "binary", "minimum-norm", "example-rank", "report-21")

    def prepare(self) -> None:
        """Choose a circle, unless the data's rank fails already."""
        if conditioning(phi(self.problem.x)).unique and self.problem.dataset is None:
            self.problem.choose("circle")

    def compose_example(self) -> ComposeResult:
        """Yield the data, the relation, and two minimisers."""
        yield from self.compose_sources()
        yield Static(id="rank-found", markup=False, classes="found")
        yield FlowRow(MatrixView("n', a relation", id="rank-n"))
        yield FlowRow(MatrixView("ĉ' = X⁺y", id="rank-c"))
        yield Static(id="rank-table", markup=False, classes="numbers")

    def show(self) -> None:
        """Compare minimisers."""
        super().show()
        X, y, D = phi(self.problem.x), self.problem.y, self.problem.x.shape[1]
        found, c, names = conditioning(X), solve_svd(X, y).c, feature_names(D)
        self.matrix("rank-c").show(c, columns=names)
        self.matrix("rank-n").display = not found.unique
        if found.unique:
            self.say("#rank-found", f"rank X = P = {found.columns}: ĉ is unique. Choose a circle, or binary.")
            self.say("#rank-table", "")
            return
        n = self._relation(X, D)
        self.matrix("rank-n").show(n, columns=names)
        self.say(
            "#rank-found",
            f"rank X = {found.rank} of P = {found.columns};  |X n| = {number.rounding(float(np.linalg.norm(X @ n)))}",
        )
        rows = [
            [name, f"{half_mean_square(X, other, y):.6g}", f"{np.linalg.norm(other):.4f}"]
            for name, other in (("ĉ = X⁺y", c), ("ĉ + n", c + n), ("ĉ − 2n", c - 2 * n))
        ]
        self.say("#rank-table", table(["", "loss", "|c|"], rows))

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return two minimisers, which agree on the data, and how they differ elsewhere."""
        X, D = phi(self.problem.x), self.problem.x.shape[1]
        c = solve_svd(X, self.problem.y).c
        if conditioning(X).unique:
            return [("ĉ'φ(x)", lambda x: phi(x) @ c)]
        n = self._relation(X, D)
        return [
            ("ĉ'φ(x)", lambda x: phi(x) @ c),
            ("(ĉ + n)'φ(x)", lambda x: phi(x) @ (c + n)),
            ("n'φ(x), 0 on the data", lambda x: phi(x) @ n),
        ]

    def _relation(self, X: Array, inputs: int) -> Array:
        """Return the relation one would write down, or one of the null space."""
        n = np.zeros(X.shape[1])
        names = feature_names(inputs)
        squares = [names.index(f"{name}²") for name in names[1 : inputs + 1]]
        if self.problem.source == "circle":
            n[[0, *squares]] = [-1, *np.ones(inputs)]
        elif self.problem.source == "binary":
            n[[1, squares[0]]] = [-1, 1]
        else:
            n = null_space(X)[:, 0]
        return n


def _solver_table(X: Array, y: Array) -> str:
    """Return the three solvers' losses and how far each is from the pseudo-inverse's solution."""
    reference = solve_svd(X, y).c
    rows = []
    for solution in (solve(X, y) for solve in SOLVERS):
        distance = "" if solution.failure else number.rounding(float(np.linalg.norm(solution.c - reference)))
        rows.append([solution.method, solution.failure or f"{solution.loss:.6g}", distance])
    return table(["", "loss", "from X⁺y"], rows)
