"""What of the report is kept, what trains, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import partial

from engines.contract import Dataset
from hw1_tui.mistake import MistakeError
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.reading import Reading
from hw1_tui.report.runs.forecast import Running, seconds_left
from hw1_tui.report.runs.plan import PlannedRun, PlannedRunKey, key
from hw1_tui.report.runs.planned_job import open_planned, planned_jobs
from hw1_tui.report.runs.request import Request
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import is_done
from hw1_tui.training.job import Job
from screens.state.live_run import LiveRun
from screens.state.run_queue import RunQueue
from screens.state.run_source import submit_kept


class Agenda:
    """The runs of the report that one request needs.

    Args:
        homework: the report.

    Attributes:
        kept: what the history has, also runs that have not ended.
        awaited: the questions that need runs which others train. What the others leave of these runs is trained here.
    """

    def __init__(self, homework: Homework) -> None:
        self._homework = homework
        self._request: Request | None = None
        self._data: Mapping[Wanted, Dataset] = {}
        self.kept: Mapping[PlannedRunKey, RunRecord] = {}
        self.awaited: tuple[str, ...] = ()
        self._taken: frozenset[PlannedRunKey] = frozenset()  # that others train: as far as the history was read
        self._awaited_runs: set[PlannedRunKey] = set()  # that others trained when they were asked for
        self._beside: dict[PlannedRunKey, LiveRun] = {}  # of these, what this program trains on its own
        self._asked: dict[PlannedRunKey, tuple[PlannedRun, LiveRun]] = {}
        self._ended: set[LiveRun] = set()
        self._asked_for: dict[PlannedRunKey, tuple[str, ...]] = {}
        self._told: set[PlannedRunKey] = set()  # of which it was said that others train them
        self._planned: dict[tuple[str, ...], Sequence[PlannedRun]] = {}

    def take(self, reading: Reading) -> None:
        """Take what the history has; what this program itself has, or just let go of, no other program trains."""
        is_same = reading.request == self._request and reading.data.keys() == self._data.keys()
        if not is_same or any(reading.data[name] is not dataset for name, dataset in self._data.items()):
            self._planned = {}
        self._request, self._data = reading.request, reading.data
        self.kept, self._taken = reading.kept, reading.taken - self._asked.keys()

    def forget(self) -> None:
        """Begin with another request; what trains goes on without being the report's any more."""
        self._request, self.kept, self._asked, self._ended = None, {}, {}, set()
        self._taken, self._told = frozenset(), set()
        self._wait_for_none()

    def _wait_for_none(self) -> None:
        self.awaited, self._awaited_runs, self._beside = (), set(), {}

    def _runs(self, questions: tuple[str, ...] = ()) -> Sequence[PlannedRun]:
        """Return the runs that some questions need, all by default; planned once for a request and its data."""
        if self._request is None:
            return ()
        if questions not in self._planned:
            self._planned[questions] = self._request.runs(self._homework, self._data, questions)
        return self._planned[questions]

    def jobs(self, questions: tuple[str, ...], *, is_left: bool = False) -> dict[Job, Dataset]:
        """Return what has to be trained for some questions and nobody trains, each with its data; see ``put_on``."""
        return {job: run.data for run, job in planned_jobs(self.free(questions, is_left=is_left), self.kept)}

    def free(self, questions: tuple[str, ...], *, is_left: bool = False) -> list[PlannedRun]:
        """Return the runs that some questions need and that nobody has or trains; see ``put_on``."""
        runs = [run for run in self.missing(questions) if key(run) not in self._taken]
        return [run for run in runs if key(run) in self._awaited_runs] if is_left else runs

    def put_on(
        self,
        queue: RunQueue,
        store: Store,
        questions: tuple[str, ...],
        worth: frozenset[Hashable] = frozenset(),
        *,
        is_left: bool = False,
    ) -> Iterator[str]:
        """Put on a queue what some questions need and nobody trains; go on with what was interrupted.

        What others train is waited for: its questions are ``awaited`` then.

        Args:
            queue: trains it.
            store: the history.
            questions: their names.
            worth: what runs have in common that are worth being trained as one.
            is_left: only what others left; what was stopped here by hand since stays stopped.

        Yields:
            Why a run cannot be trained.
        """
        if self._request is None:
            return
        self._leave_what_was_stopped()
        free, taken = self.free(questions, is_left=is_left), self.others_train(questions)
        self._awaited_runs = (self._awaited_runs - set(map(key, free))) | set(map(key, taken))
        self._beside |= self._trained_beside(queue, taken)
        self.awaited = tuple(name for name in self.awaited if name not in questions)
        if taken:
            self.awaited += questions
        with queue.gathering(worth):
            for run, job in planned_jobs(free, self.kept):
                opened = open_planned(run, store, open_recorded=queue.open_recorded)
                record = self.kept.get(key(run))
                try:
                    submit = partial(submit_kept, queue, store, record) if record else queue.submit
                    live = submit(job, open_job=opened)
                except MistakeError as error:
                    yield str(error)
                else:
                    self._asked[key(run)] = (run, live)
                    self._asked_for[key(run)] = questions

    def _trained_beside(self, queue: RunQueue, runs: Sequence[PlannedRun]) -> dict[PlannedRunKey, LiveRun]:
        """Return those of some runs that this program trains without the report having asked for them."""
        pending = {live.run_id: live for live in queue.pending if live.run_id}
        kept = {key(run): self.kept[key(run)].run for run in runs if key(run) in self.kept}
        return {k: pending[run] for k, run in kept.items() if run in pending}

    def _leave_what_was_stopped(self) -> None:
        """Wait no longer for what this program trained beside the report and was told to stop."""
        over = {k for k, live in self._beside.items() if live.ended and not live.is_pending}
        self._awaited_runs -= over
        self._beside = {k: live for k, live in self._beside.items() if k not in over}

    def stop(self, queue: RunQueue) -> None:
        """Stop what trains and waits, the runs that wait first; nothing is waited for any more."""
        self._wait_for_none()
        for live in reversed(self.waiting):
            queue.stop(live)

    def records_of(self, names: Collection[str]) -> list[RunRecord]:
        """Return the runs of some names that are trained to their end, those of a name by their seeds."""
        return [record for (name, _), record in sorted(self.kept.items()) if name in names and is_done(record)]

    def missing(self, questions: tuple[str, ...]) -> list[PlannedRun]:
        """Return the runs that some questions need and that this program neither trains nor has."""
        return [run for run in self._runs(questions) if self.is_missing(run)]

    def passed_over(self) -> bool:
        """Wait for what another program took before this one came to it; return whether there is anything new."""
        passed = [k for k, (_, live) in self._asked.items() if live.is_elsewhere]
        for k in passed:
            del self._asked[k]
            self._taken |= {k}
            self._awaited_runs.add(k)
            self.awaited = tuple(dict.fromkeys([*self.awaited, *self._asked_for.pop(k)]))
        return bool(passed)

    def ended(self) -> bool:
        """Whether a run has ended since this was asked last."""
        ended = {live for _, live in self._asked.values() if live.ended}
        news = ended - self._ended
        self._ended |= ended
        return bool(news)

    @property
    def waiting(self) -> list[LiveRun]:
        """The runs of the report that train or wait, in order."""
        return [live for run, live in self._asked.values() if _trains(run, live)]

    def is_missing(self, run: PlannedRun) -> bool:
        """Whether a run has to be trained and nobody does."""
        record = self.kept.get(key(run))
        return not (record and is_done(record)) and not self._is_busy(key(run))

    @property
    def has_others(self) -> bool:
        """Whether others train any of the runs: nobody tells when one of those has ended."""
        return bool(self._taken)

    def others_train(self, questions: tuple[str, ...]) -> list[PlannedRun]:
        """Return the runs that some questions need and that others train: another program, or this one on its own."""
        return [run for run in self.missing(questions) if key(run) in self._taken]

    def new_others(self, queue: RunQueue, questions: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
        """Return what others train of what is awaited and was not told yet.

        Args:
            queue: of this program.
            questions: those of which all is returned, told or not.

        Returns:
            The names of the runs that this program trains beside the report, and of those that another does.
        """
        asked = set(map(key, self.others_train(questions))) if questions else set()
        own = [run.training for run, live in self._asked.values() if _trains(run, live)]
        # Of so few epochs two runs of the report may be the same training: it is this program's for both.
        awaited = [run for run in self.others_train(self.awaited) if run.training not in own] if self.awaited else []
        runs = [run for run in awaited if key(run) in asked or key(run) not in self._told]
        self._told |= set(map(key, runs))
        here = self._trained_beside(queue, runs)
        return [run.label for run in runs if key(run) in here], [run.label for run in runs if key(run) not in here]

    def busy(self, questions: tuple[str, ...]) -> int:
        """Return how many of the runs that some questions need train or wait for the report."""
        return sum(self._is_busy(key(run)) for run in self._runs(questions))

    def _is_busy(self, name: PlannedRunKey) -> bool:
        return name in self._asked and _trains(*self._asked[name])

    def state(self, question: str) -> tuple[str, int, int]:
        """Return how far a question is.

        Returns:
            ``done``, ``training``, ``waiting`` (none trains yet), ``begun`` or ``open``; how many of its runs are done;
            how many there are.
        """
        if self._request is None:
            names = self._homework.only((question,)).needed_runs()
            return "open", 0, len(names)
        keys = [key(run) for run in self._runs((question,))]
        done = sum(k in self.kept and is_done(self.kept[k]) for k in keys)
        busy = [self._asked[k][1] for k in keys if self._is_busy(k)]
        if done < len(keys) and busy:
            return "training" if any(live.is_live for live in busy) else "waiting", done, len(keys)
        word = "done" if done == len(keys) else "begun" if done else "open"
        return word, done, len(keys)

    def progress(self) -> tuple[int, int]:
        """Return how many runs of the whole report are done, and how many there are."""
        runs = self._runs()
        return sum(key(run) in self.kept and is_done(self.kept[key(run)]) for run in runs), len(runs)

    def seconds_left(self) -> float | None:
        """Return the seconds to the end of all that trains and waits; ``None`` while that cannot be said."""
        asked = list(self._asked.values())
        planned = {key(run): run for run in self._runs()}
        ended = [(planned[k], float(record.results.get("seconds") or 0.0)) for k, record in self.kept.items()
                 if k in planned and record.status == "finished"]  # fmt: skip
        ended += [(run, live.ended.seconds) for run, live in asked
                  if live.ended and live.ended.status == "finished" and key(run) not in self.kept]  # fmt: skip
        running = [Running(run, live.seconds or 0.0, live.seconds_left) for run, live in asked if live.is_live]
        return seconds_left(ended, running, [run for run, live in asked if live.state == "queued"])


def _trains(run: PlannedRun, live: LiveRun) -> bool:
    """Return whether a run of the report trains or waits; what a person goes on with otherwise is not its any more."""
    return live.is_pending and not (live.open_job is None and live.is_other_than(run.config))
