"""Workers of Dask's, on whatever machines they are: orders go there, events come back over the scheduler."""

from __future__ import annotations

import contextlib
import json
import math
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engines.contract import Dataset
from hw1_tui.cluster.carried import HereRun
from hw1_tui.cluster.dask_task import ABANDON, deliver, read_run, take_data, take_run, train_order
from hw1_tui.cluster.library import load_library
from hw1_tui.mistake import LostError, Mistake, MistakeError, NoWorkersError
from hw1_tui.runs import Store
from hw1_tui.training.event import RunEnded, RunStarted
from hw1_tui.training.kept_data import data_path
from hw1_tui.training.remote.data_folder import split_dataset
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.worker import Message
from hw1_tui.training.remote.workers import WORKERS_ALLOWED, Channel, WorkerLostError, Workers

SECONDS_TO_CONNECT = 10.0
SECONDS_BETWEEN_BEATS = 8.0
_SECONDS_TO_LEAVE = 10.0
_MOST_AHEAD = 4096
_SECONDS_BETWEEN_FETCHES = 2.0
_SECONDS_BETWEEN_COUNTS = 2.0
_GONE = "died or answers no more"
_NEVER_BEGAN = "was lost before it began: perhaps it has another version of this program, or none"
_GOES_ON = "hw1-tui runs resume goes on with a single run, the same command with several"
_FETCHED = (RunStarted.kind, RunEnded.kind)
"""Events that who hears them looks into the run's folder for."""


class DaskWorkers(Workers):
    """The workers of a scheduler. What trains is followed from here: where this program is gone, they stop.

    Args:
        address: of the scheduler, such as ``tls://10.0.0.1:8786``.
        security: what TLS needs, a ``distributed.Security``; ``None`` for none.
        takes_other_versions: whether workers with other versions of libraries train; it is said.

    Raises:
        MistakeError: Dask is not installed, or there is no such scheduler.
    """

    def __init__(self, address: str, security: Any = None, *, takes_other_versions: bool = False) -> None:
        library = load_library()
        self._address = address
        self._takes_other_versions = takes_other_versions
        try:
            self._client = library.Client(
                address, security=security, timeout=SECONDS_TO_CONNECT, set_as_default=False, name="hw1-tui"
            )
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise MistakeError(Mistake("--on", f"{address} cannot be joined: {error}")) from None
        self._topic = f"hw1-tui-{uuid.uuid4().hex}"
        self._leases: dict[str, _Lease] = {}
        self._guard = threading.Lock()
        self._sets: dict[str, Dataset] = {}
        self._marks: set[Path] = set()
        self._is_closed = threading.Event()
        self._present: set[str] | None = None
        self._unfit: set[str] = set()
        self._looked = -math.inf
        self._client.subscribe_topic(self._topic, self._hear)

    @property
    def slots(self) -> int:
        """How many orders train at once: the threads of the workers that there are now and train, or one."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(count for worker, count in threads.items() if worker not in self._unfit))

    def watch(self, told: Callable[[int], object]) -> None:
        """Have it told when workers come or go: those of a queue come one by one, long after they were asked for."""
        threading.Thread(target=self._count, args=(told,), name="count workers", daemon=True).start()

    def _count(self, told: Callable[[int], object]) -> None:
        known = self.slots
        while not self._is_closed.wait(_SECONDS_BETWEEN_COUNTS):
            with contextlib.suppress(Exception):  # the scheduler is gone: who asks for something is told
                if (slots := self.slots) != known:
                    known = slots
                    told(slots)

    def has_left(self, worker: str, since: float) -> bool:
        """Return whether a worker is there no more; the scheduler is asked every few seconds.

        Args:
            worker: its address.
            since: when it was there, by ``time.monotonic``.
        """
        self._look()
        return self._looked > since and self._present is not None and worker not in self._present

    def _look(self) -> None:
        if time.monotonic() - self._looked > _SECONDS_BETWEEN_COUNTS:
            self._looked, self._present = time.monotonic(), None
            with contextlib.suppress(Exception):  # the scheduler is gone: who asks for something is told
                self._present = set(self._client.nthreads())

    @property
    def fit(self) -> frozenset[str]:
        """The workers that orders go to; empty where they may go to any."""
        if not self._unfit:
            return frozenset()
        self._look()
        return frozenset(self._present or ()) - self._unfit

    def leave_out(self, worker: str) -> bool:
        """Give nothing more to a worker that cannot train what is ordered; return whether there are others.

        It would take one order after the other, since it is free at once while the others train.
        """
        self._unfit.add(worker)
        self._looked = -math.inf
        return bool(self.fit)

    @property
    def client(self) -> Any:
        """Dask's own view of the scheduler."""
        return self._client

    def place(self, dataset: Dataset | None) -> DataPlace:
        """Return where workers find a data set: its file where they see it, else they ask for it; see ``Workers``."""
        if dataset is None:
            return DataPlace()
        self._sets[dataset.fingerprint] = dataset
        return DataPlace(dataset.fingerprint, source=data_path(dataset.name) or dataset.name)

    def assign(self, order: Order) -> Channel:
        """Give an order to the scheduler, which gives it to a worker; see ``Workers.assign``."""
        self.check()
        order = replace(order, takes_other_versions=self._takes_other_versions, mark=self.mark(order.store()))
        key = f"hw1-tui-{order.run}-{order.attempt}-{uuid.uuid4().hex[:8]}"
        fit = self.fit
        lease = self._leases[key] = _Lease(self, key, order, fit)
        future = self._client.submit(
            train_order, order.as_dict(), self._topic, key, key=key, pure=False, workers=sorted(fit) or None
        )
        lease.begin(future)
        return lease

    def check(self) -> None:
        """See that the scheduler is there.

        Raises:
            NoWorkersError: it is not; a client of Dask's that has lost it takes orders and does nothing with them.
        """
        if self._client.status != "running":
            raise self.gone()

    def gone(self) -> NoWorkersError:
        """Return what is said where the scheduler is gone."""
        return NoWorkersError(
            Mistake("--on", f"the scheduler {self._address} is gone; what was reached is kept: {_GOES_ON}")
        )

    def dataset(self, fingerprint: str) -> Dataset | None:
        """Return a data set that was placed."""
        return self._sets.get(fingerprint)

    def mark(self, store: Store) -> str:
        """Return the name of a file in the folder of a history, which is there as long as these workers are asked.

        A folder that has vanished is not made anew.
        """
        path = store.home / "locks" / f"{self._topic}.mark"
        if path not in self._marks and (store.home.is_dir() or not store.was_there):
            with contextlib.suppress(OSError):  # a history that takes nothing: then a worker will say so
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            self._marks.add(path)
        return path.relative_to(store.home).as_posix()

    def forget(self, key: str) -> None:
        """Hear no more of an attempt."""
        with self._guard:
            self._leases.pop(key, None)

    def close(self) -> None:
        """Leave the scheduler; see ``Workers.close``."""
        for lease in list(self._leases.values()):
            lease.release(is_over=False)
        self._is_closed.set()
        for mark in self._marks:
            with contextlib.suppress(OSError):
                mark.unlink()
        with contextlib.suppress(Exception):  # whatever Dask raises where the scheduler is gone
            self._client.close(timeout=2)

    def _hear(self, event: Any) -> None:
        """Take what a worker tells; called by Dask's own thread."""
        message = json.loads(event[1])
        key = message.pop("key")
        with self._guard:
            if lease := self._leases.get(key):
                lease.take(message)
        if lease is None:
            self.refuse(key, message)

    def refuse(self, key: str, message: Message) -> None:
        """Answer what nobody asks for any more: a worker that has begun an attempt is to leave it."""
        if "begun" in message:  # Dask's own thread cannot wait for its answer
            threading.Thread(target=self._send_away, args=(message["worker"], key), name="refuse", daemon=True).start()

    def _send_away(self, worker: str, key: str) -> None:
        with contextlib.suppress(Exception):  # the worker or the scheduler is gone
            self._client.run(deliver, key, [ABANDON], workers=[worker], on_error="ignore")


