"""One step on an example as equations with their numbers, and any weight's gradient checked on the spot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Array, EngineError
from hw1_tui.analysis import Subject
from hw1_tui.analysis.step import DifferenceCheck, Step, check_gradient, explain_step
from hw1_tui.analysis.step_equation import Equation, equations
from hw1_tui.data import as_picture
from hw1_tui.markup import cell_width, shorten, wrap
from hw1_tui.mistake import Mistake, MistakeError
from screens.theme import REMARK
from screens.widgets.input import Input
from screens.widgets.inside.example_bar import ExampleBar
from screens.widgets.inside.view import InsideView
from screens.widgets.picture import Picture

_PARTS = {
    "forward": "Forward pass",
    "loss": "Loss",
    "backward": "Gradients by backpropagation",
    "update": "The step, by the engine",
}
_WIDE = 70
_TOGETHER = "\u00a0"
"""A space at which no line ends."""
_WEIGHT = re.compile(r"([Wb][0-9]{1,9})((?:[\s,]+[0-9]{1,9}){1,2})")


@dataclass(frozen=True, eq=False)
class _Found:
    step: Step
    lines: Sequence[Equation]
    check: DifferenceCheck | None
    why_no_check: str
    picture: Array | None
    words: str


class EquationList(Static):
    """Equations with their shapes and numbers, in columns as wide as there is room for."""

    _lines: Sequence[Equation] = ()

    def show(self, lines: Sequence[Equation]) -> None:
        """Show other lines."""
        self._lines = lines
        self.on_resize()

    def on_resize(self) -> None:
        """Break the lines where there is room for now."""
        if self._lines and self.size.width:
            self.update(_content(self._lines, self.size.width))


class StepView(InsideView):
    """Forward pass, loss, gradients and update of one example."""

    title = "One step"
    name_in_batch = "step"
    about = (
        "What a step on one example computes, from its features to the weights that it moves: the real model's numbers."
    )
    uses_example = True
    DEFAULT_CSS: ClassVar[str] = """
    StepView {
        #step-side { display: none; width: 27; height: 100%; padding: 0 0 0 1; }
        #step-scroll { width: 1fr; height: 100%; }
        #step-lines { width: 100%; height: auto; padding: 0 1; }
        #step-check { height: auto; margin: 1 0 0 0; padding: 0 1; }
        #step-check Static { width: auto; padding: 0 1 0 0; }
        #step-check Input { width: 18; margin: 0 1 0 0; }
        #step-check #step-checked { width: 1fr; }
    }
    """

    def compose_view(self) -> Iterator[Widget]:
        """Yield the example, the equations and the check."""
        yield ExampleBar()
        with Horizontal():
            with Vertical(id="step-side"):
                yield Picture(id="step-picture")
            with VerticalScroll(id="step-scroll"):
                yield EquationList(markup=False, id="step-lines")
        with Horizontal(id="step-check"):
            yield Static("check", markup=False, classes="remark")
            yield Input(placeholder="W1 0 12", id="step-weight", select_on_focus=True,
                        tooltip="A weight by parameter, row and column, or a bias by its row.")  # fmt: skip
            yield Static(markup=False, id="step-checked")

    def settings(self) -> dict[str, Any]:
        """Return the example and the weight that is to be checked."""
        return {"example": self.example, "weight": self.query_one("#step-weight", Input).value}

    def compute(self, subject: Subject, example: int = 0, weight: str = "") -> _Found:
        """Take the step apart."""
        opened = subject.opened
        step = explain_step(opened, subject.split, example)
        spec, dataset = opened.model.config.spec, opened.dataset
        lines = equations(step, opened.model.activation, dataset.classes, spec.loss)
        check, why = None, ""
        try:
            name, place = _read_weight(weight) if weight.strip() else _largest(step)
            check = check_gradient(opened, subject.split, example, name, place)
        except (MistakeError, EngineError) as error:
            why = str(error)
        picture = as_picture(dataset, dataset[subject.split].x[example]) if dataset.image_shape else None
        return _Found(step, lines, check, why, picture, _words(step, dataset.classes))

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the equations."""
        self.query_one(ExampleBar).show(subject, result.step.example, result.words)
        self.query_one(Picture).show(result.picture)
        self.query_one(EquationList).show(result.lines)
        checked = self.query_one("#step-checked", Static)
        checked.update(_checked(result.check) if result.check else result.why_no_check)
        checked.set_class(result.check is None, "wrong")

    @on(Input.Submitted, "#step-weight")
    def _check(self, event: Input.Submitted) -> None:
        event.stop()
        self.look_again()


def _read_weight(text: str) -> tuple[str, tuple[int, ...]]:
    found = _WEIGHT.fullmatch(text.strip())
    if not found:
        raise MistakeError(Mistake("weight", f"{shorten(text, _WIDE)!r} names none", "such as W1 0 12, or b1 0"))
    return found[1], tuple(map(int, re.findall(r"\d+", found[2])))


def _largest(step: Step) -> tuple[str, tuple[int, ...]]:
    """Return the weight of the first layer with the largest gradient."""
    gradient = step.layers[0].gradient
    return "W1", tuple(int(i) for i in np.unravel_index(np.abs(gradient).argmax(), gradient.shape))


def _words(step: Step, classes: Sequence[str]) -> str:
    if not classes:
        return f"target {step.target:.4g}, predicted {step.scores[0]:.4g}"
    predicted = int(step.scores.argmax())
    said = "" if step.probabilities is None else f" ({step.probabilities[predicted]:.0%})"
    sign = "✓" if predicted == int(step.target) else "✗"
    return f"'{classes[int(step.target)]}', taken for '{classes[predicted]}'{said} {sign}"


def _content(lines: Sequence[Equation], room: int) -> Content:
    """Return the lines in columns under the heading of their part; the shapes stay away where there is little room."""
    left = max(cell_width(line.text) for line in lines)
    middle = max(cell_width(line.shape) for line in lines) if room >= _WIDE else 0
    indent = left + 2 + (middle + 2) * bool(middle)
    parts: list[tuple[str, str]] = []
    part = ""
    for line in lines:
        if line.part != part:
            parts.append((f"{chr(10) * bool(part)}{_PARTS[line.part]}\n", "bold"))
            part = line.part
        shape = f"{line.shape:>{middle}}  " if middle else ""
        first, *more = wrap(_in_pairs(line.value), max(room - indent, 20)) or [""]
        value = "\n".join([first, *(" " * indent + rest.strip(" ") for rest in more)]).replace(_TOGETHER, " ")
        parts += [(line.text + " " * (left + 2 - cell_width(line.text)), ""), (shape, REMARK), (f"{value}\n", "")]
    return Content.assemble(*parts)


def _in_pairs(value: str) -> str:
    """Return numbers of a list, two spaces apart, so that none is parted from its class, whose name may have spaces."""
    return re.sub("(?<! ) (?! )", _TOGETHER, value) if "  " in value and ";" not in value else value


def _checked(check: DifferenceCheck) -> Content:
    place = ", ".join(map(str, check.place))
    said = f"  ∂loss/∂{check.name}[{place}] = {check.gradient:.6g}, by a central difference {check.difference:.6g}"
    if check.holds:
        return Content.assemble(("✓ agrees", "$text-success"), said)
    if check.doubt:
        return Content.assemble((f"~ cannot be told: {check.doubt}", "$text-warning"), said)
    return Content.assemble(("✗ differs", "$text-error"), said)
