"""What the findings of a sweep show, and how values are told there."""

from textual.widgets import Static

from hw1_tui.sweep.effect import Level
from screens.widgets.sweep.level_words import level_words
from tests.support.scripted_engine import app_of, until
from tests.support.swept import define_scripted, train_scripted


async def test_what_is_clear_stands_above_what_it_is_read_from_where_there_is_room(script, store):
    """At 200x60 half of the findings was empty, and ranking and pairs were a key away."""
    train_scripted(script, store, define_scripted())
    app = app_of(script, "sweep")
    async with app.run_test(size=(200, 60)) as pilot:
        app.workspace.sweep_asked = "rates"
        await pilot.press("f4", "f5")
        await until(pilot, lambda: getattr(app.screen, "views", ()))
        await pilot.press("v")
        view = app.screen.query_one("#finding-0")

        def texts() -> str:
            return "\n".join(str(panel.content) for panel in view.query(Static))

        await until(pilot, lambda: "What mattered" in texts() and "learning rate down, l2 across" in texts())
        assert "the best" in texts()
        assert view.max_scroll_y == 0
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "What mattered" in texts() and "learning rate down" not in texts())


def test_values_are_told_in_four_digits_and_whole_where_that_would_not_tell_them_apart():
    """A cut 0.0547722557505 was read as another number."""
    near, far = Level(0.0547722557505, 0.0547722557505), Level(0.3, 0.3)
    assert level_words([near, far], "learning_rate", 14) == ["0.05477", "0.3"]
    twin = Level(0.0547722, 0.0547722)
    assert level_words([near, twin], "learning_rate", 18) == ["0.0547722557505", "0.0547722"]
    assert level_words([near, twin], "learning_rate", 8)[0].endswith("…")
