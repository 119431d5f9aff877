"""The steps of 3.3: any target c, and the network that is built for it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Button, Static

from hw1_tui.derivation.approximation import nearest, reach
from hw1_tui.derivation.coefficients import Quadratic, error_of
from hw1_tui.derivation.construction import Spectrum, construct_exactly, construct_within
from screens.widgets.derivation import figure
from screens.widgets.derivation.example import TARGET_KINDS
from screens.widgets.derivation.step import Step, table
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView
from screens.widgets.slider import Slider

_EPS_STEPS = 25
_MOST_UNITS = 12


class TargetStep(Step):
    """A step with the target to edit."""

    wanted: ClassVar[str] = ""
    """The kind of target that shows what the step is about; any will do by default."""

    def prepare(self) -> None:
        """Draw that kind, unless a target was typed."""
        if self.wanted and self.example.kind:
            self.example.draw_target(self.wanted)

    def compose_target(self) -> ComposeResult:
        """Yield the kinds of target, then S, q and c0 to edit."""
        with HorizontalGroup(classes="kinds"):
            for kind, title in TARGET_KINDS.items():
                yield Button(title, id=f"{self.id}-kind-{kind}", compact=True, classes="kind")
        yield FlowRow(
            MatrixView("S", True, id=f"{self.id}-S"),
            MatrixView("q'", True, id=f"{self.id}-q"),
            MatrixView("c₀", True, id=f"{self.id}-c0"),
        )

    def show(self) -> None:
        """Fill in the target."""
        for name, values in vars(self.example.target).items():
            self.matrix(f"{self.id}-{name}").show(np.atleast_1d(values))
        for kind in TARGET_KINDS:
            self.query_one(f"#{self.id}-kind-{kind}", Button).set_class(kind == self.example.kind, "-chosen")

    def change(self, name: str, event: MatrixView.Edited) -> None:
        """Take an entry of the target."""
        self.example.set_target(name, event.row, event.column, event.value)
        self.example.kind = ""

    @on(Button.Pressed, ".kind")
    def _draw(self, event: Button.Pressed) -> None:
        event.stop()
        self.example.draw_target((event.button.id or "").rpartition("-")[2])
        self.post_message(self.ExampleChanged())

    def spectrum_lines(self) -> str:
        """Return eigenvalues and what q has along their vectors."""
        spectrum = Spectrum.of(self.example.target)
        shown = range(min(self.example.inputs, 8))
        rows = [
            ["λₖ", *(f"{spectrum.lam[k] if k < spectrum.rank else 0:.4g}" for k in shown)],
            ["uₖ'q", *(f"{spectrum.p[k] + 0:.4g}" for k in shown)],
        ]
        where = "in" if spectrum.in_range else "outside"
        found = f"rank S = {spectrum.rank}, q {where} its range: exact from K = {spectrum.smallest_exact} on"
        return table(["k", *(str(k + 1) for k in shown)], rows) + "\n" + found


class ConstructionStep(TargetStep):
    """Theta of c, whatever K is."""

    question, title = "3.3", "Θ of c, built"
    formula = """
S = U diag(λ) U'.   For K ≥ D, units k ≤ D, and vₖ = 0 for the others:

