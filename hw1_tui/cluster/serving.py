"""A scheduler or a worker of Dask's in this process, until a signal ends it. Imported when one is asked for."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Scheduler, Status, Worker
from tornado.ioloop import PeriodicCallback

from hw1_tui.cluster.address import Address, bracketed
from hw1_tui.cluster.keys import TlsFiles, security
from hw1_tui.cluster.task import TASKS
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.signals import SIGNALS

SECONDS_WITHOUT_SCHEDULER = 60.0
"""A worker looks so long for a scheduler that is gone."""

SECONDS_OF_SILENCE = 30.0
"""A scheduler that hears nothing of a worker for so long, and at most as long again, gives what it had to another."""

SECONDS_TO_END = 30.0
"""So long the runs of a worker that ends may take to their next step; what is kept of them is sound at any moment."""

_SECONDS_BETWEEN_LOOKS = 0.05
_SECONDS_BETWEEN_TRIES = 0.5
_SECONDS_OF_STILLNESS = 5.0


class Stillness:
    """Knows since when a process has not stood still, as with a machine that slept or has too much to do.

    What others have told meanwhile is read only afterwards, so that nobody can be said to have been silent.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = self._looked = clock()

    def look(self) -> None:
        """See whether the process stands still; called every second where it does not."""
        now = self._clock()
        if now - self._looked > _SECONDS_OF_STILLNESS:
            self._since = now
        self._looked = now

    def is_over(self, seconds: float) -> bool:
        """Return whether the process has not stood still for so long."""
        self.look()
        return self._clock() - self._since >= seconds


class _QuietScheduler(Scheduler):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._stillness = Stillness()
        self.periodic_callbacks["stillness"] = PeriodicCallback(self._stillness.look, 1000)

    async def check_worker_ttl(self) -> None:
        """Take the workers for gone that are silent; not where this process itself has heard nobody."""
        if self._stillness.is_over(SECONDS_OF_SILENCE):
            await super().check_worker_ttl()

    def start_http_server(self, *_arguments: Any, **_options: Any) -> None:
        """Serve no pages: whoever reached them would see what is trained, without TLS."""


class _QuietWorker(Worker):
    def start_http_server(self, *_arguments: Any, **_options: Any) -> None:
        """Serve no pages."""

    async def close(self, *arguments: Any, **options: Any) -> str | None:  # type: ignore[override] # as Worker itself
        """End, whoever asks for it; what trains here leaves after its step, or it would be waited for."""
        TASKS.dismiss()
        return await super().close(*arguments, **options)


@dataclass(frozen=True)
class WorkerOptions:
    """What a worker is.

    Attributes:
        host: the address to listen at, as others reach it.
        name: what it is called, as no other of its scheduler; empty for the machine's name and a number.
        port: the port to listen at; 0 for any.
        threads: the most processor threads of a run; 0 for the cores there are.
        memory: bytes beyond which it takes no further run; 0 for no limit.
    """

    host: str
    name: str = ""
    port: int = 0
    threads: int = 0
    memory: int = 0


def serve_scheduler(address: Address, files: TlsFiles | None, tell: Callable[[str], object]) -> None:
    """Be a scheduler until a signal comes.

    Args:
        address: where to listen.
        files: for TLS; ``None`` for an address that is plain.
        tell: takes the address by which others reach it, once it listens.
    """
    asyncio.run(_schedule(address, files, tell))


def serve_worker(
    address: Address, files: TlsFiles | None, options: WorkerOptions, tell: Callable[[str], object]
) -> bool:
    """Be a worker until a signal comes, or its scheduler has been gone for a minute; return whether it was a signal.

    Args:
        address: where its scheduler is.
        files: for TLS; ``None`` for an address that is plain.
        options: what it is.
        tell: takes a sentence when it has joined the scheduler, and when it has lost it.

    Raises:
        MistakeError: the scheduler does not take it.
    """
    if options.threads:
        os.environ["OMP_NUM_THREADS"] = str(options.threads)  # heeded by BLAS, torch and ``engines.threads``
    return asyncio.run(_work(address, files, options, tell))


