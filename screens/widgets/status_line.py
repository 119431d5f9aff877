"""The status line: at any place, what trains, how far it is, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import getters
from textual.events import Click
from textual.widgets import Static

from screens.state.workspace_app import WorkspaceApp
from screens.widgets.number import remaining
from screens.widgets.run_state import STATE_SIGNS

if TYPE_CHECKING:
    from screens.state.live_run import LiveRun, Supplier

_SECONDS_BETWEEN_LOOKS = 1.0


class StatusLine(Static):
    """As many words as there is room for; a click leads to what they are about.

    A run that failed is told until it was looked at under Training, any other failure until the messages were read.
    """

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    StatusLine {
        width: 1fr; min-width: 6; height: 1; padding: 0 1; text-align: right; text-wrap: nowrap;
        text-overflow: ellipsis; color: $foreground;
        &.-wrong { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)

    def on_mount(self) -> None:
        """Listen to the queue, and look at the clock for what is left."""
        self.app.workspace.queue.changed.subscribe(self, lambda _run: self.show())
        self.set_interval(_SECONDS_BETWEEN_LOOKS, self.show)
        self.show()

    def on_resize(self) -> None:
        """Say more, or less."""
        self.show()

    def show(self) -> None:
        """Say how it stands, also behind a dialog; nothing where another main screen is shown."""
        if self.screen not in self.app.screen_stack:
            return
        failed, live = self._failed(), self.app.workspace.queue.live
        trouble = failed_words(failed) if failed else ["! F12"] if self.app.workspace.is_troubled else []
        suppliers = self.app.workspace.queue.suppliers
        said = trouble or (supplier_words(suppliers[0]) if suppliers else training_words(live) if live else [""])
        room = self.size.width - 2
        words = next((words for words in said if len(words) <= room), said[-1])
        self.set_class(bool(trouble), "-wrong")
        self.tooltip = said[0] or None
        if words != str(self.content):  # it looks once a second, and mostly nothing is new
            self.update(Text(words), layout=False)

    def _failed(self) -> LiveRun | None:
        return next((run for run in reversed(self.app.workspace.queue.runs) if run.has_unseen_failure), None)

    async def on_click(self, event: Click) -> None:
        """Go to the runs, or show the messages."""
        event.stop()
        queue = self.app.workspace.queue
        if queue.suppliers and not self._failed():
            await self.run_action("app.go('sweep')")
            return
        is_of_runs = self._failed() or queue.live
        if is_of_runs or self.app.workspace.is_troubled:
            await self.run_action("app.go('training')" if is_of_runs else "app.messages")


def training_words(live: list[LiveRun]) -> list[str]:
    """Return how far the runs that train are, in fewer and fewer words: the first of them, and how many more."""
    run = live[0]
    more = f" +{len(live) - 1}" * (len(live) > 1)
    epochs = f"{run.epochs_done}/{run.config.epochs}"
    symbol = STATE_SIGNS[run.state]
    left = f"  {remaining(seconds)} left" if (seconds := run.seconds_left) is not None else ""
    what = f"{run.config.model} {run.config.engine}"
    share = f"  {run.fraction:.0%}"
    return [
        f"{symbol} {run.state} run {run.number}: {what}, epoch {epochs}{share}{left}{more}",
        f"{symbol} run {run.number} epoch {epochs}{share}{left}{more}",
        f"{symbol} {epochs}{share}{left}{more}",
        f"{symbol} {epochs}{share}{more}",
        f"{symbol} {epochs}{more}",
        epochs,
        share.strip(),  # a number that is cut is another number
    ]


def supplier_words(supplier: Supplier) -> list[str]:
    """Return how far a sweep that trains is, in fewer and fewer words."""
    sign = STATE_SIGNS["paused" if supplier.is_paused else "training"]
    share = f"{supplier.done:.0%}"
    left = f"  {remaining(seconds)} left" if (seconds := supplier.seconds_left) is not None else ""
    name = f"{sign} {supplier.title}  {share}"
    return [f"{name}{left}", name, f"{sign} {share}{left}", f"{sign} {share}", share]


def failed_words(run: LiveRun) -> list[str]:
    """Return that a run failed, and why, in fewer and fewer words."""
    reason = run.ended.reason if run.ended else ""
    sign = STATE_SIGNS["failed"]
    short = f"{sign} run {run.number}"
    return [f"{short} failed: {reason}", f"{short} failed", short, sign]
