"""What the program's exit codes mean: the one table that the front door's help and every command keep to."""

DONE = 0
FAILED = 1
"""A run failed or diverged."""
USAGE = 2
"""Wrong usage or input."""
CHECK_FAILED = 3
"""A check did not hold. A signal ends with 128 and its number, as shells count: 130 is Ctrl+C, 143 is SIGTERM."""
