"""What all screens share."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import ReadOptions, Wanted
from hw1_tui.settings.preference import Preferences
from screens.state.draft import Draft
from screens.state.library import Library
from screens.state.run_queue import RunQueue

if TYPE_CHECKING:
    from engines.contract import Dataset
    from hw1_tui.report import Preset
    from hw1_tui.report.runs.request import Request
    from hw1_tui.runs import Store
    from hw1_tui.training.control import Control
    from hw1_tui.training.event import Event
    from hw1_tui.training.job import Job
    from screens.state.live_run import LiveRun
    from screens.state.live_sweep import LiveSweep
    from screens.state.sweep_draft import SweepDraft

Size = tuple[int, int, int]
"""D, K and a seed."""

_KEPT_LINES = 2000


@dataclass
class Workspace:
    """The state of the program that belongs to no single screen.

    Attributes:
        draft: the run being defined.
        queue: the live runs.
        library: data sets in memory.
        home: folder of the history; the usual one where it is ``None``.
        derivation: D, K and the seed that the derivation begins with; ``None`` for its own.
        report: what the report was asked to do; ``None`` where nothing was said of it.
        questions: path of the questions file whose runs and questions are shown; empty for the report's.
        report_data: what the report is about, which stays in memory.
        inspected: the run to look inside, and one beside it; empty for the newest.
        live_sweep: the sweep that this program trains, or trained last; ``None`` for none.
        sweep_asked: the name of the sweep that is to be shown next; empty for none.
        run_asked: the run that Training is to show next; ``None`` for the newest.
        log: lines that something printed, the newest last.
        is_troubled: whether something failed in the background and the messages were not read since.
    """

    draft: Draft
    queue: RunQueue
    library: Library
    home: Path | None = None
    derivation: Size | None = None
    report: Request | None = None
    questions: str = ""
    report_data: tuple[Wanted, ...] = ()
    inspected: tuple[str, ...] = ()
    live_sweep: LiveSweep | None = None
    sweep_asked: str = ""
    run_asked: LiveRun | None = None
    log: list[str] = field(default_factory=list)
    is_troubled: bool = False

    @property
    def data_in_use(self) -> set[tuple[str, ReadOptions]]:
        """The data, and how it is read, of the run being defined, of those that wait or train, and of the report."""
        trained = (live.config.wanted for live in self.queue.pending)
        return {self.draft.wanted, *self.report_data, *trained}

    def submit_draft(self, *, beside: bool = False) -> LiveRun:
        """Ask for the runs that the form holds, one a seed; return the first.

        Raises:
            MistakeError: something is wrong with it, also with its data as far as that has been looked at.
        """
        from hw1_tui.training.job import Job
        from hw1_tui.training.opening import check_fit

        configs = self.draft.configs()
        config = configs[0]
        if problem := self.library.problem(*config.wanted):
            self.library.ask(*config.wanted)  # it may have been put right: the next try finds out
            raise MistakeError(Mistake("", problem))
        if dataset := self.library.get(*config.wanted):
            check_fit(config, dataset)
        lives = [self.queue.submit(Job(config), beside=beside, is_from_form=True) for config in configs]
        return lives[0]

    def open_job(self, job: Job, control: Control) -> Iterator[Event]:
        """Open a job so that the history keeps its run."""
        # Workers of another machine may not find it; what is gone on with is looked for by what its run knows of it.
        is_known = self.queue.workers is not None and not job.run
        dataset = self.library.get(*job.config.wanted) if is_known else None
        if dataset is None and (run := job.run or (job.parent[0] if job.parent else "")):
            dataset = self.data_elsewhere(run)
        from hw1_tui.training.job_context import JobContext  # with the first run: it loads numpy

        return self.queue.open_recorded(job, control, JobContext(self.store, dataset))

    def data_elsewhere(self, run: str) -> Dataset | None:
        """Return the data of a kept run, also where it was moved and is open now, or that of the form; for a thread.

        Returns:
            ``None`` where there is nothing to try, or it is neither there nor where the run had it.
        """
        from hw1_tui.training.kept_data import load_kept, sources  # with numpy: not before it is asked for

        try:
            record = self.store.get(run)
            known = sources(str(record.config_now.get("data", "")), str(record.facts.get("data_path") or ""))
            options = ReadOptions.of(record.config_now)
            opened = self.library.places_of(str(record.facts.get("fingerprint")), options)
        except MistakeError:
            return None
        elsewhere = [source for source in dict.fromkeys((self.draft.data, *opened)) if source not in known]
        for source in (None, *elsewhere) if elsewhere else ():  # where it was comes first
            with contextlib.suppress(MistakeError):
                return load_kept(record.config_now, record.facts, moved_to=source)
        return None

    def follow(self, before: Preferences, now: Preferences) -> None:
        """Let the queue and the run being defined follow the settings, where nothing else was chosen for it."""
        self.queue.side_by_side = now.side_by_side
        if before.questions != now.questions:
            self.questions = now.questions
        if self.draft.data == before.data:
            self.draft.data = now.data
        if self.draft.text("threads") == str(before.threads):
            self.draft.type("threads", str(now.threads))

    def presets(self) -> tuple[Preset, ...]:
        """Return the runs that one can begin with: those of the questions file, or of the report.

        Raises:
            MistakeError: with everything that is wrong in the file.
        """
        from hw1_tui.report import presets  # when they are first asked for: it would hold up the first frame
        from hw1_tui.report.questions.question_file import runs_of

        return runs_of(user_path(self.questions)) if self.questions else presets()

    @functools.cached_property
    def sweep_draft(self) -> SweepDraft:
        """The sweep being defined."""
        from screens.state.sweep_draft import SweepDraft  # when it is first asked for: it would hold up the first frame

        return SweepDraft(self.draft)

    @functools.cached_property
    def store(self) -> Store:
        """The history of runs."""
        from hw1_tui.runs import Store  # when it is first asked for: it would hold up the first frame

        return Store(self.home)

    def note(self, text: str) -> None:
        """Keep what was printed; of very much, the newest."""
        self.log += [line for line in text.splitlines() if line.strip()]
        del self.log[:-_KEPT_LINES]
