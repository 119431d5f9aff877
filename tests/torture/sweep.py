"""A sweep is killed at random moments and started again until it ends; then it must be what it would have been."""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hw1_tui.cli import main
from hw1_tui.runs import Store

_WORDS = (
    *("--batch", "sweep", "--model", "mlp", "--data", "digits", "--hidden-sizes", "16", "--init", "he"),
    *("--batch-size", "8", "--epochs", "16", "--jobs", "2", "--executor", "threads", "--quiet"),
)
SWEEPS: Mapping[str, tuple[str, ...]] = {
    "a grid": ("--grid", "learning-rate=.01,.1,.3", "--grid", "momentum=0,.5", "--seeds", "2"),
    "points chosen by TPE, halved": ("--grid", "learning-rate=.01..1:log", "--grid", "momentum=0..0.9", "--tpe", "14",
                                     "--halving"),
}  # fmt: skip
_SHORT = ("--epochs", "8", "--batch-size", "32")
SHORT_SWEEPS: Mapping[str, tuple[str, ...]] = {
    "a grid": ("--grid", "learning-rate=.01,.3", "--grid", "momentum=0,.5", *_SHORT),
    "points chosen by TPE, halved": (*SWEEPS["points chosen by TPE, halved"], "--tpe", "6", *_SHORT),
}
_SHARES = (0.2, 0.6)
"""The shortest and the longest time until a kill, as shares of what the sweep takes that nobody kills."""

_PATIENT_AFTER = 10
"""After so many kills these are twice as long, and so on: a slow machine comes to the end as well."""

Outcome = dict[str, list[float | None]]
"""The losses of each trial, by its configuration."""


def kill_sweep(home: Path, seed: int, words: Sequence[str]) -> int:
    """Kill a sweep at random moments until it ends; return how often it was killed.

    Args:
        home: a folder for the histories.
        seed: of the moments.
        words: what is swept.

    Raises:
        AssertionError: a trial is missing, there twice, or not what it would have been; or one that had finished was
            trained again.
    """
    generator, kills = random.Random(seed), 0
    whole, killed = home / "whole", home / "killed"
    for folder in (whole, killed):
        folder.mkdir(parents=True)
    for name in ("hw1_tui.batch.sweep", "optuna"):
        importlib.import_module(name)  # once here, not in every fork
    start = time.monotonic()
    assert _wait(_start(whole, words), None) == 0, "the reference sweep did not end well"
    duration = time.monotonic() - start
    finished: dict[str, bytes] = {}
    while True:
        code = _wait(_start(killed, words), generator.uniform(*_SHARES) * duration * (1 + kills / _PATIENT_AFTER))
        now = _finished(killed)
        assert {run: now.get(run) for run in finished} == finished, "a trial that had finished was touched"
        finished = now
        if code is not None:
            assert code == 0, f"the sweep ended with {code} after {kills} kills"
            break
        kills += 1
    runs = Store(killed).runs()
    assert len(runs) == len(_outcome(killed)), "a trial was trained twice"
    assert _outcome(killed) == _outcome(whole), "a trial is not what it would have been"
    return kills


def _start(home: Path, words: Sequence[str]) -> int:
    """Start the sweep in a fork; return its process."""
    process = os.fork()
    if process == 0:
        try:
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123 - no path
                code = main([*_WORDS, *words, "--home", str(home)])
        except BaseException:
            code = 70
        os._exit(code)
    return process


def _wait(process: int, seconds: float | None) -> int | None:
    """Return what a process ended with, or kill it after some time and return ``None``."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while deadline is not None and time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    if deadline is not None:
        os.kill(process, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return None if code == -signal.SIGKILL else code


def _finished(home: Path) -> dict[str, bytes]:
    """Return the log of each run that has finished."""
    store = Store(home)
    return {run.run: store.find(run.run).log_path.read_bytes() for run in store.runs() if run.status == "finished"}


def _outcome(home: Path) -> Outcome:
    store = Store(home)
    return {
        str({name: run.config[name] for name in ("learning_rate", "momentum", "seed")}): [
            epoch["val_loss"] for epoch in store.metrics(run.run)
        ]
        for run in store.runs()
    }
