"""Looking at data: what is shown is what stands in the data set, by keyboard and by mouse, at every size."""

from dataclasses import replace

import numpy as np
import pytest
from textual.widgets import Input, Static

from engines.contract import Dataset, Split
from hw1_tui import data
from hw1_tui.mistake import Mistake, MistakeError
from screens.dialogs.example_dialog import ExampleDialog, named_values
from screens.state.example_list import ExampleList
from screens.widgets.class_table import ClassTable
from screens.widgets.example_table import ExampleTable
from screens.widgets.gallery import Gallery, Thumbnail
from screens.widgets.picture import Picture
from tests.support.look import ALL, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, tiny_dataset, until
from tests.support.settling import settle
from tests.support.told import told


def regression(name):
    rng = np.random.default_rng(5)

    def split(n):
        x = rng.normal(size=(n, 7)).round(3)
        return Split(x, (x[:, 0] * 2 - x[:, 1]).round(3))

    return Dataset(name, split(90), split(30), split(0), remark="Drawn for a test.")


def contradicted(name):
    """A data set whose second training row is the last one with another class."""
    made = tiny_dataset(name)
    x, y = made.train.x.copy(), made.train.y
    x[1] = x[-1]
    return replace(made, train=Split(x, y))


def load(source, *_options, **_limits):
    if source == "broken.npz":
        raise MistakeError([Mistake("x_train", "is missing"), Mistake("y_val", "has 3 entries for 4 examples")])
    if source == "contradicted.npz":
        return contradicted(source)
    return regression(source) if source == "quadratic" else tiny_dataset(source)


@pytest.fixture
def app(script, monkeypatch):
    monkeypatch.setattr(data, "load", load)
    return app_of(script, "data")


def text(app, name):
    return str(app.screen.query_one(name, Static).content)


async def ready(pilot):
    await until(pilot, lambda: pilot.app.current_mode == "data" and pilot.app.screen.query(Thumbnail))
    await pilot.app.workers.wait_for_complete()
    await until(pilot, lambda: pilot.app.screen.query_one(Gallery).is_drawn)


def shown(app):
    return [t for t in app.screen.query(Thumbnail) if t.display]


