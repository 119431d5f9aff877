"""Keys that are there before what they are meant for: all at once, while something that was asked for takes a while."""

import asyncio
import threading
from typing import Any

from textual.events import Key

NAMED = {
    " ": "space",
    ".": "full_stop",
    "/": "slash",
    "=": "equals_sign",
    "_": "underscore",
    "-": "minus",
    ",": "comma",
}

SPECIAL = ("enter", "escape", "tab", "down", "up", "home", "end", "backspace", "space", "ctrl+s", "ctrl+r", "ctrl+y",
           "ctrl+p", "ctrl+u", "ctrl+t", "ctrl+q", "ctrl+o", "ctrl+g", "f2", "f3", "f4", "f6", "f10",
           "delete")  # fmt: skip


def burst(app: Any, *keys: str) -> None:
    """Let all of the keys be there at once, as a terminal gives what lies in its buffer."""
    for key in keys:
        words = list(key) if key not in SPECIAL else [key]
        for word in words:
            character = word if len(word) == 1 else None
            app.post_message(Key(NAMED.get(word, word), character))


class Late:
    """A function that ends when it may, as on a slow disk."""

    def __init__(self, work: Any) -> None:
        self._work = work
        self._is_asked, self._may_end = threading.Event(), threading.Event()

    def __call__(self, *args: Any, **named: Any) -> Any:
        self._is_asked.set()
        self._may_end.wait(30)
        return self._work(*args, **named)

    async def asked(self) -> None:
        """Wait until it was asked for, and all that could be done meanwhile is done."""
        assert await asyncio.to_thread(self._is_asked.wait, 30)
        for _ in range(1000):
            await asyncio.sleep(0)

    def end(self) -> None:
        """Let it come to its end."""
        self._may_end.set()
