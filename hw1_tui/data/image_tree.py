"""Which files of a folder are the pictures of which class and split, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from engines.contract import SPLITS, SplitName
from hw1_tui.data.class_name import folded_name, normal_name
from hw1_tui.data.image_file import ENDINGS, OTHER_ENDINGS, unread_format
from hw1_tui.markup import is_visible
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import counted

_NAMES: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
_PREFIX, _SUFFIX = "seg_", "_set"
# What operating systems, and programs that share or pack folders, leave behind. Names with a dot before them too.
_LEFT_BEHIND = frozenset(
    ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "#recycle", "$recycle.bin",
     "system volume information", "lost+found", "__pycache__")
)  # fmt: skip

_TEXTS = frozenset(("readme", "license", "licence", "copying", "notice", "authors", "changelog", "makefile"))
_TABLES = frozenset((".npz", ".npy", ".csv", ".tsv", ".parquet"))
_ALLOWED = (
    "CLASS/*.jpg for two classes or more, or train/CLASS/*.jpg (also seg_train/CLASS) with test and val beside it, or "
    "CLASS/train/*.jpg"
)
_DEEPEST = 8
"""Folders around the pictures that are looked through; a link can lead in a circle."""
_MOST_LOOKED_INTO, _MOST_CLASSES_LOOKED_INTO = 40, 200
"""Folders beside each other of which more is looked at than their names: somebody may name their home folder."""
_NAMED = 6

Files = dict[SplitName, dict[str, list[Path]]]


@dataclass
class ImageTree:
    """The pictures below a folder.

    Attributes:
        files: by split and class; all are of the training split where there are no folders for splits.
        has_splits: whether there are folders for splits.
        layout: a sentence on how the folder was read.
        left_out: what looks like pictures and is not among them, each with the reason.
        merged: names of classes that differ in case only and are taken for one, as written.
    """

    files: Files = field(default_factory=dict)
    has_splits: bool = True
    layout: str = ""
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


class _Folder:
    """A folder, read when it is looked at."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _entries(self) -> list[tuple[Path, bool]]:
        paths = sorted(path for path in self.path.iterdir() if not is_left_behind(path.name))
        return [(path, path.is_dir()) for path in paths]

    @cached_property
    def folders(self) -> list[_Folder]:
        """The folders in it, by name."""
        return [_Folder(path) for path, is_folder in self._entries if is_folder]

    @cached_property
    def pictures(self) -> list[Path]:
        """The files in it that may be pictures: what has an ending of one, or none and is no text."""
        return [path for path in self._files() if _may_be_picture(path)]

    @cached_property
    def unread(self) -> list[Path]:
        """The files in it that are pictures of a format that is not read."""
        return [path for path in self._files() if path.suffix.lower() in OTHER_ENDINGS]

    @property
    def strays(self) -> list[Path]:
        """The files in it that are pictures by their ending, read or not."""
        return [path for path in self._files() if path.suffix.lower() in ENDINGS | OTHER_ENDINGS]

    def _files(self) -> Iterator[Path]:
        return (path for path, is_folder in self._entries if not is_folder)

    @property
    def tables(self) -> list[Path]:
        """The files in it that may be data sets by their ending."""
        return [path for path in self._files() if path.suffix.lower() in _TABLES]

    @property
    def split(self) -> SplitName | None:
        """The split that its name names."""
        name = self.path.name.lower().replace("-", "_")
        return _NAMES.get(name.removeprefix(_PREFIX).removesuffix(_SUFFIX))

    @cached_property
    def classes(self) -> list[_Folder]:
        """The folders in it that hold pictures themselves."""
        return [folder for folder in self.folders if folder.pictures]

    @cached_property
    def inner(self) -> _Folder:
        """The folder below it that holds folders of classes, where others stand around that, else itself.

        A folder of the same name is such a one also with others beside it: the public landscapes are packed so.
        """
        folder = self
        for _ in range(_DEEPEST):
            below = folder.folders
            same = [inner for inner in below if inner.path.name == self.path.name and inner.folders and self.split]
            only = same[0] if same else below[0] if len(below) == 1 else None
            if only is None or only.pictures or not only.folders or (not same and folder.split_folders):
                break
            folder = only
        return folder

    @cached_property
    def split_folders(self) -> list[_Folder]:
        """The folders in it that are named as splits and hold folders of classes."""
        named = [folder for folder in self.folders if folder.split]
        return [folder for folder in named if folder.inner.classes]

    @property
    def is_layout(self) -> bool:
        """Whether it has folders for splits or for classes."""
        has_splits = any(folder.split == "train" for folder in self.split_folders)
        return has_splits or len(self._own_classes) > 1 or self.has_splits_in_classes

    @cached_property
    def has_splits_in_classes(self) -> bool:
        """Whether there are folders of classes in it that hold one a split, as in ``CLASS/train``."""
        if len(self.folders) > _MOST_CLASSES_LOOKED_INTO or self.split_folders or len(self._own_classes) > 1:
            return False
        parted = [
            folder
            for folder in self.folders
            if any(below.split == "train" and below.pictures for below in folder.folders)
        ]
        return len(parted) > 1 and not any(folder.split for folder in parted)

    @property
    def _own_classes(self) -> list[_Folder]:
        """The folders of classes in it, which are none where each is named as a split: those hold no classes.

        Nothing but an ending tells pictures from programs and notes where no folder is named as a split.
        """
        known = [folder for folder in self.classes if any(path.suffix for path in folder.pictures)]
        return [] if all(folder.split for folder in known) else known


