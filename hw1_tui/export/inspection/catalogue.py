"""Every view of ``inspect`` by its name."""

from __future__ import annotations

from hw1_tui.export.inspection import (
    calibration,
    confusion,
    distributions,
    embedding,
    landscape,
    replayed,
    saliency,
    step,
    suspects,
    weights,
)
from hw1_tui.export.inspection.view import View

VIEWS: dict[str, View] = {
    "confusion": View(
        "which class is taken for which, of one run or of two; --class: its mistakes",
        confusion.show,
        True,
        ("with", "class", "top"),
    ),
    "suspects": View(
        "labels that are likely wrong, on validation or test", suspects.show, True, ("example", "class", "top")
    ),
    "calibration": View("whether the model is as often right as it is certain", calibration.show, True),
    "embedding": View(
        "the examples in the plane in which their features differ most", embedding.show_pictures, True, ("top",)
    ),
    "hidden": View("the same of what the last hidden layer passes on", embedding.show_hidden, True, ("top",)),
    "weights": View(
        "the first layer's weights as pictures, and what its units answer to", weights.show, True, ("class", "top")
    ),
    "saliency": View(
        "what in a picture the answer hangs on: input times gradient, occlusion",
        saliency.show,
        True,
        ("example", "class"),
    ),
    "distributions": View("every layer's weights, activations, gradients and updates", distributions.show, True),
    "landscape": View(
        "the loss on the way to the model, and after one step of any length",
        landscape.show,
        True,
        ("with",),
        has_split=False,  # its columns are the losses of both
    ),
    "replay": View("right and wrong, and the first layer, from kept epoch to kept epoch", replayed.show, True),
    "step": View(
        "one step on an example: forward pass, loss, gradients and update as numbers", step.show, heeds=("example",)
    ),
}
"""In the order of the help; the first is what is shown where no view is named."""
