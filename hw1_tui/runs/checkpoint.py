"""Checkpoints of a run: which there are, which is the newest that is sound.

One file is one ``.npz`` of plain arrays; see ``hw1_tui.files.array_file``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.contract import Array
from hw1_tui.files.array_file import DamagedError, read_arrays, write_arrays
from hw1_tui.files.atomic import PARTIAL, sweep
from hw1_tui.files.regular import check_own_folder
from hw1_tui.numeral import counted

_NAME = re.compile(r"epoch-([0-9]{6,9})(?:-([0-9]{6,12}))?\.npz")
_DAMAGED = ".damaged"


def place_in_words(epoch: int, examples: int = 0) -> str:
    """Return where in a run a model stands: after an epoch, and examples of the next."""
    return f"epoch {epoch}" + (f" and {counted(examples, 'example')}" if examples else "")


@dataclass(frozen=True, order=True)
class Checkpoint:
    """A checkpoint on disk; ordered by how far the run was.

    Attributes:
        epoch: epochs that were done.
        examples: examples of the next epoch that were done.
        path: the file.
    """

    epoch: int
    examples: int
    path: Path

    @property
    def size(self) -> int:
        """Bytes on disk; 0 where another process has just removed it."""
        return status.st_size if (status := self._status) else 0

    @property
    def age(self) -> float:
        """When it was written, seconds since 1970; 0 where another process has just removed it."""
        return status.st_mtime if (status := self._status) else 0.0

    @property
    def _status(self) -> os.stat_result | None:
        try:
            return self.path.lstat()
        except OSError:
            return None

    @property
    def place(self) -> str:
        """Where in the run it stands, in words."""
        return place_in_words(self.epoch, self.examples)

    def read(self) -> dict[str, Array]:
        """Return the arrays, every byte checked.

        Raises:
            DamagedError: the file is cut short, altered, or not a checkpoint.
        """
        return read_arrays(self.path)


class CheckpointStore:
    """The checkpoints of one run.

    Args:
        folder: where they are; made with the first of them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """See that it is a place of its own and leads nowhere else.

        Raises:
            OSError: it is a link, or no folder.
        """
        check_own_folder(self._folder)

    def checkpoints(self) -> list[Checkpoint]:
        """Return what there is, the newest last."""
        try:
            self.check()
            paths = list(self._folder.iterdir())
        except OSError:
            return []
        matches = ((_NAME.fullmatch(path.name), path) for path in paths)
        return sorted(Checkpoint(int(m[1]), int(m[2] or 0), path) for m, path in matches if m)

    def at(self, epoch: int) -> Checkpoint | None:
        """Return the checkpoint of the end of an epoch, if it was kept."""
        return next((c for c in self.checkpoints() if c.epoch == epoch and not c.examples), None)

    def write(self, epoch: int, examples: int, arrays: Mapping[str, Array]) -> Checkpoint:
        """Write a checkpoint; one of the same place is replaced.

        Raises:
            OSError: the disk does not take it; what was there is as it was.
        """
        within = f"-{examples:06d}" if examples else ""
        self.check()
        self._folder.mkdir(exist_ok=True)  # never its parents: a disk that was taken out is not made up for
        path = self._folder / f"epoch-{epoch:06d}{within}.npz"
        write_arrays(path, arrays)
        return Checkpoint(epoch, examples, path)

    def newest_sound(
        self, read: Callable[[Checkpoint], dict[str, Array]] = Checkpoint.read
    ) -> tuple[Checkpoint | None, dict[str, Array], list[Checkpoint]]:
        """Return the newest checkpoint that can be read, its arrays, and the newer ones that cannot.

        ``None`` and no arrays where none can be.

        Args:
            read: gives the arrays of one, or raises ``DamagedError``.
        """
        damaged: list[Checkpoint] = []
        for checkpoint in reversed(self.checkpoints()):
            try:
                return checkpoint, read(checkpoint), damaged
            except DamagedError:
                damaged.append(checkpoint)
        return None, {}, damaged

    def set_aside(self, checkpoint: Checkpoint) -> None:
        """Take a damaged checkpoint out of the row; it stays on disk until the next is written."""
        checkpoint.path.replace(checkpoint.path.with_name(checkpoint.path.name + _DAMAGED))

    def sweep_abandoned(self) -> None:
        """Remove what writers that died left; those at work keep theirs.

        Raises:
            OSError: it is a link, or no folder.
        """
        self.check()
        sweep(self._folder)

    def sweep(self) -> None:
        """Remove what writers that died left, and damaged checkpoints; only for the holder of the run's lock."""
        self.check()
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.name.endswith((PARTIAL, _DAMAGED)):
                path.unlink(missing_ok=True)
