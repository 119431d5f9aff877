"""Help for where one is: what the screen is for, and every key that works there."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Markdown, Static

from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button


class HelpDialog(Dialog[None]):
    """The help of a screen.

    Args:
        about: the screen.
        text: what it is for, as Markdown; empty for its keys alone.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "help_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,f1,question_mark,enter", "dismiss_dialog", "Close", id="help.close", show=False),
        Binding("g", "guides", "Guides", id="help.guides", show=False, tooltip="The guides that come with it."),
        Binding("j,down", "scroll(1)", "Down", id="help.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="help.up", show=False),
    ]

    def __init__(self, about: Screen[Any], text: str) -> None:
        super().__init__()
        self._text = text
        self._keys = _keys_of(about)

    def compose(self) -> ComposeResult:
        """Draw the help and the table of keys."""
        with Vertical(classes="box -large", id="help-box") as box:
            box.border_title = "Help"
            box.border_subtitle = "g guides, escape closes"
            with VerticalScroll(classes="scroll", id="help-scroll"), Container(id="help-body"):
                if self._text:
                    yield Markdown(self._text, id="help-text")
                yield Static(id="help-keys")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Guides", id="guides", action="screen.guides")

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one("#help-scroll").focus()
        self._show_keys()
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._show_keys())

    def _show_keys(self) -> None:
        """Show the keys in the colour that the theme has for them."""
        accent = Style(color=Color.parse(self.app.get_css_variables()["accent"]).rich_color, bold=True)
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(min_width=10)
        table.add_row(Text("Keys", style="bold"), Text("here", style="bold"))
        for keys, what in self._keys:
            table.add_row(Text(keys, style=accent), Text(what))
        self.query_one("#help-keys", Static).update(table)

    def action_guides(self) -> None:
        """Show the guides in place of the help."""
        from screens.dialogs.guide_dialog import GuideDialog

        self.app.push_screen(GuideDialog())

    def action_scroll(self, rows: int) -> None:
        """Scroll by rows."""
        self.query_one("#help-scroll").scroll_relative(y=rows, animate=False)


def _keys_of(about: Screen[Any]) -> list[tuple[str, str]]:
    """Return every key that works on a screen, each action once: first what does something, then what moves about."""
    by_action: dict[str, tuple[list[str], Binding]] = {}
    for key, active in about.active_bindings.items():
        binding = active.binding
        if binding.description and not binding.system:
            keys, _ = by_action.setdefault(binding.action, ([], binding))
            keys.append(about.app.get_key_display(Binding(key, "")))
    ordered = sorted(by_action.values(), key=lambda entry: not entry[1].tooltip)
    return [(" ".join(keys), f"{one.description}. {one.tooltip}".strip(". ")) for keys, one in ordered]
