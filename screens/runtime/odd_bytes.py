"""Bytes from the terminal that are no UTF-8 do not end the interface."""

from __future__ import annotations

import os
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable
from functools import partial


def _lenient(encoding: str) -> Callable[[], IncrementalDecoder]:
    return partial(getincrementaldecoder(encoding), errors="replace")


def take_odd_bytes() -> None:
    """Let whoever reads the keys take what is no UTF-8 as the sign for that.

    Textual's (8.2.8) reader fails at such a byte, and the program ends: one of a bad connection, of what is pasted in
    another encoding, or of a terminal that sends Alt and a letter as one byte.
    """
    if os.name == "posix":
        from textual.drivers import linux_driver

        linux_driver.getincrementaldecoder = _lenient  # type: ignore[assignment, attr-defined]