wₖ = uₖ    vₖ = −λₖ    bₖ = (1 + uₖ'q / λₖ) / 2    v₀ = c₀ − Σ vₖ(bₖ−bₖ²)
"""
    report = "⟦3.3 is blank⟧"
    checks = ("eigenvectors", "repeated-eigenvalues", "few-units")

    def compose_example(self) -> ComposeResult:
        """Yield the target, its spectrum, and the network."""
        yield from self.compose_target()
        yield Static(id="construction-spectrum", markup=False, classes="figures")
        yield FlowRow(MatrixView("W", id="construction-W"), MatrixView("b'", id="construction-b"))
        yield FlowRow(MatrixView("v'", id="construction-v"), MatrixView("v₀", id="construction-v0"))
        yield Static(id="construction-found", markup=False, classes="found")

    def show(self) -> None:
        """Build."""
        super().show()
        self.say("#construction-spectrum", self.spectrum_lines())
        target, K = self.example.target, self.example.units
        built = reach(target, K, 1e-6, np.random.default_rng(self.example.seed))
        for name, values in vars(built.theta).items():
            self.matrix(f"construction-{name}").show(np.atleast_1d(values))
        error = error_of(built.theta, target)
        exact, D = Spectrum.of(target).smallest_exact, self.example.inputs
        how = "exact" if exact <= K else "within ε = 1e-06 by δ in place of 0" if K >= D else "K < D, the nearest found"
        self.say(
            "#construction-found", f"K = {K}: {how}.   |c(Θ) − c| = {figure.rounding(error)}, at most {built.bound:.1e}"
        )


class EpsStep(TargetStep):
    """A zero eigenvalue under a part of q: eps, and what it costs."""

    question, title = "3.3", "Zero eigenvalues: ε and δ"
    wanted = "outside"
    formula = """
λₖ = 0 and uₖ'q = 0:  vₖ = 0, exact.
λₖ = 0 and uₖ'q ≠ 0, m of them:  δ < ε / √(2m) in place of 0
                                |c(Θ) − c| < ε,  |b| and |v₀| grow as 1/δ
"""
    report = "⟦3.3 is blank⟧"
    checks = ("eps",)

    def compose_example(self) -> ComposeResult:
        """Yield the target, the slider and the cost of every eps."""
        yield from self.compose_target()
        yield Slider("ε", _EPS_STEPS, 6, lambda place: f"{_eps(place):.1e}", id="eps-slider")
        yield Static(id="eps-table", markup=False, classes="figures")
        yield Static(id="eps-found", markup=False, classes="found")

    def show(self) -> None:
        """Build for several eps."""
        super().show()
        target, D = self.example.target, self.example.inputs
        K = max(self.example.units, D)
        chosen = self.query_one("#eps-slider", Slider).value
        rows = []
        for place in sorted({0, 4, 8, 12, 16, 20, 24, chosen}):
            built = construct_within(target, K, _eps(place))
            error = error_of(built.theta, target)
            largest = float(np.max(np.abs(built.theta.b), initial=0.0))
            kept = "yes" if error < _eps(place) else "NO"
            figures = [f"{number:.1e}" for number in (built.delta, largest, abs(built.theta.v0))]
            figures += [figure.rounding(error), f"{built.bound:.1e}"]
            rows.append([f"{'▸' if place == chosen else ' '} {_eps(place):.1e}", *figures, kept])
        self.say("#eps-table", table(["  ε", "δ", "max |b|", "|v₀|", "|c(Θ)−c|", "at most", "< ε"], rows))
        self.say("#eps-found", self._words(K))

    def _words(self, units: int) -> str:
        spectrum = Spectrum.of(self.example.target)
        used = f"With K = {units}. " if units == self.example.units else f"ε needs K ≥ D: shown for K = {units}. "
        if spectrum.in_range:
            return used + "q lies in the range of S: no δ is needed. Choose “q outside”."
        return used + "float64 gets no nearer than about 1e-8: rounding grows as 1/δ while the error falls as δ."

    @on(Slider.Moved)
    def _slide(self, event: Slider.Moved) -> None:
        event.stop()
        self.show()


class PairStep(TargetStep):
    """Two units instead of eps."""

    question, title = "3.3", "Without ε: one unit to spare"
    wanted = "outside"
    formula = """
n = the part of q outside range S. Two units: w = n, v = ±½, b = 0 and 1:
½ g(n'x) − ½ g(n'x + 1) = n'x,  the squares cancel and no ε is needed.
Smallest exact K = rank S if q is in range S, else rank S + 2  ≤  D + 1
"""
    report = "⟦3.3 is blank⟧"
    checks = ("pair", "few-units")

    def compose_example(self) -> ComposeResult:
        """Yield the target and the smallest exact network."""
        yield from self.compose_target()
        yield Static(id="pair-spectrum", markup=False, classes="figures")
        yield FlowRow(MatrixView("W", id="pair-W"), MatrixView("b'", id="pair-b"))
        yield FlowRow(MatrixView("v'", id="pair-v"), MatrixView("v₀", id="pair-v0"))
        yield Static(id="pair-found", markup=False, classes="found")

    def show(self) -> None:
        """Build."""
        super().show()
        target = self.example.target
        smallest = max(1, Spectrum.of(target).smallest_exact)
        built = construct_exactly(target, smallest)
        self.say("#pair-spectrum", self.spectrum_lines())
        for name, values in vars(built.theta).items():
            self.matrix(f"pair-{name}").show(np.atleast_1d(values))
        error = error_of(built.theta, target)
        self.say(
            "#pair-found",
            f"K = {smallest}: |c(Θ) − c| = {figure.rounding(error)}, at most {built.bound:.1e}, with no ε",
        )


class BoundsStep(TargetStep):
    """K < D: how near one comes."""

    question, title = "3.3", "K < D: how near?"
    wanted = "regular"
    formula = """
No: S has rank ≤ K.  In the norm √(c₀² + |q|² + |S|²), |λ₁| ≥ |λ₂| ≥ …:
Σ_{k>K} λₖ²  ≤  dist²  ≤  min( Σ_{k≥K} λₖ² ,  Σ_{k>K} (λₖ² + (uₖ'q)²) )
"""
    report = '"a convex problem with a global minimum" ⟦whatever K⟧'
    checks = ("bounds", "lower-bound", "report-any-units")

    def compose_example(self) -> ComposeResult:
        """Yield the target and the distance for every K."""
        yield from self.compose_target()
        yield Static(id="bounds-table", markup=False, classes="figures")
        yield Static(id="bounds-found", markup=False, classes="found")

    def show(self) -> None:
        """Search for every K."""
        super().show()
        target, D = self.example.target, self.example.inputs
        exact = Spectrum.of(target).smallest_exact
        last = min(max(D, exact), _MOST_UNITS)
        rows = [self._row(target, K, exact) for K in range(1, last + 1)]
        self.say("#bounds-table", table(["  K", "at least", "nearest found", "at most"], rows))
        more = f"; K up to {last} shown" if last < D else ""
        words = f"exact from K = {exact} on{more}" if exact else "a constant: exact with any K"
        self.say("#bounds-found", "D = 1 has no K below it: choose a larger D." if D == 1 else words)

    def _row(self, target: Quadratic, units: int, exact: int) -> list[str]:
        label = f"{'▸' if units == self.example.units else ' '} {units}"
        if units >= exact:
            return [label, "0", "exact", "0"]
        if units >= target.inputs:
            return [label, "0", "any ε", "0"]
        found = nearest(target, units, np.random.default_rng(self.example.seed))
        return [label, f"{found.lower:.4f}", f"{found.distance:.4f}", f"{found.upper:.4f}"]


def _eps(place: int) -> float:
    return float(10.0 ** (-place / 2))
