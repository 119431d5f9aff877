"""How a main screen is registered; ``hw1_tui.app.SCREENS`` lists all of them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from textual.binding import Binding
from textual.screen import Screen


@dataclass(frozen=True)
class Entry:
    """A main screen in the table of all of them.

    Attributes:
        name: by which ``app.action_go`` and ``hw1_tui.app.run`` find it; kebab-case.
        title: its label.
        where: module and class, imported when it is first visited.
        group: what it belongs to; those of a group stand beside each other.
        short: the label where there is little room; the title by default.
        command: the command of the front door that opens it, where that is not called as it is.
    """

    name: str
    title: str
    where: str
    group: str
    short: str = ""
    command: str = ""

    @property
    def screen(self) -> type[Screen[Any]]:
        """The class of its screen, imported."""
        module, _, screen = self.where.partition(":")
        return cast("type[Screen[Any]]", getattr(importlib.import_module(module), screen))

    def load(self) -> Screen[Any]:
        """Return its screen, new."""
        return self.screen()


def go_bindings(entries: Sequence[Entry]) -> list[Binding]:
    """Return the keys that lead to main screens: ``1`` and ``f2`` to the first, ``0`` and ``f11`` to the tenth.

    Those after it have the function keys from ``f13`` on, as ``f12`` shows the messages.
    """
    return [
        Binding(
            f"f{number + 1},{number % 10}" if number <= 10 else f"f{number + 2}",
            f"go('{entry.name}')",
            f"Go to {entry.title}",
            id=f"app.go-{entry.name}",
            show=False,
        )
        for number, entry in enumerate(entries, start=1)
    ]
