"""Where data comes from: a name of something the program brings along, a file, or a folder of images."""

from __future__ import annotations

import os
import stat
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.contract import Dataset
from hw1_tui.data.archive import MAX_BYTES
from hw1_tui.data.building import build
from hw1_tui.data.conversion import conversion
from hw1_tui.data.dataset_file import read_dataset, read_npy
from hw1_tui.data.digits import read_digits
from hw1_tui.data.image_file import ENDINGS, OTHER_ENDINGS
from hw1_tui.data.image_folder import SIZE, OnProgress, folder_state, read_folder
from hw1_tui.data.landscape_set import read_builtin
from hw1_tui.data.npy_set import find_npy
from hw1_tui.data.packed_file import unpacking
from hw1_tui.data.published import find_published, read_published
from hw1_tui.data.quadratic import read_quadratic
from hw1_tui.data.stand_in import refuse_stand_in
from hw1_tui.data.table_set import find_tables, read_tables
from hw1_tui.files.user_path import nearest_path, user_path
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.read_options import AUTO, DEFAULT_OPTIONS, ReadOptions, not_used

NAMED: dict[str, Callable[[], Dataset]] = {
    "builtin": read_builtin,
    "digits": read_digits,
    "quadratic": read_quadratic,
}
"""What can be asked for by name; each raises ``MistakeError`` where it cannot be had."""

_READ = ".npz, .npy, .csv, .tsv, .parquet, MNIST's or CIFAR's files, or a folder of pictures"
_KEPT = 2
_loaded: OrderedDict[Hashable, Dataset] = OrderedDict()
_loading = threading.Lock()


def load(
    source: str,
    options: ReadOptions = DEFAULT_OPTIONS,
    *,
    max_bytes: int = MAX_BYTES,
    size: int = SIZE,
    seed: int | None = None,
    on_progress: OnProgress = lambda _done, _of: None,
) -> Dataset:
    """Return a data set; the same object when the same unchanged source is asked for again. Thread-safe.

    Args:
        source: a name out of ``NAMED``, an ``.npz`` file, a folder of images, a table (``.csv``, ``.tsv``,
            ``.parquet``), or whatever else the guide to one's own data names.
        options: how it is read where it leaves a choice.
        max_bytes: the most it may take in memory, bytes.
        size: width and height that the images of a folder are scaled to, pixels.
        seed: of the splits that a folder does not have; ``None`` for the program's own.
        on_progress: told images done and images in all while a folder is read.

    Raises:
        MistakeError: there is no such source, or with everything that is wrong with it.
    """
    with _loading:
        key = _key(source), options, size, seed
        if key not in _loaded:
            while len(_loaded) >= _KEPT:
                _loaded.popitem(last=False)
            try:
                _loaded[key] = _read(
                    source, options, max_bytes, partial(read_folder, size=size, seed=seed, on_progress=on_progress)
                )
            except MemoryError:
                raise MistakeError(Mistake(source, "does not fit into memory")) from None
            except OSError as error:  # a disk that fails in the middle of a file
                raise MistakeError(Mistake(source, f"cannot be read: {error.strerror or error}")) from None
        _loaded.move_to_end(key)
        return _loaded[key]


def is_picture(path: Path) -> bool:
    """Return whether a file is a picture and no data set: by its ending, or without one where no data set has it."""
    if path.suffix:
        return path.suffix.lower() in ENDINGS | OTHER_ENDINGS
    return path.is_file() and find_published(path) is None


def _read(source: str, options: ReadOptions, max_bytes: int, folder: Callable[..., Dataset]) -> Dataset:
    if source in NAMED:
        return _as_asked(NAMED[source](), options)
    path = user_path(source)
    refuse_stand_in(path, source)
    published, arrays = find_published(path), find_npy(path)
    if options.target and (published or (path.is_dir() and not arrays)):
        raise MistakeError(Mistake("target", f"{source} has no columns or arrays to choose from"))
    if published:
        return build(read_published(published, source, max_bytes), options)
    if arrays:
        return read_npy(arrays, source, max_bytes, options)
    if tables := find_tables(path):
        return build(read_tables(tables, source, max_bytes, options), options)
    if path.suffix.lower() in ENDINGS and not path.is_dir():
        raise MistakeError(
            Mistake(source, "is a picture and no data set", "FILE.npz, FILE.csv or a FOLDER of pictures")
        )
    if command := unpacking(path):
        raise MistakeError(Mistake(source, "is packed, and is read once it is unpacked", command))
    if path.is_dir():
        return folder(path, max_bytes=max_bytes, options=options)
    if path.suffix.lower() != ".npz" and ((line := conversion(path)) or not zipfile.is_zipfile(path)):
        allowed = f"{_READ}; a table or arrays of it by {line}" if line else _READ
        raise MistakeError(Mistake(source, "is of a kind that is not read", allowed))
    return read_dataset(path, max_bytes, options)


def _as_asked(dataset: Dataset, options: ReadOptions) -> Dataset:
    """Return a data set of the program's own, which leaves no choice, with what of the options is not used.

    Raises:
        MistakeError: something else than it has is to be predicted.
    """
    task = "regression" if dataset.is_regression else "classification"
    if options.target:
        raise MistakeError(Mistake("target", f"{dataset.name} has no columns or arrays to choose from"))
    if options.task not in (AUTO, task):
        raise MistakeError(Mistake("task", f"{dataset.name} is for {task}", f"{AUTO}, {task}"))
    given = [name for name in ("val_share", "test_share") if getattr(options, name) is not None]
    unused = [not_used(name, f"{dataset.name} has splits of its own") for name in given]
    return replace(dataset, found=(*dataset.found, *unused))


def _key(source: str) -> Hashable:
    """Return what tells whether a source is still the one that was loaded."""
    if source in NAMED:
        return source
    try:
        path = user_path(source)
        status = path.stat()
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: the ~name of no user
        reason = getattr(error, "strerror", None) or error
        problem, allowed = f"cannot be read: {reason}", f"{', '.join(NAMED)}, FILE.npz, FILE.csv or FOLDER"
        near = nearest_path(user_path(source)) if isinstance(error, FileNotFoundError) else ""
        nearest = near if Path(near).suffix else nearest_name(source, NAMED) or near
        raise MistakeError(Mistake(source, problem, allowed, nearest)) from None
    is_folder = stat.S_ISDIR(status.st_mode)
    if not is_folder and not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise MistakeError(Mistake(source, "is neither a file nor a folder"))
    if published := find_published(path):
        return source, *(_file_state(file.stat()) for file in published.files)
    if arrays := find_npy(path):
        return source, *((str(file), _file_state(file.stat())) for file in arrays.files.values())
    if is_folder and (tables := find_tables(path)):
        return source, *((str(file), _file_state(file.stat())) for file in tables.files.values())
    return (source, folder_state(path)) if is_folder else (source, _file_state(status))


def _file_state(status: os.stat_result) -> Hashable:
    return status.st_ino, status.st_size, status.st_mtime_ns
