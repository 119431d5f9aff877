"""What people call the arrays of a data set: inputs and labels, of which split, and the names of the classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from hw1_tui.data.raw_data import PartName

Role = Literal["inputs", "labels", "names"]

_INPUTS = ("images", "image", "imgs", "img", "pictures", "picture", "pixels", "x", "inputs", "input", "data",
           "features", "feature", "samples")  # fmt: skip
_LABELS = ("labels", "label", "y", "targets", "target", "classes", "class")
_NAMES = ("class_names", "classnames", "label_names", "target_names", "category_names", "categories", "names")
_SPLITS: dict[str, PartName] = {
    **dict.fromkeys(("train", "training", "trn", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "va"), "val"),
    **dict.fromkeys(("test", "testing", "tst", "te"), "test"),
}
_JOINABLE = sorted((word for word in _SPLITS if len(word) > 2), key=len, reverse=True)
"""Words of splits that are found where nothing parts them from the rest, as in ``xtrain``."""
_FILLING = frozenset(("set", "orig", "arr", "array", "split"))


@dataclass(frozen=True)
class MemberName:
    """What a name says of an array.

    Attributes:
        part: the split, or ``all`` where none is named.
        role: what it holds.
        rank: how usual its word is for that, 0 the most: where a file has several, the most usual is meant.
    """

    part: PartName
    role: Role
    rank: int


def read_name(name: str, target: str = "") -> MemberName | None:
    """Return what a name says of an array; ``None`` where it says nothing.

    Args:
        name: such as ``train_images``, ``X_test``, ``yTrain``, ``labels``.
        target: what the labels are called where it is none of the usual words; empty for those.
    """
    if target and name == target:
        return MemberName("all", "labels", 0)
    words = [word for word in _words(name.rpartition("/")[2]) if word not in _FILLING]
    if "_".join(words) in _NAMES:
        return MemberName("all", "names", _NAMES.index("_".join(words)))
    splits = [_SPLITS[word] for word in words if word in _SPLITS]
    rest = [word for word in words if word not in _SPLITS]
    if len(rest) == 1 and not splits:
        rest, splits = _parted(rest[0])
    if len(splits) > 1 or len(rest) > 1 or not (splits or rest):
        return None
    part: PartName = splits[0] if splits else "all"
    if not rest:  # the split alone is that of the inputs, beside train_labels, say
        return MemberName(part, "inputs", len(_INPUTS))
    if target:
        return MemberName(part, "labels", 0) if rest[0] == target.lower() else _inputs(part, rest[0])
    if rest[0] in _LABELS:
        return MemberName(part, "labels", _LABELS.index(rest[0]))
    return _inputs(part, rest[0])


def read_split(name: str) -> PartName:
    """Return which split the name of a file says, such as ``train``, ``mnist_test``; ``all`` where it says none."""
    splits = {_SPLITS[word] for word in _words(name) if word in _SPLITS}
    return splits.pop() if len(splits) == 1 else "all"


def _inputs(part: PartName, word: str) -> MemberName | None:
    return MemberName(part, "inputs", _INPUTS.index(word)) if word in _INPUTS else None


def _words(name: str) -> list[str]:
    """Return the words of a name in small letters, parted by signs and by capitals, as in ``trainImages``."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]


def _parted(word: str) -> tuple[list[str], list[PartName]]:
    """Return the word and the split that are written as one, as in ``xtrain`` or ``testlabels``."""
    for split in _JOINABLE:
        for rest in (word.removeprefix(split), word.removesuffix(split)):
            if rest != word and rest in (*_INPUTS, *_LABELS):
                return [rest], [_SPLITS[split]]
    return [word], []
