"""Inside: what a model learned, where it fails, and why a step did what it did; one view at a time."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingsMap, BindingType
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from engines.contract import Dataset, EngineError, SplitName
from hw1_tui.analysis import OpenedRun, Subject, open_run
from hw1_tui.analysis.opened_run import check_pair, kept_epochs, newest_place
from hw1_tui.export.inspection import VIEWS as VIEWS_IN_FILES
from hw1_tui.export.inspection.view import Asked
from hw1_tui.export.inspection.writer import in_file, view_mistake, view_suffixes, write_view
from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.home import home_option
from hw1_tui.training.kept_model import LAST
from screens.dialogs.example_dialog import ExampleDialog
from screens.dialogs.file_export import ask_for_file
from screens.dialogs.photograph_dialog import PhotographDialog
from screens.main_screen import MainScreen, Part
from screens.state.answered_list import AnsweredList
from screens.state.command import Command
from screens.state.workspace import Workspace
from screens.widgets.button import Button
from screens.widgets.choice_list import ChoiceList
from screens.widgets.inside.calibration_view import CalibrationView
from screens.widgets.inside.confusion_view import ConfusionView
from screens.widgets.inside.disagreement_view import DisagreementView
from screens.widgets.inside.distribution_view import DistributionView
from screens.widgets.inside.embedding_view import EmbeddingView
from screens.widgets.inside.landscape_view import LandscapeView
from screens.widgets.inside.replay_view import ReplayView
from screens.widgets.inside.saliency_view import SaliencyView
from screens.widgets.inside.step_view import StepView
from screens.widgets.inside.suspect_view import SuspectView
from screens.widgets.inside.view import InsideView
from screens.widgets.inside.weight_view import WeightView
from screens.widgets.key_words import key_words, plain_words

VIEWS: tuple[type[InsideView], ...] = (
    ConfusionView,
    DisagreementView,
    SuspectView,
    CalibrationView,
    EmbeddingView,
    WeightView,
    SaliencyView,
    DistributionView,
    LandscapeView,
    ReplayView,
    StepView,
)
"""Every view, in the order in which one asks: where it fails, what it learned, why."""

SHARE = 40
"""A run in training is opened anew when so many times as long has passed as opening it and computing the view took."""
_SECONDS_BETWEEN_LOOKS = 0.5
_NOTHING = "No run is kept yet. `s` under Training trains one; `i` there, or on a run under Runs, looks inside it."


class InspectionScreen(MainScreen):
    """The views in a list, one of them open on a run after one of its epochs."""

    PARTS = tuple(Part(view.title, view) for view in VIEWS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "walk(1)", "Next view", id="inside.next", tooltip="On to the next view."),
        Binding("p", "walk(-1)", "Previous", id="inside.previous", show=False, tooltip="Back to the view before."),
        Binding("e", "turn_epoch(1)", "Epoch", id="inside.later", tooltip="The next kept epoch."),
        Binding("E", "turn_epoch(-1)", "Epoch before", id="inside.earlier", show=False,
                tooltip="The kept epoch before."),
        Binding("s", "next_split", "Split", id="inside.next-split", show=False,
                tooltip="The examples of the next split."),
        Binding("r", "choose_run", "Other run", id="inside.choose", show=False,
                tooltip="Choose a run, or mark two, under Runs; i looks inside."),
        Binding("x", "export", "Export", id="inside.export",
                tooltip="Write this view as a picture, a table or JSON lines."),
        Binding("full_stop", "turn_example(1)", "Next example", id="inside.next-example", show=False,
                tooltip="Look at the next example."),
        Binding("comma", "turn_example(-1)", "Example before", id="inside.example-before", show=False,
                tooltip="Look at the example before."),
    ]  # fmt: skip
    AUTO_FOCUS = "#views"

    class RunOpened(Message):
        """A run was opened, or could not be."""

        def __init__(self, runs: Sequence[str], found: Sequence[OpenedRun], problem: str, seconds: float) -> None:
            super().__init__()
            self.runs, self.found, self.problem, self.seconds = tuple(runs), tuple(found), problem, seconds

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[str, ...] = ()
        self._asked: tuple[tuple[str, ...], int | str] | None = None
        self._opened: tuple[OpenedRun, ...] = ()
        self._epoch: int | str = LAST
        self._split: SplitName | None = None
        self._position = 0
        self._subject: Subject | None = None
        self._look_from = 0.0
        self._example = 0
        self._problem = ""
        self.is_known = False

    def compose_body(self) -> ComposeResult:
        """Draw what is looked at, the list of views and room for one."""
        with Horizontal(id="subject"):
            yield Static(markup=False, id="where")
            yield Static(markup=False, id="run", classes="remark")
            yield Button("‹", id="epoch-back", action="screen.turn_epoch(-1)",
                         tooltip="The kept epoch before (E).")  # fmt: skip
            yield Static(markup=False, id="epoch")
            yield Button("›", id="epoch-on", action="screen.turn_epoch(1)",
                         tooltip="The next kept epoch (e).")  # fmt: skip
            yield Button("", id="split", action="screen.next_split",
                         tooltip="The examples of the next split (s).")  # fmt: skip
        with Horizontal(id="pages"):
            yield ChoiceList(*(Option(view.title) for view in VIEWS), id="views", compact=True, classes="frame")
            yield ContentSwitcher(id="switcher")
        yield Static(markup=False, id="nothing")

    async def on_mount(self) -> None:
        """Open the first view, and the run that was asked for."""
        self.query_one("#views").border_title = "Views"
        self.screen_layout_refresh_signal.subscribe(self, self._settle_focus)
        await self._show_view(0)
        self.set_interval(_SECONDS_BETWEEN_LOOKS, self._follow)
        self._look()

    def on_screen_resume(self) -> None:
        """Look at the run that was chosen meanwhile."""
        self._look()

    # What is looked at.

    def _look(self) -> None:
        """Open the run that was chosen, or the newest where none was."""
        if self.workspace.inspected != self._runs:
            self._runs, self._epoch, self._opened = self.workspace.inspected, LAST, ()
        if not self._opened:
            self._open()

    def _open(self, *, only_newer: bool = False) -> None:
        """Open what was chosen, in a thread; a run that trains only where there is more of it than is looked at."""
        asked = (self._runs, self._epoch)
        if asked == self._asked:
            return  # on its way
        self._asked = asked
        sources = [*(one.dataset for one in self._opened[:1]), *self.workspace.library.datasets]
        known = self._opened if only_newer else ()
        work = partial(self._open_in_thread, self._runs, self._epoch, sources, known)
        opening = self.run_worker(work, thread=True, exclusive=True, group="open", exit_on_error=False)
        if not only_newer:
            self.app.hold_keys_for(opening.wait())
            self._say()

    def _open_in_thread(
        self, runs: Sequence[str], epoch: int | str, datasets: Sequence[Dataset], known: Sequence[OpenedRun]
    ) -> None:
        began = time.perf_counter()
        found: list[OpenedRun] = []
        problem = ""
        try:
            store = self.workspace.store
            is_newest = bool(known) and _is_newest(store, known[0])
            found = list(known) if is_newest else _open_runs(self.workspace, runs, epoch, datasets)
            problem = "" if found else store.vanished
        except (MistakeError, EngineError, OSError) as error:
            problem = str(error)
        except Exception as error:  # a plug-in may raise anything: a sentence, not silence
            problem = f"{' and '.join(runs)} could not be opened: {type(error).__name__}: {error}"
        if not get_current_worker().is_cancelled:
            self.post_message(self.RunOpened(runs, found, problem, time.perf_counter() - began))

    @on(RunOpened)
    def _take(self, message: RunOpened) -> None:
        message.stop()
        self._asked = None
        if message.runs != self._runs:
            self._open()
            return
        self.is_known, self._problem = True, message.problem
        self._look_from = time.monotonic() + SHARE * message.seconds
        if message.problem and self._opened:
            self.notify(message.problem, severity="warning")
            self._epoch = self._opened[0].model.epoch  # where it still stands
        elif self._opened and message.found == self._opened:
            return
        else:
            self._opened = message.found
        if self._opened:
            dataset, options = self._opened[0].dataset, self._opened[0].model.config.read_options
            if self.workspace.library.get(dataset.name, options) is None:
                self.workspace.library.keep(dataset.name, dataset, options)
            splits = self._opened[0].splits
            if self._split not in splits:
                self._split = "val" if "val" in splits else splits[-1]
            self._subject = Subject(self._opened[0], self._split, *self._opened[1:2])
        self._say()
        self._show_subject()

    @property
    def _may_look_again(self) -> bool:
        """Whether enough time has passed, and what was seen last is drawn."""
        return self.view.is_drawn and time.monotonic() >= self._look_from + SHARE * self.view.seconds

    def _follow(self) -> None:
        """Look whether there is more of a run that trains, when enough time has passed."""
        is_live = bool(self._opened) and self._opened[0].record.is_live
        if self.is_current and is_live and self._epoch == LAST and self._may_look_again:
            self._open(only_newer=True)

    def _say(self) -> None:
        """Say what is looked at, or why there is nothing."""
        has_run, problem = bool(self._opened), self._why_nothing
        self.set_class(not has_run, "-nothing")
        self.query_one("#nothing", Static).update(problem or key_words(_NOTHING))
        self.query_one("#nothing").set_class(problem == self._problem != "", "wrong")
        if not has_run:
            return
        first = self._opened[0]
        names = " beside ".join(_name(one) for one in self._opened)
        self.query_one("#run", Static).update(names)
        self.query_one("#run").tooltip = Text(names)  # in a narrow terminal it is cut
        self.query_one("#epoch", Static).update(f"epoch {_epoch_words(first)}")
        split = self.query_one("#split", Button)
        split.label = str(self._split)
        split.refresh(layout=True)
        self.grey_out()
        self.refresh_bindings()

    @property
    def _why_nothing(self) -> str:
        """Why no run is open; empty where none is kept."""
        return self._problem if self.is_known and not self._asked else "Opening the run..."

    # Views.

    @property
    def view(self) -> InsideView:
        """The view that is open."""
        return self.query_one(f"#view-{self._position}", InsideView)

    async def open_part(self, part: Part) -> Widget | None:
        """Show a view."""
        await self._show_view(self.PARTS.index(part))
        return self.view

    async def _show_view(self, position: int) -> None:
        """Show a view; it is built when it is first shown."""
        switcher, name = self.query_one("#switcher", ContentSwitcher), f"view-{position}"
        if not switcher.query(f"#{name}"):
            await switcher.add_content(VIEWS[position](id=name))
        self._position = position
        switcher.current = name
        self.refresh_bindings()
        self.query_one("#where", Static).update(f"{position + 1}/{len(VIEWS)}  {VIEWS[position].title}")
        views = self.query_one("#views", ChoiceList)
        with views.prevent(OptionList.OptionHighlighted):
            views.highlighted = position
        self._show_subject()

    def _settle_focus(self, _screen: object) -> None:
        """Have the focus where it is seen: keys of a view that is hidden would act all the same.

        What has room is known with each layout of the screen. Where the view chose what has the focus and nobody moved
        on, it chooses again. Of what hides Textual gives the focus to a neighbour, which is nobody's choice.
        """
        is_opening = not self._opened and not self.has_class("-narrow")  # the list has it, and comes with the run
        if is_opening or not self.query(f"#view-{self._position}"):
            return
        chosen, seen = self.view.entered_at, self.focus_chain
        is_elsewhere = self.focused not in seen
        is_passed_on = chosen is not None and chosen not in seen and self.view.has_focus_within
        if self.focused is chosen or is_elsewhere or is_passed_on:
            self.view.enter()

    def _show_subject(self) -> None:
        if self._subject and self.query(f"#view-{self._position}"):
            self.view.look_at(self._subject, self._example)

    @on(InsideView.ExampleAsked)
    async def _show_example(self, event: InsideView.ExampleAsked) -> None:
        """Look at another example, in the view that is open or in the one that was asked for."""
        self._example = event.example
        if event.view in VIEWS:
            await self._show_view(VIEWS.index(event.view))
            self._enter()
        self._show_subject()

    @on(InsideView.PhotographsAsked)
    def _show_photographs(self, event: InsideView.PhotographsAsked) -> None:
        if isinstance(event.examples, AnsweredList):
            self.app.push_screen(PhotographDialog(event.examples, event.at), self._explain)
        else:
            self.app.push_screen(ExampleDialog(event.examples, event.at))

    async def _explain(self, example: int | None) -> None:
        """Show a step on an example that was looked at, where that is wanted."""
        if example is not None:
            await self._show_example(InsideView.ExampleAsked(example, StepView))

    @on(OptionList.OptionHighlighted, "#views")
    async def _choose(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._position:
            await self._show_view(event.option_index)

    @on(OptionList.OptionSelected, "#views")
    def _enter(self) -> None:
        """Into the view."""
        self.view.enter()

    # Keys.

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        """What keys do, first where the focus is; those of the open view also where the list of views has it."""
        chain = super()._binding_chain
        view = next(iter(self.query(f"#view-{self._position}").results(InsideView)), None) if self._opened else None
        if view is not None and view not in (node for node, _ in chain):
            place = next(number for number, (node, _) in enumerate(chain) if node is self)
            chain.insert(place, (view, view.keys))
        return chain

    def why_not(self, action: str) -> str:
        """Return why there is nothing to turn to."""
        if action in ("walk", "turn_epoch", "turn_example", "next_split", "export") and not self._opened:
            return self._why_nothing or plain_words(_NOTHING)
        if action == "export" and self._subject and (lacking := self.view.lacks(self._subject)):
            return plain_words(lacking)
        if action == "turn_example" and not self.view.uses_example:
            return "This view looks at all examples of the split."
        if action == "turn_epoch" and len(self._opened[0].epochs) < 2:
            return "Only one epoch of this run was kept; --checkpoint-every N keeps every Nth."
        return ""

    async def action_walk(self, by: int) -> None:
        """Go to another view."""
        await self._show_view((self._position + by) % len(VIEWS))

    def action_turn_epoch(self, by: int) -> None:
        """Go to another kept epoch, round the end."""
        first = self._opened[0]
        now = self._epoch if isinstance(self._epoch, int) else first.model.epoch  # also one that is still being opened
        try:
            epochs = kept_epochs(self.workspace.store, first.record.run) or first.epochs
        except MistakeError:  # the run was deleted, which opening it says
            epochs = first.epochs
        place = bisect_left(epochs, now) + (by if now in epochs or by < 0 else 0)
        self._epoch = epochs[place % len(epochs)]
        self._open()

    def action_turn_example(self, by: int) -> None:
        """Look at the next example, or the one before."""
        self.view.turn_example(by)

    def action_next_split(self) -> None:
        """Look at the examples of the next split."""
        splits = self._opened[0].splits
        place = splits.index(self._split) if self._split in splits else -1
        self._split, self._example = splits[(place + 1) % len(splits)], 0
        self._subject = Subject(self._opened[0], self._split, *self._opened[1:2])
        self._say()
        self._show_subject()

    def action_choose_run(self) -> None:
        """Go where runs are chosen."""
        self.app.action_go("runs")

    def action_export(self) -> None:
        """Ask where the open view is to be written, and write it."""
        if self._subject is None:
            return
        view, suffixes = self.view.name_in_batch, view_suffixes(self.view.name_in_batch)
        write = partial(_write_view, view, self.view.asked(self._subject))
        name = f"{view}-{self._subject.opened.record.run}{suffixes[0]}"
        ask_for_file(self.app, f"Export {self.view.title}", suffixes, partial(view_mistake, view=view), write, name)

    def command(self) -> Command | None:
        """Return the command that prints the open view."""
        if not self._opened:
            return None
        other = f" --with {self._opened[1].record.run}" if len(self._opened) > 1 else ""
        run, epoch = self._opened[0].record.run, self._opened[0].model.epoch
        example = f" --example {self._example}" if self.view.uses_example else ""
        view = f"{self.view.name_in_batch} --epoch {epoch} --split {self._split}"
        line = f"hw1-tui --batch inspect {run} {view}{example}{other}{home_option(self.workspace.store.home)}"
        return Command(line, "It prints this view")


def _write_view(view: str, asked: Asked, path: Path, *, overwrite: bool) -> None:
    """Write a view; in a thread."""
    shown = VIEWS_IN_FILES[view].show(in_file(asked, path.suffix))
    write_view(shown, view, asked.subject, path, overwrite=overwrite)


def _open_runs(
    workspace: Workspace, runs: Sequence[str], epoch: int | str, datasets: Sequence[Dataset]
) -> list[OpenedRun]:
    """Return the runs that were asked for, or the newest that has a checkpoint; none where no run has one."""
    store = workspace.store
    if not runs:
        newest = next((r.run for r in store.runs() if store.find(r.run).checkpoint_store.checkpoints()), None)
        if newest is None:
            return []
        runs = [newest]
    found: list[OpenedRun] = []
    for number, run in enumerate(runs[:2]):
        print_of = store.get(run).facts.get("fingerprint")
        dataset = next((one for one in (*datasets, *(f.dataset for f in found)) if one.fingerprint == print_of), None)
        found.append(open_run(store, run, LAST if number else epoch, dataset or workspace.data_elsewhere(run)))
        check_pair(found[0], found[-1])
    return found


def _is_newest(store: Store, opened: OpenedRun) -> bool:
    """Return whether there is no more of a run that still trains than was opened."""
    run = opened.record.run
    return store.get(run).is_live and newest_place(store, run) == opened.place


def _name(opened: OpenedRun) -> str:
    record = opened.record
    data = PurePath(str(record.config.get("data"))).name
    return f"{visible(record.title)}  {record.config.get('model')} on {visible(data)}"


def _epoch_words(opened: OpenedRun) -> str:
    epochs = opened.record.results.get("epochs_done")
    inside = f" + {opened.model.examples:,} examples" if opened.model.examples else ""
    return f"{opened.model.epoch} of {epochs}{inside}" if epochs else f"{opened.model.epoch}{inside}"
