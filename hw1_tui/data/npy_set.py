"""Arrays in ``.npy`` files beside each other, such as ``X.npy`` and ``y.npy``, given by one of them or their folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engines.contract import Array
from hw1_tui.data.array_header import Member, read_content, read_header
from hw1_tui.data.image_tree import is_left_behind
from hw1_tui.data.member_name import read_name
from hw1_tui.mistake import Mistake, MistakeError

SUFFIX = ".npy"
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
                with path.open("rb") as file:
                    members[name] = read_header(file, name, path.name, path.stat().st_size)
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
            with path.open("rb") as file:
                arrays[name] = read_content(file, member, path.name)
        return arrays


def find_npy(path: Path) -> NpySet | None:
    """Return the arrays that a folder holds, or that stand beside a file; ``None`` where there are none.

    Those whose names begin as that of the file belong to it: ``mnist_y_train.npy`` to ``mnist_x_train.npy``.

    Raises:
        OSError: the folder cannot be read.
    """
    is_folder = path.is_dir()
    if not is_folder and path.suffix.lower() != SUFFIX:
        return None
    paths = [
        entry
        for entry in sorted((path if is_folder else path.parent).iterdir())
        if entry.suffix.lower() == SUFFIX and not is_left_behind(entry.name) and entry.is_file()
    ]
    if not paths:
        return None
    beginning = _beginning(paths[0].stem if is_folder else path.stem)
    files = {entry.stem.removeprefix(beginning): entry for entry in paths if entry.stem.startswith(beginning)}
    roles = {meaning.role for name in files if (meaning := read_name(name))}
    return NpySet(path, files) if not is_folder or roles >= {"inputs", "labels"} else None


def _beginning(stem: str) -> str:
    """Return what stands before the part of a name that says what the array is; empty where that is all of it."""
    for start in _starts(stem):
        if read_name(stem[start:]):
            return stem[:start]
    return ""


def _starts(stem: str) -> Sequence[int]:
    return [0, *(part.end() for part in _PARTS.finditer(stem) if part.end() < len(stem))]
