"""What a run will be before it is trained: its layers with their weights, and the learning rate of each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from engines.contract import Dataset
from hw1_tui.training.schedule import schedule_factor
from screens.state.draft import layer_sizes
from screens.theme import REMARK
from screens.widgets.chart import Chart, Series
from screens.widgets.number import count

_MOST_POINTS = 200
"""Of the learning rate that are drawn: a run may have a million epochs."""
_MOST_LAYERS = 6


class NetworkPlan(Vertical):
    """Layers above, the learning rate below; empty while nothing can be said."""

    DEFAULT_CSS: ClassVar[str] = """
    NetworkPlan { height: 1fr; }
    NetworkPlan #layers { height: auto; margin: 0 0 1 0; }
    NetworkPlan #rate { max-height: 24; }
    """

    def compose(self) -> ComposeResult:
        """Draw the table and the chart."""
        yield Static("Its layers", id="layers-title", classes="title")
        yield Static(markup=False, id="layers")
        yield Chart("learning rate", empty="", id="rate")

    def show(self, values: Mapping[str, Any] | None, data: Dataset | None) -> None:
        """Show a run.

        Args:
            values: its hyperparameters; ``None`` where one of them is wrong.
            data: what it is trained on; ``None`` while that is being read.
        """
        self.query_one("#layers-title").display = bool(values and data)
        table = layer_table(values, data) if values and data else Content("")
        layers = self.query_one("#layers", Static)
        layers.update(table, layout=str(table).count("\n") != str(layers.content).count("\n"))
        has_rate = bool(values) and "learning_rate" in (values or {}) and "schedule" in (values or {})
        chart = self.query_one("#rate", Chart)
        chart.visible = has_rate
        if values and has_rate:
            chart.set_title(f"learning rate, {values['schedule']}")
            chart.set_series([rate_series(values)])


def rate_series(values: Mapping[str, Any]) -> Series:
    """Return the learning rate that each epoch of a run has."""
    last = values["epochs"]
    stride = max(1, -(-last // _MOST_POINTS))
    epochs = sorted({*range(1, last + 1, stride), last})
    rates: list[float | None] = [values["learning_rate"] * schedule_factor(values, epoch) for epoch in epochs]
    return Series("rate", epochs, rates)


def layer_table(values: Mapping[str, Any], data: Dataset) -> Content:
    """Return the layers of a model of fully connected ones: how many inputs, outputs, weights and biases each has."""
    sizes = layer_sizes(values, data)
    names = [*(f"hidden {i}" for i in range(1, len(sizes))), "output"]
    rows = [(name, count(n_in), count(n_out), count((n_in + 1) * n_out))
            for name, (n_in, n_out) in zip(names, sizes, strict=True)]  # fmt: skip
    if len(rows) > _MOST_LAYERS:
        hidden = len(rows) - _MOST_LAYERS
        rows = [*rows[: _MOST_LAYERS - 2], (f"{hidden + 1} more", "", "", ""), rows[-1]]
    total = sum((n_in + 1) * n_out for n_in, n_out in sizes)
    rows += [("together", "", "", count(total))] * (len(sizes) > 1)
    heads = ("", "inputs", "outputs", "weights, biases")
    widths = [max(len(cells[i]) for cells in (heads, *rows)) for i in range(len(heads))]

    def line(cells: tuple[str, ...]) -> str:
        name, *numbers = cells
        padded = [f"{number:>{width}}" for number, width in zip(numbers, widths[1:], strict=True)]
        return "  ".join([f"{name:<{widths[0]}}", *padded])

    return Content("\n").join([Content.styled(line(heads), REMARK), *(Content(line(row)) for row in rows)])
