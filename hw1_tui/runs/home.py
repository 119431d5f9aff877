"""Where the history lives."""

from __future__ import annotations

import os
from pathlib import Path

from hw1_tui.files.user_path import user_path

HOME_VARIABLE = "HW1_TUI_HOME"


def home_folder(given: Path | None = None) -> Path:
    """Return the folder of the history: what was given, ``HW1_TUI_HOME``, or the user's data folder."""
    if given is not None:
        return user_path(given)
    if from_environment := os.environ.get(HOME_VARIABLE):
        return user_path(from_environment)
    import platformdirs

    return platformdirs.user_data_path("hw1-tui", appauthor=False)
