"""Where the history lives."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "HW1_TUI_HOME"


def home_folder(given: Path | None = None) -> Path:
    """Return the folder of the history: what was given, ``HW1_TUI_HOME``, or the user's data folder."""
    if given is not None:
        return given.expanduser()
    if from_environment := os.environ.get(HOME_VARIABLE):
        return Path(from_environment).expanduser()
    import platformdirs

    return platformdirs.user_data_path("hw1-tui", appauthor=False)
