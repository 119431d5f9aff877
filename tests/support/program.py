"""A command of the program in a process of its own."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

import pytest

_ROOT = Path(__file__).parent.parent.parent
PYTHON = shlex.quote(sys.executable)
"""This interpreter as a word for a shell: the folder that the tests lie in may have a space in its name."""
IN_SHELL = f"{PYTHON} -m hw1_tui"
"""The program for a shell, to be followed by its words."""


def free_port() -> int:
    """Return a port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let numpy's engine train slowly in processes that are started, which then leave the processor to others."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent / "slowed"), str(_ROOT)]))


class Program:
    """The program with some words, while the context lasts.

    Args:
        words: of its command line.

    Attributes:
        process: the process, whose output can be read.
    """

    def __init__(self, *words: object) -> None:
        command = [sys.executable, "-m", "hw1_tui", *map(str, words)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=_ROOT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill it where it has not ended."""
        self.process.kill()
        self.process.communicate()

    def first_line(self, *, of_stderr: bool = False) -> str:
        """Return the first line that it prints, waited for."""
        stream = self.process.stderr if of_stderr else self.process.stdout
        assert stream
        return stream.readline()

    def end(self, number: signal.Signals | None = None) -> tuple[int, str, str]:
        """Wait for its end, at a signal where one is given; return the exit code and the rest that it said."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err
