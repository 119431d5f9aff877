"""What a model says of one example: the probability of every class as a bar, and which of them is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from hw1_tui.analysis.answers import Answers
from hw1_tui.markup import cell_width, pad, shorten, visible
from screens.state.answered_list import AnsweredList
from screens.theme import REMARK

_WIDEST_NAME, _AROUND, _LEAST_BAR = 16, 9, 3
"""Cells of a name; of its sign, the number and the room between; and of a bar that is worth drawing."""


class ProbabilityBars(Static):
    """A line a class, of each model; where there are more classes than lines, the likeliest and the true one."""

    DEFAULT_CSS: ClassVar[str] = "ProbabilityBars { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._shown: tuple[AnsweredList, int] | None = None

    def show(self, examples: AnsweredList | None, position: int = 0) -> None:
        """Show another example of a list."""
        self._shown = (examples, position) if examples is not None and len(examples) else None
        self._draw()

    def on_resize(self) -> None:
        """Fill the new room."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            self.update("", layout=False)
            return
        examples, position = self._shown
        example, models = int(examples.indices[position]), examples.models
        lines = [Content.assemble(("example ", REMARK), f"{example:,}", (f" of {examples.split}", REMARK))]
        rows = max(2, (self.size.height - 1) // len(models) - (len(models) > 1))
        for model in models:
            if len(models) > 1:
                lines.append(Content.styled(shorten(visible(model.name), self.size.width), "bold"))
            lines += self._lines(model.answers, example, rows)
        self.update(Content("\n").join(lines), layout=False)

    def _lines(self, answers: Answers, example: int, rows: int) -> Iterator[Content]:
        true, said = int(answers.labels[example]), int(answers.predicted[example])
        if answers.probabilities is None:
            yield Content(f"▸ {visible(answers.classes[said])}")
            yield Content(f"✓ {visible(answers.classes[true])}")
            yield Content.styled("It tells no probabilities.", REMARK)
            return
        p = answers.probabilities[example]
        names = list(map(visible, answers.classes))
        shown = _chosen(p.tolist(), rows, true)
        width = min(_WIDEST_NAME, max(cell_width(names[k]) for k in shown))
        bar = self.size.width - width - _AROUND
        for k in shown:
            sign = "✓" if k == true else "▸" if k == said else " "
            style = "$text-success" if k == true else "$text-error" if k == said else ""
            length = round(bar * float(p[k])) if bar >= _LEAST_BAR and p[k] == p[k] else 0  # NaN of a diverged model
            drawn = pad("█" * length, max(bar, 0)) if bar >= _LEAST_BAR else ""
            name = pad(shorten(names[k], width), width)
            yield Content.assemble((f"{sign} {name} ", style), (drawn, style or "$secondary"), f" {float(p[k]):.2f}")


def _chosen(p: Sequence[float], rows: int, true: int) -> list[int]:
    """Return the classes of which there is a line: all in their order, or the likeliest first and the true one."""
    if len(p) <= rows:
        return list(range(len(p)))
    likeliest = sorted(range(len(p)), key=lambda k: -p[k])[:rows]
    return likeliest if true in likeliest else [*likeliest[:-1], true]
