"""What a sweep came to: a list of views, and one of them."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hw1_tui.sweep.conclusion import Conclusion
from screens.widgets.choice_list import ChoiceList
from screens.widgets.sweep.effect_view import EffectView
from screens.widgets.sweep.finding_view import FindingView
from screens.widgets.sweep.interaction_view import InteractionView
from screens.widgets.sweep.overview import Overview
from screens.widgets.sweep.parallel_view import ParallelView
from screens.widgets.sweep.point_view import PointView

VIEWS: tuple[type[FindingView] | type[ParallelView], ...] = (
    Overview,
    EffectView,
    InteractionView,
    ParallelView,
    PointView,
)
"""In the order of the list."""


class FindingsPage(Container):
    """A list of the views where there is room, and the one that is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "walk(1)", "Next view", id="findings.next", show=False, tooltip="The next of the findings."),
        Binding("left", "walk(-1)", "View before", id="findings.previous", show=False, tooltip="The view before."),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._position = 0
        self._conclusion: Conclusion | None = None

    def compose(self) -> ComposeResult:
        """Draw the list and the views."""
        yield ChoiceList(*(Option(view.title) for view in VIEWS), id="finding-list", compact=True, classes="frame")
        with Container(id="finding-body"):
            yield Static(markup=False, id="finding-where", classes="line title")
            for position, view in enumerate(VIEWS):
                yield view(id=f"finding-{position}", classes="-chosen" * (position == 0))

    def on_mount(self) -> None:
        """Name the list, and the first view."""
        self.query_one("#finding-list").border_title = "Findings"
        self._say()

    @property
    def view(self) -> FindingView | ParallelView:
        """The view that is open."""
        return self.query_one(f"#finding-{self._position}", VIEWS[self._position])

    async def show(self, conclusion: Conclusion) -> None:
        """Show what follows from a sweep."""
        self._conclusion = conclusion
        await self.view.show(conclusion)

    def enter(self) -> None:
        """Begin in the list where it is seen, else in the view."""
        chosen = self.query_one("#finding-list")
        (chosen if chosen.display else self.view).focus()

    async def action_walk(self, by: int) -> None:
        """Go to another view."""
        await self.open((self._position + by) % len(VIEWS))

    @on(OptionList.OptionHighlighted)
    async def _choose(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self._position:
            await self.open(event.option_index)

    @on(OptionList.OptionSelected)
    def _enter(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.view.focus()

    async def open(self, position: int) -> None:
        """Show a view.

        Args:
            position: its place in ``VIEWS``.
        """
        had_focus = self.view.has_focus
        self._position = position
        for place in range(len(VIEWS)):
            self.query_one(f"#finding-{place}").set_class(place == position, "-chosen")
        views = self.query_one("#finding-list", ChoiceList)
        with views.prevent(OptionList.OptionHighlighted):
            views.highlighted = position
        self._say()
        if had_focus:
            self.view.focus()
        if self._conclusion:
            await self.view.show(self._conclusion)

    def _say(self) -> None:
        words = f"{self._position + 1}/{len(VIEWS)}  {VIEWS[self._position].title}   ◂ ▸ others"
        self.query_one("#finding-where", Static).update(words)
