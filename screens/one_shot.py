"""A timer that goes off once, and surely."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback


def call_after(pump: MessagePump, seconds: float, callback: TimerCallback) -> Timer:
    """Call something once, when so many seconds have passed.

    ``set_timer`` alone never calls it where the thread stands still for that long just as the timer begins, as beside
    threads that train: a timer of Textual skips what it is late for, and of one call that is all.

    Args:
        pump: the widget, screen or app whose timer it is; where that is gone nothing is called.
        seconds: how long to wait.
        callback: what to call.

    Returns:
        The timer, which can be stopped.
    """
    timer = pump.set_timer(seconds, callback)
    timer._skip = False  # noqa: SLF001 - set_timer has no word for it; nothing has read it yet
    return timer
