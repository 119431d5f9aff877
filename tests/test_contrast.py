"""Every screen can be read in every theme: text with a contrast of 4.5 to 1 at least, curves with 3 to 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from screens.theme import DARK, LIGHT
from screens.widgets.contrast import ContrastFilter
from tests import test_report_snapshots as report_states
from tests import test_runs_snapshots as history_states
from tests import test_screen_snapshots as states
from tests.support.contrast import faint, ratio
from tests.support.scripted_engine import app_of, until

SIZE = (120, 40)
store = history_states.store
CLASH = Theme("clash", primary="#808080", foreground="#7a7a7a", background="#777777", surface="#757575")
"""A theme as someone might bring along, in which nothing can be told from anything."""

colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: Color(*parts))


async def see_derivation(pilot, script):
    await pilot.app.run_action("app.go('derivation')")
    await until(pilot, lambda: pilot.app.screen.query("MatrixView"))
    pilot.app.screen.query("MatrixView").first().focus()


async def see_data(pilot, script):
    await pilot.app.run_action("app.go('data')")
    await until(pilot, lambda: pilot.app.screen.query("Thumbnail"))


async def see_settings(pilot, script):
    await pilot.app.run_action("app.go('settings')")
    await until(pilot, lambda: pilot.app.screen.query("Field"))


async def see_comparison(pilot, script):
    await pilot.press("5")
    await until(
        pilot, lambda: len(pilot.app.screen.query("RunTable")) and pilot.app.screen.query_one("RunTable").row_count
    )
    await history_states.see_comparison(pilot)


async def see_report(pilot, script):
    await pilot.app.run_action("app.go('report')")
    await pilot.pause()
    await report_states.see_open(pilot, script)


async def see_palette(pilot, script):
    await pilot.press("ctrl+p")
    await until(
        pilot, lambda: pilot.app.screen.query("CommandList") and pilot.app.screen.query_one("CommandList").option_count
    )


async def see_steer_wrong(pilot, script):
    await states.see_steer(pilot, script)
    await states.type_wrong_rate(pilot, script)


async def see_help(pilot, script):
    await pilot.press("f4", "f1")


SCREENS = [
    states.see_model,
    states.see_form_wrong,
    states.see_steered,
    see_steer_wrong,
    see_help,
    see_comparison,
    see_derivation,
    see_data,
    see_report,
    see_settings,
    see_palette,
]
OWN = (DARK.name, LIGHT.name)
ANSI = tuple(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
THEMES = [name for name in BUILTIN_THEMES if name not in ANSI]


@pytest.mark.parametrize("see", SCREENS, ids=lambda see: see.__name__.removeprefix("see_"))
async def test_nothing_is_faint_in_any_theme(script, store, see):
    """Each screen is seen in our themes and in one without contrast, where all that the filter misses is faint.

    So it is in those of the terminal's colours, on whose ground the filter moves nothing. Textual's others are shared
    out among the screens, as each takes its time.
    """
    themes = THEMES[SCREENS.index(see) :: len(SCREENS)]
    app = app_of(script)
    app.register_theme(CLASH)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await see(pilot, script)
        found = {}
        assert app.theme == OWN[0]
        for theme in [*OWN, *ANSI, *themes, CLASH.name]:
            app.theme = theme
            await pilot.pause()
            if here := list(faint(app)):
                found[theme] = here
        script.free = True
        app.workspace.queue.stop_all()
        await until(pilot, lambda: not app.workspace.queue.live)
    assert not found


@given(colours, colours, st.booleans(), st.booleans())
def test_any_two_colours_can_be_told_apart(fore, back, dim, reverse):
    style = Style(color=fore.rich_color, bgcolor=back.rich_color, dim=dim, reverse=reverse)
    for text, least in (("a word ", 4.5), ("⠤⠒", 3.0)):
        (shown,) = ContrastFilter().apply([Segment(text, style)], back)
        assert shown.style
        now = Color.from_rich_color(shown.style.color), Color.from_rich_color(shown.style.bgcolor)
        assert shown.text == text
        assert ratio(*now) >= least - 0.01


def test_a_colour_of_the_terminal_is_not_written_on_itself():
    """So the name of the field that is typed into could not be read in Textual's two themes of such colours."""
    told = ContrastFilter().apply([Segment("theme", Style.parse("bold blue on blue"))], Color.parse("ansi_default"))
    assert told == [Segment("theme", Style.parse("bold default on blue"))]


def test_a_colour_of_the_terminal_is_not_written_on_one_that_is_hardly_another():
    """So the name of a field with a mistake could not be read while one was in it."""
    ground = Color.parse("ansi_default")
    for written, shown in (
        ("red on blue", "bright_white on blue"),
        ("red", "red"),
        ("black on white", "black on white"),
    ):
        told = ContrastFilter().apply([Segment("rate", Style.parse(f"bold {written}"))], ground)
        assert told == [Segment("rate", Style.parse(f"bold {shown}"))]


def test_pictures_and_what_can_be_read_keep_their_colours():
    grey, black = Style.parse("#121212 on #111111"), Style.parse("#eeeeee on #111111")
    kept = [Segment("▀▄", grey), Segment("read", black), Segment("  ", grey)]
    assert ContrastFilter().apply(kept, Color.parse("#111111")) == kept
