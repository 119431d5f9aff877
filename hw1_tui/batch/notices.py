"""Prints what concerns a whole session, such as a damaged run folder or a file system without locks."""

from __future__ import annotations

import contextlib
import logging

from engines import registry
from hw1_tui.batch.page import say
from hw1_tui.files.notice import hear, say_once


class _Printer(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):  # stderr may be full or closed, which ends nothing
            say(f"hw1-tui: {record.getMessage()}")


_PRINTER = _Printer()


def print_notices(quiet: bool) -> None:
    """Print them on stderr from now on.

    Args:
        quiet: leave out remarks; what is left out of the answer is still named.
    """
    _PRINTER.setLevel(logging.ERROR if quiet else logging.WARNING)
    hear(_PRINTER)
    for passed_over in registry.passed_over():
        say_once(passed_over)
