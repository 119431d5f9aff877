"""Keeps the screen clean of what libraries write: everything on stdout and stderr goes to the program's messages.

Textual catches what Python code prints. Code below Python writes to the file descriptors 1 and 2 themselves, and
Textual draws on 2. So the terminal gets descriptors of its own for the time, and 1 and 2 become a pipe.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def caught_output(take: Callable[[str], object]) -> Iterator[None]:
    """Send what is written to the file descriptors 1 and 2 to ``take``, line by line, from a thread.

    Textual, which draws on ``sys.__stderr__``, keeps the terminal.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    terminals = os.dup(1), os.dup(2)
    before = sys.__stdout__, sys.__stderr__
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    os.close(writer)
    thread = threading.Thread(target=_read, args=(reader, take), name="stray", daemon=True)
    thread.start()
    own = [os.fdopen(os.dup(descriptor), "w", encoding="utf-8", errors="replace") for descriptor in terminals]
    sys.__stdout__, sys.__stderr__ = own  # type: ignore[misc]
    try:
        yield
    finally:
        for file in own:
            file.flush()
        sys.__stdout__, sys.__stderr__ = before  # type: ignore[misc]
        for number, descriptor in enumerate(terminals, start=1):
            os.dup2(descriptor, number)  # also closes the pipe's end, so that the thread ends
            os.close(descriptor)
        thread.join(timeout=0.5)
        for file in own:
            file.close()


def _read(reader: int, take: Callable[[str], object]) -> None:
    with os.fdopen(reader, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            take(line)
