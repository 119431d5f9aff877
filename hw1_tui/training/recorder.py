"""Writes what a run says before anyone hears it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from engines.contract import EngineError
from hw1_tui.files.lock import Lock
from hw1_tui.runs import DamagedError, RunFolder
from hw1_tui.runs.log import Log
from hw1_tui.training.checkpoint import Checkpointer
from hw1_tui.training.event import EpochEnded, Event, Paused, Progressed, Remarked, RunEnded, RunStarted, Steered
from hw1_tui.training.measurement import keep_end
from hw1_tui.training.numbers import is_sound
from hw1_tui.training.session import Session


class _Kept(Enum):
    """What a disk may refuse: the log, without which nothing of a run is kept, or its checkpoints alone."""

    LOG = "This run is"
    CHECKPOINTS = "This run's checkpoints are"


class Recorder:
    """One session of a run that is kept.

    Each event is a line in the log before it is passed on, and what cannot be trained again is in a checkpoint. A disk
    that takes no more does not end the run: it is said, the lines wait in memory, and go to the disk when it takes
    them again. Nor does an engine that does not tell its state: its run has no checkpoints then.

    Args:
        session: the run.
        folder: where it is kept.
        lock: the folder's lock, held; released at the end.
        checkpointer: its checkpoints.
        remarks: what is to be said after the first event.
        repeats: whether epochs that the log has beyond the beginning of this session will come out as they did.
        is_fresh: whether it begins with the first epoch.
    """

    def __init__(
        self,
        session: Session,
        folder: RunFolder,
        lock: Lock,
        checkpointer: Checkpointer,
        *,
        remarks: tuple[str, ...] = (),
        repeats: bool = False,
        is_fresh: bool = True,
    ) -> None:
        self._session = session
        self._folder = folder
        self._lock = lock
        self._checkpointer = checkpointer
        self._remarks = remarks
        self._repeats = repeats
        self._is_fresh = is_fresh
        self._log: Log | None = None
        self._waiting: list[dict[str, Any]] = []
        self._trouble = dict.fromkeys(_Kept, "")
        self._news: list[str] = []
        self._is_over = False

    def events(self) -> Generator[Event, None, None]:
        """Yield the session's events, each after it was written."""
        try:
            for event in self._session.run():
                if isinstance(event, Progressed):
                    yield from self._progress(event)
                    yield event
                elif isinstance(event, RunStarted):
                    said = list(self._keep(event))
                    yield event
                    yield from said
                else:
                    yield from self._keep(event)
                    yield event
        finally:
            if self._log:
                self._log.close()
            self._lock.release()

    def _progress(self, event: Progressed) -> Iterator[Event]:
        # At the last example the trainer stands after the epoch and the session still in it: no place to go on from.
        if event.examples < event.of and math.isfinite(event.loss):
            yield from self._attempt(_Kept.CHECKPOINTS, self._checkpointer.progressed)

    def _keep(self, event: Event) -> Iterator[Event]:
        """Write what has to be written before an event is passed on; yield what must be said of that."""
        line = {**event.as_dict(), "at": datetime.now(UTC).isoformat()}
        self._is_over = isinstance(event, RunEnded)
        if isinstance(event, RunStarted):
            line["repeats"] = self._repeats
        if isinstance(event, RunEnded) and event.status in ("finished", "stopped"):
            yield from self._attempt(_Kept.CHECKPOINTS, self._finish)
        self._waiting.append(line)
        yield from self._attempt(_Kept.LOG, lambda log: self._write(log, event))
        yield from self._attempt(_Kept.CHECKPOINTS, lambda log: self._save(log, event))
        if isinstance(event, RunEnded) and event.status != "failed" and not any(self._trouble.values()):
            yield from self._keep_predictions(has_end=event.status != "diverged")
        if isinstance(event, RunStarted):
            for text in self._remarks:
                remark = Remarked(text)
                yield from self._keep(remark)
                yield remark

    def _keep_predictions(self, *, has_end: bool) -> Iterator[Event]:
        try:
            keep_end(self._session, self._folder, has_end=has_end)
        except (DamagedError, EngineError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            yield Remarked(f"What this run says of each example is not being kept: {reason}.", is_failure=True)

    def _write(self, log: Log, event: Event) -> bool:
        log.append(self._waiting)
        self._waiting.clear()
        if isinstance(event, RunEnded):
            log.sync()
        if isinstance(event, RunStarted):
            self._folder.announce()
        return True

    def _save(self, log: Log, event: Event) -> bool:
        """Write a checkpoint where the event asks for one; return whether it was."""
        if isinstance(event, EpochEnded):
            return is_sound(event.metrics) and self._checkpointer.epoch_ended(event.epoch, log)
        if isinstance(event, (Steered, Paused)) or (isinstance(event, RunStarted) and not self._is_fresh):
            return self._checkpointer.write(log)
        return False

    def _finish(self, log: Log) -> bool:
        self._checkpointer.write(log)
        self._checkpointer.thin()
        return True

    def _opened_log(self) -> Log:
        """Return the log, open where the folder is now: its disk may have been taken out and put in again.

        Raises:
            OSError: it is not there.
        """
        if self._log and not self._log.is_in_place:
            old, self._log = self._log, self._folder.open_log()
            try:
                if self._log.restore(old):
                    self._news.append(f"{self._folder.log_path} was gone; it is written again, nothing is missing.")
            finally:
                old.close()
        self._log = self._log or self._folder.open_log()
        if self._log.accept_cut():
            self._news.append(f"{self._folder.log_path} was cut by another program; what that took out is lost.")
        return self._log

    def _attempt(self, what: _Kept, write: Callable[[Log], bool]) -> Iterator[Event]:
        """Write something; yield a remark when that begins to fail or to work again.

        Args:
            what: what it belongs to.
            write: writes, and returns whether there was something to write.
        """
        is_checkpoint = what is _Kept.CHECKPOINTS
        try:
            written = write(self._opened_log())
        except (EngineError, OSError) as error:  # of an engine that cannot say where it stands, or of the disk
            reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
            # Whoever knows that a run is not kept need not hear that its checkpoints are not either.
            if reason != self._trouble[what] and not (is_checkpoint and self._trouble[_Kept.LOG]):
                self._trouble[what] = reason
                rest = " Its metrics are." if is_checkpoint else ""
                text = f"{what.value} not being kept: {reason} ({self._folder.path}).{rest}"
                text += "" if self._is_over else " It goes on."
                yield Remarked(text, is_failure=True)
        else:
            if written and self._trouble[what]:
                self._trouble[what] = ""
                whole = "" if is_checkpoint else "; nothing of it is missing"
                yield Remarked(f"{what.value} being kept again{whole}.")
        while self._news:
            yield Remarked(self._news.pop(0), is_failure=True)
