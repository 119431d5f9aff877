"""The cells that a screen draws, as the terminal gets them."""

from textual.app import App
from textual.strip import Strip


def strips(app: App) -> list[Strip]:
    """Return the rows of the screen that is shown."""
    return app.screen._compositor.render_strips()
