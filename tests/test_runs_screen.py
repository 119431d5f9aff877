"""The history in the interface: find, compare, go on, label, delete and bring back."""

import asyncio
import errno
import threading

import pytest
from textual.app import App
from textual.widgets import Button, Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from hw1_tui.runs.record import CURVE_POINTS
from hw1_tui.training.recording import resume
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.dialogs.target_dialog import OverwriteDialog, TargetDialog
from screens.state.run_label import RUN_LABELS
from screens.state.run_search import RunSearch
from screens.state.run_source import submit_branched, submit_resumed
from screens.training import TrainingScreen
from screens.widgets.chart import Chart
from screens.widgets.epoch_table import EpochTable
from screens.widgets.number import on_point, sparkline
from screens.widgets.run_preview import RunPreview
from screens.widgets.run_table import COLUMNS, RunTable
from tests.support.drawn import strips
from tests.support.history import NUMPY, start, started, train, write_run
from tests.support.palette import first_found
from tests.support.runs_screen import rows, shown
from tests.support.scripted_engine import until
from tests.support.settling import settle
from tests.support.told import notes, told


def first_row(app):
    return [str(cell).strip() for cell in app.screen.query_one(RunTable).get_row_at(0)]


async def test_an_empty_history_says_so_and_every_key_is_harmless(store):
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No run is kept yet" in str(app.screen.query_one("#nothing", Static).content))
        await pilot.press("space", "c", "g", "b", "x", "d", "u", "asterisk", "t", "n", "r", "a", "s", "v", "enter")
        assert app.current_mode == "runs"
        for key in ("i", "p"):  # were silent
            app.clear_notifications()
            await pilot.press(key, key)
            assert [note.partition(".")[0] for note in notes(app)] == ["No run is kept yet"]  # once, though asked twice
        assert len(app.screen_stack) == 1
    assert not store.home.exists()


async def test_escape_in_the_filter_gives_the_whole_list_back_and_only_then_leaves(store, blobs):
    """It led to another screen, where what was typed next were commands."""
    runs = [train(store, blobs, seed=seed) for seed in (1, 2)]
    app = Hw1App("training")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f6")
        await shown(pilot, *runs[::-1])
        await pilot.press("slash", *"seed=2")
        await shown(pilot, runs[1])
        await pilot.press("escape")
        await shown(pilot, *runs[::-1])
        assert isinstance(app.focused, RunTable)
        await pilot.press("slash", *"seed=3")
        await shown(pilot)
        await pilot.press("escape")
        await shown(pilot, *runs[::-1])
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "training")


async def test_runs_that_were_deleted_before_are_told_of_where_no_others_are(store, blobs):
    """``u`` undoes what was deleted here: what another evening deleted is found in the trash alone."""
    store.delete(train(store, blobs))
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        nothing = app.screen.query_one("#nothing", Static)
        await until(pilot, lambda: str(nothing.content) == "Every run is in the trash: z shows it.")
        await pilot.press("z")
        await until(pilot, lambda: app.screen.query_one(RunTable).row_count == 1)


async def test_a_history_that_is_still_being_read_is_not_called_empty(store, blobs, monkeypatch):
    run, read, find = train(store, blobs), threading.Event(), RunSearch.find
    monkeypatch.setattr(RunSearch, "find", lambda search, kept: find(search, kept) if read.wait(60) else None)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable))
        await pilot.press("space")
        await until(pilot, lambda: notes(app))
        shown_meanwhile = str(app.screen.query_one("#nothing", Static).content)
        read.set()
        assert notes(app) == ["The history is still being read."]
        assert shown_meanwhile in ("", *notes(app))
        await shown(pilot, run)


async def test_the_palette_does_nothing_to_another_run_than_the_one_that_was_chosen(store, blobs):
    """Another program deletes the chosen run while the palette is open: Delete took the run that came in its place."""
    left, gone = (train(store, blobs, seed=seed) for seed in (1, 2))
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, gone, left)
        runs = app.screen
        await pilot.press("ctrl+p", *"delete")
        await until(pilot, lambda: "Delete" in first_found(app))
        store.delete(gone)
        await until(pilot, lambda: [key.value for key in runs.query_one(RunTable).rows] == [left])
        await pilot.press("enter")
        await until(pilot, lambda: notes(app))
        await shown(pilot, left)
        assert notes(app)[0].startswith("Delete is not done")


