"""What the program's exit codes mean: one table for every command and the interface."""

DONE = 0
FAILED = 1
"""A run failed or diverged, or the program did."""
USAGE = 2
"""Wrong usage or input."""
CHECK_FAILED = 3
"""A check did not hold."""


def of_signal(number: int) -> int:
    """Return what the program ends with after a signal, as shells count: 130 is Ctrl+C, 143 is SIGTERM."""
    return 128 + number
