"""Which files of a folder are the pictures of which class and split, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engines.contract import SplitName
from hw1_tui.data.class_name import folded_name, normal_name
from hw1_tui.data.image_file import ENDINGS, OTHER_ENDINGS
from hw1_tui.mistake import Mistake, MistakeError

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
# What operating systems, and programs that share or pack folders, leave behind. Names with a dot before them too.
_LEFT_BEHIND = frozenset(
    ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "#recycle", "$recycle.bin",
     "system volume information", "lost+found", "__pycache__")
)  # fmt: skip

_TEXTS = frozenset(("readme", "license", "licence", "copying", "notice", "authors", "changelog", "makefile"))

Files = dict[SplitName, dict[str, list[Path]]]


@dataclass
class ImageTree:
    """The pictures below a folder.

    Attributes:
        files: by split and class.
        left_out: what looks like pictures and is not among them, each with the reason.
        merged: names of classes that differ in case only and are taken for one, as written.
    """

    files: Files = field(default_factory=dict)
    left_out: list[Mistake] = field(default_factory=list)
    merged: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names of the classes, sorted, also of those of which no picture can be read."""
        return sorted({name for by_class in self.files.values() for name in by_class})

    @property
    def total(self) -> int:
        """How many pictures there are."""
        return sum(len(paths) for by_class in self.files.values() for paths in by_class.values())


def find_images(folder: Path) -> ImageTree:
    """Return the pictures below a folder; see ``image_folder.read_folder`` for the layouts.

    Raises:
        MistakeError: there is no such layout, it cannot be read, or a class has a name that cannot be shown.
    """
    tree = ImageTree()
    try:
        _find_splits(folder, tree)
    except OSError as error:
        raise MistakeError(Mistake(error.filename or str(folder), f"cannot be read: {error.strerror}")) from None
    unfit = {name for by_class in tree.files.values() for name in by_class if not name.isprintable()}
    if unfit:
        raise MistakeError(
            Mistake(str(folder), f"has the class {name!a}", "names of printable characters") for name in sorted(unfit)
        )
    _merge_case(tree)
    return tree


def _find_splits(folder: Path, tree: ImageTree) -> None:
    taken: dict[SplitName, str] = {}
    for entry in sorted(folder.iterdir()):
        if not is_left_behind(entry.name) and entry.is_dir() and entry.name.lower() in _FOLDERS:
            split = _FOLDERS[entry.name.lower()]
            if split in taken:
                raise MistakeError(Mistake(str(folder), f"has both {taken[split]} and {entry.name}", "one of them"))
            inner = entry / entry.name
            tree.files[split], taken[split] = _find_classes(inner if inner.is_dir() else entry, tree), entry.name
    if "train" not in taken:
        allowed = "seg_train/CLASS/*.jpg with seg_test beside it, or train, val and test"
        raise MistakeError(Mistake(str(folder), "has no folder of training images", allowed))


def _find_classes(folder: Path, tree: ImageTree) -> dict[str, list[Path]]:
    classes: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if is_left_behind(entry.name):
            continue
        if entry.is_dir():
            if found := _find_pictures(entry, tree):
                classes.setdefault(normal_name(entry.name), []).extend(found)
            else:
                tree.left_out.append(Mistake(str(entry), "holds no picture and is no class"))
        elif entry.suffix.lower() in ENDINGS | OTHER_ENDINGS:
            tree.left_out.append(Mistake(str(entry), "stands in no folder of a class"))
    return classes


def _find_pictures(folder: Path, tree: ImageTree) -> list[Path]:
    """Return the pictures in the folder of a class; files of text beside them are nothing to speak of."""
    pictures = []
    for path in sorted(folder.iterdir()):
        ending = path.suffix.lower()
        if is_left_behind(path.name):
            continue
        if path.is_dir():
            tree.left_out.append(Mistake(str(path), "is a folder inside of a class"))
        elif ending in ENDINGS or (not ending and path.name.lower() not in _TEXTS):
            pictures.append(path)
        elif ending in OTHER_ENDINGS:
            tree.left_out.append(Mistake(str(path), f"is of the format {ending}, which is not read"))
    return pictures


def is_left_behind(name: str) -> bool:
    """Return whether a file or folder of this name is what operating systems and the like leave behind."""
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BEHIND


def _merge_case(tree: ImageTree) -> None:
    """Take classes of different splits for one where their names differ in case only.

    Where one split has several such names, as folders of the letters a and A have, they are classes of their own.
    """
    for group in _differing_in_case(name for by_class in tree.files.values() for name in by_class):
        if any(len(group & by_class.keys()) > 1 for by_class in tree.files.values()):
            continue
        names = sorted(group, key=lambda name: (name not in tree.files["train"], name))
        tree.merged.append(tuple(names))
        for by_class in tree.files.values():
            for name in group & by_class.keys():
                by_class[names[0]] = by_class.pop(name)


def _differing_in_case(names: Iterable[str]) -> list[set[str]]:
    """Return the groups of more than one name that are the same but for case."""
    groups: dict[str, set[str]] = {}
    for name in names:
        groups.setdefault(folded_name(name), set()).add(name)
    return [group for group in groups.values() if len(group) > 1]
