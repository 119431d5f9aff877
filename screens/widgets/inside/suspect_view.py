"""Labels that are likely wrong: pages of pictures to look at, mark, and take away as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import SplitName
from hw1_tui.analysis import OpenedRun, Subject
from hw1_tui.analysis.answers import Answers
from hw1_tui.analysis.suspect import SuspectRow, Suspects, suspect_rows, suspects_of
from hw1_tui.export.inspection.view import Asked
from hw1_tui.markup import visible
from screens.state.answered_list import AnsweredList, Answering
from screens.widgets.example_table import ExampleTable
from screens.widgets.example_view import ExampleView
from screens.widgets.gallery import Gallery
from screens.widgets.inside.probability_bars import ProbabilityBars
from screens.widgets.inside.view import InsideView
from screens.widgets.picture import Picture

_ALL = 1_000_000


class SuspectList(AnsweredList):
    """Suspects, with what their label should be.

    Args:
        opened: the run.
        split: the split.
        model: whose word it is.
        suspects: what confident learning says.
        rows: the same in words.
        marked: the examples that are marked; looked at each time.
    """

    def __init__(
        self, opened: OpenedRun, split: SplitName, model: Answering, suspects: Suspects,
        rows: Sequence[SuspectRow], marked: set[int],
    ) -> None:  # fmt: skip
        super().__init__(opened.dataset, split, suspects.indices, (model,), "likely wrong labels")
        self._rows, self._marked = rows, marked

    def caption(self, position: int) -> str:
        """Return the label, and below it what it should be and whether it is marked."""
        row = self._rows[position]
        return f"{row.label}?\n{'✗' * (row.example in self._marked)}→{row.suggested}"

    @property
    def caption_lines(self) -> int:
        """Two."""
        return 2

    def told(self, position: int) -> str:
        """Return the same in words."""
        row = self._rows[position]
        return f"labelled '{row.label}', likely '{row.suggested}'{', marked' * (row.example in self._marked)}"


@dataclass(frozen=True, eq=False)
class _Found:
    answers: Answers
    suspects: Suspects
    rows: Sequence[SuspectRow]


class SuspectView(InsideView):
    """A page of suspects, and what the model says of the one under the cursor."""

    title = "Wrong labels?"
    name_in_batch = "suspects"
    about = "Labels that are likely wrong, by confident learning. Look, mark (m), and export the list (x) as CSV."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mark", "Mark", id="suspects.mark", tooltip="Mark the label as wrong, or no longer."),
        Binding("u", "unmark_all", "Unmark all", id="suspects.unmark", show=False, tooltip="Take all marks away."),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    SuspectView {
        #suspect-words { height: auto; max-height: 2; padding: 0 1; }
        #suspect-place { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #suspect-body { height: 1fr; padding: 0 1; }
        #suspect-pages { width: 1fr; height: 100%; }
        #suspect-pages ExampleTable { display: none; }
        #suspect-side { width: 26; height: 100%; padding: 0 0 0 1; }
        #suspect-picture { display: none; width: 100%; height: 12; margin: 0 0 1 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._found: _Found | None = None
        self._list: SuspectList | None = None
        self._marks: dict[tuple[str, SplitName], set[int]] = {}

    @property
    def marked(self) -> set[int]:
        """The examples of the split that are marked; for every run on the same data."""
        if self.drawn is None:
            return set()
        key = (self.drawn.opened.dataset.fingerprint, self.drawn.split)
        return self._marks.setdefault(key, set())

    @property
    def pages(self) -> ExampleView:
        """What shows the suspects."""
        has_pictures = self.drawn is None or bool(self.drawn.opened.dataset.image_shape)
        return self.query_one(Gallery) if has_pictures else self.query_one(ExampleTable)

    def compose_view(self) -> Iterator[Widget]:
        """Yield the pages and what the model says."""
        yield Static(markup=False, id="suspect-words")
        with Horizontal(id="suspect-body"):
            with Horizontal(id="suspect-pages"):
                yield Gallery()
                yield ExampleTable()
            with Vertical(id="suspect-side"):
                yield Picture(id="suspect-picture")
                yield ProbabilityBars(id="suspect-bars")
        yield Static(markup=False, id="suspect-place", classes="remark")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to mark where there is something to mark."""
        is_empty = self.drawn is None or not self._list
        return False if action == "mark" and is_empty else super().check_action(action, parameters)

    def compute(self, subject: Subject) -> _Found:
        """Find the suspects."""
        answers, suspects = suspects_of(subject.opened, subject.split)
        return _Found(answers, suspects, suspect_rows(subject.opened, subject.split, answers, suspects))

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the first page; the example under the cursor stays where it is a suspect still."""
        pages = self.pages
        for view in self.query(ExampleView):
            view.display = view is pages
        kept = self._list.indices[pages.cursor] if self._list is not None and len(self._list) else None
        model = Answering(subject.opened.record.title, result.answers)
        examples = SuspectList(subject.opened, subject.split, model, result.suspects, result.rows, self.marked)
        self._found, self._list = result, examples
        self.query_one("#suspect-words", Static).update(result.suspects.words(float(result.answers.correct.mean())))
        pages.show(examples)
        if kept is not None and kept in examples.indices:
            pages.go_to(examples.indices.tolist().index(kept))
        self._tell()

    @on(ExampleView.Moved)
    def _tell(self) -> None:
        """Say what the model says of the one under the cursor."""
        examples, at = self._list, self.pages.cursor
        self.query_one(ProbabilityBars).show(examples, at)
        if examples is None or not len(examples):
            self.query_one("#suspect-place", Static).update("", layout=False)
            return
        if examples.dataset.image_shape:
            self.query_one("#suspect-picture", Picture).show(examples.picture(at))
        marks = f"   {len(self.marked):,} marked" if self.marked else ""
        place = f"{at + 1:,} of {len(examples):,}: {visible(examples.told(at))}{marks}   ✓ label   ▸ predicted"
        self.query_one("#suspect-place", Static).update(place, layout=False)  # one line: nothing moves

    @on(ExampleView.Opened)
    def _open(self, event: ExampleView.Opened) -> None:
        event.stop()
        if self._list is not None:
            self.post_message(self.PhotographsAsked(self._list, self.pages.cursor))

    def action_mark(self) -> None:
        """Mark the label under the cursor as wrong, or no longer, and go on to the next."""
        if self._list is None or not len(self._list):
            return
        self.marked.symmetric_difference_update({int(self._list.indices[self.pages.cursor])})
        last = self.pages.cursor == len(self._list) - 1
        self.pages.go_to(self.pages.cursor + 1)
        if last:
            self.pages.turn_to_cursor()

    def action_unmark_all(self) -> None:
        """Take all marks away."""
        self.marked.clear()
        self.pages.turn_to_cursor()

    def asked(self, subject: Subject) -> Asked:
        """Return what has to be asked for to have the marked ones in a file, or all where none is marked."""
        return Asked(subject, tuple(sorted(self.marked)), top=_ALL)
