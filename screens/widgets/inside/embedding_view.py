"""The examples as points in the plane in which they differ most, and the picture under the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from rich.style import Style
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.analysis import Subject
from hw1_tui.analysis.answers import answers_of
from hw1_tui.analysis.embedding import HIDDEN, PICTURES, Embedding, embedding_of, parts_of, shares_words
from hw1_tui.markup import visible
from screens.state.answered_list import AnsweredList, Answering
from screens.state.example_list import PredictedList
from screens.widgets.chart.legend import in_rows
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.inside.probability_bars import ProbabilityBars
from screens.widgets.inside.scatter import Scatter, legend
from screens.widgets.inside.view import InsideView
from screens.widgets.picture import Picture

_LINES = 3
"""Of the legend, as the styles have them."""
_WORDS = {PICTURES: "The features.", HIDDEN: "What the last hidden layer passes on."}


@dataclass(frozen=True, eq=False)
class _Found:
    what: str
    embedding: Embedding
    labels: Array
    names: Sequence[str]
    examples: AnsweredList | PredictedList


class EmbeddingView(InsideView):
    """A scatter of the features, or of the last hidden layer."""

    title = "Embedding"
    name_in_batch = "embedding"
    about = "Which examples are alike, by their features or (c) by what the last hidden layer makes of them."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "toggle_layer", "Plane", id="embedding.layer", tooltip="The features, or the last layer.")
    ]
    DEFAULT_CSS: ClassVar[str] = """
    EmbeddingView {
        #embedding-words { height: auto; max-height: 2; padding: 0 1; }
        #embedding-legend { height: auto; max-height: 3; padding: 0 1; }
        #embedding-body { height: 1fr; }
        #embedding-plane { width: 1fr; height: 100%; }
        #embedding-side { width: 26; height: 100%; padding: 0 1; }
        #embedding-picture { width: 100%; height: 12; }
        #embedding-what { height: auto; max-height: 3; margin: 0 0 1 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._found: _Found | None = None
        self._what = PICTURES
        self._features: tuple[tuple[str, str], Embedding] | None = None

    def compose_view(self) -> Iterator[Widget]:
        """Yield the plane and the picture."""
        yield Static(markup=False, id="embedding-words")
        with Horizontal(id="embedding-body"):
            yield Scatter(id="embedding-plane").add_class("frame")
            with Vertical(id="embedding-side"):
                yield Picture(id="embedding-picture")
                yield Static(markup=False, id="embedding-what")
                yield ProbabilityBars(id="embedding-bars")
        yield Static(markup=False, id="embedding-legend")

    def settings(self) -> dict[str, Any]:
        """Return what is embedded."""
        return {"what": self._what}

    def compute(self, subject: Subject, what: str = PICTURES) -> _Found:
        """Find the plane; that of the features stays as it is from epoch to epoch."""
        dataset, split = subject.opened.dataset, subject.split
        key = (dataset.fingerprint, split)
        if what == PICTURES and self._features is not None and self._features[0] == key:
            embedding = self._features[1]
        else:
            embedding = embedding_of(subject.opened, subject.split, what)
            if what == PICTURES:
                self._features = (key, embedding)
        at = embedding.indices
        if dataset.is_regression:
            labels, names = parts_of(dataset[split].y[at])
            predicted = subject.opened.measured(split).predicted
            return _Found(what, embedding, labels, names, PredictedList(dataset, split, at, predicted, "all"))
        answers = answers_of(subject.opened, split)
        examples = AnsweredList(dataset, split, at, (Answering(subject.opened.record.title, answers),), "all")
        return _Found(what, embedding, answers.labels[at], dataset.classes, examples)

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the plane."""
        self._found = result
        n, of = len(result.embedding.indices), len(subject.opened.dataset[subject.split])
        some = f" {n:,} of {of:,} examples, equally far apart in the file." if n < of else ""
        words = f"{_WORDS[result.what]} {shares_words(result.embedding)}{some}"
        self.query_one("#embedding-words", Static).update(words)
        self._name_classes()
        self.query_one(Scatter).show(result.embedding.points, result.labels)
        self._tell()

    def _name_classes(self) -> None:
        """Say which sign stands for which class, or part of the targets, as many as there is room for."""
        if self._found is None:
            return
        palette, names = ChartPalette(self.app), []
        for k, (sign, name) in enumerate(legend(self._found.names)):
            style = Style(color="#{:02x}{:02x}{:02x}".format(*palette.series(k)))
            names.append(Text.assemble((sign, style), f" {visible(name)}"))
        self.query_one("#embedding-legend", Static).update(in_rows(names, self.size.width - 2, _LINES))

    def on_resize(self) -> None:
        """Name as many classes as there is room for now."""
        self._name_classes()

    @on(Scatter.Pointed)
    def _tell(self) -> None:
        """Show the example under the cursor."""
        if self._found is None or not len(self._found.examples):
            return
        examples, plane = self._found.examples, self.query_one(Scatter)
        if examples.dataset.image_shape:
            self.query_one(Picture).show(examples.picture(plane.cursor))
        here = len(plane.here)
        more = f"\n{here:,} in this cell" if here > 1 else ""
        self.query_one("#embedding-what", Static).update(f"{visible(examples.told(plane.cursor))}{more}")
        self.query_one(ProbabilityBars).show(examples if isinstance(examples, AnsweredList) else None, plane.cursor)

    @on(Scatter.Opened)
    def _open(self) -> None:
        if self._found is None or self.drawn is None:
            return
        here = self.query_one(Scatter).here
        all_of, at = self._found.examples, self.query_one(Scatter).cursor
        first = np.concatenate([here[here == at], here[here != at]])
        self.post_message(self.PhotographsAsked(all_of.only(all_of.indices[first], "side by side in the plane")))

    def action_toggle_layer(self) -> None:
        """Show the other plane."""
        self._what = HIDDEN if self._what == PICTURES else PICTURES
        self.name_in_batch = "hidden" if self._what == HIDDEN else "embedding"
        self.look_again()
