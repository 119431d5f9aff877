"""An engine that follows the contract and a script: no numbers are computed, no processor is burnt.

Each part of an epoch waits for a permit, so a test decides when training goes on; losses are given by a formula; time
is a clock that only the script moves. While it waits it goes on yielding, as the contract asks, so that pausing and
stopping find it answering.
"""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from textual.css.query import NoMatches
from textual.pilot import Pilot

from engines import registry
from engines.contract import Array, Config, Dataset, Evaluation, ModelSpec, Progress, Split, SplitName
from engines.numpy_engine.engine import MODELS
from engines.torch_engine.engine import TorchEngine
from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training import stepper
from screens.widgets import run_card

PARTS = 4
"""Parts of an epoch, each of which waits for a permit."""

_SECONDS_BETWEEN_LOOKS, _MOST_SECONDS_OF_A_LOOK = 0.01, 0.05


@dataclass
class Script:
    """What the engine does and when.

    Attributes:
        diverge_at: the epoch whose loss is no number; 0 for none.
        raise_at: the epoch in which the engine raises; 0 for none.
        print_at: the epoch in which it prints and warns; 0 for none.
        seconds_per_part: by how much its clock moves with each part.
        free: no permits are needed.
        apps: the interfaces that use it.
    """

    diverge_at: int = 0
    raise_at: int = 0
    print_at: int = 0
    seconds_per_part: float = 0.5
    free: bool = False
    loss: Callable[[int, float], float] = lambda epoch, rate: 0.4 + 1.4 * math.exp(-epoch / (0.01 / rate))
    now: float = 0.0
    apps: list[Hw1App] = field(default_factory=list)
    permits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    adjusted: list[dict[str, Any]] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def allow(self, epochs: float) -> None:
        """Let so many epochs be trained."""
        self.permits.release(round(epochs * PARTS))

    @property
    def is_used_up(self) -> bool:
        """Whether everything that was allowed has been trained."""
        if not self.permits.acquire(blocking=False):
            return True
        self.permits.release()
        return False

    def wait(self) -> bool:
        """Wait a little for a permit; whether one was got."""
        if not self.free and not self.permits.acquire(timeout=0.02):
            return False
        self.now += self.seconds_per_part
        return True


