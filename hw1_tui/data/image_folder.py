"""Folders of images, a folder a class, made into a data set."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.contract import Array, Dataset, SplitName
from hw1_tui.data.archive import MAX_BYTES
from hw1_tui.data.dataset_file import build_dataset, encode_names
from hw1_tui.mistake import Mistake, MistakeError

SIZE = 48
_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm"}
_FOLDERS: dict[str, SplitName] = {
    "train": "train",
    "seg_train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "seg_val": "val",
    "test": "test",
    "seg_test": "test",
}
# Pillow goes by the content and not by the ending, and knows formats such as EPS for which it runs a program.
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_LARGEST = 64_000_000
_VAL_SHARE = 0.1

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportedFolder:
    """What was made of a folder.

    Attributes:
        arrays: the members of the layout.
        classes: names in the order of the labels.
        skipped: images that could not be read, each with the reason.
        dataset: the same as a data set.
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
    files = _find(folder)
    classes = tuple(sorted({name for by_class in files.values() for name in by_class}))
    total = sum(len(paths) for by_class in files.values() for paths in by_class.values())
    if (needed := total * size * size * 3) > max_bytes:
        problem = (
            f"{total} images of {size} x {size} take {needed:,} bytes, more than the {max_bytes:,} that are allowed"
        )
        raise MistakeError(Mistake(str(folder), problem, "fewer or smaller images"))
    skipped: list[Mistake] = []
    images: dict[SplitName, list[Array]] = {"train": [], "val": [], "test": []}
    labels: dict[SplitName, list[int]] = {"train": [], "val": [], "test": []}
    done = 0
    for split, by_class in files.items():
        for name in sorted(by_class):
            for path in by_class[name]:
                try:
                    images[split].append(read_image(path, size, size))
                    labels[split].append(classes.index(name))
                except Exception as error:  # Pillow's decoders raise anything on damaged bytes
                    skipped.append(Mistake(str(path), f"cannot be read: {error}"))
                done += 1
                on_progress(done, total)
    if not images["train"]:
        raise MistakeError([Mistake(str(folder), "has no training image that can be read"), *skipped[:20]])
    arrays: dict[str, Array] = {}
    for split in images:
        arrays[f"{split}_images"] = np.array(images[split], np.uint8).reshape(-1, size, size, 3)
        arrays[f"{split}_labels"] = np.array(labels[split], np.int64)
    if "val" not in files:
        _split_off_validation(arrays, np.random.default_rng(seed))
    dataset = build_dataset({**arrays, "class_names": encode_names(classes)}, str(folder), folder.name)
    return ImportedFolder(arrays, classes, tuple(skipped), dataset)


def folder_state(folder: Path) -> Hashable:
    """Return what changes when an image below a folder is added, removed or written.

    Raises:
        MistakeError: there is no such layout.
    """
    state: list[tuple[str, int, int]] = []
    for by_class in _find(folder).values():
        for path in (path for paths in by_class.values() for path in paths):
            try:
                status = path.stat()
            except OSError:  # a link to nowhere, which is skipped when it is read
                continue
            state.append((str(path), status.st_size, status.st_mtime_ns))
    return hash(tuple(state))


def _find(folder: Path) -> dict[SplitName, dict[str, list[Path]]]:
    """Return the image files by split and class."""
    try:
        found = _find_splits(folder)
    except OSError as error:
        raise MistakeError(Mistake(error.filename or str(folder), f"cannot be read: {error.strerror}")) from None
    unfit = {name for by_class in found.values() for name in by_class if not name.isprintable()}
    if unfit:
        raise MistakeError(
            Mistake(str(folder), f"has the class {name!a}", "names of printable characters") for name in sorted(unfit)
        )
    return found


def _find_splits(folder: Path) -> dict[SplitName, dict[str, list[Path]]]:
    found: dict[SplitName, dict[str, list[Path]]] = {}
    taken: dict[SplitName, str] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name.lower() in _FOLDERS:
            split = _FOLDERS[entry.name.lower()]
            if split in found:
                raise MistakeError(Mistake(str(folder), f"has both {taken[split]} and {entry.name}", "one of them"))
            inner = entry / entry.name
            found[split], taken[split] = _find_classes(inner if inner.is_dir() else entry), entry.name
    if "train" not in found:
        allowed = "seg_train/CLASS/*.jpg with seg_test beside it, or train, val and test"
        raise MistakeError(Mistake(str(folder), "has no folder of training images", allowed))
    return found


def _find_classes(folder: Path) -> dict[str, list[Path]]:
    return {
        entry.name: [path for path in sorted(entry.iterdir()) if path.suffix.lower() in _ENDINGS]
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith(".")
    }


def read_image(path: Path, width: int, height: int) -> Array:
    """Return an image as red, green and blue, upright, scaled, (height, width, 3) uint8.

    Raises:
        Exception: it cannot be read; Pillow's decoders raise anything on damaged bytes.
    """
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if path.exists() and not path.is_file():
            raise ValueError("it is not a regular file")
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _LARGEST:
                raise ValueError(f"it has {image.width} x {image.height} pixels, more than {_LARGEST:,}")
            upright = ImageOps.exif_transpose(image).convert("RGB")
            return np.asarray(upright.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0))


def _split_off_validation(arrays: dict[str, Array], rng: np.random.Generator) -> None:
    """Move a tenth of each class of the training images to the validation split."""
    labels = arrays["train_labels"]
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        chosen[rng.permutation(of_class)[: round(_VAL_SHARE * len(of_class))]] = True
    for what in ("images", "labels"):
        train = arrays[f"train_{what}"]
        arrays[f"val_{what}"], arrays[f"train_{what}"] = train[chosen], train[~chosen]
