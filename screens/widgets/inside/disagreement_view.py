"""Two runs beside each other: both matrices, what the second has more of, and the photographs that part them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.analysis import Subject
from hw1_tui.analysis.answers import Answers, answers_of
from hw1_tui.analysis.confusion import Confusion, cell_words, examples_in
from hw1_tui.analysis.disagreement import Disagreement
from hw1_tui.export.inspection.title import about_differences, titles_of
from hw1_tui.markup import shorten, visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import percent
from screens.state.answered_list import AnsweredList, Answering
from screens.widgets.button import Button
from screens.widgets.inside.heat_matrix import HeatMatrix
from screens.widgets.inside.view import InsideView
from screens.widgets.plain import plain

_PANELS = ("first", "second", "difference")
_NAME = 20
"""Cells of a run's name on a button."""


@dataclass(frozen=True, eq=False)
class _Found:
    models: tuple[Answering, Answering]
    confusions: tuple[Confusion, Confusion]
    parted: Disagreement
    differ: str


class DisagreementView(InsideView):
    """Both matrices, the difference, and McNemar's test in words."""

    title = "Two runs"
    name_in_batch = "confusion"
    about = "Two runs on the same examples: what one takes for what more often than the other, and which is better."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "turn_panel", "Matrix", id="disagreement.panel", tooltip="The next of the three matrices."),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    DisagreementView {
        #parted-words { height: auto; max-height: 4; padding: 0 1; }
        #parted-panels { height: 1fr; layout: vertical; }
        .parted-panel { height: 1fr; width: 1fr; }
        #parted-cell { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._found: _Found | None = None
        self._runs: tuple[str, ...] = ()

    def compose_view(self) -> Iterator[Widget]:
        """Yield the words, the matrices and what leads to the photographs."""
        yield Static(markup=False, id="parted-words")
        with Container(id="parted-panels"):
            for name in _PANELS:
                matrix = HeatMatrix(id=f"parted-{name}")
                matrix.add_class("frame", "parted-panel")
                matrix.set_class(name == _PANELS[-1], "-current")
                yield matrix
        yield Static(markup=False, id="parted-cell")
        with Horizontal(classes="buttons"):
            yield Button("Right by the first alone", id="parted-first-only")
            yield Button("Right by the second alone", id="parted-second-only")
            yield Button("Wrong by both", id="parted-both-wrong")

    def lacks(self, subject: Subject) -> str:
        """Return how a second run is chosen."""
        return "" if subject.other else "Mark two runs under Runs with `space`, and press `i` there."

    def compute(self, subject: Subject) -> _Found:
        """Compare the two runs.

        Raises:
            MistakeError: there is one run alone.
        """
        if subject.other is None:
            raise MistakeError(Mistake("Two runs", "there is one run alone"))
        answers = [answers_of(opened, subject.split) for opened in (subject.opened, subject.other)]
        first, second = answers
        names = titles_of((subject.opened, subject.other))
        return _Found(
            (Answering(names[0], first), Answering(names[1], second)),
            (_confusion(first), _confusion(second)),
            Disagreement.of(first.correct, second.correct),
            about_differences((subject.opened, subject.other)),
        )

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the matrices."""
        runs = tuple(one.record.run for one in (subject.opened, subject.other) if one)
        is_other, self._runs, self._found = self._runs != runs, runs, result
        names = [model.name for model in result.models]
        words = result.parted.words(names[0], names[1], result.differ)
        self.query_one("#parted-words", Static).update(visible(words))
        first, second = result.confusions
        for panel, model, confusion in zip(_PANELS, result.models, result.confusions, strict=False):
            matrix = self.query_one(f"#parted-{panel}", HeatMatrix)
            matrix.border_title = plain(f"{model.name}: {percent(confusion.accuracy, 1)} right")
            matrix.show(confusion.counts, confusion.rates, confusion.classes)
        more = second.counts - first.counts
        change = np.abs(np.nan_to_num(second.rates - first.rates))
        is_good = (more > 0) == np.eye(len(more), dtype=bool)
        matrix = self.query_one("#parted-difference", HeatMatrix)
        matrix.border_title = plain(f"what {names[1]} has more of")
        heat = change / max(float(change.max(initial=0)), 1e-9)
        matrix.show(more, heat, first.classes, is_good=is_good, signed=True)
        parted = result.parted
        for name, text, indices in (
            ("first-only", f"Right by {shorten(names[0], _NAME)} alone", parted.first_only),
            ("second-only", f"{shorten(names[1], _NAME)} alone", parted.second_only),
            ("both-wrong", "Neither", parted.both_wrong),
        ):
            button = self.query_one(f"#parted-{name}", Button)
            button.label = plain(f"{text}: {len(indices):,}")
            button.refresh(layout=True)
        if is_other:
            row, column = np.unravel_index(int(change.argmax()), change.shape)
            matrix.point_at(int(row), int(column))
        self._tell(HeatMatrix.Pointed(matrix))

    @on(HeatMatrix.Pointed)
    def _tell(self, event: HeatMatrix.Pointed) -> None:
        """Point at the same cell in all three, and say what is in it."""
        if self._found is None:
            return
        i, j = event.matrix.cursor
        for matrix in self.query(HeatMatrix):
            with matrix.prevent(HeatMatrix.Pointed):
                matrix.point_at(i, j)
        first, second = self._found.confusions
        what = visible(cell_words(first.classes, i, j))
        before, after = int(first.counts[i, j]), int(second.counts[i, j])
        names = [visible(model.name) for model in self._found.models]
        words = f"{what}: {before:,} by {names[0]}, {after:,} by {names[1]}"
        self.query_one("#parted-cell", Static).update(words)

    @on(HeatMatrix.Opened)
    def _open(self, event: HeatMatrix.Opened) -> None:
        """Show the examples in a cell of one matrix, or of the difference those that one of the two has there alone."""
        if self._found is None:
            return
        i, j = event.matrix.cursor
        cells = [
            examples_in(m.answers.labels, m.answers.predicted, m.answers.certainty, i, j) for m in self._found.models
        ]
        place = _PANELS.index(str(event.matrix.id).removeprefix("parted-"))
        what = cell_words(self._found.models[0].answers.classes, i, j)
        if place < len(cells):
            self._show(cells[place], f"{what} by {self._found.models[place].name}", place)
        else:
            only = [np.setdiff1d(cells[k], cells[1 - k], assume_unique=False) for k in (1, 0)]
            self._show(np.concatenate(only), f"{what} by one of the two alone")

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        if self._found is None:
            return
        parted, (first, second) = self._found.parted, (model.name for model in self._found.models)
        indices, words, place = {
            "parted-first-only": (parted.first_only, f"right by {first} alone", 1),
            "parted-second-only": (parted.second_only, f"right by {second} alone", 0),
            "parted-both-wrong": (parted.both_wrong, "wrong by both", 0),
        }[str(event.button.id)]
        certainty = self._found.models[place].answers.certainty[indices]
        self._show(indices[np.argsort(-np.nan_to_num(certainty), kind="stable")], words, place)

    def _show(self, indices: Array, words: str, place: int = 0) -> None:
        """Show examples; the captions are of the model at a place."""
        if self._found is None or self.drawn is None:
            return
        if not len(indices):
            self.notify("There is no such example.")
            return
        models = self._found.models if place == 0 else self._found.models[::-1]
        dataset = self.drawn.opened.dataset
        self.post_message(self.PhotographsAsked(AnsweredList(dataset, self.drawn.split, indices, models, words)))

    def action_turn_panel(self) -> None:
        """Look at the next of the three matrices: where there is room for one, it is the one that is shown."""
        panels = list(self.query(HeatMatrix))
        now = next(k for k, panel in enumerate(panels) if panel.has_class("-current"))
        for k, panel in enumerate(panels):
            panel.set_class(k == (now + 1) % len(panels), "-current")
        panels[(now + 1) % len(panels)].focus()


def _confusion(answers: Answers) -> Confusion:
    return Confusion.of(answers.labels, answers.predicted, answers.classes)
