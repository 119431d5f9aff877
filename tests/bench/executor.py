"""What an executor adds to every epoch of a run."""

import time
from collections.abc import Iterator

from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.executor import JobEnded, ThreadExecutor
from hw1_tui.training.job import Job
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.bench.material import own_home
from tests.bench.row import Row

_EPOCHS, _PAIRS = 200, 7


def _threads() -> Iterator[Row]:
    """Yield what the executor in threads adds to an epoch of a small run, which is recorded."""
    config = RunConfig.from_dict({"model": "perceptron", "data": "digits", "epochs": _EPOCHS, "threads": 1})
    with own_home() as home:
        store = Store(home)
        _directly(config, store)  # reads the data and loads what it needs
        pairs = [(_in_executor(config, store), _directly(config, store)) for _ in range(_PAIRS)]
    # The fastest of each side: what else the machine does is many times what is looked for.
    ours, direct = (1000 * min(side) / _EPOCHS for side in zip(*pairs, strict=True))
    details = {"epochs": _EPOCHS, "ms an epoch": direct, "all": pairs}
    yield Row("sweep: overhead of the executor per epoch, threads", ours - direct, "ms", 1, 0.3, details)


def _directly(config: RunConfig, store: Store) -> float:
    start = time.perf_counter()
    for _ in record(open_session(config), store):
        pass
    return time.perf_counter() - start


def _in_executor(config: RunConfig, store: Store) -> float:
    def open_job(job: Job, control: Control) -> Iterator[Event]:
        return record(open_session(job.config, control), store)

    start = time.perf_counter()
    executor = ThreadExecutor(open_job)
    executor.submit(Job(config))
    end = next(event for _, event in executor.events() if isinstance(event, JobEnded))
    seconds = time.perf_counter() - start
    executor.close()
    if end.error:
        raise end.error
    return seconds


MEASUREMENTS = (_threads,)
