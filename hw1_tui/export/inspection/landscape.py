"""``inspect RUN landscape``: the loss on the way to a model, and along its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hw1_tui.analysis.landscape import LossLine
from hw1_tui.analysis.run_landscape import RunLandscape, look_around
from hw1_tui.export.figure_style import add_legend, draw_curve, own_style
from hw1_tui.export.inspection.title import titles_of
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMES = {"train": "training", "val": "validation"}


def show(asked: Asked) -> Shown:
    """Show the loss from the start, or from the run beside it, to the model; and after one step of any length.

    Raises:
        MistakeError: no line leads from the other run to this one.
        EngineError: the engine's model is another than its settings say.
    """
    opened, other = asked.subject.opened, asked.subject.other
    found = look_around(asked.subject, titles=titles_of([other, opened]) if other else ())
    facts = {"run": opened.record.run, "epoch": opened.model.epoch, "examples": dict(found.examples)}
    records: list[dict[str, Any]] = [
        {**facts, "line": "way", "start": found.start, "end": found.end, **_lists(found.way),
         "barrier": {split: found.way.barrier(split) for split in found.way.losses}},
    ]  # fmt: skip
    tables = [_table("t", found.way)]
    if found.down is not None:
        told = {"line": "gradient", "reach": found.reach, "learning_rate": found.rate}
        records.append({**facts, **told, **_lists(found.down)})
        tables.append(_table("rate", found.down))
    return Shown(records, said=found.words, tables=tables, draw=partial(_draw, found), listed=_listed(records, tables))


def _lists(line: LossLine) -> dict[str, list[float]]:
    return {"t": line.t.tolist(), **{f"{split}_loss": losses.tolist() for split, losses in line.losses.items()}}


def _table(name: str, line: LossLine) -> Table:
    rows = zip(line.t.tolist(), *(losses.tolist() for losses in line.losses.values()), strict=True)
    return Table((name, *(f"{split}_loss" for split in line.losses)), tuple(rows))


def _listed(records: Sequence[dict[str, Any]], tables: Sequence[Table]) -> Table:
    """Return both lines as one table, which says of each row whose it is."""
    rows = [(of["line"], *row) for of, table in zip(records, tables, strict=True) for row in table.rows]
    return Table(("line", "t", *tables[0].columns[1:]), tuple(rows))


@own_style()
def _draw(found: RunLandscape) -> Figure:
    from matplotlib.figure import Figure

    lines = 1 if found.down is None else 2
    figure = Figure(figsize=(5 * lines, 3.6), layout="constrained")
    way = figure.add_subplot(1, lines, 1)
    _draw_line(way, found.way)
    way.set_xticks([0, 1], [visible(found.start), visible(found.end)])
    way.set_ylabel("mean loss per example")
    if found.down is not None:
        down = figure.add_subplot(1, lines, 2)
        _draw_line(down, found.down)
        down.set_xlabel("learning rate of one step along the gradient")
        if found.rate is not None and found.rate <= found.down.t[-1]:
            down.axvline(found.rate, color="0.35", linewidth=0.8, linestyle=":")
    return figure


def _draw_line(axes: Axes, line: LossLine) -> None:
    lines = [
        draw_curve(axes, line.t.tolist(), losses.tolist(), place) for place, losses in enumerate(line.losses.values())
    ]
    add_legend(axes, lines, [_NAMES[split] for split in line.losses])
    axes.grid(alpha=0.3, linewidth=0.5)
