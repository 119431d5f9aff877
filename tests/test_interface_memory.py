"""What is closed, removed or built again is forgotten: the interface may be open for days."""

import gc
import weakref
from collections import Counter
from functools import partial

from textual.dom import DOMNode

from hw1_tui.app import Hw1App
from screens.dialogs.comparison_dialog import MOST_RUNS, ComparisonDialog
from screens.dialogs.help_dialog import HelpDialog
from screens.widgets.chart.chart import Chart
from screens.widgets.run_table import RunTable
from tests.support.history import write_run
from tests.support.scripted_engine import app_of, until
from tests.support.told import told

MODELS = ("mlp", "perceptron", "logistic_regression")


def closed_widgets():
    """Return the widgets that were removed and are still in memory, by their class."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, DOMNode) and not one.is_running)


async def test_forms_built_again_and_closed_dialogs_are_forgotten(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:

        async def go_round(times):
            for number in range(times):
                app.workspace.draft.model = MODELS[number % 3]
                for key in ("f3", "f1", "escape", "ctrl+p", "escape", "f2"):
                    await pilot.press(key)
            await pilot.pause()
            app.tidy()
            return closed_widgets()

        def are_forgotten():
            app.tidy()
            return closed_widgets().total() <= before.total() + 10

        before = await go_round(1)
        await go_round(3)
        await until(pilot, are_forgotten)  # what one round leaves, with the next; what is being closed is waited for


async def test_more_runs_than_can_stand_side_by_side_are_refused_at_once(store):
    for number in range(MOST_RUNS + 1):
        write_run(store, f"261121-101010-a{number:03}")
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count > MOST_RUNS)
        await pilot.press("a", "c")
        await until(pilot, lambda: f"at most {MOST_RUNS}" in told(app))
        assert not isinstance(app.screen, ComparisonDialog)
        await pilot.press("space", "c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)


async def test_closed_dialogs_and_their_charts_are_forgotten(store):
    """Whatever a chart listens to: each comparison left its charts with all that they had drawn."""
    for number in range(2):
        write_run(store, f"261121-101010-a{number:03}")
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count == 2)
        await pilot.press("a")
        left = []
        for _ in range(2):
            await pilot.press("c")
            await until(
                pilot,
                lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn and app.screen.query(Chart),
            )
            await pilot.press("escape")
            await until(pilot, lambda: not app.screen.is_modal)
            app.tidy()
            left.append(closed_widgets()["Chart"])

        def are_no_more():
            app.tidy()
            return closed_widgets()["Chart"] <= left[0]

        await until(pilot, are_no_more)  # what is being closed is waited for


async def test_the_charts_of_questions_that_are_not_shown_are_forgotten(script):
    app = app_of(script, "report")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(Chart))
        made = weakref.WeakSet(app.screen.query(Chart))

        def has_others(shown):
            return app.screen.query(Chart) and shown.isdisjoint(app.screen.query(Chart))

        for _ in range(3):
            shown = weakref.WeakSet(app.screen.query(Chart))
            await pilot.press("down")
            await until(pilot, partial(has_others, shown))
            made.update(app.screen.query(Chart))
        app.tidy()
        gc.collect()
        assert len(made) <= len(app.screen.query(Chart)) + 1


async def test_what_a_closed_dialog_drew_is_forgotten(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        # Textual keeps what a widget drew here and nowhere else.
        drawn = [weakref.ref(widget._styles_cache) for widget in app.screen.query("*")]  # noqa: SLF001
        await pilot.press("escape", "3", "1")
        await until(pilot, lambda: not isinstance(app.screen, HelpDialog))

        def is_forgotten():
            app.tidy()
            gc.collect()
            return not any(one() for one in drawn)

        await until(pilot, is_forgotten)
