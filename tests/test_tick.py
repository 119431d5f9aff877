"""A checkbox that can be read without colours."""

from textual.app import App, ComposeResult

from screens.widgets.tick import Tick


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Tick("course's own")


async def test_the_box_is_seen_when_it_is_not_ticked_and_its_cross_when_it_is():
    app = Host()
    async with app.run_test() as pilot:
        tick = app.query_one(Tick)
        assert "[ ] course's own" in tick.render().plain
        await pilot.press("space")
        assert "[X] course's own" in tick.render().plain
        await pilot.click(Tick)
        assert "[ ] course's own" in tick.render().plain
