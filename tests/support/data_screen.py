"""What tests do under Data."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from screens.data import DataScreen
from tests.support.scripted_engine import until


async def open_data(pilot: Pilot[Any], source: str) -> None:
    """Open data under Data, as a user types it, and wait until it is read."""
    app: Any = pilot.app
    app.action_go("data")
    await until(pilot, lambda: isinstance(app.screen, DataScreen) and app.screen.query("#source"))
    app.screen.query_one("#source", Input).focus()
    await pilot.press("ctrl+u", *source, "enter")
    await until(pilot, lambda: app.workspace.library.get(source))
