"""A worker in a process of its own: orders come on its standard input, what it tells goes to its standard output.

It belongs to the program that started it: where that is gone, its run ends after the current step and is kept. It
heeds no Ctrl+C, which the terminal sends to every process; SIGTERM ends it, and its run is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import threading
from pathlib import Path
from typing import IO, Any

from hw1_tui.training.remote.order import Order
from hw1_tui.training.remote.worker import Message, Task

SECONDS_TO_END = 10.0
"""So long a run may take to its next step once who ordered it is gone; what is kept of it is sound at any moment."""


class _Worker:
    def __init__(self, orders: IO[bytes], told: IO[bytes]) -> None:
        self._orders = orders
        self._told = told
        self._guard = threading.Lock()
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._current: Task | None = None
        self._folders: set[str] = set()

    def run(self) -> None:
        """Train what is ordered, one after the other, until no orders can come."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._dismiss)
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        while task := self._tasks.get():
            task.train()

    def _listen(self) -> None:
        for line in self._orders:
            message = json.loads(line)
            if "order" in message:
                order = Order.from_dict(message["order"])
                self._folders.add(order.data.folder)
                self._current = Task(order, self._tell)
                self._tasks.put(self._current)
            elif self._current:
                self._current.obey(message)
        threading.Timer(SECONDS_TO_END, os._exit, (1,)).start()
        for folder in map(Path, filter(None, self._folders)):  # who made them may have been killed
            shutil.rmtree(folder, ignore_errors=True)  # what is mapped stays readable
            with contextlib.suppress(OSError):
                folder.parent.rmdir()
        self._dismiss()

    def _dismiss(self, *_: Any) -> None:
        """End after the current step."""
        if self._current:
            self._current.control.stop()  # its lock may be taken again by the thread that holds it, as a handler may
        self._tasks.put(None)

    def _tell(self, message: Message) -> None:
        with self._guard, contextlib.suppress(OSError):  # nobody hears: the end of the orders says so too
            self._told.write(json.dumps(message).encode() + b"\n")
            self._told.flush()


def main() -> None:
    """Be a worker until the orders end."""
    orders, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no message
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # and whatever one reads is no order
    _Worker(orders, told).run()
    os._exit(0)  # the listener may still wait for its input, and holds it
