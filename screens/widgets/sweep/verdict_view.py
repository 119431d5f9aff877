"""What is clear of a sweep and what is chance, in words and bars."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from textual.content import Content

from hw1_tui.numeral import percent
from hw1_tui.settings import TABLE
from hw1_tui.settings.point import describe_point
from hw1_tui.statistics.variance_share import Told
from hw1_tui.sweep.conclusion import Conclusion
from hw1_tui.sweep.importance import Importance, TermImportance
from screens.theme import REMARK
from screens.widgets.sweep.finding_view import FindingView, Part

_BAR, _LEAST_BAR, _BESIDE_BAR, _OF_CHANCE = 24, 6, 33, 14
"""Cells of a bar at most and at least, beside one, and of what chance reaches, where there is room for that."""

SIGNS: dict[Told, tuple[str, str]] = {
    "clear": ("✓", "bold $text-success"),
    "no more than chance": ("·", REMARK),
    "cannot be told": ("~", "$text-warning"),
}
"""The sign of each verdict, and how it looks."""


class VerdictView(FindingView):
    """Which configuration to take, how sure that is, and which hyperparameters mattered."""

    title = "What is clear"
    narrowest = 74

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return what to take, and what mattered."""
        return [Content.assemble(*_best(conclusion)), Content.assemble(*_mattered(conclusion, width))]


def _best(conclusion: Conclusion) -> Iterator[Part]:
    metric, best = conclusion.summary.sweep.ranked_by, conclusion.choice.best
    seeds = f", mean of {len(best.repeats)} seeds" if len(best.repeats) > 1 else ""
    yield "Best  ", "bold"
    yield f"◆ {describe_point(best.point)}", "bold $text-primary"
    yield f"\n      {metric.title} {metric.format(best.mean)}{seeds}\n\n"
    yield "\n".join(conclusion.sentences())
    yield "\n\nAs a command, which ctrl+y copies\n", "bold"
    yield conclusion.command, REMARK


def _mattered(conclusion: Conclusion, width: int) -> Iterator[Part]:
    """Yield a line a hyperparameter and a pair: what it explains, what chance does, and what that means."""
    importance = conclusion.importance
    yield "What mattered\n", "bold"
    terms = (*importance.axes, *importance.pairs)
    if not terms:
        yield "Nothing was varied.", REMARK
        return
    names = {term: " and ".join(TABLE[name].title for name in term.names) for term in terms}
    room = max(map(len, names.values()))
    has_chance = width >= room + _LEAST_BAR + _BESIDE_BAR + _OF_CHANCE
    bar = max(_LEAST_BAR, min(_BAR, width - room - _BESIDE_BAR - _OF_CHANCE * has_chance))
    for term in terms:
        sign, style = SIGNS[term.verdict]
        yield f"{names[term]:<{room}} "
        yield _bar(term.share, bar), "$text-primary"
        yield f" {percent(term.share, 1):>6} "
        if has_chance:
            chance = f"  chance {percent(term.by_chance, 1):>5}" if math.isfinite(term.by_chance) else ""
            yield f"{chance:<{_OF_CHANCE}}", REMARK
        yield f"  {sign} {term.verdict}\n", style
    yield f"\n{_rest_on(importance)}", REMARK


def _rest_on(importance: Importance) -> str:
    what = "trials" if importance.is_grid else "points"
    return (
        f"Of the variance over {importance.n_rows} {what}: what each explains, a pair beyond both alone; and what "
        "chance reaches one time in twenty, corrected for their number."
    )


def _bar(share: float, width: int) -> str:
    full = round(max(0.0, min(share, 1.0)) * width)
    return "█" * full + "░" * (width - full)


def term_words(importance: Importance, *names: str) -> Part:
    """Return what a hyperparameter or a pair explains and whether that is clear, with its style."""
    found: list[TermImportance] = [t for t in (*importance.axes, *importance.pairs) if set(t.names) == set(names)]
    if not found:
        return ""
    sign, style = SIGNS[found[0].verdict]
    return f"{sign} {found[0].verdict}, {percent(found[0].share, 1)} of the variance", style
