"""How what a sweep ranks by goes with each hyperparameter, and how much seeds change it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from hw1_tui.metric import Metric
from hw1_tui.settings import TABLE
from hw1_tui.sweep.conclusion import Conclusion
from hw1_tui.sweep.effect import Effect
from screens.theme import REMARK
from screens.widgets.sweep.finding_view import FindingView, Part
from screens.widgets.sweep.level_words import level_words
from screens.widgets.sweep.verdict_view import term_words

_WIDEST_LABEL = 18
_WIDE = 20.0
"""Values whose largest is so many times the smallest are drawn over a logarithm."""

_LEAST_STRIP = 12


@dataclass(frozen=True)
class _Scale:
    """Where a value stands on a strip, from 0 to 1."""

    low: float
    high: float
    is_log: bool

    def at(self, value: float) -> float:
        low, high, value = (math.log(one) if self.is_log else one for one in (self.low, self.high, value))
        return (value - low) / (high - low) if high > low else 0.5


class EffectView(FindingView):
    """A panel a hyperparameter: at each value the mean over the points, their range, and the spread of the seeds."""

    title = "One by one"

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return a panel a hyperparameter, all on one scale."""
        effects = conclusion.effects
        scale = _scale_of([effect for found in effects.values() for effect in found])
        return [Content.assemble(*_panel(conclusion, name, found, scale, width)) for name, found in effects.items()]


def _scale_of(effects: Sequence[Effect]) -> _Scale:
    spreads = [effect.over_points for effect in effects if effect.over_points]
    low, high = min((s.low for s in spreads), default=0.0), max((s.high for s in spreads), default=1.0)
    return _Scale(low, high, is_log=low > 0 and high > _WIDE * low)


def _panel(conclusion: Conclusion, name: str, effects: Sequence[Effect], scale: _Scale, width: int) -> Iterator[Part]:
    metric = conclusion.summary.sweep.ranked_by
    labels = level_words([effect.level for effect in effects], name, _WIDEST_LABEL)
    means = [_mean(effect, metric) for effect in effects]
    room = max(map(len, labels))
    strip = max(_LEAST_STRIP, width - room - max(map(len, means)) - 4)
    yield TABLE[name].title, "bold"
    yield "  "
    yield term_words(conclusion.importance, name)
    best = _best(effects, metric)
    for effect, label, mean in zip(effects, labels, means, strict=True):
        yield f"\n{label:>{room}} "
        yield from _strip(effect, scale, strip)
        yield f" {mean}{' ◆' if effect is best else ''}", "bold" if effect is best else ""
    ends = [metric.format(scale.low), metric.format(scale.high)]
    log = " (log)" if scale.is_log else ""
    middle = f"{metric.title}{log}"
    gap = strip - sum(map(len, ends))
    axis = f"{ends[0]}{middle:^{gap}}{ends[1]}" if gap > len(middle) + 1 else f"{ends[0]}{'':^{gap}}{ends[1]}"
    yield f"\n{'':>{room}} {axis}", REMARK


def _best(effects: Sequence[Effect], metric: Metric) -> Effect | None:
    """Return the level with the best mean; ``None`` where none has one."""
    known = {effect.over_points.mean: effect for effect in effects if effect.over_points}
    if not known:
        return None
    return known[min(known, key=metric.as_loss)]


def _mean(effect: Effect, metric: Metric) -> str:
    """Return the mean at a level with the spread over seeds, and how many diverged or were stopped there."""
    lost = f", {effect.n_lost} lost" if effect.n_lost else ""
    lost += f", {effect.n_stopped} stopped" if effect.n_stopped else ""
    if effect.over_points is None:
        return f"-{lost}"
    seeds = f" ± {effect.seeds_std:#.2g}" if effect.seeds_std is not None else ""
    return f"{metric.format(effect.over_points.mean)}{seeds}{lost}"


def _strip(effect: Effect, scale: _Scale, width: int) -> Iterator[Part]:
    """Yield the range of the points as a thin line, the spread over seeds as a thick one, and the mean."""
    cells = [" "] * width
    over = effect.over_points
    if over is None:
        yield "".join(cells)
        return

    def place(value: float) -> int:
        share = scale.at(max(value, scale.low))
        return min(width - 1, max(0, round(share * (width - 1))))

    for cell in range(place(over.low), place(over.high) + 1):
        cells[cell] = "─"
    std = effect.seeds_std or 0.0
    for cell in range(place(over.mean - std), place(over.mean + std) + 1):
        cells[cell] = "━"
    mean = place(over.mean)
    yield "".join(cells[:mean]), "$secondary"
    yield "●", "bold $text-primary"
    yield "".join(cells[mean + 1 :]), "$secondary"
