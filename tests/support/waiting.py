"""Waiting until a screen has taken everything that was sent to it, at the price of what has something to take."""

from __future__ import annotations

import asyncio
from typing import Any

from textual._queue import Queue
from textual.app import ScreenStackError
from textual.message_pump import MessagePump
from textual.pilot import Pilot, WaitForScreenTimeout

_SECONDS = 90.0
"""Longer than a busy machine holds up a process, and less than a test may take."""


async def wait_for_screen(pilot: Pilot[Any], timeout: float = _SECONDS) -> bool:
    """Wait until the app and every widget of the screen have taken all messages that were sent to them before.

    What Textual's own pilot waits for before and after every key. It sends a message to each of 300 widgets, which
    costs more than what most keys do. Here those alone get one that do not wait for one anyhow.

    Args:
        pilot: of the app.
        timeout: how long, in seconds.

    Returns:
        Whether all were taken; not so where the app has no screen any more or failed meanwhile.

    Raises:
        WaitForScreenTimeout: where they were not taken in time.
    """
    app = pilot.app
    await asyncio.sleep(0)
    try:
        screen = app.screen
    except ScreenStackError:
        return False
    waits = []
    for pump in (app, *screen.walk_children(with_self=True)):
        taken = asyncio.Event()
        if not _waits_for_messages(pump) and pump.call_later(taken.set):
            waits.append(taken.wait())
    if not waits:
        return True
    all_taken: asyncio.Future[Any] = asyncio.gather(*waits)
    failure: asyncio.Event = app._exception_event  # noqa: SLF001
    failed: asyncio.Future[Any] = asyncio.create_task(failure.wait())
    done, _ = await asyncio.wait((all_taken, failed), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    all_taken.cancel()
    failed.cancel()
    if not done:
        raise WaitForScreenTimeout("Timed out while waiting for widgets to process pending messages.")
    return all_taken in done


def _waits_for_messages(pump: MessagePump) -> bool:
    """Return whether all messages were taken and the next one is awaited, so that nothing is being handled either."""
    queue: Queue[Any] = pump._message_queue  # noqa: SLF001 - nothing public tells it
    return queue.empty() and bool(queue.ready_event._waiters)  # noqa: SLF001
