"""One run that trains, waits or has ended: its control, and everything it has said so far.

Only the interface's thread changes one, by ``take``; the thread that trains it appends to ``told`` and ``progress``.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hw1_tui.config_history import Change, ConfigHistory, changed_before, not_repeated
from hw1_tui.metric import EpochMetrics, best_epoch
from hw1_tui.runs.record import describe_origin
from hw1_tui.runs.turn import is_another
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.eta import Eta
from hw1_tui.training.event import (
    EpochEnded,
    Event,
    Paused,
    Progressed,
    Remarked,
    Resumed,
    RunEnded,
    RunStarted,
    Status,
    Steered,
)
from hw1_tui.training.executor import Open
from hw1_tui.training.job import Job

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice, Coach

State = Literal["queued", "opening", "training", "paused", "stopping"] | Status
LIVE: frozenset[str] = frozenset({"opening", "training", "paused", "stopping"})
"""States in which a thread works for the run."""


class Supplier(Protocol):
    """What trains runs of its own choice, such as a sweep. Its runs are among the others' on the queue."""

    @property
    def done(self) -> float:
        """Share of its work that is done, between 0 and 1."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def is_busy(self) -> bool:
        """Whether it trains, or may still begin a run."""

    @property
    def is_paused(self) -> bool:
        """Whether all that trains was told to wait."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds to its end; ``None`` while that cannot be said."""

    def stop(self) -> None:
        """Begin no run any more, and stop those that train."""

    def hear(self) -> None:
        """Take what its thread has told."""

    def stop_run(self, live: LiveRun) -> None:
        """Stop one of its runs for good."""


