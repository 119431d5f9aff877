"""Pictures in half blocks: what a pixel is, and that nothing is drawn again that is there already."""

import gc
import sys
import types

import numpy as np
import pytest
from textual.app import App

from hw1_tui.data import resize
from screens.runtime.garbage import RareSearches
from screens.widgets import picture as drawing
from screens.widgets.picture import Picture


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
