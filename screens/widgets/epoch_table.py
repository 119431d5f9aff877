"""The epochs of a run as a table, the newest below."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from hw1_tui.settings import format_number
from hw1_tui.training.event import EpochEnded
from screens.state.live_run import LiveRun
from screens.widgets.number import measure

_COLUMNS = (
    ("epoch", 5),
    ("train loss", 10),
    ("val loss", 8),
    ("train acc", 9),
    ("val acc", 7),
    ("norm", 7),
    ("rate", 7),
    ("seconds", 7),
)
_MOST_ROWS = 1000


class EpochTable(DataTable[Text]):
    """Grows while the run trains, and follows it unless one has moved up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", id="epochs.down", show=False),
        Binding("k", "cursor_up", "Up", id="epochs.up", show=False),
    ]

    def on_mount(self) -> None:
        """Set up the columns."""
        self.cell_padding = 1
        self.cursor_type = "row"
        self.zebra_stripes = True
        self._live: LiveRun | None = None
        self._shown = 0
        for name, width in _COLUMNS:
            self.add_column(Text(name.rjust(width)), width=width)

    def watch_show_vertical_scrollbar(self) -> None:
        """Put the bar where one is: many rows at once move the table before it has one, and Textual forgets the bar."""
        self.vertical_scrollbar.position = self.scroll_y

    def show(self, live: LiveRun | None) -> None:
        """Show a run's epochs; only new ones are added."""
        epochs = live.epochs if live else []
        if live is not self._live or len(epochs) - self._shown > _MOST_ROWS:
            self.clear()
            self._live, self._shown = live, max(0, len(epochs) - _MOST_ROWS)
        following = self.cursor_row >= self.row_count - 1
        new = epochs[self._shown :]
        if new:
            self.add_rows([_row(epoch) for epoch in new])
            self._shown = len(epochs)
            if following:
                self.move_cursor(row=self.row_count - 1, animate=False)


def _row(epoch: EpochEnded) -> list[Text]:
    rate = "-" if epoch.learning_rate is None else format_number(float(f"{epoch.learning_rate:.3g}"))
    cells = [
        str(epoch.epoch),
        *map(measure, (epoch.train_loss, epoch.val_loss, epoch.train_accuracy, epoch.val_accuracy, epoch.weight_norm)),
        rate,
        f"{epoch.seconds:.2f}",
    ]
    return [Text(cell.rjust(width)) for cell, (_, width) in zip(cells, _COLUMNS, strict=True)]
