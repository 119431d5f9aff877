"""Folders of images, a folder a class, made into a data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array, Dataset, SplitName
from hw1_tui.data.archive import MAX_BYTES
from hw1_tui.data.dataset_file import build_dataset, encode_names
from hw1_tui.data.image_file import read_image
from hw1_tui.data.image_tree import ImageTree, find_images, is_left_behind
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted

SIZE = 48
_VAL_SHARE = 0.1
_NAMED, _TOLD = 3, 20

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportedFolder:
    """What was made of a folder.

    Attributes:
        arrays: the members of the layout.
        classes: names in the order of the labels.
        skipped: images that could not be read or are in no place for them, each with the reason.
        dataset: the same as a data set, which says what was skipped.
    """

    arrays: dict[str, Array]
    classes: tuple[str, ...]
    skipped: tuple[Mistake, ...]
    dataset: Dataset


def read_folder(
    folder: Path,
    size: int = SIZE,
    seed: int = 42,
    on_progress: OnProgress = lambda _done, _of: None,
    max_bytes: int = MAX_BYTES,
) -> ImportedFolder:
    """Return the images below a folder, scaled to squares.

    Understood are ``seg_train/CLASS/*.jpg`` with ``seg_test`` beside it (also nested once more, as the public set
    is packed) and ``train/val/test``. Where there is no validation folder, a seeded tenth of each class of the
    training images becomes one.

    Args:
        folder: holds a folder for each split.
        size: width and height, pixels.
        seed: of the validation split.
        on_progress: told images done and images in all.
        max_bytes: the most that the images may take in memory, bytes.

    Raises:
        MistakeError: there is no such layout, no image that can be read, or too much of them.
    """
    tree = find_images(folder)
    if (needed := tree.total * size * size * 3) > max_bytes:
        problem = (
            f"{tree.total} images of {size} x {size} take {needed:,} bytes, more than the {max_bytes:,} that are "
            "allowed"
        )
        raise MistakeError(Mistake(str(folder), problem, "fewer or smaller images"))
    arrays, classes, unreadable, files = _read_all(tree, size, on_progress)
    skipped = (*unreadable, *tree.left_out)
    if not len(arrays["train_labels"]):
        raise MistakeError([Mistake(str(folder), "has no training image that can be read"), *skipped[:_TOLD]])
    if "val" not in tree.files:
        _split_off_validation(arrays, files, np.random.default_rng(seed))
    members = {**arrays, "class_names": encode_names(classes)}
    try:
        dataset = build_dataset(members, str(folder), folder.name or str(folder))
    except MistakeError as error:  # one class only, say, as nothing of the other can be read
        raise MistakeError([*error.mistakes, *skipped[:_TOLD]]) from None
    remark = visible(" ".join(_remarks(folder, tree, skipped, classes)))
    dataset = replace(
        dataset,
        remark=remark,
        left_out=tuple(visible(str(mistake)) for mistake in skipped),
        files={
            split: tuple(visible(str(path.relative_to(folder))) for path in paths) for split, paths in files.items()
        },
    )
    return ImportedFolder(arrays, classes, skipped, dataset)


def _read_all(
    tree: ImageTree, size: int, on_progress: OnProgress
) -> tuple[dict[str, Array], tuple[str, ...], list[Mistake], dict[SplitName, list[Path]]]:
    """Return the members of the layout, the classes that have a picture, what cannot be read, and what was."""
    names = tree.classes
    arrays: dict[str, Array] = {}
    unreadable: list[Mistake] = []
    read: dict[SplitName, list[Path]] = {split: [] for split in SPLITS}
    done = 0
    for split in SPLITS:
        files = [(names.index(name), path) for name, path in _listed(tree.files.get(split, {}))]
        images, labels = np.empty((len(files), size, size, 3), np.uint8), np.empty(len(files), np.int64)
        count = 0
        for label, path in files:
            try:
                images[count], labels[count] = read_image(path, size, size), label
                read[split].append(path)
                count += 1
            except MistakeError as error:
                unreadable.extend(error.mistakes)
            done += 1
            on_progress(done, tree.total)
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = images[:count], labels[:count]
    used, renumbered = np.unique(np.concatenate([arrays[f"{split}_labels"] for split in SPLITS]), return_inverse=True)
    ends = np.cumsum([len(arrays[f"{split}_labels"]) for split in SPLITS])[:-1]
    arrays |= {f"{split}_labels": part for split, part in zip(SPLITS, np.split(renumbered, ends), strict=True)}
    return arrays, tuple(names[label] for label in used), unreadable, read


def _listed(by_class: dict[str, list[Path]]) -> Iterator[tuple[str, Path]]:
    return ((name, path) for name in sorted(by_class) for path in by_class[name])


def _remarks(folder: Path, tree: ImageTree, skipped: tuple[Mistake, ...], classes: tuple[str, ...]) -> Iterator[str]:
    """Yield what must be said wherever the data is used."""
    if gone := [name for name in tree.classes if name not in classes]:
        yield f"No picture of {', '.join(gone)} can be read: {'it is' if len(gone) == 1 else 'they are'} no class."
    if skipped:
        places = [str(Path(mistake.place).relative_to(folder)) for mistake in skipped[:_NAMED]]
        more = f" and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
        counts = [_count_files(Path(mistake.place)) for mistake in skipped]
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


def _split_off_validation(
    arrays: dict[str, Array], files: dict[SplitName, list[Path]], rng: np.random.Generator
) -> None:
    """Move a tenth of each class of the training images to the validation split."""
    labels = arrays["train_labels"]
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        chosen[rng.permutation(of_class)[: round(_VAL_SHARE * len(of_class))]] = True
    for what in ("images", "labels"):
        train = arrays[f"train_{what}"]
        arrays[f"val_{what}"], arrays[f"train_{what}"] = train[chosen], train[~chosen]
    paths = files["train"]
    files["val"], files["train"] = (
        [paths[i] for i in np.flatnonzero(chosen)],
        [paths[i] for i in np.flatnonzero(~chosen)],
    )
