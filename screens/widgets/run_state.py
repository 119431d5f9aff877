"""How the state of a run looks: a sign and a word, in the accent of what it means."""

from __future__ import annotations

_SIGNS = {"finished": "✓", "running": "▶", "stopped": "■", "failed": "✗", "interrupted": "◐"}
_ACCENTS = {"finished": "good", "running": "chosen", "failed": "wrong"}


def state_words(state: str) -> str:
    """Return a state with its sign: ``✓ finished``."""
    return f"{_SIGNS.get(state, '?')} {state}"


def state_accent(state: str) -> str:
    """Return the accent of a state, as the stylesheet calls it: ``good``, ``wrong`` or ``chosen``; empty for none."""
    return _ACCENTS.get(state, "")
