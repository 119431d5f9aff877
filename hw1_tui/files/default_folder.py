"""Where this program keeps its files for a user who has not said where."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Literal

from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError

HOME_VARIABLE = "HW1_TUI_HOME"


def default_folder(kind: Literal["data", "config", "cache"], variable: str) -> Path:
    """Return the folder that an environment variable names, or the one that the system has for files of that kind.

    A container may give a user neither HOME nor an entry among the users; what ``HW1_TUI_HOME`` names then holds all.

    Raises:
        MistakeError: neither the variable nor the system names one.
    """
    if given := os.environ.get(variable):
        return user_path(given)
    import platformdirs

    with contextlib.suppress(RuntimeError):  # where there is no home folder: older versions leave the ~ as it is
        if (folder := Path(getattr(platformdirs, f"user_{kind}_dir")("hw1-tui", appauthor=False))).is_absolute():
            return folder
    if home := os.environ.get(HOME_VARIABLE):
        return user_path(home) / kind
    raise MistakeError(Mistake("HOME", "this user has no home folder", f"a folder in HOME, or in {HOME_VARIABLE}"))
