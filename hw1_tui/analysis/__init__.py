"""Of a trained model: where it fails, what it learned, why a step did what it did. Numbers only; others draw them."""

from hw1_tui.analysis.opened_run import OpenedRun, Subject, open_run

__all__ = ["OpenedRun", "Subject", "open_run"]
