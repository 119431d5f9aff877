"""The questions of the report with how far each is."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content
from textual.widgets.option_list import Option

from hw1_tui.markup import visible
from hw1_tui.report.questions.question import Homework, is_part
from screens.state.agenda import Agenda
from screens.widgets.choice_list import ChoiceList
from screens.widgets.plain import plain

_TITLE_FROM = 22
"""Cells from which on there is room for a title that says something."""
_SIGNS = {
    "done": ("✓", "$text-success"),
    "training": ("▶", "$text-primary"),
    "waiting": ("·", ""),
    "begun": ("◐", ""),
    "open": ("○", ""),
}
_INDENT = "   "


class QuestionList(ChoiceList):
    """Questions; marked ones are run and exported together.

    Args:
        homework: the report.
        file: path of the file that they come from; empty for the one that comes along.
        id: as of every widget.

    Attributes:
        marked: the marked questions in the order of marking.
    """

    def __init__(self, homework: Homework, file: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True)
        self.add_class("frame")
        self.marked: dict[str, None] = {}
        self._names: tuple[str, ...] = ()
        self.take(homework, file)

    def take(self, homework: Homework, file: str) -> None:
        """List the questions of a report: none marked, unless they are the same ones."""
        place = (self.highlighted or 0) if homework.questions == self._names else 0
        self.marked = self.marked if homework.questions == self._names else {}
        self._names = homework.questions
        self._titles = [homework.question(name).title for name in self._names]
        self._agenda: Agenda | None = None
        self.border_title = plain(homework.title) if file else "Questions"
        self.border_subtitle = plain(Path(file).name)
        self.set_options([Option(name, id=f"question-{i}") for i, name in enumerate(self._names)])
        self.highlighted = place

    @property
    def question(self) -> str:
        """The question under the cursor."""
        return self._names[self.highlighted or 0]

    def show(self, agenda: Agenda) -> None:
        """Show how far each question is, with its whole title below where there is room for more than a word."""
        self._agenda = agenda
        for position, (name, title) in enumerate(zip(self._names, self._titles, strict=True)):
            prompt = self._prompt(name, title, *agenda.state(name))
            if str(self.get_option_at_index(position).prompt) != str(prompt):
                self.replace_option_prompt_at_index(position, prompt)

    def _prompt(self, name: str, title: str, word: str, done: int, of: int) -> Content:
        mark = "x" if name in self.marked else " "
        width = self.scrollable_content_region.width
        head = Content.assemble(mark, _SIGNS[word], " ", (f"{name:<5}", "bold"), f"{done}/{of}")
        if width < _TITLE_FROM or not title:
            return head
        lines = Content.styled(visible(title), "dim").wrap(width - len(_INDENT))
        return Content("\n").join([head, *(Content.assemble(_INDENT, line) for line in lines)])

    def on_resize(self) -> None:
        """Show the titles where there is room now."""
        if self._agenda:
            self.show(self._agenda)

    def mark(self, asked: tuple[str, ...]) -> None:
        """Mark the questions that are asked for, or parts of them; point at the first."""
        self.marked = dict.fromkeys(name for name in self._names if any(is_part(name, one) for one in asked))
        self.highlighted = self._names.index(next(iter(self.marked))) if self.marked else 0

    def turn(self) -> None:
        """Mark the question under the cursor, or take the mark away; go to the next."""
        if self.question in self.marked:
            del self.marked[self.question]
        else:
            self.marked[self.question] = None
        self.action_cursor_down()

    def turn_all(self) -> None:
        """Mark every question, or none."""
        self.marked = {} if len(self.marked) == len(self._names) else dict.fromkeys(self._names)
