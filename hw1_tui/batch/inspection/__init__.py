"""What ``inspect`` shows of a run: one module a view."""

from hw1_tui.batch.inspection.catalogue import VIEWS

__all__ = ["VIEWS"]
