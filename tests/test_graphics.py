"""Pictures in pixels: what is sent says the picture, lies where its cells are, and goes with them."""

import base64
import re
import zlib

import numpy as np
import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.runtime import kitty
from screens.runtime.graphics_layer import GraphicsLayer
from screens.runtime.sixel import COLOURS, sixel
from screens.widgets.inside.signed_picture import PixelPicture
from screens.widgets.picture import Picture
from tests.support.scripted_engine import app_of, until
from tests.support.told import notes

CELL = Size(8, 16)
_SENT = re.compile(r"\x1b7\x1b\[(\d+);(\d+)H\x1b_Ga=T.*?i=(\d+),p=1,c=(\d+),r=(\d+)")
_GONE = re.compile(r"\x1b_Ga=d,d=I,q=2,i=(\d+)")


def photograph(height=48, width=48):
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (height, width, 3)).astype(np.uint8)


def pixels_of_sixels(text):
    """Return what a terminal draws of sixels, (H, W, 3), and the numbers of colours."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', text, re.DOTALL)
    assert found
    width, height, body = found.groups()
    drawn = np.full((int(height) + 6, int(width), 3), -1)
    palette, colour, x, band = {}, 0, 0, 0
    for defined, values, chosen, turn, count, repeated, single in re.findall(
        r"#(\d+);2;([\d;]+)|#(\d+)|([$-])|!(\d+)([?-~])|([?-~])", body
    ):
        if defined:
            palette[int(defined)] = [round(int(value) * 2.55) for value in values.split(";")]
        elif chosen:
            colour = int(chosen)
        elif turn:
            x, band = 0, band + (turn == "-")
        else:
            bits, n = ord(repeated or single) - 63, int(count or 1)
            for bit in (bit for bit in range(6) if bits >> bit & 1):
                drawn[6 * band + bit, x : x + n] = palette[colour]
            x += n
    return drawn[: int(height)], len(palette)


@pytest.mark.parametrize(("height", "width"), [(12, 9), (13, 40), (48, 48)])
def test_sixels_draw_every_pixel(height, width):
    """Also of an enlarged picture, whose height is no multiple of a band."""
    few = photograph(height, width) // 64 * 64
    enlarged = np.repeat(np.repeat(few, 5, axis=0), 3, axis=1)
    drawn, _ = pixels_of_sixels(sixel(enlarged))
    assert np.abs(drawn - enlarged).max() <= 2  # sixels have colours in per cent


def test_of_too_many_colours_near_ones_become_one():
    smooth = np.stack(np.meshgrid(np.arange(0, 192, 4), np.arange(48, 240, 4)), axis=2)
    smooth = np.concatenate([smooth, smooth.mean(axis=2, keepdims=True)], axis=2).astype(np.uint8)
    drawn, n_colours = pixels_of_sixels(sixel(smooth))
    assert n_colours == COLOURS
    assert np.abs(drawn - smooth).mean() < 4


def test_kitty_is_sent_every_pixel():
    pixels = photograph(100, 80)
    text = kitty.send(pixels, 7, columns=10, rows=6)
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{keys};{data}\x1b\\" for keys, data in pieces) == text
    assert pieces[0][0] == "a=T,q=2,C=1,f=24,o=z,s=80,v=100,i=7,p=1,c=10,r=6,m=1"
    assert [keys for keys, _ in pieces[1:]] == ["m=1"] * (len(pieces) - 2) + ["m=0"]
    assert all(len(data) <= 4096 for _, data in pieces)
    assert zlib.decompress(base64.b64decode("".join(data for _, data in pieces))) == pixels.tobytes()


class Album(App[None]):
    """A picture of 10 columns and 5 rows, another that is wholly below the screen."""

    CSS = """
    Picture { width: 10; height: 6; margin: 1 2; }
    #filling { height: 30; }
    Overlay { background: black 50%; }
    """

    def __init__(self, protocol, environment=None):
        super().__init__()
        self.written: list[str] = []
        self.layer = GraphicsLayer(self.written.append, lambda _screen: CELL, environment or {})
        self.layer.protocol = protocol

    def compose(self):
        with VerticalScroll():
            yield Picture(photograph(), "title", id="first")
            yield Static(id="filling")
            yield Picture(photograph()[::-1], id="second")

    def post_display_hook(self):
        if self.is_running and self.screen_stack:
            self.layer.draw(self.screen)

    def sent(self):
        """Return where pictures were sent since the last call, and how large: row, column, number, columns, rows."""
        found = [tuple(map(int, place)) for place in _SENT.findall("".join(self.written))]
        gone = [int(number) for number in _GONE.findall("".join(self.written))]
        self.written.clear()
        return found, gone


class Overlay(ModalScreen[None]):
    """What lies over a screen."""


async def test_a_picture_lies_over_its_cells_and_moves_and_goes_with_them():
    app = Album("kitty")
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.pause()
        assert app.sent() == ([(2, 3, 1, 10, 5)], [])  # counted from 1; the title has the sixth row
        app.screen.refresh()
        await pilot.pause()
        assert app.sent() == ([], [])  # what is there is not sent again
        app.screen.query_one("#first", Picture).show(photograph()[:, ::-1], "title")
        await pilot.pause()
        assert app.sent() == ([(2, 3, 1, 10, 5)], [])  # another in its place
        app.push_screen(Overlay())
        await pilot.pause()
        assert app.sent() == ([], [1])
        app.pop_screen()
        await pilot.pause()
        assert app.sent() == ([(2, 3, 2, 10, 5)], [])
        app.screen.query_one(VerticalScroll).scroll_end(animate=False)
        await pilot.pause()
        ((_, _, number, _, _),), gone = app.sent()
        assert (number, gone) == (3, [2])
        app.screen.query_one("#second").remove()
        await pilot.pause()
        assert app.sent() == ([], [3])


async def test_what_is_partly_hidden_stays_in_half_blocks():
    """A notice, or the edge of what scrolls, would lie below the pixels."""
    app = Album("kitty")
    async with app.run_test(size=(60, 24), notifications=True) as pilot:
        await pilot.pause()
        app.sent()
        app.screen.query_one(VerticalScroll).scroll_to(y=3, animate=False)
        await pilot.pause()
        assert app.sent() == ([], [1])
        app.screen.query_one(VerticalScroll).scroll_to(y=0, animate=False)
        await pilot.pause()
        await pilot.resize_terminal(20, 12)
        await until(pilot, lambda: _SENT.search("".join(app.written)))
        app.sent()
        app.notify("\n".join("abcdefgh"))
        await until(pilot, lambda: _GONE.search("".join(app.written)))


async def test_sixels_are_drawn_again_with_the_cells_under_them():
    """Who writes the cells takes the sixels away."""
    app = Album("sixel")
    async with app.run_test(size=(60, 24)) as pilot:
        await until(pilot, lambda: app.written)
        first = app.written[-1]
        assert pixels_of_sixels(first[first.index("\x1bP") : -2])[0].shape == (5 * CELL.height, 10 * CELL.width, 3)
        app.written.clear()
        app.screen.query_one("#first").refresh()
        await pilot.pause()
        assert app.written == [first]


@pytest.mark.parametrize(
    ("protocol", "environment", "reason"),
    [
        ("blocks", {}, ""),
        ("kitty", {"TMUX": "socket"}, "tmux stands between"),
        ("sixel", {"STY": "1"}, "screen stands between"),
        ("kitty", {"NO_COLOR": "1"}, "Without colour"),
        ("kitty", {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}, "in the browser"),
    ],
)
async def test_where_it_cannot_be_half_blocks_stay_and_it_is_said_why(protocol, environment, reason):
    app = Album(protocol, environment)
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.pause()
        assert app.layer.why_not(app.size).startswith(reason) or reason in app.layer.why_not(app.size)
        assert bool(app.layer.why_not(app.size)) == bool(reason)
        assert not app.written


async def test_the_pixel_under_the_cursor_has_a_frame():
    app = Album("kitty")
    async with app.run_test(size=(60, 24)) as pilot:
        picture = PixelPicture()
        await app.screen.query_one(VerticalScroll).mount(picture, before=0)
        picture.show(np.full((4, 4, 3), 90, np.uint8))
        await pilot.pause()
        assert (picture.enlarged(40, 40) == 90).all()
        picture.focus()
        await pilot.press("right", "down")
        await pilot.pause()
        pixels = picture.enlarged(40, 40)[..., 0]
        assert (pixels[11:19, 11:19] == 90).all()  # the pixel itself
        assert {*pixels[10, 10:20], *pixels[10:20, 19]} == {255}
        assert {*pixels[9, 9:21], *pixels[20, 9:21]} == {0}


async def test_the_setting_holds_at_once_and_takes_all_away_at_the_end(script, monkeypatch):
    """From what was sent alone it is known what the terminal shows."""
    for name in ("TMUX", "STY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    written = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _driver, text: written.append(text))

    def shown():
        text = "".join(written)
        return {*_GONE.findall(text)} ^ {place[2] for place in _SENT.findall(text)}

    app = app_of(script, "data")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any(p.picture is not None for p in app.screen.query(Picture)))
        assert not shown()
        app.preferences.change(pictures="kitty")
        await until(pilot, shown)
        app.preferences.change(pictures="blocks")
        await until(pilot, lambda: not shown())
        app.preferences.change(pictures="kitty")
        await until(pilot, shown)
        monkeypatch.setenv("TMUX", "socket")
        app.preferences.change(pictures="sixel")
        await until(pilot, lambda: not shown())
        assert any("tmux stands between" in note for note in notes(app))
        monkeypatch.delenv("TMUX")
        app.preferences.change(pictures="kitty")
        await until(pilot, shown)
    assert not shown()
