"""What is asked for at a run's end: a program, read from text here alone, and a sign of the terminal."""

from __future__ import annotations

import shlex

from hw1_tui.markup import visible

SIGNS = ("none", "bell", "notification")
"""What a terminal can be asked for: nothing, its bell, or a notification (OSC 9)."""

COMMAND_ALLOWED = "a program and its arguments"


def split_command(text: str) -> list[str]:
    """Return the words of a command, as a shell splits them; empty for none. No shell ever reads them.

    Raises:
        ValueError: it is none; what is wrong with it.
    """
    if "\0" in text:
        raise ValueError(f"'{visible(text)}' is no command: it has a null character")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no command: {str(error).lower()}") from None
