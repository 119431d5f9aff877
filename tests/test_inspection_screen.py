"""The Inside screen: which run, epoch and split is looked at, one view at a time, and what is wrong in its place."""

import re
from functools import partial

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Static

from hw1_tui.analysis.opened_run import kept_epochs
from hw1_tui.app import Hw1App
from screens import inspection
from screens.inspection import VIEWS
from screens.widgets.inside.step_view import StepView
from screens.widgets.key_bar import KeyBar
from screens.widgets.run_table import RunTable
from tests.support.history import ended, start, started, train, write_blobs
from tests.support.inside import go_to, is_drawn, screen_of, view_of
from tests.support.look import ALL
from tests.support.scripted_engine import until
from tests.support.settling import settle
from tests.support.told import told


def run_with_epochs(store, blobs, **values):
    return ended(start(store, blobs, every=1, **values)).run


def is_drawn_anew(app, before):
    return is_drawn(app) and view_of(app).subject is not before


def shows_split(app, split):
    return is_drawn(app) and view_of(app).subject.split == split


def shows_view(app, view):
    return is_drawn(app) and isinstance(view_of(app), view) and bool(app.screen.query_one(KeyBar).labels)


def text(app, name):
    return str(app.screen.query_one(name, Static).content)


async def test_without_a_run_it_says_what_to_do_first(store):
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No run is kept yet" in text(app, "#nothing"))
        await pilot.press("e")  # says why it does nothing, and nothing breaks
        assert app.screen.query_one("#nothing").display


async def test_i_under_runs_looks_inside_the_run_under_the_cursor_and_two_that_are_marked(store, blobs):
    first, second = train(store, blobs), train(store, blobs, seed=5)
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        table = app.screen.query_one("#history", RunTable)
        await until(pilot, lambda: table.row_count == 2)
        await pilot.press("down", "i")
        await until(pilot, lambda: app.current_mode == "inspection" and is_drawn(app))
        assert first in text(app, "#run")
        app.action_go("runs")
        await pilot.pause()
        await pilot.press("a", "i")
        await until(pilot, lambda: app.current_mode == "inspection" and " beside " in text(app, "#run"))
        assert first in text(app, "#run")
        assert second in text(app, "#run")


async def test_one_mark_and_runs_on_other_data_do_not_keep_i_from_the_run_under_the_cursor(store, blobs, tmp_path):
    """Marks are left over from a comparison: i showed a run that was marked, or a page with nothing and no way on."""
    first, second = train(store, blobs), train(store, write_blobs(tmp_path / "other.npz", seed=7))
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        table = app.screen.query_one("#history", RunTable)
        await until(pilot, lambda: table.row_count == 2)
        await pilot.press("a", "i")
        await pilot.pause()
        assert app.current_mode == "runs"
        assert "trained on different data and cannot stand beside each other: unmark one" in told(app)
        await pilot.press("a", "home", "space", "end", "i")
        await until(pilot, lambda: app.current_mode == "inspection" and is_drawn(app))
        assert first in text(app, "#run")
        assert second not in text(app, "#run")


async def test_every_view_has_its_footer_whole_and_the_focus_in_sight_in_the_smallest_terminal(store, blobs):
    run_with_epochs(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_drawn(app))
        for view in VIEWS:
            await until(pilot, partial(shows_view, app, view))
            await settle(pilot)
            assert app.screen.query_one(KeyBar).columns()[-1].stop <= 80, view
            assert app.focused is None or app.focused in app.screen.focus_chain, view
            await pilot.press("n")


async def test_epochs_and_splits_are_turned_through_and_shown_by_every_view(store, blobs):
    run_with_epochs(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        seen = set()
        for _ in range(5):
            before = view_of(app).subject
            seen.add(before.opened.model.epoch)
            await pilot.press("e")
            await until(pilot, partial(is_drawn_anew, app, before))
        assert seen == {0, 1, 2, 3, 4} or seen == {1, 2, 3, 4}
        for split in ("test", "train", "val"):
            await pilot.press("s")
            await until(pilot, partial(shows_split, app, split))


async def test_one_step_goes_through_examples_and_checks_the_weight_that_is_typed(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        assert "✓ agrees" in text(app, "#step-checked")
        first = text(app, "#step-lines")
        await pilot.press("full_stop")
        await until(pilot, lambda: is_drawn(app) and text(app, "#step-lines") != first)
        assert view_of(app).query_one("#example-number", Input).value == "1"
        app.screen.query_one("#step-weight").focus()
        await pilot.press(*"W2 1 3", "enter")
        await until(pilot, lambda: is_drawn(app) and "W2[1, 3]" in text(app, "#step-checked"))
        await pilot.press("end", *" 9", "enter")
        await until(pilot, lambda: is_drawn(app) and "W2 1 3 9" in text(app, "#step-checked"))
        number = view_of(app).query_one("#example-number", Input)
        number.focus()
        await pilot.press("home", "delete", *"1.0")
        assert number.value == "1.0"  # a sign that is passed over leaves another number
        for wrong in ("1.0", "1999", "9" * 5000):
            number.value = wrong
            await pilot.press("enter")
            await until(pilot, lambda: number.value == "1")


async def test_x_writes_the_open_view_to_the_file_that_is_typed(store, blobs, tmp_path):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        await pilot.press("x")
        await until(pilot, lambda: app.screen.query("#entry"))
        entry = app.screen.query_one("#entry", Input)
        assert entry.value.startswith("step-")
        assert entry.value.endswith(".csv"), "a name that enter alone can take"
        await pilot.press("z")
        assert entry.value == "z", "which gives way to what is typed"
        entry.value = str(tmp_path / "step.png")
        await pilot.press("enter")
        assert "has no picture" in text(app, "#wrong")
        app.screen.query_one("#entry", Input).value = str(tmp_path / "step.csv")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "step.csv").exists())
        assert "W₁" in (tmp_path / "step.csv").read_text(encoding="utf-8")


