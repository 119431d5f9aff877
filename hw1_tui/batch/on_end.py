"""``--on-end`` and ``--notify``: a program and a sign of the terminal when a run has ended or the coach warns."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_option, read_choice
from hw1_tui.exit_code import CHECK_FAILED, DONE, FAILED
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import LostError, Mistake
from hw1_tui.settings.end_command import COMMAND_ALLOWED, SIGNS, split_command
from hw1_tui.training.event import EpochEnded, Event, RunEnded, RunStarted
from hw1_tui.training.notification import Notification, describe_trouble, start_command

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice


SECONDS_IN_SILENCE = 3.0
"""How long a program is waited for without a word."""


def add_end_options(parser: argparse._ActionsContainer) -> None:
    """Add ``--on-end`` and ``--notify``."""
    told = "a program to run at the end and when the coach warns, told by HW1_TUI_EVENT, HW1_TUI_RUN, ..."
    add_option(parser, "--on-end", told, "COMMAND")
    add_option(parser, "--notify", f"what the terminal does then: {', '.join(SIGNS)} (OSC 9)", "SIGN")


class EndNotifier:
    """Tells who looks elsewhere.

    Args:
        words: of the program to run; empty for none.
        sign: what the terminal is asked for, one of ``settings.end_command.SIGNS``.
        home: folder of the history, as ``--home`` names it; ``None`` for the user's.

    Attributes:
        home: the same.
    """

    def __init__(self, words: Sequence[str] = (), sign: str = "none", home: Path | None = None) -> None:
        self._words, self.home = words, home
        self._sign = sign
        self._started: list[subprocess.Popen[bytes]] = []
        self._run = self._rule = ""

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be told."""
        return bool(self._words) or self._sign != "none"

    def tell(self, notification: Notification, narrator: Narrator) -> None:
        """Send the sign, and start the program beside what still trains; say where it cannot be run."""
        if sys.stderr.isatty() and (sequence := notification.sequence(self._sign)):
            print(sequence, end="", file=sys.stderr, flush=True)
        if self._words:
            try:
                self._started.append(start_command(self._words, notification, self.home))
            except OSError as error:
                narrator.fail(f"--on-end: {describe_trouble(self._words[0], error)}")

    def follow(self, event: Event, advice: Advice | None, narrator: Narrator) -> None:
        """Take an event of a single run and what the coach says of it now; tell a warning, which is no mere remark."""
        if isinstance(event, RunStarted):
            self._run = event.run
        if advice is None or advice.rule.is_remark:
            return
        if isinstance(event, RunEnded):
            self._rule = advice.rule.name
        else:
            self.tell(Notification.of_alarm(advice.rule.name, advice.words, advice.epoch, self._run), narrator)

    def told_of_loss(self, events: Iterable[Event], narrator: Narrator) -> Iterator[Event]:
        """Yield the events of a single run; where what trains it is gone, tell that as its end, and what goes on.

        Raises:
            LostError: it is gone.
        """
        run, epochs = "", 0
        try:
            for event in events:
                if isinstance(event, RunStarted):
                    run = event.run
                elif isinstance(event, EpochEnded):
                    epochs = event.epoch
                yield event
        except LostError:
            if run:
                narrator.tell_continuation(run, self.home)
            self.tell_end(Notification.of_end(RunEnded(run, "failed", epochs, {}, None, 0.0)), narrator)
            raise

    def tell_run(self, ended: RunEnded, narrator: Narrator) -> None:
        """Tell that the run that was followed has ended."""
        self.tell_end(Notification.of_end(ended, rule=self._rule), narrator)

    def tell_end(self, notification: Notification, narrator: Narrator) -> None:
        """Tell the last that there is to be told; wait for the programs, and say which failed."""
        self.tell(notification, narrator)
        for program in self._started:
            if trouble := describe_trouble(self._words[0], self._await(program, narrator)):
                narrator.fail(f"--on-end: {trouble}")

    def _await(self, program: subprocess.Popen[bytes], narrator: Narrator) -> int:
        """Return what a program ended with; say what is waited for where that takes long."""
        try:
            return program.wait(SECONDS_IN_SILENCE)
        except subprocess.TimeoutExpired:
            narrator.remark(f"--on-end: {self._words[0]} has not ended yet, and is waited for; Ctrl+C ends both.")
            return program.wait()

    def tell_plan(self, code: int, done: int, planned: int, narrator: Narrator, *, is_cut: bool = False) -> None:
        """Tell that several runs have ended.

        Args:
            code: what the program will end with.
            done: how many are trained to their end.
            planned: of how many.
            narrator: says what goes wrong.
            is_cut: whether they ended because their time was over, which is no failure.
        """
        status = {DONE: "finished", CHECK_FAILED: "finished", FAILED: "failed"}.get(code, "stopped")
        status = "stopped" if is_cut else status
        self.tell_end(Notification.of_plan(status, done, planned, is_cut=is_cut), narrator)


def read_end(args: argparse.Namespace, mistakes: list[Mistake]) -> EndNotifier:
    """Return who tells what the options ask for."""
    sign = read_choice("--notify", args.notify, SIGNS, mistakes)
    try:
        return EndNotifier(split_command(args.on_end or ""), sign, user_path(args.home) if args.home else None)
    except ValueError as error:
        mistakes.append(Mistake("--on-end", str(error), COMMAND_ALLOWED))
        return EndNotifier()
