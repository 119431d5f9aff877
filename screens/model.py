"""Model: what is trained, with which engine, on which data; or a run of the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engines import registry
from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import NAMED_DATA, RunConfig
from screens import interval
from screens.main_screen import MainScreen
from screens.one_shot import call_after
from screens.state.draft import model_titles
from screens.state.field_words import in_field_words
from screens.state.messages import SourcesFound
from screens.theme import KEY, REMARK
from screens.widgets.button import Button
from screens.widgets.choice_list import ChoiceList
from screens.widgets.data_card import DataCard
from screens.widgets.input import Input
from screens.widgets.preset_choice import PresetChoice

if TYPE_CHECKING:
    from screens.state.command import Command

_OWN_DATA = {"builtin": "builtin: landscapes", "digits": "digits: handwritten"}
_PROGRAM = Content.assemble(
    ("Train a classifier and watch it learn", "bold"), (", then check the homework report.", REMARK)
)
_ENTER = Content.assemble(("enter", KEY), (" to its hyperparameters, enter again trains it", REMARK))


class ModelScreen(MainScreen):
    """Three lists in which what is highlighted is chosen, what the data looks like, and the runs of the report."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Continue", id="model.continue", tooltip="On to the hyperparameters."),
        Binding("o", "open_data", "Own data", id="model.open-data", tooltip="Type the path of a file or folder."),
        Binding(
            "p",
            "presets",
            "Presets",
            id="model.presets",
            tooltip="Choose one of the runs of the report, or of a questions file.",
        ),
        Binding("slash", "filter", "Filter", id="model.filter", tooltip="Find a run of the report by words."),
    ]
    AUTO_FOCUS = "#models"

    def __init__(self) -> None:
        super().__init__()
        self._awaited = ""
        self._engines: tuple[str, ...] = ()
        self._sources = dict(_OWN_DATA)

    def compose_body(self) -> ComposeResult:
        """Draw what the program is, the lists, the data's card, the presets, and where enter leads."""
        yield Static(_PROGRAM, id="program", classes="line")
        with Horizontal(id="choices"):
            yield ChoiceList(id="models", click_selects=False, compact=True, classes="frame")
            yield ChoiceList(id="engines", click_selects=False, compact=True, classes="frame")
            with Vertical(id="data-choice", classes="frame"):
                yield ChoiceList(id="data", click_selects=False, compact=True, classes="bare")
                yield Input(placeholder="FILE or FOLDER", id="path")
        with Horizontal(id="middle"):
            yield DataCard(id="card", classes="panel")
            yield PresetChoice(id="preset-choice", classes="frame")
        with Horizontal(classes="buttons"):
            yield Button("Continue", id="continue", variant="primary", action="screen.go_on")
            yield Static(_ENTER, id="enter")

    def on_mount(self) -> None:
        """List the engines and their models; plug-ins are looked for once that is seen, unless one is chosen."""
        titles = {"models": "Model", "engines": "Engine", "data-choice": "Data"}
        for name, title in titles.items():
            self.query_one(f"#{name}").border_title = title
        self.workspace.library.changed.subscribe(self, self._leave_read_path)
        known = tuple(registry.BUILT_IN)
        self._list_engines(known if self.workspace.draft.engine in known else registry.names())
        self.call_after_refresh(self._look_for_plug_ins)

    def on_screen_resume(self) -> None:
        """Show what was chosen, also elsewhere meanwhile."""
        self._show_draft()
        self.query_one(PresetChoice).look_anew()
        self.call_after_refresh(self._look_for_data)

    def _look_for_data(self) -> None:
        self.run_worker(self._find_sources, thread=True, exclusive=True, group="sources", exit_on_error=False)

    def _find_sources(self) -> None:
        """Look for data files of the current folder and of earlier runs; in a thread."""
        from hw1_tui.data.listing import find_sources, recent_sources  # with numpy: not before the first frame

        try:
            records = sorted(self.workspace.store.runs(), key=lambda record: record.created, reverse=True)
        except (MistakeError, OSError):  # the history says on its own screen what is wrong with it
            records = []
        try:
            here = Path.cwd()
        except OSError:  # it was removed meanwhile
            return
        recent = recent_sources((str(record.facts.get("data_path") or "") for record in records), here)
        self.post_message(SourcesFound(find_sources(here), recent))

    @on(SourcesFound)
    def _list_sources(self, message: SourcesFound) -> None:
        """List the data below that of the program; nothing else moves."""
        message.stop()
        here = {f"./{name}" if name in NAMED_DATA else name: name for name in message.here}
        recent = {path: f"{Path(path).name} in {Path(path).parent}" for path in message.recent}
        sources = {source: visible(title) for source, title in {**_OWN_DATA, **here, **recent}.items()}
        counts = [f"{len(found)} {where}" for found, where in ((here, "here"), (recent, "recent")) if found]
        self.query_one("#data-choice").border_subtitle = ", ".join(counts)
        if sources != self._sources:
            self._sources = sources
            if not self.query_one("#path").has_focus:  # what is being typed is no source yet
                self._list_data()

    def _look_for_plug_ins(self) -> None:
        if registry.names() != self._engines:
            self._list_engines(registry.names())
            self._show_draft()

    def _list_engines(self, engines: tuple[str, ...]) -> None:
        self._engines = engines
        models = [Option(title, id=name) for name, title in model_titles(engines).items()]
        with self.prevent(OptionList.OptionHighlighted):
            self.query_one("#models", ChoiceList).set_options(models)

    def _show_draft(self) -> None:
        with self.prevent(OptionList.OptionHighlighted):
            self.query_one("#models", ChoiceList).choose(self.workspace.draft.model)
        self._fill_engines()
        self._fill_data()

    def command(self) -> Command:
        """Return the command of the run as chosen here and filled in on the next screen."""
        from hw1_tui.runs.home import home_option  # not before the first frame
        from screens.state.command import Command

        return Command(self.workspace.draft.config().command() + home_option(self.workspace.store.home))

    def _fill_engines(self) -> None:
        """List the engines; those that cannot train the model say why and how to get them."""
        engines = self.query_one("#engines", ChoiceList)
        reasons = self.workspace.draft.engines(self._engines)
        if reasons.get(self.workspace.draft.engine, "unknown"):
            able = [name for name, reason in reasons.items() if not reason]
            self.workspace.draft.engine = able[0] if able else self.workspace.draft.engine
        chosen = self.workspace.draft.engine
        with self.prevent(OptionList.OptionHighlighted):
            engines.set_options(
                Option(f"{name}: {reason}" if reason else name, id=name, disabled=bool(reason))
                for name, reason in reasons.items()
            )
            engines.choose(chosen)

    def _fill_data(self) -> None:
        self._list_data()
        self._show_data()

    def _list_data(self) -> None:
        chosen = self.workspace.draft.data
        sources = self._sources if chosen in self._sources else {**self._sources, chosen: visible(chosen)}
        data = self.query_one("#data", ChoiceList)
        with self.prevent(OptionList.OptionHighlighted):
            data.set_options(Option(title, id=source) for source, title in sources.items())
            data.choose(chosen)

    def _show_data(self) -> None:
        path = self.query_one("#path", Input)
        if path.value.strip() != self.workspace.draft.data:  # it was chosen otherwise since that was typed
            with self.prevent(Input.Changed):
                path.value = ""
        self.workspace.library.look_again(*self.workspace.draft.wanted)
        self.query_one(DataCard).show(*self.workspace.draft.wanted)

    @on(OptionList.OptionHighlighted, "#models")
    def _choose_model(self, event: OptionList.OptionHighlighted) -> None:
        self.workspace.draft.model = event.option.id or self.workspace.draft.model
        self._fill_engines()

    @on(OptionList.OptionHighlighted, "#engines")
    def _choose_engine(self, event: OptionList.OptionHighlighted) -> None:
        self.workspace.draft.engine = event.option.id or self.workspace.draft.engine

    @on(OptionList.OptionHighlighted, "#data")
    def _choose_data(self, event: OptionList.OptionHighlighted) -> None:
        """Take what is highlighted; what is none of the program's own is read once the cursor rests on it."""
        self.workspace.draft.data = chosen = event.option.id or self.workspace.draft.data
        if chosen in _OWN_DATA:
            self._show_data()
        else:
            call_after(self, interval.PREVIEW, lambda: self._preview(chosen))

    def _preview(self, source: str) -> None:
        if source == self.workspace.draft.data:
            self._show_data()

    @on(PresetChoice.Taken)
    def _take_preset(self, event: PresetChoice.Taken) -> None:
        draft, preset = self.workspace.draft, event.preset
        source = preset.data or draft.data
        wanted = preset.wanted(source) if preset.data else draft.wanted
        dataset = self.workspace.library.get(*wanted)
        if preset.follows_n and dataset is None:
            self.workspace.library.ask(*wanted)
            self.notify(
                f"Its settings follow from the size of {source}, which is not in memory yet.", severity="warning"
            )
            return
        values = preset.values_at(len(dataset.train) if dataset else 1)
        read_values = {} if preset.data else draft.read_values
        draft.take(RunConfig.from_dict({"data": source, **read_values, **values}))
        self.action_go_on()

    @on(OptionList.OptionSelected)
    def _go_on_from_list(self) -> None:
        self.action_go_on()

    @on(Input.Changed, "#path")
    def _type_path(self, event: Input.Changed) -> None:
        """Keep what is typed, as the form does: whoever goes on by a click means it too."""
        self._awaited = ""
        chosen = self.query_one("#data", ChoiceList).highlighted_option
        self.workspace.draft.data = event.value.strip() or (chosen and chosen.id) or self.workspace.draft.data

    @on(Input.Blurred, "#path")
    def _leave_path(self) -> None:
        if self.app.app_focus:  # not in the middle of a word, to look at another window
            self._fill_data()

    @on(Input.Submitted, "#path")
    def _take_path(self, event: Input.Submitted) -> None:
        if path := event.value.strip():
            self.workspace.draft.data = path  # which stands there from before, where nothing was typed
            self._fill_data()
            self._awaited = path
            self._leave_read_path(path)
            self.app.hold_keys_for(self.workspace.library.until_read(*self.workspace.draft.wanted))

    def _leave_read_path(self, source: str) -> None:
        """Go to the list once what was typed has been read; where it is wrong, stay to put it right."""
        path = self.query_one("#path", Input)
        if source == self._awaited and path.has_focus and self.workspace.library.get(*self.workspace.draft.wanted):
            self.query_one("#data").focus()

    def action_go_on(self) -> None:
        """Go on to the hyperparameters."""
        try:
            self.workspace.draft.config()
        except MistakeError as error:
            if any(mistake.place in ("model", "engine", "data") for mistake in error.mistakes):
                self.notify(in_field_words(str(error)), title="Cannot be trained", severity="warning")
                return
        self.app.action_go("hyperparameters")

    def action_open_data(self) -> None:
        """Type a path."""
        self.query_one("#path").focus()

    def action_presets(self) -> None:
        """Choose a run of the report."""
        self.query_one(PresetChoice).go_to()

    async def action_filter(self) -> None:
        """Look for a run of the report."""
        await self.query_one(PresetChoice).look_for()
