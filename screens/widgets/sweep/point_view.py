"""The points of a sweep ranked, each held against the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from hw1_tui.export.table import title
from hw1_tui.markup import cell_width, pad
from hw1_tui.sweep.conclusion import Conclusion
from hw1_tui.sweep.table import ranking_table
from screens.theme import REMARK
from screens.widgets.number import on_point
from screens.widgets.sweep.finding_view import FindingView, Part

_MOST = 200
_STYLES = {"worse": REMARK, "cannot be told": "$text-warning"}


class PointView(FindingView):
    """A line a point: its mean over the seeds, their spread, and whether the best is clearly better."""

    title = "Points"
    narrowest = 400

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return the table."""
        return [Content.assemble(*_table(conclusion, width))]


def _table(conclusion: Conclusion, width: int) -> Iterator[Part]:
    table = ranking_table(conclusion, _MOST)
    rows = table.cells()
    columns = [
        [title(name), *column] for name, column in zip(table.columns, map(list, zip(*rows, strict=True)), strict=True)
    ]
    columns[-1][1:] = ["◆ the best", *(f"{_sign(verdict)} {verdict}" for verdict in columns[-1][2:])]
    for column in columns:
        if all(_is_number(text) for text in column[1:]):
            column[1:] = on_point(column[1:])
    widths = [max(map(cell_width, column)) for column in columns]
    kept = list(range(len(columns)))
    for name in table.less:  # what is wanted least goes where there is too little room
        if sum(widths[i] + 2 for i in kept) > width and table.columns.index(name) in kept:
            kept.remove(table.columns.index(name))
    lines = list(zip(*columns, strict=True))
    for number, line in enumerate(lines):
        style = REMARK if not number else "bold" if number == 1 else _STYLES.get(line[-1][2:].partition(":")[0], "")
        text = "  ".join(pad(line[i], widths[i], ">" if _is_number(lines[1][i]) else "<") for i in kept)
        yield f"{text.rstrip()}\n", style
    yield f"\n{table.remark}", REMARK


def _sign(verdict: str) -> str:
    return "~" if verdict.startswith("cannot") else " "


def _is_number(text: str) -> bool:
    return (
        text.strip().replace(".", "", 1).replace("-", "", 2).replace("e", "", 1).replace("+", "", 1).isdigit()
        or text == "-"
    )
