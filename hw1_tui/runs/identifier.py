"""Names of runs: short, in the order of time, unique over processes and machines."""

from __future__ import annotations

from datetime import UTC, datetime

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without l and o, which are read as 1 and 0


def new_identifier(now: datetime | None = None) -> str:
    """Return a name such as ``261123-023243-k7fp``: UTC date and time, and four letters drawn by the system.

    Whoever makes the run's folder claims the name: a folder of that name that exists means another draw.
    """
    import secrets  # not for who only reads runs

    now = now or datetime.now(UTC)
    return f"{now:%y%m%d-%H%M%S}-" + "".join(secrets.choice(_LETTERS) for _ in range(4))
