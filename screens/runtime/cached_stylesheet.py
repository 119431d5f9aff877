"""Stylesheets that are parsed once, and not with each screen and dialog that brings one of its own."""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_MOST_SHEETS = 1024


class CachedStylesheet(Stylesheet):
    """What Textual has, but that a sheet is parsed again only when the colours it names are others.

    Textual parses all of them anew when a screen is shown for the first time, and its own cache of what was parsed has
    room for 64, fewer than the widgets of a few screens have.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_MOST_SHEETS)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of a theme; forget what was parsed where they are others."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what was not parsed yet."""
        self.parse()
