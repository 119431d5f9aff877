"""When a run began, by the clock here."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_here(created: str) -> datetime:
    """Return a kept moment in the time zone of this machine, or in UTC where that is none a calendar can count with.

    POSIX lets ``TZ`` be more than a day off UTC, as ``UTC-30`` is; Python has no moments of such a zone.
    """
    moment = datetime.fromisoformat(created)
    try:
        return moment.astimezone()
    except ValueError:
        return moment.astimezone(UTC)
