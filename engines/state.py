"""What a trainer's state is made of besides its weights, as arrays."""

from __future__ import annotations

import json

import numpy as np

from engines.contract import Array


def pack_generator(rng: np.random.Generator) -> Array:
    """Return the state of a generator as an array of bytes, fit for ``Trainer.state()``."""
    return np.frombuffer(json.dumps(rng.bit_generator.state).encode(), dtype=np.uint8).copy()


def unpack_generator(rng: np.random.Generator, packed: Array) -> None:
    """Put a generator back into the state that ``pack_generator`` returned."""
    rng.bit_generator.state = json.loads(packed.tobytes())
