"""What is left of a crash: a sentence for the person, the details in a file for whoever mends it."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from hw1_tui import __version__
from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError


def in_a_line(error: BaseException) -> str:
    """Return an error in one line: its kind, and the first line of what it says."""
    said = visible(str(error).strip().partition("\n")[0])
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def keep_crash(error: BaseException, home: Callable[[], Path], log: Sequence[str] = ()) -> str:
    """Write the details of a crash to a file; return the sentence to be said of it.

    Args:
        error: what was raised and not expected.
        home: gives the folder to write to; the system's one for temporary files is next where that fails.
        log: what was printed before, which may say why.
    """
    details = _details(error, log)
    name = f"crash-{datetime.now():%y%m%d-%H%M%S}-{os.getpid()}.txt"
    for folder in (home, lambda: Path(tempfile.gettempdir())):
        try:
            path = folder() / name
            # By the plainest means: what writes files whole elsewhere may be what failed.
            path.write_text(details, "utf-8", errors="backslashreplace")
        except (OSError, MistakeError):
            continue
        return f"hw1-tui failed: {in_a_line(error)}. The details are in {path}"
    shown = visible(details, keep_lines=True)
    return f"hw1-tui failed: {in_a_line(error)}. The details could not be written to a file:\n{shown}"


def _details(error: BaseException, log: Sequence[str]) -> str:
    about = f"hw1-tui {__version__}, Python {platform.python_version()}, {platform.platform()}"
    printed = ["", "What was printed before:", *log] if log else []
    return "\n".join([about, "", *traceback.format_exception(error), *printed]) + "\n"
