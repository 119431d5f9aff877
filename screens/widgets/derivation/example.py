"""The small example that the steps of 3.1 to 3.3 show in numbers: drawn, then changed by hand."""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.coefficients import Quadratic
from hw1_tui.derivation.network import Theta

TARGET_KINDS = {
    "regular": "S regular",
    "inside": "S singular, q inside",
    "outside": "q outside",
    "repeated": "S = 2 I",
    "linear": "S = 0",
}


class Example:
    """Parameters Theta, an input x and a target c, in halves so that they can be read across a room.

    Args:
        inputs: D.
        units: K.
        seed: of everything drawn.
    """

    def __init__(self, inputs: int = 2, units: int = 2, seed: int = 42) -> None:
        self.inputs, self.units, self.seed = inputs, units, seed
        self.kind = "regular"
        self.draw()

    def draw(self) -> None:
        """Draw everything from the seed; what was changed by hand is gone."""
        rng = np.random.default_rng([self.seed, self.inputs])
        self.x: Array = _halves(rng, self.inputs)
        self.theta = Theta(np.zeros((0, self.inputs)), np.zeros(0), np.zeros(0), float(_halves(rng, 1)[0]))
        self.set_units(self.units)
        self.draw_target(self.kind)

    def set_units(self, units: int) -> None:
        """Change K; units that are there stay as they are, each new one is drawn on its own."""
        self.units = units
        old, kept = self.theta, min(self.theta.units, units)
        W, b, v = list(old.W[:kept]), list(old.b[:kept]), list(old.v[:kept])
        for unit in range(kept, units):
            rng = np.random.default_rng([self.seed, self.inputs, unit])
            W.append(_halves(rng, self.inputs))
            b.append(_halves(rng, 1)[0])
            v.append(_halves(rng, 1)[0])
        self.theta = Theta(np.array(W).reshape(units, self.inputs), np.array(b), np.array(v), old.v0)

    def draw_target(self, kind: str) -> None:
        """Draw a target of one of ``TARGET_KINDS``."""
        self.kind = kind
        D = self.inputs
        rng = np.random.default_rng([self.seed, D, *kind.encode()])
        c0, q = float(_halves(rng, 1)[0]), _halves(rng, D)
        if kind == "repeated":
            S = 2 * np.eye(D)
        elif kind == "linear":
            S = np.zeros((D, D))
        else:
            rank = D if kind == "regular" else D - 1
            B = _halves(rng, (D, rank))
            S = (B * np.resize([1.0, -1.0], rank)) @ B.T
            if kind == "inside":
                q = S @ q
        self.target = Quadratic(c0, q, S)

    def set_theta(self, name: str, row: int, column: int, value: float) -> None:
        """Change one entry of ``W``, ``b``, ``v``, ``v0`` or ``x``."""
        if name == "x":
            self.x[column] = value
        elif name == "v0":
            self.theta = Theta(self.theta.W, self.theta.b, self.theta.v, value)
        elif name == "W":
            self.theta.W[row, column] = value
        else:
            getattr(self.theta, name)[column] = value

    def set_target(self, name: str, row: int, column: int, value: float) -> None:
        """Change one entry of ``c0``, ``q`` or ``S``, which stays symmetric."""
        target = self.target
        if name == "c0":
            self.target = Quadratic(value, target.q, target.S)
        elif name == "q":
            target.q[column] = value
        else:
            target.S[row, column] = target.S[column, row] = value


def _halves(rng: np.random.Generator, shape: int | tuple[int, ...]) -> Array:
    """Return halves between -2 and 2 without zero."""
    return rng.choice([-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0], shape)
