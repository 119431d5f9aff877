"""A data set at a glance: sizes, pictures of each class, classes with their counts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import getters
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.widgets import Static

from hw1_tui.markup import cell_width, visible
from hw1_tui.numeral import counted
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions
from screens.state.field_words import in_field_words
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.number import count
from screens.widgets.plain import plain

if TYPE_CHECKING:
    from engines.contract import Dataset
    from screens.widgets.class_balance import ClassBalance
    from screens.widgets.picture import Picture

_MOST_PICTURES = 10
_MOST_ROWS = 4
_WIDEST = 26


class DataCard(Vertical):
    """What a data set is. Shows one that is being read as soon as it has been; nothing moves when it comes."""

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    DataCard {
        #data-text { height: auto; min-height: 1; max-height: 2; }
        #data-text.whole { max-height: 100%; }
        #pictures { height: 1fr; grid-gutter: 0; overflow: hidden hidden; }
        #pictures Picture { width: 100%; height: 100%; padding: 0 1 0 0; }
    }
    """

    def compose(self) -> ComposeResult:
        """Draw the title, the text and the pictures; the counts come where there is room for them."""
        yield Static(markup=False, id="data-title", classes="title")
        yield Static(markup=False, id="data-text", classes="remark")
        yield Grid(id="pictures")
        yield from self._missing_balance()

    def on_mount(self) -> None:
        """Listen for data sets that have been read."""
        self._wanted, self._shown, self._rows = ("", DEFAULT_OPTIONS), "", 0
        self.app.workspace.library.changed.subscribe(self, lambda _source: self._look())

    def show(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        """Show a data set, now or when it has been read."""
        self._wanted = source, options
        self._look()

    def _look(self) -> None:
        library, (source, _options) = self.app.workspace.library, self._wanted
        dataset, problem = library.get(*self._wanted), library.problem(*self._wanted)
        state = f"{self._wanted} {dataset is not None} {problem}"
        if not source or state == self._shown:
            return
        self._shown = state
        self.query_one("#data-title", Static).update(plain(f"{source}{_sizes(dataset) if dataset else ''}"))
        text = self.query_one("#data-text", Static)
        text.set_class(bool(problem), "wrong").set_class(not problem, "remark")
        # Where no pictures want the room it is not cut.
        text.set_class(bool(problem or (dataset and not dataset.image_shape)), "whole")
        text.update(problem or (_remark(dataset) if dataset else f"Reading {source}..."))
        self._show_balance(dataset)
        self._rows = 0
        self._draw_pictures(dataset)

    def _missing_balance(self) -> Iterator[ClassBalance]:
        """Yield the counts of the classes where there is room for them and they are not there yet."""
        if self.screen.has_class("-tall") and not self.query("#balance"):
            from screens.widgets.class_balance import ClassBalance  # not for the first frame of a small terminal

            yield ClassBalance(id="balance")

    def _show_balance(self, dataset: Dataset | None) -> None:
        self.mount_all(self._missing_balance())
        for balance in self.query("ClassBalance"):
            cast("ClassBalance", balance).show(dataset)

    def on_resize(self) -> None:
        """Fit the pictures in."""
        self._show_balance(self.app.workspace.library.get(*self._wanted))
        self.call_after_refresh(lambda: self._draw_pictures(self.app.workspace.library.get(*self._wanted)))

    def _draw_pictures(self, dataset: Dataset | None) -> None:
        """Give every picture as much: fractions would leave some a column wider, and its title a row lower."""
        grid = self.query_one("#pictures", Grid)
        names = list(dataset.classes[:_MOST_PICTURES]) if dataset else []
        if not dataset or not names:
            grid.remove_children()
            return
        words = [f"{visible(name)} {count(n)}" for name, n in zip(names, _counts(dataset), strict=False)]
        widest = max(_WIDEST, *(cell_width(text) + 1 for text in words))
        width = max(1, min(widest, grid.size.width // len(names)))
        height, rows = _shape(dataset, width, grid.size.height)
        grid.styles.grid_size_columns, grid.styles.grid_columns = len(names), str(width)
        grid.styles.grid_rows = " ".join([str(height)] * (rows - 1) + [str(height + 1)])
        if rows != self._rows:
            self._rows = rows
            grid.remove_children()
            has_counts = all(cell_width(text) < width for text in words)
            grid.mount_all(
                _picture(dataset, label, row, row == rows - 1, has_counts)
                for row in range(rows)
                for label in range(len(names))
            )


def _shape(dataset: Dataset, width: int, room: int) -> tuple[int, int]:
    """Return how high a picture is, without its caption, and how many rows of them cover the most of the room."""
    if not dataset.image_shape:
        return 1, 1
    whole = max(1, math.ceil((width - 1) * dataset.image_shape[0] / dataset.image_shape[1] / 2))
    heights = {rows: max(1, min(whole, (room - 1) // rows)) for rows in range(1, _MOST_ROWS + 1)}
    rows = max(heights, key=lambda rows: (rows * heights[rows] ** 2, -rows))  # an area: they keep their proportions
    return heights[rows], rows


def _remark(dataset: Dataset) -> str:
    """Return what must be said of the data; where there is nothing, the last that was done to it: how it is split.

    Before it stands what is predicted of what is no picture, which no picture shows.
    """
    left_out = dataset.n_classes - _MOST_PICTURES
    shown = f"{_MOST_PICTURES} of {dataset.n_classes} classes." if left_out > 0 else ""
    target = "" if dataset.image_shape else next(iter(dataset.found), "")
    text = dataset.remark or next(reversed(dataset.found), "")
    return in_field_words(visible(" ".join(filter(None, dict.fromkeys((shown, target, text))))))


def _sizes(dataset: Dataset) -> str:
    sizes = f"{count(len(dataset.train))} train, {count(len(dataset.val))} val, {count(len(dataset.test))} test"
    return f": {sizes}; " + ("x".join(map(str, dataset.image_shape)) or f"{counted(dataset.n_features, 'feature')}")


def _counts(dataset: Dataset) -> list[int]:
    """Return how many training examples each class has."""
    import numpy as np  # here: the card is there long before the data

    counts: list[int] = np.bincount(dataset.train.y, minlength=dataset.n_classes).tolist()
    return counts


def _picture(dataset: Dataset, label: int, row: int, is_last: bool, has_counts: bool) -> Picture | Static:
    """Return a picture of a class, its name below the last; the bare name where there are no pictures."""
    from screens.widgets.picture import Picture

    places = (dataset.train.y == label).nonzero()[0]
    name, number = visible(dataset.classes[label]), count(len(places))
    widget: Picture | Static
    if dataset.image_shape:
        from hw1_tui.data import as_picture

        picture = as_picture(dataset, dataset.train.x[places[row]]) if row < len(places) else None
        widget = Picture(picture, name * is_last, number * (is_last and has_counts))
    else:
        widget = Static(f"{name} {number}", markup=False)
    widget.tooltip = Text(f"{name} {number}")
    return widget