async def test_a_filter_is_typed_and_its_mistakes_are_said(store, blobs):
    runs = [train(store, blobs, seed=seed) for seed in (1, 2, 3)]
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, *runs[::-1])
        await pilot.press("slash", *"seed>1")
        await shown(pilot, runs[2], runs[1])
        assert "2 runs, filtered" in str(app.screen.query_one("#count", Static).content)
        app.screen.query_one("#filter", Input).value = "seed>1 sed=1"
        problem = app.screen.query_one("#filter-problem", Static)
        await until(pilot, lambda: "did you mean seed" in str(problem.content))
        assert rows(app) == [runs[2], runs[1]]
        app.screen.query_one("#filter", Input).value = "model=mlp seed=9"
        nothing = app.screen.query_one("#nothing", Static)
        await until(pilot, lambda: str(nothing.content).startswith("No run has seed=9; the nearest is 3.\n"))
        app.screen.query_one("#filter", Input).value = "model=mpl"
        await until(pilot, lambda: "did you mean model=mlp" in str(problem.content))
        assert "No run has seed=9" not in str(nothing.content)  # of what was typed before
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#filter")  # in the list "d", typed to put it right, deletes
        app.screen.query_one("#filter", Input).value = ""
        await shown(pilot, *runs[::-1])
        await pilot.press("enter")
        assert isinstance(app.focused, RunTable)
        await pilot.press("a")
        app.screen.query_one("#filter", Input).value = "seed>1"
        await shown(pilot, runs[2], runs[1])
        count = app.screen.query_one("#count", Static)
        assert str(count.content) == "2 runs, 2 marked and 1 not shown, filtered"
        await pilot.press("c")  # which looks at all that are marked, wherever they were found
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        assert "3 runs" in "\n".join(strip.text for strip in strips(app))
        await pilot.press("escape")
        store.delete(runs[0])
        app.screen.query_one("#filter", Input).value = ""
        await until(pilot, lambda: str(count.content) == "2 runs, 2 marked")
        store.home.rename(store.home.with_name("taken out"))
        await until(pilot, lambda: "has vanished: perhaps its disk was taken out" in str(nothing.content))
        assert "No run is kept yet" not in str(nothing.content)


async def click_heading(pilot, word):
    await settle(pilot)  # the columns are laid out after the rows are there
    y = pilot.app.screen.query_one(RunTable).content_region.y
    x = strips(pilot.app)[y].text.find(word)
    assert x >= 0
    await pilot.click(offset=(x, y))


async def test_headings_sort(store, blobs):
    """A click on a heading sorts by it, a second one the other way round."""
    runs = [train(store, blobs, seed=seed, learning_rate=rate) for seed, rate in ((1, 0.1), (2, 0.001), (3, 0.01))]
    app = Hw1App("runs")
    async with app.run_test(size=(170, 40)) as pilot:
        await shown(pilot, *runs[::-1])
        await click_heading(pilot, "rate")
        await shown(pilot, runs[0], runs[2], runs[1])
        await click_heading(pilot, "rate")
        await shown(pilot, runs[1], runs[2], runs[0])


@pytest.mark.parametrize("width", range(64, 100, 4))
async def test_the_list_is_sorted_by_each_column_in_its_turn_and_its_heading_says_so(store, blobs, width):
    """Guarantee: no column gives way to the arrow of its own heading, after which ``s`` began anew and came to none
    behind it; of runs whose order stays the heading is written anew, which named what they were sorted by before."""
    records = [store.get(train(store, blobs, seed=seed)) for seed in (1, 2)]
    app, names = App[None](), [""]
    async with app.run_test(size=(width, 8)) as pilot:
        table = RunTable()
        await app.mount(table)
        await pilot.pause()
        table.show(records, (), "")
        while names[-1] not in names[:-1]:
            names.append(table.sortable_after(names[-1]))
            table.show(records, (), f"-{names[-1]}")
            await pilot.pause()
            title = next(column.title for column in COLUMNS if column.name == names[-1])
            assert f"{title}↓" in strips(app)[table.content_region.y].text
    assert {"created", "epochs_done", "val_accuracy", "test_accuracy"} <= set(names)


def test_tags_that_are_shown_and_taken_as_they_stand_are_the_same(store, blobs):
    """A tag of two words, as a sweep's name or the command line gives it, became two; ``a, b`` a tag ``a,``."""
    tags = ("sweep-two words", "don't", "a,b", 'the "best" one', '5"', "x")
    run = store.tag(train(store, blobs), *tags)
    label = RUN_LABELS["tags"]
    label.write(store, run, label.read(run))
    assert store.get(run.run).labels.tags == tags
    label.write(store, run, 'new, "three words" x "open end')
    assert set(store.get(run.run).labels.tags) == {"new", "three words", "x", '"open', "end"}


