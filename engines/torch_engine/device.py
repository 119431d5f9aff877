"""Where a model is trained."""

from __future__ import annotations

import torch

from engines.contract import EngineError


def choose_device(name: str, dtype: torch.dtype) -> torch.device:
    """Return the device of that name; for ``auto`` the first that is there of cuda, mps (float32 only) and cpu.

    Raises:
        EngineError: there is no such device.
    """
    all_there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    there = [device for device, is_there in all_there.items() if is_there]
    if name == "auto":
        return torch.device(next(n for n in there if not (n == "mps" and dtype == torch.float64)))
    if name not in there:
        raise EngineError(f"PyTorch finds no {name} device here; there is {', '.join(there)}", "device")
    return torch.device(name)
