"""The photographs behind a number: pages of them, and what the model says of the one under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from screens.dialogs.dialog import Dialog
from screens.dialogs.example_dialog import ExampleDialog
from screens.state.answered_list import AnsweredList
from screens.widgets.button import Button
from screens.widgets.example_table import ExampleTable
from screens.widgets.example_view import ExampleView
from screens.widgets.gallery import Gallery
from screens.widgets.inside.probability_bars import ProbabilityBars
from screens.widgets.picture import Picture
from screens.widgets.plain import plain


class PhotographDialog(Dialog[int]):
    """Examples with the probabilities of every class. Gives the number of one that is to be looked at step by step.

    Args:
        examples: the examples, those that are to be seen first in front.
        at: the position of the one that is pointed at first.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "photograph_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "dismiss_dialog", "Back", id="photographs.close", show=False),
        Binding("i", "explain", "One step", id="photographs.explain",
                tooltip="What a step on this example computes, as equations."),
    ]  # fmt: skip

    def __init__(self, examples: AnsweredList, at: int = 0) -> None:
        super().__init__()
        self._examples, self._at = examples, at

    @property
    def view(self) -> ExampleView:
        """What shows the examples."""
        return self.query_one(ExampleView)

    def compose(self) -> ComposeResult:
        """Draw the pictures, and beside them what the model says."""
        with Vertical(classes="box -large", id="photograph-box") as box:
            box.border_title = plain(self._examples.what)
            box.border_subtitle = "enter looks closer, i explains a step, escape closes"
            with Horizontal(id="photograph-body"):
                yield (Gallery if self._examples.dataset.image_shape else ExampleTable)(id="photographs")
                with Vertical(id="photograph-side"):
                    yield Picture(id="photograph-picture")
                    yield ProbabilityBars(id="photograph-bars")
            yield Static(markup=False, id="photograph-place", classes="remark")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Look closer", id="closer", action="screen.look_closer")
                yield Button("One step", id="explain", action="screen.explain")

    def on_mount(self) -> None:
        """Show the page of the one that was asked for."""
        self.set_class(not self._examples.dataset.image_shape, "-numbers")
        self.view.show(self._examples)
        self.view.go_to(self._at)
        self.view.focus()
        self._show()

    @on(ExampleView.Moved)
    def _show(self) -> None:
        """Say what the model says of the example under the cursor."""
        examples, at = self._examples, self.view.cursor
        self.query_one(ProbabilityBars).show(examples, at)
        if not len(examples):
            self.query_one("#photograph-place", Static).update("There is none.")
            return
        if examples.dataset.image_shape:
            self.query_one("#photograph-picture", Picture).show(examples.picture(at))
        place = f"{at + 1:,} of {len(examples):,}: {examples.told(at)}   ✓ label   ▸ predicted"
        self.query_one("#photograph-place", Static).update(place)

    @on(ExampleView.Opened)
    def action_look_closer(self) -> None:
        """Show the example under the cursor as large as there is room for, with its values."""
        if len(self._examples):
            self.app.push_screen(ExampleDialog(self._examples, self.view.cursor), self._come_back)

    def _come_back(self, position: int | None) -> None:
        if position is not None:
            self.view.go_to(position)

    def action_explain(self) -> None:
        """Close, and have a step on the example explained."""
        if len(self._examples):
            self.dismiss(int(self._examples.indices[self.view.cursor]))
