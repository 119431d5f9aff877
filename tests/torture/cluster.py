"""Runs on workers, of which workers, scheduler and program are killed at random until all runs have ended."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hw1_tui.runs import Store
from tests.support.cluster import Cluster
from tests.torture.process import children

_ROOT = Path(__file__).parent.parent.parent
_WORDS = (
    *("--batch", "train", "--model", "mlp", "--data", "digits", "--hidden-sizes", "32", "--init", "he"),
    *("--epochs", "300", "--threads", "1", "--seeds", "4", "--quiet", "--format", "jsonl"),
)
_SECONDS = (0.5, 3.0)
"""The shortest and the longest time until a kill."""

_SECONDS_TO_END = 60.0
"""Within so many seconds runs must have ended whose program was killed."""

Outcome = dict[int, list[float | None]]
"""The losses of the run of each seed."""


@dataclass
class Tally:
    """What a campaign came to.

    Attributes:
        kills: how often each kind was killed.
        longest: seconds until the last run had ended after the program was killed, at most.
        started: how often the program was started.
    """

    kills: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0
    started: int = 0

    def __str__(self) -> str:
        kills = ", ".join(f"{count} of a {kind}" for kind, count in self.kills.items())
        return (
            f"{sum(self.kills.values())} kills ({kills}), {self.started} starts: nothing lost, bit-identical; runs of a"
            f" killed program ended within {self.longest:.1f} s"
        )


def kill_processes(home: Path, seed: int, kills: int) -> Tally:
    """Kill the program and its local workers at random; return what it came to.

    Args:
        home: a folder for the histories.
        seed: of the moments.
        kills: after so many nothing more is killed.

    Raises:
        AssertionError: a run is missing, or not what it would have been; or one was left training.
    """
    return _Campaign(home, seed, kills, ["--on", "local:4"], None).run()


def kill_cluster(home: Path, seed: int, kills: int) -> Tally:
    """Kill the program, the scheduler and workers of a cluster at random; see ``kill_processes``."""
    with contextlib.closing(Cluster(home / "cluster", 3)) as cluster:
        on = ["--on", cluster.address, "--keys", str(cluster.keys)]
        return _Campaign(home, seed, kills, on, cluster).run()


class _Campaign:
    def __init__(self, home: Path, seed: int, kills: int, on: list[str], cluster: Cluster | None) -> None:
        self._folder = home
        self._home = home
        self._generator = random.Random(seed)
        self._most = kills
        self._on = on
        self._cluster = cluster
        self._tally = Tally()

    def run(self) -> Tally:
        whole = self._folder / "whole"
        assert self._start(whole, []).wait() == 0, "the reference did not end well"
        expected, rounds = _outcome(whole), 0
        while sum(self._tally.kills.values()) < self._most:
            self._home, rounds = self._folder / f"killed-{rounds}", rounds + 1
            self._run_to_the_end()
            assert _outcome(self._home) == expected, "a run is not what it would have been"
        return self._tally

    def _run_to_the_end(self) -> None:
        code = -1
        while code != 0:
            self._tally.started += 1
            process = self._start(self._home, self._on)
            for kind in self._moments(process):
                self._kill(kind, process)
            code = process.wait()
            self._await_end()

    def _start(self, home: Path, on: list[str]) -> subprocess.Popen[bytes]:
        home.mkdir(parents=True, exist_ok=True)
        with (home.parent / "said.txt").open("ab") as said:
            command = [sys.executable, "-m", "hw1_tui", *_WORDS, "--home", str(home), *on]
            return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=_ROOT)

    def _moments(self, process: subprocess.Popen[bytes]) -> Iterator[str]:
        """Yield what to kill, until the program ends or enough were killed."""
        kinds = ["worker"] * 6 + ["program"] * 2 + ["scheduler"] * (2 if self._cluster else 0)
        while sum(self._tally.kills.values()) < self._most:
            deadline = time.monotonic() + self._generator.uniform(*_SECONDS)
            while time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.02)
            if process.poll() is not None:
                return
            yield self._generator.choice(kinds)

    def _kill(self, kind: str, process: subprocess.Popen[bytes]) -> None:
        if kind == "program":
            process.kill()
        elif self._cluster is None:
            workers = children(process.pid)
            if not workers:
                return
            os.kill(self._generator.choice(workers), signal.SIGKILL)
        elif kind == "scheduler":
            self._cluster.scheduler.kill()
            self._cluster.scheduler.wait()
            self._cluster.start_scheduler()
        else:
            victim = self._generator.choice(self._cluster.workers)
            victim.kill()
            victim.communicate()
            self._cluster.workers.remove(victim)
            self._cluster.add_worker()
        self._tally.kills[kind] = self._tally.kills.get(kind, 0) + 1

    def _await_end(self) -> None:
        """Wait until nothing trains any more, as it must soon where nobody follows it."""
        start, store = time.monotonic(), Store(self._home)
        while any(record.is_live for record in store.runs()):
            assert time.monotonic() - start < _SECONDS_TO_END, "a run goes on whose program has gone"
            time.sleep(0.1)
        self._tally.longest = max(self._tally.longest, time.monotonic() - start)


def _outcome(home: Path) -> Outcome:
    """Return what the runs that finished came to; there must be one a seed."""
    store, found = Store(home), Outcome()
    for record in store.runs("status=finished"):
        seed = record.config["seed"]
        assert seed not in found, f"seed {seed} was trained twice"
        found[seed] = [epoch["val_loss"] for epoch in store.metrics(record.run)]
    return found
