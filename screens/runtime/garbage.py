"""Searches for garbage: each goes through what is drawn and holds it up, so there are few, and none through imports."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import Any

_MANY = 100
"""Modules of a library that is large: PyTorch has a thousand, with half a million objects, a quarter of a second."""


_OBJECTS = 5000
"""Made between two searches through the newest; a page of pictures makes fifty thousand, and at the interpreter's own
700 a full search, a tenth of a second, came with each."""


class RareSearches:
    """Leaves what was imported so far out of every search, and what is imported later when a full search would begin.

    What is garbage at these moments stays in memory, which is little: each large library is imported once.
    """

    def __init__(self) -> None:
        self._modules = len(sys.modules)
        gc.freeze()
        gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
        gc.callbacks.append(self)
        gc.enable()  # on the way here the front door had it off

    def __call__(self, phase: str, info: Mapping[str, Any]) -> None:
        """Do so again where many modules were imported; the interpreter calls it before and after each search."""
        if phase == "start" and info["generation"] == 2 and len(sys.modules) > self._modules + _MANY:
            self._modules = len(sys.modules)
            gc.freeze()
