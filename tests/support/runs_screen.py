"""The Runs screen and the runs that it shows."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot

from screens.widgets.run_table import RunTable
from tests.support.scripted_engine import until


def rows(app: App[object]) -> list[str]:
    """Return the runs of the table, in their order."""
    return [str(key.value) for key in app.screen.query_one(RunTable).rows]


async def shown(pilot: Pilot[object], *runs: str) -> None:
    """Wait until the table shows these runs in this order."""
    await until(pilot, lambda: bool(pilot.app.screen.query(RunTable)) and rows(pilot.app) == list(runs))
