"""The trash: deleted runs, whole folders as they were, until they are brought back or removed for good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from hw1_tui.files.regular import check_own_folder
from hw1_tui.mistake import Mistake, MistakeError


def move(path: Path, folder: Path) -> None:
    """Move a run's folder into another folder.

    Raises:
        MistakeError: a run of its name is there, or the disk does not take it.
    """
    target = folder / path.name
    try:
        check_own_folder(folder)
        folder.mkdir(exist_ok=True)
        if os.path.lexists(target):
            raise MistakeError(Mistake(path.name, f"there is one of this name in {folder} already"))
        path.rename(target)
    except OSError as error:
        raise MistakeError(Mistake(path.name, f"cannot be changed: {error.strerror}")) from None


def purge(folder: Path, alone: Callable[[], AbstractContextManager[None]]) -> int:
    """Remove what is in the trash for good; return how many folders. Where a link leads is left as it is.

    Args:
        folder: the trash.
        alone: keeps other programs from changing it meanwhile.

    Raises:
        MistakeError: with every folder that cannot be removed, once all others are.
    """
    mistakes, count = [], 0
    try:
        check_own_folder(folder)
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise MistakeError(Mistake(str(folder), f"cannot be emptied: {error.strerror}")) from None
    for entry in entries:
        try:
            with alone():
                if entry.is_symlink():
                    entry.unlink()
                elif entry.is_dir():
                    shutil.rmtree(entry)
                    count += 1
        except OSError as error:
            mistakes.append(Mistake(str(entry), f"cannot be removed: {error.strerror}"))
    if mistakes:
        raise MistakeError(mistakes)
    return count
