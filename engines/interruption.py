"""Whether it was the user who interrupted, or an engine that raised what looks like it."""

from __future__ import annotations

import signal
import threading
import traceback


def is_interruption(error: BaseException | None) -> bool:
    """Return whether an error is an interruption by a signal, or what was made of one on its way.

    Signals reach the main thread alone. Any other ``KeyboardInterrupt`` is the failure of the code that raised it:
    passed on as the user's, it would end the program, or a thread of it, without a word.
    """
    if error is None or threading.current_thread() is not threading.main_thread():
        return False
    return _came_from_signal(error) or is_interruption(error.__cause__ or error.__context__)


def is_closing(error: BaseException, file: str) -> bool:
    """Return whether an error closes a generator of a module, which waits at a ``yield`` of that module.

    A ``GeneratorExit`` from elsewhere is the failure of the code that raised it.

    Args:
        error: what was raised.
        file: ``__file__`` of the module; it yields itself, and from no generator of another.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return isinstance(error, GeneratorExit) and frames[-1].f_code.co_filename == file


def _came_from_signal(error: BaseException) -> bool:
    if not isinstance(error, KeyboardInterrupt):
        return False
    handler = signal.getsignal(signal.SIGINT)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if handler is signal.default_int_handler:  # Python's own leaves no frame
        return True
    return getattr(handler, "__code__", None) in [frame.f_code for frame in frames[-1:]]
