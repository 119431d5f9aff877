"""The epochs of a run as a table, the newest below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.geometry import Region
from textual.widgets.data_table import RowKey

from hw1_tui.metric import EpochMetrics, Metric, epoch_metrics
from hw1_tui.settings import format_number
from screens.state.live_run import LiveRun
from screens.widgets.cut_table import CutTable
from screens.widgets.number import measure
from screens.widgets.vim_keys import vim_keys

_EPOCH_WIDTH, _WIDTH = 5, 7
_MOST_ROWS = 1000


class EpochTable(CutTable):
    """Grows while the run trains, and follows it unless one has moved up."""

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("epochs")
    _only_grows = False

    def on_mount(self) -> None:
        """Set up the columns."""
        self.cell_padding = 1
        self.cursor_type = "row"
        self._live: LiveRun | None = None
        self._epochs: list[EpochMetrics] = []
        self._shown = 0
        self._metrics = _shown_metrics()
        self.add_column(Text("epoch"), width=_EPOCH_WIDTH)
        for metric in self._metrics:
            self.add_column(Text(metric.heading.rjust(_width(metric))), width=_width(metric))

    def on_resize(self) -> None:
        """Go on following in less room: the newest epoch stays in sight."""
        if self.row_count and self.cursor_row >= self.row_count - 1:
            self.scroll_end(animate=False, x_axis=False)

    def watch_show_vertical_scrollbar(self) -> None:
        """Put the bar where one is: many rows at once move the table before it has one, and Textual forgets the bar."""
        self.vertical_scrollbar.position = self.scroll_y

    def _render_cell(
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        """Draw each cell once. Rows are only added here, and Textual draws all that are seen anew with every one.

        They lie in Textual's own cache, which it empties when styles change, under its count of changes as 0.
        """
        row = self._row_locations.get_key(row_index) if row_index >= 0 else self._header_row_key
        column = self._column_locations.get_key(column_index)
        if row is None or column is None:
            return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        hovers, states = self._show_hover_cursor, self._pseudo_class_state
        key = (row, column, base_style, cursor, hover, hovers, 0, states)
        if key not in self._cell_render_cache:
            self._cell_render_cache[key] = super()._render_cell(
                row_index, column_index, base_style, width, cursor, hover
            )
        return self._cell_render_cache[key]

    def _update_dimensions(self, updated_rows: Iterable[RowKey]) -> None:
        """Take new rows; where they move nothing but the bar, the screen is not laid out and drawn whole once more."""
        self._only_grows = self.styles.height is not None and not self.styles.height.is_auto
        try:
            super()._update_dimensions(updated_rows)
        finally:
            self._only_grows = False
        self._scroll_update(self.virtual_size)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw anew, and lay the screen out anew where that may move something."""
        return super().refresh(*regions, repaint=repaint, layout=layout and not self._only_grows, recompose=recompose)

    def show(self, live: LiveRun | None) -> None:
        """Show a run's epochs; only new ones are added."""
        epochs = live.epochs if live else []
        is_other = live is not self._live or (live is not None and epochs is not self._epochs)
        if is_other or len(epochs) - self._shown > _MOST_ROWS:
            self.clear()
            self._live, self._epochs, self._shown = live, epochs, max(0, len(epochs) - _MOST_ROWS)
        following = self.cursor_row >= self.row_count - 1
        new = epochs[self._shown :]
        if new:
            self.add_rows([_row(epoch, self._metrics) for epoch in new])
            self._shown = len(epochs)
            if following:
                self.move_cursor(row=self.row_count - 1, animate=False)


def _shown_metrics() -> list[Metric]:
    """Return what is shown of an epoch: losses beside each other, then accuracies, then all others."""
    kinds = ("loss", "share")
    shown = [metric for metric in epoch_metrics() if not metric.is_detail]
    return sorted(shown, key=lambda metric: kinds.index(metric.kind) if metric.kind in kinds else len(kinds))


def _width(metric: Metric) -> int:
    return max(_WIDTH, len(metric.heading))


def _row(epoch: EpochMetrics, metrics: Sequence[Metric]) -> list[Text]:
    cells = [_cell(epoch[metric.name], metric).rjust(_width(metric)) for metric in metrics]
    return [Text(cell) for cell in (str(epoch.epoch).rjust(_EPOCH_WIDTH), *cells)]


def _cell(value: float | None, metric: Metric) -> str:
    if value is None or metric.decimals is not None:
        return measure(value, metric.decimals or 0)
    return format_number(float(f"{value:.3g}"))
