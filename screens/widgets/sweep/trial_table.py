"""The trials of a sweep as a list, the best on top, each with the course of what it is ranked by."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.widgets import DataTable

from hw1_tui.markup import cell_width
from hw1_tui.settings import TABLE
from hw1_tui.sweep.definition import Sweep
from screens.state.sweep_reading import TrialView
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import measure, on_point, sparkline
from screens.widgets.run_state import state_accent, state_words
from screens.widgets.sweep.level_words import short
from screens.widgets.vim_keys import vim_keys

MOST_ROWS = 500
"""Rows that are drawn: the best, and those that train."""

_CURVE_POINTS = 12
_SIGN, _STATE, _CURVE, _SEED, _EPOCHS, _TRIAL = "", "state", "course", "seed", "epochs", "trial"
_LEFT_OUT_FIRST = (_SEED, _TRIAL, _STATE, _CURVE, _EPOCHS)
_MOST_OF_VALUE = 12
_RIGHT = (_SEED, _EPOCHS, _TRIAL)


class TrialTable(CutTable):
    """A row a trial; ``enter`` or a click opens its run. Columns that there is no room for are left out.

    A click on a heading sorts by it, the largest first and then the other way round; on a heading of no value, by rank.
    """

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("trials")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "trial-table--good", "trial-table--wrong", "trial-table--chosen", "trial-table--curve",
    }  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = """
    TrialTable > .trial-table--good { color: $text-success; }
    TrialTable > .trial-table--wrong { color: $text-error; }
    TrialTable > .trial-table--curve { color: $secondary; }
    TrialTable > .trial-table--chosen { color: $text-primary; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes, cursor_type="row", cell_padding=0)
        self._columns: dict[str, int] = {}
        self._sorted_by, self._arrow = "", ""
        self._cells: dict[str, list[str]] = {}
        self._shown: tuple[Sweep, Sequence[TrialView], Collection[int]] | None = None

    @property
    def number(self) -> int | None:
        """The number of the trial under the cursor; ``None`` where there is none."""
        if not 0 <= self.cursor_row < self.row_count:
            return None
        return int(str(self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value))  # type: ignore[arg-type]

    def on_mount(self) -> None:
        """Show what was given before there was room for it, also where Textual does not tell that there is by now.

        It tells nothing where somebody asked for the place of a widget between a change of classes and the layout.
        """
        self.screen.screen_layout_refresh_signal.subscribe(self, self._catch_up)

    def _catch_up(self, _screen: object) -> None:
        if self._shown and not self._cells:
            self.show(*self._shown)

    def on_resize(self) -> None:
        """Have the columns that there is room for now."""
        if self._shown:
            self.show(*self._shown)

    def show_anew(self) -> None:
        """Write every cell again, as in another theme they look otherwise."""
        self._cells = {}
        if self._shown:
            self.show(*self._shown)

    def show(self, sweep: Sweep, views: Sequence[TrialView], marked: Collection[int]) -> None:
        """Show the trials; only what changed is written, and the cursor stays at its trial.

        Args:
            sweep: of the trials.
            views: the trials in their order.
            marked: the numbers of those that are chosen.
        """
        self._shown = sweep, views, marked
        if not self.size.width:
            return
        shown = views[:MOST_ROWS]
        best = next((view.trial.number for view in shown if view.value is not None and view.state == "finished"), None)
        if value := _values(sweep).get(self._sorted_by):
            shown = _sorted(shown, value, is_falling=self._arrow == "↓")
        texts = _texts(sweep, shown, marked, best)
        columns = _fitting(texts, self._heading, self.size.width - 1)
        numbers = [str(view.trial.number) for view in shown]
        rows = [[texts[name][row] for name in columns] for row in range(len(shown))]
        if columns != self._columns or numbers != list(self._cells):
            with self.in_place(stays_first=True):
                self._head(columns)
                for number, view, values in zip(numbers, shown, rows, strict=True):
                    cells = [self._text(name, value, view) for name, value in zip(columns, values, strict=True)]
                    self.add_row(*cells, key=number)
        else:
            for number, view, values in zip(numbers, shown, rows, strict=True):
                for name, old, new in zip(columns, self._cells[number], values, strict=True):
                    if old != new:
                        self.update_cell(number, name or "sign", self._text(name, new, view))
        self._cells = dict(zip(numbers, rows, strict=True))

    def _head(self, columns: dict[str, int]) -> None:
        """Have these columns, and no rows."""
        if columns == self._columns:
            self.clear()
            return
        self.clear(columns=True)
        self._columns = columns
        for name, width in columns.items():
            heading = self._heading(name)
            label = heading.rjust(width) if _is_right(name) else heading
            self.add_column(Text(f" {label}"), key=name or "sign", width=width + 1)

    def _heading(self, name: str) -> str:
        return name + self._arrow * (name == self._sorted_by)

    @on(DataTable.HeaderSelected)
    def _sort(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column whose heading was clicked."""
        if self._shown is None:
            return
        name = str(event.column_key.value)
        is_again = name == self._sorted_by and self._arrow == "↓"
        is_value = name in _values(self._shown[0])
        self._sorted_by, self._arrow = (name, "↑" if is_again else "↓") if is_value else ("", "")
        self._columns = {}
        self.show_anew()

    def _text(self, name: str, value: str, view: TrialView) -> Text:
        width = self._columns[name]
        text = cut_text(f" {value.rjust(width) if _is_right(name) else value}")
        accent = state_accent(view.state) if name == _STATE else {_SIGN: "chosen", _CURVE: "curve"}.get(name, "")
        if accent:
            text.stylize(self.get_component_rich_style(f"trial-table--{accent}", partial=True))
        return text


def _is_right(name: str) -> bool:
    return name in _RIGHT


def _values(sweep: Sweep) -> dict[str, Callable[[TrialView], Any]]:
    """Return how the value of each column that can be sorted by is read, ``None`` being none."""
    return {
        **{_title(name): partial(_point, name=name) for name in sweep.space.names},
        _TRIAL: lambda view: view.trial.number,
        _SEED: lambda view: view.trial.seed,
        _EPOCHS: lambda view: view.epochs_done,
        _STATE: lambda view: view.state,
        sweep.ranked_by.short: lambda view: view.value,
    }


def _point(view: TrialView, name: str) -> Any:
    return view.trial.point[name]


def _sorted(views: Sequence[TrialView], value: Callable[[TrialView], Any], *, is_falling: bool) -> list[TrialView]:
    """Return the trials sorted by a column; those without a value last, equals by rank."""

    def place(view: TrialView) -> tuple[int, Any]:  # of a column with numbers and words the numbers first
        found = value(view)
        return (0, found) if isinstance(found, (int, float)) else (1, found if isinstance(found, tuple) else str(found))

    known = [view for view in views if value(view) is not None]
    return sorted(known, key=place, reverse=is_falling) + [view for view in views if value(view) is None]


def _texts(sweep: Sweep, views: Sequence[TrialView], marked: Collection[int], best: int | None) -> dict[str, list[str]]:
    """Return what stands in each column, by its heading."""
    signs = ["●" if v.trial.number in marked else "◆" if v.trial.number == best else " " for v in views]
    columns = {_SIGN: signs, _TRIAL: [str(view.trial.number) for view in views]}
    for name in sweep.space.names:
        values = [TABLE[name].format(short(view.trial.point[name])) for view in views]
        is_number = TABLE[name].kind in ("integer", "number")
        columns[_title(name)] = on_point(values) if is_number else values
    if sweep.seeds > 1:
        columns[_SEED] = [str(view.trial.seed) for view in views]
    columns[sweep.ranked_by.short] = on_point([measure(view.value) for view in views])
    columns[_CURVE] = [_course(view) for view in views]
    columns[_EPOCHS] = [f"{view.epochs_done}/{view.trial.config.epochs}" for view in views]
    columns[_STATE] = [state_words(view.state) for view in views]
    return columns


def _title(name: str) -> str:
    return TABLE[name].short or TABLE[name].title


def _course(view: TrialView) -> str:
    """Return the course of the metric in a few characters, points that lie evenly over the epochs."""
    values = [value for _, value in view.points if math.isfinite(value)]
    if len(values) > _CURVE_POINTS:
        values = [values[i * (len(values) - 1) // (_CURVE_POINTS - 1)] for i in range(_CURVE_POINTS)]
    return sparkline(values)


def _fitting(texts: Mapping[str, Sequence[str]], heading: Callable[[str], str], room: int) -> dict[str, int]:
    """Return the columns with their widths that fit into so many cells."""
    widths = {name: max(map(cell_width, [heading(name), *column])) for name, column in texts.items()}
    for name in widths:
        if name not in (_SIGN, *_LEFT_OUT_FIRST):
            widths[name] = min(widths[name], max(_MOST_OF_VALUE, len(heading(name))))
    for name in _LEFT_OUT_FIRST:
        if sum(widths.values()) + len(widths) > room:
            widths.pop(name, None)
    return widths
