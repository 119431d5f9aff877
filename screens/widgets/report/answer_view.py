"""One question of the report: what it asks, its tables, figures and claims, side by side where there is room."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from hw1_tui.report.questions.question import Homework, Question
from hw1_tui.report.reading import Reading
from screens.widgets.report.claim_list import ClaimList
from screens.widgets.report.figure_charts import FigureCharts
from screens.widgets.report.figure_table import FigureTable

_VIEWS = ("tables", "figures", "claims")


class AnswerView(Container):
    """What is printed beside what was measured.

    Args:
        id: of the widget.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="-tables")

    def compose(self) -> ComposeResult:
        """Draw what is asked, and the three views."""
        with Vertical(id="words"):
            yield Static(markup=False, id="question-text", classes="remark")
            yield FigureTable(id="tables")
            yield ClaimList(id="claims")
        yield FigureCharts(id="figures")

    async def show(self, question: Question, part: Homework, reading: Reading | None) -> None:
        """Show a question, with what the history has of it where that was read."""
        report = reading.report if reading else None
        text = self.query_one("#question-text", Static)
        text.update(question.text)
        text.set_class(not question.text, "-empty")
        tables = {table.table.number: table for table in report.tables} if report else {}
        self.query_one(FigureTable).show(part.tables, tables)
        self.query_one(ClaimList).show(part.claims, {c.claim.name: c for c in report.claims} if report else {})
        results = report.evidence.results if report else None
        histograms = reading.histograms if reading and report else {}
        await self.query_one(FigureCharts).show(part.figures, results, histograms)

    def turn(self, *, keeps_tables: bool) -> None:
        """Show the next of tables, figures and claims; the tables are none of them where they stay anyway."""
        now = next(position for position, name in enumerate(_VIEWS) if self.has_class(f"-{name}"))
        after = (now + 1) % len(_VIEWS)
        if after == 0 and keeps_tables:
            after = 1
        self.update_classes({f"-{_VIEWS[now]}": False, f"-{_VIEWS[after]}": True})

    def runs_under_cursor(self) -> tuple[str, ...] | None:
        """Return the names of the runs behind the row or claim under the cursor; ``None`` where none has the focus."""
        table, claims = self.query_one(FigureTable), self.query_one(ClaimList)
        if table.has_focus:
            return (table.run_name,)
        return claims.claim.runs if claims.has_focus and claims.claim else None
