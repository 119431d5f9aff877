"""Waiting until a screen has come to rest, for as long as that takes and no longer."""

import asyncio
import contextlib
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from screens.widgets.chart import Chart
from screens.widgets.gallery import Gallery
from screens.widgets.key_list import KeyList
from screens.widgets.status_line import StatusLine
from tests.support.drawn import strips

_SECONDS_AT_REST = 0.06
_MOST_LOOKS = 600
"""Looks are counted and not the time: a machine that stands still for a minute must not use them up."""


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until everything that was asked to draw has drawn and the picture stays as it is; let no cursor blink."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    await all_work_is_done(pilot)
    for line in (line for screen in pilot.app.screen_stack for line in screen.query(StatusLine)):
        line.show()  # within an epoch it looks once a second, which is longer than a picture is waited for
    for _ in range(_MOST_LOOKS):
        await pilot.pause()
        before = strips(pilot.app)
        await asyncio.sleep(_SECONDS_AT_REST)
        await pilot.pause()
        now, waiting = strips(pilot.app), _not_drawn(pilot)
        if not waiting and now == before:
            return
    rows = [row for row, (old, new) in enumerate(zip(before, now, strict=False)) if old != new]
    raise AssertionError(f"the screen does not come to rest: not drawn are {waiting}, rows {rows} change")


async def all_work_is_done(pilot: Pilot[Any]) -> None:
    """Wait for what works in the background; who asks for other work meanwhile puts an end to the work before."""
    while working := [worker for worker in pilot.app.workers if not worker.is_finished]:
        with contextlib.suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete(working)


def _not_drawn(pilot: Pilot[Any]) -> list[Any]:
    """Return the screen and what it shows that has not drawn yet what it was asked to."""
    screen = pilot.app.screen
    drawing = [*screen.query(Chart), *screen.query(Gallery), *screen.query(KeyList)]
    waiting = [widget for widget in drawing if widget.display and not widget.is_drawn]
    return waiting if getattr(screen, "is_drawn", True) else [screen, *waiting]
