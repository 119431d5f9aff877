"""A data set at a glance: sizes, classes with their counts, one picture of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engines.contract import Array, Dataset
from hw1_tui.markup import cell_width, visible
from hw1_tui.numeral import counted
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.number import count
from screens.widgets.plain import plain

if TYPE_CHECKING:
    from screens.widgets.picture import Picture

_MOST_PICTURES = 10
_WIDEST = 26


class DataCard(Vertical):
    """What a data set is. Shows one that is being read as soon as it has been."""

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    DataCard {
        padding: 0 1;
        #data-text { height: auto; max-height: 2; }
        #pictures { height: 1fr; }
        Picture { height: 100%; padding: 0 1 0 0; }
    }
    """

    def compose(self) -> ComposeResult:
        """Draw the text and the row of pictures."""
        yield Static(markup=False, id="data-text")
        yield Horizontal(id="pictures")

    def on_mount(self) -> None:
        """Listen for data sets that have been read."""
        self._source, self._shown = "", ""
        self.app.workspace.library.changed.subscribe(self, lambda _source: self._look())

    def show(self, source: str) -> None:
        """Show a data set, now or when it has been read."""
        self._source = source
        self._look()

    def _look(self) -> None:
        library = self.app.workspace.library
        dataset, problem = library.get(self._source), library.problem(self._source)
        state = f"{self._source} {dataset is not None} {problem}"
        if not self._source or state == self._shown:
            return
        self._shown = state
        self.border_title = plain(f"{self._source}{_sizes(dataset) if dataset else ''}")
        n_classes = dataset.n_classes if dataset else 0
        self.border_subtitle = f"{_MOST_PICTURES} of {n_classes} classes" if n_classes > _MOST_PICTURES else ""
        pictures = self.query_one("#pictures")
        pictures.remove_children()
        self.query_one("#data-text", Static).set_class(bool(problem), "wrong")
        self.query_one("#data-text", Static).update(
            problem or (dataset.remark if dataset else f"Reading {self._source}...")
        )
        if dataset:
            pictures.mount_all(_pictures(dataset))
            self._share_width()

    def on_resize(self) -> None:
        """Fit the pictures in."""
        self._share_width()

    def _share_width(self) -> None:
        """Give every picture as much: fractions would leave some a column wider, and its title a row lower."""
        pictures = self.query("Picture")
        for picture in pictures:
            widest = max(_WIDEST, *(cell_width(str(one.tooltip)) + 1 for one in pictures))
            picture.styles.width = min(widest, self.content_size.width // len(pictures))


def _sizes(dataset: Dataset) -> str:
    sizes = f"{count(len(dataset.train))} train, {count(len(dataset.val))} val, {count(len(dataset.test))} test"
    return f": {sizes}; " + ("x".join(map(str, dataset.image_shape)) or f"{counted(dataset.n_features, 'feature')}")


def _pictures(dataset: Dataset) -> list[Picture | Static]:
    """Return one picture of each class with its name and count; bare names where the examples are no pictures."""
    import numpy as np  # here: the card is there long before the data

    from screens.widgets.picture import Picture

    counts: list[int] = np.bincount(dataset.train.y, minlength=dataset.n_classes).tolist() if dataset.classes else []
    widgets: list[Picture | Static] = []
    for label, name in list(enumerate(dataset.classes))[:_MOST_PICTURES]:
        picture, words = _first_picture(dataset, label), f"{visible(name)} {count(counts[label])}"
        widget = Static(words, markup=False) if picture is None else Picture(picture, name, count(counts[label]))
        widget.tooltip = Text(words)
        widgets.append(widget)
    return widgets


def _first_picture(dataset: Dataset, label: int) -> Array | None:
    rows = (dataset.train.y == label).nonzero()[0]
    if not dataset.image_shape or not len(rows):
        return None
    from hw1_tui.data import as_picture

    return as_picture(dataset, dataset.train.x[rows[0]])
