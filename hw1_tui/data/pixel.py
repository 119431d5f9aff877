"""Inputs of any layout as rows of numbers, the same way in every split."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.contract import Array
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.mistake import Mistake

_SHAPES = "(N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1, 3 or 4, or flat (N, F)"
_CHANNELS = {1: "grey", 3: "colour", 4: "colour and transparency"}
_BYTE = 255
_EXACT = 1 << 24
"""Whole numbers up to it are exact in float32."""
_AT_ONCE = 1024


@dataclass(frozen=True)
class Pixels:
    """Inputs as rows.

    Attributes:
        rows: by part, (n, n_features), uint8 or float.
        scale: what they are multiplied with to become features.
        image_shape: the shape of one example as a picture; empty where it is none.
        found: what was found out about them, a sentence each.
    """

    rows: Mapping[PartName, Array]
    scale: float
    image_shape: tuple[int, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class _Layout:
    """What the axes of an array stand for.

    Attributes:
        channels: numbers of one pixel; 0 where the examples are no pictures.
        axis: the axis of the channels of an example; ``None`` where it has none.
    """

    channels: int = 0
    axis: int | None = None


def read_pixels(raw: RawData, mistakes: list[Mistake]) -> Pixels:
    """Return the inputs of a source as rows, without a copy where that is possible.

    Bytes and floats stay as they are. Of larger whole numbers, pictures are divided by the next power of two, and what
    is no picture is used as it is; true and false become 1 and 0. What is transparent shows white.

    Args:
        raw: the source.
        mistakes: takes what is wrong; the result is of no use then.
    """
    parts, place = raw.parts, raw.place
    before = len(mistakes)
    arrays = {name: _with_axis(part.inputs) for name, part in parts.items()}
    layouts = {name: _layout(array.shape) for name, array in arrays.items()}
    for name, part in parts.items():
        if layouts[name] is None:
            problem = f"has the shape {part.inputs.shape}" + ("" if part.inputs.ndim else ": it is a single number")
            mistakes.append(Mistake(f"{place}, {part.inputs_place}", problem, _SHAPES))
    shapes = {array.shape[1:] for name, array in arrays.items() if layouts[name] is not None}
    types = {array.dtype for array in arrays.values()}
    kinds = {dtype.kind.replace("u", "i") for dtype in types}
    if len(shapes) > 1:
        said = ", ".join(f"{parts[name].inputs_place} {array.shape[1:]}" for name, array in arrays.items())
        mistakes.append(Mistake(place, f"examples of different shapes: {said}", "one shape in all splits"))
    if len(kinds) > 1:
        mistakes.append(_mixed(raw))
    elif kinds == {"f"} and len(mistakes) == before:
        mistakes += _not_finite(raw)
    if len(mistakes) > before:
        return Pixels(arrays, 1.0, (), ())
    shape = shapes.pop()
    layout = layouts[next(iter(layouts))] or _Layout()
    rows, own_scale, told = _numbers(arrays, bool(layout.channels))
    sentence = _describe(shape, layout, types)
    rows, shape, seen = _visible(rows, shape, layout)
    found = tuple(filter(None, (sentence, *told, *seen)))
    return Pixels(rows, own_scale if raw.scale is None else raw.scale, shape, found)


def _with_axis(array: Array) -> Array:
    return array[:, None] if array.ndim == 1 else array


def _layout(shape: tuple[int, ...]) -> _Layout | None:
    """Return what the axes of an array (n, ...) stand for; ``None`` where that cannot be told."""
    if 0 in shape[1:] or len(shape) not in (2, 3, 4):
        return None
    if len(shape) == 2 or (len(shape) == 3 and 1 in shape[1:]):  # a row of numbers, also as a column
        return _Layout()
    if len(shape) == 3:
        return _Layout(1)
    for channels in (3, 1, 4):
        if shape[3] == channels:
            return _Layout(channels, 2)
        if shape[1] == channels and (channels < 4 or min(shape[2:]) >= channels):  # or it may be the height
            return _Layout(channels, 0)
    return None


def _mixed(raw: RawData) -> Mistake:
    """Return that splits hold numbers of different kinds, and the line that makes one kind of them.

    Whole numbers become what the floats are most likely: pixels from 0 to 1, from -1 to 1, or the same numbers.
    """
    said = ", ".join(f"{part.inputs_place} {_range(part)}" for part in raw.parts.values())
    floats = [part.inputs for part in raw.parts.values() if part.inputs.dtype.kind == "f" and part.inputs.size]
    low, high = min((x.min() for x in floats), default=0), max((x.max() for x in floats), default=_BYTE)
    whole = [part for part in raw.parts.values() if part.inputs.dtype.kind in ("iub" if floats else "b")]
    code = "{} * 1.0" if floats else "{} * 1"
    if floats and high <= 1 and all(part.inputs.dtype.kind != "b" for part in whole):
        code = "{} / 255" if low >= 0 else "{} / 127.5 - 1"
    line = f"; made by {raw.arrays.change(code, *(one.inputs_place for one in whole))}" if raw.arrays else ""
    return Mistake(raw.place, f"inputs of different types: {said}", f"one type and range in all splits{line}")


def _range(part: Part) -> str:
    """Return the type of inputs and from where to where they reach."""
    reach = f" from {part.inputs.min():.4g} to {part.inputs.max():.4g}" if part.inputs.size else ""
    return f"{part.inputs.dtype}{reach}"


def _not_finite(raw: RawData) -> Iterator[Mistake]:
    """Yield where there are values that are not finite numbers; a block at a time, without a copy."""
    for part in raw.parts.values():
        for start in range(0, len(part.inputs), _AT_ONCE):
            wrong = ~np.isfinite(part.inputs[start : start + _AT_ONCE])
            if wrong.any():
                row = start + int(wrong.reshape(len(wrong), -1).any(axis=1).argmax())
                problem = f"has values that are not finite numbers, the first in row {row}"
                line = raw.arrays and raw.arrays.leave_out(part.inputs_place, part.labels_place)
                allowed = "finite numbers" + (f"; such examples are left out by {line}" if line else "")
                yield Mistake(f"{raw.place}, {part.inputs_place}", problem, allowed)
                break


def _numbers(arrays: Mapping[PartName, Array], are_pictures: bool) -> tuple[dict[PartName, Array], float, list[str]]:
    """Return arrays of one kind as rows of one type, what they are multiplied with, and what was done, in sentences."""
    rows = {name: array.reshape(len(array), math.prod(array.shape[1:])) for name, array in arrays.items()}
    types = {array.dtype for array in rows.values()}
    if types == {np.dtype(np.uint8)}:
        return rows, 1 / 256, []
    if types == {np.dtype(bool)}:
        return {name: array.view(np.uint8) for name, array in rows.items()}, 1.0, ["True is 1 and false is 0."]
    if all(dtype.kind == "f" for dtype in types):
        # Half floats are too coarse to compute with, and wider ones than float64 are no engine's.
        dtype = np.float64 if max(dtype.itemsize for dtype in types) > 4 else np.float32
        return _cast(rows, dtype), 1.0, []
    low = min((int(array.min()) for array in rows.values() if array.size), default=0)
    high = max((int(array.max()) for array in rows.values() if array.size), default=0)
    if low >= 0 and high <= _BYTE:
        return _cast(rows, np.uint8), 1 / 256, []
    floats = np.float32 if max(-low, high) <= _EXACT else np.float64
    if low < 0 or not are_pictures:
        return _cast(rows, floats), 1.0, [f"Whole numbers from {low:,} to {high:,} are used as they are."]
    white = 1 << high.bit_length()
    return _cast(rows, floats), 1 / white, [f"Whole numbers from {low:,} to {high:,} are divided by {white:,}."]


def _cast(rows: Mapping[PartName, Array], dtype: npt.DTypeLike) -> dict[PartName, Array]:
    return {name: array.astype(dtype, copy=False) for name, array in rows.items()}


def _describe(shape: tuple[int, ...], layout: _Layout, types: set[np.dtype[np.generic]]) -> str:
    """Return how pictures are stored, as a sentence; empty where the examples are none."""
    stored = " and ".join(sorted(map(str, types)))
    if not layout.channels:
        return ""
    axes = ["N", "H", "W"]
    if layout.axis is not None:
        axes.insert(1 + layout.axis, str(layout.channels))
    height, width = (size for axis, size in enumerate(shape) if axis != layout.axis)
    what = _CHANNELS[layout.channels]
    return f"Inputs are pictures of {height} x {width}, {what}, stored as ({', '.join(axes)}) of {stored}."


def _visible(
    rows: dict[PartName, Array], shape: tuple[int, ...], layout: _Layout
) -> tuple[dict[PartName, Array], tuple[int, ...], list[str]]:
    """Return rows without what cannot be seen in a picture: an axis of one channel, and transparency."""
    if not layout.channels:
        return rows, (), []
    if layout.axis is None or layout.channels == 3:
        return rows, shape, []
    if layout.channels == 1:
        return rows, tuple(size for axis, size in enumerate(shape) if axis != layout.axis), []
    axis = layout.axis
    highest = max((float(array.max()) for array in rows.values() if array.size), default=0.0)
    white = next((white for white in (1.0, 255.0) if highest <= white), highest)
    white = 255.0 if next(iter(rows.values())).dtype == np.uint8 else white
    over_white = {name: _over_white(array.reshape(-1, *shape), axis, white) for name, array in rows.items()}
    told = f"What is transparent shows white, which is {white:g}."
    return over_white, tuple(3 if number == axis else size for number, size in enumerate(shape)), [told]


def _over_white(pictures: Array, axis: int, white: float) -> Array:
    """Return pictures with four channels as rows of those with three, laid over white; a block at a time."""
    last = np.moveaxis(pictures, 1 + axis, -1)
    shown = np.empty((*last.shape[:-1], 3), pictures.dtype)
    for start in range(0, len(last), _AT_ONCE):
        block = last[start : start + _AT_ONCE].astype(np.float64)
        laid = white + (block[..., :3] - white) * (block[..., 3:] / white)
        shown[start : start + _AT_ONCE] = np.rint(laid) if pictures.dtype == np.uint8 else laid
    return np.ascontiguousarray(np.moveaxis(shown, -1, 1 + axis)).reshape(len(pictures), -1)
