"""The interface: its first frame, how late its event loop is while a network trains, and what it costs the training."""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.job import Job
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from screens.runtime.garbage import RareSearches
from tests.bench import material
from tests.bench.row import Row
from tests.support.history import ended
from tests.support.terminal import Terminal

_STARTS = 9
_PROGRAM = ("hw1_tui", "Multi-layer perceptron", "\x11")
_EMPTY_APP = ("tests.bench.empty_app", "An empty app", "\x11")
"""Module to start, words that its first frame has, the key that ends it."""

_PAIRS = 5
_MOMENTS = (0.1, 0.4, 0.7, 1.0, 1.3)
"""Seconds into the first epoch, which takes longer, at which it is broken off."""


def _first_frame() -> Iterator[Row]:
    """Yield how long the program takes to its first words on a terminal of 80x24, against an empty app of Textual."""
    with material.own_home():
        _start(*_PROGRAM), _start(*_EMPTY_APP)  # compiles what was not compiled yet
        times = [(_start(*_PROGRAM), _start(*_EMPTY_APP)) for _ in range(_STARTS)]
    ratio = statistics.median(ours / theirs for ours, theirs in times)
    ours, theirs = (statistics.median(side) for side in zip(*times, strict=True))
    details = {"seconds": ours, "peer_seconds": theirs, "all": times}
    yield Row("first frame of the interface, against an empty Textual app's", ratio, "x", 1.4, 1.15, details)


def _start(module: str, words: str, key: str) -> float:
    """Return how long a program takes to show some words, seconds; then end it by a key."""
    start = time.perf_counter()
    program = Terminal(sys.executable, "-m", module, PYTHONDONTWRITEBYTECODE="")
    program.wait_for(words)
    seconds = time.perf_counter() - start
    program.press(key)
    program.end()
    program.close()
    return seconds


def _leaving() -> Iterator[Row]:
    """Yield what a person waits for who breaks off a long epoch: until the run has stopped, until the shell is back."""
    with material.own_home() as home:
        data = material.file(home)
        for name, time_one in (("stopping", _stop), ("stop and save, to the end of the process,", _quit)):
            times = [time_one(data, moment) for moment in _MOMENTS]
            yield Row(f"{name} in a long epoch", statistics.median(times), "s", 0.5, 0.3, {"all": times})


def _stop(data: Path, moment: float) -> float:
    program = _in_an_epoch(data, moment)
    start = time.perf_counter()
    program.press("x")
    program.wait_for("■ stopped")
    seconds = time.perf_counter() - start
    program.press("\x11")
    program.end()
    program.close()
    return seconds


def _quit(data: Path, moment: float) -> float:
    program = _in_an_epoch(data, moment)
    program.press("\x11")
    program.wait_for("Stop and save")
    start = time.perf_counter()
    program.press("s")
    while program.process.poll() is None:
        program.read(0.005)
    seconds = time.perf_counter() - start
    program.close()
    return seconds


def _in_an_epoch(data: Path, moment: float) -> Terminal:
    """Return the program with the numpy network so many seconds in its first epoch."""
    program = Terminal(sys.executable, "-m", "hw1_tui", "train", "--model", "mlp", "--data", str(data))
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("examples/s")
    end = time.perf_counter() + moment
    while time.perf_counter() < end:
        program.read(0.01)
    return program


def _training() -> Iterator[Row]:
    """Yield what the interface costs a network that trains in it with its charts on, and how late its loop is.

    The fastest of each side are compared: runs take seconds, and another guest of the machine that comes for some of
    them meets one side and not the other.
    """
    config = RunConfig.from_dict({"model": "mlp"})
    inside, batch, late = list[Inside](), list[float](), list[float]()
    with material.own_home() as home:
        for _ in range(_PAIRS):
            inside.append(asyncio.run(_inside(config)))
            batch.append(ended(record(open_session(config), Store(home))).seconds)
            # Apart from it: looking a hundred times a second takes time from the training.
            late += asyncio.run(_inside(config, tick=0.01)).late
    seconds = [run.seconds for run in inside]
    details = {"seconds": seconds, "peer_seconds": batch, "model": "mlp", "epochs": config.epochs}
    name = "training inside the interface against batch mode"
    yield Row(name, min(batch) / min(seconds), "x", 0.95, 0.98, details, best="highest")
    share = statistics.median(run.interface_seconds / run.seconds for run in inside)
    name = "processor time of the interface's thread, share of the training's time"
    yield Row(name, 100 * share, "%", 4, 2, {"seconds": [run.interface_seconds for run in inside]})
    tenths = {str(share): float(np.percentile(late, share)) for share in (50, 95, 99)}
    name = "event loop lateness while training with live charts, 99th percentile"
    yield Row(name, tenths["99"], "ms", 30, 12, tenths)


@dataclass(frozen=True)
class Inside:
    """A run in the interface.

    Attributes:
        seconds: its training time.
        interface_seconds: processor time that the interface's thread took meanwhile.
        late: how late each tick was, milliseconds.
    """

    seconds: float
    interface_seconds: float
    late: Sequence[float]


async def _inside(config: RunConfig, tick: float = 0.5) -> Inside:
    app = Hw1App()
    async with app.run_test(size=(120, 40)) as pilot:
        RareSearches()  # as the program does when it opens
        app.action_go("training")
        await pilot.pause()
        live = app.workspace.queue.submit(Job(config))
        late, before = list[float](), time.thread_time()
        while live.ended is None:
            start = time.perf_counter()
            await asyncio.sleep(tick)
            late.append((time.perf_counter() - start - tick) * 1e3)
        return Inside(live.ended.seconds, time.thread_time() - before, late)


MEASUREMENTS = (_first_frame, _leaving, _training)
