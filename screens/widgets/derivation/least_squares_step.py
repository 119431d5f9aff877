"""The steps of 3.4 that solve: least squares in c, its conditioning, its rank."""

from __future__ import annotations

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.message import Message
from textual.widgets import Button, Input, Static

from engines.contract import Array
from hw1_tui.derivation.feature_map import feature_count, feature_names, phi
from hw1_tui.derivation.least_squares import SOLVERS, conditioning, half_mean_square, null_space, solve_svd
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF
from hw1_tui.derivation.sample import squeezed_inputs
from screens.widgets.derivation import figure
from screens.widgets.derivation.example import Example
from screens.widgets.derivation.problem import SOURCES, Problem
from screens.widgets.derivation.step import Step, table
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView
from screens.widgets.slider import Slider

_WIDTH_STEPS = 25
_DIGITS = 16


class ProblemStep(Step):
    """A step with the data to choose."""

    class SourceAsked(Message):
        """Data other than drawn was asked for by name or path."""

        def __init__(self, source: str) -> None:
            self.source = source
            super().__init__()

    def __init__(self, example: Example, problem: Problem, id: str) -> None:  # noqa: A002
        super().__init__(example, id)
        self.problem = problem

    def compose_sources(self) -> ComposeResult:
        """Yield the kinds of data, the named one, and a field for a path."""
        with HorizontalGroup(classes="kinds"):
            for source, title in SOURCES.items():
                yield Button(title, id=f"{self.id}-source-{source}", compact=True, classes="source")
            yield Input(placeholder="quadratic, or FILE.csv", id=f"{self.id}-path", compact=True, classes="path")
        yield Static(id=f"{self.id}-remark", markup=False, classes="remark")

    def show(self) -> None:
        """Mark what is chosen."""
        for source in SOURCES:
            self.query_one(f"#{self.id}-source-{source}", Button).set_class(source == self.problem.source, "-chosen")
        self.say(f"#{self.id}-remark", self.problem.remark)

    @on(Button.Pressed, ".source")
    def _choose(self, event: Button.Pressed) -> None:
        event.stop()
        self.problem.choose((event.button.id or "").rpartition("-")[2])
        self.post_message(self.ExampleChanged())

    @on(Input.Submitted, ".path")
    def _ask(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.post_message(self.SourceAsked(event.value.strip()))


class LeastSquaresStep(ProblemStep):
    """The closed form, and when it is one."""

    question, title = "3.4", "Least squares in c"
    formula = """
L(c) = 1/(2N) |Xc − y|²     X: N × P, rows φ(xₙ)'     X'X ĉ = X'y
ĉ is unique iff rank X = P; else ĉ = X⁺y is the shortest minimiser.
Back to Θ by 3.3: always for K ≥ D + 1, within any ε for K ≥ D.
"""
    report = "ĉ = (X'X)⁻¹X'y  (21)  ⟦without conditions⟧"
    checks = ("gradient", "normal-equations", "solvers-agree", "report-21")

    def compose_example(self) -> ComposeResult:
        """Yield the data, X, and the solution."""
        yield from self.compose_sources()
        yield FlowRow(MatrixView("X", most_rows=4, id="least-X"), MatrixView("y", most_rows=4, id="least-y"))
        yield Static(id="least-found", markup=False, classes="found")
        yield FlowRow(MatrixView("ĉ'", id="least-c"))
        yield Static(id="least-table", markup=False, classes="figures")

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


class ConditioningStep(Step):
    """What bad conditioning does to each way of solving."""

    question, title = "3.4", "Conditioning: three solvers"
    formula = """
cond(X'X) = cond(X)²:   X'X loses cond(X)² u,   QR and SVD cond(X) u
Inputs within δ of one point, x = 1 + δ N(0, 1), y = Xc: c is known.
"""
    checks = ("condition-squared", "conditioning-costs")

    def compose_example(self) -> ComposeResult:
        """Yield the slider and the digits each solver keeps."""
        yield Slider("δ", _WIDTH_STEPS, 8, lambda place: f"{_width(place):.1e}", id="conditioning-slider")
        yield Static(id="conditioning-found", markup=False, classes="found")
        yield Static(id="conditioning-table", markup=False, classes="figures")

    def show(self) -> None:
        """Solve at the slider's width."""
        D, rng = self.example.inputs, np.random.default_rng(self.example.seed)
        width = _width(self.query_one("#conditioning-slider", Slider).value)
        x, c = squeezed_inputs(2 * feature_count(D), D, width, rng), rng.standard_normal(feature_count(D))
        X = phi(x)
        y, found = X @ c, conditioning(X)
        squared = found.condition**2
        self.say("#conditioning-found", f"cond(X) = {found.condition:.1e}     cond(X'X) = {squared:.1e}")
        rows = [_digits_row(solve.method, solve.c, c, solve.failure) for solve in (s(X, y) for s in SOLVERS)]
        rows.append(["u cond(X)", f"{UNIT_ROUNDOFF * found.condition:.1e}", "", "what QR and SVD may lose"])
        rows.append(["u cond(X)²", f"{UNIT_ROUNDOFF * squared:.1e}", "", "what X'X may lose"])
        headings = ["", "|ĉ−c|/|c|", "digits", "right digits of 16".ljust(_DIGITS)]
        self.say("#conditioning-table", table(headings, [[*cells[:3], cells[3].ljust(30)] for cells in rows]))

    @on(Slider.Moved)
    def _slide(self, event: Slider.Moved) -> None:
        event.stop()
        self.show()


class RankStep(ProblemStep):
    """Shapes on which the rank fails, and the minimum-norm solution."""

    question, title = "3.4", "Rank: circle and binary"
    formula = """
a relation n'φ(x) = 0 on all the data  ⇔  X n = 0  ⇔  rank X < P
circle:  x₁² + … + x_D² − 1 = 0    rank P − 1
binary:  xⱼ² − xⱼ = 0              rank P − D
"""
    report = "ĉ = (X'X)⁻¹X'y whenever ⟦N > P⟧"
    checks = ("circle", "binary", "minimum-norm", "report-21")

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
        yield Static(id="rank-table", markup=False, classes="figures")

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
            f"rank X = {found.rank} of P = {found.columns};  |X n| = {figure.rounding(float(np.linalg.norm(X @ n)))}",
        )
        rows = [
            [name, f"{half_mean_square(X, other, y):.6g}", f"{np.linalg.norm(other):.4f}"]
            for name, other in (("ĉ = X⁺y", c), ("ĉ + n", c + n), ("ĉ − 2n", c - 2 * n))
        ]
        self.say("#rank-table", table(["", "loss", "|c|"], rows))

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


def _width(place: int) -> float:
    return float(10.0 ** (-place / 4))


def _solver_table(X: Array, y: Array) -> str:
    """Return the three solvers' losses and how far each is from the pseudo-inverse's solution."""
    reference = solve_svd(X, y).c
    rows = []
    for solution in (solve(X, y) for solve in SOLVERS):
        distance = "" if solution.failure else figure.rounding(float(np.linalg.norm(solution.c - reference)))
        rows.append([solution.method, solution.failure or f"{solution.loss:.6g}", distance])
    return table(["", "loss", "from X⁺y"], rows)


def _digits_row(method: str, found: Array, c: Array, failure: str) -> list[str]:
    if failure:
        return [method, "-", "0", "failed"]
    error = float(np.linalg.norm(found - c) / np.linalg.norm(c))
    digits = min(max(-np.log10(max(error, 1e-16)), 0.0), float(_DIGITS))
    return [method, figure.rounding(error), f"{digits:.0f}", "█" * round(digits) + "·" * (_DIGITS - round(digits))]
