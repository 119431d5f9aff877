"""Data sets in the files that their publishers distribute, known by the names of those: MNIST and its relatives, CIFAR.

Files of MNIST's names stand side by side, in the folder that is named or in one of them's; CIFAR's are those of its
binary version, as the other one consists of Python's pickles, which can run programs and are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engines.contract import Array, SplitName
from hw1_tui.data.idx_file import IdxHeader, look_at_idx, read_idx
from hw1_tui.data.image_tree import is_left_behind
from hw1_tui.data.published_name import DIGITS, folder_names
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.markup import is_visible
from hw1_tui.mistake import Mistake, MistakeError

_IDX = re.compile(r"(?P<set>.*?)(?P<split>train|t10k|test)-(?P<what>images|labels)[-.]idx[13]-ubyte(?:\.gz)?")
_CIFAR = re.compile(r"(?P<split>data_batch_[0-9]|test_batch|train|test)\.bin")
_PICKLED = frozenset(("data_batch_1", "batches.meta"))
_SHARES = (0.1, 0.1)
_SIDE, _CHANNELS = 32, 3
_CIFAR_NAMES = {"batches.meta.txt": 1, "fine_label_names.txt": 2}
"""How many labels a record has where classes are listed so; of two, the coarse and the fine one, the fine is taken."""
_LARGEST_TEXT = 1 << 20
_DEEPEST = 4
_USED_LABEL_BYTES = 8
_EMNIST_NOTE = "The pictures of EMNIST are stored with rows and columns exchanged, and are turned."


@dataclass
class PublishedSet:
    """The files of one data set.

    Attributes:
        folder: where they are.
        name: what their names begin with, such as ``emnist-balanced-``; empty for MNIST's own and for CIFAR.
        images: the files with pictures by split; of CIFAR, which has the labels in them, several.
        labels: the files with labels by split.
        names: the file that lists the classes; ``None`` where there is none.
    """

    folder: Path
    name: str = ""
    images: dict[SplitName, list[Path]] = field(default_factory=dict)
    labels: dict[SplitName, Path] = field(default_factory=dict)
    names: Path | None = None

    @property
    def examples(self) -> list[Path]:
        """The files with examples."""
        return [*(path for paths in self.images.values() for path in paths), *self.labels.values()]

    @property
    def files(self) -> list[Path]:
        """All of its files."""
        return [*self.examples, *([self.names] if self.names else [])]


def find_published(path: Path) -> PublishedSet | None:
    """Return the data set that a folder holds, or that a file belongs to; ``None`` where there is none.

    Raises:
        MistakeError: a folder cannot be read, or holds more than one, or one in pickles alone.
    """
    if not path.is_dir() and not _is_example(path.name):
        return None
    try:
        folder = _folder(path) if path.is_dir() else path.parent
        names = {entry.name: entry for entry in folder.iterdir() if not is_left_behind(entry.name)}
    except OSError as error:
        raise MistakeError(Mistake(error.filename or str(path), f"cannot be read: {error.strerror}")) from None
    files = [names[name] for name in sorted(names) if _is_example(name) and names[name].is_file()]
    sets = [*_idx_sets(folder, files), *_cifar_set(folder, files)]
    own = [found for found in sets if path in found.files]
    if own or len(sets) == 1:
        return (own or sets)[0]
    if sets:
        titles = ", ".join(found.name.rstrip("-_ ") or "MNIST" for found in sets)
        problem = f"holds more than one data set: {titles}"
        nearest = sets[0].images.get("train", sets[0].examples)[0]
        raise MistakeError(Mistake(str(path), problem, "one of their files", str(nearest)))
    if names.keys() >= _PICKLED:
        problem = "holds CIFAR in Python's pickle format, which can run programs and is never read"
        raise MistakeError(Mistake(str(path), problem, "its binary version, cifar-10-binary.tar.gz, unpacked"))
    return None


def read_published(found: PublishedSet, name: str, max_bytes: int) -> RawData:
    """Return the examples of a data set.

    Args:
        found: its files.
        name: how the user named it.
        max_bytes: the most that it may take in memory, bytes.

    Raises:
        MistakeError: with everything that is wrong with its files.
    """
    is_idx = _IDX.fullmatch(found.examples[0].name.lower())
    return _read_idx_set(found, name, max_bytes) if is_idx else _read_cifar(found, name, max_bytes)


def _is_example(name: str) -> bool:
    """Return whether a file of this name is one with examples."""
    return any(pattern.fullmatch(name.lower()) for pattern in (_IDX, _CIFAR))


def _folder(path: Path) -> Path:
    """Return the folder with files: this one, or the one below it where folders stand around that alone."""
    for _ in range(_DEEPEST):
        entries = [entry for entry in path.iterdir() if not is_left_behind(entry.name)]
        if len(entries) != 1 or not entries[0].is_dir():
            break
        (path,) = entries
    return path


def _idx_sets(folder: Path, paths: Sequence[Path]) -> list[PublishedSet]:
    """Return the data sets in files of MNIST's names, one for each beginning; of a file and a packed one, the file."""
    sets: dict[str, PublishedSet] = {}
    for path in sorted(paths, key=lambda path: path.suffix.lower() == ".gz"):
        if not (named := _IDX.fullmatch(path.name.lower())):
            continue
        mapping = folder / f"{named['set']}mapping.txt"
        names = mapping if named["set"] and mapping.is_file() else None
        found = sets.setdefault(named["set"], PublishedSet(folder, named["set"], names=names))
        split: SplitName = "train" if named["split"] == "train" else "test"
        if named["what"] == "labels":
            found.labels.setdefault(split, path)
        else:
            found.images.setdefault(split, [path])
    return list(sets.values())


