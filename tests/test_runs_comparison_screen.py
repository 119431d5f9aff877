"""Marked runs side by side on the screen, and a branch over its parent."""

import threading

from textual.widgets import Button, DataTable, Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.mistake import Mistake, MistakeError
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.widgets.chart import Chart
from screens.widgets.chart.plot import Plot
from screens.widgets.run_table import RunTable
from tests.support.history import NUMPY, start, started, train, write_run
from tests.support.runs_screen import rows, shown
from tests.support.scripted_engine import until
from tests.support.told import told


async def test_marked_runs_are_compared_curves_over_each_other(store, blobs):
    parent = train(store, blobs, seed=1, every=2, **NUMPY)
    other = train(store, blobs, seed=2, **NUMPY)
    store.rename(parent, "[/first]")
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, other, parent)
        await pilot.press("space", "space", "c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        dialog = app.screen
        chart = dialog.query_one("#compare-val-loss", Chart)
        assert "\n2 seeds: from" in chart.summary
        assert "the band around it" in chart.summary
        await pilot.press("s")
        assert f"[/first] {parent}: from" in chart.summary
        assert f"{other}: from" in chart.summary
        assert "band" not in chart.summary
        await pilot.press("u", "u")
        assert ", by seconds" in chart.summary
        table = dialog.query_one("#metrics", DataTable)
        cells = {
            str(table.get_row_at(i)[0]): [str(cell).strip() for cell in table.get_row_at(i)[1:]]
            for i in range(table.row_count)
        }
        assert cells["seed"] == ["2", "1"]
        assert cells["difference low"][0] == "-"
        assert cells["difference low"][1] != "-"
        assert "McNemar" in str(dialog.query_one("#comparison-remark", Static).content)
        await pilot.press("j", "j", "k")
        assert table.cursor_row == 1
        await pilot.press("end")
        assert table.cursor_row == table.row_count - 1
        await pilot.press("home")
        assert table.cursor_row == 0
        await pilot.press("v")
        assert str(table.get_row_at(0)[1]) == "2"
        await pilot.press("c", "escape")
        assert app.current_mode == "runs"
        assert not isinstance(app.screen, ComparisonDialog)


async def test_a_comparison_is_read_beside_the_interface_and_keys_count_before_it_is_there(store):
    """Two runs of 100,000 epochs held it up for three seconds; what is pressed meanwhile is for the comparison."""
    records = [store.get(write_run(store, f"26112{day}-090000-wxyz", seed=day)) for day in (1, 2)]
    may_read = threading.Event()

    def read():
        assert may_read.wait(60)
        return [store.metrics(record.run) for record in records], None

    def fail():
        raise MistakeError(Mistake("its folder", "cannot be read"))

    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, *(record.run for record in records[::-1]))
        dialog = ComparisonDialog(records, read)
        app.push_screen(dialog)
        await until(pilot, lambda: dialog.query("#compare-val-loss"))
        await pilot.press("u", "v")
        assert not dialog.is_drawn
        may_read.set()
        await until(pilot, lambda: dialog.is_drawn)
        assert ", by updates" in dialog.query_one("#compare-val-loss", Chart).summary
        assert str(dialog.query_one("#metrics", DataTable).get_row_at(0)[1]) == "2"  # seeds, gathered
        await pilot.press("escape")
        app.push_screen(ComparisonDialog(records, fail))
        await until(pilot, lambda: "its folder: cannot be read" in told(app))
        assert not app.screen.is_modal


async def test_the_table_of_a_comparison_turns_to_the_values_of_what_differs(store, blobs):
    runs = [train(store, blobs, **{**NUMPY, "learning_rate": rate}) for rate in (0.05, 0.01)]
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, *runs[::-1])
        await pilot.press("a", "c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        labels = []
        for _ in range(3):
            labels.append(str(app.screen.query_one("#seeds", Button).label))
            await pilot.press("v")
        assert labels == ["Seeds", "By learning rate", "Runs"]
        await pilot.press("v", "v")
        table = app.screen.query_one("#metrics", DataTable)
        assert [str(column.label) for column in table.ordered_columns] == ["", "0.01", "0.05"]
        cells = {str(row[0]): [str(cell) for cell in row[1:]] for row in map(table.get_row_at, range(table.row_count))}
        assert cells["seeds"] == ["1", "1"]
        assert cells["verdict"][0] == "-"
        assert cells["verdict"][1].startswith(("clear", "cannot be told"))


async def test_runs_of_which_none_finished_are_gathered_by_nothing_and_that_is_said(store, blobs):
    """The tables of seeds and of values have no column then, which ended the interface."""
    events = start(store, blobs)
    run = started(events).run
    events.close()
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InterruptedDialog))
        await pilot.press("escape")
        await shown(pilot, run)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        await pilot.press("v")
        remark = app.screen.query_one("#comparison-remark", Static)
        assert "Left out: 1 run, 1 interrupted" in str(remark.content)


async def test_in_a_small_terminal_one_sees_which_curve_the_comparison_shows(store, blobs):
    run = train(store, blobs, **NUMPY)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, run)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        for title in ("validation loss", "validation accuracy", "training loss"):
            chosen = next(chart for chart in app.screen.query(Chart) if chart.has_class("-chosen"))
            await until_named(pilot, chosen, title)
            await pilot.press("c")


async def until_named(pilot, chart, title):
    lines = [chart.query_one(name, Static) for name in (".chart-title", ".chart-legend")]
    await until(pilot, lambda: any(line.display and str(line.content).startswith(title) for line in lines))


async def test_branching_joins_the_curve_of_its_parent(store, blobs):
    parent = train(store, blobs, every=2, **NUMPY)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, parent)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog))
        app.screen.query_one("#epoch", Input).value = "2"
        field = app.screen.query_one("#field-learning-rate .control", Input)
        field.value = "fast"
        await pilot.pause()
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, ContinuationDialog)
        field.value = "0.1"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].ended)
        assert app.current_mode == "training"
        live = app.workspace.queue.runs[-1]
        assert live.ended
        assert live.ended.status == "finished"
        assert [epoch.epoch for epoch in live.epochs] == [0, 1, 2, 3, 4]
        child = live.ended.run
        assert store.get(child).parent == parent
        assert store.get(child).config["learning_rate"] == 0.1
        await pilot.press("5")
        await shown(pilot, child, parent)
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        assert list(app.screen.query_one("#compare-val-loss Plot", Plot).series[0].x) == [0, 1, 2, 3, 4]


async def test_the_comparison_exports_the_runs_that_it_shows(store, blobs, tmp_path):
    runs = [train(store, blobs, learning_rate=rate) for rate in (0.01, 0.02)]
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and len(rows(app)) == 2)
        await pilot.press("a", "c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        assert app.screen.query_one(".box").styles.border.top[0] == "round"  # rules for dialogs reach those with charts
        for name in ("a.svg", "a.md"):
            await pilot.press("x")
            app.screen.query_one("#entry", Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await app.workers.wait_for_complete()
        assert "<svg" in (tmp_path / "a.svg").read_text()
        assert all(run in (tmp_path / "a.md").read_text() for run in runs)
