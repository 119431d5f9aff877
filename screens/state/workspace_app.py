"""What screens and widgets may ask of the app, so that none of them has to guess its type."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, ClassVar

from textual.app import App

from screens.state.entry import Entry
from screens.state.preference_store import PreferenceStore
from screens.state.workspace import Workspace


class WorkspaceApp(App[Any]):
    """The app as its screens see it. One that needs more of it than Textual's says ``app = getters.app(WorkspaceApp)``.

    Attributes:
        MAIN_SCREENS: the main screens in the order of the bar.
        workspace: what all screens share.
        preferences: the settings in use.
    """

    MAIN_SCREENS: ClassVar[tuple[Entry, ...]] = ()
    workspace: Workspace
    preferences: PreferenceStore

    def action_go(self, name: str) -> None:
        """Go to a main screen."""
        raise NotImplementedError

    def hold_keys_for(self, work: Awaitable[Any]) -> None:
        """Let the keys that come now wait for something that runs beside: they are meant for what it leads to."""
        raise NotImplementedError

    def leave(self) -> None:
        """End because a person wants to."""
        raise NotImplementedError
