"""What the steps of 3.4 share: the data, drawn, by name or from a file."""

from __future__ import annotations

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.message import Message
from textual.widgets import Static

from screens.widgets.button import Button
from screens.widgets.derivation.example import Example
from screens.widgets.derivation.function_pictures import FunctionPictures
from screens.widgets.derivation.problem import SOURCES, Problem
from screens.widgets.derivation.step import Step
from screens.widgets.input import Input


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
        self._asked = ""

    def compose_sources(self) -> ComposeResult:
        """Yield the kinds of data, the named one, and a field for a path."""
        with HorizontalGroup(classes="kinds"):
            for source, title in SOURCES.items():
                yield Button(title, id=f"{self.id}-source-{source}", classes="source")
            yield Input(placeholder="quadratic, FILE", id=f"{self.id}-path", classes="path")
        yield Static(id=f"{self.id}-remark", markup=False, classes="remark")

    def show(self) -> None:
        """Mark what is chosen."""
        for source in SOURCES:
            self.query_one(f"#{self.id}-source-{source}", Button).set_class(source == self.problem.source, "-chosen")
        self.say(f"#{self.id}-remark", self.problem.remark)

    def draw(self) -> None:
        """Draw what was found; inputs that are not drawn over are 0."""
        self.query_one(FunctionPictures).show(self.functions(), np.zeros(self.problem.x.shape[1]))

    @on(Button.Pressed, ".source")
    def _choose(self, event: Button.Pressed) -> None:
        event.stop()
        self.problem.choose((event.button.id or "").rpartition("-")[2])
        self.post_message(self.ExampleChanged())

    @on(Input.Submitted, ".path")
    def _ask(self, event: Input.Submitted) -> None:
        event.stop()
        self._ask_for(event.value.strip())

    @on(Input.Blurred, ".path")
    def _leave(self, event: Input.Blurred) -> None:
        """Take what was typed, as other forms do, unless it was taken already or another window is looked at."""
        event.stop()
        if self.app.app_focus and event.value.strip() != self._asked:
            self._ask_for(event.value.strip())

    def _ask_for(self, source: str) -> None:
        self._asked = source
        if source:
            self.post_message(self.SourceAsked(source))
