"""``python -m hw1_tui`` and the ``hw1-tui`` script."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def main() -> int:
    """Run the program; return its exit code. Before and after it there is nothing to save: a signal ends at once."""
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), _leave)
    try:
        from hw1_tui.cli import main as program

        return program()
    except Exception as error:  # nobody expected it: a person gets a sentence, whoever mends it the details
        from hw1_tui.crash import keep_crash
        from hw1_tui.exit_code import FAILED
        from hw1_tui.runs.home import home_folder

        sys.stderr.write(f"{keep_crash(error, home_folder)}\n")
        return FAILED


def _leave(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
