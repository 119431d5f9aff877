"""What is clear and what is chance; in a large terminal also how each hyperparameter goes, and two together."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from hw1_tui.sweep.conclusion import Conclusion
from screens.widgets.sweep.effect_view import EffectView
from screens.widgets.sweep.interaction_view import InteractionView
from screens.widgets.sweep.point_view import PointView
from screens.widgets.sweep.verdict_view import VerdictView

_GUTTER = 1
"""Rows between panels."""


class Overview(VerdictView):
    """The verdicts, and below them as many of the panels behind them as are whole there."""

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return the verdicts, then what has room."""
        panels = list(super().panels(conclusion, width))
        if not self.screen.has_class("-wide"):
            return panels
        columns = max(1, self.size.width // width)
        room = self.size.height - _height(panels, columns, width)
        for row in _rows(_behind(conclusion, width), columns):
            room -= _height(row, columns, width) + _GUTTER
            if room < 0:
                break
            panels += row
        return panels


def _behind(conclusion: Conclusion, width: int) -> Sequence[Content]:
    """Return a panel a hyperparameter, then one a pair, what explains most first, and at last the points ranked."""
    importance = conclusion.importance
    effects = dict(zip(conclusion.effects, EffectView().panels(conclusion, width), strict=True))
    axes = sorted(importance.axes, key=lambda term: -term.share)
    alone = [effects[term.names[0]] for term in axes if term.names[0] in effects]
    points = PointView().panels(conclusion, width)
    if not importance.pairs:
        return [*alone, *points]
    pairs = zip(importance.pairs, InteractionView().panels(conclusion, width), strict=True)
    return [*alone, *(panel for _, panel in sorted(pairs, key=lambda pair: -pair[0].share)), *points]


def _rows(panels: Sequence[Content], columns: int) -> Sequence[Sequence[Content]]:
    return [panels[i : i + columns] for i in range(0, len(panels), columns)]


def _height(panels: Sequence[Content], columns: int, width: int) -> int:
    """Return the rows that panels take in so many columns, each so wide."""
    heights = [max(len(panel.wrap(width)) for panel in row) for row in _rows(panels, columns)]
    return sum(heights) + _GUTTER * max(0, len(heights) - 1)