def find_images(folder: Path) -> ImageTree:
    """Return the pictures below a folder; see ``image_folder.read_folder`` for the layouts.

    Raises:
        MistakeError: there is no such layout, it cannot be read, or a class has a name that cannot be shown.
    """
    tree = ImageTree()
    try:
        root = _root(_Folder(folder), tree)
        if root.split_folders:
            _find_splits(root, tree)
        elif root.has_splits_in_classes:
            _find_splits_in_classes(root, tree)
        else:
            _find_all(root, tree)
    except OSError as error:
        raise MistakeError(Mistake(error.filename or str(folder), f"cannot be read: {error.strerror}")) from None
    if root.path != folder:
        tree.layout += f" They stand in {root.path.relative_to(folder)}."
    unfit = {name for by_class in tree.files.values() for name in by_class if not is_visible(name)}
    if unfit:
        raise MistakeError(
            Mistake(str(folder), f"has the class {name!a}", "names of printable characters") for name in sorted(unfit)
        )
    _merge_case(tree)
    return tree


def find_flat(folder: Path) -> list[Path]:
    """Return the pictures that stand in a folder itself, by name, where it has no folders of classes; else none.

    Raises:
        MistakeError: it cannot be read.
    """
    looked = _Folder(folder)
    try:
        return [] if looked.inner.is_layout or looked.classes else looked.strays
    except OSError as error:
        raise MistakeError(Mistake(str(folder), f"cannot be read: {error.strerror}")) from None


def holds_nothing(folder: Path) -> bool:
    """Return whether a folder has neither folders nor pictures nor data sets in it.

    Raises:
        MistakeError: it cannot be read.
    """
    looked = _Folder(folder)
    try:
        return not (looked.folders or looked.pictures or looked.strays or looked.tables)
    except OSError as error:
        raise MistakeError(Mistake(str(folder), f"cannot be read: {error.strerror}")) from None


def find_only_class(folder: Path) -> tuple[str, list[Path]] | None:
    """Return name and pictures of the only folder of a class in a folder, where it holds no others; else ``None``.

    Raises:
        MistakeError: it cannot be read.
    """
    try:
        inner = _Folder(folder).inner
        if len(inner.folders) == len(inner.classes) == 1 and not inner.strays and not inner.classes[0].split:
            return normal_name(inner.classes[0].path.name), inner.classes[0].pictures
    except OSError as error:
        raise MistakeError(Mistake(str(folder), f"cannot be read: {error.strerror}")) from None
    return None


def _root(folder: _Folder, tree: ImageTree) -> _Folder:
    """Return the folder that holds those of the splits or classes: this one, or the only such one below it.

    Raises:
        MistakeError: there is none, or more than one.
    """
    inner = folder.inner
    if inner.is_layout:
        return inner
    known = len(inner.folders) <= _MOST_LOOKED_INTO
    fit = [below for below in inner.folders if _is_fit(below)] if known else []
    if len(fit) != 1 or inner.split_folders or inner.classes:
        raise _refusal(inner, fit)
    tree.left_out += _beside(inner, fit)
    return fit[0].inner


def _is_fit(folder: _Folder) -> bool:
    """Return whether a folder has those of splits or classes; one that cannot be read is passed over."""
    try:
        return folder.inner.is_layout
    except OSError:
        return False


def _find_splits(root: _Folder, tree: ImageTree) -> None:
    taken: dict[SplitName, _Folder] = {}
    for folder in root.split_folders:
        assert folder.split  # noqa: S101 - they are those with one
        if folder.split in taken:
            names = f"both {taken[folder.split].path.name} and {folder.path.name}"
            raise MistakeError(Mistake(str(root.path), f"has {names}", "one of them"))
        taken[folder.split] = folder
        tree.files[folder.split] = _find_classes(folder.inner, tree)
        if folder.inner is not folder:
            tree.left_out += _beside(folder, [below for below in folder.folders if below.inner is folder.inner])
    tree.left_out += _beside(root, root.split_folders)
    tree.has_splits = True
    names = ", ".join(f"{taken[split].path.name}/CLASS ({split})" for split in SPLITS if split in taken)
    tree.layout = f"Folders for splits and classes: {names}."


