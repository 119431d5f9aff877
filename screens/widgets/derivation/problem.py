"""The regression problem that the steps of 3.4 solve: inputs, targets, and where they came from."""

from __future__ import annotations

import numpy as np

from engines.contract import Array, Dataset
from hw1_tui.derivation import SHOWN_INPUTS
from hw1_tui.derivation.feature_map import feature_count
from hw1_tui.derivation.sample import binary_inputs, circle_inputs, targets
from hw1_tui.numeral import counted
from screens.widgets.derivation.example import Example

SOURCES = {
    "drawn": "c of 3.3 + noise",
    "linear": "linear",
    "circle": "on a circle",
    "binary": "binary",
}
"""What can be drawn; beside it stand named and own data."""

_NOISE = 0.3
_FEWEST = 40
_MOST_EXAMPLES = 2000


class Problem:
    """Inputs x (N, D) and targets y (N,).

    Args:
        example: whose D, seed and target it is drawn by.
    """

    def __init__(self, example: Example) -> None:
        self.example = example
        self.source = "drawn"
        self.remark = ""
        self.dataset: Dataset | None = None
        self.draw()

    def draw(self) -> None:
        """Draw it anew by the example; data from a file stays as long as D does."""
        if self.dataset is not None:
            if self.dataset.n_features == self.example.inputs:
                return
            self.source, self.dataset = "drawn", None
        D, rng = self.example.inputs, np.random.default_rng([self.example.seed, *self.source.encode()])
        examples = max(_FEWEST, 2 * feature_count(D))
        makers = {"circle": circle_inputs, "binary": binary_inputs}
        if self.source in makers:
            self.x: Array = makers[self.source](examples, D, rng)
        else:
            self.x = rng.standard_normal((examples, D))
        linear = self.source == "linear"
        self.y: Array = self.x @ np.ones(D) if linear else targets(self.x, self.example.target.vector(), _NOISE, rng)
        self.remark = {
            "drawn": f"x ~ N(0, 1), y = c'φ(x) + N(0, {_NOISE}²) with the target c of 3.3",
            "linear": "x ~ N(0, 1), y = x₁ + … + x_D, no noise",
            "circle": f"|x| = 1, y = c'φ(x) + N(0, {_NOISE}²)",
            "binary": f"xⱼ ∈ {{0, 1}}, y = c'φ(x) + N(0, {_NOISE}²)",
        }[self.source]

    def choose(self, source: str) -> None:
        """Draw one of ``SOURCES``."""
        self.source, self.dataset = source, None
        self.draw()

    def take(self, source: str, dataset: Dataset) -> str:
        """Use a data set's training examples; return why it cannot be used, or nothing."""
        if dataset.n_features > SHOWN_INPUTS:
            return f"{source} has {dataset.n_features} inputs; allowed: at most {SHOWN_INPUTS}"
        self.source, self.dataset = source, dataset
        train = dataset.train
        self.x = dataset.features(train.x[:_MOST_EXAMPLES])
        self.y = np.asarray(train.y[:_MOST_EXAMPLES], dtype=np.float64)
        what = "targets" if dataset.is_regression else "the classes' numbers as targets"
        examples, inputs = counted(len(self.y), "example"), counted(self.x.shape[1], "input")
        self.remark = f"{source}: {examples} of {inputs}, {what}. {dataset.remark}".strip()
        return ""
