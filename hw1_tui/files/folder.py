"""Folders that something is to be written to: made before hours are spent on what goes there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hw1_tui.mistake import Mistake, MistakeError

_OF_FILES = re.compile(r"\.(csv|html?|jsonl?|log|md|np[yz]|pdf|pem|png|pt|svg|tex|toml|tsv|txt|zip)", re.IGNORECASE)


def prepare_folder(path: Path, option: str = "--out") -> None:
    """Make a folder, before hours are spent on what goes there.

    Args:
        path: the folder.
        option: what asks for it; empty for none, as in the interface.

    Raises:
        MistakeError: it cannot be made or written to.
    """
    import tempfile  # not for the interface's first frame, which only looks

    if mistake := _leads_nowhere(path, option) or file_name_mistake(path, option):
        raise MistakeError(mistake)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MistakeError(Mistake(option, f"{path} cannot be written to: {reason}")) from None


def folder_mistake(path: Path, place: str = "") -> Mistake | None:
    """Return why a path cannot become the folder to write to; ``None`` where it can.

    Args:
        path: the folder; it need not be there yet.
        place: what named it; the path itself where nothing else did.
    """
    if mistake := _leads_nowhere(path, place or str(path)) or file_name_mistake(path, place):
        return mistake
    for folder in (path, *path.parents):
        try:
            if folder.is_dir():
                is_closed = folder != path and not os.access(folder, os.W_OK | os.X_OK)
                return Mistake(place or str(path), f"{path.absolute()} cannot be made") if is_closed else None
            if folder.exists():
                return Mistake(place or str(path), f"{folder.absolute()} is no folder")
        except (OSError, ValueError) as error:
            return Mistake(place or str(path), f"cannot be written to: {getattr(error, 'strerror', None) or error}")
    return None


def file_name_mistake(path: Path, place: str) -> Mistake | None:
    """Return the mistake of a new folder with the name of a document: most likely a file was meant."""
    try:
        if _OF_FILES.fullmatch(path.suffix) and path.stem and not path.is_dir():
            return Mistake(
                place, f"{path} is a name for a file, and a folder is asked for", nearest=str(path.with_suffix(""))
            )
    except (OSError, ValueError):  # what is wrong is told where it is looked into
        return None
    return None


def _leads_nowhere(path: Path, place: str) -> Mistake | None:
    """Return the mistake of a path on which there is a link to what is not there; ``None`` where there is none.

    To the system such a link is there when a folder is made and is not when it is looked into.
    """
    for folder in (path, *path.parents):
        try:
            if folder.is_symlink() and not folder.exists():
                target = folder.readlink()
                return Mistake(place, f"{folder.absolute()} is a link to {target}, which is not there")
        except (OSError, ValueError):  # what it is instead is told when it is made or looked into
            return None
    return None
