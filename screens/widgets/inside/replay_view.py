"""A run as it went: one slider moves curves, confusion matrix and weights together through the kept epochs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.analysis import Subject
from hw1_tui.analysis.replay import Frame, Replay, replay
from hw1_tui.analysis.weight_picture import WeightPictures
from screens import interval
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.inside.heat_matrix import HeatMatrix
from screens.widgets.inside.unit_sheet import Units, UnitSheet
from screens.widgets.inside.view import InsideView
from screens.widgets.slider import Slider


class ReplayView(InsideView):
    """Chart, matrix and weights after one epoch after the other."""

    title = "Replay"
    name_in_batch = "replay"
    about = "The run from kept epoch to kept epoch: ← and → move curves, matrix and weights together, space plays."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn_frame(1)", "Later", id="replay.later", show=False, tooltip="The next kept epoch."),
        Binding("left", "turn_frame(-1)", "Earlier", id="replay.earlier", show=False, tooltip="The kept epoch before."),
        Binding("space", "play", "Play", id="replay.play", tooltip="Go through the epochs, or stop."),
        Binding("a", "turn_kind", "Loss, accuracy", id="replay.kind", tooltip="Draw the other curves."),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    ReplayView {
        #replay-top { height: 1fr; min-height: 9; }
        #replay-chart { width: 1fr; min-height: 8; }
        #replay-right { width: 66%; max-width: 90; height: 100%; margin: 0 0 0 1; }
        #replay-matrix { width: 1fr; height: auto; }
        #replay-told { height: auto; padding: 0 1; }
        #replay-shown { height: 1; padding: 0 1; }
        #replay-weights { height: 1fr; margin: 0 1; }
        &.-low #about { display: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._found: Replay | None = None
        self._kind = "loss"
        self._timer_of_play: Timer | None = None

    def compose_view(self) -> Iterator[Widget]:
        """Yield the slider and what it moves."""
        yield Slider("epoch", 1, 0, self._epoch_words, id="replay-slider")
        with Horizontal(id="replay-top"):
            yield Chart("loss", id="replay-chart", clip=True)
            with Vertical(id="replay-right"):
                yield Static(markup=False, id="replay-told")
                yield HeatMatrix(id="replay-matrix")
        yield Static(markup=False, id="replay-shown", classes="remark")
        yield UnitSheet(id="replay-weights")

    def settings(self) -> dict[str, Any]:
        """Return what is known already, so that another epoch of the same run is at hand at once."""
        return {"known": self._found}

    def compute(self, subject: Subject, known: Replay | None = None) -> Replay:
        """Open every kept epoch, or return what is known."""
        opened = subject.opened
        if known and (known.split, known.opened.record.run, known.opened.epochs) == (
            subject.split,
            opened.record.run,
            opened.epochs,
        ):
            return known
        return replay(subject, lambda: self.is_cancelled)

    def draw(self, subject: Subject, result: Replay) -> None:
        """Draw the epoch that is looked at."""
        self._stop_playing()
        self._found = result
        epochs = np.array([frame.epoch for frame in result.frames])
        slider = self.query_one(Slider)
        slider.set_steps(len(result.frames))
        slider.value = int(np.abs(epochs - subject.opened.model.epoch).argmin())
        self._draw_chart()
        self._draw_frame()

    def _epoch_words(self, position: int) -> str:
        if self._found is None:
            return ""
        return f"{self._found.frames[position].epoch} ({position + 1} of {len(self._found.frames)} kept)"

    @property
    def frame(self) -> Frame | None:
        """The epoch that is shown."""
        return self._found.frames[self.query_one(Slider).value] if self._found else None

    def _draw_chart(self) -> None:
        if self._found is None:
            return
        chart = self.query_one(Chart)
        chart.set_title(self._kind)
        of_training = "train_eval_loss" if self._kind == "loss" else "train_accuracy"
        names = {"training": ("train", of_training), "validation": ("val", f"val_{self._kind}")}
        epochs = [metrics.epoch for metrics in self._found.metrics]
        chart.set_series(
            [
                Series(title, epochs, [m[name] for m in self._found.metrics], short=short)
                for title, (short, name) in names.items()
            ]
        )

    def _draw_frame(self) -> None:
        found, frame = self._found, self.frame
        if found is None or frame is None:
            return
        self.query_one(Chart).set_marks([Mark(float(frame.epoch), "shown")])
        counts = frame.counts(found.labels, len(found.classes))
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        self.query_one(HeatMatrix).show(counts, shares, found.classes)
        right, n = int(np.trace(counts)), len(found.labels)
        told = f"{found.split}: {right / n:.4f} right, {right:,} of {n:,}" if n else ""
        self.query_one("#replay-told", Static).update(told)
        sheet = self.query_one(UnitSheet)
        sheet.display = frame.weights is not None
        self.query_one("#replay-shown", Static).update(f"first layer, {found.shown}" if found.shown else "")
        if frame.weights is not None:
            sheet.show_units(_units(frame.weights, found))

    @on(Slider.Moved)
    def _move(self, event: Slider.Moved) -> None:
        event.stop()
        self._draw_frame()

    def action_turn_frame(self, by: int) -> None:
        """Go to another kept epoch."""
        slider = self.query_one(Slider)
        slider.action_slide(by)

    def action_turn_kind(self) -> None:
        """Draw losses, or shares that are right."""
        self._kind = "accuracy" if self._kind == "loss" else "loss"
        self._draw_chart()

    def action_play(self) -> None:
        """Go through the epochs, from the first where the last is shown; or stop."""
        if self._timer_of_play is not None:
            self._stop_playing()
            return
        slider = self.query_one(Slider)
        if self._found is not None and slider.value == len(self._found.frames) - 1:
            slider.action_slide(-slider.value)
        self._timer_of_play = self.set_interval(interval.FRAME, self._play_on)

    def _play_on(self) -> None:
        slider = self.query_one(Slider)
        slider.action_slide(1)
        if self._found is None or slider.value >= len(self._found.frames) - 1:
            self._stop_playing()

    def _stop_playing(self) -> None:
        if self._timer_of_play is not None:
            self._timer_of_play.stop()
            self._timer_of_play = None

    def on_resize(self) -> None:
        """Leave out what explains where there is little room; the matrix has what is left above the weights."""
        self.set_class(self.size.height < 24, "-low")
        self.query_one(HeatMatrix).fit(self.size.height // 2 - 2)


def _units(weights: Array, found: Replay) -> Units:
    unknown = np.full(len(weights), np.nan)
    pictures = WeightPictures(weights, "movement", 1.0, unknown, None, float("nan"))
    return Units(pictures, np.arange(len(weights)), found.units, [""] * len(weights), in_colours=True)
