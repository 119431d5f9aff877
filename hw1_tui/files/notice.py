"""What concerns a whole session and not one command: said once a process, by whichever front end runs.

It goes through the standard library's ``logging`` under the name ``hw1_tui``, so that batch mode prints it, the
interface shows it, and whoever imports the package sees it too.
"""

from __future__ import annotations

import logging

from hw1_tui.markup import visible

LOGGER = logging.getLogger("hw1_tui")

said: set[str] = set()
"""What this process has said so far."""


def hear(handler: logging.Handler) -> None:
    """Let a front end tell what is said; nobody tells it again, whatever a plug-in has set up for logging."""
    LOGGER.addHandler(handler)
    LOGGER.propagate = False


def stop_hearing(handler: logging.Handler) -> None:
    """Undo ``hear``."""
    LOGGER.removeHandler(handler)
    LOGGER.propagate = not LOGGER.handlers


def say_once(text: str, level: int = logging.WARNING) -> None:
    """Say a sentence unless this process has said it.

    Args:
        text: the sentence.
        level: ``WARNING`` for a remark, ``ERROR`` for something that is left out because of it.
    """
    text = visible(text)
    if text not in said:
        said.add(text)
        LOGGER.log(level, "%s", text)
