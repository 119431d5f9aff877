"""A terminal that goes away takes the program with it."""

import os
import select
import signal
import sys

import pytest

pty = pytest.importorskip("pty")


def start(*words):
    """Start the program in a terminal of its own; return process and terminal once something was drawn."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", "hw1_tui", *words])  # noqa: S606
    drawn = b""
    while b"Report" not in drawn and select.select([terminal], [], [], 60)[0]:
        drawn += os.read(terminal, 65536)
    assert b"Report" in drawn
    return process, terminal


def has_ended(process, seconds=20):
    handle = os.pidfd_open(process)
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to wait for a process")
@pytest.mark.parametrize("place", ["train", "data"])
def test_no_process_stays_behind_when_the_terminal_goes_away_and_it_was_no_crash(place, tmp_path):
    process, terminal = start(place)
    try:
        os.close(terminal)
        assert has_ended(process)
    finally:
        if not has_ended(process, 0):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    assert not list(tmp_path.rglob("crash-*.txt"))
