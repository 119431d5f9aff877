"""A program in a pseudo-terminal of its own: what it shows, and what it leaves behind."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z~]|\x1b[()P].|\x1b[=>78]")


class Terminal:
    """A program in a terminal of its own, 80x24 or of other columns."""

    def __init__(self, *command: str, columns: int = 80, **environment: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        settings = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=settings, start_new_session=True
        )
        self.raw = b""

    def read(self, seconds: float) -> bool:
        """Take some of what was written, waited for; return whether there was any."""
        is_there = bool(select.select([self.master], [], [], seconds)[0])
        if is_there:
            self.raw += os.read(self.master, 65536)
        return is_there

    @property
    def text(self) -> str:
        """Everything shown so far, without escape sequences."""
        return ESCAPES.sub(b"", self.raw).decode(errors="replace")

    def wait_for(self, words: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} did not come:\n{self.text[-2000:]}"
            assert self.process.poll() is None, self.text[-2000:]
            self.read(0.1)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self, seconds: float = 30) -> int | None:
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while self.read(0.2):  # a terminal gives a few thousand bytes at a time, whatever is asked for
            pass
        return self.process.poll()

    def assert_restored(self) -> None:
        assert termios.tcgetattr(self.slave) == self.before
        for switched_on, switched_off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
            assert switched_on in self.raw
            assert self.raw.rfind(switched_off) > self.raw.rfind(switched_on)
        assert self.raw.rfind(b"\x1b[?1000l") > self.raw.rfind(b"\x1b[?1000h")

    def close(self) -> None:
        """End the program if it has not ended, and the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
