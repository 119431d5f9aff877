"""The guides that come with the program: which there are, and one of them with its contents."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.widgets import MarkdownViewer, OptionList
from textual.widgets.option_list import Option

from hw1_tui.guides import guides, read_guide
from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.choice_list import ChoiceList

_WIDTH_FOR_CONTENTS = 100


class GuideViewer(MarkdownViewer):
    """A guide with its contents. A link leads to another guide, or out of the program."""

    async def go(self, location: str | PurePath) -> None:
        """Follow a link."""
        address = str(location)
        topic = address.removesuffix(".md")
        if topic in guides():
            await self.document.update(read_guide(topic))
            self.scroll_home(animate=False)
        elif address.startswith("#"):
            self.document.goto_anchor(address[1:])
        else:
            self.app.open_url(address)


class GuideDialog(Dialog[None]):
    """The guides.

    Args:
        topic: the one to begin with; none by default, and they are listed.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "guide_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "dismiss_dialog", "Back", id="guide.back", show=False),
        Binding("t", "toggle_contents", "Contents", id="guide.contents", tooltip="The headings of this guide."),
        Binding("j,down", "scroll('down')", "Down", id="guide.down", show=False),
        Binding("k,up", "scroll('up')", "Up", id="guide.up", show=False),
        Binding("pagedown,space", "scroll('page_down')", "Page down", id="guide.page-down", show=False),
        Binding("pageup", "scroll('page_up')", "Page up", id="guide.page-up", show=False),
        Binding("home", "scroll('home')", "Top", id="guide.top", show=False),
        Binding("end", "scroll('end')", "Bottom", id="guide.bottom", show=False),
    ]

    def __init__(self, topic: str = "") -> None:
        super().__init__()
        self._topic = topic

    def compose(self) -> ComposeResult:
        """Draw the list, which gives way to the guide that is chosen."""
        with Vertical(classes="box", id="guide-box"):
            yield ChoiceList(*(Option(title, id=topic) for topic, title in guides().items()), id="guide-list")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Contents", id="contents", action="screen.toggle_contents")

    async def on_mount(self) -> None:
        """Show the guide that was asked for, or the list."""
        await self._show()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the guide that was chosen."""
        self._topic = str(event.option.id)
        await self._show()

    async def _show(self) -> None:
        """Show the guide, or the list where there is none."""
        box, choice = self.query_one("#guide-box"), self.query_one(OptionList)
        choice.display = not self._topic
        await self.query(GuideViewer).remove()
        if self._topic:
            is_wide = self.app.size.width >= _WIDTH_FOR_CONTENTS
            viewer = GuideViewer(read_guide(self._topic), show_table_of_contents=is_wide, open_links=False)
            await box.mount(viewer, before=".buttons")
            self.set_focus(None)
            has_room = asyncio.Event()
            self.call_after_refresh(has_room.set)
            self.app.hold_keys_for(has_room.wait())  # without it there is no page to turn
        else:
            choice.focus()
        box.set_class(bool(self._topic), "-large")
        self.query_one("#close", Button).label = "All guides" if self._topic else "Close"
        self.query_one("#contents").display = bool(self._topic)
        box.border_title = "Guide" if self._topic else "Guides"
        box.border_subtitle = "t contents, escape back" if self._topic else "enter reads, escape closes"

    def action_dismiss_dialog(self) -> None:
        """Go back to the list, or close it."""
        if self._topic:
            self._topic = ""
            self.call_next(self._show)
        else:
            self.dismiss(None)

    def action_toggle_contents(self) -> None:
        """Show the headings, to go to one, or the guide alone."""
        try:
            viewer = self.query_one(GuideViewer)
        except NoMatches:
            return
        viewer.show_table_of_contents = not viewer.show_table_of_contents
        self.set_focus(viewer.query_one("Tree") if viewer.show_table_of_contents else None)

    def action_scroll(self, way: str) -> None:
        """Scroll the guide."""
        for viewer in self.query(GuideViewer):
            getattr(viewer, f"scroll_{way}")(animate=False)
