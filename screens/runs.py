"""Runs: the history. Find runs, compare them, go on with them, label them, take them elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import DataTable, Static
from textual.worker import Worker, WorkerError, get_current_worker

from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord
from hw1_tui.runs.home import home_option
from screens import interval
from screens.run_acting import RunActing
from screens.state.command import Command
from screens.state.draft import in_short
from screens.state.history_watch import HistoryWatch
from screens.state.messages import RunsFound
from screens.state.run_label import RUN_LABELS, LabelChange
from screens.state.run_search import RunSearch
from screens.state.run_source import read_heeded, submit_resumed
from screens.state.trash import Trash
from screens.widgets.input import Input
from screens.widgets.key_words import key_words, plain_words
from screens.widgets.run_preview import RunPreview
from screens.widgets.run_table import RunTable
from screens.widgets.run_words import count_words, deleted_words, names_of, nothing_words

_HINT = "such as model=mlp val_accuracy>.5 tag=report"
_NOT_IN_TRASH = ("compare", "go_on", "branch", "export", "delete", "star", "label", "take")
_OF_RUNS = (*_NOT_IN_TRASH, "inspect", "heed", "mark", "mark_all", "sort")


class RunFilter(Input):
    """The filter; escape gives the whole list back, as in that of the report's runs, and leads away from there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.forget_filter", "Whole list", id="runs.forget-filter", show=False,
                tooltip="Forget what was typed and show every run."),
    ]  # fmt: skip

    @on(Input.Submitted)
    async def _wait_for_the_list(self) -> None:
        """Let ``enter`` wait for what is found for all that was typed: keys that come after it are meant for that."""
        await cast("RunsScreen", self.screen).until_found()


