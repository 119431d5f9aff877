"""Threads that share the work on one model: every piece is done once, and nothing that goes wrong is lost."""

import threading

import pytest

from engines.numpy_engine.worker_pool import WorkerPool


@pytest.fixture(params=[1, 2, 4])
def pool(request):
    pool = WorkerPool()
    pool.resize(request.param)
    return pool


def test_every_piece_is_done_once(pool):
    done: list[int] = []
    pool.share(done.append, range(1000))
    assert sorted(done) == list(range(1000))


def test_pieces_are_done_at_the_same_time():
    pool, meeting = WorkerPool(), threading.Barrier(3)
    pool.resize(3)
    pool.share(lambda _: meeting.wait(10), range(3))
    assert not meeting.broken


def test_what_was_started_is_done_once_and_its_result_is_there_for_everybody(pool):
    calls = []

    def work():
        calls.append(1)
        return len(calls)

    result = pool.start(work)
    assert (result(), result()) == (1, 1)


def test_a_helper_works_while_the_others_go_on():
    pool, go_on = WorkerPool(), threading.Event()
    pool.resize(2)
    result = pool.start(lambda: go_on.wait(10))
    go_on.set()
    assert result()


def test_what_a_helper_raises_reaches_the_one_who_asked(pool):
    with pytest.raises(ZeroDivisionError):
        pool.share(lambda piece: 1 // piece, [1, 0, 1])
    with pytest.raises(ZeroDivisionError):
        pool.start(lambda: 1 // 0)()


def test_helpers_end_when_they_are_no_longer_wanted():
    before = set(threading.enumerate())
    pool = WorkerPool()
    pool.resize(4)
    pool.share(lambda _: None, range(1000))
    helpers = set(threading.enumerate()) - before
    assert helpers
    pool.resize(1)
    for helper in helpers:
        helper.join(10)
        assert not helper.is_alive()
