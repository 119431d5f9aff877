"""Which arrays of a file are the inputs and the labels of which split, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engines.contract import SPLITS
from hw1_tui.data.array_header import Member
from hw1_tui.data.conversion import ArrayPlace
from hw1_tui.data.member_name import MemberName, Role, read_name
from hw1_tui.data.raw_data import PartName
from hw1_tui.mistake import Mistake, MistakeError, nearest_name, unknown_name

_NUMBERS, _TEXTS = "biuf", "US"
_WANTED = (
    "X and y, images and labels, or data and target; or x_train and y_train, train_images and train_labels, and so on, "
    "likewise for val and test"
)
_LISTED = 10
SCALE, TASK, REMARK, FEATURES = OWN = ("scale", "task", "remark", "feature_names")
"""What our own files say beside the examples: what values are multiplied with, what targets are, what must be said, and
what features are called."""
_BESIDE = (("images", "labels"), ("image", "label"), ("data", "target"), ("inputs", "targets"), ("x", "y"))
_WORDS = {"train": "training", "val": "validation", "test": "test"}


@dataclass
class ArraySet:
    """The arrays that make up a data set, by name.

    Attributes:
        pairs: inputs and labels of each part.
        names: the array with names of classes; empty for none.
        found: which were taken, in sentences.
        not_used: what was not taken though it looks like examples, a sentence each.
    """

    pairs: dict[PartName, tuple[str, str]] = field(default_factory=dict)
    names: str = ""
    found: tuple[str, ...] = ()
    not_used: tuple[str, ...] = ()

    @property
    def taken(self) -> list[str]:
        """Every array that is used."""
        return [*(name for pair in self.pairs.values() for name in pair), *([self.names] if self.names else [])]

    def used_bytes(self, members: Mapping[str, Member]) -> int:
        """Return how much its arrays take in memory; those that are divided into splits are there twice."""
        sizes = {
            part: members[x].used_bytes() + members[y].used_bytes(as_labels=True) for part, (x, y) in self.pairs.items()
        }
        divided = sizes.get("train", sizes.get("all", 0)) if any(split not in sizes for split in SPLITS) else 0
        return sum(sizes.values()) + divided


def choose_arrays(
    members: Mapping[str, Member], wrong: Mapping[str, Mistake], where: ArrayPlace, target: str = ""
) -> ArraySet:
    """Return which arrays of a file are its examples.

    Args:
        members: its arrays by name.
        wrong: what is wrong with those that could not be looked at.
        where: where they are.
        target: what the labels are called; empty for the usual names.

    Raises:
        MistakeError: it cannot be told, or something is wrong with those that are needed.
    """
    known = [*members, *wrong]
    meanings = {name: meaning for name in known if (meaning := read_name(name, target))}
    if target and not any(meaning.role == "labels" for meaning in meanings.values()):
        raise MistakeError(unknown_name("target", "array", target, known))
    found, half = _pair(meanings, known)
    is_untold = not found.pairs and not wrong and all(meaning.part == "all" for meaning in meanings.values())
    if is_untold and (two := _by_shape(list(members.values()), target)):
        found.pairs["all"] = two
        found.found = (f"Inputs are {two[0]} and labels {two[1]}, by their shapes.",)
    found.names = found.names or _names_by_shape(meanings, members, found)
    mistakes = [wrong[name] for name in known if name in wrong and (name in found.taken or not found.pairs)]
    strangers = [name for name in known if name not in meanings]
    mistakes += _half_mistakes(half, meanings, strangers, found, where)
    if not found.pairs and not mistakes:
        mistakes = [_refusal(members, meanings, where)]
    mistakes += _taken_mistakes(found, members, where)
    if mistakes:
        raise MistakeError(mistakes)
    unused = [name for name in known if name not in (*found.taken, *half.values(), *OWN)]
    if unused:
        more = f" and {len(unused) - _LISTED} more" if len(unused) > _LISTED else ""
        found.found = (*found.found, f"Not used: {', '.join(unused[:_LISTED])}{more}.")
    return found


def _taken_mistakes(found: ArraySet, members: Mapping[str, Member], where: ArrayPlace) -> Iterator[Mistake]:
    """Yield what is wrong with the arrays that are taken, as far as their headers tell."""
    for x, y in found.pairs.values():
        roles: tuple[tuple[str, Role], ...] = ((x, "inputs"), (y, "labels"))
        for name, role in roles:
            if name in members:
                yield from _type_mistakes(members[name], role, where)
        if {x, y} <= members.keys():
            yield from _shape_mistakes(members[x], members[y], where)
    if found.names in members:
        yield from _type_mistakes(members[found.names], "names", where)


def _half_mistakes(
    half: Mapping[PartName, str],
    meanings: Mapping[str, MemberName],
    strangers: Sequence[str],
    found: ArraySet,
    where: ArrayPlace,
) -> Iterator[Mistake]:
    """Yield that inputs have no labels or labels no inputs; inputs of a test may, where nothing else can be meant."""
    for part, name in half.items():
        role, expected = meanings[name].role, _counterpart(name)
        nearest = nearest_name(expected, strangers)
        if part == "test" and role == "inputs" and not nearest:
            found.not_used = (f"{name} has no labels beside it and is not used.",)
        else:
            other = "inputs" if role == "labels" else "labels"
            yield Mistake(where.place(name), f"has no {other} beside it", expected, nearest)


def _pair(meanings: Mapping[str, MemberName], known: Sequence[str]) -> tuple[ArraySet, dict[PartName, str]]:
    """Return the arrays that their names pair, and by split those that have no other half."""
    best: dict[tuple[PartName, Role], str] = {}
    for name in sorted(meanings, key=lambda name: (meanings[name].rank, known.index(name))):
        best.setdefault((meanings[name].part, meanings[name].role), name)
    parts: tuple[PartName, ...] = (*SPLITS, "all")
    pairs: dict[PartName, tuple[str, str]] = {}
    half: dict[PartName, str] = {}
    for part in parts:
        x, y = best.get((part, "inputs"), ""), best.get((part, "labels"), "")
        if x and y:
            pairs[part] = x, y
        elif (x or y) and part != "all":
            half[part] = x or y
    if "all" in pairs and "train" not in pairs and len(pairs) > 1:  # X and y beside X_test and y_test
        pairs["train"] = pairs["all"]
    if "train" in pairs:
        pairs.pop("all", None)
    if not pairs.keys() & {"train", "all"}:
        return ArraySet(), half
    ordered = {part: pairs[part] for part in parts if part in pairs}
    said = ", ".join(f"{_WORDS.get(part, '')} {x} with {y}".strip() for part, (x, y) in ordered.items())
    is_own = all((x, y) == (f"{part}_images", f"{part}_labels") for part, (x, y) in ordered.items())
    return ArraySet(ordered, best.get(("all", "names"), ""), () if is_own else (f"Examples: {said}.",)), half


def _by_shape(members: Sequence[Member], target: str) -> tuple[str, str] | None:
    """Return the inputs and the labels where no other array can be either.

    That is so of two arrays, and of labels that are named beside one array that can be their inputs.
    """
    flat = [member for member in members if len(member.shape) == 1 or member.shape[1:] == (1,)]
    labels = [member for member in members if member.name == target] if target else flat
    if len(labels) != 1 or not (target or len(members) == 2):
        return None
    others = [member for member in members if member not in flat + labels and member.shape[:1] == labels[0].shape[:1]]
    inputs = [member for member in others if member.dtype.kind in _NUMBERS]
    return (inputs[0].name, labels[0].name) if len(inputs) == 1 else None


def _names_by_shape(meanings: Mapping[str, MemberName], members: Mapping[str, Member], found: ArraySet) -> str:
    """Return the texts beside labels that can name the classes, as ``classes`` beside ``y``; empty for none."""
    lengths = {members[x].shape[:1] for x, _ in found.pairs.values() if x in members}
    return next(
        (
            name
            for name, meaning in meanings.items()
            if (meaning.part, meaning.role) == ("all", "labels")
            and name not in found.taken
            and name in members
            and members[name].dtype.kind in _TEXTS
            and len(members[name].shape) == 1
            and members[name].shape not in lengths
        ),
        "",
    )


def _shape_mistakes(inputs: Member, labels: Member, where: ArrayPlace) -> Iterator[Mistake]:
    """Yield that the examples stand along the last axis of the inputs, as MATLAB's do."""
    n = max(labels.shape, default=0)
    if len(inputs.shape) > 1 and inputs.shape[0] != n == inputs.shape[-1]:
        problem = f"has its {n:,} examples along the last axis: {inputs.shape}"
        allowed = f"along the first; made by {where.change('np.moveaxis({}, -1, 0)', inputs.name)}"
        yield Mistake(where.place(inputs.name), problem, allowed)


