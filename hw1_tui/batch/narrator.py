"""What is said on stderr while something runs: a line drawn again on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hw1_tui.batch.page import is_file, say
from hw1_tui.batch.status_line import StatusLine, has_status_line
from hw1_tui.markup import visible
from hw1_tui.numeral import counted
from hw1_tui.runs.home import home_option
from hw1_tui.settings import NAMED_DATA, RunConfig, without_effect
from hw1_tui.training.eta import Eta
from hw1_tui.training.event import FAILURES, EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted

if TYPE_CHECKING:
    from engines.contract import Dataset
    from hw1_tui.analysis.coach import Advice, Coach
    from hw1_tui.metric import EpochMetrics

_SECONDS_BETWEEN_LINES = 5.0


class Narrator:
    """Progress with its ETA, remarks, and failures. A context manager: the line of progress goes when it is left.

    Args:
        quiet: no progress and no remarks; what failed is said all the same.
        before: what a run that goes on measured before, which its coach judges it with.
    """

    def __init__(self, quiet: bool = False, before: Sequence[EpochMetrics] = ()) -> None:
        self._quiet, self._before = quiet, before
        self._line = StatusLine() if has_status_line() and not quiet else None
        self._last_line = time.monotonic()
        self._coach: Coach | None = None
        self.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._erase()

    def make_room(self) -> None:
        """Take the line of progress away where what is printed may come to the terminal, to where it stood."""
        if not is_file(sys.stdout):
            self._erase()

    def _erase(self) -> None:
        if self._line:
            self._line.erase()

    def remark(self, text: str) -> None:
        """Say one sentence, unless nothing but failures is to be said."""
        if not self._quiet:
            self.fail(text)

    def tell_continuation(self, run: str, home: Path | None) -> None:
        """Say what goes on with a run that is kept and has not reached its end.

        Args:
            run: its identifier.
            home: folder of its history; ``None`` for the user's.
        """
        self.remark(f"hw1-tui runs resume {run}{home_option(home)} goes on with it.")

    def fail(self, text: str) -> None:
        """Say one sentence whatever was asked for: why something failed."""
        self._erase()
        say(text)

    def begin(self, done: float = 0.0) -> None:
        """Count the time from now on: what was loaded before says nothing of the pace."""
        self._begun = time.monotonic()
        self._eta = Eta(done, self._begun)

    def advance(self, done: float, total: float, what: str) -> None:
        """Say how far it is: ``done`` of ``total`` in any unit, and what is being done."""
        if self._quiet:
            return
        now = time.monotonic()
        self._eta.reach(done, now)
        left = self._eta.left(total, done, now)
        eta = [] if left is None else [f"ETA {format_seconds(left)}"]
        if self._line:
            self._line.draw(what, done / (total or 1), " ".join([format_seconds(now - self._begun), *eta]))
        elif now - self._last_line >= _SECONDS_BETWEEN_LINES and 0 < done < total:
            self._last_line = now
            print(", ".join([visible(what), f"{done / total:.0%}", *eta]), file=sys.stderr, flush=True)

    def follow(self, event: Event) -> Advice | None:
        """Say what an event of a run means for whoever waits, and what the coach makes of it; return the latter."""
        self._follow(event)
        if isinstance(event, RunStarted):
            from hw1_tui.analysis.coach import Coach  # with the first run: it loads numpy

            self._coach = Coach.of(event)
            if event.resumed_epoch is not None:  # what lies after that place is measured again
                self._coach.course.precede([epoch for epoch in self._before if epoch.epoch <= event.resumed_epoch])
            return None
        advice = self._coach.follow(event) if self._coach else None
        if advice:
            self.remark(f"Coach: {advice.words}")
        return advice

    def tell_data(self, dataset: Dataset, config: RunConfig | None = None) -> None:
        """Say what was found out of data, and which values of a run change nothing."""
        self._tell_found(dataset.name, dataset.remark, dataset.found)
        for text in (without_effect(config, len(dataset.train), len(dataset.val)) if config else {}).values():
            self.remark(text)

    def _tell_found(self, name: str, remark: str, found: Sequence[str]) -> None:
        """Say what is to be known of data; of the program's own only what it remarks."""
        for text in filter(None, (remark, *(() if name in NAMED_DATA else found))):
            self.remark(text)

    def _follow(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._planned = event.config.epochs
            self.begin(event.resumed_epoch or 0)
            self._tell_found(event.config.data, event.remark, event.found if event.resumed_epoch is None else ())
            self.remark(_describe_start(event))
            if event.resumed_epoch is None:
                self._advance(0, 0, ", evaluating")
        elif isinstance(event, Progressed):
            now = "" if event.examples < event.of else ", evaluating"
            self._advance(event.epoch - 1 + event.examples / event.of, event.epoch, now)
        elif isinstance(event, EpochEnded):
            is_last = event.epoch >= self._planned  # the test split comes next
            self._advance(event.epoch, event.epoch + 1, ", evaluating" if is_last else "")
        elif isinstance(event, Remarked):
            (self.fail if event.is_failure else self.remark)(event.text)
        elif isinstance(event, RunEnded) and event.reason:
            (self.fail if event.status in FAILURES else self.remark)(event.reason)

    def _advance(self, done: float, epoch: int, now: str = "") -> None:
        self.advance(done, self._planned, f"epoch {min(epoch, self._planned)} of {self._planned}{now}")


def _describe_start(event: RunStarted) -> str:
    train, val, test = event.examples
    text = (
        f"{event.config.model} by {event.config.engine} on {event.config.data}: {train}/{val}/{test} examples of "
        f"{counted(event.features, 'feature')}, {counted(event.parameters, 'parameter')}, "
        f"{counted(event.updates_per_epoch, 'update')} an epoch"
    )
    return text if event.resumed_epoch is None else f"{text}, resumed after epoch {event.resumed_epoch}"


def format_seconds(seconds: float) -> str:
    """Return a time as ``48 s``, ``2:05`` or ``1:02:05``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{clock}" if hours else clock.removeprefix("0")
