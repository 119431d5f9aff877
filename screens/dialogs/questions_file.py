"""Asks for a questions file; one with mistakes is explained and not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen

from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question_file import read_questions
from screens.dialogs.entry_dialog import EntryDialog
from screens.dialogs.text_dialog import TextDialog

_NOTE = "Empty for the one that comes along; hw1-tui report --new-questions FILE writes one to start from."


def ask_for_questions(screen: Screen[Any], file: str, take: Callable[[str], None]) -> None:
    """Ask for a questions file.

    Args:
        screen: what the question is about.
        file: the one that is in use; empty for that of the report.
        take: called with the path of another one in which nothing is wrong, empty for that of the report.
    """

    def check(text: str) -> bool:
        path = str(user_path(text.strip()).absolute()) if text.strip() else ""
        try:
            read_questions(Path(path) if path else None)
        except MistakeError as error:
            told = "\n".join(map(str, error.mistakes))
            screen.app.push_screen(TextDialog("Questions file", told, "The questions stay as they are:"))
            return False
        take(path)
        return True

    screen.app.push_screen(EntryDialog("Questions file", file, _NOTE, check))
