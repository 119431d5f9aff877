"""How weights, activations, gradients and updates are distributed, layer by layer.

Activations are what a hidden layer passes on, and the scores of the last one. An update is what training changed
between two places; its ratio to the weights that it was added to says whether a layer learns at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engines.contract import Array
from engines.inspection import Inspection

Quantity = Literal["weights", "activations", "gradients", "updates"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

BINS = 41
"""Bins of a histogram: an odd number, so that one has 0 in its middle."""

_QUANTILES = (1, 25, 50, 75, 99)


@dataclass(frozen=True, eq=False)
class Distribution:
    """How the values of an array are distributed.

    Attributes:
        n: how many there are.
        mean: of them.
        deviation: standard deviation.
        quantiles: the 1st, 25th, 50th, 75th and 99th percentile.
        zeros: the share that is exactly 0.
        edges: of the bins of the histogram, from -r to r; r reaches the 1st and 99th percentile, (BINS + 1,).
        counts: in each bin, those beyond in the outermost, (BINS,); without what is exactly 0, which would hide all
            the rest.
        finite: the share that is a number.
    """

    n: int
    mean: float
    deviation: float
    quantiles: tuple[float, ...]
    zeros: float
    edges: Array
    counts: Array
    finite: float = 1.0


def distribution(values: Array, reach: float | None = None) -> Distribution:
    """Return how values are distributed.

    Args:
        values: any shape, at least one; what is no finite number is left out and counted.
        reach: where the histogram ends on both sides, so that several can be compared; by default where the values do.
    """
    flat = values.astype(np.float64).ravel()
    numbers = flat[np.isfinite(flat)]
    finite = len(numbers) / len(flat)
    if not len(numbers):
        numbers = np.zeros(1)
    quantiles, others = np.percentile(numbers, _QUANTILES), numbers[numbers != 0]
    reach = reach or float(np.abs(quantiles).max()) or float(np.abs(numbers).max()) or 1.0
    # Equal bins that are told by their ends need no sorting, which was half of the time.
    counts, edges = np.histogram(others.clip(-reach, reach), BINS, (-reach, reach))
    return Distribution(
        len(flat), float(numbers.mean()), float(numbers.std()), tuple(map(float, quantiles)),
        float((numbers == 0).mean()), edges, counts, finite,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LayerDistribution:
    """One layer of a network at one place of a run.

    Attributes:
        number: from 1.
        shape: (n_out, n_in) of its weights.
        found: of each quantity that is known its distribution; weights, gradients and updates with the biases.
        dead: of a hidden layer, how many units are 0 on every example; ``None`` for the last.
        ratio: length of the update over length of the weights that it was added to; NaN where it is not known.
    """

    number: int
    shape: tuple[int, int]
    found: Mapping[Quantity, Distribution]
    dead: int | None
    ratio: float

    @property
    def title(self) -> str:
        """How it is called."""
        return f"layer {self.number}"


def dead_units(h: Array) -> Array:
    """Return which units are 0 on every example, (n_units,).

    Args:
        h: what a layer passes on, (n, n_units).
    """
    return np.asarray(~h.any(axis=0))


def layer_distributions(
    parameters: Mapping[str, Array], inspection: Inspection | None = None, before: Mapping[str, Array] | None = None
) -> list[LayerDistribution]:
    """Return how everything in a network is distributed, first layer to last.

    Args:
        parameters: the weights by name, as of ``Trainer.parameters``.
        inspection: what the model does with some examples; without it activations and gradients are not known.
        before: the weights at the place that the update is counted from; without it the update is not known.
    """
    layers = []
    total = sum(name.startswith("W") for name in parameters)
    for number in range(1, total + 1):
        weights = _of_layer(parameters, number)
        arrays: dict[Quantity, Array] = {"weights": weights}
        dead, ratio = None, float("nan")
        if inspection is not None:
            passed_on = inspection.h[number - 1] if number < total else inspection.scores
            arrays["activations"], arrays["gradients"] = passed_on, _of_layer(inspection.gradients, number)
            dead = int(dead_units(passed_on).sum()) if number < total else None
        if before is not None:
            start = _of_layer(before, number)
            arrays["updates"] = weights - start
            ratio = update_ratio(start, weights)
        found = {quantity: distribution(array) for quantity, array in arrays.items()}
        n_out, n_in = parameters[f"W{number}"].shape
        layers.append(LayerDistribution(number, (n_out, n_in), found, dead, ratio))
    return layers


def update_ratio(before: Array, after: Array) -> float:
    """Return the length of an update over that of the weights that it was added to; infinite where those are all 0."""
    size, step = float(np.linalg.norm(before)), float(np.linalg.norm(after - before))
    return step / size if size else (np.inf if step else 0.0)


def _of_layer(parameters: Mapping[str, Array], number: int) -> Array:
    """Return all numbers of a layer, weights then biases, float64."""
    names = [name for name in (f"W{number}", f"b{number}") if name in parameters]
    return np.concatenate([parameters[name].astype(np.float64).ravel() for name in names])
