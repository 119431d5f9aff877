"""Data and pictures made into what a kept model takes: its order of axes, its black and white, its classes by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array, Dataset, SplitName
from hw1_tui.data import class_name, picture
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import counted
from hw1_tui.training.kept_model import KeptModel

_NAMED = 10
"""So many features or classes are named."""

_ALIKE = 0.5


@dataclass(frozen=True)
class ModelInput:
    """Examples as a kept model takes them.

    Attributes:
        x: rows for its trainer's ``predict``, (n, n_features).
        assumed: sentences on what could not be known.
    """

    x: Array
    assumed: tuple[str, ...] = ()


def from_dataset(model: KeptModel, dataset: Dataset, split: SplitName) -> ModelInput:
    """Return a split of a data set.

    Raises:
        MistakeError: it is for another kind of model, its examples are of another size, or what they stand for
            cannot be told.
    """
    if dataset.is_regression != (not model.classes):
        has, wants = ("numbers", "classes") if dataset.is_regression else ("classes", "numbers")
        allowed = f"columns {_listed(model.feature_names)}, alone or with one of {wants}" if model.feature_names else ""
        raise MistakeError(Mistake(dataset.name, f"has {has} to predict, and the model tells {wants}", allowed))
    x, ordered = by_name(model, dataset.name, dataset[split].x, dataset.feature_names)
    x, arranged = _arranged(model, dataset, x)
    x, scaled = as_own(model, dataset.name, x, dataset.value_range, bool(model.image_shape or dataset.image_shape))
    return ModelInput(x, (*ordered, *arranged, *scaled))


def as_own(
    model: KeptModel, place: str, x: Array, value_range: tuple[float, ...], are_pictures: bool
) -> tuple[Array, tuple[str, ...]]:
    """Return rows whose black and white are the model's, and what must be said of their values.

    Raises:
        MistakeError: what black and white are cannot be told.
    """
    if np.dtype(model.dtype).kind == "f" == x.dtype.kind and not are_pictures:
        return x, tuple(_beyond(model, place, value_range))  # measurements, not pictures: a number is what it is
    own, theirs = model.levels, picture.levels(x.dtype, value_range)
    if theirs == own and (own or _are_alike(model.value_range, value_range)):
        return x, ()
    if own is None and not model.value_range and x.dtype.kind == "f":
        return x, (f"How the features of {model.run} were made was not kept: the values of {place} are not scaled.",)
    if theirs is None or own is None:
        problem = f"has values {_span(value_range)}, the model was trained on values {_span(model.value_range)}"
        raise MistakeError(Mistake(place, problem, "data scaled as the model's own"))
    said = (
        f"Black and white are {_pair(theirs)} in {place} and {_pair(own)} in what the model was "
        "trained on: values are converted."
    )
    return _converted(x, theirs, own), (said,)


def by_name(model: KeptModel, place: str, x: Array, names: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """Return features in the order of the model's, by their names where both have some, and what is said of it.

    Args:
        model: the model.
        place: what they are of.
        x: (n, n_features).
        names: of the features; empty for none.

    Raises:
        MistakeError: they are other features.
    """
    own = model.feature_names
    if own == names:
        return x, ()
    if not own or not names:
        bare, named = (place, "the model") if own else ("the model", place)
        order = f"they are taken to stand in the order of {named}'s, {_listed(own or names)}"
        said = f"The features of {bare} have no names: {order}."
        return x, () if model.image_shape else (said,)
    others = [name for name in names if name not in own]
    if missing := [name for name in own if name not in names]:
        problem = f"has no {'columns' if missing[1:] else 'column'} {_listed(missing)}, which the model was trained on"
        problem += f", and has {_listed(others)}" if others else ""
        raise MistakeError(Mistake(place, problem, _listed(own)))
    if sorted(own) != sorted(names) or len(set(own)) < len(own):
        problem = f"its features are not those that the model was trained on: {_listed(others or names)}"
        raise MistakeError(Mistake(place, problem, _listed(own)))
    said = f"The features of {place} stand in another order: they are taken by their names."
    return x[:, [names.index(name) for name in own]], (said,)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def from_picture(model: KeptModel, place: str, image: Array) -> ModelInput:
    """Return a picture (H, W, 3) of the model's size, uint8, as one example.

    Raises:
        MistakeError: the model was not trained on pictures, or it cannot be told what black and white were in them.
    """
    if not model.image_shape:
        raise MistakeError(Mistake(place, "the model was not trained on pictures", "a data set"))
    own = model.levels
    if own is None:
        known = f"values {_span(model.value_range)}" if model.value_range else "floats"
        problem = f"the model was trained on {known}, and which of them are black and white cannot be told"
        raise MistakeError(Mistake(place, problem, "a data set scaled as the model's own"))
    x = picture.as_rows(image[None], model.image_shape)
    if model.dtype == "uint8" and own[1] == 255:
        return ModelInput(x)
    said = f"Black is {own[0]:g} and white {own[1]:g} in what the model was trained on: pictures are converted."
    return ModelInput(_converted(x, (0.0, 255.0), own), (said,))


def targets(model: KeptModel, dataset: Dataset, split: SplitName) -> tuple[list[str] | list[float], tuple[str, ...]]:
    """Return what is known of each example of a split, classes by the model's names, and what was assumed.

    Raises:
        MistakeError: the data has a class that the model does not know.
    """
    y = dataset[split].y
    if dataset.is_regression:
        return [float(value) for value in y], ()
    present = [int(label) for label in np.unique(y)]
    known, assumed = _matched(model, dataset, present)
    if strange := [dataset.classes[label] for label in present if label not in known]:
        raise MistakeError(_unknown(name, model, dataset.name) for name in strange[:_NAMED])
    return [model.classes[known[int(label)]] for label in y], assumed


def _matched(model: KeptModel, dataset: Dataset, present: Sequence[int]) -> tuple[dict[int, int], tuple[str, ...]]:
    """Return which of the model's classes is which of a data set, by their names; else by number, and that it is said.

    Names stand for numbers by their order, which tells something where there are as many as the model has classes.
    """
    own, theirs, numbers = model.classes, dataset.classes, class_name.numbers_of(dataset.classes)
    is_numbered = class_name.are_numbered(own)
    if not is_numbered and not class_name.are_numbered(theirs):
        found = {label: class_name.find_class(theirs[label], own) for label in present}
        known = {label: label_here for label, label_here in found.items() if label_here is not None}
        if known or numbers is None:
            return known, ()
    said = () if is_numbered and numbers is not None else (
        f"The classes of {'the model' if numbers is None else dataset.name} have no names: they are taken by number.",
    )  # fmt: skip
    if numbers is None:
        numbers = range(len(theirs)) if len(theirs) == len(own) else ()
    return {label: numbers[label] for label in present if label < len(numbers) and numbers[label] < len(own)}, said


def _unknown(name: str, model: KeptModel, place: str) -> Mistake:
    allowed = ", ".join(model.classes[:_NAMED]) + (", ..." if len(model.classes) > _NAMED else "")
    return Mistake(place, f"has the class {name!r}, which the model does not know", allowed,
                   nearest_name(name, model.classes))  # fmt: skip


def _arranged(model: KeptModel, dataset: Dataset, x: Array) -> tuple[Array, tuple[str, ...]]:
    """Return rows with their axes in the model's order, and what was assumed."""
    own, theirs = model.image_shape, dataset.image_shape
    if own == theirs and dataset.n_features == model.features:
        return x, ()
    if own and theirs and picture.picture_size(own) == picture.picture_size(theirs):
        return picture.as_rows(picture.as_colour(x, theirs), own), ()
    if dataset.n_features != model.features:
        problem = f"has {counted(dataset.n_features, 'feature')}, the model was trained on {model.features}"
        raise MistakeError(Mistake(dataset.name, problem))
    if own and theirs:
        problem = f"has pictures of {_shape(theirs)}, the model was trained on {_shape(own)}"
        raise MistakeError(Mistake(dataset.name, problem))
    return x, (f"Rows of numbers are taken for pictures of {_shape(own or theirs)}, in this order.",)


