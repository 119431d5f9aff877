"""Names of classes as files hold them: texts, bytes, or UTF-8 with a name a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from engines.contract import Array
from hw1_tui.data.class_name import normal_name
from hw1_tui.markup import is_visible
from hw1_tui.mistake import Mistake

NAMES = "class_names"
"""The member of our own layout that holds them."""

_MAX_NAMES = 10_000
_MAX_BYTES = 1 << 20
_ALLOWED = "texts of printable characters, or the bytes of UTF-8, a name a line"


def read_names(stored: Array | tuple[str, ...] | None, place: str, mistakes: list[Mistake]) -> tuple[str, ...]:
    """Return names of classes; none where there are none.

    Args:
        stored: texts (n,) or the bytes of a text, a name a line; ``None`` where there are none.
        place: where mistakes are said to be.
        mistakes: takes what is wrong with them.
    """
    if stored is None:
        return ()
    names = stored if isinstance(stored, tuple) else _decoded(stored)
    if not 0 < len(names) <= _MAX_NAMES:
        mistakes.append(Mistake(place, "holds no names of classes", _ALLOWED))
        return ()
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        mistakes.append(Mistake(place, f"names more than one class {twice!r}", "a name each"))
    return names


def encode_names(classes: Sequence[str]) -> Array:
    """Return names of classes as the member ``class_names`` holds them, bytes (n,)."""
    return np.frombuffer("\n".join(classes).encode(), dtype=np.uint8)


def texts(array: Array) -> list[str]:
    """Return texts or bytes (n,) as Python's.

    Raises:
        UnicodeDecodeError: one is no text, or no UTF-8.
    """
    if array.dtype.kind == "S":
        return [text.decode("utf-8") for text in array.tolist()]
    # numpy hands out what is no character as a SystemError of Python's; its decoder says so.
    rows = np.ascontiguousarray(array).view(np.uint32).reshape(len(array), array.itemsize // 4)
    return [row.tobytes().decode("utf-32").rstrip("\0") for row in rows]


def _decoded(stored: Array) -> tuple[str, ...]:
    """Return the names in an array; none where they are not fit to be shown."""
    stored = stored.reshape(-1) if stored.ndim == 2 and 1 in stored.shape else stored
    if stored.dtype.kind in "iu" and stored.dtype != np.uint8 and stored.ndim == 1:  # such as scikit-learn's digits
        return tuple(map(str, stored.tolist()))
    is_text = stored.dtype.kind in "US" and stored.ndim == 1
    if stored.nbytes > _MAX_BYTES or not (is_text or stored.dtype == np.uint8):
        return ()
    try:
        names = tuple(map(normal_name, texts(stored) if is_text else _lines(stored)))
    except UnicodeDecodeError:
        return ()
    return names if all(name and is_visible(name) for name in names) else ()


def _lines(stored: Array) -> list[str]:
    return stored.tobytes().decode("utf-8").removesuffix("\n").split("\n")
