"""Two engines in lockstep: the same run by both, and how far their weights come apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from engines.contract import EngineError
from hw1_tui import data
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import Given
from hw1_tui.training.lockstep import Compared, compare, pair
from screens.dialogs.dialog import Dialog
from screens.state.field_words import in_field_words
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Series
from screens.widgets.chart.charted import Charted
from screens.widgets.compared_table import ComparedTable
from screens.widgets.plain import plain

_TITLE = "largest difference of the weights, by layer"


class LockstepDialog(Charted, Dialog[None]):
    """Trains as soon as it opens, in a thread of its own; closing it ends the comparison.

    Args:
        given: the run, as in the form.
        engines: names of the two.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "lockstep_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "dismiss_dialog", "Close", id="lockstep.close", show=False),
    ]

    class EpochCompared(Message):
        """Both engines have trained an epoch."""

        def __init__(self, compared: Compared) -> None:
            super().__init__()
            self.compared = compared

    class ComparisonEnded(Message):
        """Nothing more comes."""

        def __init__(self, sentence: str, wrong: bool = False) -> None:
            super().__init__()
            self.sentence = sentence
            self.wrong = wrong

    def __init__(self, given: Sequence[Given], engines: tuple[str, str]) -> None:
        super().__init__()
        self._given = given
        self._engines = engines
        self._compared: list[Compared] = []

    def compose(self) -> ComposeResult:
        """Draw a sentence, the chart, the table and the button."""
        first, second = self._engines
        with Vertical(classes="box -large") as box:
            box.border_title = plain(f"{first} and {second} in lockstep")
            box.border_subtitle = "escape closes"
            yield Static("Loading the data and the engines...", id="lockstep-state", markup=False)
            yield Chart(_TITLE, empty="Nothing is compared yet.", log_y=True, id="lockstep-chart")
            yield ComparedTable(id="lockstep-table", header_height=2)
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")

    def on_mount(self) -> None:
        """Begin."""
        self._train()

    @work(thread=True, exclusive=True, group="lockstep", exit_on_error=False)
    def _train(self) -> None:
        worker = get_current_worker()
        try:
            configs = pair(self._given, self._engines)
            dataset = data.load(*configs[0].wanted)
            for compared in compare(configs, dataset, lambda: worker.is_cancelled):
                self.post_message(self.EpochCompared(compared))
        except (MistakeError, EngineError) as error:
            self.post_message(self.ComparisonEnded(in_field_words(str(error)), wrong=True))
        except Exception as error:  # an engine may raise anything; here it becomes a sentence
            self.post_message(self.ComparisonEnded(f"The comparison failed: {error}", wrong=True))
        else:
            self.post_message(self.ComparisonEnded(""))

    @on(EpochCompared)
    def _show(self, event: EpochCompared) -> None:
        compared = event.compared
        self._compared.append(compared)
        names = list(compared.differences)
        table = self.query_one(ComparedTable)
        if not table.columns:
            headings = ("epoch", *(f"{name}\nloss" for name in self._engines), *names, "share of\nlargest")
            # As texts: engines and parameters have the names that their authors gave.
            table.add_columns(*(Text(heading, justify="right") for heading in headings))
        losses = compared.losses or (None, None)
        cells = [str(compared.epoch), *("-" if loss is None else f"{loss:.6f}" for loss in losses)]
        cells += [f"{difference:.1e}" for difference in (*compared.differences.values(), compared.relative)]
        table.add_row(*(Text(cell, justify="right") for cell in cells))
        table.move_cursor(row=table.row_count - 1)
        epochs = [one.epoch for one in self._compared]
        self.query_one(Chart).set_series(
            [Series(name, epochs, [one.differences[name] or None for one in self._compared]) for name in names]
        )
        self.query_one("#lockstep-state", Static).update(
            f"Epoch {compared.epoch}: the weights differ by at most {compared.relative:.1e} of the largest weight."
        )

    @on(ComparisonEnded)
    def _end(self, event: ComparisonEnded) -> None:
        state = self.query_one("#lockstep-state", Static)
        state.set_class(event.wrong, "wrong")
        if event.sentence:
            state.update(event.sentence)
        elif self._compared:
            worst = max(one.relative for one in self._compared)
            epochs = counted(self._compared[-1].epoch, "epoch")
            state.update(
                f"Done: over {epochs} the weights differ by at most {worst:.1e} of the largest weight."
                " Rounding alone gives about 1e-16 a step in float64."
            )
