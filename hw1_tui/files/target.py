"""Files that a user asks for by name: what may stand there already is the user's."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hw1_tui.files.atomic import replace_file
from hw1_tui.mistake import Mistake, MistakeError


def target_mistake(path: Path, place: str = "") -> Mistake | None:
    """Return why a path cannot become a file; ``None`` where it can, if need be in the place of one.

    Args:
        path: the file to be written; a link stands for what it points to.
        place: what named it; the path itself where nothing else did.
    """
    name = f"{path.absolute()} " if place else ""
    place = place or str(path)
    try:
        real = Path(os.path.realpath(path))
        if real.is_dir():
            return Mistake(place, f"{name}is a folder", "a file in it")
        if not real.parent.is_dir():
            return Mistake(place, f"{name}cannot be written: there is no folder {real.parent}")
        if is_taken(real) and not real.is_file():
            return Mistake(place, f"{name}is no ordinary file")
        if real.is_file() and not os.access(real, os.W_OK):
            return Mistake(place, f"{name}cannot be written: it is write-protected")
        if not os.access(real.parent, os.W_OK | os.X_OK):
            return Mistake(place, f"{name}cannot be written: the folder {real.parent} is write-protected")
    except (OSError, ValueError) as error:  # a name that is too long, or holds what no name can
        return Mistake(place, f"{name}cannot be written: {getattr(error, 'strerror', None) or error}")
    return None


def is_taken(path: Path) -> bool:
    """Return whether something is there, be it a link that leads nowhere, or by way of a folder that is not there."""
    return os.path.lexists(path) or os.path.lexists(os.path.realpath(path))


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Make a mistake of it where what was asked for cannot be written.

    Args:
        place: what it is called where the system does not name the file.

    Raises:
        MistakeError: an ``OSError`` was raised.
    """
    try:
        yield
    except OSError as error:
        raise MistakeError(Mistake(str(error.filename or place), f"cannot be written: {error.strerror}")) from None


def write_target_bytes(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write the bytes of a file that was asked for by name; see ``write_target``."""
    write_target(path, lambda file: file.write(content), overwrite=overwrite)


def write_target(path: Path, write: Callable[[BinaryIO], object], *, overwrite: bool) -> None:
    """Write a file that was asked for by name, whole or not at all; a link stays one and its target is written.

    Raises:
        OSError: the disk does not take it, or something is there and must stay; what was there is as it was.
    """
    if not overwrite and is_taken(path):  # also a link, whose target may be free
        raise FileExistsError(errno.EEXIST, "it exists already", str(path))
    replace_file(Path(os.path.realpath(path)), write, overwrite=overwrite)
