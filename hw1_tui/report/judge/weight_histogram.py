"""How the weights of a run are distributed, for figures for print and for charts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Array, EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.weight_check import trained_weights_of, zero_share


@dataclass(frozen=True)
class WeightHistogram:
    """How the weights of a run's first layer are distributed, over all its seeds; see ``trained_weights_of``.

    Attributes:
        edges: of the bins, (n + 1,).
        counts: weights of a seed in each, on average, those that are exactly zero left out, (n,).
        zeros: share of the weights that are exactly zero.
    """

    edges: Array
    counts: Array
    zeros: float

    @property
    def centres(self) -> Array:
        """The middle of each bin, (n,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2


def weight_histogram(run: str, evidence: Evidence, bins: int) -> WeightHistogram | None:
    """Return how the weights of a run are distributed; ``None`` where its checkpoint is gone, or its engine is."""
    try:
        weights = trained_weights_of(run, evidence)
    except (MistakeError, EngineError, OSError):
        return None
    counts, edges = np.histogram(weights[weights != 0], bins)
    return WeightHistogram(edges, counts / len(weights), zero_share(weights))
