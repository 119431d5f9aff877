"""What can be done with the runs of a report: those that are missing are trained, and those that train stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual import on
from textual.worker import get_current_worker

from engines.contract import Dataset
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.training.job import Job
from hw1_tui.training.timed_trial import Stacking, find_stacking
from screens.main_screen import MainScreen
from screens.state.agenda import Agenda
from screens.state.live_run import LiveRun
from screens.state.messages import ReportTried
from screens.widgets.report.agenda_words import asked_words, others_words


class ReportActing(MainScreen):
    """A part of the screen of the report."""

    def __init__(self) -> None:
        super().__init__()
        self._homework: Homework = read_questions()
        self._agenda = Agenda(self._homework)
        self._wanted: tuple[str, ...] = ()
        self._tried: tuple[str, ...] = ()
        self._wants_left = False

    @property
    def _chosen(self) -> tuple[str, ...]:
        """The marked questions, or the one under the cursor."""
        raise NotImplementedError

    def _take_form(self) -> bool:
        """Take what is typed; return whether it can be meant."""
        raise NotImplementedError

    def _look(self) -> None:
        """Read the history, and put on the queue what is wanted then."""
        raise NotImplementedError

    def _grow_stale(self) -> None:
        """Look again soon at how far the runs are."""
        raise NotImplementedError

    def _show_state(self) -> None:
        """Show how far the questions are."""
        raise NotImplementedError

    def _refuse(self, problem: str) -> None:
        """Say why something cannot be done."""
        raise NotImplementedError

    def action_start(self) -> None:
        """Train what the chosen questions need and the history does not have."""
        if self._take_form():
            self._want(self._chosen)

    def action_start_all(self) -> None:
        """Train what any question needs and the history does not have."""
        if self._take_form():
            self._want(self._homework.questions)

    def _want(self, questions: tuple[str, ...], *, is_left: bool = False) -> None:
        """Train what some questions need, or what others have left of it, as soon as it is known what there is."""
        self._wanted, self._wants_left = questions, is_left
        self._look()

    def _submit_wanted(self) -> None:
        """Put on the queue what is missing; go on with what was interrupted."""
        questions, self._wanted = self._wanted, ()
        if not questions:
            return
        is_here = self.workspace.queue.workers is None
        jobs = self._agenda.jobs(questions, is_left=self._wants_left) if is_here else {}
        if len(jobs) < 2:
            self._submit(questions, None)
            return
        self._tried = questions
        self.run_worker(partial(self._try, questions, jobs), thread=True, exclusive=True, group="try",
                        exit_on_error=False)  # fmt: skip

    def _try(self, questions: tuple[str, ...], jobs: Mapping[Job, Dataset]) -> None:
        """See which runs are worth being trained as one; in a thread."""
        try:
            stacking = find_stacking(jobs)
        except Exception:  # an engine that is not there, or fails: its run says so where it is trained
            stacking = None
        if not get_current_worker().is_cancelled:
            self.post_message(ReportTried(questions, stacking))

    @on(ReportTried)
    def _take_tried(self, message: ReportTried) -> None:
        if message.questions == self._tried:
            self._tried = ()
            self._submit(message.questions, message.stacking)

    def _submit(self, questions: tuple[str, ...], stacking: Stacking | None) -> None:
        agenda, queue, is_left = self._agenda, self.workspace.queue, self._wants_left
        n_free, n_busy = len(agenda.free(questions, is_left=is_left)), agenda.busy(questions)
        worth = stacking.keys if stacking else frozenset()
        for problem in agenda.put_on(queue, self.workspace.store, questions, worth, is_left=is_left):
            self._refuse(problem)
        for job, trial in stacking.trials if stacking else ():
            if trial.fastest == "stacked":
                self.notify(f"{job.name} and what goes with it: {trial.sentence}")
        others = agenda.new_others(queue, () if is_left else questions)
        self._tell(others_words(*others) if is_left else asked_words(n_free, n_busy, others))
        self._grow_stale()
        self._show_state()

    def _tell(self, words: str) -> None:
        if words:
            self.notify(words)

    def action_stop(self) -> None:
        """Stop what the report trains; the runs that wait first."""
        self._wanted, self._tried = (), ()  # also what waits for the history to be read, or is tried
        stopping = self._agenda.waiting
        self._agenda.stop(self.workspace.queue)
        self.app.hold_keys_for(self.until(partial(self._have_ended, stopping)))  # it can be gone on with then
        self._grow_stale()
        self._show_state()

    def _have_ended(self, stopping: Sequence[LiveRun]) -> bool:
        return not any(live.is_pending and live in self.workspace.queue.runs for live in stopping)

    def why_not(self, action: str) -> str:
        """Return why nothing can be stopped now; empty where something can, and for every other action."""
        is_busy = bool(self._agenda.waiting or self._wanted or self._tried)
        return "" if action != "stop" or is_busy else "The report trains nothing now: s begins."