class _Lease(Channel):
    """One attempt at an order, from its submission on."""

    def __init__(self, workers: DaskWorkers, key: str, order: Order, fit: frozenset[str]) -> None:
        self._workers = workers
        self._key = key
        self._order = order
        self._fit = fit
        self._messages: queue.Queue[Message] = queue.Queue(_MOST_AHEAD)
        self._letters: queue.Queue[Message | None] = queue.Queue()
        self._worker = self._try = ""
        self._future: Any = None
        self._run = HereRun(order.store(), order.run, order.parent[:1] if order.parent else ())
        self._is_away = self._is_taken_back = False
        self._begun = self._read = 0.0

    def begin(self, future: Any) -> None:
        self._future = future

    def take(self, message: Message) -> None:
        """Take what the worker tells; progress that nobody asks for is left out, all else waits."""
        with contextlib.suppress(queue.Full):
            self._messages.put_nowait(message)

    def send(self, message: Message) -> None:
        if not self._worker and message.get("say") == "stop":  # nobody is known to have begun it
            self._is_taken_back = True
            self._future.cancel()
            self.take({"over": True, "try": self._try})
        self._letters.put(message)

    def receive(self, timeout: float) -> Message | None:
        try:
            message = self._messages.get(timeout=timeout)
        except queue.Empty:
            return self._look()
        tried = message.pop("try")
        if "begun" in message:
            is_second = bool(self._worker)
            self._begin(message)
            self._try = tried
            if is_second:  # Dask itself has given it to another, who goes on from what is kept
                return {"lost": _GONE, **message}
        elif tried != self._try:  # of a worker that hung and woke, when another had it
            return None
        elif "wants" in message:
            self._letters.put(message)
        elif message.get("is_unfit") and self._workers.leave_out(self._worker):
            why = message["mistakes"][0][1]
            return {"over": True, "again": f"{why[:1].upper()}{why[1:]}; it is given nothing more, another trains it."}
        elif self._is_away:
            self._fetch(message)
        return message

    def _begin(self, message: Message) -> None:
        """Have what is said from now on brought to the worker that has begun."""
        self._leave()
        self._worker, self._is_away, self._begun = message["worker"], message["is_away"], time.monotonic()
        self._letters.put({"clock": datetime.now(UTC).isoformat()})
        self._run.release()
        name = f"post {self._order.run}"
        threading.Thread(target=self._post, args=(self._worker, self._letters), name=name, daemon=True).start()

    def _leave(self) -> None:
        """Say no more to a worker that is gone: who brings it letters may wait for its answer still."""
        if self._worker:
            self._letters.put(None)
            self._letters, self._worker, self._try = queue.Queue(), "", ""

    def _fetch(self, message: Message) -> None:
        """Bring what a worker has written that does not see the history, before that is told which follows from it.

        Raises:
            LostError: the disk does not take it.
        """
        kind = message.get("event", {}).get("kind")
        is_last, is_due = "over" in message, time.monotonic() - self._read > _SECONDS_BETWEEN_FETCHES
        if not (is_last or kind in _FETCHED or is_due):
            return
        self._read = time.monotonic()
        try:
            found = self._workers.client.run(read_run, self._key, is_last, workers=[self._worker])[self._worker]
        except Exception:  # the worker or the scheduler is gone: who receives is told
            return
        try:
            self._run.take(found)
        except OSError as error:
            where = self._order.home
            problem = f"the history does not take what a worker has trained: {error.strerror} ({where}); {_GOES_ON}"
            raise LostError(Mistake("--on", problem)) from None

    def _look(self) -> Message | None:
        """See that the attempt is still under way; return what is to be told where nobody has it.

        Raises:
            WorkerLostError: its workers are gone.
            MistakeError: the scheduler is gone, or no worker can call our function.
        """
        self._workers.check()
        status = self._future.status
        # A scheduler that was gone and came back knows nothing of it.
        if status in ("cancelled", "lost") and not self._is_taken_back:
            raise self._workers.gone()
        if status != "error":
            if not self._worker:
                return {"waits": True} if self._workers.fit == self._fit else {"over": True, "again": ""}
            if not self._workers.has_left(self._worker, self._begun):
                return None
            self._leave()  # Dask gives it to another by itself, as soon as one is free
            return {"lost": _GONE}
        error = self._future.exception(timeout=_SECONDS_TO_LEAVE)
        if type(error).__name__ != "KilledWorker":
            problem = f"a worker cannot train it: {type(error).__name__}: {' '.join(str(error).split())}"
            raise MistakeError(Mistake("--on", problem, WORKERS_ALLOWED))
        raise WorkerLostError(_GONE if self._begun else _NEVER_BEGAN)

    def release(self, *, is_over: bool) -> None:
        try:
            if not is_over:
                self._abandon()
        finally:
            self._letters.put(None)
            self._run.release()
            self._workers.forget(self._key)
            while not self._messages.empty():
                self._workers.refuse(self._key, self._messages.get())
            with contextlib.suppress(Exception):  # whatever Dask raises where the scheduler is gone
                self._future.release() if is_over else self._future.cancel()

    def _abandon(self) -> None:
        """Let the worker leave the run between two events, and wait for it: it holds the run's lock."""
        self._letters.put(ABANDON)
        deadline = time.monotonic() + (_SECONDS_TO_LEAVE if self._worker else 0)
        with contextlib.suppress(WorkerLostError, MistakeError):
            while time.monotonic() < deadline:
                if "over" in (self.receive(0.1) or ()):
                    return

    def _post(self, worker: str, letters: queue.Queue[Message | None]) -> None:
        """Bring a worker what is said to it, and every few seconds that somebody is there."""
        is_last, seconds = False, 0.0  # that it is wanted is what the worker waits for
        while not is_last:
            gathered = _gather(letters, seconds)
            seconds = SECONDS_BETWEEN_BEATS
            is_last = None in gathered
            wanted = {letter["wants"] for letter in gathered if letter and "wants" in letter}
            said = [letter for letter in gathered if letter and "wants" not in letter]
            with contextlib.suppress(Exception):  # the worker or the scheduler is gone: who receives is told
                if "run" in wanted:
                    self._call(worker, take_run, self._key, self._run.folders())
                if "data" in wanted and (dataset := self._workers.dataset(self._order.data.fingerprint)):
                    self._call(worker, take_data, *split_dataset(dataset))
                self._call(worker, deliver, self._key, said)

    def _call(self, worker: str, function: Any, *arguments: Any) -> None:
        self._workers.client.run(function, *arguments, workers=[worker], on_error="ignore")


def _gather(letters: queue.Queue[Message | None], seconds: float) -> list[Message | None]:
    """Return what there is to be brought, waited for so long."""
    try:
        gathered = [letters.get(timeout=seconds)]
    except queue.Empty:
        return []
    while not letters.empty():
        gathered.append(letters.get())
    return gathered
