"""A report whose runs train in four processes, two of which are killed on the way, says what it says without."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.torture.process import children

_ROOT = Path(__file__).parent.parent.parent
_WORDS = ("--batch", "report", "1.2", "2.2b", "--data", "digits", "--seeds", "3", "--epochs-scale", "0.05", "--quiet")
_OWN = ("run", "seconds", "begun")
"""What is another's in every report: names of runs, how long they took and when they began."""

_SECONDS = (2.0, 6.0)
"""The shortest and the longest time until a kill."""


def kill_workers_of_report(home: Path, seed: int, kills: int = 2) -> int:
    """Write a report on four processes of which some are killed; return how often it was.

    Args:
        home: a folder for histories and reports.
        seed: of the moments.
        kills: how many.

    Raises:
        AssertionError: it is not the report that is written without processes.
    """
    home.mkdir(parents=True, exist_ok=True)
    assert _start(home / "whole", ["--executor", "threads"]).wait() == 0, "the reference did not end well"
    generator, killed = random.Random(seed), 0
    process = _start(home / "killed", ["--on", "local:4"])
    while killed < kills and process.poll() is None:
        time.sleep(generator.uniform(*_SECONDS))
        if workers := children(process.pid):
            os.kill(generator.choice(workers), signal.SIGKILL)
            killed += 1
    assert process.wait() == 0, "the report did not end well"
    assert killed == kills, "it ended before its workers were killed"
    assert _report(home / "killed") == _report(home / "whole"), "the report says something else"
    return killed


def _start(home: Path, on: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hw1_tui", *_WORDS, "--home", str(home), "--out", str(home / "report"), *on]
    with (home.parent / "said.txt").open("ab") as said:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=_ROOT)


def _report(home: Path) -> Any:
    return _without_own(json.loads((home / "report" / "report.json").read_text("utf-8")))


def _without_own(value: Any) -> Any:
    """Return a part of a report without what is another's each time."""
    if isinstance(value, dict):
        return {name: _without_own(part) for name, part in value.items() if name not in _OWN}
    return [_without_own(part) for part in value] if isinstance(value, list) else value
