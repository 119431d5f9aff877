"""Paths as a user writes them."""

from __future__ import annotations

import os
from pathlib import Path


def user_path(text: str | os.PathLike[str]) -> Path:
    """Return the path that ``text`` means, with ``~`` and ``~name`` as the home folders that a shell would put there.

    A home folder that nobody has leaves the text as it is, again as a shell does.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises where there is no such home
