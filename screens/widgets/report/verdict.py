"""Verdicts told apart by sign, word and accent."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Verdict

VERDICT_SIGNS: dict[Verdict, str] = {AGREES: "✓", CANNOT_BE_TOLD: "~", DIFFERS: "✗"}
_CLASSES: dict[Verdict, str] = {
    AGREES: "verdict--agrees",
    CANNOT_BE_TOLD: "verdict--cannot-be-told",
    DIFFERS: "verdict--differs",
}
VERDICT_CLASSES = frozenset(_CLASSES.values())
"""The component classes of a widget that shows verdicts; the stylesheet of the screen has their accents."""


def mark(widget: Widget, verdict: Verdict, words: str = "") -> Text:
    """Return a verdict with its sign, in the accent that the theme has for it.

    Args:
        widget: where it is shown; has ``VERDICT_CLASSES`` among its component classes.
        verdict: the verdict.
        words: what is said; the verdict itself by default.
    """
    style = widget.get_component_rich_style(_CLASSES[verdict], partial=True)
    return Text(f"{VERDICT_SIGNS[verdict]} {words or verdict}", style=style, no_wrap=True)
