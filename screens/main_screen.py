"""A main screen, which the navigation bar leads to; ``screens/__init__.py`` tells how one joins the program."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import ScreenResume, ScreenSuspend
from textual.screen import Screen
from textual.widgets import Footer

from hw1_tui.settings import RunConfig
from screens.state.workspace import Workspace
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.navigation_bar import NavigationBar


class MainScreen(Screen[None]):
    """A screen with the navigation bar above and the footer below. Subclasses override ``compose_body``.

    Attributes:
        is_known: whether what its actions are about was read, where a thread has to read it first.
    """

    app = getters.app(WorkspaceApp)
    is_known = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+y",
            "copy_command",
            "Copy as command",
            id="place.copy-command",
            show=False,
            tooltip="Copy the shell line that trains the run on this screen without the interface.",
        ),
    ]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        sheet = Path(inspect.getfile(cls)).with_suffix(".tcss")
        if "CSS_PATH" not in vars(cls) and sheet.exists():
            cls.CSS_PATH = str(sheet)

    @property
    def workspace(self) -> Workspace:
        """What all screens share."""
        return self.app.workspace

    def compose(self) -> ComposeResult:
        """Draw the bar, the body and the footer."""
        yield NavigationBar(self.app.MAIN_SCREENS)
        yield from self.compose_body()
        yield Footer(compact=True, show_command_palette=False)

    @on(ScreenResume)
    def _catch_up(self) -> None:
        self.query_one(NavigationBar).name_screens()
        self.query_one(NavigationBar).show_state()

    @on(ScreenSuspend)
    def _fall_behind(self) -> None:
        for bar in self.query(NavigationBar):
            bar.name_screens()

    def compose_body(self) -> ComposeResult:
        """Yield what stands between the bar and the footer."""
        raise NotImplementedError

    def config_on_screen(self) -> RunConfig | None:
        """Return the run that is defined on this screen; ``None`` where there is none.

        Raises:
            MistakeError: one is being defined, and something in it is wrong.
        """
        return None

    def left_out_on_screen(self) -> list[str]:
        """Return what happened to the run on this screen that its command does not repeat, in words."""
        return []

    def help_text(self) -> str:
        """Return the help as Markdown: the file beside the screen's own; empty without one."""
        page = Path(inspect.getfile(type(self))).with_suffix(".md")
        return page.read_text(encoding="utf-8") if page.exists() else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what makes no sense here."""
        if action == "copy_command":
            return type(self).config_on_screen is not MainScreen.config_on_screen
        return super().check_action(action, parameters)

    def action_copy_command(self) -> None:
        """Copy the command of the run on this screen and show it."""
        from screens.command_dialog import copy_command

        copy_command(self)
