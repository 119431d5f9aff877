"""``--on-end COMMAND``: something that is run when a run has ended, told of it by environment variables."""

from __future__ import annotations

import os
import shlex
import subprocess

from hw1_tui.batch.narrator import Narrator
from hw1_tui.mistake import Mistake
from hw1_tui.training.event import RunEnded


def read_on_end(text: str | None, mistakes: list[Mistake]) -> list[str]:
    """Return the words of the command; empty for none."""
    try:
        return shlex.split(text or "")
    except ValueError as error:
        mistakes.append(Mistake("--on-end", f"{text!r} is no command: {error}", "a program and its arguments"))
        return []


def call_on_end(words: list[str], event: RunEnded, narrator: Narrator) -> None:
    """Run the command with what the run came to: no shell reads it, and nothing of the run is among its words."""
    if not words:
        return
    told = {"RUN": event.run, "STATUS": event.status, "EPOCHS": event.epochs, **event.test_metrics}
    variables = {f"HW1_TUI_{name.upper()}": "" if value is None else str(value) for name, value in told.items()}
    try:
        code = subprocess.run(words, env={**os.environ, **variables}, check=False).returncode  # noqa: S603 - as asked
    except OSError as error:
        narrator.fail(f"--on-end: {words[0]} cannot be run: {error.strerror}.")
    else:
        if code:
            narrator.fail(f"--on-end: {words[0]} ended with {code}.")
