"""The bar at the top: where one is, where one can go, and how it stands with what trains."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click, Mount
from textual.widgets import Static

from screens.state.entry import Entry
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.status_line import StatusLine

_STATUS_WIDTH = 24
"""Cells that the status line keeps where all main screens are named."""


class NavigationLabel(Static):
    """The name of a main screen in the bar, or that of its group where there is no room; a click goes there.

    Args:
        entry: the main screen.
        numbered: the main screens it may stand for, with their numbers: those of its group for the first of one.

    Attributes:
        entry: as given.
        is_group: whether it names the group.
    """

    def __init__(self, entry: Entry, numbered: Sequence[tuple[int, Entry]]) -> None:
        super().__init__(markup=False, id=f"go-{entry.name}")
        self.entry, self.is_group = entry, False
        self._numbered = numbered

    def show(self, title: str, has_keys: bool, *, is_group: bool = False) -> None:
        """Show a name; its digits where they are keys now, and no text."""
        self.is_group = is_group
        told = [(number, entry) for number, entry in self._numbered if is_group or entry is self.entry]
        digits = " ".join(str(number % 10) for number, _ in told)
        self.tooltip = ", ".join(f"{entry.title}: {number % 10} or F{number + 1}" for number, entry in told)
        text = f"{digits if has_keys else ' ' * len(digits)} {title}"
        if text != str(self.content):
            self.update(text)

    async def on_click(self, event: Click) -> None:
        """Go there."""
        event.stop()
        await self.run_action(f"app.go('{self.entry.name}')")


class NavigationBar(Horizontal):
    """One row with the names of the main screens by group, and the status line.

    Where not all names find room, the group that one is in is shown with its screens and each other group by its name;
    a digit leads to its screen all the same.

    Args:
        entries: the main screens; those of a group beside each other.
    """

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    NavigationBar {
        height: 1; dock: top; background: $panel;
        NavigationLabel { width: auto; padding: 0 1; color: $text-muted; text-wrap: nowrap; }
        NavigationLabel:hover { background: $block-hover-background; color: $foreground; }
        NavigationLabel.-here { background: $primary; color: $background; text-style: bold; }
        .separator { width: 1; color: $foreground 30%; }
    }
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries
        numbered = enumerate(entries, start=1)
        self._groups = {name: list(members) for name, members in groupby(numbered, lambda pair: pair[1].group)}

    def compose(self) -> ComposeResult:
        """Draw the labels of each group, and the status line."""
        for position, members in enumerate(self._groups.values()):
            if position:
                yield Static("│", classes="separator")
            for place, (number, entry) in enumerate(members):
                yield NavigationLabel(entry, [(number, entry)] if place else members)
        yield StatusLine(id="status")

    def on_mount(self, _event: Mount) -> None:
        """Mark the screen one is at."""
        here = self.app.current_mode
        for label in self.query(NavigationLabel):
            label.set_class(label.entry.name == here, "-here")
        self.watch(self.screen, "focused", self.name_screens, init=False)

    def on_resize(self) -> None:
        """Choose names that fit."""
        self.name_screens()

    def name_screens(self) -> None:
        """Name what there is room for; no digit behind a dialog, or where the focused field would take it as text."""
        here = next((entry.group for entry in self._entries if entry.name == self.app.current_mode), "")
        is_whole = self.app.size.width >= self._width([entry.title for entry in self._entries]) + _STATUS_WIDTH
        others = [name if len(group) > 1 else group[0][1].title for name, group in self._groups.items() if name != here]
        own = [entry.title for _, entry in self._groups.get(here, [])]
        more = sum(2 * (len(group) - 1) for name, group in self._groups.items() if name != here)
        is_short = not is_whole and self.app.size.width < self._width([*own, *others]) + more + _STATUS_WIDTH // 2
        for label in self.query(NavigationLabel):
            entry, members = label.entry, self._groups[label.entry.group]
            is_named = is_whole or entry.group == here or len(members) == 1
            label.display = is_named or entry is members[0][1]
            title = ((is_short and entry.short) or entry.title) if is_named else entry.group
            label.show(title, self._is_key(entry), is_group=not is_named)

    def _width(self, titles: Sequence[str]) -> int:
        """Return the cells that titles take: a digit, a space within and one on either side, and what parts groups."""
        return sum(len(title) + 4 for title in titles) + len(self._groups) - 1

    def _is_key(self, entry: Entry) -> bool:
        digit = str((self._entries.index(entry) + 1) % 10)
        focused = self.screen.focused
        return self.screen.is_active and not (focused is not None and focused.check_consume_key(digit, digit))

    def show_state(self) -> None:
        """Say again how it stands, for what happened while another screen was shown."""
        self.query_one(StatusLine).show()
