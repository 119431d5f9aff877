"""A step of the derivation: its formula, a small example in figures, the report's version, and its checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.derivation.check import CheckResult
from screens.widgets.derivation.example import Example
from screens.widgets.formula import Formula
from screens.widgets.matrix_view import MatrixView


class Step(VerticalScroll):
    """One step. Subclasses say what they teach and override ``compose_example``, ``compose_report`` and ``show``."""

    question: ClassVar[str] = ""
    title: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    report: ClassVar[str] = ""
    """The report's formula with what is wrong in ``⟦ ⟧``; empty where the report says nothing."""
    checks: ClassVar[tuple[str, ...]] = ()
    """Names of the checks of the catalogue that belong to it."""

    class ExampleChanged(Message):
        """An entry of the example was changed."""

    def __init__(self, example: Example, id: str) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=False)
        self.example = example

    def compose(self) -> ComposeResult:
        """Draw the formula, the example with the report's beside it, and the checks."""
        yield Formula(self.formula)
        with HorizontalGroup(classes="versions"):
            with VerticalGroup(classes="ours"):
                yield from self.compose_example()
            if self.report:
                with VerticalGroup(classes="report frame") as box:
                    box.border_title = "The report"
                    yield Formula(self.report)
                    yield from self.compose_report()
        yield Static(classes="checks", markup=False)

    def compose_example(self) -> ComposeResult:
        """Yield the example in figures."""
        yield from ()

    def compose_report(self) -> ComposeResult:
        """Yield the report's version in figures."""
        yield from ()

    def show(self) -> None:
        """Put the example's figures into the widgets."""

    def say(self, selector: str, text: str) -> None:
        """Put lines into a ``Static``."""
        self.query_one(selector, Static).update(text)

    def matrix(self, name: str) -> MatrixView:
        """Return the matrix with that id."""
        return self.query_one(f"#{name}", MatrixView)

    def show_checks(self, results: Sequence[CheckResult]) -> None:
        """Write what the checks found for other, random parameters of the same size."""
        lines = [line for result in results for line in _lines(result)]
        self.say(".checks", "\n".join(lines))

    @on(MatrixView.Edited)
    def _change_theta(self, event: MatrixView.Edited) -> None:
        event.stop()
        name = (event.view.id or "").partition("-")[2]
        self.change(name, event)
        self.post_message(self.ExampleChanged())

    def change(self, name: str, event: MatrixView.Edited) -> None:
        """Take an edited entry; of Theta and x by default."""
        self.example.set_theta(name, event.row, event.column, event.value)


def row(*widgets: Widget) -> HorizontalGroup:
    """Return widgets beside each other."""
    return HorizontalGroup(*widgets, classes="row")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned table: the first column to the left, the others to the right."""
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]

    def line(cells: Sequence[str]) -> str:
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        return "  ".join([cells[0].ljust(widths[0]), *rest]).rstrip()

    return "\n".join([line(headings), *map(line, rows)])


def _lines(result: CheckResult) -> Iterator[str]:
    check = result.check
    mark = "✓" if result.holds else "✗"
    who = f"the report's {check.report}" if not check.right else check.statement
    relation = "≤" if result.holds else ">"
    measured = f"error {result.error:.1e} {relation} tolerance {result.tolerance:.1e}"
    words = ("holds" if result.holds else "fails") + ("" if result.as_expected else ", UNEXPECTED")
    if check.right:
        yield f"{mark} {words}  {who}"
        yield f"         {measured}" + (f"   {result.detail}" if result.detail else "")
    else:
        yield f"{mark} {words}  {who}: {check.statement}"
        yield f"         {measured}"
        yield f"         {result.detail}"
