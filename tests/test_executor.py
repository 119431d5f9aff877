"""Jobs trained in threads: everything arrives in order, nothing runs far ahead, and closing closes."""

import contextlib
import itertools
import threading

import pytest

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training import executor as module
from hw1_tui.training.event import Remarked
from hw1_tui.training.executor import JobEnded, ThreadExecutor
from hw1_tui.training.job import Job

NUMPY, TORCH = RunConfig.from_dict({}), RunConfig.from_dict({"engine": "torch"})


def job(name, config=NUMPY, group=""):
    return Job(config, name, group=group)


def told(executor, n):
    """Return what comes until so many jobs have ended, by the name of the job."""
    found: dict[str, list[object]] = {}
    left = n
    for one, event in executor.events():
        found.setdefault(one.name, []).append(event)
        left -= isinstance(event, JobEnded)
        if not left:
            break
    return found


class Meter:
    """Jobs that say twenty things, and how many of them were open at once."""

    def __init__(self):
        self.open, self.most, self.order, self._lock = set(), [], [], threading.Lock()

    def __call__(self, one, control):
        with self._lock:
            self.open.add(one)
            self.order.append(one.name)
            self.most.append(set(self.open))
        try:
            for number in range(20):
                yield Remarked(f"{one.name}{number}")
        finally:
            with self._lock:
                self.open.discard(one)


def run(jobs, slots=1):
    """Return the meter and what was told, by name."""
    meter = Meter()
    with contextlib.closing(ThreadExecutor(meter, slots)) as executor:
        for one in jobs:
            executor.submit(one)
        return meter, told(executor, len(jobs))


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_everything_arrives_each_job_in_its_order_and_no_more_at_once_than_slots(slots):
    meter, found = run([job(name) for name in "abcd"], slots)
    for name in "abcd":
        assert [event.text for event in found[name][:-1]] == [f"{name}{number}" for number in range(20)]
        assert found[name][-1] == JobEnded(has_begun=True)
    assert max(map(len, meter.most)) <= slots
    assert meter.order[0] == "a"
    assert not meter.open


def test_jobs_of_a_group_train_on_all_cores_and_those_that_hold_the_interpreter_one_after_the_other(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 3)
    barrier = threading.Barrier(3, timeout=30)  # breaks where three are not open together

    def opened(one, control):
        yield Remarked("opened")
        if one.name in ("n1", "t1", "t2"):
            barrier.wait()
        yield Remarked("met")

    jobs = [job("n1", NUMPY, "g"), job("n2", NUMPY, "g"), job("t1", TORCH, "g"), job("t2", TORCH, "g")]
    with contextlib.closing(ThreadExecutor(opened)) as executor:
        for one in jobs[:2]:
            executor.submit(one)
        assert executor.is_waiting(jobs[1])  # asked before the others come, with whom the first goes on
        for one in jobs[2:]:
            executor.submit(one)
        assert not any(map(executor.is_waiting, (jobs[0], jobs[2], jobs[3])))
        found = told(executor, 4)
    assert all(events[-1] == JobEnded(has_begun=True) for events in found.values())


def test_a_job_without_a_group_is_not_overtaken_by_a_group_and_waits_for_its_end(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 2)
    jobs = [job("t1", TORCH, "g"), job("t2", TORCH, "g"), job("alone"), job("t3", TORCH, "g")]
    meter, _ = run(jobs)
    assert meter.order.index("alone") < meter.order.index("t3")
    assert not any(jobs[2] in at_once and len(at_once) > 1 for at_once in meter.most)


def test_a_job_does_not_run_far_ahead_of_who_asks():
    """A client that stops asking lets its runs wait, so that a stopped terminal does not fill the memory."""
    made = itertools.count()
    newest = 0

    def endless(one, control):
        nonlocal newest
        while True:
            newest = next(made)
            yield Remarked("")

    with contextlib.closing(ThreadExecutor(endless)) as executor:
        executor.submit(job("a"))
        for taken, _ in zip(range(300), executor.events(), strict=False):
            assert newest - taken <= 70


def test_closing_closes_what_trains_where_it_was_iterated_and_takes_no_other():
    closed, opened = [], []

    def endless(one, control):
        opened.append(one.name)
        try:
            while True:
                yield Remarked(one.name)
        finally:
            closed.append((one.name, threading.current_thread().name))

    executor = ThreadExecutor(endless, 2)
    for name in "abc":
        executor.submit(job(name))
    seen = set()
    for one, _ in executor.events():
        seen.add(one.name)
        if len(seen) == 2:
            break
    executor.close()
    assert sorted(closed) == [("a", "job a"), ("b", "job b")]
    assert sorted(opened) == ["a", "b"]
    assert list(executor.events()) == []


@pytest.mark.parametrize("opens", [True, False])
def test_what_comes_between_ends_its_job_alone_and_says_what_it_was(opens):
    def broken(one, control):
        if one.name == "sound":
            return iter([Remarked("fine")])
        if not opens:
            raise MistakeError(Mistake("data", "is not there"))
        return failing()

    def failing():
        yield Remarked("begun")
        raise MistakeError(Mistake("data", "is not there"))

    with contextlib.closing(ThreadExecutor(broken)) as executor:
        for name in ("broken", "sound"):
            executor.submit(job(name))
        found = told(executor, 2)
    assert found["sound"] == [Remarked("fine"), JobEnded(has_begun=True)]
    end = found["broken"][-1]
    assert (end.has_begun, str(end.error)) == (opens, "data: is not there")
    assert "MistakeError" in end.details


def test_a_job_with_nothing_to_train_ends_without_a_word():
    with contextlib.closing(ThreadExecutor(lambda one, control: iter(()))) as executor:
        executor.submit(job("a"))
        assert told(executor, 1) == {"a": [JobEnded(has_begun=False)]}


def test_stopping_forgets_what_waits_and_asks_what_trains():
    def patient(one, control):
        yield Remarked(one.name)
        while not control.stopping:
            control.wait()

    with contextlib.closing(ThreadExecutor(patient)) as executor:
        jobs = [job("trains"), job("waits"), job("next")]
        controls = [executor.submit(one, None) for one in jobs]
        controls[0].pause()
        controls[2].stop()
        assert executor.stop(jobs[1])
        assert not executor.stop(jobs[0])
        found = told(executor, 2)
    assert list(found) == ["trains", "next"]


def test_more_room_lets_the_next_begin_at_once():
    release = threading.Event()

    def waiting(one, control):
        yield Remarked(one.name)
        release.wait(30)

    with contextlib.closing(ThreadExecutor(waiting)) as executor:
        jobs = [job("a"), job("b"), job("c")]
        for one in jobs:
            executor.submit(one)
        assert [executor.is_waiting(one) for one in jobs] == [False, True, True]
        executor.slots = 2
        assert [executor.is_waiting(one) for one in jobs] == [False, False, True]
        executor.start(jobs[2])
        assert not executor.is_waiting(jobs[2])
        release.set()
        assert len(told(executor, 3)) == 3
