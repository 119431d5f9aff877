"""A checkbox that can be read without colours."""

from textual.app import App, ComposeResult

from screens.widgets.tick import Tick


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Tick("course's own")


async def test_the_cross_is_there_only_when_it_is_ticked():
    app = Host()
    async with app.run_test() as pilot:
        tick = app.query_one(Tick)
        assert "X" not in tick.render().plain
        await pilot.press("space")
        assert "X" in tick.render().plain
        await pilot.click(Tick)
        assert "X" not in tick.render().plain
