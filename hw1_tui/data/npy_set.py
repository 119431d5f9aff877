"""Arrays in files beside each other, such as ``X.npy`` and ``y.npy``, given by one of them or their folder.

An ``.npz`` that holds a single array without a name is such a file too: KMNIST is published so.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engines.contract import Array
from hw1_tui.data.archive import Archive
from hw1_tui.data.array_header import Member, read_content, read_header
from hw1_tui.data.image_tree import is_left_behind
from hw1_tui.data.member_name import read_name
from hw1_tui.mistake import Mistake, MistakeError

SUFFIX, _ARCHIVE = ".npy", ".npz"
_ONLY = "arr_0"
"""What numpy calls the array of an archive where nobody gave it a name."""

_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_. ]+")


@dataclass(frozen=True)
class NpySet:
    """Files of arrays that belong together.

    Attributes:
        path: the file that was named, or their folder.
        files: the file of each array by what is left of its name without what all names begin with.
    """

    path: Path
    files: dict[str, Path]

    def look(self) -> tuple[dict[str, Member], dict[str, Mistake]]:
        """Return the headers of the arrays, and what is wrong with those that have none."""
        members: dict[str, Member] = {}
        wrong: dict[str, Mistake] = {}
        for name, path in self.files.items():
            try:
                members[name] = _look_at(path, name)
            except MistakeError as error:
                wrong[name] = error.mistakes[0]
            except OSError as error:
                wrong[name] = Mistake(path.name, f"cannot be read: {error.strerror or error}")
        return members, wrong

    def read(self, members: dict[str, Member]) -> dict[str, Array]:
        """Return the arrays whose headers were read.

        Raises:
            MistakeError: one is damaged.
        """
        arrays = {}
        for name, member in members.items():
            path = self.files[name]
            if path.suffix.lower() == _ARCHIVE:
                with Archive(path) as archive:
                    arrays[name] = archive.read({_ONLY: replace(member, name=_ONLY)})[_ONLY]
                continue
            with path.open("rb") as file:
                arrays[name] = read_content(file, member, path.name)
        return arrays


def _look_at(path: Path, name: str) -> Member:
    """Return the header of a file's array.

    Raises:
        MistakeError: it has none.
        OSError: it cannot be read.
    """
    if path.suffix.lower() == SUFFIX:
        with path.open("rb") as file:
            return read_header(file, name, path.name, path.stat().st_size)
    with Archive(path) as archive:
        members, wrong = archive.look()
    if wrong:
        raise MistakeError(wrong.values())
    return replace(members[_ONLY], name=name)


def find_npy(path: Path) -> NpySet | None:
    """Return the arrays that a folder holds, or that stand beside a file; ``None`` where there are none.

    Those whose names begin as that of the file belong to it: ``mnist_y_train.npy`` to ``mnist_x_train.npy``.

    Raises:
        OSError: the folder cannot be read.
    """
    is_folder, is_array = path.is_dir(), path.suffix.lower() == SUFFIX
    if not (is_folder or is_array or _is_lone(path)):
        return None
    entries = sorted((path if is_folder else path.parent).iterdir())
    paths = [entry for entry in entries if _is_array(entry)]
    if not paths:
        return None
    beginning = _beginning(paths[0].stem if is_folder else path.stem)
    files = {entry.stem.removeprefix(beginning): entry for entry in paths if entry.stem.startswith(beginning)}
    roles = {meaning.role for name in files if (meaning := read_name(name))}
    return NpySet(path, files) if is_array or roles >= {"inputs", "labels"} else None


def _is_array(path: Path) -> bool:
    if is_left_behind(path.name) or path.suffix.lower() not in (SUFFIX, _ARCHIVE) or not path.is_file():
        return False
    return path.suffix.lower() == SUFFIX or _is_lone(path)


def _is_lone(path: Path) -> bool:
    """Return whether a file is an archive of one array without a name, and its own name says which that is."""
    if path.suffix.lower() != _ARCHIVE or not any(read_name(path.stem[start:]) for start in _starts(path.stem)):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist() == [f"{_ONLY}.npy"]
    except Exception:  # zipfile parses a stranger's bytes; what is wrong with them is told where they are read
        return False


def _beginning(stem: str) -> str:
    """Return what stands before the part of a name that says what the array is; empty where that is all of it."""
    for start in _starts(stem):
        if read_name(stem[start:]):
            return stem[:start]
    return ""


def _starts(stem: str) -> Sequence[int]:
    return [0, *(part.end() for part in _PARTS.finditer(stem) if part.end() < len(stem))]
