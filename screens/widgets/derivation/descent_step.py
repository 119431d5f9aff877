"""The step of 3.4 that descends: gradient descent on Theta comes down to the closed form's loss, live."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup
from textual.widgets import Button, Static
from textual.worker import Worker, WorkerState

from hw1_tui.derivation.feature_map import phi
from hw1_tui.derivation.least_squares import solve_svd
from screens.widgets.derivation.descent_run import DescentRun, Trace
from screens.widgets.derivation.least_squares_step import ProblemStep
from screens.widgets.derivation.step import table

_REDRAWS_PER_SECOND = 4


class DescentStep(ProblemStep):
    """Several starts on one chart, with the closed form's loss as the floor."""

    question, title = "3.4", "Descent on Θ, and its floor"
    formula = """
L is convex in c, not in Θ. L(Θ) ≥ L(ĉ) all the way: ĉ's loss is a floor,
attained for K ≥ D + 1, approached for K = D (perhaps only as |b| → ∞).
"""
    checks = ("convex-in-c", "not-convex-in-theta", "floor", "floor-not-attained", "floor-reached")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "descend", "Descend/stop", id="derivation.descend", tooltip="Descend from four starts, or stop."),
    ]

    def prepare(self) -> None:
        """Choose data whose solution is unique."""
        if self.problem.source in ("circle", "binary"):
            self.problem.choose("drawn")

    def compose_example(self) -> ComposeResult:
        """Yield the data, the button, the chart and the figures."""
        yield from self.compose_sources()
        with HorizontalGroup(classes="kinds"):
            yield Button("Descend", id="descend", compact=True, variant="primary")
            yield Static(id="descent-state", markup=False)
        yield Static(id="descent-table", markup=False, classes="figures")

    def on_mount(self) -> None:
        """Draw on a timer."""
        self.run: DescentRun | None = None
        self._drawn: tuple[int, bool] | None = None
        self.set_interval(1 / _REDRAWS_PER_SECOND, self._redraw)

    def on_unmount(self) -> None:
        """Let the thread go."""
        self._end()

    def show(self) -> None:
        """Solve for the floor; a descent for other data or another K ends."""
        super().show()
        X = phi(self.problem.x)
        solution = solve_svd(X, self.problem.y)
        same = self.run is not None and self._for == (self.example.units, self.problem.y.tobytes())
        self.floor, self._c_hat = solution.loss, solution.c
        if not same:
            self._end()
            self.run = None
        self._drawn = None
        self._redraw()

    def action_descend(self) -> None:
        """Begin from four starts, or stop."""
        if self.run is not None and self.run.live:
            self._end()
        else:
            self._for = (self.example.units, self.problem.y.tobytes())
            self.run = DescentRun(self.problem.x, self.problem.y, self._c_hat, self.example.units, self.example.seed)
            self.run_worker(self.run.descend, thread=True, group="descent", exit_on_error=False)
        self._drawn = None
        self._redraw()

    @on(Button.Pressed, "#descend")
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_descend()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong in the thread."""
        if event.state is WorkerState.ERROR:
            self.notify(f"The descent failed: {event.worker.error}", severity="error", markup=False)
            self._end()

    def _end(self) -> None:
        if self.run is not None:
            self.run.stop()

    def _redraw(self) -> None:
        """Draw what is new; nothing while the step is not shown."""
        if not (self.display and self.screen.is_current and hasattr(self, "floor")):
            return
        traces = self.run.traces if self.run else []
        size = sum(len(trace.points) for trace in traces)
        live = self.run is not None and self.run.live
        if (size, live) == self._drawn:
            return
        self._drawn = (size, live)
        self.query_one("#descend", Button).label = "Stop" if live else "Descend"
        self.say("#descent-state", self._state(live))
        self.say("#descent-table", self._table(traces))

    def _state(self, live: bool) -> str:
        K, D = self.example.units, self.problem.x.shape[1]
        size = f"K = {K} {'<' if K < D else '=' if K == D else '>'} D = {D}"
        return f"  {size}    floor L(ĉ) = {self.floor:.6g}    {'descending …' if live else ''}"

    def _table(self, traces: list[Trace]) -> str:
        rows = []
        for position, trace in enumerate(traces, start=1):
            if trace.points:
                point = trace.points[-1]
                figures = (point.loss, point.loss - self.floor, point.distance, point.largest)
                rows.append([f"start {position}", str(point.number), *(f"{figure:.4g}" for figure in figures)])
        return table(["", "steps", "loss", "above floor", "|c(Θ) − ĉ|", "max |b|"], rows)
