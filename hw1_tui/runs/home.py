"""Where the history lives."""

from __future__ import annotations

from pathlib import Path

from hw1_tui.files.default_folder import HOME_VARIABLE, default_folder
from hw1_tui.files.user_path import user_path

__all__ = ["HOME_VARIABLE", "RUNS", "home_folder"]

RUNS = "runs"
"""Name of the folder in it that holds a folder a run."""


def home_folder(given: Path | None = None) -> Path:
    """Return the folder of the history: what was given, ``HW1_TUI_HOME``, or the user's data folder.

    Raises:
        MistakeError: there is none of them.
    """
    return user_path(given) if given is not None else default_folder("data", HOME_VARIABLE)
