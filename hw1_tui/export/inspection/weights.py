"""``inspect RUN weights``: the units of the first layer, with what each answers to, and their pictures."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from hw1_tui.analysis.first_layer import FirstLayer, look_at_first_layer
from hw1_tui.analysis.unit_activity import sort_units
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table
from hw1_tui.export.weight_figure import draw_units


def show(asked: Asked) -> Shown:
    """Show the units that say most: of a linear model its classes, of a network those that moved farthest.

    Raises:
        MistakeError: the examples are no pictures.
        EngineError: the engine failed.
    """
    found = look_at_first_layer(asked.subject)
    order = [int(unit) for unit in sort_units(found.natural_order, found.pictures.moved, found.activity)]
    if asked.label is not None and found.is_linear:
        order = [asked.label]
    elif asked.label is not None and found.activity is not None:
        order = [unit for unit in order if found.activity.classes[unit] == asked.label]
    remark, order = asked.about(len(order)), order[: asked.top]
    records = [_record(asked, found, unit) for unit in order]
    rows = tuple(_row(record) for record in records)
    table = Table(("unit", "moved", "mean", "class", "mean on it", "strongest examples"), rows, remark)
    return Shown(
        records,
        said=[found.remark] if found.remark else [],
        tables=[table],
        draw=partial(draw_units, found.pictures, order, found.titles) if order else None,
    )


def _record(asked: Asked, found: FirstLayer, unit: int) -> dict[str, Any]:
    moved = float(found.pictures.moved[unit])
    record: dict[str, Any] = {
        **asked.subject.as_dict(),
        "unit": unit,
        "title": found.titles[unit],
        "shown": found.pictures.shown,
        "scale": found.pictures.scale,
        "neighbour_correlation": found.pictures.smooth,
        "moved": None if math.isnan(moved) else moved,
    }
    if found.activity is not None:
        label = int(found.activity.classes[unit])
        record |= {
            "mean": float(found.activity.mean[unit]),
            "dead": bool(found.activity.silent[unit]),
            "class": found.classes[label] if label >= 0 else None,
            "by_class": found.activity.by_class[unit].tolist(),
            "strongest": found.examples[found.activity.strongest[unit]].tolist(),
        }
    return record


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    of_class = None if record.get("class") is None else max(record["by_class"])
    strongest = "" if record.get("dead") else ", ".join(map(str, record.get("strongest", [])[:5]))
    return (record["title"], record["moved"], record.get("mean"), record.get("class"), of_class, strongest)
