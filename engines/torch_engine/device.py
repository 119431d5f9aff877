"""Where a model is trained."""

from __future__ import annotations

import torch

from engines.contract import EngineError


def choose_device(name: str, dtype: torch.dtype) -> torch.device:
    """Return the device of that name; for ``auto`` the first that is there of cuda, mps (float32 only) and cpu.

    Raises:
        EngineError: there is no such device, or it has no such numbers.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(n for n in there if there[n] and not (n == "mps" and dtype == torch.float64)))
    if not there[name]:
        raise EngineError(f"PyTorch finds no {name} device here; there is {', '.join(n for n in there if there[n])}")
    if name == "mps" and dtype == torch.float64:
        raise EngineError("the mps device has no float64; choose dtype float32 or device cpu")
    return torch.device(name)
