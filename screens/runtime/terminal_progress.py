"""How far what trains is, where one looks while another window is open: the terminal's title, and its progress bar.

The bar is the sequence OSC 9;4 of ConEmu. A terminal that does not know it may take it for a notification, so it is
sent only to those that do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from screens.state.live_run import LiveRun

_VTE_WITH_PROGRESS = 7900
_ITERM_WITH_PROGRESS = (3, 6, 6)
_HIDDEN, _SHOWN, _WRONG, _PAUSED = 0, 1, 2, 4
_KEEP_TITLE, _BRING_TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"


class TerminalProgress:
    """Writes title and bar when they change. Every method belongs to the interface's thread.

    Args:
        write: writes to the terminal.
        environment: says which terminal it is.
    """

    def __init__(self, write: Callable[[str], object], environment: Mapping[str, str] = os.environ) -> None:
        self._write = write
        self._has_bar = knows_progress(environment)
        self._shown = ""

    def begin(self) -> None:
        """Keep the title that the terminal had."""
        self._write(_KEEP_TITLE)

    def show(self, runs: list[LiveRun]) -> None:
        """Show how far the runs are that train.

        Args:
            runs: of the queue, in the order of asking.
        """
        live = [run for run in runs if run.is_live]
        failed = any(run.has_unseen_failure for run in runs)
        if live:
            percent = round(100 * live[0].fraction)
            state = _WRONG if failed else _PAUSED if live[0].state == "paused" else _SHOWN
            title = f"{percent}% {live[0].config.model} - hw1-tui"
        else:
            percent, state = (100, _WRONG) if failed else (0, _HIDDEN)
            title = "failed - hw1-tui" if failed else "hw1-tui"
        self._send(f"\x1b]2;{title}\x07" + f"\x1b]9;4;{state};{percent}\x07" * self._has_bar)

    def end(self) -> None:
        """Take the bar away, and bring the title back."""
        self._send(f"\x1b]9;4;{_HIDDEN};0\x07" * self._has_bar + _BRING_TITLE_BACK)

    def _send(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            self._write(text)


def knows_progress(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is one that draws OSC 9;4 as a bar.

    Args:
        environment: as a terminal sets it for what it runs.
    """
    if any(name in environment for name in ("TMUX", "STY")):  # they stand between
        return False
    program, version = environment.get("TERM_PROGRAM", ""), environment.get("TERM_PROGRAM_VERSION", "")
    vte = environment.get("VTE_VERSION", "")
    return (
        "WT_SESSION" in environment
        or environment.get("ConEmuANSI") == "ON"
        or program in ("ghostty", "WezTerm")
        or (program == "iTerm.app" and _numbers(version) >= _ITERM_WITH_PROGRESS)
        or (vte.isdecimal() and int(vte) >= _VTE_WITH_PROGRESS)
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def write_to(app: App[object]) -> Callable[[str], object]:
    """Return what writes to the terminal of an app, as long as it has one."""

    def write(text: str) -> None:
        if driver := app._driver:
            driver.write(text)

    return write