def _cifar_set(folder: Path, paths: Sequence[Path]) -> list[PublishedSet]:
    names = next((folder / name for name in _CIFAR_NAMES if (folder / name).is_file()), None)
    found = PublishedSet(folder, names=names)
    for path in paths:
        if names and (named := _CIFAR.fullmatch(path.name.lower())):
            split: SplitName = "test" if named["split"].startswith("test") else "train"
            found.images.setdefault(split, []).append(path)
    return [found] if found.images else []


def _read_idx_set(found: PublishedSet, name: str, max_bytes: int) -> RawData:
    mistakes: list[Mistake] = []
    headers: dict[SplitName, tuple[IdxHeader, IdxHeader]] = {}
    for split in sorted({*found.images, *found.labels, "train"}):
        paths = [*found.images.get(split, []), *([found.labels[split]] if split in found.labels else [])]
        if len(paths) < 2:
            beside = paths[0].name if paths else str(found.folder)
            lacking = "labels" if split in found.images else "images"
            mistakes.append(Mistake(beside, f"the file with the {lacking} of {split} is missing beside it"))
            continue
        try:
            images, labels = map(look_at_idx, paths)
        except MistakeError as error:
            mistakes.extend(error.mistakes)
            continue
        headers[split] = images, labels
        if len(labels.shape) != 1 or labels.dtype.kind not in "iu":
            mistakes.append(Mistake(labels.path.name, "holds no labels", "whole numbers, one an example"))
    needed = sum(images.nbytes + _USED_LABEL_BYTES * labels.nbytes for images, labels in headers.values())
    mistakes += _size_mistakes(found.folder, needed, max_bytes)
    if mistakes:
        raise MistakeError(mistakes)
    is_turned = "emnist" in found.name
    parts: dict[PartName, Part] = {}
    for split, (images, labels) in headers.items():
        pictures = read_idx(images)
        if is_turned and pictures.ndim == 3:
            pictures = np.ascontiguousarray(pictures.transpose(0, 2, 1))
        parts[split] = Part(pictures, read_idx(labels), images.path.name, labels.path.name)
    classes, parts = _named(found, parts)
    told = [f"Files of MNIST's format: {', '.join(path.name for path in found.examples)}."]
    told += [_EMNIST_NOTE] if is_turned else []
    if classes and not found.names and (folder_names(found.folder) != DIGITS):
        told.append(f"By the folder's name the classes are {', '.join(classes)}.")
    return RawData(name, found.folder.name, parts, classes, shares=_SHARES, task="classification", found=tuple(told))


