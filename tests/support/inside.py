"""Going to the views of the Inside screen."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import OptionList

from screens.inspection import VIEWS, InspectionScreen
from screens.widgets.inside.view import InsideView
from tests.support.scripted_engine import until


def screen_of(app: App[Any]) -> InspectionScreen:
    assert isinstance(app.screen, InspectionScreen)
    return app.screen


def view_of(app: App[Any]) -> Any:
    """Return the view that is open."""
    return screen_of(app).view


def is_drawn(app: App[Any]) -> bool:
    """Whether a run is open, and the view that is open shows it."""
    screen = app.screen
    return (
        isinstance(screen, InspectionScreen)
        and screen.query_one("#nothing").display is False
        and bool(screen.query(InsideView))
        and screen.view.subject is not None
        and screen.view.is_drawn
    )


async def go_to(pilot: Pilot[Any], view: type[InsideView]) -> None:
    """Open a view by the list of views, and wait until it is drawn; by keys those before it would be drawn as well."""
    app = pilot.app
    await until(pilot, lambda: is_drawn(app))
    screen_of(app).query_one("#views", OptionList).highlighted = VIEWS.index(view)
    await until(pilot, lambda: isinstance(view_of(app), view) and is_drawn(app))
