"""Signals that ask the program to end: Ctrl+C, and what ``timeout``, docker, systemd and SLURM send.

A handler may run between any two instructions of the main thread, also while that thread holds a lock or writes. So it
sets a flag and does nothing else; whoever trains looks at the flag between two steps. Where nobody looks, the main
thread is interrupted as Python does it for Ctrl+C.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hw1_tui.exit_code import of_signal

SECONDS_OF_ONE_REQUEST = 0.3
"""What comes so soon after a signal asks for the same: ``timeout`` signals its command and then the group that the
command is in, systemd may send SIGHUP right after SIGTERM, and some wrappers pass on a Ctrl+C
that was heard already."""

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Signals:
    """Which signal came. There is one of it, as there is one set of handlers in a process.

    Attributes:
        number: of the signal that came; 0 where none did.
        times_suspended: how often the process was suspended and went on, as by Ctrl+Z.
    """

    def __init__(self) -> None:
        self.number = 0
        self.times_suspended = 0
        self._flag: Callable[[], object] | None = None
        self._asked = 0.0

    @property
    def exit_code(self) -> int:
        """What the program ends with."""
        return of_signal(self.number)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Let signals be noted, and interrupt the main thread where nobody looks at the note."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self.number = 0
        hook, sys.unraisablehook = sys.unraisablehook, self._unraisable(sys.unraisablehook)
        before = {number: signal.signal(number, self._note) for number in _numbers()}
        if hasattr(signal, "SIGCONT"):
            before[signal.SIGCONT] = signal.signal(signal.SIGCONT, self.go_on)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            sys.unraisablehook = hook

    @contextmanager
    def flagged(self, flag: Callable[[], object]) -> Iterator[None]:
        """Let the first signal call ``flag`` and go on; a second interrupts.

        Args:
            flag: takes no lock and waits for nothing: it runs inside the handler.
        """
        self._flag = flag
        if self.number:  # came before, and was lost in a place that cannot be interrupted, such as an import
            flag()
        try:
            yield
        finally:
            self._flag = None

    def note(self, number: int) -> None:
        """Note a signal that another handler than ours took, as that of an event loop."""
        self.number = number

    def go_on(self, *_: object) -> None:
        """Note that the process goes on after it was suspended."""
        self.times_suspended += 1

    def _note(self, number: int, _frame: FrameType | None) -> None:
        is_first, now = not self.number, time.monotonic()
        if not is_first and now - self._asked < SECONDS_OF_ONE_REQUEST:
            return
        self.number, self._asked = number, now
        if is_first and self._flag:
            self._flag()
        else:
            raise KeyboardInterrupt

    def _unraisable(self, hook: Callable[[Any], object]) -> Callable[[Any], object]:
        """Return a hook that does not show where an interruption could not be raised: it was noted."""

        def shown(unraisable: Any) -> object:
            is_ours = self.number and issubclass(unraisable.exc_type, KeyboardInterrupt)
            return None if is_ours else hook(unraisable)

        return shown


def _numbers() -> list[signal.Signals]:
    """Return the signals to heed; ``nohup`` has a hangup ignored, which stays so."""
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return [number for number in known if number.name != "SIGHUP" or signal.getsignal(number) != signal.SIG_IGN]


SIGNALS = Signals()
