"""Settings: what is worth setting once, applied at once and kept between starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.data.landscape_set import cache_folder
from hw1_tui.markup import visible
from hw1_tui.settings.preference import Preferences
from screens import interval
from screens.dialogs.text_dialog import TextDialog
from screens.main_screen import MainScreen
from screens.one_shot import call_after
from screens.state.keymap import describe_keys
from screens.state.preference_store import PreferenceStore
from screens.theme import DARK
from screens.widgets.button import Button
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.key_list import KeyList

_MOVING = "Up and down move through the settings. What you change holds at once and is kept."
_GROUPS = {
    "Look": ("theme", "ascii_charts", "pictures"),
    "Curves": ("smoothing", "log_axes"),
    "New runs": ("data", "questions", "threads"),
    "Training": ("side_by_side", "notify", "on_end"),
}


class PreferenceScreen(MainScreen):
    """A form of the settings, where everything is kept, and what each key does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "keys", "Keys", id="settings.keys", tooltip="Every action with its id, for other keys."),
        Binding("ctrl+r", "reset", "Defaults", id="settings.reset", tooltip="Put every default back."),
        Binding("ctrl+l", "copy_path", "Copy path", id="settings.copy-path", tooltip="Copy the path of the file."),
        Binding("down", "app.focus_next", "Next setting", id="settings.next", show=False),
        Binding("up", "app.focus_previous", "Setting before", id="settings.previous", show=False),
    ]
    AUTO_FOCUS = "#field-theme .control"

    def __init__(self) -> None:
        super().__init__()
        self._typed: dict[str, Any] = {}
        self._timer: Timer | None = None

    @property
    def preferences(self) -> PreferenceStore:
        """The settings in use."""
        return self.app.preferences

    def compose_body(self) -> ComposeResult:
        """Draw the form, the help of the focused setting, the folders, the keys and the buttons."""
        with Container(id="settings-body"):
            with Form(id="settings-form", classes="frame") as form:
                form.border_title = "Settings"
                yield from self._fields()
            with Vertical(id="settings-side", classes="panel"):
                yield Static(_MOVING, markup=False, id="setting-help")
                yield Static("Where everything is kept", classes="title")
                with VerticalScroll(id="folders", can_focus=False):
                    yield Static(self._folders(), markup=False, id="folders-text")
        yield KeyList(self.preferences.keys, id="key-list", classes="frame")
        with Horizontal(classes="buttons"):
            yield Button("Keys", id="keys", variant="primary", action="screen.keys")
            yield Button("Defaults", id="reset", action="screen.reset")
            yield Button("Copy path", id="copy-path", action="screen.copy_path")

    def _fields(self) -> list[Widget]:
        """Return the fields in their order, a title before those that belong together."""
        texts = self._texts(self.preferences.values, self.app.theme)
        defaults = self._texts(Preferences(), DARK.name)
        widgets: list[Widget] = []
        for title, names in _GROUPS.items():
            fields = (Field(self.preferences.table[name], texts[name], defaults[name]) for name in names)
            widgets += [Static(title, markup=False, classes="group title"), *fields]
        return widgets

    def _texts(self, values: Preferences, theme: str) -> dict[str, str]:
        shown = {name: about.format(getattr(values, name)) for name, about in self.preferences.table.items()}
        return {**shown, "theme": values.theme or theme}

    def _folders(self) -> Content:
        entries = {
            "settings": self.preferences.path,
            "history of runs": self.workspace.store.home,
            "cache": cache_folder(),
        }
        lines = [(f"{name:<16} ", "$foreground-muted", str(path)) for name, path in entries.items()]
        wrong = [(f"✗ {visible(str(mistake))}\n", "$text-error") for mistake in self.preferences.mistakes]
        told = [part for name, style, path in lines for part in ((name, style), f"{visible(path)}\n")]
        return Content.assemble(*told, *wrong)

    def on_mount(self) -> None:
        """Follow what is changed elsewhere, such as the theme in the palette."""
        self.preferences.changed.subscribe(self, self._show_changed)

    def on_screen_suspend(self) -> None:
        """Lose nothing on leaving."""
        self._keep()

    def on_unmount(self) -> None:
        """Lose nothing at the end."""
        self._keep()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain the focused setting."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        told = Content(_MOVING)
        if field:
            about = field.about
            told = Content.assemble((about.title, "bold"), f"\n{about.help}.\n", ("Allowed: ", "$foreground-muted"),
                                    (about.allowed, "$foreground-muted"))  # fmt: skip
        self.query_one("#setting-help", Static).update(told, layout=False)

    def on_field_changed(self, event: Field.Changed) -> None:
        """Check what was typed; take what is right, a text when no more is typed for a moment."""
        about = event.field.about
        self._typed.pop(about.name, None)
        try:
            self._typed[about.name] = event.field.read()
        except ValueError:
            return
        if about.choices or about.kind == "switch":
            self._keep()
            return
        if self._timer:
            self._timer.stop()
        self._timer = call_after(self, interval.TYPED, self._keep)

    def _keep(self) -> None:
        """Apply and write what was changed."""
        changed = {
            name: value for name, value in self._typed.items() if value != getattr(self.preferences.values, name)
        }
        self._typed.clear()
        if changed:
            self.preferences.change(**changed)

    def _show_changed(self, values: Preferences) -> None:
        """Say what is wrong no more; show a theme that was chosen elsewhere."""
        self.query_one("#folders-text", Static).update(self._folders())
        shown = self._texts(values, self.app.theme)
        if any(self._differs(field, shown) for field in self.query(Field)):
            # The method and not its coroutine: a second change before the first began would leave that one unawaited.
            self.run_worker(self._build, exclusive=True, group="form")  # type: ignore[arg-type]

    def _differs(self, field: Field, shown: Mapping[str, str]) -> bool:
        """Return whether a field shows another value than holds, and not one that is being typed or is wrong."""
        name = field.about.name
        if name in self._typed:
            return False
        try:
            return bool(field.read() != field.about.read(shown[name]))
        except ValueError:
            return False

    async def _build(self) -> None:
        await self.query_one("#settings-form", Form).fill(list(self._fields()))

    def action_keys(self) -> None:
        """Show every action with its id and its keys."""
        note = f'Other keys stand under [keys] in {self.preferences.path.name}, such as "training.pause" = "f,space".'
        self.app.push_screen(TextDialog("Keys", describe_keys(self.preferences.keys), note))

    def action_copy_path(self) -> None:
        """Copy the path of the file."""
        self.app.copy_to_clipboard(str(self.preferences.path))
        self.notify("Copied.", timeout=2)

    async def action_reset(self) -> None:
        """Put every default back, but for the keys."""
        defaults = Preferences()
        names = self.preferences.table
        self.preferences.change(**{name: getattr(defaults, name) for name in names if name != "theme"}, theme=DARK.name)
        await self._build()
