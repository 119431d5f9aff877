"""Guides for who wants more than the help of a screen: Markdown, shown by ``hw1-tui guide`` and in the interface."""

from __future__ import annotations

from pathlib import Path

from hw1_tui.mistake import MistakeError, unknown_name

FOLDER = Path(__file__).parent


_ORDER = ("first-evening", "curves", "coach", "inside", "data", "sweep", "cluster", "questions", "batch", "engine")
"""From what anybody needs to what few do; others come after these."""


def guides() -> dict[str, str]:
    """Return the title of every guide by its topic, in the order in which they are read."""
    pages = {page.stem: page for page in sorted(FOLDER.glob("*.md"))}
    return {topic: _title(pages[topic]) for topic in dict.fromkeys([*_ORDER, *pages]) if topic in pages}


def _title(page: Path) -> str:
    """Return the heading of the first line."""
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def read_guide(topic: str) -> str:
    """Return a guide as Markdown.

    Args:
        topic: a name as ``guides`` has it.

    Raises:
        MistakeError: there is no such guide.
    """
    known = guides()
    if topic not in known:
        raise MistakeError(unknown_name("guide", "guide", topic, known))
    return (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
