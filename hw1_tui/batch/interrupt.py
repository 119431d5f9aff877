"""Ctrl+C in batch mode: the first ends the run after the current step, the second ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hw1_tui.batch.narrator import Narrator
from hw1_tui.training.control import Control


@contextmanager
def stop_on_interrupt(control: Control, narrator: Narrator) -> Iterator[threading.Event]:
    """Let the first SIGINT stop the run; the event that is given tells whether one came.

    The second raises ``KeyboardInterrupt``, as does the first outside of this context.
    """
    interrupted = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        control.stop()
        narrator.remark("Stopping after the current step; Ctrl+C again ends at once.")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
