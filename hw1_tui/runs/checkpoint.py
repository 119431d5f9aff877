"""Checkpoints of a run: what each file holds, which there are, which is the newest that is sound.

One file is one ``.npz`` of plain arrays, written atomically. Every array stands in it with the CRC-32 that zip keeps,
which is compared when it is read; nothing in it is pickled.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.contract import Array
from hw1_tui.files.atomic import PARTIAL, replace_file

_NAME = re.compile(r"epoch-(\d{6,})(?:-(\d{6,}))?\.npz")
_DAMAGED = ".damaged"


class DamagedError(Exception):
    """A checkpoint is not what was written."""


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
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def place(self) -> str:
        """Where in the run it stands, in words."""
        return f"epoch {self.epoch}" + (f" and {self.examples} examples" if self.examples else "")

    def read(self) -> dict[str, Array]:
        """Return the arrays, every byte checked.

        Raises:
            DamagedError: the file is cut short, altered, or not a checkpoint.
        """
        import numpy as np  # when one is read or written: to look at the history it is not needed

        try:
            with np.load(self.path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, MemoryError) as error:
            raise DamagedError(str(error)) from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, SyntaxError) as error:
            raise DamagedError(str(error)) from error


class Shelf:
    """The checkpoints of one run.

    Args:
        folder: where they are; made with the first of them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def checkpoints(self) -> list[Checkpoint]:
        """Return what there is, the newest last."""
        try:
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
        import numpy as np

        within = f"-{examples:06d}" if examples else ""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"epoch-{epoch:06d}{within}.npz"
        replace_file(path, lambda file: np.savez(file, allow_pickle=False, **dict(arrays)))
        return Checkpoint(epoch, examples, path)

    def newest_sound(self) -> tuple[Checkpoint | None, dict[str, Array], list[Checkpoint]]:
        """Return the newest checkpoint that can be read, its arrays, and the newer ones that cannot.

        ``None`` and no arrays where none can be.
        """
        damaged: list[Checkpoint] = []
        for checkpoint in reversed(self.checkpoints()):
            try:
                return checkpoint, checkpoint.read(), damaged
            except DamagedError:
                damaged.append(checkpoint)
        return None, {}, damaged

    def set_aside(self, checkpoint: Checkpoint) -> None:
        """Take a damaged checkpoint out of the row; it stays on disk until the next is written."""
        checkpoint.path.replace(checkpoint.path.with_name(checkpoint.path.name + _DAMAGED))

    def sweep(self) -> None:
        """Remove what writers that died left, and damaged checkpoints; only for the holder of the run's lock."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.name.endswith((PARTIAL, _DAMAGED)):
                    path.unlink(missing_ok=True)
