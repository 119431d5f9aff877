"""Data: look at the examples of a data set, by class and split."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.coordinate import Coordinate
from textual.message import Message
from textual.widgets import DataTable, Static
from textual.worker import get_current_worker

from engines.contract import SPLITS, Dataset
from hw1_tui import data
from hw1_tui.numeral import counted
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions
from screens import interval
from screens.dialogs.example_dialog import ExampleDialog
from screens.main_screen import MainScreen, Part
from screens.state.example_list import ExampleList
from screens.state.field_words import in_field_words
from screens.theme import KEY, REMARK
from screens.widgets.button import Button
from screens.widgets.class_table import ClassTable
from screens.widgets.example_table import ExampleTable
from screens.widgets.example_view import ExampleView
from screens.widgets.gallery import Gallery
from screens.widgets.input import Input
from screens.widgets.number import count

_LOOKING = "Looking for duplicates..."
_OF_EXAMPLES = ("next_class", "next_split", "turn_page", "focus_counts")
_NOTHING_ODD = "Nothing odd: no duplicates, no class is missing."


class DatasetInspected(Message):
    """A data set has been looked at.

    Args:
        dataset: which.
        notes: what is odd about it.
    """

    def __init__(self, dataset: Dataset, notes: tuple[str, ...]) -> None:
        self.dataset, self.notes = dataset, notes
        super().__init__()


class DataScreen(MainScreen):
    """A table of counts, whose cells choose what is shown, beside a page of examples."""

    PARTS = (Part("Examples", ExampleView),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "next_class(1)", "Class", id="data.next-class", tooltip="Show the next class."),
        Binding("C", "next_class(-1)", "Class before", id="data.class-before", show=False, tooltip="The class before."),
        Binding("s", "next_split", "Split", id="data.next-split", tooltip="Show the next split."),
        Binding("o", "open_data", "Open", id="data.open", tooltip="Type a name, or the path of a file or folder."),
        Binding("n", "next_source", "Next data", id="data.next-source", show=False,
                tooltip="Look at the next of the data sets that the program brings along."),
        Binding("u", "use", "Train on it", id="data.use", tooltip="Choose this data for the next run."),
        Binding("slash", "focus_counts", "Filter", id="data.filter", show=False,
                tooltip="To the table of counts, each of whose cells shows its examples."),
    ]  # fmt: skip
    AUTO_FOCUS = "Gallery"

    def __init__(self) -> None:
        super().__init__()
        self.is_known = False
        self._source = ""
        self._shown: object = None
        self._notes: dict[tuple[str, str, int], tuple[str, ...]] = {}

    def compose_body(self) -> ComposeResult:
        """Draw the source, the counts, what is odd, and the examples."""
        with Horizontal(id="source-row"):
            yield Static("Data", id="source-label", classes="title")
            yield Input(placeholder="builtin, digits, quadratic, FILE or FOLDER", id="source",
                        select_on_focus=True)  # fmt: skip
            yield Button("Next data", id="next-source", action="screen.next_source")
            yield Button("Train on it", id="use", action="screen.use")
        yield Static(markup=False, id="what", classes="line remark")
        with Horizontal(id="middle"):
            with Vertical(id="side"):
                yield ClassTable(id="counts")
                with VerticalScroll(id="notes-scroll", can_focus=False):
                    yield Static("Remarks", classes="title")
                    yield Static(markup=False, id="notes", classes="remark")
            with Vertical(id="examples"):
                with Horizontal(id="pages"):
                    yield Static(markup=False, id="where", classes="title")
                    yield Button("‹", id="page-back", action="screen.turn_page(-1)",
                                 tooltip="The page before (page up).")  # fmt: skip
                    yield Button("›", id="page-on", action="screen.turn_page(1)",
                                 tooltip="The next page (page down).")  # fmt: skip
                yield Gallery(id="gallery")
                yield ExampleTable(id="lines")
                yield Static(markup=False, id="refused")

    def on_mount(self) -> None:
        """Begin with the data of the run being defined."""
        self.set_interval(interval.DATA, self._look)
        self.workspace.library.changed.subscribe(self, lambda _source: self._look())
        self.open(self.workspace.draft.data)

    def on_screen_resume(self) -> None:
        """See whether the data was written while another screen was shown."""
        if self._source:
            self.workspace.library.look_again(*self._wanted)

    def open(self, source: str) -> None:
        """Look at a data set, now or when it has been read."""
        self._source = source
        self.query_one("#source", Input).value = source
        self.workspace.library.look_again(*self._wanted)
        self._look()

    def _open_for_keys(self, source: str) -> None:
        """Look at other data; keys that come before it is read are meant for it."""
        self.open(source)
        self.app.hold_keys_for(self.workspace.library.until_read(*self._wanted))

    @property
    def _wanted(self) -> tuple[str, ReadOptions]:
        """What is looked at; the data of the run being defined is read as that run reads it."""
        draft = self.workspace.draft
        return draft.wanted if self._source == draft.data else (self._source, DEFAULT_OPTIONS)

    @property
    def view(self) -> ExampleView:
        """What shows the examples: pictures, or lines of numbers."""
        dataset = self.workspace.library.get(*self._wanted)
        pictures = dataset is None or bool(dataset.image_shape)
        return self.query_one(Gallery) if pictures else self.query_one(ExampleTable)

    # What is shown.

    def _look(self) -> None:
        """Show what the library has, once."""
        if not self.is_current:
            return
        dataset, problem = self.workspace.library.get(*self._wanted), self.workspace.library.problem(*self._wanted)
        state = (self._wanted, id(dataset), problem)
        self.is_known = bool(dataset or problem)
        if state != self._shown:
            self._shown = state
            if dataset is None and isinstance(self.focused, (Input, ExampleView)):
                self.set_focus(
                    None
                )  # until there are examples: what is hidden has no keys, and gives them to a neighbour
            self.set_class(dataset is None, "-nothing")
            self.refresh_bindings()
            said = problem or f"Reading {self._source}..."
            way_out = [("\n\no", KEY), (" opens other data.", REMARK)] if problem else []
            self.query_one("#refused", Static).update("" if dataset else Content.assemble(said, *way_out))
            self.query_one("#refused", Static).set_class(bool(problem), "wrong")
            self.query_one("#what", Static).update(_describe(dataset) if dataset else "")
            self.query_one(ClassTable).show(dataset)
            if dataset:
                self._show_notes(dataset)
            else:  # what was shown before is not what is named above
                self.query_one("#where", Static).update("")
                for view in self.query(ExampleView):
                    view.display = False
                    view.show(None)

    def _show_notes(self, dataset: Dataset) -> None:
        notes = self._notes.get(_key(dataset))
        if notes is None:
            self._note("\n".join(filter(None, [*dataset.found, dataset.remark, _LOOKING])))
            look = partial(self._inspect, dataset)
            self.run_worker(look, thread=True, exclusive=True, group="inspection", exit_on_error=False)
        else:
            self._note("\n".join([*dataset.found, *(notes or [_NOTHING_ODD])]))

    def _note(self, text: str) -> None:
        self.query_one("#notes", Static).update(in_field_words(text))

    def _inspect(self, dataset: Dataset) -> None:
        """Look at every example; in a thread."""
        try:
            notes = data.inspect(dataset).notes
        except Exception as error:  # what stands in a file is not ours: a sentence, not silence
            notes = (f"It could not be looked at: {error}",)
        if not get_current_worker().is_cancelled:
            self.post_message(DatasetInspected(dataset, notes))

    @on(DatasetInspected)
    def _take_notes(self, message: DatasetInspected) -> None:
        self._notes = {_key(message.dataset): message.notes}
        if self.workspace.library.get(*self._wanted) is message.dataset:
            self._show_notes(message.dataset)

    @on(ClassTable.CellHighlighted)
    def _filter(self) -> None:
        dataset, table = self.workspace.library.get(*self._wanted), self.query_one(ClassTable)
        if dataset is None or not table.row_count:
            return
        shown = self.view.examples
        if shown and shown.dataset is dataset and (shown.split, shown.label) == (table.split, table.label):
            return  # the table was drawn anew in another size
        examples = ExampleList(dataset, table.split, table.label)
        had_focus = self.focused is None or isinstance(self.focused, ExampleView)
        for view in self.query(ExampleView):
            view.display = view is self.view
            view.show(examples if view.display else None)
        if had_focus:
            self.view.focus()

    @on(DataTable.CellSelected)
    def _to_examples(self) -> None:
        self.view.focus()

    @on(ExampleView.Moved)
    def _say_where(self) -> None:
        view = self.view
        if view.examples is not None:
            page, of = view.page, len(view.examples)
            pages = f"{page[0] + 1} to {page[-1] + 1} of {count(of)}" if of else "none"
            self.query_one("#where", Static).update(f"{view.examples.what}: {pages}")

    @on(ExampleView.Opened)
    def _open_example(self) -> None:
        if self.view.examples:
            self.app.push_screen(ExampleDialog(self.view.examples, self.view.cursor), self._come_back)

    def _come_back(self, position: int | None) -> None:
        if position is not None:
            self.view.go_to(position)

    # Keys and buttons.

    def why_not(self, action: str) -> str:
        """Return why there is nothing to look at; empty where there is, and for what needs no data."""
        if action not in _OF_EXAMPLES or self.workspace.library.get(*self._wanted):
            return ""
        return self.workspace.library.problem(*self._wanted) or f"{self._source} is still being read."

    def action_next_class(self, by: int) -> None:
        """Show another class."""
        table = self.query_one(ClassTable)
        if table.row_count:
            table.move_cursor(row=(table.cursor_row + by) % table.row_count)

    def action_next_split(self) -> None:
        """Show the next split."""
        table = self.query_one(ClassTable)
        if table.row_count:
            split = table.cursor_column % len(SPLITS) + 1
            table.cursor_coordinate = Coordinate(table.cursor_row, split)

    def action_next_source(self) -> None:
        """Look at the next data set that the program brings along, or that the run being defined trains on."""
        names = [*data.NAMED]
        if self.workspace.draft.data not in names:
            names.append(self.workspace.draft.data)
        position = names.index(self._source) if self._source in names else -1
        self._open_for_keys(names[(position + 1) % len(names)])

    def action_open_data(self) -> None:
        """Type a source."""
        self.query_one("#source").focus()

    @on(Input.Submitted, "#source")
    def _take_source(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._open_for_keys(event.value.strip())
            self.view.focus()

    @on(Input.Blurred, "#source")
    def _take_typed(self) -> None:
        """Look at what was typed; where nothing is, what is looked at stands there again."""
        typed = self.query_one("#source", Input).value.strip()
        if typed != self._source and self.app.app_focus:  # not in the middle of a word, to look at another window
            self.open(typed or self._source)

    def action_focus_counts(self) -> None:
        """To the table of counts."""
        self.query_one(ClassTable).focus()

    def action_turn_page(self, by: int) -> None:
        """Show another page of examples."""
        self.view.focus()
        self.view.action_turn(by)

    def action_use(self) -> None:
        """Choose this data for the next run."""
        if problem := self.workspace.library.problem(*self._wanted):
            self.notify(problem, title="Not chosen", severity="warning")
        else:
            self.workspace.draft.data = self._source
            self.app.action_go("model")


def _key(dataset: Dataset) -> tuple[str, str, int]:
    """Return what identifies a data set also when another one has taken its place in memory."""
    return dataset.name, dataset.fingerprint, id(dataset)


def _describe(dataset: Dataset) -> str:
    """Return what the examples are, in a line."""
    shape = " x ".join(map(str, dataset.image_shape))
    kind = f"pictures {shape}" if shape else f"{counted(dataset.n_features, 'feature')}"
    goal = "a number to predict" if dataset.is_regression else f"{dataset.n_classes:,} classes"
    return f"{kind}, {dataset.train.x.dtype}, {goal}"
