"""Initial weights, the same for every engine that draws them from the run's own generator, and what they take."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Sequence

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


def check_size(sizes: Sequence[int], itemsize: int) -> None:
    """See that a network can be held by this machine at all; one that cannot would end the program without a word.

    Args:
        sizes: number of inputs, units of each hidden layer, number of outputs.
        itemsize: bytes of a number.

    Raises:
        EngineError: its weights and their gradients alone are larger than the machine's memory.
    """
    weights = sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes))
    needed, there = 2 * weights * itemsize, _memory()
    if there and needed > there:
        raise EngineError(
            f"{weights:,} weights and their gradients take {needed / 2**30:,.1f} GiB, and this machine has"
            f" {there / 2**30:,.1f} GiB",
            "hidden_sizes",
        )


def _memory() -> int:
    """Return the bytes of memory that the machine has; 0 where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no such question
        return 0
