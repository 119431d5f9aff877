"""Stylesheets that are parsed once, and not with each screen and dialog that brings one of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from textual.cache import LRUCache
from textual.css.model import Selector, SelectorType
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode

_MOST_SHEETS = 1024
_PARTS = {"ScrollBar", "ScrollBarCorner"}
"""Are styled with the widget that they are a part of."""

_NAMES = {SelectorType.TYPE: "{}", SelectorType.CLASS: ".{}", SelectorType.ID: "#{}"}


class CachedStylesheet(Stylesheet):
    """What Textual has, but that a sheet is parsed again only when the colours it names are others.

    Textual parses all of them anew when a screen is shown for the first time, and its own cache of what was parsed has
    room for 64, fewer than the widgets of a few screens have. It also styles everything that is open anew for the sheet
    that a screen or a dialog brings: here only that is which the sheet has a rule for.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_MOST_SHEETS)
        self._read: set[CSSLocation] = set()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of a theme; forget what was parsed where they are others."""
        self._read.clear()  # everything is about to be styled anew
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what was not parsed yet."""
        self.parse()

    def read_all(self, paths: Sequence[PurePath]) -> None:
        """Read the sheets that are there before anything is shown."""
        super().read_all(paths)
        self._read.clear()

    def read(self, filename: str | PurePath) -> None:
        """Read the sheet of a screen or a dialog that is about to be shown."""
        known = set(self.source)
        super().read(filename)
        self._read |= self.source.keys() - known

    def update(self, root: DOMNode, animate: bool = False) -> None:
        """Style a node and all in it anew; where sheets were read since the last time, only what these are about."""
        nodes = list(root.walk_children(with_self=True))
        read, self._read = self._read, set()
        if read:
            names = {node: _names_of(node) for node in (*root.css_path_nodes, *nodes)}
            found = self._names_that_match(read, {"*", *_PARTS}.union(*names.values()))
            if found.isdisjoint(_PARTS):
                nodes = [node for node in nodes if not found.isdisjoint(names[node])]
        self.update_nodes(nodes, animate=animate)

    def _names_that_match(self, sheets: Iterable[CSSLocation], names: set[str]) -> set[str]:
        """Return by which names rules of some sheets may find a node, where nodes have no names but these."""
        found = set()
        for sheet in sheets:
            content, is_default, tie_breaker, scope = self.source[sheet]
            for rule in self._parse_rules(content, sheet, is_default, tie_breaker, scope):
                for matched in rule.selector_set:
                    path = [_name(selector) for selector in matched.selectors]
                    if names.issuperset(path):
                        found.add(path[-1])
        return found


def _name(selector: Selector) -> str:
    return _NAMES[selector.type].format(selector.name) if selector.type in _NAMES else "*"


def _names_of(node: DOMNode) -> set[str]:
    """Return by which names rules find a node, or what it draws with styles of their own."""
    return node._selector_names | {f".{name}" for name in node._get_component_classes()}
