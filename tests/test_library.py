"""Data sets in memory: how many, and which are let go."""

import gc
import weakref
from dataclasses import replace

import pytest
from textual.app import App

from engines.contract import SPLITS
from hw1_tui.read_options import DEFAULT_OPTIONS
from screens.state.library import Library
from tests.support.scripted_engine import app_of, tiny_dataset, until

SIZE = sum(split.x.nbytes + split.y.nbytes for split in map(tiny_dataset().__getitem__, SPLITS))


class Host(App[int]):
    """An app that notes what a library asks to be read."""


@pytest.fixture
def asked(monkeypatch):
    """What a library began to read; nothing is."""
    asked = []
    monkeypatch.setattr(Library, "_read_in_thread", lambda _library, wanted: asked.append(wanted[0]))
    monkeypatch.setattr(Host, "call_after_refresh", lambda _app, work, *args: work(*args))
    return asked


def fill(library, *sources):
    """Let data sets of one size be read; return what says whether each is still in memory."""
    kept = {}
    for source in sources:
        dataset = tiny_dataset(source)
        kept[source] = weakref.ref(dataset)
        library.keep(source, dataset)
    del dataset
    gc.collect()
    return kept


def test_memory_follows_the_bound_and_not_the_number_of_data_sets_that_were_looked_at(asked):
    """Every data set that was looked at stayed in memory until the program ended."""
    library = Library(Host(), most_bytes=2 * SIZE)
    kept = fill(library, *"abcdefgh")
    assert [source for source, dataset in kept.items() if dataset()] == ["g", "h"]


def test_what_was_looked_at_last_stays(asked):
    library = Library(Host(), most_bytes=2 * SIZE)
    fill(library, "a", "b")
    assert library.get("a")
    fill(library, "c")
    assert library.get("a")
    assert library.get("b") is None


def test_what_is_in_use_stays_and_so_does_a_single_one_that_is_too_large(asked):
    library = Library(Host(), in_use=lambda: {("a", DEFAULT_OPTIONS)}, most_bytes=SIZE // 2)
    kept = fill(library, "a", "b", "c")
    assert [source for source, dataset in kept.items() if dataset()] == ["a", "c"]


def test_what_was_let_go_is_read_again_once_by_whoever_looks_at_it(asked):
    library = Library(Host(), most_bytes=SIZE)
    fill(library, "a", "b")
    assert library.get("a") is library.get("a") is None
    assert asked == ["a"]


def test_a_file_that_is_looked_at_again_is_read_where_it_was_written_and_else_stays_as_it_is(asked):
    """What had changed on the disk was trained on, and shown as it was before until the program ended."""
    library = Library(Host())
    first = replace(tiny_dataset("a"), fingerprint="1")
    library.keep("a", first)
    library.ask("a")
    assert asked == []
    library.look_again("a")
    library.look_again("a")
    assert asked == ["a"]
    assert library.get("a") is first
    library.keep("a", replace(tiny_dataset("a"), fingerprint="1"))
    assert library.get("a") is first
    library.look_again("a")
    library.keep("a", newer := replace(tiny_dataset("a"), fingerprint="2"))
    assert library.get("a") is newer
    library.keep("digits", tiny_dataset("digits"))
    library.look_again("digits")
    assert asked == ["a", "a"]


async def test_the_run_being_defined_and_those_that_train_keep_their_data(script):
    app = app_of(script, "training")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.live)
        app.workspace.draft.data = "other"
        app.workspace.library.most_bytes = 0
        fill(app.workspace.library, "builtin", "other", "a third", "a fourth")
        assert {dataset.name for dataset in app.workspace.library.datasets} == {"builtin", "other", "a fourth"}


async def test_a_screen_that_looks_at_what_was_let_go_shows_it_again(script):
    app = app_of(script, "data")
    async with app.run_test(size=(80, 24)) as pilot:
        library = app.workspace.library
        await until(pilot, lambda: app.screen.query("Thumbnail"))
        library.most_bytes = SIZE // 2
        app.workspace.draft.data = "another"
        fill(library, "another", "a third")
        assert "builtin" not in {dataset.name for dataset in library.datasets}
        await until(pilot, lambda: library.get("builtin") and not app.screen.has_class("-nothing"))
