"""Paths as a user writes them."""

from __future__ import annotations

import os
from pathlib import Path

from hw1_tui.mistake import nearest_name


def user_path(text: str | os.PathLike[str]) -> Path:
    """Return the path that ``text`` means, with ``~`` and ``~name`` as the home folders that a shell would put there.

    A home folder that nobody has leaves the text as it is, again as a shell does.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises where there is no such home


def nearest_path(path: Path) -> str:
    """Return the path beside one that is not there whose name looks most like its; empty where none does."""
    try:
        names = {name.casefold(): name for name in os.listdir(path.parent)}  # noqa: PTH208 - names are enough
    except (OSError, ValueError):
        return ""
    near = names.get(nearest_name(path.name.strip(), names), "")
    return str(path.with_name(near)) if near and near != path.name else ""
