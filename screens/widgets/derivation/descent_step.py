"""The step of 3.4 that descends: gradient descent on Theta comes down to the closed form's loss, live."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from engines.contract import Array
from hw1_tui.derivation.approximation import attainment
from hw1_tui.derivation.coefficients import Quadratic
from hw1_tui.derivation.construction import Spectrum
from hw1_tui.derivation.feature_map import phi
from hw1_tui.derivation.least_squares import conditioning, solve_svd, without_rounding
from screens import interval
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Floor, Series
from screens.widgets.derivation.descent_run import DescentRun, Point, Trace
from screens.widgets.derivation.problem_step import ProblemStep
from screens.widgets.derivation.step import table

_STEPS = "log₁₀ of steps"
_EMPTY = "Descend (s): four starts come down to the loss of ĉ."
_LOWEST = 1e-6
"""A floor below this share of the lowest loss would stretch the axis and is left to the words."""


class DescentStep(ProblemStep):
    """Several starts on one chart, with the closed form's loss as the floor."""

    question, title = "3.4", "Descent on Θ, and its floor"
    formula = """
L is convex in c, not in Θ. L(Θ) ≥ L(ĉ) all the way: ĉ's loss is a floor,
attained for K ≥ D + 1, approached for K = D (perhaps only as |b| → ∞).
"""
    checks = (
        "convex-in-c",
        "not-convex-in-theta",
        "gradient-in-theta",
        "rate",
        "example-minimum",
        "floor",
        "floor-approached",
        "floor-not-attained",
        "floor-reached",
    )

    def prepare(self) -> None:
        """Choose data whose solution is unique."""
        if self.problem.source in ("circle", "binary"):
            self.problem.choose("drawn")

    def compose_example(self) -> ComposeResult:
        """Yield the data, the button, the chart and the numbers."""
        yield from self.compose_sources()
        with HorizontalGroup(classes="kinds"):
            yield Button("Descend", id="descend", variant="primary", action="screen.descend")
            yield Static(id="descent-state", markup=False)
        with HorizontalGroup(id="descent-charts"):
            yield Chart(
                "loss, mean per example, over log₁₀ of steps",
                x_label=_STEPS,
                empty=_EMPTY,
                log_y=True,
                id="descent-loss",
            )
            yield Chart(
                "|c(Θ) − ĉ| over log₁₀ of steps", x_label=_STEPS, empty=_EMPTY, log_y=True, id="descent-distance"
            )
        yield Static(id="descent-verdict", markup=False, classes="found")
        yield Static(id="descent-table", markup=False, classes="numbers")

    def on_mount(self) -> None:
        """Draw on a timer."""
        self.descent: DescentRun | None = None
        self._drawn: tuple[int, bool] | None = None
        self.set_interval(interval.DESCENT, self._redraw)

    def on_unmount(self) -> None:
        """Let the thread go."""
        self._end()

    def show(self) -> None:
        """Solve for the floor; a descent for other data or another K ends."""
        super().show()
        X = phi(self.problem.x)
        solution = solve_svd(X, self.problem.y)
        same = self.descent is not None and self._for == (self.example.units, self.problem.y.tobytes())
        self.floor, self._c_hat = solution.loss, solution.c
        self.say("#descent-verdict", self._verdict(X))
        if not same:
            self._end()
            self.descent = None
        self._drawn = None
        self._redraw()

    def descend(self) -> None:
        """Begin from four starts, or stop."""
        if self.descent is not None and self.descent.live:
            self._end()
        else:
            self._for = (self.example.units, self.problem.y.tobytes())
            self.descent = DescentRun(
                self.problem.x, self.problem.y, self._c_hat, self.example.units, self.example.seed
            )
            self.run_worker(self.descent.descend, thread=True, group="descent", exit_on_error=False)
        self._drawn = None
        self._redraw()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong in the thread."""
        if event.state is WorkerState.ERROR:
            self.notify(f"The descent failed: {event.worker.error}", severity="error")
            self._end()

    def _end(self) -> None:
        if self.descent is not None:
            self.descent.stop()

    def _redraw(self) -> None:
        """Draw what is new; nothing while the step is not shown."""
        if not (self.display and self.screen.is_current and hasattr(self, "floor")):
            return
        traces = self.descent.traces if self.descent else []
        size = sum(len(trace.points) for trace in traces)
        live = self.descent is not None and self.descent.live
        if (size, live) == self._drawn:
            return
        self._drawn = (size, live)
        self.query_one("#descend", Button).label = "Stop" if live else "Descend"
        self.say("#descent-state", self._state(live))
        self.say("#descent-table", self._table(traces))
        self._draw(traces)

    def _draw(self, traces: list[Trace]) -> None:
        """Give the charts what the traces hold by now; the thread may append meanwhile."""
        kept = [list(trace.points) for trace in traces]
        losses = [_series(number, points, "loss") for number, points in enumerate(kept, start=1)]
        self.query_one("#descent-loss", Chart).set_series(losses)
        distances = [_series(number, points, "distance") for number, points in enumerate(kept, start=1)]
        self.query_one("#descent-distance", Chart).set_series(distances)
        lowest = min((point.loss for points in kept for point in points), default=0.0)
        floors = [Floor(self.floor, "L(ĉ)")] if kept and self.floor > _LOWEST * lowest else []
        self.query_one("#descent-loss", Chart).set_floors(floors)

    def _verdict(self, X: Array) -> str:
        """Return what 3.3 says of the floor for this K."""
        K, D = self.example.units, self.problem.x.shape[1]
        if not conditioning(X).unique:
            return "ĉ is not unique: every minimiser has the floor's loss, and one of them may need fewer units."
        target = Quadratic.read(without_rounding(X, self.problem.y, self._c_hat))
        if K < D and attainment(target, K) == "out of reach":
            return f"K = {K} < D = {D}: ĉ has rank {Spectrum.of(target).rank}, the floor is out of reach."
        return {
            "attained": "The floor is attained: Θ(ĉ) exists by 3.3. A start may still be trapped above it.",
            "approached": "The floor is approached and never attained: max |b| grows without end.",
            "out of reach": f"The floor is out of reach of K = {K}.",
        }[attainment(target, K)]

    def _state(self, live: bool) -> str:
        K, D = self.example.units, self.problem.x.shape[1]
        size = f"K = {K} {'<' if K < D else '=' if K == D else '>'} D = {D}"
        return f"  {size}    floor L(ĉ) = {self.floor:.6g}    {'descending …' if live else ''}"

    def _table(self, traces: list[Trace]) -> str:
        rows = []
        for position, trace in enumerate(traces, start=1):
            if trace.points:
                point = trace.points[-1]
                numbers = (point.loss, point.loss - self.floor, point.distance, point.largest)
                rows.append([f"start {position}", str(point.number), *(f"{value:.4g}" for value in numbers)])
        return table(["", "steps", "loss", "above floor", "|c(Θ) − ĉ|", "max |b|"], rows)


def _series(number: int, points: list[Point], name: str) -> Series:
    """Return a start's curve over log10 of its steps; step 0 stands at 0 with step 1."""
    x = [math.log10(max(point.number, 1)) for point in points]
    return Series(f"start {number}", x, [getattr(point, name) for point in points])
