"""What the program's exit codes mean: the one table that the front door's help and every command keep to."""

DONE = 0
FAILED = 1
"""A run failed or diverged."""
USAGE = 2
"""Wrong usage or input."""
CHECK_FAILED = 3
"""A check did not hold."""
INTERRUPTED = 130
"""By Ctrl+C, as shells count: 128 and the number of SIGINT."""
