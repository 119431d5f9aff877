"""Derivation: question 3 step by step, with numbers that change, its checks, and the report's version beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from hw1_tui.derivation import MAX_SEED
from hw1_tui.derivation.catalogue import CHECKS
from hw1_tui.derivation.check import CheckResult, run_check
from screens import interval
from screens.main_screen import MainScreen, Part
from screens.state.command import Command
from screens.widgets.chart.charted import Charted
from screens.widgets.choice_list import ChoiceList
from screens.widgets.derivation.check_list import CheckList
from screens.widgets.derivation.coefficient_step import CoefficientStep, DegreeStep, ReadingStep
from screens.widgets.derivation.conditioning_step import ConditioningStep
from screens.widgets.derivation.construction_step import ConstructionStep, PairStep
from screens.widgets.derivation.descent_step import DescentStep
from screens.widgets.derivation.example import Example
from screens.widgets.derivation.feature_step import FeatureStep, HiddenStep, MatrixStep
from screens.widgets.derivation.least_squares_step import LeastSquaresStep, RankStep
from screens.widgets.derivation.limit_step import BoundsStep, EpsStep
from screens.widgets.derivation.problem import Problem
from screens.widgets.derivation.problem_step import ProblemStep
from screens.widgets.derivation.size_bar import SizeBar
from screens.widgets.derivation.step import Step

STEPS: tuple[type[Step], ...] = (
    HiddenStep,
    FeatureStep,
    MatrixStep,
    CoefficientStep,
    DegreeStep,
    ReadingStep,
    ConstructionStep,
    EpsStep,
    PairStep,
    BoundsStep,
    LeastSquaresStep,
    ConditioningStep,
    RankStep,
    DescentStep,
)
"""Every step in the order one teaches them."""


class DerivationScreen(Charted, MainScreen):
    """The steps in a list, one of them open."""

    PARTS = tuple(Part(step.title, step) for step in STEPS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "walk(1)", "Next step", id="derivation.next", tooltip="On to the next step."),
        Binding("p", "walk(-1)", "Previous", id="derivation.previous", tooltip="Back to the step before."),
        Binding("s", "descend", "Descend/stop", id="derivation.descend", tooltip="Descend from four starts, or stop."),
        Binding("r", "redraw", "Draw anew", id="derivation.redraw", tooltip="Draw the example with the next seed."),
    ]
    AUTO_FOCUS = "#steps, Step"
    # The list stands beside the step where the widest formula is whole beside it.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (114, "-normal"), (160, "-wide")]  # noqa: RUF012

    class ChecksEnded(Message):
        """The checks of a step were computed."""

        def __init__(self, step: Step, size: tuple[int, int, int], results: Sequence[CheckResult]) -> None:
            self.step, self.size, self.results = step, size, results
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.example = Example()
        self.problem = Problem(self.example)
        self._asked = ""
        self._position = 0
        self._opening = asyncio.Lock()

    def compose_body(self) -> ComposeResult:
        """Draw the sizes, the list of steps and room for a step."""
        self._begin()
        yield SizeBar(self.example)
        with Horizontal(id="pages"):
            titles = [f"{step.question} {step.title}" for step in STEPS]
            yield ChoiceList(*(Option(title) for title in titles), id="steps", compact=True, classes="frame")
            yield ContentSwitcher(id="switcher")

    async def on_mount(self) -> None:
        """Open the first step."""
        self.query_one("#steps").border_title = "Steps"
        self.set_interval(interval.DATA, self._take_data)
        await self._open(0)

    def _begin(self) -> None:
        """Take the size that was asked for on the command line."""
        if self.workspace.derivation:
            inputs, units, seed = self.workspace.derivation
            self.example = Example(inputs, units, seed)
            self.problem = Problem(self.example)

    def _build(self, step: type[Step], name: str) -> Step:
        if issubclass(step, ProblemStep):
            return step(self.example, self.problem, name)
        return step(self.example, name)

    @property
    def step(self) -> Step:
        """The step that is open."""
        return self.query_one(f"#step-{self._position}", Step)

    async def open_part(self, part: Part) -> Widget | None:
        """Show a step."""
        await self._open(self.PARTS.index(part))
        return self.step

    async def _open(self, position: int) -> None:
        """Show a step; it is built when it is first shown."""
        switcher, name = self.query_one("#switcher", ContentSwitcher), f"step-{position}"
        async with self._opening:  # keys and messages are handled beside each other
            is_new = not switcher.query(f"#{name}")
            if is_new:
                await switcher.add_content(self._build(STEPS[position], name))
            self._position = position  # the step that is drawn is one that is there
        if is_new:
            self.step.prepare()
            self.problem.draw()
        switcher.current = name
        steps = self.query_one("#steps", ChoiceList)
        with steps.prevent(OptionList.OptionHighlighted):
            steps.highlighted = position
        step = STEPS[position]
        self.query_one(SizeBar).show(position, len(STEPS), f"{step.question} {step.title}")
        self.refresh_bindings()
        self._show()
        self._check()

    def _show(self) -> None:
        self.step.show()
        self.step.draw()
        self.step.fit()

    def _check(self) -> None:
        size = (self.example.inputs, self.example.units, self.example.seed)
        self.step.query_one(CheckList).wait(*size)
        self._run_checks(self.step, size)

    @work(thread=True, exclusive=True, group="checks", exit_on_error=False)
    def _run_checks(self, step: Step, size: tuple[int, int, int]) -> None:
        """Compute the step's checks; whoever asks for others meanwhile ends it."""
        worker = get_current_worker()
        results = []
        for check in CHECKS:
            if check.name in step.checks:
                if worker.is_cancelled:
                    return
                result = run_check(check, *size)
                results += [result] if result else []
        self.post_message(self.ChecksEnded(step, size, results))

    @on(ChecksEnded)
    def _show_checks(self, event: ChecksEnded) -> None:
        if event.size == (self.example.inputs, self.example.units, self.example.seed):
            event.step.query_one(CheckList).show(event.results)

    @on(Step.ExampleChanged)
    def _show_example(self) -> None:
        self.problem.draw()
        self._show()

    @on(ProblemStep.SourceAsked)
    def _ask_data(self, event: ProblemStep.SourceAsked) -> None:
        self._asked = event.source
        self.workspace.library.ask(event.source)
        self._take_data()

    def _take_data(self) -> None:
        """Use the data asked for as soon as it is in memory."""
        if not self._asked:
            return
        dataset, problem = self.workspace.library.get(self._asked), self.workspace.library.problem(self._asked)
        if dataset is not None:
            problem = self.problem.take(self._asked, dataset)
            if not problem:
                self.query_one(SizeBar).put("inputs", dataset.n_features)
                self._show()
        if dataset is not None or problem:
            self._asked = ""
        if problem:
            self.notify(problem, title="This data cannot be used", severity="warning")

    @on(OptionList.OptionHighlighted, "#steps")
    async def _choose(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._position:
            await self._open(event.option_index)

    @on(OptionList.OptionSelected, "#steps")
    def _enter(self) -> None:
        self.step.focus(scroll_visible=False)

    @on(SizeBar.Resized)
    def _resize(self, event: SizeBar.Resized) -> None:
        if event.name == "units":
            self.example.set_units(event.value)
        else:
            setattr(self.example, event.name, event.value)
            self.example.draw()
        self.problem.draw()
        self._show()
        self._check()

    async def action_walk(self, by: int) -> None:
        """Go to another step; the focus comes along unless it is in the list."""
        position = self._position + by
        if not 0 <= position < len(STEPS):
            self.notify(f"This is the {'last' if by > 0 else 'first'} step.", severity="warning")
            return
        await self._open(position)
        if not self.query_one("#steps").has_focus:
            self.step.focus(scroll_visible=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Descend only where that is the step."""
        if action == "descend":
            # While another opens the one before need not be there: the palette goes to any of them first.
            return bool(self.query(f"#step-{self._position}")) and isinstance(self.step, DescentStep)
        return super().check_action(action, parameters)

    def action_descend(self) -> None:
        """Begin to descend, or stop."""
        if isinstance(self.step, DescentStep):
            self.step.descend()

    def command(self) -> Command:
        """Return the command that prints every check of this size."""
        example = self.example
        line = f"hw1-tui --batch derive --inputs {example.inputs} --units {example.units} --seed {example.seed}"
        return Command(line, "It prints every check of this size")

    def action_redraw(self) -> None:
        """Draw the example with the next seed."""
        self.query_one(SizeBar).put("seed", (self.example.seed + 1) % (MAX_SEED + 1))
