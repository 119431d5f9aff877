"""What it costs that a run trains in another process, and in a worker of a cluster: time, bytes and memory."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from hw1_tui import data
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.job import Job
from hw1_tui.training.recording import open_job
from hw1_tui.training.remote.event_record import pack_event
from hw1_tui.training.remote.following import open_followed
from hw1_tui.training.remote.process_pool import ProcessPool
from hw1_tui.training.remote.workers import Workers
from tests.bench.material import own_home
from tests.bench.row import Row
from tests.support.cluster import Cluster

_EPOCHS, _TIMES = 200, 5
_SHORT = RunConfig.from_dict({"model": "perceptron", "data": "digits", "epochs": 1, "threads": 1})
_LONG = _SHORT.changed(epochs=_EPOCHS)


def _processes() -> Iterator[Row]:
    """Yield what processes of this machine add to a run, and to each of its epochs."""
    with own_home() as home, contextlib.closing(ProcessPool(1)) as pool:
        yield from _overhead("processes", pool, Store(home), 200, 2)
        yield _memory("processes", pool.processes[0])


def _cluster() -> Iterator[Row]:
    """Yield what a worker of a scheduler adds, both on this machine and with TLS."""
    with own_home() as home, contextlib.closing(Cluster(home / "cluster", 1)) as cluster:
        with contextlib.closing(cluster.join()) as workers:
            yield from _overhead("cluster", workers, Store(home / "history"), 1000, 10)
            yield _scheduler_time(cluster.scheduler.pid, workers, Store(home / "history"))
        yield _memory("cluster", cluster.workers[0].pid)
        yield _memory("cluster, its scheduler", cluster.scheduler.pid)


def _bytes() -> Iterator[Row]:
    """Yield how much is told of a run: messages as text, which is what crosses."""
    dataset = data.load(*_LONG.wanted)
    with own_home() as home:
        told = [len(json.dumps({"event": pack_event(event)})) for event in
                open_job(Job(_LONG), Store(home), Control(), dataset) if event.kind != "progress"]  # fmt: skip
    yield Row("workers: bytes told of an epoch", sorted(told)[len(told) // 2], "bytes", None, None, {"all": sum(told)})


def _overhead(name: str, workers: Workers, store: Store, bar: float, epoch_bar: float) -> Iterator[Row]:
    dataset = data.load(*_SHORT.wanted)

    def there(config: RunConfig) -> float:
        return _time(open_followed(workers, Job(config), store, Control(), dataset))

    def here(config: RunConfig) -> float:
        return _time(open_job(Job(config), store, Control(), dataset))

    first = there(_SHORT)
    there(_LONG), here(_LONG)
    pairs = {config.epochs: [(there(config), here(config)) for _ in range(_TIMES)] for config in (_SHORT, _LONG)}
    # The fastest of each side: what else the machine does is many times what is looked for.
    sides = {epochs: [1000 * min(side) for side in zip(*times, strict=True)] for epochs, times in pairs.items()}
    (short, short_here), (long, long_here) = sides.values()
    details = {"first run, s": first, "all, s": pairs}
    yield Row(f"workers: a run more, {name}", short - short_here, "ms", bar, bar / 5, details)
    start = time.process_time()
    there(_LONG)
    busy = 1000 * (time.process_time() - start) / _EPOCHS
    yield Row(f"workers: processor time of who follows, an epoch, {name}", busy, "ms")
    an_epoch = ((long - short) - (long_here - short_here)) / (_EPOCHS - 1)
    yield Row(f"workers: an epoch more, {name}", an_epoch, "ms", epoch_bar, epoch_bar / 5, details)


def _scheduler_time(process: int, workers: Workers, store: Store) -> Row:
    """Return the processor time of the scheduler for each epoch of a run: it passes on what is told."""
    start = _seconds_of(process)
    _time(open_followed(workers, Job(_LONG), store, Control(), data.load(*_LONG.wanted)))
    busy = 1000 * (_seconds_of(process) - start) / _EPOCHS
    return Row("workers: processor time of the scheduler, an epoch", busy, "ms")


def _seconds_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _time(events: Iterator[Event]) -> float:
    start = time.perf_counter()
    for _ in events:
        pass
    return time.perf_counter() - start


def _memory(name: str, process: int) -> Row:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return Row(f"workers: memory of one, {name}", pages * os.sysconf("SC_PAGE_SIZE") / 1e6, "MB")


MEASUREMENTS = (_processes, _cluster, _bytes)
