"""Looking inside a model: what a trainer may tell and take beyond the contract, so that one sees what it learned.

As everything in ``engines.capability``, having the methods of a class here is saying so, and an engine whose trainers
leave them out is a complete engine: what looks inside then says that it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from engines.contract import Array, EngineError, Trainer


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a model does with some examples, layer by layer, in evaluation mode. All arrays are copies.

    With h_0 the features of an example,

        z_l = W_l h_{l-1} + b_l,    h_l = g(z_l) for every layer but the last, whose z are the scores.

    Attributes:
        z: what each layer computes before its activation, first to last, (n, n_units) each; the last are the scores
            (n, n_classes), or the predicted targets (n, 1).
        h: what each hidden layer passes on, first to last, (n, n_units) each; empty for a linear model.
        losses: the loss of each example, without the penalty, (n,).
        gradients: of the mean of the losses, by the names and in the shapes of ``Trainer.parameters``.
    """

    z: tuple[Array, ...]
    h: tuple[Array, ...]
    losses: Array
    gradients: Mapping[str, Array]

    @property
    def scores(self) -> Array:
        """The scores (n, n_classes), or the predicted targets (n, 1)."""
        return self.z[-1]


@runtime_checkable
class Inspectable(Trainer, Protocol):
    """A trainer that shows what happens between the features and the loss. Its training state stays as it was."""

    def inspect(self, x: Array, y: Array) -> Inspection:
        """Return what the model does with examples, all at once: some hundred of them, not a whole split.

        Args:
            x: rows as in ``Split.x``, (n, n_features), in the data's own scale.
            y: their classes or targets, (n,).
        """

    def score_gradients(self, x: Array, classes: Array) -> Array:
        """Return of each example the gradient of one score at its features, (n, n_features).

        Args:
            x: rows as in ``Split.x``, (n, n_features), in the data's own scale.
            classes: whose score, (n,) int64; zeros for a regression, whose score is the predicted target.
        """


@runtime_checkable
class Settable(Trainer, Protocol):
    """A trainer whose parameters can be set from outside. Nothing else of its state changes."""

    def set_parameters(self, parameters: Mapping[str, Array]) -> None:
        """Overwrite parameters.

        Args:
            parameters: some or all of those that ``Trainer.parameters`` names, in their shapes.

        Raises:
            EngineError: there is no such parameter, or it has another shape. Nothing has been set then.
        """


def inspected(trainer: Inspectable, x: Array, y: Array) -> Inspection:
    """Return what a trainer, which may be a stranger's, shows of examples, once that is seen to have its shapes.

    Args:
        trainer: the model.
        x: rows as in ``Split.x``, (n, n_features).
        y: their classes or targets, (n,).

    Raises:
        EngineError: they are others than ``Inspection`` says.
    """
    told, n = trainer.inspect(x, y), len(y)
    parts = {**{f"z[{i}]": z for i, z in enumerate(told.z)}, **{f"h[{i}]": h for i, h in enumerate(told.h)}}
    wrong = [f"{name} {array.shape}" for name, array in parts.items() if array.ndim != 2 or len(array) != n]
    if told.losses.shape != (n,):
        wrong.append(f"losses {told.losses.shape}")
    shapes = {name: array.shape for name, array in trainer.parameters().items()}
    if {name: array.shape for name, array in told.gradients.items()} != shapes:
        wrong.append("gradients")
    if len(told.h) != len(told.z) - 1:
        wrong.append("the number of layers")
    if wrong:
        raise EngineError(f"what it shows of {n} examples has not the shapes of an inspection: {', '.join(wrong)}")
    return told


def layers_of(trainer: Trainer) -> dict[str, Array]:
    """Return the weights of a trainer, which may be a stranger's, once they are seen to be those of layers.

    Args:
        trainer: the model.

    Returns:
        ``W1`` (n_out, n_in), ``b1`` (n_out,), ``W2``, ... as ``Trainer.parameters`` gives them.

    Raises:
        EngineError: they have other names or shapes, so that nobody can tell what is computed with them.
    """
    import numpy as np

    weights = {str(name): np.asarray(array) for name, array in dict(trainer.parameters()).items()}
    depth = len(weights) // 2
    names = {f"{kind}{layer}" for layer in range(1, depth + 1) for kind in "Wb"}
    shapes = ", ".join(f"{name} {array.shape}" for name, array in weights.items()) or "none"
    problem = f"its weights are {shapes}, and those of layers are W1 (n_out, n_in), b1 (n_out,), W2, ..."
    if not names or weights.keys() != names or any(array.dtype.kind not in "fiu" for array in weights.values()):
        raise EngineError(problem)
    n_in = weights["W1"].shape[-1:]
    for W, b in ((weights[f"W{layer}"], weights[f"b{layer}"]) for layer in range(1, depth + 1)):
        if W.shape != (*b.shape, *n_in) or W.ndim != 2:
            raise EngineError(problem)
        n_in = b.shape
    return weights


def checked_parameters(given: Mapping[str, Array], live: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Return the name and the live array of each parameter that is given, for ``Settable.set_parameters``.

    Args:
        given: the parameters that are to be set.
        live: all that the model has.

    Raises:
        EngineError: one of them is not there or has another shape; at once, before any is returned.
    """
    for name, array in given.items():
        if name not in live:
            raise EngineError(f"there is no parameter {name!r}; there are {', '.join(live)}")
        if array.shape != live[name].shape:
            raise EngineError(f"{name} has the shape {live[name].shape}, and what it was to be {array.shape}")
    return ((name, live[name]) for name in given)