class ScriptedTrainer:
    def __init__(self, script: Script, data: Dataset, rate: float) -> None:
        self.script, self.data, self.rate = script, data, rate
        self.done, self.part = 0, 0

    def epoch(self) -> Iterator[Progress]:
        number, of = self.done + 1, len(self.data.train)
        while self.part < PARTS:
            if self.script.wait():
                self.part += 1
                self._happen(number)
            if self.part == PARTS:
                break
            yield Progress(self.part * of // PARTS, self._loss(number))
        self.done, self.part = number, 0
        yield Progress(of, self._loss(number))

    def _happen(self, number: int) -> None:
        if number == self.script.raise_at:
            raise RuntimeError("the matrix [/has] no inverse")
        if number == self.script.print_at:
            print("a stray line")
            sys.stderr.write("a stray error\n")
            warnings.warn("a stray warning", RuntimeWarning, stacklevel=1)

    def _loss(self, number: int) -> float:
        return math.nan if number == self.script.diverge_at else self.script.loss(number, self.rate)

    def evaluate(self, split: SplitName) -> Evaluation:
        gap = {"train": 0.0, "val": 0.1, "test": 0.12}[split]
        loss = self.script.loss(self.done, self.rate) + gap * self.done / 5
        return Evaluation(loss, 1 / (1 + loss))

    def predict(self, x: Array) -> Array:
        return np.full((len(x), max(1, self.data.n_classes)), 1 / max(1, self.data.n_classes))

    def adjust(self, **changes: Any) -> None:
        self.script.adjusted.append(changes)
        self.rate = changes.get("learning_rate", self.rate)

    def parameters(self) -> dict[str, Array]:
        return {"W1": np.full((4, 4), 0.5 * math.sqrt(1 + self.done))}

    def state(self) -> dict[str, Array]:
        return {"place": np.array([self.done, self.part])}

    def load(self, state: Mapping[str, Array]) -> None:
        self.done, self.part = map(int, state["place"])


class ScriptedEngine:
    """Stands in for the numpy engine: the same name, models and hyperparameters."""

    name = "numpy"
    script = Script()

    def unavailable(self) -> str:
        return ""

    def models(self) -> Mapping[str, ModelSpec]:
        return MODELS

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> ScriptedTrainer:
        return ScriptedTrainer(self.script, data, config.hyperparameters.get("learning_rate", 0.01))


class ScriptedTorch(TorchEngine):
    """Stands in for the torch engine, which is not imported then; no two of its runs are trained as one."""

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> ScriptedTrainer:
        return ScriptedEngine().start(config, data, rng)

    def stack_key(self, config: Config) -> None:
        return None


def tiny_dataset(name: str = "builtin") -> Dataset:
    """Six classes of 8x8 pictures that one can tell apart."""
    rows, columns = np.mgrid[0:8, 0:8]
    pictures = [
        np.stack([(rows * (k + 1) * 16) % 256, (columns * (6 - k) * 16) % 256, np.full((8, 8), k * 40)], axis=-1)
        for k in range(6)
    ]

    def split(n: int) -> Split:
        y = np.arange(n) % 6
        return Split(np.stack([pictures[label].reshape(-1) for label in y]).astype(np.uint8), y.astype(np.int64))

    classes = ("buildings", "forest", "glacier", "mountain", "sea", "street")
    return Dataset(name, split(1200), split(240), split(240), classes, 1 / 256, (8, 8, 3), "Drawn, not photographed.")


def load(source: str, *_options: object, **_limits: object) -> Dataset:
    """Stand in for the program's own: everything but ``nowhere.npz`` is the tiny data set."""
    if source == "nowhere.npz":
        raise MistakeError(Mistake(source, "there is no such file"))
    return tiny_dataset(source)


@contextmanager
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Let the registry's engines be scripted ones, and their clock the only one."""
    script = Script()
    monkeypatch.setattr(ScriptedEngine, "script", script)
    monkeypatch.setitem(registry.BUILT_IN, "numpy", f"{__name__}:ScriptedEngine")
    monkeypatch.setitem(registry.BUILT_IN, "torch", f"{__name__}:ScriptedTorch")
    monkeypatch.setattr(registry, "plug_ins", lambda: ())  # or numpy's own engine would be said to be passed over
    monkeypatch.setattr(stepper, "time", types.SimpleNamespace(perf_counter=script.clock))
    monkeypatch.setattr(data, "load", load)
    monkeypatch.setattr(run_card, "memory", lambda: "123 MB")
    registry.get.cache_clear()
    yield script
    script.free = True
    end_runs(script)
    registry.get.cache_clear()


def end_runs(script: Script) -> None:
    """End what a test left training or paused, so that the next finds no thread of it."""
    for app in script.apps:
        for live in app.workspace.queue.runs:
            live.control.stop()
    for thread in threading.enumerate():
        if thread.name.startswith("run-"):
            for _ in range(1000):  # times a hundredth of a second; see ``until``
                thread.join(timeout=0.01)
                if not thread.is_alive():
                    break
            else:
                raise AssertionError(f"{thread.name} goes on after its test")


def app_of(script: Script, *args: Any) -> Hw1App:
    """Return the interface, its clock the script's."""
    app = Hw1App(*args)
    script.apps.append(app)
    app.workspace.queue.clock = script.clock
    app.animation_level = "none"
    return app


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 30) -> None:
    """Let the interface work until something holds, and come to rest then.

    Every widget is asked whether it rests, so that is asked once and not at each look. A look counts for little however
    long it took: a machine that stands still for a minute must not use the time up.
    """
    left = seconds
    while not _holds(condition):
        assert left > 0, "what was waited for did not come"
        began = time.monotonic()
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        left -= min(time.monotonic() - began, _MOST_SECONDS_OF_A_LOOK)
    await pilot.pause()


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except NoMatches:  # while a screen is being built
        return False


def live_of(app: Any) -> Any:
    """Return the run that was asked for last."""
    return app.workspace.queue.runs[-1]


async def start(pilot: Pilot[Any]) -> None:
    """Do what a newcomer does: enter, twice; wait until it trains."""
    app: Any = pilot.app
    await pilot.press("enter", "enter")
    await until(pilot, lambda: app.workspace.queue.runs and live_of(app).started)


async def train(pilot: Pilot[Any], script: Script, epochs: float) -> None:
    """Start, and wait until so many epochs are done."""
    await start(pilot)
    script.allow(epochs)
    await until(pilot, lambda: live_of(pilot.app).epochs_done == epochs)
