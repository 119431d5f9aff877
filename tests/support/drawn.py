"""The cells that a screen draws, as the terminal gets them."""

from typing import Any

from textual.app import App
from textual.strip import Strip
from textual.widget import Widget


def strips(app: App[Any]) -> list[Strip]:
    """Return the rows of the screen that is shown."""
    return app.screen._compositor.render_strips()  # noqa: SLF001 - Textual has no public way to the cells


def drawn_again(app: App[Any], widget: Widget) -> str:
    """Return what the terminal gets when one widget alone is drawn anew."""
    compositor = app.screen._compositor  # noqa: SLF001 - likewise
    widget.refresh()
    compositor.update_widgets({widget})
    update = compositor.render_partial_update()
    return update.render_segments(app.console) if update else ""