async def test_the_command_opens_here_with_the_data_of_the_run_and_says_that_it_is_drawn(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert app.screen.query_one("#source", Input).value == app.workspace.draft.data == "builtin"
        assert "Drawn, not photographed." in text(app, "#notes")
        table = app.screen.query_one(ClassTable)
        counts = [[int(str(cell).replace(",", "")) for cell in table.get_row_at(row)[1:]] for row in range(7)]
        assert counts == [[1200, 240, 240], *[[200, 40, 40]] * 6]


async def test_keys_choose_class_and_split_and_only_those_are_shown(app):
    async with app.run_test(size=MIDDLE) as pilot:
        await ready(pilot)
        await pilot.press("c", "c", "s", "s")
        await pilot.pause()
        assert text(app, "#where").startswith("forest of test: 1 to ")
        examples = app.screen.view.examples
        assert set(app.workspace.library.get("builtin").test.y[examples.indices]) == {1}
        assert len(examples) == 40
        await pilot.press("C")
        await pilot.pause()
        assert text(app, "#where").startswith("buildings of test")


async def test_a_click_on_a_count_shows_its_examples(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.click(ClassTable, offset=(20, 4))  # the line of glacier, the column of val
        await pilot.pause()
        assert text(app, "#where").startswith("glacier of val")
        await pilot.press("enter")
        await pilot.pause()
        assert app.focused is app.screen.query_one(Gallery)


async def test_pages_turn_by_keys_wheel_and_buttons_and_show_every_example_once(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        gallery = app.screen.query_one(Gallery)
        await pilot.press("c", "s")
        await pilot.pause()
        seen = []
        for _ in range(-(-40 // len(gallery.page))):
            seen += gallery.page
            await pilot.press("pagedown")
        assert seen == list(range(40))
        await pilot.press("home", "j")
        assert gallery.cursor == gallery.columns
        await pilot.click("#page-on")
        assert gallery.cursor == gallery.columns + gallery.columns * gallery.rows
        await pilot.press("end", "right", "down")
        assert gallery.cursor == 39
        page = gallery.page
        gallery.action_turn(-1)
        assert gallery.page.stop == page.start


def caption_of(thumbnail):
    return thumbnail.render_line(thumbnail.size.height - 1).text.strip()


async def test_every_thumbnail_is_the_picture_of_its_caption(app):
    async with app.run_test(size=MIDDLE) as pilot:
        await ready(pilot)
        dataset = app.workspace.library.get("builtin")
        await pilot.press("s", "pagedown")
        await until(pilot, lambda: app.screen.query_one(Gallery).is_drawn)
        for thumbnail, position in zip(shown(app), app.screen.view.page, strict=True):
            assert np.array_equal(thumbnail.picture, dataset.val.x[position].reshape(8, 8, 3))
            caption = f"{dataset.classes[dataset.val.y[position]]} {position}"
            assert caption_of(thumbnail).removeprefix("▸") == caption


@pytest.mark.parametrize("size", ALL)
async def test_thumbnails_fill_the_room_and_none_is_cut(app, size):
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        gallery = app.screen.query_one(Gallery)
        for thumbnail in shown(app):
            assert gallery.region.contains_region(thumbnail.region)
        before = len(gallery.page)
        assert before >= (6 if size == SMALL else 12)
        await pilot.press("minus")
        await pilot.pause()
        assert len(gallery.page) > before
        await pilot.press("plus", "plus")
        await pilot.pause()
        assert len(gallery.page) < before


async def test_in_another_size_of_the_terminal_one_is_at_the_same_example(app):
    async with app.run_test(size=MIDDLE) as pilot:
        await ready(pilot)
        await pilot.press("s", "pagedown")
        gallery = app.screen.query_one(Gallery)
        position = gallery.cursor
        assert position
        await pilot.resize_terminal(200, 60)
        await settle(pilot)
        assert gallery.cursor == position
        assert text(app, "#where").startswith("all of val")


async def test_enter_opens_one_large_with_its_values_and_coming_back_stays_there(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        screen = app.screen
        await pilot.press("right", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ExampleDialog)
        assert "index 1 in train: forest (label 1)" in text(app, "#example-facts")
        assert app.screen.query_one(Picture).size.height > 10
        await pilot.press("v")
        row = app.workspace.library.get("builtin").train.x[1].reshape(8, 8, 3)
        first = text(app, "#example-values").splitlines()[1].split()
        assert first == [str(value) for value in row[0, :, 0]]
        await pilot.press("j", "j", "escape")
        await pilot.pause()
        assert screen.is_current
        assert screen.view.cursor == 3


async def test_a_second_click_opens_the_example(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        screen, thumbnail = app.screen, shown(app)[2]
        await pilot.click(thumbnail)
        assert screen.view.cursor == 2
        await pilot.click(thumbnail)
        await pilot.pause()
        assert isinstance(app.screen, ExampleDialog)
        await pilot.click("#next")
        await pilot.click("#close")
        await pilot.pause()
        assert screen.is_current
        assert screen.view.cursor == 3


def test_the_name_of_a_feature_stands_whole_beside_its_value():
    """It was cut after 24 cells, and stood nowhere in full."""
    name = "how much of the ground is under water, in metres"
    row = np.array([1.5, 2.5, 3.5])
    assert named_values([name, "b", "c"], row, 70).splitlines()[0].startswith(f"{name} 1.5")
    narrow = named_values([name, "b", "c"], row, 40).splitlines()
    assert " ".join(" ".join(narrow[:2]).split()) == f"{name} 1.5"
    assert [len(line.split()) for line in named_values(["a", "b", "c"], row, 45).splitlines()] == [4, 2]


async def test_a_regression_is_a_table_of_targets_and_features(app):
    async with app.run_test(size=MIDDLE) as pilot:
        await ready(pilot)
        await pilot.press("o", *"quadratic", "enter")
        await until(pilot, lambda: app.screen.query_one(ExampleTable).examples)
        await app.workers.wait_for_complete()
        await pilot.pause()
        lines = app.screen.query_one(ExampleTable).query_one(Static).content.plain.splitlines()
        train = app.workspace.library.get("quadratic").train
        for position in (0, 11):
            numbers = [float(word) for word in lines[position + 1].split()]
            assert numbers[:2] == [position, train.y[position]]
            assert numbers[2:] == list(train.x[position][: len(numbers) - 2])
        assert not app.screen.query_one(Gallery).display
        assert "The test split is empty." in text(app, "#notes")
        await pilot.press("down", "enter")
        await pilot.pause()
        assert f"{train.x[1][6]:.6g}" in text(app, "#example-values")
        for size in (MIDDLE, SMALL):  # no value is cut, whatever room there is
            await pilot.resize_terminal(*size)
            await settle(pilot)
            room = app.screen.query_one("#example-scroll").size.width
            assert 0 < max(map(len, text(app, "#example-values").splitlines())) <= room


async def test_an_empty_split_is_said_and_harms_nothing(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        app.screen.open("quadratic")
        await until(pilot, lambda: app.screen.query_one(ExampleTable).examples)
        await pilot.press("s", "s", "j", "pagedown", "end", "enter")
        await pilot.pause()
        assert text(app, "#where") == "all of test: none"
        assert not app.screen.is_modal


async def test_a_file_that_cannot_be_used_says_everything_that_is_wrong(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("o", *"broken.npz", "enter")
        await until(pilot, lambda: app.workspace.library.problem("broken.npz"))
        await until(pilot, lambda: "x_train" in text(app, "#refused"))
        assert "has 3 entries for 4 examples" in text(app, "#refused")
        assert not app.screen.query_one("#side").display
        await pilot.press("escape")
        app.screen.action_next_source()
        await until(pilot, lambda: app.screen.query_one("#side").display)


def of_many_classes(source, *_options, **_limits):
    """A data set of as many examples as it has classes, 1,000."""
    y = np.arange(1_000)
    split = Split(np.zeros((len(y), 1)), y)
    return Dataset(source, split, split, split, tuple(map(str, y)))


async def test_counts_of_more_classes_than_there_is_room_for_are_not_cut(app, monkeypatch):
    """The scrollbar covered what stood right of it: the test split, or the per cent."""
    monkeypatch.setattr(data, "load", of_many_classes)
    async with app.run_test(size=SMALL) as pilot:
        table = app.screen.query_one(ClassTable)
        await until(pilot, lambda: table.row_count > 1_000 and table.show_vertical_scrollbar)
        for size in (SMALL, MIDDLE):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: table.virtual_size.width <= table.scrollable_content_region.width)
        assert "1,000 classes" in text(app, "#what")


async def test_a_file_that_was_written_since_is_shown_as_it_is_now_where_it_is_opened_again(app, monkeypatch):
    """Its name was known, so that nothing was read, and what had been written was nowhere to be seen."""
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("o", *"a.npz", "enter")
        await until(pilot, lambda: app.workspace.library.get("a.npz"))
        monkeypatch.setattr(data, "load", lambda source, *_options: contradicted(source))
        await pilot.press("o", "enter")
        await until(pilot, lambda: "of different classes" in text(app, "#notes"))


async def test_duplicates_are_counted_in_a_thread(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "repeat an earlier one: 1194" in text(app, "#notes"))
        assert "both in train and in val" in text(app, "#notes")


async def test_equal_examples_of_different_classes_are_named_with_their_places(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("o", *"contradicted.npz", "enter")
        await until(pilot, lambda: "of different classes, which no model can tell apart" in text(app, "#notes"))
        assert "train 1 (" in text(app, "#notes")


async def test_the_data_can_be_chosen_for_the_next_run(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("n")
        await until(pilot, lambda: app.workspace.library.get("digits"))
        await until(pilot, lambda: (of := app.screen.query_one(Gallery).examples) and of.dataset.name == "digits")
        await pilot.press("u")
        await until(pilot, lambda: app.current_mode == "model")
        assert app.workspace.draft.data == "digits"


async def test_what_was_typed_is_chosen_without_enter_too(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("o", *"own.npz")
        await pilot.click("#use")
        await until(pilot, lambda: app.current_mode == "model")
        assert app.workspace.draft.data == "own.npz"


async def test_data_that_cannot_be_used_is_not_chosen_and_that_is_said(app):
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("o", *"broken.npz", "enter")
        await until(pilot, lambda: app.workspace.library.problem("broken.npz"))
        await pilot.press("u")
        await until(pilot, lambda: "Not chosen" in told(app))
        assert app.workspace.draft.data == "builtin"


def test_a_list_of_a_class_gives_rows_pictures_and_targets_of_that_class():
    dataset = tiny_dataset()
    examples = ExampleList(dataset, "val", 4)
    for position in (0, 17, len(examples) - 1):
        assert examples.target(position) == "sea"
        assert np.array_equal(examples.row(position), dataset.val.x[examples.indices[position]])
        assert np.array_equal(examples.picture(position).reshape(-1), examples.row(position))
    assert len(ExampleList(dataset, "val")) == sum(len(ExampleList(dataset, "val", label)) for label in range(6))


async def see_pictures(pilot):
    await pilot.press("c", "c", "s", "right")


async def see_example(pilot):
    await pilot.press("right", "enter")


async def see_values(pilot):
    await pilot.press("enter", "v")


async def see_lines(pilot):
    pilot.app.screen.open("quadratic")
    await until(pilot, lambda: pilot.app.screen.query_one(ExampleTable).examples)
    await pilot.press("j", "j")


async def see_refused(pilot):
    pilot.app.screen.open("broken.npz")
    await until(pilot, lambda: "x_train" in text(pilot.app, "#refused"))


async def see_help(pilot):
    await pilot.press("f1")


STATES = {
    see_pictures: ALL,
    see_example: ALL,
    see_values: (SMALL,),
    see_lines: ALL,
    see_refused: (SMALL,),
    see_help: (SMALL, MIDDLE),
}


def arriving(state):
    async def arrive(pilot):
        await ready(pilot)
        await state(pilot)

    return arrive


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.removeprefix("see_"))
async def test_looks(look, app, state):
    """Each state of the screen looks as in the kept pictures, at the sizes at which it differs."""
    await look(app, STATES[state], arriving(state))


async def test_looks_in_a_light_theme(look, app):
    """Captions and frames can be read on a light ground too."""
    app.theme = "hw1-light"
    await look(app, [MIDDLE], arriving(see_pictures))


async def test_what_was_found_out_when_it_was_read_is_said_before_what_is_odd(app, monkeypatch):
    said = "Labels became the classes 0 to 2: glacier is 0, mountain is 1, sea is 2."
    monkeypatch.setattr(data, "load", lambda source, *_options: replace(tiny_dataset(source), found=(said,)))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "repeat an earlier one" in text(app, "#notes"))
        assert text(app, "#notes").startswith(said)
