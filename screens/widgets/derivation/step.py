"""A step of the derivation: its formula, a small example in numbers, the report's version, and its checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalGroup, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from screens.widgets.derivation.check_list import CheckList
from screens.widgets.derivation.columns import Columns, Illustrated
from screens.widgets.derivation.example import Example
from screens.widgets.derivation.function_pictures import Function, FunctionPictures
from screens.widgets.flow_row import FlowRow
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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", show=False, id="derivation.scroll-down"),
        Binding("k", "scroll_up", "Scroll up", show=False, id="derivation.scroll-up"),
    ]

    class ExampleChanged(Message):
        """An entry of the example was changed."""

    def __init__(self, example: Example, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.example = example

    def compose(self) -> ComposeResult:
        """Draw the formula and the report's; below them the numbers of both, and the checks, or beside them."""
        formulas = [Formula(self.formula)]
        if self.report:
            formulas.append(Formula(self.report, "The report"))
        yield FlowRow(*formulas, classes="formulas")
        with Container(classes="parts"):
            with Illustrated(classes="illustrated"):
                with Columns(classes="columns"):
                    with VerticalGroup(classes="ours"):
                        yield from self.compose_example()
                    theirs = list(self.compose_report())
                    if theirs:
                        yield VerticalGroup(*theirs, classes="report")
                yield FunctionPictures()
            with VerticalGroup(classes="checked"):
                yield Static("Checks", classes="title")
                yield CheckList(markup=False)

    def compose_example(self) -> ComposeResult:
        """Yield the example in numbers."""
        yield from ()

    def compose_report(self) -> ComposeResult:
        """Yield the report's version in numbers."""
        yield from ()

    def show(self) -> None:
        """Put the example's numbers into the widgets."""

    def functions(self) -> Sequence[tuple[str, Function]]:
        """Return what can be drawn over the inputs, with what is written below it; nothing by default."""
        return ()

    def draw(self) -> None:
        """Draw the example's functions."""
        self.query_one(FunctionPictures).show(self.functions(), self.example.x)

    def say(self, selector: str, text: str) -> None:
        """Put lines into a ``Static``."""
        self.query_one(selector, Static).update(text)

    def matrix(self, name: str) -> MatrixView:
        """Return the matrix with that id."""
        return self.query_one(f"#{name}", MatrixView)

    def prepare(self) -> None:
        """Choose an example that shows what the step is about; called when the step is first opened."""

    def fit(self) -> None:
        """Stack what no longer fits beside each other."""
        self.query_one(Illustrated).fit()
        for row in self.query(FlowRow):
            row.fit()

    @on(MatrixView.Edited)
    def _change_theta(self, event: MatrixView.Edited) -> None:
        event.stop()
        name = (event.view.id or "").partition("-")[2]
        self.change(name, event)
        self.post_message(self.ExampleChanged())

    def change(self, name: str, event: MatrixView.Edited) -> None:
        """Take an edited entry; of Theta and x by default."""
        self.example.set_theta(name, event.row, event.column, event.value)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned table: the first column to the left, the others to the right."""
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]

    def line(cells: Sequence[str]) -> str:
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        return "  ".join([cells[0].ljust(widths[0]), *rest]).rstrip()

    return "\n".join([line(headings), *map(line, rows)])
