"""What a worker does, wherever it is: train one order, tell its events, obey.

A worker writes the run's own folder, as who trains always does, and opens the index never. What it tells was written
before; so whatever ends it, nothing is lost that was told.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.files.notice import hear, said, stop_hearing
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.reader import ENDS
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted
from hw1_tui.training.job import Job
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.provenance import versions
from hw1_tui.training.recording import open_job, resume
from hw1_tui.training.remote.data_folder import read_data
from hw1_tui.training.remote.event_record import pack_event
from hw1_tui.training.remote.order import Order

Message = dict[str, Any]
Tell = Callable[[Message], None]
"""Takes a message to who ordered; called from any thread, and fails never: who does not hear is gone."""

Ask = Callable[[str], Dataset | None]

COMPARED = ("hw1-tui", "python", "numpy", "torch")
"""What a worker has to have in the same version as who orders; processors and BLAS are said by the run's record."""

SECONDS_BETWEEN_BEATS = 5.0
SECONDS_BETWEEN_PROGRESS = 0.2
SECONDS_FOR_LOCK = 120.0
"""So long a run's lock is waited for, which a worker that was given up may hold: file servers let go of that of a
machine which is gone after a minute and a half."""

_SECONDS_WITHOUT_WORD = 2.0
_SECONDS_BETWEEN_TRIES = 0.1

_HOST = platform.node()
_loaded: dict[str, Dataset] = {}
"""The data of the last order, by its fingerprint."""


class UnfitError(MistakeError):
    """What was ordered cannot be trained by this worker, and perhaps by another."""


class _HeldError(Exception):
    """A worker that was given up still holds the run."""


class _Notices(logging.Handler):
    """Tells who ordered what concerns a whole session there, which nobody would read here."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a notice."""
        self._tell({"notice": record.getMessage(), "level": record.levelno})


