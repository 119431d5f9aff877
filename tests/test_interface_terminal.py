"""The real program in a pseudo-terminal: from start to finish, and what is left of the terminal after it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z~]|\x1b[()P].|\x1b[=>78]")
NOISY_ENGINE = """
import os, sys, warnings
from engines.numpy_engine import engine
start = engine.NumpyEngine.start
def noisy(self, config, data, rng):
    os.write(1, b"SPLASH on one\\n"); os.write(2, b"SPLASH on two\\n")
    print("SPLASH printed"); warnings.warn("SPLASH warned")
    return start(self, config, data, rng)
engine.NumpyEngine.start = noisy
from hw1_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Terminal:
    """A program in a terminal of its own, 80x24."""

    def __init__(self, *command, **environment):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        settings = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=settings, start_new_session=True
        )
        self.raw = b""

    def read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            self.raw += os.read(self.master, 65536)

    @property
    def text(self):
        """Everything shown so far, without escape sequences."""
        return ESCAPES.sub(b"", self.raw).decode(errors="replace")

    def wait_for(self, words, seconds=60):
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} did not come:\n{self.text[-2000:]}"
            assert self.process.poll() is None, self.text[-2000:]
            self.read(0.1)

    def press(self, keys):
        os.write(self.master, keys.encode())

    def end(self, seconds=30):
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        self.read(0.2)
        return self.process.poll()

    def assert_restored(self):
        assert termios.tcgetattr(self.slave) == self.before
        for switched_on, switched_off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
            assert switched_on in self.raw
            assert self.raw.rfind(switched_off) > self.raw.rfind(switched_on)
        assert self.raw.rfind(b"\x1b[?1000l") > self.raw.rfind(b"\x1b[?1000h")


@pytest.fixture
def terminal():
    opened = []

    def open_terminal(*command, **environment):
        opened.append(Terminal(*command, **environment))
        return opened[-1]

    yield open_terminal
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        os.close(one.master)
        os.close(one.slave)


RUN = ("train", "--model", "perceptron", "--data", "digits")


def test_from_start_to_finish_and_the_terminal_is_as_it_was(terminal):
    program = terminal(sys.executable, "-m", "hw1_tui", *RUN, "--epochs", "3")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("FINISHED")
    program.press("q")
    assert program.end() == 0
    program.assert_restored()


def test_what_libraries_write_never_lands_on_the_screen_and_is_in_the_messages(terminal):
    program = terminal(sys.executable, "-c", NOISY_ENGINE, *RUN, "--epochs", "2")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("FINISHED")
    assert "SPLASH" not in program.text
    program.press("\x1b[24~")  # f12
    for how in ("on one", "on two", "printed", "warned"):
        program.wait_for(f"SPLASH {how}")
    program.press("\x1b")
    time.sleep(0.3)  # a lone escape is told from the beginning of a sequence by waiting
    program.press("\x11")
    assert program.end() == 0
    program.assert_restored()


def test_quitting_in_a_long_epoch_is_prompt_and_keeps_the_run(terminal, tmp_path):
    program = terminal(sys.executable, "-m", "hw1_tui", "train", "--model", "mlp", "--hidden-sizes", "500")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("examples/s")
    program.press("\x11")
    program.wait_for("Stop and save")
    started = time.monotonic()
    program.press("s")
    assert program.end() == 0
    assert time.monotonic() - started < 3
    program.assert_restored()
    assert list((tmp_path / "home" / "runs").glob("*/config.toml"))


def test_killing_leaves_at_once_though_the_engine_does_not_answer(terminal):
    deaf = NOISY_ENGINE.replace("return start(self, config, data, rng)", "import time; time.sleep(600)")
    program = terminal(sys.executable, "-c", deaf, *RUN)
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("OPENING")
    program.press("\x11")
    program.wait_for("Stop and save")
    started = time.monotonic()
    program.press("\x0b")
    assert program.end() == 0
    assert time.monotonic() - started < 5
    program.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_the_terminal_restored(terminal, number):
    program = terminal(sys.executable, "-m", "hw1_tui")
    program.wait_for("Multi-layer perceptron")
    program.process.send_signal(number)
    assert program.end() == 128 + number
    program.assert_restored()


def test_the_interface_starts_without_torch_and_what_else_is_slow():
    slow = {"torch", "matplotlib", "sklearn", "plotext", "PIL"}
    seen = f"import sys, hw1_tui.app; print(sorted({slow} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
