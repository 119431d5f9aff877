"""Verdicts told apart by mark, word and colour."""

from __future__ import annotations

from rich.text import Text

from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Verdict

MARKS: dict[Verdict, str] = {AGREES: "✓", CANNOT_BE_TOLD: "~", DIFFERS: "✗"}
_COLOURS: dict[Verdict, str] = {AGREES: "green", CANNOT_BE_TOLD: "yellow", DIFFERS: "red"}


def mark(verdict: Verdict, words: str = "") -> Text:
    """Return a verdict with its mark.

    Args:
        verdict: the verdict.
        words: what is said; the verdict itself by default.
    """
    return Text(f"{MARKS[verdict]} {words or verdict}", style=_COLOURS[verdict], no_wrap=True)
