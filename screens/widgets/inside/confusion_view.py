"""Which class is taken for which: the confusion matrix as heat, the scores of each class, the photographs of a cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.analysis.answers import Answers, answers_of, fit_of
from hw1_tui.analysis.confusion import Confusion, Scores, cell_words, examples_in, top_words
from hw1_tui.markup import cell_width, pad, shorten, visible
from hw1_tui.numeral import percent
from screens.state.answered_list import AnsweredList, Answering
from screens.theme import REMARK
from screens.widgets.inside.heat_matrix import HeatMatrix
from screens.widgets.inside.view import InsideView

_WIDEST_NAME = 16
_SHARE_OF_MATRIX, _AROUND_MATRIX = 0.7, 3
"""Of the room below the words at most; the lines of its frame, and that on the cell under the cursor."""


@dataclass(frozen=True, eq=False)
class _Found:
    answers: Answers
    confusion: Confusion
    words: str
    table: Content


class _Body(Container):
    """What stands below the words; its room changes with the terminal and with how many lines the words take."""

    class Resized(Message):
        """Its room is another."""

    def on_resize(self) -> None:
        """Tell."""
        self.post_message(self.Resized())


class ConfusionView(InsideView):
    """The matrix, what is under its cursor, and the scores."""

    title = "Confusion"
    name_in_batch = "confusion"
    about = "Which class is taken for which. Enter on a cell shows its examples, the surest mistakes first."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "toggle_shares", "Shares", id="confusion.shares",
                tooltip="Counts, or shares of the true class."),
        Binding("w", "worst", "Worst cell", id="confusion.worst", show=False,
                tooltip="To the cell with the most mistakes."),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = """
    ConfusionView {
        #confusion-words { height: auto; max-height: 6; padding: 0 1; }
        #confusion-body { height: 1fr; layout: vertical; }
        #confusion-left { height: auto; max-height: 70%; width: 1fr; }
        #confusion-matrix { height: auto; width: 1fr; }
        #confusion-cell { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #confusion-scores { height: 1fr; min-height: 5; width: 1fr; }
        #confusion-table { width: auto; height: auto; text-wrap: nowrap; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._found: _Found | None = None
        self._run = ""
        self._is_share = False

    def compose_view(self) -> Iterator[Widget]:
        """Yield the words, the matrix and the scores."""
        yield Static(markup=False, id="confusion-words")
        with _Body(id="confusion-body"):
            with Container(id="confusion-left"):
                matrix = HeatMatrix(id="confusion-matrix")
                matrix.add_class("frame")
                matrix.border_title = "true (rows), predicted (columns)"
                yield matrix
                yield Static(markup=False, id="confusion-cell")
            with VerticalScroll(id="confusion-scores", classes="frame") as scores:
                scores.border_title = "Classes"
                yield Static(markup=False, id="confusion-table")

    def compute(self, subject: Subject) -> _Found:
        """Count."""
        answers = answers_of(subject.opened, subject.split)
        confusion = Confusion.of(answers.labels, answers.predicted, answers.classes)
        fit = fit_of(subject.opened, subject.split, confusion.accuracy)
        top = top_words(answers.probabilities, answers.labels, answers.predicted)
        words = " ".join(filter(None, [visible(confusion.words()), fit, top]))
        return _Found(answers, confusion, words, _table(confusion))

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the matrix and the scores."""
        is_other, self._run = self._run != subject.opened.record.run, subject.opened.record.run
        self._found = result
        self.query_one("#confusion-words", Static).update(result.words)
        matrix = self.query_one(HeatMatrix)
        matrix.show(result.confusion.counts, result.confusion.rates, result.confusion.classes)
        self.query_one("#confusion-table", Static).update(result.table)
        if is_other:
            self.action_worst()
        self._tell()

    @on(_Body.Resized)
    def _fit(self) -> None:
        """Give the matrix half of the room, or what the words leave beside its frame and the line below it."""
        left = int(self.query_one(_Body).size.height * _SHARE_OF_MATRIX) - _AROUND_MATRIX
        self.query_one(HeatMatrix).fit(min(self.size.height // 2, left))

    @on(HeatMatrix.Pointed)
    def _tell(self) -> None:
        """Say what is in the cell under the cursor."""
        if self._found is None:
            return
        matrix, confusion = self.query_one(HeatMatrix), self._found.confusion
        i, j = matrix.cursor
        n, of = int(confusion.counts[i, j]), int(confusion.counts[i].sum())
        share = f" ({percent(n / of, 1)})" if of else ""
        hidden = matrix.left_out
        words = f"{visible(cell_words(confusion.classes, i, j))}: {n:,} of {of:,}{share}"
        self.query_one("#confusion-cell", Static).update(
            Content.assemble(words, (f"   {hidden}" if hidden else "", REMARK))
        )

    @on(HeatMatrix.Opened)
    def _open(self) -> None:
        if self._found is None or self.drawn is None:
            return
        answers, (i, j) = self._found.answers, self.query_one(HeatMatrix).cursor
        indices = examples_in(answers.labels, answers.predicted, answers.certainty, i, j)
        if not len(indices):
            self.notify("There is no example in this cell.")
            return
        words = cell_words(answers.classes, i, j)
        opened = self.drawn.opened
        models = [Answering(opened.record.title, answers)]
        self.post_message(self.PhotographsAsked(AnsweredList(opened.dataset, self.drawn.split, indices, models, words)))

    def action_toggle_shares(self) -> None:
        """Write shares in place of counts, or counts again."""
        self._is_share = not self._is_share
        self.query_one(HeatMatrix).show_shares(self._is_share)

    def action_worst(self) -> None:
        """Go to the cell with the most mistakes."""
        if self._found and (pairs := self._found.confusion.mixed_up()):
            self.query_one(HeatMatrix).point_at(pairs[0].first, pairs[0].second)


def _table(confusion: Confusion) -> Content:
    """Return precision, recall, F1 and support of each class, after their means."""
    lines = [("macro mean", confusion.macro()), ("weighted mean", confusion.weighted())]
    lines += zip(map(visible, confusion.classes), confusion.by_class(), strict=True)
    width = min(_WIDEST_NAME, max(cell_width(name) for name, _ in lines))
    head = f"{'':{width}}{'precision':>11}{'recall':>9}{'F1':>9}{'support':>9}"
    means, classes = lines[:2], lines[2:]
    drawn = [Content.styled(head, f"bold {REMARK}")]
    drawn += [Content(_line(name, scores, width)) for name, scores in classes]
    drawn += [Content.styled(_line(name, scores, width), REMARK) for name, scores in means]
    return Content("\n").join(drawn)


def _line(name: str, scores: Scores, width: int) -> str:
    cells = "".join(
        f"{'-' if math.isnan(value) else format(value, '.4f'):>{room}}"
        for value, room in ((scores.precision, 11), (scores.recall, 9), (scores.f1, 9))
    )
    return f"{pad(shorten(name, width), width)}{cells}{scores.support:>9,}"