@dataclass(eq=False)
class LiveRun:
    """A run on the queue.

    Attributes:
        number: counted from 1 in the order of asking.
        config: what is trained, as steered so far.
        history: what it began with, and what was changed since.
        control: its control.
        run_id: its name in the history; empty where it is not kept.
        state: where it stands.
        epochs: every epoch measured so far, the untrained model first.
        parent: the run and epoch that it was branched from; ``None`` for none.
        before: what was changed on the way to there, and by branching.
        remarks: sentences worth reading.
        started: its first event, once it has come.
        ended: its last event, once it has come.
        told: events that wait to be taken; the training thread appends.
        read: what the history has of it, or of what it was branched from, once a thread has read that.
        progress: the newest progress; the training thread overwrites it.
        clock: seconds, for elapsed times.
        opening_text: what is waited for before the first event, as a sentence.
        is_from_form: whether the form holds it, which is then told why it cannot be trained.
        is_elsewhere: whether another program has it, so that it does not train here.
        is_seen: whether it was looked at since it ended.
        job: what the executor was asked for last.
        open_job: opens its jobs; ``None`` for what opens all others.
        supplier: what trains it; ``None`` for the queue.
        coach: listens to it from its first event on; of a run that goes on it knows the epochs before.
    """

    number: int
    config: RunConfig
    run_id: str = ""
    control: Control = field(default_factory=Control)
    state: State = "queued"
    epochs: list[EpochMetrics] = field(default_factory=list)
    parent: tuple[str, int] | None = None
    before: Sequence[Change] = ()
    remarks: list[str] = field(default_factory=list)
    started: RunStarted | None = None
    ended: RunEnded | None = None
    told: deque[Event] = field(default_factory=deque)
    read: deque[list[EpochMetrics]] = field(default_factory=lambda: deque(maxlen=1))
    progress: deque[Progressed] = field(default_factory=lambda: deque(maxlen=1))
    clock: Callable[[], float] = time.monotonic
    opening_text: str = ""
    is_from_form: bool = False
    is_elsewhere: bool = False
    is_seen: bool = False
    job: Job = field(init=False)
    open_job: Open | None = None
    supplier: Supplier | None = None
    coach: Coach | None = None
    _seconds_before: float | None = None
    _watched: float = 0.0
    _eta: Eta = field(default_factory=Eta)

    def __post_init__(self) -> None:
        self.job = Job(self.config)
        self.history = ConfigHistory(self.config.as_dict())

    _since: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether a thread works for it."""
        return self.state in LIVE

    @property
    def is_pending(self) -> bool:
        """Whether it trains or waits for its turn."""
        return self.is_live or self.state == "queued"

    @property
    def has_unseen_failure(self) -> bool:
        """Whether it failed and was not looked at since."""
        return self.state == "failed" and not self.is_seen

    @property
    def steered(self) -> list[Change]:
        """What was changed while it trained, or when it went on."""
        return self.history.changes

    @property
    def joined_changes(self) -> list[Change]:
        """What was changed along its curve, with the epochs before it was branched."""
        return [*self.before, *self.steered]

    def changes_to(self, epoch: int, values: Mapping[str, Any]) -> list[Change]:
        """Return what is changed on the way to a branch of it, see ``config_history.changed_before``."""
        return changed_before(self.history.first, self.joined_changes, epoch, values)

    @property
    def first_config(self) -> RunConfig:
        """What it began with; as many epochs as are planned now."""
        return RunConfig.from_dict(self.history.first, self.run_id) if self.steered else self.config

    @property
    def origin(self) -> str:
        """The run and epoch that it was branched from, as words; empty for none."""
        return describe_origin(*self.parent) if self.parent else ""

    @property
    def begin(self) -> int:
        """The epoch after which its own begin: of a branch its parent's, else 0."""
        return self.parent[1] if self.parent else 0

    @property
    def not_repeated(self) -> list[str]:
        """What training anew with ``first_config`` leaves out, in words."""
        return [self.origin] * bool(self.origin) + not_repeated(self.history.first, self.steered)

    def is_other_than(self, config: RunConfig) -> bool:
        """Return whether a person gave it more epochs or other values than a sweep or a report asked for."""
        return self.config.epochs != config.epochs or is_another(self.history.first, self.steered)

    @property
    def wanted_by(self) -> str:
        """The sweep or the report that it is trained for, which counts no run with other values; empty for none."""
        return self.supplier.title if self.supplier else "report" if self.open_job else ""

    @property
    def title(self) -> str:
        """Its number and what it trains, short."""
        return f"{self.number} {self.config.model} {self.config.engine}"

    @property
    def epochs_done(self) -> int:
        """Number of epochs trained."""
        return self.epochs[-1].epoch if self.epochs else 0

    @property
    def fraction(self) -> float:
        """How much of all planned epochs is done, 0 to 1."""
        return min(1.0, (self.epochs_done + self._epoch_fraction()) / max(1, self.config.epochs))

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch with the lowest validation loss so far of those that are its own; ``None`` before the first."""
        return best_epoch(self.epochs, self.begin)

    @property
    def advice(self) -> Advice | None:
        """What the coach says of it now; ``None`` for nothing."""
        return self.coach.advice if self.coach else None

    @property
    def seconds(self) -> float | None:
        """Seconds of training and evaluation, without pauses, as its session counts them; ``None`` before it says."""
        if self.ended and not self.is_live:
            return self.ended.seconds
        told = [self.progress[0].run_seconds] if self.progress else []
        before = [self._seconds_before] if self._seconds_before is not None else []
        return max(told + before, default=None)

    @property
    def _waited(self) -> float:
        """Seconds for which it was watched in training, by the clock: what the time that is left is told by."""
        return self._watched + (self.clock() - self._since if self._since is not None else 0.0)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the last planned epoch; ``None`` while that cannot be said."""
        if self.state != "training":
            return None
        done = self.epochs_done + self._epoch_fraction()
        self._eta.reach(done, self._waited)  # an epoch may take an hour: its parts tell as well
        return self._eta.left(self.config.epochs, done, self._waited)

    @property
    def is_evaluating(self) -> bool:
        """Whether it measures the model, or waits there: before the first epoch, after one, or in the end."""
        if self.state not in ("training", "paused", "stopping"):
            return False
        return not self.epochs or self._epoch_fraction() >= 1.0 or self.epochs_done >= self.config.epochs

    @property
    def examples_per_second(self) -> float | None:
        """Training speed of the epoch that runs, or of the last one."""
        newest = self.progress[0] if self.progress else None  # read once: its thread overwrites it
        return newest.examples / newest.seconds if newest and newest.seconds > 0 else None

    def open(self) -> None:
        """Enter the state in which a thread fetches what the run needs."""
        # Asked before: a module that is being loaded is listed among those that are.
        needs_torch = self.config.engine == "torch" and "torch" not in sys.modules
        self.opening_text = f"Loading {'PyTorch and ' * needs_torch}{self.config.data}..."
        self.state = "opening"

    def withdraw(self) -> None:
        """Leave the queue: as it had ended where it was to go on, else stopped before it began."""
        self.state = self.ended.status if self.ended else "stopped"

    def _epoch_fraction(self) -> float:
        newest = self.progress[0] if self.progress else None
        if newest is None or newest.epoch != self.epochs_done + 1:
            return 0.0
        return newest.examples / max(1, newest.of)

    def take(self, event: Event) -> Advice | None:
        """Let an event of the run become its state; return what the coach says now and did not say before."""
        advice = self.coach.follow(event) if self.coach else None
        match event:
            case RunStarted():
                from hw1_tui.analysis.coach import Coach  # with the first run: it loads numpy

                self._begin(event)
                self.coach = Coach.of(event)
                if event.resumed_epoch is not None:
                    self._tell_coach(self.epochs)
            case EpochEnded():
                self.epochs.append(event.metrics)
                self._eta.reach(event.epoch, self._waited)
            case Steered():
                self._steer(event)
            case Paused():
                self._enter("paused")
            case Resumed():
                self._enter("training")
            case Remarked():
                self.remarks.append(event.text)
            case RunEnded():
                self.ended, self.is_seen = event, False
                self._enter(event.status)
        return advice

    def take_read(self) -> None:
        """Put what was read of the history before what was measured here, as far as that did not measure it again."""
        while self.read:
            before = self.read.popleft()
            if self.started:
                resumed = self.started.resumed_epoch
                begin = self.epochs[0].epoch if self.epochs else 0 if resumed is None else resumed + 1
                before = [epoch for epoch in before if epoch.epoch < begin]
                self._tell_coach(before)
            self.epochs = [*before, *self.epochs]

    def _tell_coach(self, before: Sequence[EpochMetrics]) -> None:
        """Tell the coach of a run that goes on what came before: it says the same of it as of one of the history.

        Of what a run was branched from it does not judge.
        """
        own = [epoch for epoch in before if not self.parent or epoch.epoch > self.begin]
        if self.coach and own:
            self.coach.course.precede(own)

    def _begin(self, event: RunStarted) -> None:
        """Take a first event; where the run was begun before, what lies after that place is measured again."""
        if self.ended:  # goes on: the time counts on too
            self._seconds_before = self.ended.seconds
        self._eta = Eta(event.resumed_epoch or 0, self._waited)
        self.started, self.config, self.ended = event, event.config, None
        self.history.begin(event.config.as_dict(), event.resumed_epoch)
        self.run_id = event.run
        if event.resumed_epoch is not None:
            last = event.resumed_epoch
            self.epochs = [epoch for epoch in self.epochs if epoch.epoch <= last]
        self._enter("training")
        if event.remark and event.remark not in self.remarks:
            self.remarks.append(event.remark)

    def _steer(self, event: Steered) -> None:
        values = {**self.config.hyperparameters, event.name: event.new}
        self.config = RunConfig(self.config.model, self.config.engine, self.config.data, values)
        self.history.change(event.name, event.new, event.epoch)
        if event.name not in ("epochs", "learning_rate"):  # such as the size of a batch, which changes the pace
            self._eta = Eta(self.epochs_done + self._epoch_fraction(), self._waited)

    def _enter(self, state: State) -> None:
        """Change state and keep the time that counts."""
        now = self.clock()
        if self._since is not None:
            self._watched += now - self._since
        self._since = now if state == "training" else None
        if self.state != "stopping" or state not in LIVE:
            self.state = state
