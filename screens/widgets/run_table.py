"""The history as a table: one row a run, marks for what is chosen, as many columns as there is room for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.text import Text
from textual.binding import BindingType

from hw1_tui.export.table import cell
from hw1_tui.markup import cell_width, join_words, pad, visible
from hw1_tui.metric import METRICS
from hw1_tui.runs import RunRecord
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import duration, measure, moment, on_point, sparkline
from screens.widgets.run_state import state_accent, state_words
from screens.widgets.vim_keys import vim_keys

MOST_ROWS = 500
"""Rows that are drawn; a filter finds the others."""

_EXPENDABLE = 45
"""Columns with less importance are left out where another would be cut beside them."""

_LONG = 20
"""Cells; nothing is left out to make more of a text whole."""

_GUTTER = 1
_SCROLLBAR = 1


@dataclass(frozen=True)
class RunColumn:
    """A column of the table. It is as wide as what stands in it, and left out where nothing does.

    Attributes:
        name: the value by which it sorts, as ``RunRecord.as_dict`` names it; empty where it does not.
        title: its heading.
        importance: the columns with the least are left out first.
        most: cells that it takes where there is no room to spare.
        align: where its texts stand.
    """

    name: str
    title: str
    importance: int
    most: int = 12
    align: Literal["left", "right", "point"] = "left"


_MARK, _CURVE = RunColumn("", "", 100, 1), RunColumn("", "curve", 55)
_MODEL = RunColumn("model", "model", 75, 10)
COLUMNS = (
    _MARK,
    RunColumn("starred", "★", 90, 1),
    RunColumn("run", "run", 99, 20),
    RunColumn("created", "when", 60),
    RunColumn("status", "status", 85, 13),
    _MODEL,
    RunColumn("engine", "engine", 40, 6),
    RunColumn("learning_rate", "rate", 50, 8, "point"),
    RunColumn("hidden_sizes", "hidden", 48, 10),
    RunColumn("batch_size", "batch", 46, 6, "right"),
    RunColumn("seed", "seed", 44, 6, "right"),
    RunColumn("epochs_done", "epochs", 58, 9, "right"),
    RunColumn("seconds", "time", 42, 8, "right"),
    _CURVE,
    *(RunColumn(m.name, m.short, m.importance, 8, "right") for m in METRICS.values() if m.is_listed),
    RunColumn("tags", "tags", 38, 22),
    RunColumn("data", "data", 30, 14),
)


class RunTable(CutTable):
    """Rows of the history; ``enter`` or a click opens one, a click on a heading sorts."""

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("history")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-table--good",
        "run-table--wrong",
        "run-table--chosen",
        "run-table--curve",
    }
    DEFAULT_CSS: ClassVar[str] = """
    RunTable > .run-table--good { color: $text-success; }
    RunTable > .run-table--wrong { color: $text-error; }
    RunTable > .run-table--curve { color: $secondary; }
    RunTable > .run-table--chosen { color: $text-primary; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes, cursor_type="row", cell_padding=0)
        self._asked: tuple[Sequence[RunRecord], Collection[str], str] | None = None
        self._shown: dict[RunColumn, int] = {}
        self._cells: dict[str, list[str]] = {}

    def on_resize(self) -> None:
        """Have the columns that there is room for now, whatever gave or took the room."""
        if self._asked and self.size.width:
            self.show(*self._asked)

    @property
    def run(self) -> str:
        """The identifier of the run under the cursor; empty where there is none."""
        if not 0 <= self.cursor_row < self.row_count:
            return ""
        return str(self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value)  # type: ignore[arg-type]

    def sortable_after(self, name: str) -> str:
        """Return the value that the next column sorts by, going round; that of the first column after another value."""
        names = [column.name for column in self._shown if column.name]
        return names[(names.index(name) + 1 if name in names else 0) % len(names)]

    def sortable_at(self, heading: str | None) -> str:
        """Return the value that the column of a heading sorts by; empty where it sorts by none."""
        return next((column.name for column in self._shown if column.title == heading), "")

    def show(self, records: Sequence[RunRecord], marked: Collection[str], sort: str) -> None:
        """Show runs; only what changed is written.

        Args:
            records: the runs in their order.
            marked: those that are chosen.
            sort: the name of the value they are sorted by, with ``-`` before it for the largest first.
        """
        before, self._asked = self._asked, (records, marked, sort)
        texts = {column: [_cell(r, column, r.run in marked) for r in records[:MOST_ROWS]] for column in COLUMNS}
        texts |= {column: on_point(found) for column, found in texts.items() if column.align == "point"}
        room = self.size.width - _SCROLLBAR
        chosen = _choose(texts, sort, room)
        if max(map(cell_width, texts[_MODEL]), default=0) > chosen.get(_MODEL, 0):
            texts[_MODEL] = _first_words(texts[_MODEL])
            chosen = _choose(texts, sort, room)
        aligned = [_align(texts[column], column, width) for column, width in chosen.items()]
        cells = dict(zip((r.run for r in records[:MOST_ROWS]), map(list, zip(*aligned, strict=True)), strict=True))
        is_sorted_anew = before is None or before[2] != sort  # a heading is drawn anew only with its rows
        if chosen != self._shown or list(cells) != list(self._cells) or is_sorted_anew:
            with self.in_place():
                self._head(chosen, sort)
                self._fill(cells)
        else:
            self._head(chosen, sort)
            for run, values in cells.items():
                for column, old, new in zip(chosen, self._cells[run], values, strict=True):
                    if old != new:
                        self.update_cell(run, column.title or "mark", self._text(column, new))
        self._cells = cells

    def show_anew(self) -> None:
        """Write every cell again the next time, as in another theme they look otherwise."""
        self._cells = {}

    def _cut_of(self, row: int) -> Text | None:
        """Return the whole identifier of a run, and what its row shows a part of."""
        if not self.is_valid_row_index(row):
            return None
        run, cut = str(self.coordinate_to_cell_key((row, 0)).row_key.value), super()._cut_of(row)  # type: ignore[arg-type]
        return Text("\n".join([run, *([cut.plain] if cut else [])]))

    def _head(self, columns: dict[RunColumn, int], sort: str) -> None:
        """Have these columns."""
        if columns != self._shown:
            self.clear(columns=True)
            self._shown = columns
            for column, width in columns.items():
                self.add_column("", key=column.title or "mark", width=width + _GUTTER)
        for key, (column, width) in zip(list(self.columns), columns.items(), strict=True):
            label = _heading(column, sort)
            self.columns[key].label = Text(" " + pad(label, width, ">" if column.align == "right" else "<"))
        self.refresh()

    def _fill(self, cells: Mapping[str, list[str]]) -> None:
        self.clear()
        for run, values in cells.items():
            self.add_row(*map(self._text, self._shown, values), key=run)

    def _text(self, column: RunColumn, value: str) -> Text:
        text = cut_text(value)
        accent = {_MARK: "chosen", _CURVE: "curve"}.get(column, "")
        if column.name == "status":
            accent = state_accent(value.split()[-1])
        if accent:
            text.stylize(self.get_component_rich_style(f"run-table--{accent}", partial=True))
        return text


