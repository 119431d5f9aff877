"""The loss along two lines through a model: from where it comes, and down its gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.analysis.landscape import LossLine
from hw1_tui.analysis.run_landscape import RunLandscape, look_around
from hw1_tui.export.inspection.title import titles_of
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.inside.view import InsideView

_NAMES = {"train": "training", "val": "validation"}
_BESIDE_FROM = 90
"""Columns from which the charts stand beside each other."""


class LandscapeView(InsideView):
    """The loss between two models, and along the gradient."""

    title = "Landscape"
    name_in_batch = "landscape"
    about = "How the loss lies around the model: on the straight line to it, and one step of any length downhill."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "turn_start", "From", id="inside.line-start", tooltip="The line comes from the next kept epoch."),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    LandscapeView {
        #landscape-bar { height: 1; padding: 0 1; }
        #landscape-bar Static { width: auto; padding: 0 1 0 0; }
        #landscape-charts { layout: vertical; height: 1fr; }
        #landscape-words { height: auto; padding: 0 1; margin: 0 0 1 0; }
        &.-low #about { display: none; }
        &.-low #landscape-words { margin: 0; }
        &.-beside #landscape-charts { layout: horizontal; }
        &.-beside #landscape-way { margin: 0 1 0 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._start: int | None = None

    def compose_view(self) -> Iterator[Widget]:
        """Yield where the line comes from, what there is to say, and the charts."""
        with Horizontal(id="landscape-bar"):
            yield Static("the line comes from", markup=False, classes="remark")
            yield Button("the start", id="landscape-start", tooltip="From the next kept epoch (b).")
        yield Static(markup=False, id="landscape-words")
        with Container(id="landscape-charts"):
            yield Chart("loss on the way", x_label="t: 0 where it comes from, 1 the model", id="landscape-way")
            yield Chart("loss after one step along the gradient", x_label="learning rate", id="landscape-down")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another start where the line does not come from a second run."""
        has_other = self.subject is not None and self.subject.other is not None
        return False if action == "turn_start" and has_other else super().check_action(action, parameters)

    def settings(self) -> dict[str, Any]:
        """Return the epoch that the line comes from."""
        return {"start": self._start}

    def compute(self, subject: Subject, start: int | None = None) -> RunLandscape:
        """Measure the loss along both lines."""
        opened = subject.opened
        if subject.other:
            return look_around(subject, titles=titles_of([subject.other, opened]))
        return look_around(subject, opened.at(start) if start in opened.epochs else None)

    def draw(self, subject: Subject, result: RunLandscape) -> None:
        """Draw the charts."""
        button = self.query_one("#landscape-start", Button)
        button.label, button.disabled = result.start, subject.other is not None
        button.refresh(layout=True)
        self.query_one("#landscape-words", Static).update("\n".join(result.words))
        way, down = self.query_one("#landscape-way", Chart), self.query_one("#landscape-down", Chart)
        way.set_series(_series(result.way))
        way.set_marks([Mark(0.0, result.start), Mark(1.0, result.end)])
        down.display = result.down is not None
        if result.down is None:
            return
        down.set_series(_series(result.down))
        marks = [Mark(result.reach, "back at its start")] if 0 < result.reach < math.inf else []
        if result.rate is not None and result.rate <= result.down.t[-1]:
            marks.insert(0, Mark(result.rate, f"the run's {result.rate:g}"))
        down.set_marks(marks)

    def action_turn_start(self) -> None:
        """Let the line come from the next kept epoch, or again from the start."""
        if self.subject is None:
            return
        opened = self.subject.opened
        starts = [None, *(epoch for epoch in opened.epochs if epoch != opened.model.epoch)]
        place = starts.index(self._start) if self._start in starts else 0
        self._start = starts[(place + 1) % len(starts)]
        self.look_again()

    @on(Button.Pressed, "#landscape-start")
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_turn_start()

    def on_resize(self) -> None:
        """Put the charts beside each other where there is room; where there is little, leave out what explains."""
        self.set_class(self.size.height < 24, "-low")
        is_beside = self.size.width >= _BESIDE_FROM
        self.set_class(is_beside, "-beside")
        self.query_one("#landscape-down", Chart).leave_names(is_beside)  # its curves are those of the chart at its left


def _series(line: LossLine) -> list[Series]:
    return [
        Series(_NAMES[split], line.t, losses, number=number, short=split)
        for number, (split, losses) in enumerate(line.losses.items())
    ]
