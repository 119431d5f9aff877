"""The curves of a sweep's trials in one chart: those that train, the best, and the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.runs.loss_name import loss_label
from hw1_tui.sweep.definition import Sweep
from screens.state.sweep_reading import TrialView
from screens.widgets.chart import Chart, Series

MOST_CURVES = 24
"""More of them in one chart cannot be told apart."""


class TrialChart(Chart):
    """What trials are ranked by, over their epochs."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(
            "", empty="The curves appear with the first epochs.", log_y=None, clip=True, id=id, classes=classes
        )

    def show(self, sweep: Sweep, views: Sequence[TrialView], chosen: int | None) -> None:
        """Draw the trials, each in a colour that is its own.

        Args:
            sweep: of the trials.
            views: the trials, the best first.
            chosen: the number of the one that is drawn in any case; ``None`` for none.
        """
        drawn = [view for view in views if view.points]
        first = sorted(drawn, key=lambda view: (view.trial.number != chosen, not view.is_training))[:MOST_CURVES]
        numbers = {view.trial.number for view in first}
        shown = [view for view in drawn if view.trial.number in numbers]
        left = f", {len(shown)} of {len(drawn)} trials" if len(shown) < len(drawn) else ""
        metric = sweep.ranked_by
        name = loss_label([sweep.config.as_dict()]) if metric.kind == "loss" else metric.title
        prefix = f"{metric.title}, " if metric.kind == "loss" else ""
        self.set_title(f"{prefix}{name}{left}")
        self.set_series([_series(view, view.trial.number == chosen) for view in shown])


def _series(view: TrialView, is_chosen: bool) -> Series:
    number = view.trial.number
    xs, ys = [epoch for epoch, _ in view.points], [value for _, value in view.points]
    return Series(
        f"{'▸' * is_chosen}{number}",
        xs,
        ys,
        number=number - 1,
        whole=view.trial.label,
        best=view.metric.best,
    )
