"""What the interface told its user in passing, and what was not put away since."""

from typing import Any

from textual.app import App
from textual.notifications import Notification

from screens.widgets.status_line import StatusLine


def notes(app: App[Any]) -> list[str]:
    """Return what was told, the oldest first."""
    return [notification.message for notification in _notifications(app)]


def told(app: App[Any]) -> str:
    """Return the words of everything that was told, titles too."""
    return " ".join(f"{notification.title} {notification.message}" for notification in _notifications(app))


def status(app: App[Any]) -> str:
    """Return what the status line says."""
    return str(app.screen.query_one(StatusLine).content)


def _notifications(app: App[Any]) -> list[Notification]:
    return list(app._notifications)  # noqa: SLF001 - Textual lists them nowhere, and draws them some time later
