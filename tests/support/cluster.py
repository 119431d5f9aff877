"""A scheduler and workers, each a command of the program in a process of its own, to connect to and to kill."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from hw1_tui.cluster.dask_workers import DaskWorkers
from hw1_tui.cluster.keys import security, tls_files, write_keys

_ROOT = Path(__file__).parent.parent.parent
_BEGIN = """
import sys
from hw1_tui.cluster import serving
serving.SECONDS_OF_SILENCE = {}
from hw1_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Cluster:
    """A scheduler and its workers on loopback, with TLS.

    Args:
        folder: for their keys, and for what workers leave that are killed.
        workers: how many.
        silence: how long the scheduler waits for word of a worker, seconds.

    Attributes:
        address: of the scheduler.
        keys: the folder of the keys.
        temporary: the folder of the workers' own folders.
        scheduler: its process.
        workers: the processes of the workers that were started.
    """

    def __init__(self, folder: Path, workers: int = 2, silence: float = 30.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._silence = silence
        self.keys = folder / "keys"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        write_keys(self.keys, ["localhost", "127.0.0.1"])
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self.address = f"tls://127.0.0.1:{self._port}"
        self.workers: list[subprocess.Popen[str]] = []
        self.start_scheduler()
        for _ in range(workers):
            self._begin_worker()
        for process in self.workers:
            _wait_for_line(process)

    def start_scheduler(self) -> None:
        """Start the scheduler, at the address of the one before."""
        self.scheduler = self._start("scheduler", "--port", str(self._port))
        _wait_for_line(self.scheduler)

    def add_worker(self) -> subprocess.Popen[str]:
        """Start one more worker; return its process."""
        self._begin_worker()
        _wait_for_line(self.workers[-1])
        return self.workers[-1]

    def join(self, **options: bool) -> DaskWorkers:
        """Return its workers as a client has them."""
        return DaskWorkers(self.address, security(tls_files(self.keys, "client")), **options)

    def close(self) -> None:
        """End all."""
        for process in (*self.workers, self.scheduler):
            process.kill()
        for process in (*self.workers, self.scheduler):
            process.communicate()

    def _begin_worker(self) -> None:
        self.workers.append(self._start("worker", self.address, "--threads", "1"))

    def _start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _BEGIN.format(self._silence), "cluster", *words, "--keys", str(self.keys)]
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=_ROOT, env=environment
        )


def _wait_for_line(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    said = process.stdout.readline()
    assert "Scheduler at" in said or "has joined" in said, said