@contextmanager
def _asked_to_end() -> Iterator[asyncio.Event]:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    with SIGNALS.flagged(lambda: loop.call_soon_threadsafe(asked.set)):
        yield asked


async def _schedule(address: Address, files: TlsFiles | None, tell: Callable[[str], object]) -> None:
    protocol = "tcp" if address.is_plain else "tls"
    with _asked_to_end() as asked:
        async with _QuietScheduler(
            host=bracketed(address.host),
            port=address.port,
            protocol=protocol,
            security=security(files),
            dashboard=False,
            worker_ttl=SECONDS_OF_SILENCE,
        ) as scheduler:
            tell(scheduler.address)
            await asked.wait()


async def _work(
    address: Address, files: TlsFiles | None, options: WorkerOptions, tell: Callable[[str], object]
) -> bool:
    lost, is_refused = -math.inf, False
    with _asked_to_end() as asked:
        while not asked.is_set():
            worker = _new_worker(address, files, options)
            try:
                if not await _first(worker, asked):
                    break
            except TimeoutError:
                return False
            except RuntimeError as error:
                if not isinstance(error.__cause__, ValueError):  # which Dask makes of any answer but OK
                    raise
                if time.monotonic() - lost > SECONDS_WITHOUT_SCHEDULER:
                    problem = f"{address} has a worker called {worker.name} already"
                    raise MistakeError(Mistake("--name", problem, "another name")) from None
                if not is_refused:  # a scheduler that slept still takes it for the one that it was
                    tell(f"{address} has a worker called {worker.name} still; this one tries again.")
                is_refused = True
                await _first(asyncio.sleep(_SECONDS_BETWEEN_TRIES), asked)
                continue
            TASKS.welcome()
            tell(f"Worker {worker.name} has joined {address}.")
            await _first(worker.finished(), asked)  # type: ignore[no-untyped-call]
            await _end(worker)
            if not asked.is_set():
                lost, is_refused = time.monotonic(), False
                tell(f"{address} is gone; this worker looks for it for {SECONDS_WITHOUT_SCHEDULER:.0f} s.")
    return True


async def _first(awaited: Any, asked: asyncio.Event) -> bool:
    """Wait for something or the end; return whether the former came, whose error is raised."""
    task, end = asyncio.ensure_future(awaited), asyncio.ensure_future(asked.wait())
    await asyncio.wait((task, end), return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    return False


async def _end(worker: _QuietWorker) -> None:
    """Let what trains leave after its step and be kept, then leave the scheduler, which hands out nothing more here."""
    if worker.status == Status.running:
        worker.status = Status.paused
    TASKS.dismiss()
    end = time.monotonic() + SECONDS_TO_END
    while not TASKS.are_over and time.monotonic() < end:
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    await worker.close(executor_wait=False)


def own_folder() -> Path:
    """Return the folder of temporary files of this user's workers, where Dask sweeps what those left that were killed.

    Nobody else may write there, since Python imports from it; where somebody else has the name, another is made.
    """
    user = getattr(os, "getuid", int)()
    path = Path(tempfile.gettempdir()) / f"hw1-tui-workers-{user}"
    with suppress(OSError):
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
        if (
            stat.S_ISDIR(status.st_mode)
            and status.st_uid == user
            and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        ):
            return path
    return Path(tempfile.mkdtemp(prefix=f"{path.name}-"))


def _new_worker(address: Address, files: TlsFiles | None, options: WorkerOptions) -> _QuietWorker:
    return _QuietWorker(
        str(address),
        nthreads=1,  # a run at a time: it has the process for itself, and its threads
        name=options.name or f"{socket.gethostname()}-{os.getpid()}",
        host=bracketed(options.host),
        port=options.port,
        protocol="tcp" if address.is_plain else "tls",
        security=security(files),
        memory_limit=options.memory,
        death_timeout=SECONDS_WITHOUT_SCHEDULER,
        local_directory=str(own_folder()),
    )
