"""A dialog that tries the run of the form before it is trained, and says what to change in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import get_current_worker

from engines.contract import Dataset, EngineError, Value
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig
from screens.dialogs.dialog import Dialog
from screens.state.field_words import in_field_words


class TrialDialog(Dialog[Mapping[str, Value]]):
    """Begins in a thread of its own as soon as the data is there; closing it ends that.

    Subclasses say what is tried and show what comes of it. The result is the settings that go into the form.

    Args:
        config: the run.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "apply", "Apply", id="trial.apply", priority=True, tooltip="Put what is found into the form."
        ),
    ]
    no_changes: ClassVar[str] = ""
    """What is said where there is nothing to put into the form."""

    class Came(Message):
        """A part of the trial came to something."""

        def __init__(self, part: Any) -> None:
            super().__init__()
            self.part = part

    class TrialEnded(Message):
        """Nothing more comes."""

        def __init__(self, problem: str) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        self.config = config
        self._has_begun = False
        self._has_ended = False

    def try_out(self, dataset: Dataset, is_stopped: Callable[[], bool]) -> Iterator[Any]:
        """Yield what each part of the trial comes to; in a thread."""
        raise NotImplementedError

    def show_part(self, part: Any) -> None:
        """Show what a part came to."""
        raise NotImplementedError

    def show_end(self, problem: str) -> None:
        """Show that nothing more comes, and what went wrong; empty where nothing did."""
        raise NotImplementedError

    @property
    def changes(self) -> Mapping[str, Value]:
        """The settings that go into the form, as far as they are known."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Begin, or wait for the data."""
        self.workspace.library.changed.subscribe(self, lambda _source: self._begin())
        self.workspace.library.ask(*self.config.wanted)
        self._begin()

    def _begin(self) -> None:
        dataset = self.workspace.library.get(*self.config.wanted)
        problem = self.workspace.library.problem(*self.config.wanted)
        if self._has_begun or not (dataset or problem):
            return
        self._has_begun = True
        if dataset:
            work = partial(self._try_in_thread, dataset)
            self.run_worker(work, thread=True, group="trial", exit_on_error=False)
        else:
            self._has_ended = True
            self.show_end(problem)

    def _try_in_thread(self, dataset: Dataset) -> None:
        worker, problem = get_current_worker(), ""
        try:
            for part in self.try_out(dataset, lambda: worker.is_cancelled):
                self.post_message(self.Came(part))
        except (MistakeError, EngineError) as error:
            problem = in_field_words(str(error))
        except Exception as error:  # an engine may raise anything; here it becomes a sentence
            problem = f"It could not be tried: {type(error).__name__}: {error}"
        if not worker.is_cancelled:
            self.post_message(self.TrialEnded(problem))

    @on(Came)
    def _take(self, event: Came) -> None:
        event.stop()
        self.show_part(event.part)

    @on(TrialEnded)
    def _end(self, event: TrialEnded) -> None:
        event.stop()
        self._has_ended = True
        self.show_end(event.problem)

    def action_apply(self) -> None:
        """Close, and put what was found into the form."""
        if self.changes:
            self.dismiss(self.changes)
        else:
            self.notify(self.no_changes if self._has_ended else "Nothing is found yet.", severity="warning")
