"""Whether a model is as often right as it is certain: the reliability curve, and its error beside what chance makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.analysis.calibration import Calibration, calibration_of
from hw1_tui.markup import pad
from screens.theme import REMARK
from screens.widgets.chart import Chart, Series
from screens.widgets.inside.view import InsideView

_BAR = 12


class CalibrationView(InsideView):
    """The curve with its band, the numbers of each bin, and the verdict in words."""

    title = "Calibration"
    name_in_batch = "calibration"
    about = "Is it as often right as it is certain? On the diagonal, what it calls 80% likely is right in 80%."
    DEFAULT_CSS: ClassVar[str] = """
    CalibrationView {
        #calibration-verdict { height: auto; padding: 0 1; }
        #calibration-sizes { height: auto; max-height: 3; padding: 0 1; }
        #calibration-body { height: 1fr; layout: vertical; }
        #calibration-chart { height: 1fr; width: 1fr; }
        #calibration-bins { display: none; height: auto; max-height: 45%; width: 1fr; }
        #calibration-table { width: auto; height: auto; text-wrap: nowrap; }
    }
    """

    def compose_view(self) -> Iterator[Widget]:
        """Yield the words, the curve and the numbers."""
        yield Static(markup=False, id="calibration-verdict")
        yield Static(markup=False, id="calibration-sizes", classes="remark")
        with Container(id="calibration-body"):
            yield Chart("share that is right, by confidence", x_label="confidence", id="calibration-chart")
            with VerticalScroll(id="calibration-bins", classes="frame") as bins:
                bins.border_title = "Confidence"
                yield Static(markup=False, id="calibration-table")

    def compute(self, subject: Subject) -> Calibration:
        """Measure."""
        return calibration_of(subject.opened, subject.split)

    def draw(self, subject: Subject, result: Calibration) -> None:  # noqa: ARG002
        """Draw the curve."""
        sign, style = ("✗", "$text-error") if result.is_off else ("✓", "$text-success")
        self.query_one("#calibration-verdict", Static).update(
            Content.assemble((f"{sign} ", style), (result.words(), ""))
        )
        self.query_one("#calibration-sizes", Static).update(result.sizes())
        full = [(b.confidence, b.accuracy) for b in result.bins if b.accuracy is not None]
        x = [confidence for confidence, _ in full]
        right, low, high = ([getattr(of, name) for _, of in full] for name in ("value", "low", "high"))
        self.query_one(Chart).set_series(
            [
                Series("measured, in a band of 95%", x, right, short="measured", band=(low, high)),
                Series("right as often as certain", [0.0, 1.0], [0.0, 1.0], short="ideal"),
            ]
        )
        self.query_one("#calibration-table", Static).update(_table(result))


def _table(found: Calibration) -> Content:
    """Return the bins as lines: how many examples, how certain, how often right."""
    lines = [Content.styled(f"{'from':>6}{'to':>7}{'examples':>10}{'certain':>10}{'right':>9}", f"bold {REMARK}")]
    most = max(b.n for b in found.bins)
    for b in found.bins:
        if b.accuracy is None:
            continue
        numbers = f"{b.low:6.2f}{b.high:7.2f}{b.n:>10,}{b.confidence:>10.4f}{b.accuracy.value:>9.4f}  "
        bar = pad("█" * max(1, round(_BAR * b.n / most)), _BAR)
        lines.append(Content.assemble(numbers, (bar, "$secondary")))
    return Content("\n").join(lines)
