"""A dialog that asks where something is to be written, and again before it replaces what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from engines.contract import EngineError
from hw1_tui.files.target import is_taken
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.input import Input
from screens.widgets.plain import plain

_NAMED = 6


def taken_file(path: Path) -> list[Path]:
    """Return the path itself where something is there."""
    return [path] if is_taken(path) else []


class TargetDialog(Dialog[None]):
    """One path; it stays open with what was typed until that is written, and nothing is replaced unasked.

    Who does not want to wait closes it: it is written all the same, and how that ends is told.

    Args:
        title: stands in the frame.
        text: what stands there at first.
        note: what is expected.
        mistake: what is wrong with a path, if anything is.
        taken: what would be replaced there.
        write: writes it, in a thread; takes the path, and ``overwrite`` by name.
        done: what is said when it is written, with the path in its braces.
        is_suggested: whether what is typed first takes the place of what stands there.
    """

    def __init__(
        self,
        title: str,
        text: str,
        note: str,
        mistake: Callable[[Path], Mistake | None],
        taken: Callable[[Path], Sequence[Path]],
        write: Callable[..., object],
        *,
        done: str = "{} is written.",
        is_suggested: bool = False,
    ) -> None:
        super().__init__()
        self._heading, self._text, self._note, self._done = title, text, note, done
        self._mistake, self._taken, self._write, self._is_suggested = mistake, taken, write, is_suggested
        self._is_writing = self._is_done = False

    def compose(self) -> ComposeResult:
        """Draw the line and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = plain(self._heading)
            box.border_subtitle = "enter writes it, escape goes back"
            yield Static(self._note, markup=False, classes="text", id="note")
            yield Input(self._text, id="entry", select_on_focus=self._is_suggested)
            yield Static(markup=False, id="wrong", classes="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Export", id="ok", variant="primary", action="screen.take")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take the path, or say what is wrong with it, or ask about what is there."""
        if self._is_writing:
            return
        text = self.query_one("#entry", Input).value.strip()
        path = user_path(text)
        mistake = self._mistake(path) if text else Mistake("", "Nothing is typed yet.")
        if mistake:
            self._refuse(str(mistake))
        elif taken := self._taken(path):
            self._refuse("")
            self.app.push_screen(OverwriteDialog(taken), partial(self._answer, path))
        else:
            self._begin(path, overwrite=False)

    def _answer(self, path: Path, overwrite: bool | None) -> None:
        if overwrite:
            self._begin(path, overwrite=True)

    def _begin(self, path: Path, *, overwrite: bool) -> None:
        self._refuse("")
        self._tell(is_writing=True)
        # The app's work and not this dialog's: it goes on when what asked is closed meanwhile.
        writing = self.app.run_worker(self._written(path, overwrite=overwrite), group="export", exit_on_error=False)
        self.app.hold_keys_for(writing.wait())  # they are meant for what lies below

    async def _written(self, path: Path, *, overwrite: bool) -> None:
        try:
            await asyncio.to_thread(self._write, path, overwrite=overwrite)
        except (MistakeError, EngineError) as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{error.filename or path}: {error.strerror or error}")
        except Exception:
            self._fail("It is not written.")  # the app says more of what nobody expected
            raise
        else:
            self.app.notify(self._done.format(path.absolute()), markup=False)
            self._is_done = True
            self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """Close once it is written, and nothing lies above it any more."""
        if self._is_done:
            self.dismiss(None)

    def _fail(self, sentence: str) -> None:
        """Say why it could not be written: here, or where this was closed meanwhile as a notice."""
        if self.is_attached:
            self._tell(is_writing=False)
            self._refuse(sentence)
        else:
            self.app.notify(sentence, severity="error", markup=False)

    def _tell(self, *, is_writing: bool) -> None:
        """Say whether it is being written: then there is nothing to cancel any more."""
        self._is_writing = is_writing
        words = "Writing... escape closes this, and it is written all the same." if is_writing else self._note
        self.query_one("#note", Static).update(words)
        self.query_one("#cancel", Button).label = "Close" if is_writing else "Cancel"

    def _refuse(self, sentence: str) -> None:
        self.query_one("#wrong", Static).update(sentence)
        self.query_one("#entry").focus()


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
