"""The keys that matter where one is, in the last row."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class KeyBar(Footer):
    """Textual's footer, made anew only when other keys are to be shown.

    A screen has its bindings looked at whenever something may have changed, while a run trains several times a second.
    To make the row anew each time leaves it empty for moments and takes time from the training.
    """

    _shown: object = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show other keys where there are any."""
        if not (screen.app.app_focus and self.is_attached and screen is self.screen):
            return
        keys = [(active.binding, active.enabled, active.tooltip) for active in screen.active_bindings.values()]
        shown = [(binding, enabled, tooltip) for binding, enabled, tooltip in keys if binding.show]
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)
