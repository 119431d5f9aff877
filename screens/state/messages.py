"""What a thread tells the interface: past-tense facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from engines.contract import Dataset
from hw1_tui.mistake import MistakeError
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

if TYPE_CHECKING:
    from hw1_tui.report.reading import Reading
    from hw1_tui.runs import RunRecord
    from hw1_tui.sweep.definition import Sweep
    from hw1_tui.training.timed_trial import Stacking
    from screens.state.live_run import LiveRun, Supplier
    from screens.state.sweep_reading import SweepReading


class RunTold(Message):
    """A live run has put events into its queue. The message itself carries none of them."""

    def __init__(self, live: LiveRun) -> None:
        self.live = live
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        """Return whether a waiting message is of the same run, and so worthless: the queue keeps every event."""
        return isinstance(message, RunTold) and message.live is self.live


class SupplierTold(Message):
    """A sweep that trains has heard of its runs. The message itself carries none of it."""

    def __init__(self, supplier: Supplier) -> None:
        self.supplier = supplier
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        """Return whether a waiting message is of the same, and so worthless: the sweep keeps every event."""
        return isinstance(message, SupplierTold) and message.supplier is self.supplier


class RunRefused(Message):
    """A run of the form cannot be trained: there is none."""

    def __init__(self, live: LiveRun, error: MistakeError) -> None:
        self.live, self.error = live, error
        super().__init__()


class RunPassedOver(Message):
    """A run is not trained here: another program has it, or it was stopped before it looked whether one has.

    Args:
        live: the run.
        reason: that another program has it, where somebody asked for this very run; empty else.
    """

    def __init__(self, live: LiveRun, reason: str = "") -> None:
        self.live, self.reason = live, reason
        super().__init__()


class DatasetLoaded(Message):
    """A data set is in memory."""

    def __init__(self, source: str, found: Dataset, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        self.source, self.found, self.options = source, found, options
        super().__init__()


class SourcesFound(Message):
    """Data was looked for that somebody may mean.

    Args:
        here: the names of data files and folders in the current folder.
        recent: paths of what runs were trained on elsewhere, the newest first.
    """

    def __init__(self, here: list[str], recent: list[str]) -> None:
        self.here, self.recent = here, recent
        super().__init__()


class DatasetRefused(Message):
    """A data set cannot be used."""

    def __init__(self, source: str, found: MistakeError, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        self.source, self.found, self.options = source, found, options
        super().__init__()


class LinePrinted(Message):
    """Something was printed that would have landed on the screen."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class NoticeGiven(Message):
    """Something is worth a sentence that concerns the whole session, such as a damaged run folder."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class BackgroundFailed(Message):
    """Something raised where nobody waits for it: in a thread, a worker or a task."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        super().__init__()


class InterruptedFound(Message):
    """The history has runs that were broken off."""

    def __init__(self, records: Sequence[RunRecord]) -> None:
        self.records = records
        super().__init__()


class NewestFound(Message):
    """The history was searched for runs of the report.

    Args:
        newest: the newest run of each that it has, by the name of the report's run.
        problem: why it could not be read; empty where it could.
    """

    def __init__(self, newest: dict[str, RunRecord], problem: str = "") -> None:
        self.newest, self.problem = newest, problem
        super().__init__()


class RunsFound(Message):
    """The history was read.

    Args:
        records: the runs that the filter lets through; ``None`` where it cannot be understood.
        problem: what is wrong with the filter; empty where nothing is.
        why_none: why the filter lets no run through, as far as that can be said.
        vanished: that the history was there and is no more; empty where it is.
        has_trash: whether all runs are deleted ones; only told where all were looked for, and none was found.
    """

    def __init__(
        self,
        records: list[RunRecord] | None,
        problem: str = "",
        why_none: str = "",
        vanished: str = "",
        has_trash: bool = False,
    ) -> None:
        self.records, self.problem, self.why_none, self.vanished = records, problem, why_none, vanished
        self.has_trash = has_trash
        super().__init__()


class SweepRead(Message):
    """The history was read for a sweep, or could not be.

    Args:
        name: the sweep's identifier.
        reading: what it has; ``None`` where it cannot be read.
        problem: why not.
    """

    def __init__(self, name: str, reading: SweepReading | None, problem: str = "") -> None:
        self.name, self.reading, self.problem = name, reading, problem
        super().__init__()


class SweepsFound(Message):
    """The sweeps of the history were looked for."""

    def __init__(self, sweeps: Mapping[str, Sweep]) -> None:
        self.sweeps = sweeps
        super().__init__()


class ReportTried(Message):
    """How the runs of some questions train the fastest was tried.

    Args:
        questions: their names.
        stacking: which are worth being trained as one; ``None`` where that cannot be told.
    """

    def __init__(self, questions: tuple[str, ...], stacking: Stacking | None) -> None:
        self.questions, self.stacking = questions, stacking
        super().__init__()


class ReportRead(Message):
    """The history was read for the report, or could not be.

    Args:
        reading: what it has; ``None`` where it cannot be read.
        problem: why not.
    """

    def __init__(self, reading: Reading | None, problem: str = "") -> None:
        self.reading, self.problem = reading, problem
        super().__init__()
