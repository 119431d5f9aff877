"""The steps of 3.3 that build a network for any target: by eigenvectors, and by two units in place of eps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from hw1_tui.derivation.approximation import reach
from hw1_tui.derivation.coefficients import error_of
from hw1_tui.derivation.construction import Spectrum, construct_exactly
from screens.widgets.derivation import number
from screens.widgets.derivation.function_pictures import Function, shares
from screens.widgets.derivation.target_step import TargetStep
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView


class ConstructionStep(TargetStep):
    """Theta of c, whatever K is."""

    question, title = "3.3", "Θ of c, built"
    formula = """
S = U diag(λ) U'.   For K ≥ D, units k ≤ D, and vₖ = 0 for the others:

wₖ = uₖ    vₖ = −λₖ    bₖ = (1 + uₖ'q / λₖ) / 2    v₀ = c₀ − Σ vₖ(bₖ−bₖ²)
"""
    report = "⟦3.3 is blank⟧"
    checks = ("eigenvectors", "repeated-eigenvalues", "few-units", "reach")

    def compose_example(self) -> ComposeResult:
        """Yield the target, its spectrum, and the network."""
        yield from self.compose_target()
        yield Static(id="construction-spectrum", markup=False, classes="numbers")
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
            "#construction-found", f"K = {K}: {how}.   |c(Θ) − c| = {number.rounding(error)}, at most {built.bound:.1e}"
        )
        self._built = built.theta

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return what was built, and what its first units add to it."""
        return [("ŷ of what is built", self._built.predict), *shares(self._built)]


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
    checks = ("pair", "smallest-units", "one-unit-less", "few-units")

    def compose_example(self) -> ComposeResult:
        """Yield the target and the smallest exact network."""
        yield from self.compose_target()
        yield Static(id="pair-spectrum", markup=False, classes="numbers")
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
            f"K = {smallest}: |c(Θ) − c| = {number.rounding(error)}, at most {built.bound:.1e}, with no ε",
        )
        self._built = built.theta

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return what was built, and what its first units add to it."""
        return [("ŷ of what is built", self._built.predict), *shares(self._built)]
