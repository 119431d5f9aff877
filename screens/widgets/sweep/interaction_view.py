"""What a sweep ranks by at the values of two hyperparameters, as a heat map a pair."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from textual.content import Content

from hw1_tui.settings import TABLE
from hw1_tui.sweep.conclusion import Conclusion
from hw1_tui.sweep.effect import Interaction, find_interaction
from screens.theme import REMARK
from screens.widgets.sweep.finding_view import FindingView, Part
from screens.widgets.sweep.level_words import level_words
from screens.widgets.sweep.verdict_view import term_words

_SHADES = " ░▒▓█"
_GROUNDS = ("", "10%", "20%", "32%", "45%")
"""How strong the ground of a cell is, the better the value the stronger."""

_WIDEST_LABEL = 14


class InteractionView(FindingView):
    """A panel a pair: means over the points of a cell, the better the hotter; and what is beyond both alone."""

    title = "Two together"

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return a heat map a pair."""
        if len(conclusion.summary.sweep.space.names) < 2:
            return [Content.styled("One hyperparameter was tried: there are no two of them.", REMARK)]
        found = [find_interaction(conclusion.compared, *pair.names[:2]) for pair in conclusion.importance.pairs]
        has_grounds = not self.app.current_theme.ansi  # of the terminal's own colours there is no tenth of one
        return [Content.assemble(*_panel(conclusion, pair, width, has_grounds=has_grounds)) for pair in found]


def _panel(conclusion: Conclusion, pair: Interaction, width: int, *, has_grounds: bool) -> Iterator[Part]:
    metric = conclusion.summary.sweep.ranked_by
    first, second = pair.names
    yield f"{TABLE[first].title} down, {TABLE[second].title} across", "bold"
    yield "  "
    yield term_words(conclusion.importance, first, second)
    rows = level_words(pair.rows, first, _WIDEST_LABEL)
    columns = level_words(pair.columns, second, _WIDEST_LABEL)
    texts = [["-" if math.isnan(value) else metric.format(value) for value in row] for row in pair.means]
    cell = max(map(len, [*columns, *(text for row in texts for text in row)])) + 2
    room = max(map(len, rows))
    shown = max(1, min(len(columns), (width - room - 1) // (cell + 1)))
    yield f"\n{'':>{room}} " + " ".join(f"{name:>{cell}}" for name in columns[:shown])
    heats = _heat(pair, is_low_best=metric.best == "lowest")
    for label, values, heat in zip(rows, texts, heats, strict=True):
        yield f"\n{label:>{room}} "
        for text, step in list(zip(values, heat, strict=True))[:shown]:
            ground = f"$foreground on $success {_GROUNDS[step]}" if step and has_grounds else ""
            yield f"{_SHADES[step]}{text:>{cell - 1}}", ground
            yield " "
    if shown < len(columns):
        yield f"\n{len(columns) - shown} of {len(columns)} columns need more room", REMARK
    beyond = np.nanmax(np.abs(pair.beyond)) if np.isfinite(pair.beyond).any() else math.nan
    if math.isfinite(beyond):
        yield f"\nBeyond what each does alone: at most {metric.format(float(beyond))}", REMARK


def _heat(pair: Interaction, *, is_low_best: bool) -> list[list[int]]:
    """Return how good each cell is, from 0 to 4, by its rank among all."""
    known = np.sort(pair.means[np.isfinite(pair.means)])
    if not len(known):
        return [[0] * pair.means.shape[1] for _ in pair.means]
    steps = []
    for row in pair.means:
        below = [float(np.searchsorted(known, value)) / max(len(known) - 1, 1) for value in row]
        steps.append(
            [
                0 if math.isnan(value) else round((1 - share if is_low_best else share) * (len(_SHADES) - 1))
                for value, share in zip(row, below, strict=True)
            ]
        )
    return steps
