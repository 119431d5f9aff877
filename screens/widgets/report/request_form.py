"""What the report is run with: data, seeds, numbers of epochs."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Checkbox, Label

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.runs.request import Request, read_scale, read_seeds
from screens.widgets.input import Input
from screens.widgets.tick import Tick


class RequestForm(Horizontal):
    """Fields for everything of a request but its questions.

    Args:
        request: what they show at first.
        id: of the widget.
    """

    def __init__(self, request: Request, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first = request

    def compose(self) -> ComposeResult:
        """Draw the fields."""
        first = self._first
        yield Label("Data", classes="label")
        yield Input(first.data, id="data", select_on_focus=False)
        yield Label("Seeds", classes="label")
        yield Input(str(first.seeds), id="seeds", select_on_focus=False)
        yield Label("Epochs ×", classes="label")
        yield Input(first.scale_text, id="epochs-scale", select_on_focus=False)
        yield Tick("course's own", first.is_course_data, compact=True, id="course",
                   tooltip="Compare digits: this is the course's data.")  # fmt: skip

    def filled(self, request: Request) -> Request:
        """Return a request with what stands in the fields.

        Raises:
            MistakeError: with everything that is wrong in them.
        """
        names = ("data", "seeds", "epochs-scale")
        data, seeds, scale = (self.query_one(f"#{name}", Input).value.strip() for name in names)
        mistakes = [] if data else [Mistake("Data", "names nothing")]
        found = replace(
            request, data=data, seeds=read_seeds("Seeds", seeds, mistakes),
            epochs_scale=read_scale("Epochs", scale, mistakes), is_course_data=self.query_one(Checkbox).value,
        )  # fmt: skip
        if mistakes:
            raise MistakeError(mistakes)
        return found