def test_a_note_of_several_lines_is_one_line_while_it_is_changed_and_stays_as_it_was(store, blobs):
    """Its lines stood glued to each other in the dialog."""
    run, label = store.note(train(store, blobs), "one\n  two\n"), RUN_LABELS["note"]
    assert label.read(run) == "one↵  two↵"
    label.write(store, run, label.read(run) + "three")
    assert store.get(run.run).labels.note == "one\n  two\nthree"


async def test_a_name_that_is_refused_stays_to_be_mended(store, blobs):
    """The dialog closed, and what was typed was gone."""
    run, other = train(store, blobs), train(store, blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, other, run)
        await pilot.press("down", "r", *other, "enter")
        await until(pilot, lambda: "is the identifier of another run" in told(app))
        await pilot.press("x", "enter")
        await until(pilot, lambda: store.get(run).labels.name == f"{other}x")
        await until(pilot, lambda: not app.screen.query("#entry"))


async def test_a_note_that_another_program_wrote_meanwhile_is_seen_before_it_is_replaced(store, blobs):
    """Whoever had the dialog open wrote over it without a word; tags are merged."""
    run = store.note(train(store, blobs), "mine").run
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, run)
        await pilot.press("n", *" too")
        store.note(run, "of another")
        await pilot.press("enter")
        await until(pilot, lambda: "'of another' was written there" in told(app))
        assert store.get(run).labels.note == "of another"
        await pilot.press("enter")
        await until(pilot, lambda: store.get(run).labels.note == "mine too")
        await until(pilot, lambda: not app.screen.query("#entry"))
        await pilot.press("t", "a")
        store.tag(run, "b")
        await pilot.press("enter")
        await until(pilot, lambda: set(store.get(run).labels.tags) == {"a", "b"})


async def test_labels_deleting_and_bringing_back(store, blobs):
    """What is typed for a run is kept as typed; a deleted run is gone and can be brought back."""
    run, other = train(store, blobs), train(store, blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, other, run)
        await pilot.press("down", "r", *"[/base]", "enter")
        await pilot.press("t", *"report first", "enter")
        await pilot.press("n", *"good", "enter")
        await pilot.press("asterisk")
        labels = store.get(run).labels
        assert (labels.name, labels.tags, labels.note, labels.starred) == ("[/base]", ("report", "first"), "good", True)
        await until(pilot, lambda: "#report #first" in str(app.screen.query_one("#about", Static).content))
        await pilot.press("d")
        await shown(pilot, other)
        assert [record.run for record in store.deleted()] == [run]
        await pilot.press("d")
        await until(
            pilot, lambda: "Every run is deleted: u brings" in str(app.screen.query_one("#nothing", Static).content)
        )
        await pilot.press("u", "u")
        await shown(pilot, other, run)
        assert store.get(run).labels.name == "[/base]"
        assert "[/base] is back." in told(app)


async def test_a_finished_run_goes_on_with_more_epochs_after_its_curve_that_is_read_in_a_thread(
    store, blobs, monkeypatch
):
    """100,000 epochs held the interface up for a second, also where a run was branched."""
    run = train(store, blobs, epochs=2)
    read, readers = Store.metrics, []

    def metrics(*args, **options):
        readers.append(threading.current_thread())
        return read(*args, **options)

    monkeypatch.setattr(Store, "metrics", metrics)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, run)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog))
        app.screen.query_one("#field-epochs .control", Input).value = "4"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].ended)
        assert store.get(run).results["epochs_done"] == 4
        live = app.workspace.queue.runs[-1]
        await until(pilot, lambda: [epoch.epoch for epoch in live.epochs] == [0, 1, 2, 3, 4])
        await until(pilot, lambda: app.screen.query_one(EpochTable).row_count == 5)
        submit_branched(app.workspace.queue, store, store.get(run), 4, {"epochs": 5})
        branched = app.workspace.queue.runs[-1]
        await until(pilot, lambda: branched.ended and [epoch.epoch for epoch in branched.epochs] == list(range(6)))
    assert readers
    assert threading.current_thread() not in readers