class Task:
    """One order and how far it is.

    Args:
        order: what to train.
        tell: takes what is told of it.
        ask: gets data by its fingerprint from who ordered; ``None`` where it does not come.
        seconds_between_progress: progress within an epoch is told no more often.

    Attributes:
        control: of the run.
    """

    def __init__(
        self,
        order: Order,
        tell: Tell,
        ask: Ask = lambda _: None,
        *,
        seconds_between_progress: float = SECONDS_BETWEEN_PROGRESS,
    ) -> None:
        self._order = order
        self._tell = tell
        self._ask = ask
        self._seconds_between_progress = seconds_between_progress
        self._is_abandoned = False
        self._is_over = threading.Event()
        self.control = Control()

    def obey(self, message: Mapping[str, Any]) -> None:
        """Do what who ordered says while it trains."""
        if "steer" in message:
            self.control.steer(message["steer"])
        said = message.get("say")
        if said == "abandon":
            self._is_abandoned = True
            self.control.resume()
        elif said in ("pause", "resume", "step", "stop"):
            getattr(self.control, said)()

    def train(self) -> None:
        """Train the order to its end; tell every event, and at last that it is over or what came between."""
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        over: Message = {"over": True}
        notices = _Notices(self._tell)
        said.clear()  # of what was said for the order before nobody heard here
        hear(notices)
        try:
            events = self._opened()
            try:
                self._follow(events)
            finally:
                events.close()  # type: ignore[attr-defined]
        except MistakeError as error:
            over |= describe_mistakes(error)
        except _HeldError:
            over["held"] = not self.control.stopping  # who was asked to stop has nothing to add
        except BaseException as error:  # what ends a thread is told by nobody else
            over |= {"error": f"{type(error).__name__}: {error}", "details": traceback.format_exc()}
        self._is_over.set()
        stop_hearing(notices)
        self._tell(over)

    def _follow(self, events: Iterator[Event]) -> None:
        shown = 0.0
        for event in events:
            if self._is_abandoned:
                return
            if isinstance(event, Progressed):
                if time.monotonic() - shown < self._seconds_between_progress:
                    continue
                shown = time.monotonic()
            if isinstance(event, EpochEnded) and 0 < self._order.until <= event.epoch:
                self.control.stop()
            self._tell({"event": pack_event(event)})

    def _beat(self) -> None:
        while not self._is_over.wait(SECONDS_BETWEEN_BEATS):
            self._tell({"beat": True})

    def _opened(self) -> Iterator[Event]:
        """Yield the events of the order, whatever an attempt before has made of it."""
        order, store = self._order, self._order.store()
        yield from self._compare_versions()
        if order.run not in store:
            if not order.is_new:
                store.find(order.run)
            config = self._config()
            source = order.data.source or config.data
            dataset = self._read(lambda: data.load(source, config.read_options))
            job = Job(config, parent=order.parent, changes=order.changes, facts=order.facts)
            yield from open_job(job, store, self.control, dataset, every=order.every, budget=None, run=order.run)
            return
        is_repeated = order.attempt > 1 or order.is_new
        if is_repeated:
            yield from self._wait_for_lock(store)
            if end := _end_of(store.get(order.run)):
                yield from self._known(store, end.epochs)
                yield end
                return
        facts = store.find(order.run).facts()
        dataset = self._read(lambda: load_kept(facts["config"], facts))
        changes = {} if order.is_new else order.changes
        for event in resume(store, order.run, changes, self.control, every=order.every, budget=None, dataset=dataset):
            yield event
            if is_repeated and isinstance(event, RunStarted) and event.resumed_epoch is not None:
                yield from self._known(store, event.resumed_epoch)

    def _config(self) -> RunConfig:
        """Return the configuration that was ordered.

        Raises:
            UnfitError: it is none here: who ordered has an engine that this machine lacks.
        """
        try:
            return RunConfig.from_dict(self._order.config)
        except MistakeError as error:
            lacks = [
                replace(mistake, problem=f"{mistake.problem} on the worker at {_HOST}") for mistake in error.mistakes
            ]
            raise UnfitError(lacks) from None

    def _compare_versions(self) -> Iterator[Event]:
        """Say that this worker has other versions than who ordered, on which the last digits depend.

        Raises:
            UnfitError: who ordered does not take that.
        """
        own, theirs = versions(), self._order.versions
        names = [name for name in COMPARED if name in theirs and own.get(name) != theirs[name]]
        if not names:
            return
        others = ", ".join(f"{name} {own.get(name) or 'missing'} in place of {theirs[name]}" for name in names)
        text = f"the worker on {_HOST} has {others}"
        if not self._order.takes_other_versions:
            raise UnfitError(Mistake("--on", text, "the same versions, or --other-versions say"))
        yield Remarked(f"{text[:1].upper()}{text[1:]}: the last digits may differ.")

    def _known(self, store: Store, last: int) -> Iterator[Event]:
        """Yield the epochs that the history has: who kept them may have died before they were told."""
        inside = store.diagnostics(self._order.run)
        for metrics in store.metrics(self._order.run):
            if metrics.epoch <= last:
                yield EpochEnded(metrics, inside.get(metrics.epoch))

    def _read(self, load: Callable[[], Dataset]) -> Dataset:
        """Return the data: mapped where its arrays lie, else as its source is found here, else from who ordered.

        Raises:
            MistakeError: it is not there, or not what it is where the order comes from.
        """
        wanted = self._order.data.fingerprint
        dataset, trouble = None, [Mistake("data", f"{self._order.config.get('data')} is another data set on {_HOST}")]
        if self._order.data.folder:
            with contextlib.suppress(OSError, ValueError, KeyError):
                dataset = read_data(Path(self._order.data.folder))
        elif wanted and wanted in _loaded:
            return _loaded[wanted]
        try:
            dataset = dataset or load()
        except MistakeError as error:
            trouble = list(error.mistakes)
        if wanted and (dataset is None or dataset.fingerprint != wanted):
            dataset = self._ask(wanted)
        if dataset is None or wanted not in ("", dataset.fingerprint):
            raise MistakeError(trouble)
        if not self._order.data.folder:
            _loaded.clear()  # one at a time: it may fill half the memory
            _loaded[dataset.fingerprint] = dataset
        return dataset

    def _wait_for_lock(self, store: Store) -> Iterator[Event]:
        """Wait until nobody holds the run; say so where it takes long.

        Raises:
            _HeldError: somebody still does, or the run is to stop.
        """
        begun, has_said, folder = time.monotonic(), False, store.find(self._order.run)
        while folder.is_live and not self._is_abandoned:
            waited = time.monotonic() - begun
            if waited > SECONDS_FOR_LOCK or self.control.stopping:
                raise _HeldError
            if waited > _SECONDS_WITHOUT_WORD and not has_said:
                has_said = True
                yield Remarked(
                    f"The worker before still holds the run; it is waited for, {SECONDS_FOR_LOCK:.0f} s at most."
                )
            time.sleep(_SECONDS_BETWEEN_TRIES)


def describe_mistakes(error: MistakeError) -> Message:
    """Return what who ordered is told of mistakes, and whether they are this worker's."""
    mistakes = [list(vars(mistake).values()) for mistake in error.mistakes]
    return {"mistakes": mistakes, "is_unfit": isinstance(error, UnfitError)}


def _end_of(record: RunRecord) -> RunEnded | None:
    """Return the end of a run as its history tells it; ``None`` where it has none, or was only stopped."""
    if record.status not in ENDS or record.status == "stopped":
        return None
    results = record.results
    tested = {name: results.get(name) for name in ("test_loss", "test_accuracy")}
    status: Any = record.status
    return RunEnded(record.run, status, results["epochs_done"], tested, results["best_epoch"],
                    results["seconds"] or 0.0, results["reason"] or "")  # fmt: skip
