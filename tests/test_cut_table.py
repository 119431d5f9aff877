"""Names that a table has no room for stand whole somewhere: in the tooltip of the row, in the words below it."""

import pytest
from rich.style import Style
from textual.app import App
from textual.events import Click
from textual.widgets.option_list import Option

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from screens.widgets.choice_list import ChoiceList
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.run_table import RunTable
from tests.support.drawn import strips
from tests.support.history import train
from tests.support.scripted_engine import until
from tests.support.settling import settle

NAME = "a name of many words that says what the run was for"
LONG_NAME = f"{NAME.replace(' ', '-')}-and-{NAME.replace(' ', '_')}"


async def test_the_tooltip_follows_the_row_and_has_only_what_is_cut():
    class Tables(App[None]):
        def compose(self):
            yield CutTable(cursor_type="row")

    app = Tables()
    async with app.run_test(size=(40, 10)) as pilot:
        table = app.query_one(CutTable)
        for width in (10, 6):
            table.add_column("", width=width)
        assert table.tooltip is None
        for name in (NAME, "short", "森林森林森林"):
            table.add_row(cut_text(name), cut_text("mlp"))
        found = []
        for row in range(3):
            table.move_cursor(row=row)
            found.append(tooltip(table))
        assert found == [NAME, None, "森林森林森林"]
        await pilot.hover(CutTable, offset=(3, 1))
        assert str(table.tooltip) == NAME


def tooltip(widget):
    return None if widget.tooltip is None else str(widget.tooltip)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_name_of_a_run_is_drawn_whole_beside_the_history_and_stands_in_the_tooltip(blobs, size):
    """A name of one long word is wrapped where it is wider than its place."""
    run = train(Store(), blobs, epochs=1)
    Store().rename(run, LONG_NAME)
    app = Hw1App("runs")
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).run)
        await settle(pilot)
        x, y, width, height = app.screen.query_one("#preview-name").region
        drawn = (strip.crop(x, x + width).text.strip() for strip in strips(app)[y : y + height])
        assert LONG_NAME in "".join(drawn)
        assert LONG_NAME in str(app.screen.query_one(RunTable).tooltip)


async def test_a_click_on_what_a_list_or_a_table_had_when_it_was_clicked_ends_nothing():
    """Its row, column or line went between the press and the answer, as where a first click sorts or data comes."""

    class Lists(App[None]):
        def compose(self):
            yield CutTable(cursor_type="row")
            yield ChoiceList(Option("one"), click_selects=False)

        def on_mount(self):
            self.query_one(CutTable).styles.height = 5
            self.query_one(CutTable).add_column("name", width=6)
            self.query_one(CutTable).add_rows([[cut_text("a")], [cut_text("b")]])
            self.query_one(ChoiceList).highlighted = 0

    app = Lists()
    async with app.run_test() as pilot:
        table, choices = app.query_one(CutTable), app.query_one(ChoiceList)
        for widget, meta in ((table, {"row": -1, "column": 9}), (table, {"row": 9, "column": 0}),
                             (choices, {"option": 9})):  # fmt: skip
            for chain in (1, 2):
                place = (0, 0, 0, 0, 1, False, False, False)
                widget.post_message(Click(widget, *place, style=Style.from_meta(meta), chain=chain))
            await pilot.pause()
        assert (table.cursor_row, choices.highlighted) == (0, 0)
        await pilot.click(CutTable, offset=(30, 2))  # right of its last column
        assert table.cursor_row == 1