async def test_a_run_that_trains_is_shown_live_and_cannot_be_deleted(store, blobs):
    events = start(store, blobs)
    run = started(events).run
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, run)
        assert "▶ running" in first_row(app)
        await pilot.press("d", "g")
        # Deleting waits a moment for the lock, and the second key for that: it must not meet a run that has ended.
        await until(pilot, lambda: f"{run}: is being trained right now" in told(app))
        await until(pilot, lambda: f"{run} is being trained right now." in told(app))
        assert store.get(run)
        submit_resumed(app.workspace.queue, store, store.get(run))  # as who asked before the other program took it
        await until(pilot, lambda: "Not trained here" in told(app))
        assert not app.workspace.queue.runs, "it did not fail: it trains, and not here"
        events.close()
        await until(pilot, lambda: "◐ interrupted" in first_row(app))
        await pilot.press("g")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].ended)
        assert store.get(run).status == "finished"


async def test_interrupted_runs_are_offered_at_the_start(store, blobs):
    events = start(store, blobs)
    run = started(events).run
    events.close()
    app = Hw1App()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InterruptedDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].ended)
        assert store.get(run).status == "finished"


async def test_training_shows_the_first_of_all_that_are_gone_on_with_which_is_the_one_that_trains(store, blobs):
    for seed in range(3):
        events = start(store, blobs, seed=seed, learning_rate=0.01 * (seed + 1))
        started(events)
        events.close()
    app = Hw1App()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InterruptedDialog))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen))
        assert len(app.workspace.queue.runs) == 3
        assert isinstance(app.screen, TrainingScreen)
        assert app.screen.why_not("beside").startswith("Run 1 ")
        for live in list(app.workspace.queue.runs):
            app.workspace.queue.stop(live)
        await until(pilot, lambda: app.workspace.queue.is_idle)


async def test_export_writes_what_the_suffix_says(store, blobs, tmp_path):
    train(store, blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and rows(app))
        await pilot.press("x")
        app.screen.query_one("#entry", Input).value = str(tmp_path / "a.csv")
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        assert (tmp_path / "a.csv").read_text().startswith("epoch,train_loss")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a.doc", "a.doc: has no suffix that says"),
        ("a.PNGG", "a.png?)"),
        ("no/where.png", "there is no folder"),
        ("", "Nothing is typed yet"),
    ],
)
async def test_what_cannot_be_written_keeps_the_dialog_open_with_what_was_typed(store, blobs, tmp_path, name, problem):
    train(store, blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and rows(app))
        await pilot.press("x")
        typed = str(tmp_path / name) if name else ""
        app.screen.query_one("#entry", Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: problem in str(app.screen.query_one("#wrong", Static).content))
        assert app.screen.query_one("#entry", Input).value == typed
        assert list(tmp_path.glob("*.doc")) == []


async def test_a_file_that_is_there_is_replaced_only_after_a_question_with_its_whole_path(
    store, blobs, tmp_path, monkeypatch
):
    train(store, blobs)
    monkeypatch.setenv("HOME", str(tmp_path))
    notes = tmp_path / "notes.md"
    notes.write_text("by hand")
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and rows(app))
        await pilot.press("x")
        app.screen.query_one("#entry", Input).value = "~/notes.md"
        for answer in ("escape", "enter"):  # going back and the button in focus both leave it
            app.screen.query_one("#entry", Input).focus()
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, OverwriteDialog))
            assert str(notes) in str(app.screen.query_one("#taken", Static).content)
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, TargetDialog))
            assert app.screen.query_one("#entry", Input).value == "~/notes.md"
        assert notes.read_text() == "by hand"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, OverwriteDialog))
        await pilot.press("o")
        await until(pilot, lambda: "notes.md is written" in told(app))
        assert "| run |" in notes.read_text()


async def test_what_fails_while_it_is_written_keeps_the_dialog_or_is_told_where_that_was_closed(
    store, blobs, tmp_path, monkeypatch
):
    """A disk that fills up, and a path that became a folder meanwhile."""
    may_fail = threading.Event()

    def fill_up(path, *_args, **_options):
        may_fail.wait()
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    train(store, blobs)
    app, typed = Hw1App("runs"), str(tmp_path / "a.csv")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and rows(app))
        await pilot.press("x")
        app.screen.query_one("#entry", Input).value = typed
        with monkeypatch.context() as patch:
            patch.setattr("hw1_tui.files.target.replace_file", fill_up)
            await pilot.press("enter", "enter")
            assert "Writing" in str(app.screen.query_one("#note", Static).content)
            assert str(app.screen.query_one("#cancel", Button).label) == "Close"  # it cancels nothing
            may_fail.set()
            await until(pilot, lambda: "No space left" in str(app.screen.query_one("#wrong", Static).content))
            assert app.screen.query_one("#entry", Input).value == typed
            may_fail.clear()
            await pilot.press("enter", "escape")
            await until(pilot, lambda: app.screen.query(RunTable))
            assert "No space left" not in told(app)
            may_fail.set()
            await until(pilot, lambda: "No space left" in told(app))
        await pilot.press("x")
        app.screen.query_one("#entry", Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: f"{typed} is written" in told(app) and app.screen.query(RunTable))


