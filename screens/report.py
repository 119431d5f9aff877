"""Report: every table, figure and claim of the homework's report beside what the runs of the history say."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, DataTable, OptionList, Static
from textual.worker import get_current_worker

from engines.contract import Dataset
from hw1_tui.mistake import MistakeError
from hw1_tui.read_options import Wanted
from hw1_tui.report.reading import Reading, export_report, read_report
from hw1_tui.report.runs.plan import misfits
from hw1_tui.report.runs.request import Request
from hw1_tui.runs import RunRecord
from hw1_tui.runs.home import home_option
from screens import interval
from screens.report_acting import ReportActing
from screens.state.agenda import Agenda
from screens.state.command import Command
from screens.state.draft import in_short
from screens.state.history_watch import HistoryWatch
from screens.state.messages import ReportRead
from screens.widgets.button import Button
from screens.widgets.chart.charted import Charted
from screens.widgets.input import Input
from screens.widgets.key_words import key_words
from screens.widgets.report.agenda_words import describe, others_words
from screens.widgets.report.answer_view import AnswerView
from screens.widgets.report.question_list import QuestionList
from screens.widgets.report.request_form import RequestForm

_READING = "Reading the data and the history..."


class ReportScreen(Charted, ReportActing):
    """Questions on the left; the tables, figures and claims of one of them beside."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Run", id="report.start",
                tooltip="Train what the marked questions need, or the one under the cursor; nothing twice."),
        Binding("space", "mark", "Mark", id="report.mark", tooltip="Choose the question for running and exporting."),
        Binding("v", "next_view", "View", id="report.next-view", tooltip="Tables, figures, claims."),
        Binding("o", "open_runs", "Open runs", id="report.open-runs",
                tooltip="The runs behind the number or claim under the cursor, or behind the question."),
        Binding("e", "export", "Export", id="report.export",
                tooltip="Write the marked questions, or all, as Markdown, HTML, LaTeX and JSON."),
        Binding("x", "stop", "Stop", id="report.stop", show=False,
                tooltip="Stop what the report trains; s goes on with it."),
        Binding("a", "mark_all", "Mark all", id="report.mark-all", show=False, tooltip="Mark all questions, or none."),
        Binding("d", "data", "Data", id="report.data", show=False, tooltip="Choose other data."),
        Binding("f", "questions", "Questions file", id="report.questions", show=False,
                tooltip="Ask the questions of a file of your own."),
        Binding("t", "tune", "Tune", id="report.tune", show=False,
                tooltip="Tune the rivals of the report's conclusions as well, so that these are tested."),
    ]  # fmt: skip
    AUTO_FOCUS = "#questions"

    def __init__(self) -> None:
        super().__init__()
        self._request = Request("")
        self._readings: dict[str, Reading] = {}
        self._is_known = False
        self._is_reading = False
        self._misfit = ""
        self._file: str | None = ""
        self._watch = HistoryWatch()
        self._stale = False

    def compose_body(self) -> ComposeResult:
        """Draw the settings, the questions, and room for one of them."""
        self._request = self._asked_for()
        yield RequestForm(self._request, id="asked")
        with Horizontal(id="pages"):
            yield QuestionList(self._homework, self._request.questions_file, id="questions")
            with Vertical(id="question"):
                yield Static(markup=False, id="question-title")
                yield AnswerView(id="views")
        yield Static(markup=False, id="about", classes="line")
        with Horizontal(classes="buttons"):
            yield Button("Run", id="start", variant="primary", action="screen.start")
            yield Button("Run all", id="run-all", action="screen.start_all")
            yield Button("Stop", id="stop", action="screen.stop")
            yield Button("Open runs", id="open-runs", action="screen.open_runs")
            yield Button("Export", id="export", action="screen.export")
            yield Button("Next view", id="next-view", action="screen.next_view")

    async def on_mount(self) -> None:
        """Show what is printed; read the data and the history."""
        self.workspace.queue.changed.subscribe(self, lambda _live: self._grow_stale())
        self.workspace.library.changed.subscribe(self, self._take_data)
        self.app.preferences.changed.subscribe(self, lambda _values: self._follow_questions())
        self.set_interval(interval.REPORT, self._look_again)
        self.set_interval(interval.REPORT_ELSEWHERE, self._look_elsewhere)
        if self.workspace.report:
            self.query_one(QuestionList).mark(self.workspace.report.questions)
        await self._show()
        self._look()

    def on_screen_resume(self) -> None:
        """Look at what was trained meanwhile."""
        if self.is_mounted:
            self._look()

    def _asked_for(self) -> Request:
        """Return what was asked for on the command line, with the data of the run being defined where none was."""
        given = self.workspace.report or Request("")
        request, self._file = replace(given, questions=()), self.workspace.questions
        remembered = "" if given.questions else self._file  # a question that was named alone is one of the report's
        asked = replace(request, questions_file=request.questions_file or remembered)
        if asked != Request(""):
            try:
                self._homework, request = asked.homework(), asked
            except MistakeError as error:  # of the last time, and changed since
                self._refuse(str(error))
            self._agenda = Agenda(self._homework)
        return replace(request, data=request.data or self._homework.data or self.workspace.draft.data)

    # Reading the history, in a thread.

    @property
    def _question(self) -> str:
        return self.query_one(QuestionList).question

    def _grow_stale(self) -> None:
        self._stale = True
        self.has_news.set()

    def _look_again(self) -> None:
        """Follow the runs that train; read the history again when one has ended."""
        if not self.is_current or not self._stale:
            return
        self._stale = bool(self._agenda.waiting)
        if self._agenda.passed_over():
            self._tell(others_words(*self._agenda.new_others(self.workspace.queue)))
        if self._agenda.ended():
            self._look()
        self._show_state()

    def _look_elsewhere(self) -> None:
        """Take up what another program trained, which is done, or is gone on with; and see what else it changed."""
        if self._agenda.awaited and not self._wanted and not self._tried:
            self._want(self._agenda.awaited, is_left=True)
        elif self.is_current and self._is_known and not self._is_reading:
            if self._watch.is_outdated or self._agenda.has_others:
                self._look()
            else:
                self._watch.look(self, self.workspace.store)

    @property
    def _data_wanted(self) -> tuple[Wanted, ...]:
        """The data of all runs: where it comes from, and how it is read."""
        return self._homework.wanted(self._request.data)

    def _look(self) -> None:
        self.workspace.report_data = self._data_wanted
        sets = self.workspace.library.all_of(self._data_wanted)
        runs = self._request.runs(self._homework, sets) if sets else []
        found = misfits(runs)
        self._misfit = in_short(MistakeError(found)) if found else ""
        if sets is None or self._misfit:
            self._show_state()
            return
        self._is_reading, self._watch.is_outdated = True, False
        look = partial(self._read, self._request, sets, self._question, self._readings.get(self._question))
        self.run_worker(look, thread=True, exclusive=True, group="report", exit_on_error=False)

    def _read(self, request: Request, sets: Mapping[Wanted, Dataset], question: str, before: Reading | None) -> None:
        self._watch.begin(self.workspace.store)
        try:
            reading = read_report(self._homework, request, sets, self.workspace.store, question, before)
            found = ReportRead(reading)
        except MistakeError as error:
            found = ReportRead(None, str(error))
        except Exception as error:  # a damaged history becomes a sentence, not silence
            found = ReportRead(None, f"The history cannot be read: {error}")
        if not get_current_worker().is_cancelled:
            self.post_message(found)

    def _take_data(self, source: str) -> None:
        if wanted := [one for one in self._data_wanted if one[0] == source]:
            is_refused = self.workspace.library.problem_of(wanted)  # and not asked for again
            self._show_state() if is_refused else self._look()

    @on(ReportRead)
    async def _take_reading(self, message: ReportRead) -> None:
        self._is_reading = False
        if message.reading is None:
            self._wanted = ()
            self._refuse(message.problem)
        elif (reading := message.reading).request == self._request:
            self._is_known = True
            self._agenda.take(reading)
            before, self._readings[reading.question] = self._readings.get(reading.question), reading
            if reading.question == self._question and (before is None or before.report is not reading.report):
                await self._show()
            self._submit_wanted()
            self._show_state()

    def _refuse(self, problem: str) -> None:
        self.notify(problem, title="The report", severity="warning")

    # Showing.

    async def _show(self) -> None:
        question = self._homework.question(self._question)
        self.query_one("#question-title", Static).update(f"{question.name}  {question.title}".strip())
        part = self._homework.only((self._question,))
        await self.query_one(AnswerView).show(question, part, self._readings.get(self._question))
        self._show_state()

    def _show_state(self) -> None:
        """Show how far the questions are."""
        questions = self.query_one(QuestionList)
        questions.show(self._agenda)
        problem = self.workspace.library.problem_of(self._data_wanted) or self._misfit
        words = problem or (describe(self._agenda, len(questions.marked)) if self._is_known else _READING)
        if self._is_known and self._is_reading and self._question not in self._readings:
            words += f". Reading the runs of {self._question} ..."
        if self._tried and not problem:
            words += ". Trying how they train the fastest..."
        self.query_one("#about", Static).update(words if problem else key_words(words))
        self.grey_out()
        self.refresh_bindings()

    @on(OptionList.OptionHighlighted, "#questions")
    async def _choose(self) -> None:
        self._look()
        await self._show()

    def action_next_view(self) -> None:
        """Show the next of tables, figures and claims; the tables stay where there is room."""
        self.query_one(AnswerView).turn(keeps_tables=not (self.has_class("-narrow") or self.has_class("-short")))

    # What is asked for.

    @on(Input.Submitted, "#asked Input")
    @on(Checkbox.Changed, "#course")
    def _ask(self) -> None:
        """Take other data, seeds or numbers of epochs."""
        if self._take_form():
            self.query_one("#questions").focus()

    def _take_form(self) -> bool:
        """Take what stands above; return whether nothing in it is wrong."""
        try:
            request = self.query_one(RequestForm).filled(self._request)
        except MistakeError as error:
            self._refuse(str(error))
            return False
        if request != self._request:
            self._take_request(request)
        return True

    def _take_request(self, request: Request) -> None:
        """Show what other runs say."""
        if not request.trains_as(self._request):
            self._agenda.forget()
            self._wanted, self._tried, self._is_known = (), (), False
        self._request = request
        self._readings.clear()
        self._look()
        self.call_later(self._show)

    def action_questions(self) -> None:
        """Ask for a questions file."""
        from screens.dialogs.questions_file import ask_for_questions

        ask_for_questions(self, self._request.questions_file, self._take_questions)

    def _take_questions(self, file: str) -> None:
        self._file = None  # also where it is the same file, which may have been changed
        self.app.preferences.change(questions=file)
        self.query_one("#questions").focus()

    def _follow_questions(self) -> None:
        """Ask the questions of the file that was chosen, here or under Settings."""
        if (file := self.workspace.questions) != self._file:
            self._file = file
            self._take_homework(replace(self._request, questions_file=file))

    def _take_homework(self, request: Request, data: str = "") -> None:
        before = self._homework.data
        try:
            self._homework = request.homework()
        except MistakeError as error:
            self._refuse(str(error))
            return
        request = replace(request, tunes=request.tunes and bool(self._homework.tunings))
        self._agenda = Agenda(self._homework)
        self.query_one(QuestionList).take(self._homework, request.questions_file)
        chosen = request.data if request.data != before else ""  # what another file named is not meant any more
        data = data or self._homework.data or chosen or self.workspace.draft.data
        self.query_one("#data", Input).value = data
        self._take_request(replace(request, data=data))

    def action_tune(self) -> None:
        """Tune the rivals of what the report concludes as well, or leave that out again."""
        if not self._homework.tunings:
            self._refuse("None of these questions has a conclusion with rivals to tune: [[tunings]] in their file.")
            return
        self._take_homework(replace(self._request, tunes=not self._request.tunes), self._request.data)
        what = "are tuned too: Run trains them" if self._request.tunes else "are as they are"
        self.notify(f"The rivals of the report's conclusions {what}.")

    def action_data(self) -> None:
        """Type a source."""
        self.query_one("#data", Input).focus()

    def action_mark(self) -> None:
        """Mark the question under the cursor, or take the mark away."""
        self.query_one(QuestionList).turn()
        self._show_state()

    def action_mark_all(self) -> None:
        """Mark every question, or none."""
        self.query_one(QuestionList).turn_all()
        self._show_state()

    @property
    def _chosen(self) -> tuple[str, ...]:
        """The marked questions, or the one under the cursor."""
        return tuple(self.query_one(QuestionList).marked) or (self._question,)

    # Looking closer, taking away.

    @on(DataTable.RowSelected, "#tables")
    @on(OptionList.OptionSelected, "#claims")
    def action_open_runs(self) -> None:
        """Show the runs behind what is under the cursor."""
        from screens.dialogs.comparison_dialog import ComparisonDialog

        if records := self._records_behind():
            try:
                self.app.push_screen(ComparisonDialog.of(self.workspace.store, records))
            except MistakeError as error:
                self._refuse(str(error))
        else:
            self.notify("No run is kept for this yet." if self._is_known else _READING)

    def _records_behind(self) -> list[RunRecord]:
        names = self.query_one(AnswerView).runs_under_cursor()
        if names is None:
            names = tuple(self._homework.only((self._question,)).needed_runs())
        return self._agenda.records_of(names)

    def action_export(self) -> None:
        """Ask for a folder."""
        from screens.dialogs.report_export import ask_for_folder

        if not self._take_form():
            return
        if (sets := self.workspace.library.all_of(self._data_wanted)) is None:
            self._refuse("The data is not in memory yet.")
            return
        marked = tuple(self.query_one(QuestionList).marked)
        part = self._homework.only(marked)
        title = f"Export {', '.join(marked) if marked else 'all questions'}"
        write = partial(export_report, part, replace(self._request, questions=marked), sets, self.workspace.store)
        ask_for_folder(self, part, title, write)

    def command(self) -> Command:
        """Return the command that writes this report, of what stands in the form."""
        request = self.query_one(RequestForm).filled(self._request)
        words = ["hw1-tui", "--batch", "report", *self.query_one(QuestionList).marked, *request.words()]
        line = shlex.join(words) + home_option(self.workspace.store.home)  # what is missing is so in one history
        return Command(line, "It trains what is missing and writes it")
