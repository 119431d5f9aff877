"""The bar at the top: where one is, where one can go, and how it stands with what trains."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import ClassVar, NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Mount

from screens.state.entry import Entry
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.label_row import LabelRow
from screens.widgets.status_line import StatusLine

_WIDE_STATUS, _NARROW_STATUS = 24, 12
"""Cells that the status line keeps where all main screens are named whole, and where less is said of them."""
_SEPARATOR = "│"
_HERE, _HOVERED, _ELSEWHERE = "bold $background on $primary", "$foreground on $block-hover-background", "$text-muted"


class NavigationLabel(NamedTuple):
    """What the bar says of a main screen, or of a group where there is no room for its screens.

    Attributes:
        entry: the main screen that a click leads to; of a group the first.
        title: its name, or the group's.
        numbered: the main screens it stands for, with their numbers.
        text: as it is shown.
    """

    entry: Entry
    title: str
    numbered: Sequence[tuple[int, Entry]]
    text: str

    @property
    def is_group(self) -> bool:
        """Whether it stands for several."""
        return len(self.numbered) > 1

    @property
    def tooltip(self) -> str:
        """The whole names with their keys."""
        return ", ".join(f"{entry.title}: {number % 10} or F{number + 1}" for number, entry in self.numbered)


class NavigationNames(LabelRow[NavigationLabel]):
    """A row of main screens, in which a click on one goes there."""

    def __init__(self) -> None:
        super().__init__(id="names")
        self._here = ""

    def show(self, labels: list[NavigationLabel], here: str) -> None:
        """Show labels; the one of the screen one is at is marked."""
        if (labels, here) != (self.labels, self._here):
            self.labels, self._here, self._hovered = labels, here, None
            self.draw()

    def draw_label(self, label: NavigationLabel, *, is_hovered: bool) -> Content:
        """Return a name, marked where one is there."""
        is_here = label.entry.name == self._here
        return Content.styled(label.text, _HERE if is_here else _HOVERED if is_hovered else _ELSEWHERE)

    def draw_gap(self, before: NavigationLabel | None, label: NavigationLabel) -> Content:
        """Return a line between two groups."""
        is_other = before is not None and before.entry.group != label.entry.group
        return Content.styled(_SEPARATOR, "$foreground 30%") if is_other else Content()

    def tell(self, label: NavigationLabel) -> str:
        """Return the whole names with their keys."""
        return label.tooltip

    async def take(self, label: NavigationLabel) -> None:
        """Go there."""
        await self.run_action(f"app.go('{label.entry.name}')")


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
        #names { width: auto; text-wrap: nowrap; }
    }
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries
        numbered = enumerate(entries, start=1)
        self._groups = {name: list(members) for name, members in groupby(numbered, lambda pair: pair[1].group)}

    def compose(self) -> ComposeResult:
        """Draw the names, and the status line."""
        yield NavigationNames()
        yield StatusLine(id="status")

    def on_mount(self, _event: Mount) -> None:
        """Name what there is room for, also when a field that takes digits has the focus."""
        self.name_screens()
        self.watch(self.screen, "focused", self.name_screens, init=False)

    def on_resize(self) -> None:
        """Choose names that fit."""
        self.name_screens()

    def name_screens(self) -> None:
        """Name what there is room for; no digit behind a dialog, or where the focused field would take it as text."""
        width, here, keys = self.app.size.width, self.app.current_mode, self._keys()
        wanted = [(False, False, _WIDE_STATUS), (False, True, _NARROW_STATUS), (True, False, _NARROW_STATUS)]
        for is_grouped, is_short, kept in wanted:
            labels = self._labels(here, keys, is_grouped=is_grouped, is_short=is_short)
            if self._width(labels) + kept <= width:
                break
        else:
            labels = self._labels(here, keys, is_grouped=True, is_short=True)
        self.query_one(NavigationNames).show(labels, here)

    def _labels(self, here: str, keys: Collection[int], *, is_grouped: bool, is_short: bool) -> list[NavigationLabel]:
        labels = []
        for group, members in self._groups.items():
            if is_grouped and len(members) > 1 and here not in (entry.name for _, entry in members):
                labels.append(self._label(group, members, keys))
            else:
                titles = [(is_short and entry.short) or entry.title for _, entry in members]
                labels += [self._label(title, [one], keys) for title, one in zip(titles, members, strict=True)]
        return labels

    def _label(self, title: str, numbered: Sequence[tuple[int, Entry]], keys: Collection[int]) -> NavigationLabel:
        digits = [number % 10 for number, _ in numbered]
        text = f" {' '.join(map(str, digits))} {title} "
        told = " ".join(str(digit) if digit in keys else " " for digit in digits)
        shown = f" {told} {title} " if told.strip() else title.center(len(text))  # as wide: nothing moves
        return NavigationLabel(numbered[0][1], title, numbered, shown)

    def _width(self, labels: Sequence[NavigationLabel]) -> int:
        return sum(len(label.text) for label in labels) + len(self._groups) - 1

    def _keys(self) -> set[int]:
        """Return the digits that lead to their screens now. Whoever takes one may have to look through the screen."""
        if not self.screen.is_active:
            return set()
        focused, taken = self.screen.focused, getattr(self.screen, "taken_digits", "")
        free = [key for key in "0123456789" if key not in taken]
        return {int(key) for key in free if focused is None or not focused.check_consume_key(key, key)}

    def show_state(self) -> None:
        """Say again how it stands, for what happened while another screen was shown."""
        self.query_one(StatusLine).show()
