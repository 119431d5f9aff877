"""Looking inside a model: views of a kept run on the real data, and what looking while it trains costs."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from textual.app import App, ComposeResult

from engines import registry
from hw1_tui.analysis.answers import answers_of
from hw1_tui.analysis.confusion import Confusion
from hw1_tui.analysis.opened_run import OpenedRun, open_run
from hw1_tui.analysis.preflight import Finding, preflight
from hw1_tui.analysis.suspect import suspect_rows, suspects_of
from hw1_tui.analysis.weight_picture import weight_pictures
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import open_session
from hw1_tui.training.probe import Probe
from hw1_tui.training.recording import record
from screens.runtime.garbage import RareSearches
from screens.state.example_list import ExampleList
from screens.widgets.gallery import Gallery
from tests.bench.material import images, own_home
from tests.bench.row import Row
from tests.support.history import ended

_TIMES, _EPOCHS, _CHECKED = 5, 5, 3
_ROOM = (126, 54)
"""Columns and rows of the pictures that Inside shows in a terminal of 200x60."""
_SECONDS = 0.7
"""In which a page is drawn."""
_SIDE = (48, 48, 3)


def _views() -> Iterator[Row]:
    """Yield how long views of a kept run take, its data being in memory; each of a run that was just opened."""
    data = images()
    config = RunConfig.from_dict({"model": "mlp", "data": "builtin", "epochs": 1, "init": "he"})
    with own_home() as home:
        store = Store(home)
        run = ended(record(open_session(config, dataset=data), store)).run
        views = (("confusion matrix", _confusion), ("suspects", _suspects), ("weights", _weights))
        times = {
            name: [_seconds(view, open_run(store, run, dataset=data)) for _ in range(_TIMES)] for name, view in views
        }
    for name, taken in times.items():
        details = {"all": taken, "examples": len(data.val)}
        yield Row(f"inside: {name}, once loaded", statistics.median(taken), "s", 0.3, 0.15, details)


def _seconds(view: Callable[[OpenedRun], object], opened: OpenedRun) -> float:
    start = time.perf_counter()
    view(opened)
    return time.perf_counter() - start


def _confusion(opened: OpenedRun) -> None:
    answers = answers_of(opened, "val")
    confusion = Confusion.of(answers.labels, answers.predicted, answers.classes)
    confusion.by_class()
    confusion.mixed_up()


def _suspects(opened: OpenedRun) -> None:
    suspect_rows(opened, "val", *suspects_of(opened, "val"))


def _weights(opened: OpenedRun) -> None:
    weight_pictures(opened.parameters()["W1"], _SIDE, opened.initial_parameters()["W1"], "movement")


def _live() -> Iterator[Row]:
    """Yield what is spent on looking into a network after each of its epochs."""
    data = images()
    config = RunConfig.from_dict({"model": "mlp", "data": "builtin", "epochs": _EPOCHS, "init": "he"})
    trainer = registry.get(config.engine).start(config, data, np.random.default_rng(1))
    probe, trained, looked = Probe(trainer, data, config), [], []
    for epoch in range(1, _EPOCHS + 1):
        looked.append(_taken(partial(probe.begin, epoch, config)))
        trained.append(_taken(lambda: [None for _ in trainer.epoch()]))
        looked[-1] += _taken(partial(probe.end, epoch, config, 0.001))
    share = statistics.median(look / epoch for look, epoch in zip(looked, trained, strict=True))
    details = {"seconds": looked, "epochs": trained}
    yield Row("looking inside live, share of the training's time", 100 * share, "%", 3, 1, details)


def _taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _pages() -> Iterator[Row]:
    """Yield for how long the interface is held up by another page of pictures, as many as Inside has at 200x60."""
    held = asyncio.run(_turn_pages())
    yield Row(
        "inside: a page of pictures, interface held",
        statistics.median(held),
        "s",
        0.15,
        0.1,
        {"all": held, "size": _ROOM},
    )


async def _turn_pages() -> list[float]:
    """Return the longest time between two turns of the event loop, in processor time of its thread, for each page."""
    gallery, found = Gallery(), list[float]()

    class Pages(App[None]):
        def compose(self) -> ComposeResult:
            yield gallery

    async with Pages().run_test(size=_ROOM) as pilot:
        RareSearches()  # as the program does when it opens
        gallery.show(ExampleList(replace(images(), image_shape=_SIDE), "val"))
        await pilot.pause()
        for _ in range(_TIMES):
            gallery.action_turn(1)  # a key of the pilot waits until it is drawn
            longest, end = 0.0, time.perf_counter() + _SECONDS
            while time.perf_counter() < end:
                start = time.thread_time()
                await asyncio.sleep(0.001)
                longest = max(longest, time.thread_time() - start)
            found.append(longest)
    return found


def _checks() -> Iterator[Row]:
    """Yield how long the checks before a run take, the data and the engine being in memory."""
    data = images()
    for engine in ("numpy", "torch"):
        for model in ("logistic_regression", "mlp"):
            config = RunConfig.from_dict({"model": model, "engine": engine, "data": "builtin"})
            taken = [_taken(partial(list[Finding], preflight(config, data))) for _ in range(_CHECKED)]
            details = {"all": taken, "examples": len(data.train)}
            yield Row(f"checks before a run: {model}, {engine}", statistics.median(taken), "s", 5, 2, details)


MEASUREMENTS = (_views, _live, _checks, _pages)
