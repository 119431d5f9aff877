"""What is inside a run, as it leaves the program: one module a view, for ``inspect`` and for the screen's export."""

from hw1_tui.export.inspection.catalogue import VIEWS

__all__ = ["VIEWS"]