def _type_mistakes(member: Member, role: Role, where: ArrayPlace) -> Iterator[Mistake]:
    """Yield that an array holds something else than it is needed for."""
    allowed = _NUMBERS if role == "inputs" else _NUMBERS + _TEXTS
    if member.dtype.kind in allowed and member.dtype.itemsize:
        return
    words = "numbers" if role == "inputs" else "numbers or texts"
    code = f"{{}}.astype({'float' if role == 'inputs' else 'str'})"
    if member.dtype.hasobject:
        line = where.change(code, member.name, trusted=True)
        words += f"; made by {line} of a file that you trust, as objects can run programs"
    elif member.dtype.kind in _TEXTS:
        words += f"; made by {where.change(code, member.name)} where the texts are some"
    yield Mistake(where.place(member.name), f"has the type {member.dtype}", words)


def _refusal(members: Mapping[str, Member], meanings: Mapping[str, MemberName], where: ArrayPlace) -> Mistake:
    """Return what the file holds, what is wanted, and the command that makes one of the other."""
    listed = list(members.values())
    held = "; ".join(map(str, listed[:_LISTED])) or "no array"
    more = f"; and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    inputs = max(listed, key=lambda member: (len(member.shape) > 1, member.nbytes), default=None)
    labels = next((one for one in listed if one is not inputs and inputs and one.shape[:1] == inputs.shape[:1]), None)
    line = where.rename(inputs.name if inputs else "INPUTS", labels.name if labels else "LABELS")
    is_tested = any(meaning.part in ("val", "test") and meaning.role != "names" for meaning in meanings.values())
    lacking = "has no examples to train on" if is_tested else "it cannot be told which arrays are inputs or labels"
    problem = f"{lacking}; it holds {held}{more}"
    return Mistake(where.path.name, problem, f"{_WANTED}; {line} names them")


def _counterpart(name: str) -> str:
    """Return what the labels of inputs of a name are called most likely, and the other way round."""
    for one, other in _BESIDE:
        for word, instead in ((one, other), (other, one)):
            if re.search(rf"(?i){word}", name):
                return re.sub(rf"(?i){word}", instead, name, count=1)
    return name
