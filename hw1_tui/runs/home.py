"""Where the history lives."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hw1_tui.files.default_folder import HOME_VARIABLE, default_folder
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import shell_path
from hw1_tui.mistake import MistakeError

__all__ = ["HOME_VARIABLE", "RUNS", "home_folder", "home_option"]

RUNS = "runs"
"""Name of the folder in it that holds a folder a run."""


def home_folder(given: Path | None = None) -> Path:
    """Return the folder of the history: what was given, ``HW1_TUI_HOME``, or the user's data folder.

    Raises:
        MistakeError: there is none of them.
    """
    return user_path(given) if given is not None else default_folder("data", HOME_VARIABLE)


def home_option(home: Path | None) -> str:
    """Return the option by which a command finds a history, behind a space; empty for the one that it finds without."""
    if home is None:
        return ""
    with contextlib.suppress(MistakeError):
        if home_folder().absolute() == home.absolute():
            return ""
    return f" --home {shell_path(home.absolute())}"
