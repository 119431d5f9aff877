"""Pictures in half blocks: what a pixel is, and that nothing is drawn again that is there already."""

import gc
import sys
import types

import numpy as np
import pytest
from textual.app import App

from engines.contract import Dataset, Split
from hw1_tui.data import resize
from screens.runtime.garbage import RareSearches
from screens.state.example_list import ExampleList
from screens.widgets import picture as drawing
from screens.widgets.gallery import Gallery, Thumbnail
from screens.widgets.picture import Picture
from tests.support.drawn import strips
from tests.support.scripted_engine import until


def test_a_pixel_is_the_mean_of_all_that_it_covers():
    picture = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    halved = picture.reshape(3, 2, 2, 2, 3).mean(axis=(1, 3))
    assert (resize(picture, 3, 2) == np.rint(halved)).all()
    assert (resize(picture, 6, 4) == picture).all()
    assert (resize(picture[:1, :1], 5, 7) == picture[0, 0]).all()
    assert resize(picture, 4, 3).shape == (4, 3, 3)


async def test_another_caption_draws_no_picture_again(monkeypatch):
    """As the cursor moves over a page of them, only what is pointed at changes."""
    sizes = []

    def counted(picture, height, width):
        sizes.append((height, width))
        return resize(picture, height, width)

    monkeypatch.setattr(drawing, "resize", counted)
    photograph = np.full((8, 8, 3), 90, np.uint8)
    shown = Picture(photograph, "sea")

    class Alone(App[None]):
        def compose(self):
            yield shown

    async with Alone().run_test() as pilot:
        await pilot.pause()
        assert len(sizes) == 1
        shown.show(photograph.copy(), "▸sea")
        await pilot.pause()
        assert len(sizes) == 1
        assert "▸sea" in shown.render_lines(shown.size.region)[-1].text
        shown.show(photograph + 1, "▸sea")
        await pilot.pause()
        assert len(sizes) == 2


class Doubted(ExampleList):
    """Examples with the names of two classes, the longest that the report's have."""

    def caption(self, position):
        return "buildings?\n→mountain"

    @property
    def caption_lines(self):
        return 2


class Pages(App[None]):
    def __init__(self):
        super().__init__()
        self.gallery = Gallery()

    def compose(self):
        yield self.gallery

    def drawn(self):
        return [one for one in self.gallery.query(Thumbnail) if one.display and one.picture is not None]


def examples_of(kind, n=40):
    split = Split(np.arange(n * 108, dtype=np.uint8).reshape(n, 108), np.zeros(n, np.int64))
    return kind(Dataset("pages", split, split, split, classes=("buildings",), image_shape=(6, 6, 3), scale=1.0))


async def test_both_names_are_read_under_the_smallest_pictures():
    """At 80x24 a caption of one line had room for one of them."""
    app = Pages()
    async with app.run_test(size=(51, 16)) as pilot:
        app.gallery.show(examples_of(Doubted))
        await until(pilot, lambda: len(app.drawn()) == len(app.gallery.page))
        lines = [strip.text for strip in strips(app)]
        assert sum(line.count("buildings?") for line in lines) == sum(line.count("→mountain") for line in lines) == 8
        first = app.drawn()[0]
        assert first.tooltip is not None
        assert "mountain" in str(first.tooltip)


async def test_a_page_of_a_large_terminal_is_drawn_in_pieces(monkeypatch):
    """A whole one at once holds the interface up for more than a tenth of a second."""
    drawn: list[int] = []
    show = Picture.show

    def told(one, *words):
        drawn.append(one.number)
        show(one, *words)

    monkeypatch.setattr(Picture, "show", told)
    app = Pages()
    async with app.run_test(size=(126, 54)) as pilot:
        app.gallery.show(examples_of(ExampleList, 90))
        assert len(app.gallery.page) > 12
        assert not any(one.tooltip for one in app.gallery.query(Thumbnail))  # all of it is read below the picture
        assert not drawn  # what lays them out comes first
        await until(pilot, lambda: len(app.drawn()) == len(app.gallery.page))
        drawn.clear()
        app.gallery.action_turn(1)
        assert 0 < len(drawn) < len(app.gallery.page)
        await until(pilot, lambda: len(set(drawn)) == len(app.gallery.page))


@pytest.fixture
def rare_searches():
    thresholds = gc.get_threshold()
    yield RareSearches()
    gc.callbacks.pop()
    gc.disable()  # as for every test
    gc.set_threshold(*thresholds)


def test_what_a_large_library_brings_is_left_out_of_searches(rare_searches, monkeypatch):
    """Through PyTorch's half a million objects each full search took a quarter of a second."""
    before = gc.get_freeze_count()
    kept = [[number] for number in range(10_000)]
    gc.collect()
    assert gc.get_freeze_count() <= before
    for number in range(500):
        monkeypatch.setitem(sys.modules, f"large.{number}", types.ModuleType("large"))
    gc.collect()
    assert gc.get_freeze_count() >= before + len(kept)
