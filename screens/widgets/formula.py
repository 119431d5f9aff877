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
        id: of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"formula--wrong"}
    DEFAULT_CSS: ClassVar[str] = """
    Formula {
        width: auto; max-width: 100%; height: auto; padding: 0 1; margin: 0 0 1 0;
        .formula--wrong { color: $text-error; text-style: bold underline; }
    }
    """

    def __init__(self, source: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source = source.strip("\n")

    def show(self, source: str) -> None:
        """Show other lines."""
        self._source = source.strip("\n")
        self.refresh(layout=True)

    def render(self) -> Text:
        """Draw the lines."""
        text = Text(no_wrap=True, end="")
        style = self.get_component_rich_style("formula--wrong", partial=True)
        for position, part in enumerate(_WRONG.split(self._source)):
            text.append(f"{part}✗" if position % 2 else part, style if position % 2 else "")
        return text