def _choose(texts: Mapping[RunColumn, Sequence[str]], sort: str, room: int) -> dict[RunColumn, int]:
    """Return the columns that there is room for, the most important ones, and how wide each is.

    What the list is sorted by is as important as any: it would give way to the arrow of its own heading.
    """
    importance = {
        column: 99 if column.name and column.name == sort.removeprefix("-") else column.importance for column in texts
    }
    wanted = {
        column: max(map(cell_width, [_heading(column, sort), *found]))
        for column, found in texts.items()
        if column is _MARK or any(text.strip() not in ("", "-") for text in found)
    }
    most = {
        column: max(column.most, len(_heading(column, sort))) for column in wanted if column.align != "point"
    }  # no number is cut
    widths = {column: min(width, most.get(column, width)) for column, width in wanted.items()}
    by_importance = sorted(widths, key=lambda column: -importance[column])
    ends = itertools.accumulate(widths[column] + _GUTTER for column in by_importance)
    taken = [column for column, end in zip(by_importance, ends, strict=True) if end <= room] or [_MARK]
    while importance[taken[-1]] < _EXPENDABLE and _room_for(taken, widths, wanted) > room:
        taken.pop()
    left = room - sum(widths[column] + _GUTTER for column in taken)
    for column in taken:  # what is left goes to those that are cut, the most important first
        more = min(wanted[column] - widths[column], max(left, 0))
        widths[column], left = widths[column] + more, left - more
    return {column: widths[column] for column in texts if column in taken}


def _room_for(columns: Sequence[RunColumn], widths: Mapping[RunColumn, int], wanted: Mapping[RunColumn, int]) -> int:
    """Return the room that columns would take if none but those with very long texts were cut."""
    return sum(max(widths[column], min(wanted[column], _LONG)) + _GUTTER for column in columns)


def _first_words(names: Sequence[str]) -> list[str]:
    """Return names by their first words, ``logistic`` of ``logistic_regression``, where these tell them apart."""
    words = {name: name.partition("_")[0] for name in names}
    return [words[name] if list(words.values()).count(words[name]) == 1 else name for name in names]


def _heading(column: RunColumn, sort: str) -> str:
    return column.title + {column.name: "↑", f"-{column.name}": "↓"}.get(sort, "") * bool(column.name)


def _align(texts: Sequence[str], column: RunColumn, width: int) -> list[str]:
    """Return texts with the gutter before each, where their column wants them."""
    return [" " + (pad(text, width, ">") if column.align == "right" else text) for text in texts]


def _cell(record: RunRecord, column: RunColumn, is_marked: bool) -> str:
    """Return what stands in a cell."""
    results, name = record.results, column.name
    if column is _MARK:
        return "●" if is_marked else ""
    if name in METRICS and METRICS[name].is_listed:
        return measure(results.get(name))
    if column.title in _TEXTS:
        return _TEXTS[column.title](record)
    value = record.config.get(name)
    text = format(value, ".4g") if isinstance(value, float) else cell(name, value)
    return text + "*" * any(change.name == name for change in record.changes)


_TEXTS: dict[str, Callable[[RunRecord], str]] = {
    "★": lambda record: "★" if record.labels.starred else "",
    "run": lambda record: visible(record.labels.name) or record.run.rpartition("-")[2],
    "when": lambda record: moment(record.created),
    "status": lambda record: state_words(record.status),
    "epochs": lambda record: f"{record.results.get('epochs_done') or 0}/{record.config.get('epochs', '-')}",
    "time": lambda record: duration(record.results.get("seconds")),
    "curve": lambda record: sparkline(record.curve),
    "tags": lambda record: visible(join_words(record.labels.tags)),
}
"""What stands in the columns that are no value of the configuration, by heading."""
