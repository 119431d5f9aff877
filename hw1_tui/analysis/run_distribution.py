"""How everything in a run's model is distributed now, and how that went over its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engines.contract import Array, EngineError
from engines.inspection import Inspectable
from hw1_tui.analysis.distribution import LayerDistribution, layer_distributions
from hw1_tui.analysis.inspected_split import inspect_all
from hw1_tui.analysis.opened_run import OpenedRun, Subject
from hw1_tui.diagnostics import Diagnostics
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.training.probe import Probe

Tracked = Literal["update / weight", "dead units", "activations", "gradients", "weight norm"]
TRACKED: tuple[Tracked, ...] = get_args(Tracked)

_MOST_EPOCHS = 12
"""Kept epochs that are measured where a run kept nothing of what was so inside it, lying evenly."""


@dataclass(frozen=True, eq=False)
class LayerCurve:
    """A number of one layer over the epochs.

    Attributes:
        layer: from 1.
        epochs: where it is known, (n,).
        values: its values, (n,); of activations and gradients their median.
        low: their 5th percentile, (n,); ``None`` for a plain number.
        high: their 95th percentile, (n,); ``None`` for a plain number.
    """

    layer: int
    epochs: Array
    values: Array
    low: Array | None = None
    high: Array | None = None


@dataclass(frozen=True, eq=False)
class RunDistribution:
    """What is distributed how in a run's model.

    Attributes:
        layers: now, first to last.
        since: what the update is counted from, in words; empty where it is not known.
        examples: on how many examples activations and gradients were measured; 0 where the engine does not show them.
        diagnostics: by epoch, what was so inside.
        is_measured_now: whether the run kept none of that, and it was measured from its checkpoints.
    """

    layers: Sequence[LayerDistribution]
    since: str
    examples: int
    diagnostics: Mapping[int, Diagnostics]
    is_measured_now: bool

    def words(self, layer: LayerDistribution) -> str:
        """Return what there is to say of a layer."""
        n_out, n_in = layer.shape
        parts = [f"{layer.title}: {n_out:,} x {n_in:,}"]
        if layer.dead is not None:
            parts.append(f"{counted(layer.dead, 'unit')} dead")
        if np.isfinite(layer.ratio):
            parts.append(f"update / weight {layer.ratio:.2g} since {self.since}")
        broken = [name for name, found in layer.found.items() if found.finite < 1]
        if broken:
            parts.append(f"not all {', '.join(broken)} are numbers")
        return ", ".join(parts)

    def curves(self, tracked: Tracked) -> list[LayerCurve]:
        """Return a number over the epochs, a curve a layer; those of which it is not known are left out."""
        n_layers = max((len(found.layers) for found in self.diagnostics.values()), default=0)
        curves = [_curve(self.diagnostics, number, tracked) for number in range(1, n_layers + 1)]
        return [curve for curve in curves if len(curve.epochs)]


def _curve(diagnostics: Mapping[int, Diagnostics], number: int, tracked: Tracked) -> LayerCurve:
    names: Mapping[Tracked, str] = {
        "update / weight": "update_ratio",
        "dead units": "dead",
        "weight norm": "weight_norm",
        "activations": "activations",
        "gradients": "gradients",
    }
    layers = (
        (epoch, found.layers[number - 1]) for epoch, found in sorted(diagnostics.items()) if len(found.layers) >= number
    )
    known = [(epoch, value) for epoch, layer in layers if (value := getattr(layer, names[tracked])) not in (None, ())]
    epochs = np.array([epoch for epoch, _ in known], np.float64)
    values = np.array([value for _, value in known], np.float64)
    if values.ndim == 2:
        return LayerCurve(number, epochs, values[:, 2], values[:, 0], values[:, 4])
    return LayerCurve(number, epochs, values)


def distribute(subject: Subject) -> RunDistribution:
    """Return how everything in a run's model is distributed.

    Args:
        subject: the run, and the split whose examples activations and gradients are measured on.

    Raises:
        EngineError: the engine failed.
    """
    opened = subject.opened
    examples = opened.dataset[subject.split]
    before, since = _before(opened)
    inside = None
    with opened.asking():
        if isinstance(opened.model.trainer, Inspectable):
            inside = inspect_all(opened.model.trainer, examples.x, examples.y)
    kept = opened.store.diagnostics(opened.record.run)
    return RunDistribution(
        layer_distributions(opened.parameters(), inside, before),
        since,
        len(examples) if inside is not None else 0,
        kept or _measured(opened),
        not kept,
    )


def _before(opened: OpenedRun) -> tuple[Mapping[str, Array] | None, str]:
    """Return the weights at the kept epoch before this one, or those that the run began with, and which they are."""
    earlier = [epoch for epoch in opened.epochs if epoch < opened.model.epoch]
    try:
        if earlier:
            return opened.at(earlier[-1]).parameters(), f"epoch {earlier[-1]}"
        return opened.initial_parameters(), "the start"
    except (EngineError, MistakeError):  # a checkpoint that is gone meanwhile, or an engine that cannot begin again
        return None, ""


def _measured(opened: OpenedRun) -> dict[int, Diagnostics]:
    """Return what is so inside after kept epochs, measured now."""
    places = np.unique(np.linspace(0, len(opened.epochs) - 1, min(_MOST_EPOCHS, len(opened.epochs))).astype(int))
    found = {}
    for epoch in (opened.epochs[place] for place in places):
        try:
            one = opened if opened.place == (epoch, 0) else opened.at(epoch)
        except MistakeError:  # a run that trains takes checkpoints away
            continue
        config = one.model.config.changed(diagnostics=True)
        with one.asking():
            probe = Probe(one.model.trainer, opened.dataset, config)
            seen = probe.end(config.epochs, config, None)  # as after the last epoch, which is always looked at
        if isinstance(seen, Diagnostics):
            found[epoch] = seen
    return found
