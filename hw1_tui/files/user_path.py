"""Paths as a user writes them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from hw1_tui.mistake import nearest_name

_MARKS = tuple("'\"\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")
"""Quotation marks, also those that what shows or sends text makes of straight ones."""


def user_path(text: str | os.PathLike[str]) -> Path:
    """Return the path that ``text`` means, with ``~`` and ``~name`` as the home folders that a shell would put there.

    A home folder that nobody has leaves the text as it is, again as a shell does.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises where there is no such home


def _plain(text: str) -> str:
    """Return a path without what marks it as one."""
    if text[:1] in _MARKS and text[-1:] in _MARKS:
        return text[1:-1]
    if text.startswith("file:/"):
        return unquote("/" + text.removeprefix("file:").lstrip("/"))
    return re.sub(r"\\(.)", r"\1", text)


def nearest_path(path: Path) -> str:
    """Return the path whose name looks most like that of one that is not there, in its folder or in one like that.

    Empty where none does. A path that is written as terminals and other programs hand one over, in quotation marks,
    with backslashes or as ``file://``, is near the file that it means.
    """
    if (plain := _plain(str(path))) != str(path) and os.path.exists(plain):  # noqa: PTH110 - never raises
        return plain
    if not os.path.exists(path.parent) and path.parent != path.parent.parent:  # noqa: PTH110 - never raises
        if not (near_parent := nearest_path(path.parent)):
            return ""
        beside = Path(near_parent) / path.name
        return str(beside) if beside.exists() else nearest_path(beside)
    try:
        names = {name.casefold(): name for name in os.listdir(path.parent)}  # noqa: PTH208 - names are enough
    except (OSError, ValueError):
        return ""
    near = names.get(nearest_name(path.name.strip(), names), "")
    return str(path.with_name(near)) if near and near != path.name else ""
