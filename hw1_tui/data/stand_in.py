"""Files that were meant to be others: what version control or a server left in their place."""

from __future__ import annotations

from pathlib import Path

from hw1_tui.mistake import Mistake, MistakeError

_LFS = "is a pointer of Git LFS, and not the file itself", "git lfs pull, in the repository"
_PAGE = "is a page for a browser, and not the file itself: so a download that failed may end", "the file itself"
_BEGINNINGS = {b"version https://git-lfs.github.com/": _LFS, b"<!doctype html": _PAGE, b"<html": _PAGE}
_LOOKED_AT = 256


def stand_in_mistake(path: Path, place: str) -> Mistake | None:
    """Return what is wrong with a file that stands for another; ``None`` for any other file.

    Args:
        path: a file that is there.
        place: what it is called in the mistake.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        begins = file.read(_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((Mistake(place, *told) for mark, told in _BEGINNINGS.items() if begins.startswith(mark)), None)


def refuse_stand_in(path: Path, source: str) -> None:
    """See that a file of data is itself.

    Raises:
        MistakeError: it stands for another.
    """
    if path.is_file() and (mistake := stand_in_mistake(path, source)):
        raise MistakeError(mistake)