async def test_a_large_history_is_cut_and_says_so(store, monkeypatch, blobs):
    monkeypatch.setattr("screens.widgets.run_words.MOST_ROWS", 2)
    monkeypatch.setattr("screens.widgets.run_table.MOST_ROWS", 2)
    for seed in range(3):
        train(store, blobs, seed=seed, epochs=1)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and len(rows(app)) == 2)
        assert "3 runs, the first 2 shown" in str(app.screen.query_one("#count", Static).content)


async def test_deleting_many_is_one_notice_and_one_step_back_and_the_trash_is_seen(store):
    runs = [write_run(store, f"26112{n}-0{n}1010-abc{n}", seed=n) for n in range(1, 6)]
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, *runs[::-1])
        await pilot.press("end", "home", "space", "space", "space", "d")
        await shown(pilot, runs[1], runs[0])
        assert notes(app) == ["3 runs are deleted; u brings them back, z shows the trash."]
        await pilot.press("z")
        await shown(pilot, *runs[:1:-1])
        assert "Trash: 3 runs" in str(app.screen.query_one("#count", Static).content)
        await pilot.press("end")
        assert app.screen.query_one(RunTable).cursor_row == 2
        await pilot.press("enter", "c", "g", "b", "x", "d", "asterisk", "t", "n", "r", "v")
        assert len(app.screen_stack) == 1
        assert app.current_mode == "runs"
        await pilot.press("slash", *"seed=4", "enter")
        await shown(pilot, runs[3])
        await pilot.press("u")
        await shown(pilot)
        app.screen.query_one("#filter", Input).value = ""
        await pilot.press("z")
        await shown(pilot, runs[3], runs[1], runs[0])
        await pilot.press("u")
        await shown(pilot, *runs[::-1])
        await pilot.press("u")
        assert "is left to bring back" in told(app)


async def test_no_column_is_cut_whatever_takes_the_room_of_the_list(store, monkeypatch):
    """Its own frame does, which it has with the first run, and the preview beside it: numbers lost decimals."""
    run, rooms, show = write_run(store, "261121-101010-abc1"), list[int](), RunTable.show

    def noted(table, *asked):
        rooms.append(table.size.width)
        show(table, *asked)

    monkeypatch.setattr(RunTable, "show", noted)
    app = Hw1App()
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("5")
        await shown(pilot, run)
        await settle(pilot)
        table = app.screen.query_one(RunTable)
        assert rooms[-1] == table.size.width
        for width in (60, 100):
            table.styles.width = width
            await settle(pilot)
            columns = sum(column.get_render_width(table) for column in table.ordered_columns)
            assert width - 20 < columns <= table.size.width < width


async def test_what_other_programs_begin_change_delete_and_remove_is_seen_without_a_key(store, blobs):
    first = train(store, blobs, epochs=1)
    app, other = Hw1App("runs"), Store()
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, first)
        other.rename(first, "hers")
        await until(pilot, lambda: "hers" in first_row(app))
        going_on = resume(other, first, {"epochs": 3})
        next(going_on)
        await until(pilot, lambda: "▶ running" in first_row(app))
        going_on.close()
        second = write_run(other, "261122-101010-abc2", seed=2)
        await until(pilot, lambda: sorted(rows(app)) == sorted([first, second]))
        other.delete(first)
        await shown(pilot, second)
        await pilot.press("z")
        await shown(pilot, first)
        other.purge()
        await shown(pilot)


