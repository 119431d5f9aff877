"""What an engine prints: words of others, and none of the data that the program writes to stdout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

IS_ENGINE_SPEAKING: ContextVar[bool] = ContextVar("IS_ENGINE_SPEAKING", default=False)
"""Whether code of an engine runs in this context, so that what is printed is its own."""


@contextmanager
def engine_speaks() -> Iterator[None]:
    """Let what is printed inside be an engine's. Nothing may be yielded to others inside."""
    token = IS_ENGINE_SPEAKING.set(True)
    try:
        yield
    finally:
        IS_ENGINE_SPEAKING.reset(token)
