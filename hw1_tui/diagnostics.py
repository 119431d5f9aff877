"""What was measured inside a model after an epoch, layer by layer, on training examples that stay the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of activations and gradients, which are kept of each layer."""

_NUMBERS = ("weight_norm", "gradient_norm", "update_ratio", "dead", "saturated", "distinct")
_SPREADS = ("activations", "gradients")
_MOST_LAYERS = 1000


@dataclass(frozen=True)
class LayerDiagnostics:
    """One layer after an epoch; ``None`` for what it does not have, and for numbers that are not finite.

    Attributes:
        weight_norm: Frobenius norm of its weights and biases together.
        gradient_norm: the same norm of the gradient of the examples' mean loss, without the penalty.
        update_ratio: norm of what the epoch changed of them over their norm before it; ``None`` where that was 0 or is
            not known, as of an epoch that was gone on with in its middle.
        dead: share of hidden units that are 0 on every example.
        saturated: share of the values of a tanh layer beyond 0.99 in size, over units and examples.
        distinct: share of units whose incoming weights no other unit has.
        activations: ``QUANTILES`` of what the layer passes on; of the last one, of the scores.
        gradients: ``QUANTILES`` of the entries of the gradient of its weights, biases left out.
    """

    weight_norm: float | None = None
    gradient_norm: float | None = None
    update_ratio: float | None = None
    dead: float | None = None
    saturated: float | None = None
    distinct: float | None = None
    activations: tuple[float | None, ...] = ()
    gradients: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Diagnostics:
    """A model looked at from inside after an epoch, in evaluation mode.

    Attributes:
        examples: on how many training examples, the same after each epoch.
        loss: their mean loss, without the penalty.
        reach: the longest step along the negative gradient of that loss that still lowers it, over the step that the
            rate in effect takes, which with momentum m is rate / (1 - m); between 1/8 and 1,024, where the search
            ends. ``None`` for other rules than gradient descent.
        layers: each layer, first to last.
    """

    examples: int
    loss: float | None
    reach: float | None
    layers: tuple[LayerDiagnostics, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON: of each number of the layers a list."""
        columns = {name: [_listed(getattr(layer, name)) for layer in self.layers] for name in (*_NUMBERS, *_SPREADS)}
        return {"examples": self.examples, "loss": self.loss, "reach": self.reach, **columns}

    @classmethod
    def from_dict(cls, record: Any) -> Diagnostics | None:
        """Return what ``as_dict`` gave; ``None`` for what it never gave, such as the line of a run without."""
        if not isinstance(record, Mapping) or type(record.get("examples")) is not int:
            return None
        columns = {name: record.get(name) for name in (*_NUMBERS, *_SPREADS)}
        if not all(isinstance(column, list) for column in columns.values()):
            return None
        lengths = {len(column) for column in columns.values() if isinstance(column, list)}
        if len(lengths) > 1 or max(lengths) > _MOST_LAYERS:
            return None
        layers = (
            dict(zip(columns, values, strict=True)) for values in zip(*filter(None, columns.values()), strict=True)
        )
        return cls(record["examples"], _number(record.get("loss")), _number(record.get("reach")),
                   tuple(map(_layer, layers)))  # fmt: skip


def _layer(values: Mapping[str, Any]) -> LayerDiagnostics:
    numbers = (_number(values[name]) for name in _NUMBERS)
    spreads = (tuple(map(_number, values[name] if isinstance(values[name], list) else ())) for name in _SPREADS)
    return LayerDiagnostics(*numbers, *spreads)  # type: ignore[arg-type]


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _number(value: Any) -> float | None:
    is_number = type(value) in (int, float) and math.isfinite(value)
    return float(value) if is_number else None


def rounded(value: float) -> float | None:
    """Return a value with the five digits that are kept of it; ``None`` where it is not finite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None
