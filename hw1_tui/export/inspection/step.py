"""``inspect RUN step``: one step on an example as equations with their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import EngineError
from hw1_tui.analysis.step import DifferenceCheck, Step, check_gradient, explain_step, norm
from hw1_tui.analysis.step_equation import equations
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table
from hw1_tui.mistake import MistakeError


def show(asked: Asked) -> Shown:
    """Take a step apart on each example that is asked for, on the first one where none is named.

    Raises:
        MistakeError: there is no such example.
        EngineError: the engine does not show what is needed.
    """
    subject = asked.subject
    opened = subject.opened
    steps = [explain_step(opened, subject.split, example) for example in asked.examples or (0,)]
    spec = opened.model.config.spec
    tables, records, listed = [], [], []
    for step in steps:
        lines = equations(step, opened.model.activation, opened.dataset.classes, spec.loss)
        checks = _checks(asked, step)
        rows = [(line.text, line.shape, line.value) for line in lines]
        rows += [
            (f"∂loss/∂{check.name}{list(check.place)} by a central difference", "", _told(check)) for check in checks
        ]
        title = f"{subject.split} example {step.example}"
        tables.append(Table((title, "shape", "value"), tuple(rows)))
        listed += [(step.example, *row) for row in rows]
        records.append(_record(asked, step, checks))
    columns = ("example", "equation", "shape", "value")
    return Shown(records, tables=tables, listed=Table(columns, tuple(listed)))


def _checks(asked: Asked, step: Step) -> list[DifferenceCheck]:
    """Check the largest entry of each gradient."""
    found = []
    for layer in step.layers:
        for name, gradient in ((f"W{layer.number}", layer.gradient), (f"b{layer.number}", layer.d)):
            place = tuple(int(i) for i in np.unravel_index(np.abs(gradient).argmax(), gradient.shape))
            try:
                found.append(check_gradient(asked.subject.opened, step.split, step.example, name, place))
            except (EngineError, MistakeError):  # what cannot be checked is not said to hold
                continue
    return found


def _told(check: DifferenceCheck) -> str:
    verdict = "agrees" if check.holds else f"cannot be told, {check.doubt}" if check.doubt else "differs"
    return f"{check.difference:.6g}, by backpropagation {check.gradient:.6g}: {verdict}"


def _record(asked: Asked, step: Step, checks: list[DifferenceCheck]) -> dict[str, Any]:
    opened = asked.subject.opened
    layers = [
        {
            "layer": layer.number,
            "z": layer.z.tolist(),
            "h": None if layer.h is None else layer.h.tolist(),
            "d": layer.d.tolist(),
            "weight_norm": norm(layer.weights),
            "gradient_norm": norm(layer.gradient),
            "update_norm": None if layer.update is None else norm(layer.update),
        }
        for layer in step.layers
    ]
    return {
        **asked.subject.as_dict(),
        "example": step.example,
        "target": opened.dataset.classes[int(step.target)] if opened.dataset.classes else step.target,
        "loss": step.loss,
        "loss_after": step.loss_after,
        "probabilities": None if step.probabilities is None else step.probabilities.tolist(),
        "settings": dict(step.settings),
        "averaged": step.averaged,
        "layers": layers,
        "checks": [{**vars(check), "place": list(check.place), "holds": check.holds} for check in checks],
    }