def _converted(x: Array, theirs: tuple[float, float], own: tuple[float, float]) -> Array:
    factor = (own[1] - own[0]) / (theirs[1] - theirs[0])
    return (x.astype(np.float64) - theirs[0]) * factor + own[0]


def _are_alike(own: tuple[float, ...], theirs: tuple[float, ...]) -> bool:
    """Return whether two ranges can be of values made in one way: their ends are near, by the wider of them."""
    if not own or not theirs:
        return False
    width = max(own[1] - own[0], theirs[1] - theirs[0])
    return all(abs(a - b) <= _ALIKE * width for a, b in zip(own, theirs, strict=True))


def _beyond(model: KeptModel, place: str, theirs: tuple[float, ...]) -> Iterator[str]:
    """Yield that values lie further outside of those that a model was trained on than these are apart."""
    own = model.value_range
    if own and theirs and max(theirs[1] - own[1], own[0] - theirs[0]) > own[1] - own[0]:
        there = f"{place} has values {_span(theirs)}, the model was trained on values {_span(own)}"
        yield f"{there}: they are taken as they are."


def _pair(of: tuple[float, float]) -> str:
    return f"{of[0]:g} and {of[1]:g}"


def _span(value_range: tuple[float, ...]) -> str:
    return f"from {value_range[0]:.4g} to {value_range[1]:.4g}" if value_range else "of an unknown range"


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
