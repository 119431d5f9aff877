"""Keeps the terminal whole: what libraries write goes to the program's messages, and a hangup ends it in order.

Who comes back to a program that was suspended finds all of it.

Textual catches what Python code prints. Code below Python writes to the file descriptors 1 and 2 themselves, and
Textual draws on 2. So the terminal gets a descriptor of its own for the time, and 1 and 2 become a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

from textual.app import App
from textual.driver import Driver

from hw1_tui.signals import SIGNALS

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_TO_CLOSE = 5.0


@contextlib.contextmanager
def caught_output(take: Callable[[str], object]) -> Iterator[None]:
    """Send what is written to the file descriptors 1 and 2 to ``take``, line by line, from a thread.

    Textual keeps the terminal, also where stderr was redirected: the one that stdout was before.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    own = sys.__stdout__, sys.__stderr__
    reader, writer = os.pipe()
    for descriptor in (1, 2):
        os.dup2(writer, descriptor)
    os.close(writer)
    thread = threading.Thread(target=_read, args=(reader, take), name="terminal-guard", daemon=True)
    thread.start()
    terminal = os.fdopen(os.dup(kept[0]), "w", encoding="utf-8", errors="replace")
    sys.__stdout__ = sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stdout__, sys.__stderr__ = own  # type: ignore[misc]
        for descriptor, before in enumerate(kept, start=1):
            os.dup2(before, descriptor)  # closes the pipe's end as well, so that the thread ends
            os.close(before)
        thread.join(timeout=0.5)
        with contextlib.suppress(OSError):  # what was not written yet has nowhere to go where the terminal has gone
            terminal.close()


def end_on_signals(app: App[int], end: Callable[[int], None]) -> None:
    """Let a terminal that goes away, or a polite kill, end the app as its own keys would.

    Args:
        app: the app, whose loop runs.
        end: ends it; takes the number of the signal, and is called by the loop, between two of its callbacks.
    """
    if os.name == "posix":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        # One that went away while the program was loading is a device still, but for ``isatty`` no terminal any more.
        # In a browser it is a pipe, from what serves it.
        is_terminal = stat.S_ISFIFO if app.is_web else stat.S_ISCHR
        if sys.__stdin__ and is_terminal(os.fstat(sys.__stdin__.fileno()).st_mode):
            look = partial(_look_for_terminal, sys.__stdin__.fileno(), partial(end, signal.SIGHUP))
            app.set_interval(SECONDS_BETWEEN_LOOKS, look)


def come_back_whole(app: App[int], driver: Driver) -> None:
    """Draw all anew where the app goes on after it was suspended: others may have had the terminal meanwhile.

    Textual leaves the terminal before it is suspended by SIGTSTP, and not where something else stops it. Then it would
    take the terminal for a second time, with a second reader of keys, and give it back at the end as it had it itself.

    Args:
        app: the app, whose loop runs.
        driver: has its terminal.
    """
    if os.name != "posix" or app.is_headless or app.is_web:
        return
    suspend, has_left = signal.getsignal(signal.SIGTSTP), False

    def leave(*received: Any) -> None:
        nonlocal has_left
        has_left = True
        if callable(suspend):
            suspend(*received)

    def come_back() -> None:
        nonlocal has_left
        SIGNALS.go_on()
        if not has_left:
            driver.suspend_application_mode()
            app.app_resume_signal.publish(app)
        has_left = False
        driver.resume_application_mode()
        app.refresh(layout=True)

    signal.signal(signal.SIGTSTP, leave)
    asyncio.get_running_loop().add_signal_handler(signal.SIGCONT, come_back)


def end_process_soon(code: int) -> None:
    """End the process some seconds from now, whatever it waits for: Textual's writer to a terminal that has gone."""
    timer = threading.Timer(SECONDS_TO_CLOSE, os._exit, (code,))
    timer.daemon = True
    timer.start()


def end_process(code: int) -> NoReturn:
    """End the process, every file having been written.

    Python's own way out would free, piece by piece, what the system takes back at once, and the shell would wait for
    it, .13 s with torch; for a run that was told to be left behind; and for Textual's reader of a terminal that has
    gone, which never notices.
    """
    with contextlib.suppress(OSError):  # the terminal may have gone
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _look_for_terminal(descriptor: int, end: Callable[[], None]) -> None:
    """End the app where its terminal has gone without the signal that says so."""
    poll = select.poll()
    poll.register(descriptor, 0)
    if poll.poll(0):
        end()


def _read(reader: int, take: Callable[[str], object]) -> None:
    with os.fdopen(reader, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            take(line)
