"""What a worker of Dask's is asked to call: train an order, hear what is said to it, take data.

Dask calls these functions with plain data and arrays. A worker hears every few seconds from whoever ordered;
where it does not, it stops its runs, which are kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.contract import Array, Dataset
from hw1_tui.cluster.carried import AwayRun, Changes
from hw1_tui.cluster.task import TASKS
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.remote.data_folder import join_dataset
from hw1_tui.training.remote.order import Order
from hw1_tui.training.remote.worker import Message, Task, UnfitError, describe_mistakes

SECONDS_ALONE = 40.0
"""Who ordered is taken to be gone when nothing was heard from there for so long."""

ABANDON: Message = {"say": "abandon"}

SECONDS_BETWEEN_PROGRESS = 1.0
"""All goes through one scheduler, whose time is what a large cluster runs out of first."""

_SECONDS_FOR_DATA = 300.0
_SECONDS_FOR_RUN = 60.0
_SECONDS_UNTIL_TAKEN = 20.0
_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_OF_STILLNESS = 5.0

_tasks: dict[str, Task] = {}
_away: dict[str, AwayRun] = {}
_heard: dict[str, float] = {}
_data: dict[str, Dataset] = {}
_early: dict[str, list[Message] | None] = {}
"""What was said to an attempt before it had all that it needs; ``None`` until its worker was answered."""

_changed = threading.Condition()


def train_order(record: Mapping[str, Any], topic: str, key: str) -> None:
    """Train an order to its end; what it tells goes to a topic of the scheduler's.

    It begins when who ordered has answered: they may have taken it back when it was on its way here.

    Args:
        record: the order as a dictionary.
        topic: where who ordered listens.
        key: names this attempt among those of the topic.
    """
    from distributed import get_worker

    worker, tried = get_worker(), uuid.uuid4().hex

    def tell(message: Message) -> None:
        with contextlib.suppress(Exception):  # whatever Dask raises where the scheduler is gone
            worker.log_event(topic, json.dumps({"key": key, "try": tried, **message}))

    order, _early[key] = Order.from_dict(record), None
    is_away = bool(order.mark) and not (Path(order.home) / order.mark).exists()
    tell({"begun": f"process {os.getpid()} on {platform.node()}", "worker": worker.address, "is_away": is_away})
    if not _is_wanted(key):
        tell({"over": True, "unheard": True})
        return
    order = _by_their_clock(key, order)
    try:
        with (
            _carried(key, order, Path(worker.local_directory), tell)
            if is_away
            else contextlib.nullcontext(order) as order
        ):
            task = Task(
                order,
                (lambda message: tell(with_host(message, order.home))) if is_away else tell,
                lambda fingerprint: _ask_for_data(fingerprint, tell),
                seconds_between_progress=SECONDS_BETWEEN_PROGRESS,
            )
            _train(key, task)
    except MistakeError as error:
        tell({"over": True, **describe_mistakes(error)})


def with_host(message: Message, home: str) -> Message:
    """Return what is told, a folder of this machine's own in its text being named as ssh names it."""
    event = message.get("event", {})
    if "text" not in event:
        return message
    return {**message, "event": {**event, "text": event["text"].replace(home, f"{platform.node()}:{home}")}}


def _is_wanted(key: str) -> bool:
    """Wait for an answer; return whether it came and the order stands."""
    with _changed:
        _changed.wait_for(lambda: _early[key] is not None, SECONDS_ALONE)
        said = _early[key]
        if said is not None and ABANDON not in said:
            return True
        del _early[key]
        return False


def _by_their_clock(key: str, order: Order) -> Order:
    """Let a new run have been created when it is there where it is kept: by this clock another may be the newest."""
    times = [message["clock"] for message in _early[key] or () if "clock" in message]
    return replace(order, facts={**order.facts, "created": times[-1]}) if times else order


@contextlib.contextmanager
def _carried(key: str, order: Order, folder: Path, tell: Any) -> Iterator[Order]:
    """Give an order whose history is here: what is kept of its run is asked for, and what is written is taken away.

    Raises:
        UnfitError: the disk does not take what is kept of it.
    """
    with _room(order.run, folder):
        away = AwayRun(order.run, folder)
    with away as run, TASKS.joined(lambda: None):  # the process does not end before it is taken
        _away[key] = run
        try:
            tell({"wants": "run"})
            with _room(order.run, folder):
                run.wait_for_folders(_SECONDS_FOR_RUN)
            yield replace(order, home=run.home, was_there=False)  # a folder that was just made has no runs yet
            run.wait_until_taken(_SECONDS_UNTIL_TAKEN)
        finally:
            del _away[key]
            _early.pop(key, None)


@contextlib.contextmanager
def _room(run: str, folder: Path) -> Iterator[None]:
    """Let a disk that takes nothing be a worker's mistake, which another worker does not make."""
    try:
        yield
    except OSError as error:
        place = f"{platform.node()}:{folder}"
        problem = f"a worker does not take what is kept of {run}: {error.strerror} ({place})"
        raise UnfitError(Mistake("--on", problem, "workers with room for it")) from None


def _train(key: str, task: Task) -> None:
    _heard[key] = time.monotonic()
    with _changed:
        _tasks[key] = task
        early = _early.pop(key, None)
    for message in early or ():
        task.obey(message)
    is_over = threading.Event()
    threading.Thread(target=_watch, args=(key, task, is_over), name="watch", daemon=True).start()
    try:
        with TASKS.joined(task.control.stop):
            task.train()
    finally:
        is_over.set()
        del _tasks[key], _heard[key]


def deliver(key: str, messages: Sequence[Message]) -> None:
    """Take what who ordered says to the attempt of a key; nothing at all says that they are there."""
    with _changed:
        task = _tasks.get(key)
        if task is None:
            if key in _early:
                _early[key] = [*(_early[key] or ()), *messages]
                _changed.notify_all()
            return
    _heard[key] = time.monotonic()
    for message in messages:
        task.obey(message)


def take_data(facts: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Take a data set that this worker has asked for; see ``data_folder.split_dataset``."""
    with _changed:
        while len(_data) > 1:  # the one before may still be in use, older ones are not
            del _data[next(iter(_data))]
        _data[facts["fingerprint"]] = join_dataset(facts, arrays)
        _changed.notify_all()


def take_run(key: str, folders: dict[str, Changes]) -> None:
    """Take what is kept of the run of a key, which this worker does not see."""
    if run := _away.get(key):
        run.put(folders)


def read_run(key: str, is_last: bool) -> Changes:
    """Return what was written of the run of a key since this was asked last."""
    run = _away.get(key)
    return run.read(is_last=is_last) if run else {"parts": [], "gone": []}


def _ask_for_data(fingerprint: str, tell: Any) -> Dataset | None:
    """Return a data set that is not found here, from who ordered; ``None`` where it does not come."""
    with _changed:
        if fingerprint not in _data:
            tell({"wants": "data"})
            _changed.wait_for(lambda: fingerprint in _data, _SECONDS_FOR_DATA)
        return _data.get(fingerprint)


def _watch(key: str, task: Task, is_over: threading.Event) -> None:
    looked = time.monotonic()
    while not is_over.wait(_SECONDS_BETWEEN_LOOKS):
        if time.monotonic() - looked > _SECONDS_OF_STILLNESS:  # this process stood still: what came is not read yet
            _heard[key] = time.monotonic()
        looked = time.monotonic()
        if time.monotonic() - _heard.get(key, 0.0) > SECONDS_ALONE:
            task.control.stop()
            return
