"""Runs are killed at random moments and resumed, until they end; then they must be what they would have been.

Every victim is a fork of this process, which itself trains nothing, so that a kill costs milliseconds and not the
start of an interpreter. Between two kills the newest checkpoint may be cut short or have a bit flipped.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import select
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hw1_tui.metric import EpochMetrics, epoch_metrics
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.event import EpochEnded, RunEnded, RunStarted
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume

_COMMON = {"model": "mlp", "data": "digits", "hidden_sizes": [24, 12], "init": "he", "threads": 1}
_STEPWISE = {"schedule": "step", "schedule_epochs": 3, "schedule_factor": 0.5}
CASES: dict[str, dict[str, Any]] = {
    "numpy, momentum, steps": {"engine": "numpy", "epochs": 16, "momentum": 0.9, "batch_size": 4, **_STEPWISE},
    "numpy, one by one": {"engine": "numpy", "epochs": 16, "l2": 1e-4},
    "numpy, early stopping": {"engine": "numpy", "epochs": 200, "learning_rate": 0.05, "patience": 3},
    "torch, Adam, dropout, cosine": {
        "engine": "torch", "epochs": 12, "optimizer": "adam", "dropout": 0.3, "schedule": "cosine", "batch_size": 8,
    },
    "torch, momentum, dropout": {
        "engine": "torch", "epochs": 12, "momentum": 0.9, "dropout": 0.5, "batch_size": 8, **_STEPWISE,
    },
    "torch, early stopping": {"engine": "torch", "epochs": 200, "learning_rate": 0.05, "patience": 3, "batch_size": 8},
}  # fmt: skip
SHORT_CASES = {
    name: {**CASES[name], "epochs": 8, "batch_size": 32}
    for name in ("numpy, momentum, steps", "torch, Adam, dropout, cosine")
}
"""One an engine, in which what is kept costs as much as what is trained."""


@dataclass
class Tally:
    """What a campaign has done so far."""

    kills: int = 0
    damaged: int = 0
    runs: int = 0
    epochs: int = 0


class Victim:
    """A forked process that trains a run and acknowledges every epoch through a pipe once it was recorded.

    Args:
        home: its history.
        case: what it trains.
        run: identifier of the run to go on with; empty for a new one.
        every: see ``record``.
    """

    def __init__(self, home: Path, case: Mapping[str, Any], run: str, every: int) -> None:
        self._reader, writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._reader)
            _train(home, case, run, every, writer)
        os.close(writer)
        self._buffer = b""
        self.run = run
        self.epochs: dict[int, dict[str, Any]] = {}
        self.end: dict[str, Any] | None = None

    def listen(self, seconds: float) -> None:
        """Take what it acknowledges for some time, or until it is done."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self._reader], [], [], left)[0] and not self._take():
                return

    def _take(self) -> bool:
        content = os.read(self._reader, 1 << 16)
        *lines, self._buffer = (self._buffer + content).split(b"\n")
        for line in lines:
            self._hear(json.loads(line))
        return bool(content)

    def _hear(self, told: dict[str, Any]) -> None:
        self.run = told.get("run") or self.run
        if told["event"] == "epoch":
            self.epochs[told["epoch"]] = told
        elif told["event"] == "run_ended":
            self.end = told

    def kill(self) -> bool:
        """Kill it; take what it had said before it died. Return whether the kill came before its end."""
        os.kill(self._pid, signal.SIGKILL)
        while self._take():
            pass
        os.close(self._reader)
        return os.WIFSIGNALED(os.waitpid(self._pid, 0)[1])


def _train(home: Path, case: Mapping[str, Any], run: str, every: int, writer: int) -> None:
    """Train in the fork; never returns."""
    try:
        store = Store(home)
        if run:
            events = resume(store, run, every=every)
        else:
            events = record(open_session(RunConfig.from_dict({**_COMMON, **case})), store, every=every)
        for event in events:
            if isinstance(event, (RunStarted, EpochEnded, RunEnded)):
                os.write(writer, json.dumps(event.as_dict()).encode() + b"\n")
    finally:
        os._exit(0)


def uninterrupted(home: Path, case: Mapping[str, Any]) -> Victim:
    """Train a case to its end."""
    victim = Victim(home, case, "", 0)
    victim.listen(600)
    victim.kill()
    assert victim.end is not None, "the reference run did not end"
    return victim


