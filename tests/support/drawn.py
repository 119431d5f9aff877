"""The cells that a screen draws, as the terminal gets them."""

from typing import Any

from textual.app import App
from textual.strip import Strip


def strips(app: App[Any]) -> list[Strip]:
    """Return the rows of the screen that is shown."""
    return app.screen._compositor.render_strips()  # noqa: SLF001 - Textual has no public way to the cells