class RunsScreen(RunActing):
    """A table of runs with a filter above it, and the run under the cursor beside it or below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="runs.filter", show=False,
                tooltip="Find runs by hyperparameters and results."),
        Binding("space", "mark", "Mark", id="runs.mark", tooltip="Choose the run for comparing and exporting."),
        Binding("c", "compare", "Compare", id="runs.compare", tooltip="The marked runs side by side, curves overlaid."),
        Binding("i", "inspect", "Inside", id="runs.inspect",
                tooltip="Look inside the run; two marked runs beside each other."),
        Binding("g", "go_on", "Go on", id="runs.go-on", show=False,
                tooltip="Resume the run where it ended, or for more epochs."),
        Binding("b", "branch", "Branch", id="runs.branch", tooltip="Begin a new run at a kept epoch of this one."),
        Binding("p", "heed", "Heed", id="runs.heed", show=False, tooltip="Train what the coach would try instead."),
        Binding("x", "export", "Export", id="runs.export",
                tooltip="Write the marked runs as figure, table, metrics or weights."),
        Binding("d,delete", "delete", "Delete", id="runs.delete", show=False, tooltip="Delete; u brings it back."),
        Binding("u", "undo", "Undo", id="runs.undo", show=False,
                tooltip="Bring back what was deleted last; in the trash, the chosen runs."),
        Binding("z", "trash", "Trash", id="runs.trash", show=False, tooltip="The deleted runs, or the history again."),
        Binding("asterisk,f", "star", "Star", id="runs.star", show=False, tooltip="A favourite, or no longer."),
        Binding("t", "label('tags')", "Tags", id="runs.tag", show=False, tooltip="Words to find the run by."),
        Binding("n", "label('note')", "Note", id="runs.note", show=False, tooltip="A note of any length."),
        Binding("r", "label('name')", "Rename", id="runs.rename", show=False, tooltip="A name beside the identifier."),
        Binding("a", "mark_all", "Mark all", id="runs.mark-all", show=False, tooltip="Mark all shown runs, or none."),
        Binding("s", "sort", "Sort", id="runs.sort", show=False, tooltip="Sort by the next column."),
        Binding("v", "take", "Use values", id="runs.take", show=False, tooltip="Fill the form with its values."),
    ]  # fmt: skip
    AUTO_FOCUS = "#history"

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self._marked: dict[str, None] = {}
        self._search, self._is_filtered, self._why_none, self._vanished = RunSearch(), False, "", ""
        self._stale, self._has_trash = True, False
        self._filter_is_wrong = False  # as far as it is known of what stands there
        self._watch = HistoryWatch()
        self._finding: Worker[None] | None = None
        self.is_known = False

    def compose_body(self) -> ComposeResult:
        """Draw the filter, the table and the run under the cursor."""
        with Horizontal(id="find"):
            yield Static("Filter", id="filter-label", classes="title")
            yield RunFilter(placeholder=_HINT, id="filter", select_on_focus=False)
            yield Static(markup=False, id="count", classes="remark")
        yield Static(markup=False, id="filter-problem", classes="line wrong")
        with Container(id="runs-body"):
            yield RunTable(id="history", classes="frame")
            yield RunPreview(id="preview")
        yield Static(markup=False, id="nothing")

    def on_mount(self) -> None:
        """Look, and look again when a run has news."""
        self.workspace.queue.changed.subscribe(self, lambda _live: self._grow_stale())
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._show_anew())
        self.set_interval(interval.HISTORY, self._look_again)
        self._look_for_keys()

    def on_screen_resume(self) -> None:
        """Look at what changed meanwhile."""
        self._look()

    def on_resize(self) -> None:
        """Show as many columns as fit, and as much of the run under the cursor."""
        self.call_after_refresh(self._lay_out)  # the screen says by then how wide it is

    def command(self) -> Command | None:
        """Return the command of the run under the cursor, as it began."""
        from hw1_tui.training.kept_data import config_here  # with numpy: not before it is asked for

        record = self._current
        if record is None:
            return None
        line = config_here(record).command() + home_option(self.workspace.store.home)
        return Command(line, not_repeated=record.not_repeated)

    # Reading the history, in a thread: it may be large, or on a network.

    def _grow_stale(self) -> None:
        self._stale = True

    def _look_again(self) -> None:
        if not self.is_current:
            return
        if self._stale or self._watch.is_outdated or any(record.is_live for record in self._records):
            self._look()
        else:
            self._watch.look(self, self.workspace.store)

    def _look(self) -> None:
        self._stale = self._watch.is_outdated = False
        find = partial(self._find, self._search)
        self._finding = self.run_worker(find, thread=True, exclusive=True, group="history", exit_on_error=False)

    def _look_for_keys(self) -> None:
        """Look for another list; keys that come meanwhile are meant for what stands in that one."""
        self._look()
        self.app.hold_keys_for(self.until_found())

    async def until_found(self) -> None:
        """Wait until what is looked for is found, also where it is looked for anew meanwhile."""
        waited_for = None
        while (finding := self._finding) and finding is not waited_for:
            waited_for = finding
            with contextlib.suppress(WorkerError):
                await finding.wait()

    def _find(self, search: RunSearch) -> None:
        self._watch.begin(self.workspace.store)
        found = search.find(self.workspace.store)
        if not get_current_worker().is_cancelled:
            self.post_message(found)

    @on(RunsFound)
    def _take_found(self, message: RunsFound) -> None:
        self.is_known = True
        self._filter_is_wrong = bool(message.problem)
        self.set_class(self._filter_is_wrong, "-wrong")
        self.query_one("#filter-problem", Static).update(message.problem)
        self._vanished, self._has_trash = message.vanished, message.has_trash
        self._why_none = message.why_none  # of a filter that is wrong what it says stands above
        if message.records is not None:
            self._records, self._is_filtered = message.records, bool(self._search.text)
            if not (self._is_filtered or self._search.in_trash):  # what is gone is marked no more
                kept = {record.run for record in self._records}
                self._marked = {run: None for run in self._marked if run in kept}
        self._show()

    def _lay_out(self) -> None:
        preview, is_wide = self.query_one(RunPreview), self.has_class("-wide")
        preview.set_class(is_wide, "-beside")
        preview.set_class(not is_wide and self.has_class("-normal") and self.has_class("-tall"), "-below")
        self.call_after_refresh(self._show)  # the table says by then how wide it is

    def _show(self) -> None:
        self.query_one(RunTable).show(self._records, self._marked, self._search.sort)
        shown = sum(record.run in self._marked for record in self._records)
        hidden = len(self._marked) - shown
        words = count_words(len(self._records), shown, hidden, self._is_filtered, self._search.in_trash)
        self.query_one("#count", Static).update(words)
        self.query_one(RunTable).border_title = "Trash" if self._search.in_trash else "Runs"
        if self.has_class("-none") != (not self._records):  # the list's frame takes its room a moment later
            self.set_class(not self._records, "-none")
            self.call_after_refresh(self._show)
        self.query_one("#nothing", Static).update(
            Content.assemble(self._why_none, "\n" * bool(self._why_none), key_words(self._nothing))
        )
        self._describe()

    def _show_anew(self) -> None:
        self.query_one(RunTable).show_anew()
        self._show()

    @on(DataTable.RowHighlighted, "#history")
    def _describe(self) -> None:
        self.query_one(RunPreview).show(self._current)
        self.refresh_bindings()

    @property
    def is_drawn(self) -> bool:
        """Whether the run under the cursor is shown with its curves."""
        return self.query_one(RunPreview).is_drawn

    @property
    def _current(self) -> RunRecord | None:
        run = self.query_one(RunTable).run
        return next((record for record in self._records if record.run == run), None)

    @property
    def _chosen(self) -> list[RunRecord]:
        """The marked runs, or the one under the cursor."""
        marked = [record for record in self._records if record.run in self._marked]
        return marked or [record for record in [self._current] if record]

    @property
    def _chosen_anywhere(self) -> list[RunRecord]:
        """The marked runs, also those that the filter hides, or the one under the cursor."""
        shown = {record.run: record for record in self._records}
        seen, get = [record for run, record in shown.items() if run in self._marked], self.workspace.store.get
        hidden: list[RunRecord] = []
        if not self.attempt(lambda: hidden.extend(get(run) for run in self._marked if run not in shown)):
            return []  # one was deleted meanwhile, which is told
        return [*seen, *hidden] or self._chosen

    # Finding.

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one("#filter", Input).focus()

    def action_forget_filter(self) -> None:
        """Give the whole list back."""
        self.query_one(RunFilter).value = ""
        self.query_one(RunTable).focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._search, self._filter_is_wrong = replace(self._search, text=event.value), False
        self._look()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        """Go to the list; where the filter is wrong, stay to put it right: there letters are commands."""
        if not self._filter_is_wrong:
            self.query_one(RunTable).focus()

    def action_sort(self) -> None:
        """Sort by the next column that is shown."""
        self._sort_by(self.query_one(RunTable).sortable_after(self._search.sort.removeprefix("-")))

    def _sort_by(self, name: str) -> None:
        self._search = self._search.sorted_by(name)
        self._look_for_keys()

    @on(DataTable.HeaderSelected, "#history")
    def _heading_clicked(self, event: DataTable.HeaderSelected) -> None:
        if name := self.query_one(RunTable).sortable_at(event.column_key.value):
            self._sort_by(name)

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take the mark away; go to the next."""
        if record := self._current:
            if record.run in self._marked:
                del self._marked[record.run]
            else:
                self._marked[record.run] = None
            self._show()
            self.query_one(RunTable).action_cursor_down()

    def action_mark_all(self) -> None:
        """Mark every run that is shown, or none."""
        shown = [record.run for record in self._records]
        self._marked = {} if all(run in self._marked for run in shown) else dict.fromkeys(shown)
        self._show()

    # Looking closer.

    @on(DataTable.RowSelected, "#history")
    def _open(self) -> None:
        if (record := self._current) and not self._search.in_trash:
            self.compare([record])

    def action_compare(self) -> None:
        """Show the marked runs side by side."""
        self.compare(self._chosen_anywhere)

    # Training on.

    def action_inspect(self) -> None:
        """Look inside the run under the cursor, or two that are marked."""
        chosen = self._chosen_anywhere
        self.inspect(chosen if len(chosen) > 1 else [record for record in [self._current] if record])

    def action_go_on(self) -> None:
        """Resume: at once what was interrupted, else with a look at the values."""
        record = self._current
        if record and record.status == "interrupted":
            self.attempt(lambda: submit_resumed(self.workspace.queue, self.workspace.store, record), to_training=True)
        elif record:
            self.ask_how_to_go_on(record)

    def action_heed(self) -> None:
        """Train what the coach would try in place of the run under the cursor."""
        if record := self._current:
            read = partial(read_heeded, self.workspace.queue, self.workspace.store, record)
            self.run_worker(partial(self._read_advice, read), thread=True, group="heed", exit_on_error=False)

    def _read_advice(self, read: Callable[[], Callable[[], object]]) -> None:
        """Read a run from end to end, in a thread, and then train what would help."""
        found: list[Callable[[], object]] = []
        if self.attempt(lambda: found.append(read())):
            self.call_later(self._heed, found[0])

    def _heed(self, train: Callable[[], object]) -> None:
        """Train, and show it to who waits for that; who went elsewhere meanwhile stays there and is told."""
        if self.attempt(train, to_training=self.is_current) and not self.is_current:
            self.app.notify("What the coach would try trains now.")

    def action_branch(self) -> None:
        """Choose a kept epoch, and what is different from there on."""
        if record := self._current:
            self.attempt(lambda: self.ask_where_to_branch(record))

    def action_take(self) -> None:
        """Fill the form with the run's values."""
        from hw1_tui.training.kept_data import config_here

        if (record := self._current) and self.config_of(record):
            self.workspace.draft.take(config_here(record))
            if record.not_repeated:
                self.notify(visible("; ".join(record.not_repeated)), title="Not in the form", markup=False)
            self.app.action_go("hyperparameters")

    # Labels, trash, files.

    def action_star(self) -> None:
        """Make it a favourite, or no longer."""
        if record := self._current:
            self.attempt(lambda: self.workspace.store.star(record.run, not record.labels.starred))

    def action_label(self, name: str) -> None:
        """Ask for what is to be written on the run, and write it."""
        from screens.dialogs.entry_dialog import EntryDialog

        label = RUN_LABELS[name]
        if record := self._current:
            heading, change = f"{label.title} {record.title}", LabelChange(label, record)
            take = partial(self._write_label, change)
            self.app.push_screen(EntryDialog(heading, label.read(record), label.note, take))

    def _write_label(self, change: LabelChange, text: str) -> bool:
        return self.attempt(lambda: change.write(self.workspace.store, text))

    def action_export(self) -> None:
        """Ask for a file, whose suffix says what is written."""
        from screens.dialogs.run_export import export_runs

        if records := self._chosen_anywhere:
            export_runs(self.app, self.workspace, records)

    async def action_delete(self) -> None:
        """Move the chosen runs to the trash: one notice, and one step to bring them back."""
        mistakes: list[Mistake] = []
        if gone := await self._trash.delete(self._chosen, mistakes):
            self.notify(deleted_words(gone))
        self._moved(gone, mistakes)

    async def action_undo(self) -> None:
        """Bring back what was deleted last; in the trash, the chosen runs."""
        records = self._chosen if self._search.in_trash else self._trash.newest
        if not records:
            since = "Nothing that was deleted since the program started is left to bring back; z shows the trash."
            self.notify("The trash is empty." if self._search.in_trash else since)
            return
        mistakes: list[Mistake] = []
        if back := await self._trash.bring_back(records, mistakes):
            self.notify(f"{names_of(back)} {'is' if len(back) == 1 else 'are'} back.")
        self._moved(back, mistakes)

    def _moved(self, records: list[RunRecord], mistakes: list[Mistake]) -> None:
        """Say why others could not be moved; runs that were are marked no more."""
        if mistakes:
            self.notify(in_short(MistakeError(mistakes)), severity="error")
        for record in records:
            self._marked.pop(record.run, None)
        self._look_for_keys()

    def action_trash(self) -> None:
        """Show the deleted runs, or the history again."""
        self._search = replace(self._search, in_trash=not self._search.in_trash)
        self._marked.clear()
        self._look_for_keys()
        self.refresh_bindings()

    @cached_property
    def _trash(self) -> Trash:
        """What was deleted; made when it is first asked for, as keys are looked at before the screen is mounted."""
        return Trash(self.workspace.store)

    @property
    def _nothing(self) -> str:
        search, has_deleted = self._search, bool(self._trash.newest)
        words = nothing_words(self._vanished, bool(search.text), search.in_trash, has_deleted, self._has_trash)
        return words if self.is_known else "The history is still being read."

    def why_not(self, action: str) -> str:
        """Return why an action has no run to be done to, or none that takes it."""
        if action in _OF_RUNS and not self._records:
            return plain_words(self._nothing)
        if action == "go_on" and (record := self._current) and record.is_live:
            return f"{record.title} is being trained right now."
        is_gone = self._search.in_trash and action in _NOT_IN_TRASH
        return "A deleted run is brought back first, with u." if is_gone else ""

    def chosen_for(self, action: str) -> object:
        """Return the marked runs and the one under the cursor, where an action is about them."""
        is_about = action in (*_OF_RUNS, "copy_command") and action not in ("mark_all", "sort")
        return (*self._marked, self.query_one(RunTable).run) if is_about else None

    def take_change(self) -> None:
        """Read the history again."""
        self._stale = True
