"""Every view of ``inspect`` by its name."""

from __future__ import annotations

from hw1_tui.export.inspection import step
from hw1_tui.export.inspection.view import View

VIEWS: dict[str, View] = {
    "step": View("one step on an example: forward pass, loss, gradients and update as numbers", step.show),
}
"""In the order of the help; the first is what is shown where no view is named."""
