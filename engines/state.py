"""What a trainer's state is made of besides its weights, as arrays: its settings by name, and its generators.

Settings stand by name, so that a state still loads after a setting was added: one that a state does not have keeps the
value that the run was configured with. The format number tells how the rest is to be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from engines.contract import Array

FORMAT = 2
"""Of the states that trainers give now. Those of version 0.1.0 (1) have no number, and their settings no names."""

_SETTING = "setting."


def pack_settings(settings: Mapping[str, float]) -> dict[str, Array]:
    """Return the values of settings as arrays by name, with the format number; see ``unpack_settings``."""
    return {"format": np.array(FORMAT), **{f"{_SETTING}{name}": np.array(value) for name, value in settings.items()}}


def unpack_settings(state: Mapping[str, Array], unnamed: str = "", order: Sequence[str] = ()) -> dict[str, float]:
    """Return the settings in a state by name.

    Args:
        state: what a trainer gave, by this version or an earlier one.
        unnamed: the array in which version 0.1.0 kept them, for an engine that was there.
        order: their names there.

    Raises:
        KeyError: there are none.
        ValueError: a later version wrote them.
    """
    written = int(state.get("format", 1))
    if written > FORMAT:
        raise ValueError(f"it has format {written}, and this version reads {FORMAT} at most")
    if written == 1:
        return dict(zip(order, state[unnamed].tolist(), strict=True))
    return {name.removeprefix(_SETTING): a.item() for name, a in state.items() if name.startswith(_SETTING)}


def pack_generator(rng: np.random.Generator) -> Array:
    """Return the state of a generator as an array of bytes, fit for ``Trainer.state()``."""
    return np.frombuffer(json.dumps(rng.bit_generator.state).encode(), dtype=np.uint8).copy()


def unpack_generator(rng: np.random.Generator, packed: Array) -> None:
    """Put a generator back into the state that ``pack_generator`` returned."""
    rng.bit_generator.state = json.loads(packed.tobytes())