def _find_splits_in_classes(root: _Folder, tree: ImageTree) -> None:
    names: dict[SplitName, str] = {}
    for of_class in root.folders:
        for folder in of_class.folders:
            if folder.split and folder.pictures:
                names.setdefault(folder.split, f"CLASS/{folder.path.name} ({folder.split})")
                by_class = tree.files.setdefault(folder.split, {})
                by_class.setdefault(normal_name(of_class.path.name), []).extend(folder.pictures)
                tree.left_out += [unread_format(path) for path in folder.unread]
            elif folder.pictures or folder.folders:
                tree.left_out.append(Mistake(str(folder.path), "is no folder of a split"))
        tree.left_out += [Mistake(str(path), "stands in no folder of a split") for path in of_class.strays]
    tree.left_out += [Mistake(str(path), "stands in no folder of a class") for path in root.strays]
    tree.has_splits = True
    tree.layout = f"Folders for classes and in each for splits: {', '.join(names[s] for s in SPLITS if s in names)}."


def _find_all(root: _Folder, tree: ImageTree) -> None:
    tree.files["train"] = _find_classes(root, tree)
    tree.has_splits = False
    tree.layout = "A folder for each class, and none for splits."


def _find_classes(folder: _Folder, tree: ImageTree) -> dict[str, list[Path]]:
    classes: dict[str, list[Path]] = {}
    for of_class in folder.folders:
        tree.left_out += [Mistake(str(below.path), "is a folder inside of a class") for below in of_class.folders]
        tree.left_out += [unread_format(path) for path in of_class.unread]
        if of_class.pictures:
            classes.setdefault(normal_name(of_class.path.name), []).extend(of_class.pictures)
        else:
            tree.left_out.append(Mistake(str(of_class.path), "holds no picture and is no class"))
    tree.left_out += [Mistake(str(path), "stands in no folder of a class") for path in folder.strays]
    return classes


def _beside(folder: _Folder, taken: Iterable[_Folder]) -> Iterator[Mistake]:
    """Yield what in a folder looks like pictures and is in none of the folders in it that are taken."""
    for below in folder.folders:
        if below not in taken and (below.pictures or below.folders):
            unlabelled = below.split and below.pictures
            reason = "holds pictures in no folder of a class" if unlabelled else "is no folder of a split"
            yield Mistake(str(below.path), reason)
    yield from (Mistake(str(path), "stands in no folder of a class") for path in folder.strays)


def _refusal(folder: _Folder, fit: Iterable[_Folder] = ()) -> MistakeError:
    """Return the mistake of a folder that cannot be told, with what it holds and the nearest that can."""
    names = [below.path.name for below in folder.folders]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    holds = [f"the folder{'s' * (len(names) > 1)} {', '.join(names[:_NAMED])}{more}"] if names else []
    if strays := len(folder.strays):
        holds.append(f"{counted(strays, 'picture')} in no folder of a class")
    if tables := [path.name for path in folder.tables]:
        holds.append(
            f"the file{'s' * (len(tables) > 1)} {', '.join(tables[:_NAMED])}{', ...' * (len(tables) > _NAMED)}"
        )
    train = [below.path.name for below in folder.folders if below.split == "train"]
    problem = f"has no folder of a class in {train[0]}" if train else "has no folder of training images"
    if len(folder.classes) == 1 and not (train or folder.split_folders):
        problem = f"has pictures of one class only, {folder.classes[0].path.name}"
    problem += f"; it holds {' and '.join(holds) or 'no folder and no picture'}"
    nearest = next(map(str, [*(below.path for below in fit), *folder.tables]), "")
    if folder.split_folders and not train:
        strange = {below.path.name.lower(): below.path.name for below in folder.folders if not below.split}
        near = nearest_name("train", strange)
        nearest = f"train in place of {strange[near]}" if near else nearest
    mistake = Mistake(str(folder.path), problem, _ALLOWED, nearest)
    return MistakeError([mistake, *map(unread_format, islice(_unread(folder), 1))])


def _unread(folder: _Folder) -> Iterator[Path]:
    """Yield the pictures of formats that are not read where those of classes would stand."""
    with suppress(OSError):  # what may not be looked into tells nothing
        splits = [below for below in folder.folders if below.split]
        of_classes = [below for around in (folder, *splits) for below in around.folders[:_MOST_LOOKED_INTO]]
        for below in (folder, *of_classes):
            yield from below.unread


def _may_be_picture(path: Path) -> bool:
    ending = path.suffix.lower()
    return ending in ENDINGS or (not ending and path.name.lower() not in _TEXTS)


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
