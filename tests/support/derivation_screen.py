"""The Derivation screen at one of its steps."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from screens.derivation import STEPS, DerivationScreen
from screens.widgets.choice_list import ChoiceList
from tests.support.settling import all_work_is_done

NAMES = [step.__name__ for step in STEPS]


async def opened(pilot: Pilot[object], name: str) -> DerivationScreen:
    """Choose a step in the list, wait for its checks, and return the screen."""
    await settled(pilot)
    pilot.app.screen.query_one("#steps", ChoiceList).highlighted = NAMES.index(name)
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, DerivationScreen)
    return screen


async def settled(pilot: Pilot[object]) -> None:
    """Wait until nothing is being worked out."""
    await pilot.pause()
    await all_work_is_done(pilot)
    await pilot.pause()


def text_of(step: Widget) -> str:
    """Return all that a step says."""
    return "\n".join(str(static.content) for static in step.query(Static))
