"""The interface: its first frame, how late its event loop is while a network trains, and what it costs the training."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.job import Job
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.bench import material
from tests.bench.row import Row
from tests.support.history import ended
from tests.support.terminal import Terminal

_STARTS = 7
_PAIRS = 5
_MOMENTS = (0.1, 0.4, 0.7, 1.0, 1.3)
"""Seconds into the first epoch, which takes longer, at which it is broken off."""


def measure() -> Iterator[Row]:
    """Yield the rows of the interface."""
    before = os.environ.get("HW1_TUI_HOME")
    with tempfile.TemporaryDirectory() as home:
        os.environ["HW1_TUI_HOME"] = home
        try:
            yield _first_frame()
            yield from _leaving(material.file(Path(home)))
            yield from _training()
        finally:
            os.environ.pop("HW1_TUI_HOME")
            if before is not None:
                os.environ["HW1_TUI_HOME"] = before


def _first_frame() -> Row:
    """Time the program from its start to the first words on a terminal of 80x24."""
    times = [_start() for _ in range(_STARTS)]
    return Row("first frame of the interface", statistics.median(times), "s", 0.45, 0.30, {"all": times})


def _start() -> float:
    start = time.perf_counter()
    program = Terminal(sys.executable, "-m", "hw1_tui")
    program.wait_for("Multi-layer perceptron")
    seconds = time.perf_counter() - start
    program.press("\x11")
    program.end()
    program.close()
    return seconds


def _leaving(data: Path) -> Iterator[Row]:
    """Time what a person waits for who breaks off a long epoch: until the run has stopped, until the shell is back."""
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
    """Train the same network in the interface, with its charts on, and without, in turns.

    The fastest of each side are compared: runs take seconds, and another guest of the machine that comes for some of
    them meets one side and not the other.
    """
    config = RunConfig.from_dict({"model": "mlp"})
    inside, batch, late = [], [], []
    for _ in range(_PAIRS):
        inside.append(asyncio.run(_inside(config))[0])
        batch.append(_batch(config))
        # Apart from it: looking a hundred times a second takes time from the training.
        late += asyncio.run(_inside(config, tick=0.01))[1]
    details = {"seconds": inside, "peer_seconds": batch, "model": "mlp", "epochs": config.epochs}
    yield Row("training inside the interface against batch mode", min(batch) / min(inside), "x", 0.95, 1.0, details)
    tenths = {str(share): float(np.percentile(late, share)) for share in (50, 95, 99)}
    yield Row(
        "event loop lateness while training with live charts, 99th percentile", tenths["99"], "ms", 60, 30, tenths
    )


async def _inside(config: RunConfig, tick: float = 0.5) -> tuple[float, list[float]]:
    """Return the training time of a run in the interface, seconds, and how late each tick was, milliseconds."""
    app = Hw1App()
    async with app.run_test(size=(120, 40)) as pilot:
        app.action_go("training")
        await pilot.pause()
        live = app.workspace.queue.submit(Job(config))
        lateness = []
        while live.ended is None:
            start = time.perf_counter()
            await asyncio.sleep(tick)
            lateness.append((time.perf_counter() - start - tick) * 1e3)
        return live.ended.seconds, lateness


def _batch(config: RunConfig) -> float:
    """Return the training time of the same run in batch mode, seconds."""
    return ended(record(open_session(config), Store(Path(os.environ["HW1_TUI_HOME"])))).seconds
