"""A dialog that asks where something is to be written, and again before it replaces what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from hw1_tui.files.target import is_taken
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake
from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.input import Input
from screens.widgets.plain import plain

_NAMED = 6


@dataclass(frozen=True)
class Target:
    """Where something is to be written.

    Attributes:
        path: the file or folder.
        overwrite: whether the user wants what is there replaced.
    """

    path: Path
    overwrite: bool


def taken_file(path: Path) -> list[Path]:
    """Return the path itself where something is there."""
    return [path] if is_taken(path) else []


class TargetDialog(Dialog[Target]):
    """One path; it stays open with what was typed until that can be written, and nothing is replaced unasked.

    Args:
        title: stands in the frame.
        text: what stands there at first.
        note: what is expected.
        mistake: what is wrong with a path, if anything is.
        taken: what would be replaced there.
        is_suggested: whether what is typed first takes the place of what stands there.
    """

    def __init__(
        self,
        title: str,
        text: str,
        note: str,
        mistake: Callable[[Path], Mistake | None],
        taken: Callable[[Path], Sequence[Path]],
        *,
        is_suggested: bool = False,
    ) -> None:
        super().__init__()
        self._heading, self._text, self._note = title, text, note
        self._mistake, self._taken, self._is_suggested = mistake, taken, is_suggested

    def compose(self) -> ComposeResult:
        """Draw the line and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = plain(self._heading)
            box.border_subtitle = "enter writes it, escape goes back"
            yield Static(self._note, markup=False, classes="text")
            yield Input(self._text, id="entry", select_on_focus=self._is_suggested)
            yield Static(markup=False, id="wrong", classes="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Export", id="ok", variant="primary", action="screen.take")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take the path, or say what is wrong with it, or ask about what is there."""
        text = self.query_one("#entry", Input).value.strip()
        path = user_path(text)
        mistake = self._mistake(path) if text else Mistake("", "Nothing is typed yet.")
        self.query_one("#wrong", Static).update(str(mistake or ""))
        if mistake:
            self.query_one("#entry").focus()
        elif taken := self._taken(path):
            self.app.push_screen(OverwriteDialog(taken), partial(self._answer, path))
        else:
            self.dismiss(Target(path, False))

    def _answer(self, path: Path, overwrite: bool | None) -> None:
        if overwrite:
            self.dismiss(Target(path, True))


class OverwriteDialog(Dialog[bool]):
    """The question before something is replaced; ``escape`` and ``enter`` both leave it as it is.

    Args:
        paths: what is there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "overwrite", "Overwrite", id="overwrite.yes", tooltip="Replace it; there is no undo."),
        Binding("left,up", "app.focus_previous", "Previous", id="overwrite.previous", show=False),
        Binding("right,down", "app.focus_next", "Next", id="overwrite.next", show=False),
    ]
    AUTO_FOCUS = "#keep"

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self._paths = paths

    def compose(self) -> ComposeResult:
        """Draw the question and its two answers."""
        named = [str(path.absolute()) for path in self._paths[:_NAMED]]
        more = [f"and {len(self._paths) - _NAMED} more"] * (len(self._paths) > _NAMED)
        with Vertical(classes="box") as box:
            box.border_title = "Overwrite?"
            box.border_subtitle = "o overwrites, escape goes back"
            with VerticalScroll(classes="scroll"):
                yield Static("What is there already would be lost:", markup=False, classes="text")
                yield Static("\n".join([*named, *more]), markup=False, id="taken")
            with Horizontal(classes="buttons"):
                yield Button("Another name", id="keep", variant="primary", action="screen.dismiss_dialog")
                yield Button("Overwrite", id="overwrite", variant="error", action="screen.overwrite")

    def action_overwrite(self) -> None:
        """Replace it."""
        self.dismiss(True)
