"""How the state of a run looks: a sign and a word, in the accent of what it means."""

from __future__ import annotations

from typing import Final

STATE_SIGNS: Final = {
    "queued": "·",
    "waiting": "·",
    "opening": "…",
    "training": "▶",
    "running": "▶",
    "paused": "‖",
    "stopping": "■",
    "finished": "✓",
    "stopped": "■",
    "halved": "■",
    "given up": "■",
    "interrupted": "◐",
    "diverged": "✗",
    "failed": "✗",
}
_ACCENTS: Final = {
    "training": "chosen",
    "running": "chosen",
    "finished": "good",
    "diverged": "wrong",
    "failed": "wrong",
}
_STYLES: Final = {"chosen": "$text-primary", "good": "$text-success", "wrong": "$text-error", "": "$foreground"}


def state_words(state: str) -> str:
    """Return a state with its sign: ``✓ finished``."""
    return f"{STATE_SIGNS.get(state, '?')} {state}"


def state_accent(state: str) -> str:
    """Return the accent of a state, as the stylesheet calls it: ``good``, ``wrong`` or ``chosen``; empty for none."""
    return _ACCENTS.get(state, "")


def state_style(state: str) -> str:
    """Return the style of a state's words within a text, for ``Content``."""
    return f"bold {_STYLES[state_accent(state)]}"
