"""Initial weights of a layer, the same for every engine that draws them from the run's own generator."""

from __future__ import annotations

import math

import numpy as np

from engines.contract import Array, EngineError


def initial_weights(init: str, n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Draw the weights of one layer.

    Args:
        init: ``course`` N(0.1, 0.1) as the homework asks; ``he`` N(0, sqrt(2 / n_in)) (He et al. 2015, eq. 10);
            ``xavier`` N(0, sqrt(2 / (n_in + n_out))) (Glorot and Bengio 2010, eq. 12); ``zero`` draws nothing.
        n_in: inputs of the layer.
        n_out: its outputs.
        rng: where they are drawn from.

    Returns:
        Shape (n_out, n_in), float64.

    Raises:
        EngineError: there is no such choice here.
    """
    choices = {
        "course": (0.1, 0.1),
        "he": (0.0, math.sqrt(2 / n_in)),
        "xavier": (0.0, math.sqrt(2 / (n_in + n_out))),
    }
    if init == "zero":
        return np.zeros((n_out, n_in))
    if init not in choices:
        raise EngineError(f"this engine has no {init!r} initial weights; it has {', '.join(choices)} and zero")
    mean, deviation = choices[init]
    return rng.normal(mean, deviation, (n_out, n_in))
