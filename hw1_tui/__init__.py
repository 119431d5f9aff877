"""hw1-tui: a deep-learning homework report, alive in a terminal."""

__version__ = "0.1.0"
