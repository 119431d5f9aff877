"""Which data somebody may mean: what looks like data sets in a folder, by names alone, and what was trained on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from hw1_tui.data.image_file import ENDINGS
from hw1_tui.data.image_tree import is_left_behind
from hw1_tui.data.member_name import read_name
from hw1_tui.data.npy_set import SUFFIX as NPY
from hw1_tui.data.npy_set import find_npy
from hw1_tui.data.published import find_published
from hw1_tui.data.table_set import find_tables, is_table
from hw1_tui.mistake import MistakeError

_ENDINGS = frozenset((".npz", NPY))
_MOST_ENTRIES, _MOST_LOOKED_AT = 2000, 300
_MOST_FOUND, _MOST_RECENT = 50, 8
_DEEPEST = 3


def find_sources(folder: Path) -> list[str]:
    """Return the names of data files in a folder, and of folders in it that hold data, in the order of the alphabet.

    Only names are looked at, and of a folder with thousands of them the first.
    """
    try:
        entries = sorted(islice(folder.iterdir(), _MOST_ENTRIES))
        fit = (entry.name for entry in entries if not is_left_behind(entry.name) and _is_data(entry))
        return list(islice(fit, _MOST_FOUND))
    except OSError:  # nothing can be listed there: whoever names a file of it is told why
        return []


def recent_sources(paths: Iterable[str], here: Path) -> list[str]:
    """Return which of the data of runs is still there, each once, in the given order.

    Args:
        paths: their absolute paths, the newest first; empty for what came with the program.
        here: a folder whose own files are listed already.
    """
    found = dict.fromkeys(path for path in paths if path and Path(path).parent != here)
    return list(islice((path for path in found if os.path.exists(path)), _MOST_RECENT))  # noqa: PTH110 - never raises


def _is_data(path: Path) -> bool:
    if path.is_file():
        meaning = read_name(path.stem) if path.suffix.lower() == NPY else None
        is_known = path.suffix.lower() in _ENDINGS or is_table(path)
        return is_known and not (meaning and meaning.role != "inputs")
    if not path.is_dir():
        return False
    try:
        return bool(find_published(path) or find_npy(path) or find_tables(path)) or _holds_pictures(path)
    except MistakeError:  # it holds some, and what is wrong with them is told to whoever chooses it
        return True
    except OSError:
        return False


def _holds_pictures(folder: Path) -> bool:
    """Return whether there are pictures in folders of a folder, among the first names."""
    names = islice(_names_below(folder, 0), _MOST_LOOKED_AT)
    return any(depth and os.path.splitext(name)[1].lower() in ENDINGS for depth, name in names)  # noqa: PTH122


def _names_below(folder: Path, depth: int) -> Iterator[tuple[int, str]]:
    """Yield names of files below a folder with their depth; of those beside each other the first few."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in islice(entries, _MOST_LOOKED_AT):
            if entry.is_dir():
                folders += [] if is_left_behind(entry.name) else [Path(entry.path)]
            else:
                yield depth, entry.name
    for below in sorted(folders)[:20] if depth < _DEEPEST else ():
        yield from _names_below(below, depth + 1)
