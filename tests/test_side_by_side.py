"""Sources iterated in threads: everything arrives in order, nothing runs ahead, and closing closes."""

import threading

import pytest

from hw1_tui.training.side_by_side import side_by_side


def counting(name, n, open_now=None, most=None):
    def items():
        if open_now is not None:
            open_now.add(name)
            most.append(len(open_now))
        try:
            for number in range(n):
                yield name, number
        finally:
            if open_now is not None:
                open_now.discard(name)

    return items


@pytest.mark.parametrize("lanes", [1, 2, 5])
def test_everything_arrives_each_source_in_its_order_and_no_more_of_them_at_once_than_lanes(lanes):
    open_now, most = set(), []
    told = list(side_by_side([counting(name, 20, open_now, most) for name in "abcd"], lanes))
    for name in "abcd":
        assert [number for source, number in told if source == name] == list(range(20))
    assert max(most) <= lanes
    assert not open_now


def test_sources_are_iterated_at_the_same_time():
    together = threading.Barrier(2, timeout=30)

    def meeting():
        together.wait()  # breaks where the other is not there
        yield "met"

    assert list(side_by_side([meeting, meeting], 2)) == ["met", "met"]


def test_no_sources_are_no_items():
    assert list(side_by_side([], 2)) == []


def test_a_source_does_not_run_ahead_of_who_asks():
    made = 0

    def items():
        nonlocal made
        for number in range(300):
            made += 1
            yield number

    for taken, _ in enumerate(side_by_side([items], 1), start=1):
        assert made - taken <= 3


def test_closing_closes_what_is_being_iterated_and_takes_no_other():
    closed, opened = [], []

    def endless(name):
        def items():
            opened.append(name)
            try:
                while True:
                    yield name
            finally:
                closed.append((name, threading.current_thread().name))

        return items

    told = side_by_side([endless(name) for name in "abc"], 2)
    seen = {next(told)}
    while len(seen) < 2:
        seen.add(next(told))
    told.close()
    assert sorted(name for name, _ in closed) == sorted(opened) == ["a", "b"]
    # Each where it was iterated: what it holds, such as a lock of its thread, is given back there.
    assert {thread for _, thread in closed} == {"lane-1", "lane-2"}


@pytest.mark.parametrize("opens", [True, False])
def test_what_a_source_raises_is_raised_and_the_others_are_closed(opens):
    closed = []

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    def broken():
        if not opens:
            raise KeyError("cannot be opened")
        return iter_then_fail()

    def iter_then_fail():
        yield 2
        raise KeyError("cannot go on")

    with pytest.raises(KeyError, match="cannot"):
        for _ in side_by_side([endless, broken], 2):
            pass
    assert closed == [True]
