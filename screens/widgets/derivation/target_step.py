"""What the steps of 3.3 share: the target c, drawn or typed."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup

from hw1_tui.derivation.construction import Spectrum
from screens.widgets.button import Button
from screens.widgets.derivation.example import TARGET_KINDS
from screens.widgets.derivation.step import Step, table
from screens.widgets.flow_row import FlowRow
from screens.widgets.matrix_view import MatrixView


class TargetStep(Step):
    """A step with the target to edit."""

    wanted: ClassVar[str] = ""
    """The kind of target that shows what the step is about; any will do by default."""

    def prepare(self) -> None:
        """Draw that kind, unless a target was typed."""
        if self.wanted and self.example.kind:
            self.example.draw_target(self.wanted)

    def compose_target(self) -> ComposeResult:
        """Yield the kinds of target, then S, q and c0 to edit."""
        with HorizontalGroup(classes="kinds"):
            for kind, title in TARGET_KINDS.items():
                yield Button(title, id=f"{self.id}-kind-{kind}", classes="kind")
        yield FlowRow(
            MatrixView("S", True, id=f"{self.id}-S"),
            MatrixView("q'", True, id=f"{self.id}-q"),
            MatrixView("c₀", True, id=f"{self.id}-c0"),
        )

    def show(self) -> None:
        """Fill in the target."""
        for name, values in vars(self.example.target).items():
            self.matrix(f"{self.id}-{name}").show(np.atleast_1d(values))
        for kind in TARGET_KINDS:
            self.query_one(f"#{self.id}-kind-{kind}", Button).set_class(kind == self.example.kind, "-chosen")

    def change(self, name: str, event: MatrixView.Edited) -> None:
        """Take an entry of the target."""
        self.example.set_target(name, event.row, event.column, event.value)
        self.example.kind = ""

    @on(Button.Pressed, ".kind")
    def _draw(self, event: Button.Pressed) -> None:
        event.stop()
        self.example.draw_target((event.button.id or "").rpartition("-")[2])
        self.post_message(self.ExampleChanged())

    def spectrum_lines(self) -> str:
        """Return eigenvalues and what q has along their vectors."""
        spectrum = Spectrum.of(self.example.target)
        shown = range(min(self.example.inputs, 8))
        rows = [
            ["λₖ", *(f"{spectrum.lam[k] if k < spectrum.rank else 0:.4g}" for k in shown)],
            ["uₖ'q", *(f"{spectrum.p[k] + 0:.4g}" for k in shown)],
        ]
        where = "in" if spectrum.in_range else "outside"
        found = f"rank S = {spectrum.rank}, q {where} its range: exact from K = {spectrum.smallest_exact} on"
        return table(["k", *(str(k + 1) for k in shown)], rows) + "\n" + found
