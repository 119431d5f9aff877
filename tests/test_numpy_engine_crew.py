"""Threads that share the work on one model: every piece is done once, and nothing that goes wrong is lost."""

import threading

import pytest

from engines.numpy_engine.crew import Crew


@pytest.fixture(params=[1, 2, 4])
def crew(request):
    crew = Crew()
    crew.resize(request.param)
    return crew


def test_every_piece_is_done_once(crew):
    done = []
    crew.share(done.append, range(1000))
    assert sorted(done) == list(range(1000))


def test_pieces_are_done_at_the_same_time():
    crew, meeting = Crew(), threading.Barrier(3)
    crew.resize(3)
    crew.share(lambda _: meeting.wait(10), range(3))
    assert not meeting.broken


def test_what_was_started_is_done_once_and_its_result_is_there_for_everybody(crew):
    calls = []
    result = crew.start(lambda: calls.append(1) or len(calls))
    assert (result(), result()) == (1, 1)


def test_a_helper_works_while_the_others_go_on():
    crew, go_on = Crew(), threading.Event()
    crew.resize(2)
    result = crew.start(lambda: go_on.wait(10))
    go_on.set()
    assert result()


def test_what_a_helper_raises_reaches_the_one_who_asked(crew):
    with pytest.raises(ZeroDivisionError):
        crew.share(lambda piece: 1 // piece, [1, 0, 1])
    with pytest.raises(ZeroDivisionError):
        crew.start(lambda: 1 // 0)()


def test_helpers_end_when_they_are_no_longer_wanted():
    before = set(threading.enumerate())
    crew = Crew()
    crew.resize(4)
    crew.share(lambda _: None, range(1000))
    helpers = set(threading.enumerate()) - before
    assert helpers
    crew.resize(1)
    for helper in helpers:
        helper.join(10)
        assert not helper.is_alive()