async def test_a_run_whose_data_is_gone_says_so_in_place_of_the_view(store, blobs):
    train(store, blobs)
    blobs.unlink()
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "blobs.npz" in text(app, "#nothing"))
        assert app.screen.query_one("#nothing").has_class("wrong")
        await pilot.press("n")
        assert "blobs.npz" in told(app)
        assert "No run is kept" not in told(app)


async def test_runs_on_different_data_are_not_set_beside_each_other(store, blobs, tmp_path):
    one, two = train(store, blobs), train(store, write_blobs(tmp_path / "others.npz", seed=9))
    app = Hw1App("inspect", inspected=(one, two))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "was trained on other data" in text(app, "#nothing"))


async def test_a_run_that_trains_is_followed_from_checkpoint_to_checkpoint(store, blobs, monkeypatch):
    monkeypatch.setattr(inspection, "SHARE", 1)
    events = start(store, blobs, every=1, epochs=3)
    run = started(events).run
    while store.get(run).results["epochs_done"] != 1:
        next(events)
    app = Hw1App("inspect", inspected=(run,))
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        assert view_of(app).subject.opened.model.epoch == 1
        for _ in events:
            pass
        await until(pilot, lambda: view_of(app).subject.opened.model.epoch == 3)


async def test_the_epochs_to_turn_to_are_those_that_are_kept_now(store, blobs):
    """Of a run that trains older checkpoints are removed, and no key led to those that it has."""
    run = run_with_epochs(store, blobs)
    app = Hw1App("inspect", inspected=(run,))
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        for epoch in (0, 1):
            store.find(run).checkpoint_store.at(epoch).path.unlink()
        await pilot.press("e")
        await until(pilot, lambda: view_of(app).subject.opened.model.epoch == kept_epochs(store, run)[0])
        assert told(app) == ""


def test_every_view_says_what_it_is_and_what_batch_calls_it():
    from hw1_tui.export.inspection import VIEWS as IN_BATCH

    for view in VIEWS:
        assert view.title
        assert view.about.endswith(".")
        assert view.name_in_batch in IN_BATCH


def test_what_any_example_has_is_not_told_as_that_of_a_picture():
    """Tables have features and examples; pixels and photographs are told where nothing else is shown."""
    from hw1_tui.export.inspection import VIEWS as IN_BATCH
    from screens.widgets.inside.heat_matrix import HeatMatrix
    from screens.widgets.inside.scatter import Scatter

    of_pictures = ("weights", "saliency")
    shown: list[type[Widget]] = [*VIEWS, HeatMatrix, Scatter]
    keys = [binding for widget in shown for binding in widget.BINDINGS]
    words = [text for key in keys if isinstance(key, Binding) for text in (key.description, key.tooltip)]
    words += [view.about for view in VIEWS if view.name_in_batch not in of_pictures]
    words += [view.help for name, view in IN_BATCH.items() if name not in of_pictures]
    assert not [text for text in words if re.search("pixel|photograph", text, re.IGNORECASE)]


async def test_the_command_of_a_view_prints_what_it_shows(store, blobs, monkeypatch):
    run = train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, StepView)
        command = screen_of(app).command()
        assert command
        assert f"inspect {run} step" in command.text
        assert "--home" not in command.text
        monkeypatch.setenv("HW1_TUI_HOME", "elsewhere")  # which the shell would look into, and the interface does not
        command = screen_of(app).command()
        assert command
        assert command.text.endswith(f" --home {store.home}")


async def test_step_looks_right(store, blobs, look):
    train(store, blobs, hidden_sizes=[6, 5])
    store.rename(store.runs()[0].run, "blobs")
    await look(Hw1App("inspect"), ALL, partial(go_to, view=StepView))
