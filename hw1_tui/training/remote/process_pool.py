"""Workers in processes of this machine, each with a pipe of its own: one that dies takes its run with it alone."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from engines.contract import Dataset
from engines.threads import cores
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.remote.data_folder import write_data
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.worker import Message
from hw1_tui.training.remote.workers import Channel, WorkerLostError, Workers

SECONDS_TO_LEAVE = 10.0
"""A worker that has not left its run after so long is killed."""

_BEGIN = (  # with -P, or a file in the folder that one is in, such as json.py, would be taken for the module
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from hw1_tui.training.remote.worker_process import main; main()"
)
_MOST_AHEAD = 64
_ELSEWHERE = "another folder for temporary files, as by TMPDIR=FOLDER before the command"


class ProcessPool(Workers):
    """Workers that begin when they are needed, and wait warm for the next order.

    The threads of BLAS are shared out among them. Data is written once, and mapped by all.

    Args:
        slots: how many orders train at once; the cores are shared out among so many.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._guard = threading.Lock()
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._places: dict[int, tuple[Dataset, DataPlace]] = {}

    @property
    def slots(self) -> int:
        """How many orders train at once."""
        return self._slots

    def watch(self, _told: Callable[[int], object]) -> None:
        """Tell nothing: there are always as many; see ``Workers.watch``."""

    @property
    def processes(self) -> list[int]:
        """The identifiers of the processes that live."""
        with self._guard:
            return [process.pid for process in (*self._busy, *self._idle)]

    def place(self, dataset: Dataset | None) -> DataPlace:
        """Return where workers find a data set, having written it if nobody has; see ``Workers.place``.

        Raises:
            MistakeError: the disk of temporary files does not take it.
        """
        if dataset is None:
            return DataPlace()
        with self._guard:
            if id(dataset) not in self._places:
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="hw1-tui-data-")
                path = Path(self._folder.name) / str(len(self._places))
                try:
                    path.mkdir()
                    write_data(dataset, path)
                except OSError as error:
                    shutil.rmtree(path, ignore_errors=True)
                    why = error.strerror or f"no room ({error})"  # numpy's own errors have no number
                    problem = f"does not take the data for processes: {why}"
                    raise MistakeError(Mistake(str(path.parent.parent), problem, _ELSEWHERE)) from None
                self._places[id(dataset)] = dataset, DataPlace(dataset.fingerprint, str(path))
            return self._places[id(dataset)][1]

    def assign(self, order: Order) -> Channel:
        """Give an order to a worker that waits, or to a new one; see ``Workers.assign``."""
        with self._guard:
            while self._idle and not self._idle[-1].is_alive:
                self._idle.pop().end()
            process = self._idle.pop() if self._idle else _Process(max(1, cores() // self._slots))
            self._busy.add(process)
        channel = _Lease(self, process)
        try:
            channel.send({"order": order.as_dict()})
        except WorkerLostError:
            channel.release(is_over=False)
            raise
        return channel

    def take_back(self, process: _Process, *, is_ready: bool) -> None:
        """Let a worker wait for the next order, or end where it is not ready for one."""
        with self._guard:
            self._busy.discard(process)
            if is_ready and process.is_alive:
                self._idle.append(process)
                return
        process.end()

    def close(self) -> None:
        """End every worker; those that train leave their run between two of its events."""
        with self._guard:
            processes = [*self._idle, *self._busy]
            self._idle, self._busy = [], set()
        for process in processes:
            process.dismiss()
        for process in processes:
            process.end()
        if self._folder:
            with contextlib.suppress(OSError):  # the workers may be faster
                self._folder.cleanup()


class _Lease(Channel):
    """A worker for as long as it trains one order."""

    def __init__(self, pool: ProcessPool, process: _Process) -> None:
        self._pool = pool
        self._process = process

    def send(self, message: Message) -> None:
        self._process.send(message)

    def receive(self, timeout: float) -> Message | None:
        return self._process.receive(timeout)

    def release(self, *, is_over: bool) -> None:
        if not is_over:
            self._abandon()
        self._pool.take_back(self._process, is_ready=is_over)

    def _abandon(self) -> None:
        """Let the worker leave its run between two events; one that does not answer is killed."""
        deadline = time.monotonic() + SECONDS_TO_LEAVE
        try:
            self._process.send({"say": "abandon"})
            while time.monotonic() < deadline:
                message = self._process.receive(0.1)
                if message and "over" in message:
                    return
        except WorkerLostError:
            pass
        self._process.kill()


class _Process:
    def __init__(self, threads: int) -> None:
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with our own module
            [sys.executable, "-P", "-c", _BEGIN, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
            start_new_session=True,  # Ctrl+C and the end of the terminal are ours to heed: it hears of them from us
        )
        self._messages: queue.Queue[Message | None] = queue.Queue(_MOST_AHEAD)
        self._reader = threading.Thread(target=self._read, name=f"worker {self.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        assert self._process.stdin  # noqa: S101 - asked for above
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise WorkerLostError(self._end_in_words()) from None

    def receive(self, timeout: float) -> Message | None:
        try:
            message = self._messages.get(timeout=timeout)
        except queue.Empty:
            return None
        if message is None:
            self._messages.put(None)
            raise WorkerLostError(self._end_in_words())
        return message

    def _read(self) -> None:
        assert self._process.stdout  # noqa: S101 - asked for above
        for line in self._process.stdout:
            self._messages.put(json.loads(line))
        self._messages.put(None)

    def dismiss(self) -> None:
        """Let no orders come any more."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Wait for its end, and let go of what belongs to it."""
        self.dismiss()
        with contextlib.suppress(subprocess.TimeoutExpired):
            deadline = time.monotonic() + SECONDS_TO_LEAVE
            while self.is_alive and time.monotonic() < deadline:
                with contextlib.suppress(queue.Empty):  # it may wait for somebody to read
                    self._messages.get(timeout=0.02)
            if self.is_alive:
                self.kill()
            self._process.wait(SECONDS_TO_LEAVE)
        self._reader.join(0.1)
        while self._reader.is_alive():
            with contextlib.suppress(queue.Empty):
                self._messages.get(timeout=0.02)
            self._reader.join(0.01)
        if self._process.stdout:
            self._process.stdout.close()
        self._last_words.close()

    def _end_in_words(self) -> str:
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "has closed its pipe"
        if code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        self._last_words.seek(0)
        words = self._last_words.read().decode(errors="replace").strip().splitlines()
        return f"ended with {code}" + (f" ({words[-1]})" if words else "")
