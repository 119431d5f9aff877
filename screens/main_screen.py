"""A main screen, which the navigation bar leads to; ``screens/__init__.py`` tells how one joins the program."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, ScreenResume, ScreenSuspend
from textual.screen import Screen
from textual.widget import Widget

from hw1_tui.mistake import MistakeError
from screens.state.field_words import in_field_words
from screens.state.workspace import Workspace
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.button import Button, action_name
from screens.widgets.key_bar import KeyBar
from screens.widgets.navigation_bar import NavigationBar

if TYPE_CHECKING:
    from screens.state.command import Command


class Part(NamedTuple):
    """A part of a main screen that has a name, or actions of its own: the palette finds both.

    Attributes:
        title: what it is called on its screen.
        widget: its class.
    """

    title: str
    widget: type[Widget]


class MainScreen(Screen[None]):
    """A screen with the navigation bar above and the footer below. Subclasses override ``compose_body``.

    Attributes:
        PARTS: what the palette finds beside the actions of the screen itself.
        is_known: whether what its actions are about was read, where a thread has to read it first.
    """

    app = getters.app(WorkspaceApp)
    PARTS: ClassVar[tuple[Part, ...]] = ()
    is_known = True
    _styled_by: tuple[object, ...] = ()
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

    def __init__(self) -> None:
        super().__init__(classes=" ".join(self._classes_of_size()))
        self.has_news = asyncio.Event()
        self._theme_shown = self.app.theme
        # It is made under the theme there is. Textual takes it to be older, and styles twice more all that is open.
        self._css_update_count = self.app._css_update_count  # noqa: SLF001 - there is no public way to say so

    @property
    def taken_digits(self) -> str:
        """Digits that do something on this screen now, in place of leading to a main screen."""
        return ""

    @property
    def renamed_keys(self) -> Mapping[str, str]:
        """What the footer calls actions that do something else now than by their name, such as going on for pausing."""
        return {}

    @property
    def workspace(self) -> Workspace:
        """What all screens share."""
        return self.app.workspace

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something holds; asked again whenever the screen is told of news, by ``has_news``."""
        while not is_so():
            self.has_news.clear()
            await self.has_news.wait()

    def compose(self) -> ComposeResult:
        """Draw the bar, the body and the footer."""
        yield NavigationBar(self.app.MAIN_SCREENS)
        yield from self.compose_body()
        yield KeyBar()

    def _classes_of_size(self) -> list[str]:
        """Return the breakpoints of the app's size. Textual sets them after the first layout, and styles all again."""
        width, height = self.app.size
        horizontal = self.HORIZONTAL_BREAKPOINTS or self.app.HORIZONTAL_BREAKPOINTS
        breakpoints = ((width, horizontal), (height, self.VERTICAL_BREAKPOINTS or self.app.VERTICAL_BREAKPOINTS))
        return [max(pair for pair in pairs or [] if pair[0] <= cells)[1] for cells, pairs in breakpoints]

    @on(ScreenResume)
    def _catch_up(self, event: ScreenResume) -> None:
        event.refresh_styles = self._styled_by not in ((), self._styles_now())  # () is when it has just been mounted
        self._styled_by = self._styles_now()
        if self._theme_shown != self.app.theme:  # what is drawn in its colours was told when it could not know them
            self.call_after_refresh(self.app.theme_changed_signal.publish, self.app.current_theme)
        self.query_one(NavigationBar).name_screens()
        self.query_one(NavigationBar).show_state()

    def _styles_now(self) -> tuple[object, ...]:
        """Return what can change the styles of a screen while another is shown; what is shown follows at once."""
        app = self.app
        sheets = sum(not source.is_defaults for source in app.stylesheet.source.values())
        return sheets, app._css_update_count, app.classes, app.pseudo_classes  # noqa: SLF001 - see ``__init__``

    @on(ScreenSuspend)
    def _fall_behind(self) -> None:
        self._styled_by, self._theme_shown = self._styles_now(), self.app.theme
        for bar in self.query(NavigationBar):
            bar.name_screens()

    def compose_body(self) -> ComposeResult:
        """Yield what stands between the bar and the footer."""
        raise NotImplementedError

    def command(self) -> Command | None:
        """Return the shell line that does what this screen shows; ``None`` where there is nothing yet.

        Raises:
            MistakeError: something on the screen is wrong.
        """
        return None

    async def open_part(self, part: Part) -> Widget | None:
        """Show one of ``PARTS`` and give it the focus; return it, or ``None`` where there is no room for it."""
        seen = (widget for widget in self.query(part.widget) if widget.focusable and widget.region)
        if widget := next(seen, None):
            widget.focus()
        return widget

    def help_text(self) -> str:
        """Return the help as Markdown: the file beside the screen's own; empty without one."""
        page = Path(inspect.getfile(type(self))).with_suffix(".md")
        return page.read_text(encoding="utf-8") if page.exists() else ""

    def why_not(self, action: str) -> str:
        """Return why an action can do nothing now, and what can be done instead; empty where it can do something.

        Its key is greyed out then, and says so when it is pressed.
        """
        del action
        return ""

    def chosen_for(self, action: str) -> object:
        """Return what an action would be done to now; ``None`` for one that is about nothing that was chosen.

        Lists move by themselves. What was asked for while the palette lay above is done to nothing else.
        """
        del action
        return None

    def grey_out(self) -> None:
        """Grey out the buttons whose actions can do nothing now, as the footer greys out their keys."""
        for button in self.query(Button):
            button.disabled = bool(self.why_not(action_name(button.action or "")))

    def on_key(self, event: Key) -> None:
        """Say why a key that is greyed out does nothing."""
        bound = self.active_bindings.get(event.key)
        if not self.is_mounted or not bound or bound.enabled or bound.node is not self:
            return
        self._tell_why_not(bound.binding.action)

    @on(Button.Refused)
    async def _answer_click(self, message: Button.Refused) -> None:
        """Say why a button that is greyed out does nothing; where the action itself says that, let it."""
        if not self._tell_why_not(message.action):
            await self.run_action(message.action)

    def _tell_why_not(self, action: str) -> bool:
        if why := self.why_not(action_name(action)):
            self.notify(why, severity="warning")
        return bool(why)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what makes no sense here, and grey out what can do nothing now, or not before the screen stands."""
        if action == "copy_command" and type(self).command is MainScreen.command:
            return False
        if not self.is_mounted or self.why_not(action):
            return None
        return super().check_action(action, parameters)

    def action_copy_command(self) -> None:
        """Copy the command and show it; terminals that refuse the clipboard still let one select it."""
        from screens.dialogs.text_dialog import TextDialog

        try:
            command = self.command()
        except MistakeError as error:
            self.notify(in_field_words(str(error)), title="No command yet", severity="warning")
            return
        if command is None:
            self.notify("There is no run on this screen yet.", severity="warning")
            return
        self.app.copy_to_clipboard(command.text)
        self.app.push_screen(TextDialog("Copy as command", command.text, command.note))
