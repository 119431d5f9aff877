"""The sweeps of the history, one of which is opened; or one from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hw1_tui.files.toml import read_toml
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import cell_width, pad
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import TABLE
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.wish import define, read_definition
from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.choice_list import ChoiceList
from screens.widgets.input import Input

Opened = tuple[Sweep, bool]
"""The sweep, and whether it is of the history; one of a file is first looked at in the form."""


_WIDEST_NAME = 16
"""Cells up to which all names take the same."""


class SweepListDialog(Dialog[Opened]):
    """A list, and a line for the path of a TOML file.

    Args:
        sweeps: by name, the newest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "file", "From a file", id="sweep-list.file", tooltip="Type the path of a TOML file."),
    ]

    def __init__(self, sweeps: Mapping[str, Sweep]) -> None:
        super().__init__()
        self._sweeps = sweeps

    def compose(self) -> ComposeResult:
        """Draw the list, the line and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = "Open a sweep"
            box.border_subtitle = "enter opens, f types a path, escape goes back"
            if self._sweeps:
                width = min(_WIDEST_NAME, max(cell_width(one.name) for one in self._sweeps.values()))
                options = (Option(_line(one, width), id=name) for name, one in self._sweeps.items())
                yield ChoiceList(*options, compact=True)
            else:
                yield Static("The history has no sweep yet.", classes="text")
            yield Static("Or the path of a TOML file that defines one:", classes="text")
            yield Input(id="entry", placeholder="sweep.toml", select_on_focus=False)
            yield Static(markup=False, id="problem", classes="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Open", id="open", variant="primary", action="screen.open")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    def on_mount(self) -> None:
        """Begin in the list, where there is one."""
        (self.query_one(ChoiceList) if self._sweeps else self.query_one(Input)).focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss((self._sweeps[event.option.id or ""], True))

    def action_file(self) -> None:
        """Type a path."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def action_open(self) -> None:
        """Open the file where one is named, else what is highlighted."""
        if text := self.query_one(Input).value.strip():
            try:
                path = user_path(text)
                self.dismiss((define(read_definition(read_toml(path, "a sweep"), path.name), []), False))
            except MistakeError as error:
                self.query_one("#problem", Static).update(str(error))
        elif self._sweeps and (chosen := self.query_one(ChoiceList).highlighted_option):
            self.dismiss((self._sweeps[chosen.id or ""], True))


def _line(sweep: Sweep, width: int) -> str:
    names = ", ".join(TABLE[name].title for name in sweep.space.names)
    points = counted(len(sweep.points), "point")
    return f"{pad(sweep.name, width)}  {sweep.config.model}: {names}, {points} x {sweep.seeds}"
