"""What is said on stderr while something runs, where it is no terminal: now and then a line, and why it failed."""

from types import SimpleNamespace

import pytest

from hw1_tui.batch import narrator
from hw1_tui.batch.narrator import Narrator, format_seconds
from hw1_tui.training.event import Remarked


@pytest.fixture
def clock(monkeypatch):
    """The narrator's clock, which only the test moves."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(narrator, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_log_gets_a_line_of_progress_every_five_seconds_and_no_more(clock, capsys):
    with Narrator() as said:
        for done in range(11):
            clock.now += 1
            said.advance(done, 10, "epoch [3] of 10\x1b[2J")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(", ")[1] for line in lines] == ["40%", "90%"]
    assert all(line.startswith("epoch [3] of 10\\x1b[2J, ") for line in lines)


def test_the_time_left_is_told_once_it_can_be_known(clock, capsys):
    with Narrator() as said:
        for done in range(60):
            clock.now += 1
            said.advance(done, 120, "training")
    assert capsys.readouterr().err.splitlines()[-1].endswith("ETA 1:01")


def test_quiet_leaves_out_all_but_failures(clock, capsys):
    with Narrator(quiet=True) as said:
        clock.now += 60
        said.advance(5, 10, "training")
        said.remark("a remark")
        said.follow(Remarked("another"))
        said.follow(Remarked("the disk is full", is_failure=True))
    assert capsys.readouterr().err == "the disk is full\n"


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (125, "2:05"), (3725, "1:02:05")])
def test_a_time_is_written_as_on_a_clock(seconds, text):
    assert format_seconds(seconds) == text