def campaign(home: Path, kills: int, seed: int, cases: Mapping[str, Mapping[str, Any]] = CASES) -> Iterator[Tally]:
    """Kill runs until there were so many kills; yield the tally after each run that has come to its end.

    Args:
        home: a folder for the histories.
        kills: kills at least; every case has its turn, too.
        seed: of the moments.
        cases: what is trained, by its name.

    Raises:
        AssertionError: an acknowledged epoch was lost, or a run ended as something else.
    """
    for name in ("torch", "engines.torch_engine.engine"):
        importlib.import_module(name)  # once here, not in every fork
    rng, tally = random.Random(seed), Tally()
    references: dict[str, tuple[Victim, float]] = {}
    while tally.kills < kills or tally.runs < len(cases):
        name = list(cases)[tally.runs % len(cases)]
        if name not in references:
            start = time.monotonic()
            references[name] = uninterrupted(home / "reference", cases[name]), time.monotonic() - start
        reference, duration = references[name]
        one_run(home, cases[name], reference, duration, rng, tally)
        tally.runs += 1
        yield tally


def one_run(
    home: Path, case: Mapping[str, Any], reference: Victim, duration: float, rng: random.Random, tally: Tally
) -> None:
    """Train one run through some kills and compare it with the one that was left alone."""
    store, run, every = Store(home / "killed"), "", rng.choice((0, 1))
    acknowledged: dict[int, dict[str, Any]] = {}
    while True:
        victim = Victim(store.home, case, run, every)
        # Some go on to the end, or no run ever would.
        victim.listen(600 if rng.random() < 0.15 else rng.uniform(0, duration))
        tally.kills += victim.kill()
        run = victim.run or run
        acknowledged |= victim.epochs
        tally.epochs += len(victim.epochs)
        if run:
            _check_nothing_lost(store, run, acknowledged)
        if victim.end:
            break
        if run and rng.random() < 0.3:
            tally.damaged += damage(store, run, rng)
    _check_same(store, victim, home, reference)


def _check_nothing_lost(store: Store, run: str, acknowledged: dict[int, dict[str, Any]]) -> None:
    kept = {epoch.epoch: epoch for epoch in store.metrics(run)}
    for number, told in acknowledged.items():
        assert number in kept, f"epoch {number} of {run} was acknowledged and is lost"
        is_kept = _measured(kept[number]) == _measured(EpochMetrics.from_dict(told))
        assert is_kept, f"epoch {number} of {run} is not what was acknowledged"


def _check_same(store: Store, victim: Victim, home: Path, reference: Victim) -> None:
    expected = Store(home / "reference")
    assert victim.end
    assert reference.end
    for name in ("status", "epochs", "test_loss", "test_accuracy", "best_epoch", "reason"):
        assert victim.end[name] == reference.end[name], f"{name} of {victim.run} differs"
    ours, theirs = store.metrics(victim.run), expected.metrics(reference.run)
    assert [_measured(epoch) for epoch in ours] == [_measured(epoch) for epoch in theirs], f"{victim.run} differs"
    for epoch in (victim.end["epochs"], victim.end["best_epoch"]):
        _check_same_state(store, victim.run, expected, reference.run, epoch)


def _check_same_state(store: Store, run: str, expected: Store, other: str, epoch: int) -> None:
    ours, theirs = store.find(run).checkpoint_store.at(epoch), expected.find(other).checkpoint_store.at(epoch)
    assert ours, f"{run} has no checkpoint of epoch {epoch}"
    assert theirs, f"{other} has no checkpoint of epoch {epoch}"
    a, b = ours.read(), theirs.read()
    assert a.keys() == b.keys()
    for name in a.keys() - {"session", "log_size"}:
        assert np.array_equal(a[name], b[name]), f"{name} of {run} at epoch {epoch} differs"


def _measured(epoch: EpochMetrics) -> dict[str, Any]:
    return {metric.name: epoch[metric.name] for metric in epoch_metrics() if metric.kind != "time"}


def damage(store: Store, run: str, rng: random.Random) -> bool:
    """Cut the newest checkpoint short or flip one bit of it; return whether there was one."""
    checkpoints = store.find(run).checkpoint_store.checkpoints()
    if not checkpoints:
        return False
    path = checkpoints[-1].path
    content = bytearray(path.read_bytes())
    if rng.random() < 0.5:
        del content[rng.randrange(len(content)) :]
    else:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    return True
