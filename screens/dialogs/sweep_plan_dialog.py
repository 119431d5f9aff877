"""What a sweep will take, said before it starts."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from engines.contract import Dataset, EngineError
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.kept import check_name
from hw1_tui.sweep.plan import Plan, make_plan
from hw1_tui.sweep.runner import SweepRunner, require_engine
from hw1_tui.training.kept_data import data_path
from screens.dialogs.dialog import Dialog
from screens.state.field_words import in_field_words
from screens.widgets.button import Button
from screens.widgets.number import duration

_MOVED = "Where it was moved or renamed, open it under Data, and go on again."

Planned = tuple[SweepRunner, Plan]
"""What trains the sweep, and what it will take."""


class SweepPlanDialog(Dialog[Planned]):
    """Reads the data and the history, times an epoch and asks whether to start; ``enter`` starts.

    Args:
        sweep: what is to be trained.
        jobs: how many trials train at once.
        processes: how many where each is in a process of its own.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "Start", id="sweep-plan.start", priority=True, tooltip="Train the sweep."),
    ]
    AUTO_FOCUS = "#start"

    class Made(Message):
        """The plan was made, or cannot be."""

        def __init__(self, planned: Planned | None, problem: str = "") -> None:
            super().__init__()
            self.planned, self.problem = planned, problem

    def __init__(self, sweep: Sweep, jobs: int, processes: int) -> None:
        super().__init__()
        self._sweep, self._jobs, self._processes = sweep, jobs, processes
        self._planned: Planned | None = None
        self._has_begun = False

    @property
    def is_planned(self) -> bool:
        """Whether the plan stands, and the sweep can be started."""
        return self._planned is not None

    def compose(self) -> ComposeResult:
        """Draw what is known, and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = "Start the sweep"
            box.border_subtitle = "enter starts, escape goes back"
            yield Static("Timing an epoch of the first trial...", markup=False, id="plan", classes="text")
            with Horizontal(classes="buttons"):
                yield Button("Start", id="start", variant="primary", disabled=True, action="screen.start")
                yield Button("Cancel", id="back", action="screen.dismiss_dialog")

    def on_mount(self) -> None:
        """Begin, or wait for the data."""
        self.workspace.library.changed.subscribe(self, lambda _source: self._begin())
        self.workspace.library.ask(*self._sweep.config.wanted)
        self._begin()

    def _begin(self) -> None:
        dataset = self.workspace.library.get(*self._sweep.config.wanted)
        problem = self.workspace.library.problem(*self._sweep.config.wanted)
        if self._has_begun or not (dataset or problem):
            if not self._has_begun:
                self.query_one("#plan", Static).update(f"{visible(self._sweep.config.data)} is being read...")
            return
        self._has_begun = True
        if dataset:
            self.query_one("#plan", Static).update("Timing an epoch of the first trial...")
            self.run_worker(partial(self._plan, dataset), thread=True, group="plan", exit_on_error=False)
        else:
            self.post_message(self.Made(None, f"{problem}\n{_MOVED}" if self._sweep.fingerprint else problem))

    def _plan(self, dataset: Dataset) -> None:
        """Make the plan; in a thread."""
        problem, planned = "", None
        try:
            planned = self._planned_on(dataset)
        except (MistakeError, EngineError) as error:
            problem = str(error)
        except Exception as error:  # an engine may raise anything; here it becomes a sentence
            problem = f"It cannot be planned: {type(error).__name__}: {error}"
        if not get_current_worker().is_cancelled:
            self.post_message(self.Made(planned, problem))

    def _planned_on(self, dataset: Dataset) -> Planned:
        """Return what trains the sweep and what it will take.

        Raises:
            MistakeError: its name is another's, its data is not what it was, or its engine is not there.
        """
        sweep = self._sweep
        require_engine(sweep)
        if sweep.fingerprint not in ("", dataset.fingerprint):
            raise MistakeError(Mistake("data", f"{sweep.config.data} is not what it was when the sweep began"))
        sweep = sweep.on(data_path(dataset.name) or sweep.config.data, dataset.fingerprint)
        store, workers = self.workspace.store, self.workspace.queue.workers
        check_name(store, sweep)
        jobs = workers.slots if workers else self._jobs
        runner = SweepRunner(sweep, dataset, store, jobs, workers=workers, processes=self._processes)
        return runner, make_plan(runner, dataset)

    @on(Made)
    def _take(self, event: Made) -> None:
        event.stop()
        self._planned = event.planned
        told = self.query_one("#plan", Static)
        told.set_class(bool(event.problem), "wrong")
        if event.planned is None:
            told.update(in_field_words(visible(event.problem, keep_lines=True)))
            self.query_one("#back").focus()
            return
        runner, plan = event.planned
        told.update("\n".join(plan_lines(runner.sweep, plan)))
        start = self.query_one("#start", Button)
        start.disabled = False
        if self.focused is None:  # who went to Cancel meanwhile means that with enter
            start.focus()

    def action_start(self) -> None:
        """Close, and start the sweep."""
        if self._planned:
            self.dismiss(self._planned)


def plan_lines(sweep: Sweep, plan: Plan) -> list[str]:
    """Return a plan as lines of a name and what it says."""
    each = f" with {counted(plan.seeds, 'seed')} each" if plan.seeds > 1 else ""
    kept = plan.trials - plan.missing
    rows = {"Sweep": sweep.name, "Runs": f"{counted(plan.trials, 'run')}: {counted(plan.points, 'point')}{each}"}
    if plan.known < plan.points and plan.known:
        rows["TPE"] = f"chooses {plan.points - plan.known} of the points, by what those before came to"
    if kept:
        rows["In the history"] = f"{kept} of them, which are taken as they are"
    if plan.seconds is None or plan.epoch_seconds is None:
        rows["To train"] = "nothing: enter shows what it came to"
        return [f"{name:<16}{value}" for name, value in rows.items()]
    rows["Time"] = (
        f"about {_about(plan.seconds)} with {counted(plan.jobs, 'job')}, by an epoch of {plan.epoch_seconds:.3g} s"
    )
    if plan.trial:
        rows["Executor"] = plan.trial.in_short
    if plan.is_halving:
        rows["Halving"] = f"trains about {plan.share:.0%} of the epochs"
    if plan.memory:
        rows["Memory"] = f"about {plan.memory / 1e6:,.0f} MB"
    if plan.idle:
        rows["Without effect"] = " ".join(plan.idle)
    return [f"{name:<16}{value}" for name, value in rows.items()]


def _about(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < 60 else duration(seconds)
