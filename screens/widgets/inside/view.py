"""What every view of a model's inside shares: it is computed in a thread, and drawn when it is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from engines.contract import EngineError
from hw1_tui.analysis import Subject
from hw1_tui.export.inspection.view import Asked
from hw1_tui.mistake import MistakeError
from screens.one_shot import call_after
from screens.state.example_list import ExampleList
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.button import Button
from screens.widgets.input import Input
from screens.widgets.inside.example_bar import ExampleBar
from screens.widgets.key_words import key_words

_SILENT = 0.3
"""Seconds that may pass before it is said what is waited for."""


class InsideView(Container):
    """A view. Subclasses say what it is called and override ``compose_view``, ``compute`` and ``draw``.

    Whoever changes what is to be computed, the example, say, calls ``look_again``. Of several computations asked for
    only the last is drawn.

    Attributes:
        subject: what is looked at; ``None`` before there is anything.
        drawn: what that was when what it shows now was asked for; whoever uses what was computed goes by this. ``None``
            where it shows nothing, or why it cannot.
        example: the number of the example in its split, for a view that looks at one.
        is_drawn: whether what it shows is what was last asked for.
        seconds: how long it took to compute what it shows.
        entered_at: what it last gave the focus to by itself.
    """

    app = getters.app(WorkspaceApp)
    title: ClassVar[str] = ""
    """Its name in the list of views."""
    name_in_batch: str = ""
    """What ``hw1-tui --batch inspect`` calls it."""
    about: ClassVar[str] = ""
    """What it answers, in a sentence."""
    uses_example: ClassVar[bool] = False
    """Whether it looks at one example, which has the same number in every such view."""
    DEFAULT_CSS: ClassVar[str] = """
    InsideView {
        width: 1fr; height: 100%; layout: vertical;
        #about { height: auto; max-height: 2; padding: 0 1; }
        #said { display: none; height: auto; padding: 0 1; }
        #said.-shown { display: block; }
        #view { height: 1fr; }
    }
    """

    class ExampleAsked(Message):
        """An example is to be looked at, here or by another view.

        Args:
            example: its number in the split.
            view: the other view; ``None`` for this one.
        """

        def __init__(self, example: int, view: type[InsideView] | None = None) -> None:
            super().__init__()
            self.example, self.view = example, view

    class PhotographsAsked(Message):
        """Some examples are to be seen, with what is said of them.

        Args:
            examples: the examples.
            at: the position of the one that is pointed at.
        """

        def __init__(self, examples: ExampleList, at: int = 0) -> None:
            super().__init__()
            self.examples, self.at = examples, at

    class Computed(Message):
        """What a view shows was computed, or why it could not be."""

        def __init__(self, subject: Subject, asked: int, result: Any, problem: str, seconds: float) -> None:
            super().__init__()
            self.subject, self.asked, self.result, self.problem = subject, asked, result, problem
            self.seconds = seconds

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.subject: Subject | None = None
        self.drawn: Subject | None = None
        self.example = 0
        self.is_drawn = True
        self.seconds = 0.0
        self._asked = 0
        self.entered_at: Widget | None = None
        self._result: Any = None
        self._timer: Timer | None = None

    @property
    def keys(self) -> BindingsMap:
        """What its keys do, also those that the user chose."""
        keys = self._bindings.copy()
        keys.apply_keymap(self.app._keymap)  # noqa: SLF001 - there is no public way to read it
        return keys

    def on_mount(self) -> None:
        """Take other colours with another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw_anew())

    def compose(self) -> ComposeResult:
        """Draw what it answers, what there is to say, and the view."""
        yield Static(self.about, markup=False, id="about", classes="remark")
        yield Static(markup=False, id="said")
        with Container(id="view"):
            yield from self.compose_view()

    def compose_view(self) -> Iterator[Any]:
        """Yield the widgets of the view."""
        yield from ()

    def lacks(self, subject: Subject) -> str:  # noqa: ARG002
        """Return what has to be chosen before there is something to see, keys between backticks; empty for nothing."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing where something has to be chosen first."""
        is_lacking = self.subject is not None and bool(self.lacks(self.subject))
        return False if is_lacking else super().check_action(action, parameters)

    def compute(self, subject: Subject) -> Any:
        """Return what is to be drawn; in a thread. A long one asks ``is_cancelled`` now and then.

        Raises:
            MistakeError: the view does not fit the run, in words for the user.
            EngineError: the engine cannot tell.
        """
        raise NotImplementedError

    def draw(self, subject: Subject, result: Any) -> None:
        """Draw what was computed; on the interface's thread, where it may take no time."""
        raise NotImplementedError

    def asked(self, subject: Subject) -> Asked:
        """Return what has to be asked for to have this view in a file."""
        return Asked(subject, (self.example,) if self.uses_example else ())

    def settings(self) -> dict[str, Any]:
        """Return what ``compute`` needs of the widgets, read on the interface's thread and handed over by name."""
        return {}

    def look_at(self, subject: Subject, example: int = 0) -> None:
        """Look at something else; at the same once more nothing happens."""
        if subject is not self.subject or (self.uses_example and example != self.example):
            self.subject, self.example = subject, example
            self.look_again()

    def turn_example(self, by: int) -> None:
        """Look at the next example, or the one before."""
        if self.subject and self.uses_example:
            of = len(self.subject.opened.dataset[self.subject.split])
            self.post_message(self.ExampleAsked((self.example + by) % of))

    @on(ExampleBar.Turned)
    def _turn_example(self, event: ExampleBar.Turned) -> None:
        event.stop()
        self.turn_example(event.by)

    @on(ExampleBar.Chosen)
    def _choose_example(self, event: ExampleBar.Chosen) -> None:
        event.stop()
        self.post_message(self.ExampleAsked(event.example))

    def enter(self) -> None:
        """Give the focus to what in the view has keys of its own; a field would take the keys that lead on."""
        self.entered_at = self.entrance()
        if self.entered_at or self.screen.focused not in self.screen.focus_chain:
            self.screen.set_focus(self.entered_at)

    def entrance(self) -> Widget | None:
        """Return what has the focus first: of what is seen, the first that is no button."""
        seen = self.screen.focus_chain
        inside = [widget for widget in seen if self in widget.ancestors and not isinstance(widget, Input)]
        return next((widget for widget in inside if not isinstance(widget, Button)), (*inside, None)[0])

    def look_again(self) -> None:
        """Compute and draw anew."""
        if self.subject is None:
            return
        self._asked += 1
        self.is_drawn = False
        if self._timer is None:
            self._timer = call_after(self, _SILENT, self._say_waiting)
        work = partial(self._compute, self.subject, self._asked, self.settings())
        self.run_worker(work, thread=True, exclusive=True, group="view", exit_on_error=False)

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits any more for what this thread computes."""
        return get_current_worker().is_cancelled

    def _compute(self, subject: Subject, asked: int, settings: dict[str, Any]) -> None:
        result, problem, began = None, "", time.perf_counter()
        try:
            problem = self.lacks(subject)
            result = None if problem else self.compute(subject, **settings)
        except (MistakeError, EngineError) as error:
            problem = str(error)
        except Exception as error:  # an engine's or a library's own failure must become a sentence, not silence
            problem = f"This could not be computed: {type(error).__name__}: {error}"
        if not get_current_worker().is_cancelled:
            self.post_message(self.Computed(subject, asked, result, problem, time.perf_counter() - began))

    @on(Computed)
    def _take(self, message: Computed) -> None:
        message.stop()
        if message.asked != self._asked:
            return
        self.seconds = message.seconds
        self._stop_waiting()
        self._say(message.problem, wrong=not self.lacks(message.subject))
        self.query_one("#view").display = not message.problem
        self.drawn = None if message.problem else message.subject
        self._result = message.result
        self._draw_anew()
        self.is_drawn = True
        self.refresh_bindings()

    def _draw_anew(self) -> None:
        """Draw what was computed, with the colours that there are."""
        if self.drawn is not None:
            self.draw(self.drawn, self._result)

    def _say_waiting(self) -> None:
        self._timer = None
        if not self.is_drawn:
            self._say("Computing...", wrong=False)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _say(self, text: str, *, wrong: bool) -> None:
        said = self.query_one("#said", Static)
        said.update(text if wrong else key_words(text))
        said.set_class(wrong and bool(text), "wrong")
        said.set_class(not wrong, "remark")
        said.set_class(bool(text), "-shown")
