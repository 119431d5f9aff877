"""Tables as text, Markdown, LaTeX (booktabs) and CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.export.table_layout import TableLayout, lay_out
from hw1_tui.markup import csv_cell, escape_markdown, escape_tex, join_words, visible
from hw1_tui.markup.tex import GLYPH
from hw1_tui.metric import METRICS, in_decimals
from hw1_tui.numeral import percent
from hw1_tui.runs.record import BEST

DIFFERENCE = "difference"
"""Stands in the names of columns of a difference of two runs and of the ends of its interval."""

SUPERIORITY = ("superiority", "superiority_low", "superiority_high")
"""Columns of the probability that a value is better than another, and of the ends of its interval."""

STATISTICS = ("_mean", "_std")
"""How the name of a column ends that holds a result's mean over runs, or its standard deviation."""

_LATEX_NEEDS = (
    r"% For a document with \usepackage{booktabs} and, in pdfLaTeX, \usepackage[T1]{fontenc} and \usepackage{textcomp}."
)

_STYLES = {
    "seconds": ".1f",
    "seeds_std": ".4f",
    "mcnemar_p": ".3g",
    "p": ".2g",
    "share": ".1%",
    "share_by_chance": ".1%",
    **dict.fromkeys(SUPERIORITY, ".2f"),
    **dict.fromkeys(
        ("precision", "recall", "f1", "probability", "confidence", "right", "right_low", "right_high"), ".4f"
    ),
}  # of a whole run a tenth of a second is enough


class GivenName(str):
    """A heading that is a name of the data's or of a user's: it stands as it is, and tells nothing of the values."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """Columns and rows, with values as they are.

    Attributes:
        columns: names of the columns; those that are not of this program are ``GivenName``.
        rows: one value a column; ``None`` where there is none.
        remark: a sentence that belongs under it.
        less: the columns that a narrow line leaves out, the least important first; the others follow from the right.
        metric: of a matrix the name of what its numbers are; empty where the columns say it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    remark: str = ""
    less: tuple[str, ...] = ()
    metric: str = ""

    def cells(self) -> list[list[str]]:
        """Return the rows as a person reads them."""
        names = [self.metric or name for name in self.columns]
        return [[cell(name, value) for name, value in zip(names, row, strict=True)] for row in self.rows]

    def _is_number(self, column: int) -> bool:
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(isinstance(value, (int, float)) for value in values)

    def text(self, width: int | None = None, *, wraps: bool = False) -> str:
        """Return it with aligned columns; numbers and identifiers of runs are whole in any width.

        Args:
            width: cells of a line; ``None`` for as many as it takes.
            wraps: keep every column and continue longer texts in the next line, where columns are left out and texts
                shortened otherwise.
        """
        sides = [">" if self._is_number(i) else "<" for i in range(len(self.columns))]
        lines = self.layout(width, wraps).lines(self._titles(), self.cells(), sides, wraps)
        return "\n".join(lines)

    def left_out(self, width: int | None) -> tuple[str, ...]:
        """Return the titles of the columns for which so many cells have no room."""
        kept = self.layout(width, wraps=False).kept
        return tuple(name for i, name in enumerate(self._titles()) if i not in kept)

    def parts(self, width: int | None) -> list[Table]:
        """Return it as tables that need no more cells than that, each with the first column and some of the others."""
        parts, rest = [], list(range(1, len(self.columns)))
        while rest:
            part = self._of([0, *rest])
            shown = max(1, len(part.layout(width, wraps=False).kept) - 1)
            parts.append(self._of([0, *rest[:shown]]))
            rest = rest[shown:]
        return parts or [self]

    def _of(self, columns: Sequence[int]) -> Table:
        rows = tuple(tuple(row[i] for i in columns) for row in self.rows)
        return Table(tuple(self.columns[i] for i in columns), rows, metric=self.metric)

    def _titles(self) -> list[str]:
        return [visible(title(name)) for name in self.columns]

    def layout(self, width: int | None, wraps: bool) -> TableLayout:
        """Return which columns stand in so many cells, and how wide; ``None`` for as many as they need."""
        order = [i for name in self.less for i, column in enumerate(self.columns) if column == name]
        return lay_out(self._titles(), self.cells(), width, order, wraps)

    def markdown(self) -> str:
        """Return it as a table of GitHub's Markdown."""
        rule = ["---:" if self._is_number(i) else "---" for i in range(len(self.columns))]
        head, *body = [list(map(escape_markdown, line)) for line in (map(title, self.columns), *self.cells())]
        text = "".join("| " + " | ".join(line) + " |\n" for line in (head, rule, *body))
        return text + (f"\n{escape_markdown(self.remark)}\n" if self.remark else "")

    def latex(self) -> str:
        """Return it as a ``tabular`` with the rules of the package booktabs, for a document in any LaTeX."""
        layout = "".join("r" if self._is_number(i) else "l" for i in range(len(self.columns)))
        head, *body = [" & ".join(map(escape_tex, line)) + r" \\" for line in (map(title, self.columns), *self.cells())]
        lines = [rf"\begin{{tabular}}{{{layout}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule"]
        notes = [f"% {visible(self.remark)}"] if self.remark else []
        return "\n".join([_LATEX_NEEDS, *notes, GLYPH, *lines, r"\end{tabular}"]) + "\n"

    def turned(self) -> Table:
        """Return it with a column a row, for few rows of many values; what stood first heads the columns."""
        cells = self.cells()
        columns = (self.columns[0], *(GivenName(row[0]) for row in cells))
        rows = [(title(name), *(row[i] for row in cells)) for i, name in enumerate(self.columns) if i]
        return Table(columns, tuple(rows), self.remark)

    def csv(self) -> str:
        """Return it as CSV with full precision."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(map(csv_cell, self.columns))
        writer.writerows(map(csv_cell, row) for row in self.rows)
        return out.getvalue()


def title(name: str) -> str:
    """Return the name of a column as a person writes it: ``test accuracy``."""
    return str(name) if isinstance(name, GivenName) else name.replace("_", " ")


def cell(name: str, value: Any) -> str:
    """Return a value as a person reads it; a dash for none, and for a number that is not finite."""
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, "g") if isinstance(name, GivenName) else _number(name, value)
    if isinstance(value, (list, tuple)):
        texts = [join_words([text]) if "," in text or '"' in text else text for text in map(str, value)]
        return visible((", " if any(" " in text for text in texts) else ",").join(texts)) or "-"
    return visible(" ".join(str(value).split()))


def _number(name: str, value: float) -> str:
    """Return a number: a metric, also of the best epoch, its mean or its spread, with as many decimals as it has."""
    if name in _STYLES:
        return percent(value, 1) if _STYLES[name] == ".1%" else in_decimals(value, _STYLES[name])
    if DIFFERENCE in name:
        return in_decimals(value, "+.4f")
    for suffix in STATISTICS:
        name = name.removesuffix(suffix)
    metric = METRICS.get(name.removeprefix(BEST))
    return metric.format(value) if metric else format(value, "g")