def _named(found: PublishedSet, parts: dict[PartName, Part]) -> tuple[tuple[str, ...] | None, dict[PartName, Part]]:
    """Return the names of the classes where they are known, and the parts with labels that count from 0 then."""
    if found.names:
        return _mapped(found.names, parts)
    labels = np.concatenate([part.labels for part in parts.values()])
    if found.name or not len(labels) or labels.min() < 0 or labels.max() >= len(DIGITS):
        return None, parts
    return folder_names(found.folder)[: int(labels.max()) + 1], parts


def _mapped(path: Path, parts: dict[PartName, Part]) -> tuple[tuple[str, ...] | None, dict[PartName, Part]]:
    """Return names and labels by EMNIST's mapping: a line a class, with its label and the codes of its letters.

    Raises:
        MistakeError: it is no such mapping, or lacks a label.
    """
    names: dict[int, str] = {}
    try:
        for line in _text(path).splitlines():
            label, *codes = map(int, line.split())
            names[label] = "".join(map(chr, codes))
    except (ValueError, OverflowError):
        raise MistakeError(Mistake(path.name, "is no list of labels with codes of letters")) from None
    order = np.array(sorted(names))
    known = {int(label) for part in parts.values() for label in np.unique(part.labels)}
    if strange := known - names.keys():
        raise MistakeError(Mistake(path.name, f"has no line for the label {min(strange)}"))
    renumbered: dict[PartName, Part] = {
        split: Part(part.inputs, np.searchsorted(order, part.labels), part.inputs_place, part.labels_place)
        for split, part in parts.items()
    }
    return _printable(names[label] for label in order.tolist()), renumbered


def _read_cifar(found: PublishedSet, name: str, max_bytes: int) -> RawData:
    assert found.names  # noqa: S101 - it is what they are known by
    needed, n_labels = sum(path.stat().st_size for path in found.examples), _CIFAR_NAMES[found.names.name]
    mistakes = _size_mistakes(found.folder, needed, max_bytes)
    record = n_labels + _CHANNELS * _SIDE**2
    for path in found.examples:
        if path.stat().st_size % record:
            mistakes.append(Mistake(path.name, f"does not consist of records of {record:,} bytes"))
    if "train" not in found.images:
        mistakes.append(Mistake(str(found.folder), "has no data_batch_1.bin or train.bin"))
    if mistakes:
        raise MistakeError(mistakes)
    classes = _printable(line.strip() for line in _text(found.names).splitlines() if line.strip())
    parts: dict[PartName, Part] = {}
    for split, paths in found.images.items():
        rows = np.concatenate([np.fromfile(path, np.uint8).reshape(-1, record) for path in paths])
        where = ", ".join(path.name for path in paths)
        parts[split] = Part(_pictures(rows, n_labels), rows[:, n_labels - 1], where, where)
    told = (f"CIFAR's binary files: {', '.join(path.name for path in found.examples)}.",)
    return RawData(name, found.folder.name, parts, classes, shares=_SHARES, task="classification", found=told)


def _pictures(rows: Array, n_labels: int) -> Array:
    return np.ascontiguousarray(rows[:, n_labels:]).reshape(-1, _CHANNELS, _SIDE, _SIDE)


def _size_mistakes(folder: Path, needed: int, max_bytes: int) -> list[Mistake]:
    if needed <= max_bytes:
        return []
    problem = f"unpacks to {needed:,} bytes, more than the {max_bytes:,} that are allowed"
    return [Mistake(str(folder), problem, "more with --max-bytes")]


def _printable(names: Iterable[str]) -> tuple[str, ...] | None:
    """Return names that can be shown; ``None`` where one cannot: it could steer the terminal that shows it."""
    known = tuple(names)
    return known if all(map(is_visible, known)) else None


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(_LARGEST_TEXT)
