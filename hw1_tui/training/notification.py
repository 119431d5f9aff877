"""What is done for who looks elsewhere when a run ends or the coach warns: a sign of the terminal, a program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hw1_tui.files.default_folder import HOME_VARIABLE
from hw1_tui.markup import shorten_words, visible
from hw1_tui.numeral import counted
from hw1_tui.training.event import RunEnded

_STDERR = 2
"""Its file descriptor."""

_MOST_CHARACTERS = 200
"""Of a notification: more is cut by those who show it, or not shown."""


@dataclass(frozen=True)
class Notification:
    """What is told.

    Attributes:
        event: that something ended, or that the coach warns.
        status: how it ended, as of a run; ``training`` where it did not.
        words: it, as a sentence.
        facts: more of it, by the name of the variable that a program finds it in, without the prefix.
        is_cut: whether its time was over, and no person stopped it.
    """

    event: Literal["end", "alarm"]
    status: str
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_cut: bool = False

    @classmethod
    def of_end(cls, event: RunEnded, what: str = "the run", rule: str = "") -> Notification:
        """Return that a run has ended.

        Args:
            event: its last.
            what: what it is called in the sentence.
            rule: the rule of the coach that spoke at its end; empty for none.
        """
        accuracy = event.test_metrics.get("test_accuracy")
        tested = "" if accuracy is None else f", test accuracy {accuracy:.4f}"
        words = f"{what} {event.status} after {counted(event.epochs, 'epoch')}{tested}"
        facts = {"RUN": event.run, "EPOCHS": event.epochs, "RULE": rule}
        tests = {name.upper(): value for name, value in event.test_metrics.items()}
        return cls("end", event.status, words, {**facts, **tests})

    @classmethod
    def of_alarm(cls, rule: str, words: str, epoch: int, run: str, what: str = "the run") -> Notification:
        """Return that the coach warns of something after an epoch of a run, which is no mere remark."""
        return cls("alarm", "training", f"{what}: {words}", {"RUN": run, "EPOCHS": epoch, "RULE": rule})

    @classmethod
    def of_plan(cls, status: str, done: int, planned: int, *, is_cut: bool = False) -> Notification:
        """Return that several runs have ended, those of a report, of a sweep or of one configuration's seeds."""
        return cls("end", status, f"{status}: {done} of {counted(planned, 'run')} done", {"RUN": ""}, is_cut)

    @property
    def variables(self) -> dict[str, str]:
        """What a program is told in its environment."""
        told = {"EVENT": self.event, "STATUS": self.status, "WORDS": self.words, **self.facts}
        return {f"HW1_TUI_{name}": "" if value is None else visible(str(value)) for name, value in told.items()}

    def sequence(self, sign: str, environment: Mapping[str, str] = os.environ) -> str:
        r"""Return what a terminal is sent for it; nothing where a person stopped the run, who need not be told.

        Between us and the terminal, tmux and screen pass on a bell and swallow OSC 9: there a bell is rung instead. The
        text begins with a word of ours, so that no terminal takes it for another command of OSC 9, such as ``9;4``.

        Args:
            sign: one of ``settings.end_command.SIGNS``.
            environment: as the terminal sets it for what it runs.
        """
        if sign == "none" or (self.status == "stopped" and not self.is_cut):
            return ""
        if sign == "bell" or any(name in environment for name in ("TMUX", "STY")):
            return "\x07"
        return f"\x1b]9;{visible(f'hw1-tui: {self.words}')[:_MOST_CHARACTERS]}\x07"


def start_command(
    words: Sequence[str], notification: Notification, home: Path | None, *, silent: bool = False
) -> subprocess.Popen[bytes]:
    """Run a program that is told of something by environment variables; nothing of a run is among its words.

    Args:
        words: of the command.
        notification: what it is told.
        home: folder of the history that holds what is told of, where it is not the user's own: there the program's own
            `hw1-tui` finds the run.
        silent: whether what it prints is thrown away, and it has no input; else that goes to stderr, as stdout is data.

    Raises:
        OSError: it cannot be run.
    """
    stream = subprocess.DEVNULL if silent else None
    printed = subprocess.DEVNULL if silent or sys.stderr is None else _STDERR
    found_in = {HOME_VARIABLE: os.fspath(home.absolute())} if home else {}
    environment = {**os.environ, **found_in, **notification.variables}
    return subprocess.Popen(words, env=environment, stdin=stream, stdout=printed, stderr=stream)  # noqa: S603 - as asked


def describe_trouble(program: str, outcome: int | OSError) -> str:
    """Return what went wrong with a command, as a sentence; empty where nothing did.

    Args:
        program: its first word.
        outcome: what it ended with, or why it cannot be run.
    """
    if isinstance(outcome, OSError):
        return shorten_words(f"{program} cannot be run: {outcome.strerror}.")
    if outcome < 0:
        return f"{program} was ended by signal {-outcome}."
    return f"{program} ended with {outcome}." if outcome else ""
