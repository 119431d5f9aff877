"""The bar at the top: where one is, where one can go, and what trains meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click, Mount
from textual.widgets import Static

from screens.state.entry import Entry
from screens.state.workspace_app import WorkspaceApp


class NavigationLabel(Static):
    """A main screen's name; a click goes there."""

    def __init__(self, number: int, name: str, title: str, short: str) -> None:
        super().__init__(markup=False, id=f"go-{name}")
        self.target, self._number = name, number
        self._long, self._short = f"{number} {title}", f"{number} {short}"
        self.tooltip = f"{title}: {number} or F{number + 1}"

    def show(self, narrow: bool, has_key: bool) -> None:
        """Show the short name or the long one; its digit where that is a key now, and no text."""
        text = self._short if narrow else self._long
        self.update(text if has_key else " " * len(str(self._number)) + text[len(str(self._number)) :])

    async def on_click(self, event: Click) -> None:
        """Go there."""
        event.stop()
        await self.run_action(f"app.go('{self.target}')")


class NavigationBar(Horizontal):
    """One row with the name of every main screen.

    Args:
        entries: the main screens.
    """

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    NavigationBar {
        height: 1; dock: top; background: $panel;
        NavigationLabel { width: auto; padding: 0 1; color: $foreground; text-wrap: nowrap; }
        NavigationLabel:hover { background: $block-hover-background; }
        NavigationLabel.-here { background: $primary; color: $text; text-style: bold; }
        #bar-state { width: 1fr; min-width: 8; padding: 0 1; }
        #bar-state { text-align: right; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        """Draw a label for each main screen, and the state of what trains."""
        for number, entry in enumerate(self._entries, start=1):
            yield NavigationLabel(number, entry.name, entry.title, entry.short or entry.title)
        yield Static(id="bar-state", markup=False)

    def on_mount(self, _event: Mount) -> None:
        """Mark the screen one is at and listen to the queue."""
        here = self.app.current_mode
        for label in self.query(NavigationLabel):
            label.set_class(label.target == here, "-here")
        self.app.workspace.queue.changed.subscribe(self, lambda _run: self.show_state())
        self.watch(self.screen, "focused", self.name_screens, init=False)
        self.show_state()

    def on_resize(self) -> None:
        """Choose names that fit."""
        self.name_screens()
        self.call_after_refresh(self.show_state)  # the screen says by then whether it is narrow

    def name_screens(self) -> None:
        """Name them; without the digits behind a dialog, or where the focused field would take them as text."""
        narrow = self.size.width < sum(len(entry.title) + 4 for entry in self._entries) + 16
        focused, is_behind = self.screen.focused, not self.screen.is_active
        for number, label in enumerate(self.query(NavigationLabel), start=1):
            is_text = focused is not None and focused.check_consume_key(str(number), str(number))
            label.show(narrow, not (is_behind or is_text))

    def show_state(self) -> None:
        """Say what trains, short enough for the corner."""
        if not self.screen.is_current:
            return
        live = self.app.workspace.queue.live
        words = [f"{run.state} {run.epochs_done}/{run.config.epochs}" for run in live[:1]]
        if self.screen.has_class("-narrow"):
            words = [word.partition(" ")[2] for word in words]
        if len(live) > 1:
            words.append(f"+{len(live) - 1}")
        self.query_one("#bar-state", Static).update(" ".join(words), layout=False)