async def test_what_is_seen_of_the_list_stays_where_it_is_when_others_add_and_delete(store):
    """The cursor is at its run, and that on its line; from one that is gone it goes to the next."""
    for i in range(46):
        write_run(store, f"261122-1010{i:02}-abc2", seed=i)
    app, other = Hw1App("runs"), Store()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and len(rows(app)) == 46)
        await settle(pilot)
        table, runs = app.screen.query_one(RunTable), rows(app)

        def line():
            return table.run, table.cursor_row - table.scroll_y

        table.move_cursor(row=22, scroll=False)
        table.scroll_to(y=20, animate=False)
        await until(pilot, lambda: line() == (runs[22], 2))
        write_run(other, "271122-111111-abc2", seed=99)
        await until(pilot, lambda: len(rows(app)) == 47)
        await settle(pilot)
        assert line() == (runs[22], 2)
        for run in (runs[1], runs[22]):
            other.delete(run)
        await until(pilot, lambda: len(rows(app)) == 45)
        await settle(pilot)
        assert line() == (runs[23], 2)
        table.scroll_to(y=0, animate=False)
        await until(pilot, lambda: table.scroll_y == 0)
        write_run(other, "271122-111112-abc2", seed=98)
        await until(pilot, lambda: len(rows(app)) == 46)
        await settle(pilot)
        assert (table.run, table.scroll_y) == (runs[23], 0)


async def test_who_goes_to_the_end_of_the_list_before_its_frame_comes_sees_the_end(store, monkeypatch):
    """The list that was written again went back to where it had stood, and d deleted a run that was not seen."""
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.3)
    for i in range(46):
        write_run(store, f"261122-1010{i:02}-abc2", seed=i)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and len(rows(app)) == 46)
        await settle(pilot)
        table = app.screen.query_one(RunTable)
        with table.in_place():
            pass
        drawn = asyncio.Event()
        table.call_after_refresh(drawn.set)
        table.action_scroll_end()
        await drawn.wait()
        await pilot.pause()
        assert table.cursor_row == 45
        assert table.scroll_y == table.max_scroll_y


async def test_a_run_that_cannot_be_deleted_does_not_keep_the_others(store, blobs):
    events = start(store, blobs)
    run = started(events).run
    other = train(store, blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, other, run)
        await pilot.press("a", "d")
        await shown(pilot, run)
        assert "being trained right now" in told(app)
        assert f"{other} is deleted; u brings it back" in told(app)
    events.close()


async def test_the_run_under_the_cursor_is_shown_with_its_curves_and_what_differs_from_the_defaults(store, blobs):
    first, second = (train(store, blobs, seed=seed, **NUMPY) for seed in (42, 7))
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, second, first)
        chart = app.screen.query_one("#preview-loss", Chart)
        name, config = (app.screen.query_one(place, Static) for place in ("#preview-name", "#preview-config"))
        await until(pilot, lambda: "validation: from" in chart.summary)
        assert second in str(name.content)
        differ = str(config.content).partition("schedule factor")[0]
        assert "seed                  7" in differ
        await pilot.press("down")
        assert first in str(name.content)
        await until(pilot, lambda: app.screen.query_one(RunPreview).is_drawn and "validation: from" in chart.summary)
        assert "seed" not in str(config.content).partition("schedule factor")[0]


def test_a_list_has_the_course_of_a_run_in_a_few_letters_from_its_lowest_value_to_its_highest(store):
    run = write_run(store, "261123-101010-abc1", epochs=30)
    curve = store.get(run).curve
    assert len(curve) == CURVE_POINTS
    assert sparkline(curve)[0] == "▁"
    assert sparkline(curve)[-1] == "▇"
    assert sparkline([1.0, 1.0]) == "▁▁"


async def test_rates_that_lie_far_apart_are_shown_whole(store):
    """Guarantee: no number of the list is cut; .0316 beside 1e-05 was "0.0…"."""
    rates = (1e-05, 0.0316228, 1.0, 0.00012345)
    runs = [write_run(store, f"2611{i + 10}-101010-abc{i}", learning_rate=rate) for i, rate in enumerate(rates)]
    app = Hw1App("runs")
    async with app.run_test(size=(200, 60)) as pilot:
        await shown(pilot, *reversed(runs))
        texts = "\n".join(strip.text for strip in strips(app))
        table = app.screen.query_one(RunTable)
        place = [str(column.label).strip() for column in table.columns.values()].index("rate")
        cells = [str(table.get_row_at(row)[place]).strip() for row in range(4)]
        assert cells == ["0.0001234", "1", "0.03162", "1e-05"]
        assert "0.03162" in texts


def test_numbers_stand_with_their_points_below_each_other():
    assert on_point(["0.03162", "1e-05", "-"]) == ["0.03162", "1e-05  ", "-      "]
    assert on_point(["0.002", "10", "0.1", "-"]) == [" 0.002", "10    ", " 0.1  ", " -    "]
