"""What the first layer learned, a picture a unit, and what each unit answers to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.analysis.first_layer import FirstLayer, look_at_first_layer
from hw1_tui.analysis.unit_activity import ORDERS, Order, sort_units
from hw1_tui.analysis.weight_picture import Shown
from screens.state.example_list import ExampleList
from screens.widgets.button import Button
from screens.widgets.example_view import ExampleView
from screens.widgets.gallery import Gallery
from screens.widgets.inside.saliency_view import SaliencyView
from screens.widgets.inside.signed_picture import PixelPicture
from screens.widgets.inside.unit_sheet import Units, UnitSheet
from screens.widgets.inside.view import InsideView

_SIDE_FROM = 84
"""Columns from which a unit stands large beside the sheet; with fewer, enter shows it in the sheet's place."""


class WeightView(InsideView):
    """The weights of a linear model's classes, or how the weights of a network's units moved."""

    title = "Weights"
    name_in_batch = "weights"
    about = "What light speaks for a class, or wakes a unit, and what speaks against it: its weights as a picture."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "turn_order", "Order", id="inside.order", tooltip="Sort by number, movement, class or activity."),
        Binding("w", "turn_shown", "Moved", id="inside.shown", show=False,
                tooltip="The weights, or how far they moved."),
        Binding("c", "turn_colour", "Colours", id="inside.colours", show=False,
                tooltip="Channels as colours around grey, or their sum by its sign."),
        Binding("escape", "back", "Sheet", id="inside.sheet", show=False, tooltip="Back to the sheet."),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = """
    WeightView {
        #weight-bar { height: 1; padding: 0 1; }
        #weight-bar Button { margin: 0 1 0 0; }
        #weight-legend { width: auto; }
        #weight-remark { height: auto; max-height: 5; padding: 0 1; }
        #weight-remark.-empty { display: none; }
        #weight-sheet { width: 1fr; height: 100%; margin: 0 0 0 1; }
        #weight-side { width: 1fr; max-width: 65; height: 100%; display: none; padding: 0 1; }
        #weight-unit { width: 100%; height: 2fr; max-height: 25; }
        #weight-pixel { height: auto; }
        #weight-facts { height: auto; }
        #weight-strongest { height: 1fr; min-height: 6; }
        &.-side #weight-side { display: block; }
        &.-unit #weight-sheet { display: none; }
        &.-unit #weight-side { display: block; max-width: 100%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._order: Order | None = None
        self._shown: Shown | None = None
        self._in_colours = True
        self._found: FirstLayer | None = None

    def compose_view(self) -> Iterator[Widget]:
        """Yield the sheet, and beside it one unit."""
        with Horizontal(id="weight-bar"):
            yield Button("by number", id="weight-order", tooltip="In which order they stand (o).")
            yield Button("weights W", id="weight-shown", tooltip="The weights, or how far they moved (w).")
            yield Button("in colours", id="weight-colour", tooltip="Channels as colours, or their sum (c).")
            yield Static(markup=False, id="weight-legend", classes="remark")
        yield Static(markup=False, id="weight-remark", classes="remark -empty")
        with Horizontal():
            yield UnitSheet(id="weight-sheet")
            with Vertical(id="weight-side"):
                yield PixelPicture(id="weight-unit")
                yield Static(markup=False, id="weight-pixel", classes="remark")
                yield Static(markup=False, id="weight-facts")
                yield Gallery(id="weight-strongest")

    def settings(self) -> dict[str, Any]:
        """Return whether weights or their movement are shown."""
        return {"shown": self._shown}

    def compute(self, subject: Subject, shown: Shown | None = None) -> FirstLayer:
        """Look at the first layer."""
        return look_at_first_layer(subject, shown)

    def draw(self, _subject: Subject, result: FirstLayer) -> None:
        """Draw the sheet."""
        self._found = result
        remark = self.query_one("#weight-remark", Static)
        remark.update(result.remark)
        remark.set_class(not result.remark, "-empty")
        self._show_units()

    def _show_units(self) -> None:
        found = self._found
        if found is None:
            return
        order = self._order or found.natural_order
        in_colours = self._in_colours and found.pictures.values.shape[3] == 3
        self.query_one("#weight-legend", Static).update(_legend(in_colours, self.app.no_color))
        labels = {
            "order": f"by {order}",
            "shown": "W - W at the start" if found.pictures.shown == "movement" else "weights W",
            "colour": "in colours" if in_colours else "- and +",
        }
        for name, label in labels.items():
            button = self.query_one(f"#weight-{name}", Button)
            button.label = label
            button.refresh(layout=True)
        numbers = sort_units(order, found.pictures.moved, found.activity)
        sheet = self.query_one(UnitSheet)
        sheet.show_units(Units(found.pictures, numbers, found.captions, found.facts(order), in_colours))

    # One unit.

    @on(ExampleView.Moved, "#weight-sheet")
    def _point(self) -> None:
        """Show the unit under the cursor large, and what it answers to most."""
        sheet, found = self.query_one(UnitSheet), self._found
        unit = sheet.unit
        if found is None or unit is None or self.drawn is None:
            return
        self.query_one(PixelPicture).show(sheet.picture_of(unit))
        self._write_facts()
        strongest = self.query_one("#weight-strongest", Gallery)
        strongest.display = found.activity is not None and not found.activity.silent[unit]
        if found.activity is not None:
            examples = ExampleList(self.drawn.opened.dataset, self.drawn.split)
            examples.indices = found.examples[found.activity.strongest[unit]]
            strongest.show(examples)

    @on(PixelPicture.Pointed)
    def _write_facts(self) -> None:
        unit, found, pixel = self.query_one(UnitSheet).unit, self._found, self.query_one(PixelPicture)
        if found is not None and unit is not None:
            self.query_one("#weight-pixel", Static).update(found.pixel_words(unit, pixel.row, pixel.column))
            self.query_one("#weight-facts", Static).update(found.words(unit))

    @on(ExampleView.Opened, "#weight-sheet")
    def _open(self) -> None:
        """Go to the unit: its pixels and its examples."""
        self.set_class(not self.has_class("-side"), "-unit")
        self.query_one(PixelPicture).focus()

    @on(ExampleView.Opened, "#weight-strongest")
    def _explain(self) -> None:
        """Ask what in an example the answer hangs on."""
        strongest = self.query_one("#weight-strongest", Gallery)
        if strongest.examples is not None:
            self.post_message(self.ExampleAsked(int(strongest.examples.indices[strongest.cursor]), SaliencyView))

    # Keys.

    def action_turn_order(self) -> None:
        """Sort by the next order."""
        if self._found is not None:
            now = ORDERS.index(self._order or self._found.natural_order)
            self._order = ORDERS[(now + 1) % len(ORDERS)]
            self._show_units()

    def action_turn_shown(self) -> None:
        """Show the weights, or how they moved."""
        if self._found is not None:
            self._shown = "weights" if self._found.pictures.shown == "movement" else "movement"
            self.look_again()

    def action_turn_colour(self) -> None:
        """Draw channels as colours, or their sum by its sign."""
        self._in_colours = not self._in_colours
        self._show_units()

    def action_back(self) -> None:
        """Show the sheet again."""
        self.remove_class("-unit")
        self.query_one(UnitSheet).focus()

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        {
            "weight-order": self.action_turn_order,
            "weight-shown": self.action_turn_shown,
            "weight-colour": self.action_turn_colour,
        }[str(event.button.id)]()

    def on_resize(self) -> None:
        """Show a unit beside the sheet where there is room for both."""
        has_side = self.size.width >= _SIDE_FROM
        self.set_class(has_side, "-side")
        if has_side:
            self.remove_class("-unit")


def _legend(in_colours: bool, plain: bool) -> str:
    if in_colours:
        return "grey is 0, lighter is positive"
    return "light positive, dark negative" if plain else "orange positive, blue negative"
