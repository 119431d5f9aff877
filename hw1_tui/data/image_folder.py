"""Folders of images, a folder a class, made into a data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array, Dataset, SplitName
from hw1_tui.data.archive import MAX_BYTES
from hw1_tui.data.building import build
from hw1_tui.data.image_file import read_image
from hw1_tui.data.image_tree import ImageTree, find_images, is_left_behind
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

SIZE = 48
_SHARES, _SHARES_OF_ALL = (0.1, 0.0), (0.15, 0.15)
_NAMED, _TOLD = 3, 20

OnProgress = Callable[[int, int], None]


def read_folder(
    folder: Path,
    size: int = SIZE,
    seed: int | None = None,
    on_progress: OnProgress = lambda _done, _of: None,
    max_bytes: int = MAX_BYTES,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Dataset:
    """Return the images below a folder, scaled to squares.

    Understood are a folder a class, and folders of classes in folders of splits: ``train`` and perhaps ``val`` and
    ``test``, also as ``Training``, ``seg_train`` and the like, and with more folders around or the same one repeated
    inside. Where folders of splits lack validation, a seeded tenth of each class of the training images becomes it;
    without any of them, three twentieths of each class become validation and as many test.

    Args:
        folder: the folder.
        size: width and height, pixels.
        seed: of what is split off; ``None`` for the program's own.
        on_progress: told images done and images in all.
        max_bytes: the most that the images may take in memory, bytes.
        options: how it is read where it leaves a choice.

    Returns:
        The data set; what was skipped is ``left_out``, each with the reason.

    Raises:
        MistakeError: there is no such layout, no image that can be read, or too much of them.
    """
    tree = find_images(folder)
    _check_room(folder, tree, size, max_bytes)
    parts, classes, unreadable = _read_all(folder, tree, size, on_progress)
    skipped = (*unreadable, *tree.left_out)
    if not len(parts["train" if tree.has_splits else "all"].labels):
        raise MistakeError([Mistake(str(folder), "has no training image that can be read"), *skipped[:_TOLD]])
    raw = RawData(
        str(folder),
        folder.name or str(folder),
        parts,
        classes,
        shares=_SHARES if tree.has_splits else _SHARES_OF_ALL,
        seed=seed,
        task="classification",
        found=(visible(tree.layout),),
        remark=visible(" ".join(_remarks(folder, tree, skipped, classes))),
        left_out=tuple(visible(str(mistake)) for mistake in skipped),
    )
    try:
        return build(raw, options)
    except MistakeError as error:  # one class only, say, as nothing of the other can be read
        raise MistakeError([*error.mistakes, *skipped[:_TOLD]]) from None


def _check_room(folder: Path, tree: ImageTree, size: int, max_bytes: int) -> None:
    if (needed := tree.total * size * size * 3) > max_bytes:
        images = f"{tree.total} images of {size} x {size}"
        problem = f"{images} take {needed:,} bytes, more than the {max_bytes:,} that are allowed"
        raise MistakeError(Mistake(str(folder), problem, "fewer or smaller images"))


def _read_all(
    folder: Path, tree: ImageTree, size: int, on_progress: OnProgress
) -> tuple[dict[PartName, Part], tuple[str, ...], list[Mistake]]:
    """Return the images of each split, the classes that have one, and what cannot be read."""
    names = tree.classes
    read: dict[SplitName, tuple[Array, Array, tuple[str, ...]]] = {}
    unreadable: list[Mistake] = []
    done = 0
    for split in (split for split in SPLITS if split in tree.files):
        files = [(names.index(name), path) for name, path in _listed(tree.files[split])]
        images, labels = np.empty((len(files), size, size, 3), np.uint8), np.empty(len(files), np.int64)
        paths: list[str] = []
        for label, path in files:
            try:
                images[len(paths)], labels[len(paths)] = read_image(path, size, size), label
                paths.append(visible(str(path.relative_to(folder))))
            except MistakeError as error:
                unreadable.extend(error.mistakes)
            done += 1
            on_progress(done, tree.total)
        read[split] = images[: len(paths)], labels[: len(paths)], tuple(paths)
    used = np.unique(np.concatenate([labels for _, labels, _ in read.values()]))
    parts: dict[PartName, Part] = {
        split if tree.has_splits else "all": Part(images, np.searchsorted(used, labels), split, split, paths)
        for split, (images, labels, paths) in read.items()
    }
    return parts, tuple(names[label] for label in used), unreadable


def _listed(by_class: dict[str, list[Path]]) -> Iterator[tuple[str, Path]]:
    return ((name, path) for name in sorted(by_class) for path in by_class[name])


def _remarks(folder: Path, tree: ImageTree, skipped: tuple[Mistake, ...], classes: tuple[str, ...]) -> Iterator[str]:
    """Yield what must be said wherever the data is used."""
    if gone := [name for name in tree.classes if name not in classes]:
        yield f"No picture of {', '.join(gone)} can be read: {'it is' if len(gone) == 1 else 'they are'} no class."
    if skipped:
        counts = [_count_files(Path(mistake.place)) for mistake in skipped]
        named = [(mistake, count) for mistake, count in zip(skipped, counts, strict=True) if count or not any(counts)]
        places = [str(Path(mistake.place).relative_to(folder)) for mistake, _ in named[:_NAMED]]
        rest = sum(max(1, count) for _, count in named[_NAMED:])
        more = f" and {rest} more" if rest else ""
        total = tree.total + sum(counts[len(skipped) - len(tree.left_out) :])
        what = f"{sum(counts)} of {counted(total, 'file')}" if sum(counts) else counted(len(skipped), "empty folder")
        are = "is" if (sum(counts) or len(skipped)) == 1 else "are"
        yield f"{what} in {folder.name or folder} {are} left out: {', '.join(places)}{more}."
    for first, *others in tree.merged:
        yield f"{', '.join(others)} and {first} are taken for one class, {first}."


def _count_files(path: Path) -> int:
    """Return how many files there are at a place: one, or those below it."""
    if not path.is_dir():
        return 1
    return sum(not is_left_behind(name) for _, _, names in os.walk(path) for name in names)


def folder_state(folder: Path) -> Hashable:
    """Return what changes when an image below a folder is added, removed or written.

    Raises:
        MistakeError: there is no such layout.
    """
    tree = find_images(folder)
    state: list[tuple[str, int, int]] = [(mistake.place, 0, 0) for mistake in tree.left_out]
    for by_class in tree.files.values():
        for path in (path for paths in by_class.values() for path in paths):
            try:
                status = path.stat()
            except OSError:  # a link to nowhere, which is skipped when it is read
                continue
            state.append((str(path), status.st_size, status.st_mtime_ns))
    return hash(tuple(state))
