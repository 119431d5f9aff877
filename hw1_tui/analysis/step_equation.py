"""A step on one example as equations with their shapes and numbers, the same in the terminal and in batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.analysis.step import LayerStep, Step, norm
from hw1_tui.numeral import counted

_MOST = 6
"""So many numbers are written one by one; of more their range."""


_ROUNDING = 1e-12
"""A mean of so small a share of the largest number is what rounding left."""


@dataclass(frozen=True)
class Equation:
    """A line of the step.

    Attributes:
        part: what it belongs to: ``forward``, ``loss``, ``backward``, ``update``.
        text: the equation.
        shape: the shape of what stands on its left side; empty for a number.
        value: its numbers in words.
    """

    part: str
    text: str
    shape: str
    value: str


_G = {"relu": "max(z, 0)", "tanh": "tanh z", "quadratic": "z (1 - z)"}
_SLOPE = {"relu": "[z > 0]", "tanh": "(1 - h²)", "quadratic": "(1 - 2 z)"}


def equations(step: Step, activation: str, classes: Sequence[str] = (), loss: str = "cross-entropy") -> list[Equation]:
    """Return the lines of a step in the order of the computation.

    Args:
        step: the step.
        activation: name of g; empty for a linear model.
        classes: names of the classes; empty for a regression.
        loss: name of the loss, as ``ModelSpec`` has it.
    """
    return [
        *_forward(step, activation),
        *_loss(step, classes),
        *_backward(step, activation, loss),
        *_update(step),
    ]


def _forward(step: Step, activation: str) -> Iterator[Equation]:
    if step.averaged:
        mean = f"mean of the ends of {counted(step.averaged, 'epoch')}; training goes on from the weights themselves"
        yield Equation("forward", "W, b", "", mean)
    yield Equation("forward", "h₀ = x", _shape(step.layers[0].below), numbers(step.layers[0].below))
    for layer in step.layers:
        n, m = _sub(layer.number), _sub(layer.number - 1)
        yield Equation("forward", f"z{n} = W{n} h{m} + b{n}", _shape(layer.z), numbers(layer.z))
        if layer.h is not None:
            g = _G.get(activation, f"{activation}(z)").replace("z", f"z{n}")
            alive = f"; {int((layer.h != 0).sum())} of {layer.h.size} are not zero" if activation == "relu" else ""
            yield Equation("forward", f"h{n} = {g}", _shape(layer.h), numbers(layer.h) + alive)


def _loss(step: Step, classes: Sequence[str]) -> Iterator[Equation]:
    last = _sub(len(step.layers))
    if step.probabilities is not None and classes:
        p = step.probabilities
        yield Equation("loss", f"p = softmax(z{last})", _shape(p), named(p, classes))
        yield Equation("loss", f"loss = -ln p of '{classes[int(step.target)]}'", "", f"{step.loss:.6g}")
    elif classes:
        yield Equation("loss", f"loss = max z{last} - z{last} of '{classes[int(step.target)]}'", "", f"{step.loss:.6g}")
    else:
        yield Equation("loss", f"loss = (z{last} - y)² / 2, y = {step.target:.6g}", "", f"{step.loss:.6g}")


def _backward(step: Step, activation: str, loss: str) -> Iterator[Equation]:
    start = {"cross-entropy": "p - e_y", "half squared error": f"z{_sub(len(step.layers))} - y"}.get(
        loss, "e_winner - e_y"
    )
    for layer in reversed(step.layers):
        n, m, above = _sub(layer.number), _sub(layer.number - 1), _sub(layer.number + 1)
        is_last = layer.number == len(step.layers)
        slope = _SLOPE.get(activation, "g'(z)").replace("z", f"z{n}").replace("h", f"h{n}")
        yield Equation("backward", f"d{n} = {start}" if is_last else f"d{n} = (W{above}ᵀ d{above}) * {slope}",
                       _shape(layer.d), numbers(layer.d))  # fmt: skip
        yield Equation("backward", f"∂loss/∂W{n} = d{n} h{m}ᵀ", _shape(layer.gradient), _matrix(layer.gradient))
        yield Equation("backward", f"∂loss/∂b{n} = d{n}", _shape(layer.d), f"norm {norm(layer.d):.4g}")


def _update(step: Step) -> Iterator[Equation]:
    if step.why_none or step.loss_after is None:
        yield Equation("update", "no step", "", step.why_none)
        return
    for layer in step.layers:
        n = _sub(layer.number)
        yield Equation("update", f"W{n} ← W{n} {rule(step, f'W{n}')}", _shape(layer.weights), _moved(layer))
    yield Equation("update", "loss after the step", "", f"{step.loss_after:.6g}, from {step.loss:.6g}")


def rule(step: Step, w: str) -> str:
    """Return what the step adds to some weights, as a formula with the numbers that are in effect."""
    settings = step.settings
    if "learning_rate" not in settings:
        return f"- ∂loss/∂{w}"
    rate = f"{settings['learning_rate']:.4g}"
    if settings.get("optimizer", "sgd") != "sgd":
        return f"- {rate} · {settings['optimizer']}(∂loss/∂{w})"
    gradient = f"∂loss/∂{w}"
    for name, term in (("l2", w), ("l1", f"sign {w}")):
        if settings.get(name):
            gradient += f" + {settings[name]:g} {term}"
    if settings.get("momentum"):
        gradient = f"{settings['momentum']:g} v + {gradient}"
    return f"- {rate} ({gradient})" if " + " in gradient else f"- {rate} {gradient}"


def numbers(values: Array) -> str:
    """Return the numbers of a vector: one by one where they are few, else their range and mean."""
    if values.size <= _MOST:
        return "  ".join(f"{value:.4g}" for value in values)
    mean = float(values.mean(dtype=np.float64))
    if abs(mean) < _ROUNDING * float(np.abs(values).max()):
        mean = 0.0
    return f"{values.min():.4g} to {values.max():.4g}, mean {mean:.4g}"


def named(values: Array, classes: Sequence[str]) -> str:
    """Return probabilities by class, the largest first; of many classes the largest few."""
    order = np.argsort(-values, kind="stable")[:_MOST]
    return "  ".join(f"{classes[i]}: {values[i]:.4f}" for i in order)


def _matrix(values: Array) -> str:
    place = np.unravel_index(np.abs(values).argmax(), values.shape)
    return f"norm {norm(values):.4g}, largest {values[place]:.4g} at {', '.join(map(str, place))}"


def _moved(layer: LayerStep) -> str:
    if layer.update is None:
        return ""
    ratio = "" if layer.ratio is None else f", {layer.ratio:.2g} of the weights'"
    return f"norm of the update {norm(layer.update):.4g}{ratio}"


def _shape(values: Array) -> str:
    return " x ".join(map(str, values.shape))


def _sub(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))
