"""What is said on stderr while something runs: a rich progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hw1_tui.training.event import EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_LINES = 5.0


class Narrator:
    """Progress with its ETA, and remarks. A context manager: the bar goes when it is left.

    Args:
        quiet: say nothing at all.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._started = self._last_line = time.monotonic()
        self._first = 0.0

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
                TextColumn("ETA"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
                # Rows for stdout pass above the bar where both share the terminal; a pipe must get them untouched.
                redirect_stdout=sys.stdout.isatty(),
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def remark(self, text: str) -> None:
        """Say one sentence."""
        if self._quiet:
            return
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)

    def advance(self, done: float, total: float, what: str) -> None:
        """Say how far it is: ``done`` of ``total`` in any unit, and what is being done."""
        if self._bar:
            if self._task is None:
                self._task = self._bar.add_task(what, total=total)
            self._bar.update(self._task, completed=done, total=total, description=what)
        elif not self._quiet:
            self._print_line(done, total, what)

    def _print_line(self, done: float, total: float, what: str) -> None:
        now = time.monotonic()
        if now - self._last_line < _SECONDS_BETWEEN_LINES or not 0 < done < total:
            return
        self._last_line = now
        seconds = (now - self._started) * (total - done) / max(done - self._first, 1e-9)
        print(f"{what}, {done / total:.0%}, ETA {format_seconds(seconds)}", file=sys.stderr, flush=True)

    def follow(self, event: Event) -> None:
        """Say what an event of a run means for whoever waits."""
        if isinstance(event, RunStarted):
            self._planned, self._first = event.config.epochs, float(event.resumed_epoch or 0)
            self._started = time.monotonic()
            for text in filter(None, [event.remark, _describe_start(event)]):
                self.remark(text)
        elif isinstance(event, Progressed):
            self._advance_epochs(event.epoch - 1 + event.examples / event.of)
        elif isinstance(event, EpochEnded):
            self._advance_epochs(event.epoch)
        elif isinstance(event, Remarked):
            self.remark(event.text)
        elif isinstance(event, RunEnded) and event.reason:
            self.remark(event.reason)

    def _advance_epochs(self, done: float) -> None:
        self.advance(done, self._planned, f"epoch {min(int(done) + 1, self._planned)} of {self._planned}")


def _describe_start(event: RunStarted) -> str:
    train, val, test = event.examples
    text = (
        f"{event.config.model} by {event.config.engine} on {event.config.data}: {train}/{val}/{test} examples of "
        f"{event.features} features, {event.parameters} parameters, {event.updates_per_epoch} updates an epoch"
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
