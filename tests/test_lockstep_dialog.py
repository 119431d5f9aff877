"""The comparison of engines in the interface."""

import numpy as np
import pytest
from textual.widgets import DataTable, Static

from engines.contract import Array
from hw1_tui.app import Hw1App
from hw1_tui.settings import Given
from screens.dialogs.lockstep_dialog import LockstepDialog
from screens.widgets.chart.plot import Plot
from tests.support.scripted_engine import until

pytest.importorskip("torch")


@pytest.fixture
def data_file(tmp_path):
    rng = np.random.default_rng(0)
    arrays: dict[str, Array] = {}
    for split in ("train", "val", "test"):
        arrays[f"{split}_images"] = rng.random((60, 12)).astype(np.float32)
        arrays[f"{split}_labels"] = rng.integers(0, 3, 60)
    np.savez(tmp_path / "small.npz", allow_pickle=False, **arrays)
    return str(tmp_path / "small.npz")


def app_for(**values):
    return Hw1App("hyperparameters", [Given(name, str(value), name) for name, value in values.items()])


async def compare(pilot):
    await pilot.press("ctrl+l")
    await until(pilot, lambda: isinstance(pilot.app.screen, LockstepDialog))
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return str(pilot.app.screen.query_one("#lockstep-state", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_two_engines_train_the_run_of_the_form_and_stay_together(data_file, size):
    app = app_for(data=data_file, epochs=3, hidden_sizes=6)
    async with app.run_test(size=size) as pilot:
        assert "over 3 epochs" in await compare(pilot)
        table = app.screen.query_one(DataTable)
        assert table.row_count == 4
        assert all(float(str(table.get_row_at(row)[-1])) < 1e-10 for row in range(4))
        assert {series.name for series in app.screen.query_one(Plot).series} == {"W1", "b1", "W2", "b2"}
        assert app.screen.query_one("#close").region.bottom <= size[1]


async def test_every_column_can_be_reached_at_80_columns(data_file):
    """The table shows a bar and moves to its last column while the epoch stays in sight."""
    app = app_for(data=data_file, epochs=1, hidden_sizes="6,6,6")
    async with app.run_test(size=(80, 24)) as pilot:
        await compare(pilot)
        table = app.screen.query_one(DataTable)
        table.focus()
        await pilot.pause()
        assert table.show_horizontal_scrollbar
        table.move_cursor(row=0)
        await pilot.press("j")
        assert table.cursor_row == 1
        await pilot.press(*["right"] * 40)
        await pilot.pause()
        assert table.scroll_x == table.max_scroll_x
        assert table.fixed_columns == 1


@pytest.mark.parametrize("epochs", [1, 12])  # without and with a bar beside the table
async def test_a_number_that_the_edge_of_the_table_cuts_ends_in_an_ellipsis(data_file, epochs):
    """Of 2.6e-16 a cut left 2.6e-1, which reads as a number: whatever is seen is a whole one or is marked."""
    app = app_for(data=data_file, epochs=epochs, hidden_sizes="6,6,6")
    async with app.run_test(size=(80, 24)) as pilot:
        await compare(pilot)
        table = app.screen.query_one(DataTable)
        cells = {str(cell).strip() for row in range(table.row_count) for cell in table.get_row_at(row)}
        marked = set()
        for x in range(10):
            table.scroll_to(x=x, animate=False, force=True)
            await pilot.pause()
            assert table.scroll_x == x
            region = table.scrollable_content_region
            lines = [table.render_line(y).text[: region.width] for y in range(table.header_height, region.height)]
            shown = {text for line in lines for text in line.split()}
            assert {text for text in shown if "…" not in text} <= cells
            marked |= shown - cells
        assert marked


async def test_what_one_engine_cannot_follow_is_said(data_file):
    app = app_for(data=data_file, epochs=1, engine="torch", dropout=0.5)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "numpy engine does not take it" in await compare(pilot)
        await pilot.press("escape")
        assert not isinstance(app.screen, LockstepDialog)


async def test_closing_ends_the_comparison_inside_an_epoch(data_file):
    app = app_for(data=data_file, epochs=1_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.screen.query(DataTable) and app.screen.query_one(DataTable).row_count > 2)
        await pilot.press("escape")
        await app.workers.wait_for_complete()
        assert app.is_running
