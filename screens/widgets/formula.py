"""Formulas set in aligned Unicode, with what is wrong in them marked."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

_WRONG = re.compile("⟦(.*?)⟧", re.DOTALL)


class Formula(Widget):
    """Lines of mathematics; what stands in ``⟦ ⟧`` is wrong: coloured, underlined and followed by ✗.

    Args:
        source: the lines.
        title: whose they are, over them; nothing where they are ours.
        id: of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"formula--wrong", "formula--title"}
    DEFAULT_CSS: ClassVar[str] = """
    Formula {
        width: auto; max-width: 100%; height: auto; padding: 0 1; margin: 0 0 1 0;
        .formula--wrong { color: $text-error; text-style: bold underline; }
        .formula--title { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, source: str, title: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source, self._title = source.strip("\n"), title

    def show(self, source: str) -> None:
        """Show other lines."""
        self._source = source.strip("\n")
        self.refresh(layout=True)

    def render(self) -> Text:
        """Draw the lines."""
        text = Text(no_wrap=True, end="")
        if self._title:
            text.append(f"{self._title}\n", self.get_component_rich_style("formula--title", partial=True))
        style = self.get_component_rich_style("formula--wrong", partial=True)
        for position, part in enumerate(_WRONG.split(self._source)):
            text.append(f"{part}✗" if position % 2 else part, style if position % 2 else "")
        return text
