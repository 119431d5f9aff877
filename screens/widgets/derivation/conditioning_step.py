"""The step of 3.4 on conditioning: the digits that three solvers keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from engines.contract import Array
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import SOLVERS, conditioning
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF
from hw1_tui.derivation.sample import squeezed_inputs
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.derivation import number
from screens.widgets.derivation.step import Step, table
from screens.widgets.slider import Slider

_WIDTH_STEPS = 25
_DIGITS = 16
_WIDEST = 30
"""Cells of the last column, which is not to the right as numbers are."""


class ConditioningStep(Step):
    """What bad conditioning does to each way of solving."""

    question, title = "3.4", "Conditioning: three solvers"
    formula = """
cond(X'X) = cond(X)²:   X'X loses cond(X)² u,   QR and SVD cond(X) u
Inputs within δ of one point, x = 1 + δ N(0, 1), y = Xc: c is known.
"""
    checks = ("condition-squared", "conditioning-costs")

    class Measured(Message):
        """The errors of the solvers were measured over the whole slider.

        Args:
            of: the number of inputs, and the seed.
            errors: by solver, one a place of the slider; ``None`` where it failed.
        """

        def __init__(self, of: tuple[int, int], errors: Mapping[str, Sequence[float | None]]) -> None:
            super().__init__()
            self.of, self.errors = of, errors

    _measured: tuple[int, int] | None = None

    def compose_example(self) -> ComposeResult:
        """Yield the slider and the digits each solver keeps; where there is room also over all of the slider."""
        yield Slider("δ", _WIDTH_STEPS, 8, lambda place: f"{_width(place):.1e}", id="conditioning-slider")
        yield Static(id="conditioning-found", markup=False, classes="found")
        yield Static(id="conditioning-table", markup=False, classes="numbers")
        yield Chart(
            "|ĉ−c|/|c| over δ", x_label="δ", log_x=True, log_y=True, empty="", id="conditioning-chart", classes="drawn"
        )

    def show(self) -> None:
        """Solve at the slider's width."""
        of = (self.example.inputs, self.example.seed)
        width = _width(self.query_one("#conditioning-slider", Slider).value)
        X, c = _problem(*of, width)
        y, found = X @ c, conditioning(X)
        squared = found.condition**2
        self.say("#conditioning-found", f"cond(X) = {found.condition:.1e}     cond(X'X) = {squared:.1e}")
        rows = [digits_row(solve.method, solve.c, c, solve.failure) for solve in (s(X, y) for s in SOLVERS)]
        rows.append(["u cond(X)", f"{UNIT_ROUNDOFF * found.condition:.1e}", "", "what QR and SVD may lose"])
        rows.append(["u cond(X)²", f"{UNIT_ROUNDOFF * squared:.1e}", "", "what X'X may lose"])
        rows.insert(0, ["", "|ĉ−c|/|c|", "digits", "right digits of 16"])
        headings, *rows = [[*cells[:3], cells[3].ljust(_WIDEST)] for cells in rows]
        self.say("#conditioning-table", table(headings, rows))
        self.query_one("#conditioning-chart", Chart).set_marks([Mark(float(np.log10(width)), "δ above")])
        if of != self._measured:
            self._measured = of
            self._measure(*of)

    @work(thread=True, exclusive=True, group="measure", exit_on_error=False)
    def _measure(self, inputs: int, seed: int) -> None:
        errors = measure_errors(inputs, seed)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Measured((inputs, seed), errors))

    @on(Measured)
    def _draw_errors(self, message: Measured) -> None:
        message.stop()
        if message.of == self._measured:
            x = [float(np.log10(_width(place))) for place in range(_WIDTH_STEPS)]
            series = [Series(method, x[::-1], list(errors)[::-1]) for method, errors in message.errors.items()]
            self.query_one("#conditioning-chart", Chart).set_series(series)

    @on(Slider.Moved)
    def _slide(self, event: Slider.Moved) -> None:
        event.stop()
        self.show()


def _width(place: int) -> float:
    return float(10.0 ** (-place / 4))


def _problem(inputs: int, seed: int, width: float) -> tuple[Array, Array]:
    """Return features (N, P) of inputs within ``width`` of one point, and the coefficients (P) that are to be found."""
    rng = np.random.default_rng(seed)
    x = squeezed_inputs(2 * feature_count(inputs), inputs, width, rng)
    return phi(x), rng.standard_normal(feature_count(inputs))


def measure_errors(inputs: int, seed: int) -> Mapping[str, Sequence[float | None]]:
    """Return the relative error of each solver at every place of the slider; ``None`` where it failed."""
    errors: dict[str, list[float | None]] = {}
    for place in range(_WIDTH_STEPS):
        X, c = _problem(inputs, seed, _width(place))
        for found in (solver(X, X @ c) for solver in SOLVERS):
            errors.setdefault(found.method, []).append(None if found.failure else relative_error(found.c, c))
    return errors


def relative_error(found: Array, c: Array) -> float:
    """Return how far coefficients are from the right ones, as a share of these."""
    return float(np.linalg.norm(found - c) / np.linalg.norm(c))


def digits_row(method: str, found: Array, c: Array, failure: str) -> list[str]:
    """Return a row of the table: the method, its error, and how many digits it keeps."""
    if failure:
        return [method, "-", "0", "failed"]
    error = relative_error(found, c)
    digits = min(max(-np.log10(max(error, 1e-16)), 0.0), float(_DIGITS))
    return [method, number.rounding(error), f"{digits:.0f}", "█" * round(digits) + "·" * (_DIGITS - round(digits))]
