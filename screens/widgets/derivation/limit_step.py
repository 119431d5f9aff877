"""The steps of 3.3 on what cannot be exact: zero eigenvalues within eps, and fewer units than inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from hw1_tui.derivation.approximation import Approximation, nearest
from hw1_tui.derivation.coefficients import Quadratic, error_of
from hw1_tui.derivation.construction import Spectrum, construct_within
from screens.widgets.derivation import number
from screens.widgets.derivation.function_pictures import Function
from screens.widgets.derivation.step import table
from screens.widgets.derivation.target_step import TargetStep
from screens.widgets.slider import Slider

_EPS_STEPS = 25
_MOST_UNITS = 12


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
        yield Static(id="eps-table", markup=False, classes="numbers")
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
            numbers = [f"{number:.1e}" for number in (built.delta, largest, abs(built.theta.v0))]
            numbers += [number.rounding(error), f"{built.bound:.1e}"]
            rows.append([f"{'▸' if place == chosen else ' '} {_eps(place):.1e}", *numbers, kept])
        self.say("#eps-table", table(["  ε", "δ", "max |b|", "|v₀|", "|c(Θ)−c|", "at most", "< ε"], rows))
        self.say("#eps-found", self._words(K))
        self._built = construct_within(target, K, _eps(chosen)).theta

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the target, and by how much what is built for the slider's eps misses it."""
        target, built = self.example.target, self._built
        return [("c'φ(x), the target", target.predict), ("ŷ − c'φ(x)", lambda x: built.predict(x) - target.predict(x))]

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
        self.draw()


class BoundsStep(TargetStep):
    """K < D: how near one comes."""

    question, title = "3.3", "K < D: how near?"
    wanted = "regular"
    formula = """
No: S has rank ≤ K.  In the norm √(c₀² + |q|² + |S|²), |λ₁| ≥ |λ₂| ≥ …:
Σ_{k>K} λₖ²  ≤  dist²  ≤  min( Σ_{k≥K} λₖ² ,  Σ_{k>K} (λₖ² + (uₖ'q)²) )
"""
    report = '"a convex problem with a global minimum"; implied: ⟦whatever K⟧'
    checks = ("bounds", "example-bounds", "bounds-meet", "every-direction", "lower-bound", "report-any-units")

    def compose_example(self) -> ComposeResult:
        """Yield the target and the distance for every K."""
        yield from self.compose_target()
        yield Static(id="bounds-table", markup=False, classes="numbers")
        yield Static(id="bounds-found", markup=False, classes="found")

    def on_mount(self) -> None:
        """Begin with nothing found."""
        self._searched: tuple[bytes, int] | None = None
        self._nearest: dict[int, Approximation] = {}

    def show(self) -> None:
        """Search for every K, once for a target: to choose K asks for nothing else."""
        super().show()
        target, D = self.example.target, self.example.inputs
        exact = Spectrum.of(target).smallest_exact
        last = min(max(D, exact), _MOST_UNITS)
        wanted = target.vector().tobytes(), self.example.seed
        if wanted != self._searched:
            self._searched, self._nearest = wanted, {}
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
        if units not in self._nearest:
            self._nearest[units] = nearest(target, units, np.random.default_rng(self.example.seed))
        found = self._nearest[units]
        return [label, f"{found.lower:.4f}", f"{found.distance:.4f}", f"{found.upper:.4f}"]

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return the target, and how near the chosen number of units comes, or the largest that is not exact."""
        target, found, K = self.example.target, self._nearest, self.example.units
        if not found:
            return [("c'φ(x), the target", target.predict)]
        K = K if K in found else max(found)
        return [
            ("c'φ(x), the target", target.predict),
            (f"ŷ, nearest with K = {K}", found[K].theta.predict),
            (f"ŷ − c'φ(x), K = {K}", lambda x: found[K].theta.predict(x) - target.predict(x)),
        ]


def _eps(place: int) -> float:
    return float(10.0 ** (-place / 2))
