"""The terminal is the program's alone: what libraries write is caught line by line, and a signal ends the app."""

import os
import pty
import signal
import subprocess
import sys

import pytest
from textual.app import App

from screens.runtime import terminal_guard
from screens.runtime.terminal_guard import caught_output, end_on_signals
from tests.support.scripted_engine import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


def test_what_is_written_below_python_is_caught_and_what_is_drawn_reaches_the_terminal(capfd):
    lines: list[str] = []
    with caught_output(lines.append):
        os.write(1, b"from a library\n")
        os.write(2, b"an error of one")
        print("drawn", file=sys.__stderr__, flush=True)
    os.write(1, b"afterwards\n")
    assert lines == ["from a library\n", "an error of one"]
    assert capfd.readouterr() == ("drawn\nafterwards\n", "")


def test_the_terminal_is_given_back_where_the_program_fails(capfd):
    own = sys.__stdout__, sys.__stderr__

    def fail():
        with caught_output(lambda line: None):
            raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        fail()
    os.write(2, b"said\n")
    assert (sys.__stdout__, sys.__stderr__) == own
    assert capfd.readouterr().err == "said\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_app_in_order(number):
    ended: list[int] = []
    app: App[int] = App()
    async with app.run_test() as pilot:
        end_on_signals(app, ended.append)
        os.kill(os.getpid(), number)
        await until(pilot, lambda: ended == [number])


@pytest.mark.parametrize("when", ["while it loads", "later"])
async def test_a_terminal_that_has_gone_ends_the_app_without_a_signal(monkeypatch, when):
    ended: list[int] = []
    master, slave = pty.openpty()
    monkeypatch.setattr(terminal_guard, "SECONDS_BETWEEN_LOOKS", 0.01)
    app: App[int] = App()
    with os.fdopen(slave) as terminal:
        monkeypatch.setattr(sys, "__stdin__", terminal)
        async with app.run_test() as pilot:
            if when == "while it loads":
                os.close(master)
            end_on_signals(app, ended.append)
            if when == "later":
                os.close(master)
            await until(pilot, lambda: ended)
    assert set(ended) == {signal.SIGHUP}


WORKS_ON = """
import os, sys, threading
from screens.runtime import terminal_guard
threading.Thread(target=threading.Event().wait).start()  # as Textual's reader of a terminal that has gone
print("written", end="")
"""


@pytest.mark.parametrize("reader", ["reads", "has gone"])
def test_the_program_ends_with_its_code_though_a_thread_waits_and_all_that_was_printed_comes(reader):
    code = WORKS_ON + "terminal_guard.end_process(3)"
    keeps = {**os.environ, "PYTHONUNBUFFERED": ""}  # what is printed waits for the end
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=keeps
    )
    assert process.stdout
    if reader == "has gone":
        process.stdout.close()
        process.stdout = None
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (3, "")
    assert out == (None if reader == "has gone" else "written")


def test_an_end_that_waits_for_a_terminal_that_has_gone_has_a_bound():
    code = WORKS_ON + "terminal_guard.SECONDS_TO_CLOSE = 0.1\nterminal_guard.end_process_soon(129)\n"
    done = subprocess.run([sys.executable, "-c", code + "threading.Event().wait()"], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (129, b"")
