"""A main screen, which the navigation bar leads to; and the table of all of them."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import ScreenResume, ScreenSuspend
from textual.screen import Screen
from textual.widgets import Footer

from hw1_tui.settings import RunConfig
from screens.state.workspace import Workspace
from screens.widgets.navigation_bar import NavigationBar


@dataclass(frozen=True)
class Entry:
    """How a main screen is registered.

    Attributes:
        name: by which ``app.action_go`` and ``hw1_tui.app.run`` find it; kebab-case.
        title: its label.
        where: module and class, imported when it is first visited.
        short: the label where there is little room; the title by default.
    """

    name: str
    title: str
    where: str
    short: str = ""

    @property
    def screen(self) -> type[Screen[Any]]:
        """The class of its screen, imported."""
        module, _, screen = self.where.partition(":")
        return cast("type[Screen[Any]]", getattr(importlib.import_module(module), screen))

    def load(self) -> Screen[Any]:
        """Return its screen, new."""
        return self.screen()


SCREENS = (
    Entry("model", "Model", "screens.model:ModelScreen"),
    Entry("hyperparameters", "Hyperparameters", "screens.hyperparameter:HyperparameterScreen", "Hyper"),
    Entry("training", "Training", "screens.training:TrainingScreen"),
    Entry("runs", "Runs", "screens.runs:RunsScreen"),
    Entry("derivation", "Derivation", "screens.derivation:DerivationScreen", "Derive"),
    Entry("data", "Data", "screens.data:DataScreen"),
    Entry("report", "Report", "screens.report:ReportScreen"),
    Entry("settings", "Settings", "screens.preference:PreferenceScreen"),
)
"""Every main screen in the order of the bar; the first has the keys ``1`` and ``f2``."""


_SCREENS_OF_COMMANDS = {"derive": "derivation", "compare": "runs", "export": "runs", "sweep": "runs"}


def screen_of(command: str, filled: bool) -> str:
    """Return the screen that a command of the front door opens; the form where there are values to fill in."""
    name = _SCREENS_OF_COMMANDS.get(command, command)
    if name in (entry.name for entry in SCREENS):
        return name
    return "hyperparameters" if filled else "model"


def go_bindings() -> list[Binding]:
    """Return the keys that lead to the main screens, for the app."""
    return [
        Binding(
            f"f{number + 1}" + (f",{number}" if number < 10 else ""),
            f"go('{entry.name}')",
            f"Go to {entry.title}",
            id=f"app.go-{entry.name}",
            show=False,
        )
        for number, entry in enumerate(SCREENS, start=1)
    ]


class MainScreen(Screen[None]):
    """A screen with the navigation bar above and the footer below. Subclasses override ``compose_body``.

    Attributes:
        is_known: whether what its actions are about was read, where a thread has to read it first.
    """

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
        return cast("Workspace", self.app.workspace)  # type: ignore[attr-defined]

    def compose(self) -> ComposeResult:
        """Draw the bar, the body and the footer."""
        yield NavigationBar([(entry.name, entry.title, entry.short or entry.title) for entry in SCREENS])
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
