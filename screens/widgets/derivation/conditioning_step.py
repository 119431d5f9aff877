"""The step of 3.4 on conditioning: the digits that three solvers keep."""

from __future__ import annotations

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import SOLVERS, conditioning
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF
from hw1_tui.derivation.sample import squeezed_inputs
from screens.widgets.derivation import number
from screens.widgets.derivation.step import Step, table
from screens.widgets.slider import Slider

_WIDTH_STEPS = 25
_DIGITS = 16


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
        yield Static(id="conditioning-table", markup=False, classes="numbers")

    def show(self) -> None:
        """Solve at the slider's width."""
        D, rng = self.example.inputs, np.random.default_rng(self.example.seed)
        width = _width(self.query_one("#conditioning-slider", Slider).value)
        x, c = squeezed_inputs(2 * feature_count(D), D, width, rng), rng.standard_normal(feature_count(D))
        X = phi(x)
        y, found = X @ c, conditioning(X)
        squared = found.condition**2
        self.say("#conditioning-found", f"cond(X) = {found.condition:.1e}     cond(X'X) = {squared:.1e}")
        rows = [digits_row(solve.method, solve.c, c, solve.failure) for solve in (s(X, y) for s in SOLVERS)]
        rows.append(["u cond(X)", f"{UNIT_ROUNDOFF * found.condition:.1e}", "", "what QR and SVD may lose"])
        rows.append(["u cond(X)²", f"{UNIT_ROUNDOFF * squared:.1e}", "", "what X'X may lose"])
        headings = ["", "|ĉ−c|/|c|", "digits", "right digits of 16".ljust(_DIGITS)]
        self.say("#conditioning-table", table(headings, [[*cells[:3], cells[3].ljust(30)] for cells in rows]))

    @on(Slider.Moved)
    def _slide(self, event: Slider.Moved) -> None:
        event.stop()
        self.show()


def _width(place: int) -> float:
    return float(10.0 ** (-place / 4))


def digits_row(method: str, found: Array, c: Array, failure: str) -> list[str]:
    """Return a row of the table: the method, its error, and how many digits it keeps."""
    if failure:
        return [method, "-", "0", "failed"]
    error = float(np.linalg.norm(found - c) / np.linalg.norm(c))
    digits = min(max(-np.log10(max(error, 1e-16)), 0.0), float(_DIGITS))
    return [method, number.rounding(error), f"{digits:.0f}", "█" * round(digits) + "·" * (_DIGITS - round(digits))]
