"""Hyperparameters: a form of what the chosen model takes, checked as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Value
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import READ_OPTIONS
from hw1_tui.runs.home import home_option
from hw1_tui.settings import RunConfig, without_effect
from screens import interval
from screens.main_screen import MainScreen
from screens.one_shot import call_after
from screens.state.command import Command
from screens.state.draft import count_parameters, count_updates, in_short
from screens.theme import REMARK
from screens.widgets.button import Button
from screens.widgets.earlier_runs import EarlierRuns
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.network_plan import NetworkPlan

_MOVING = "Up and down move through the fields; ctrl+s starts from anywhere."
_GROUPS = {
    "Training": ("epochs", "learning_rate", "batch_size"),
    "Model": ("hidden_sizes", "activation", "init", "dropout", "dropout_place"),
    "Optimisation": ("l2", "l1", "optimizer", "momentum", "nesterov", "average_from"),
    "Schedule and early stopping": ("schedule", "schedule_epochs", "schedule_factor", "warmup_epochs", "patience"),
    "Data": ("val_share", "test_share", "target", "task", "standardize"),
}
_OTHERS = "The run"


class HyperparameterScreen(MainScreen):
    """The form. Every key typed goes into the draft, right or wrong, so nothing is lost on leaving."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "Start", id="hyperparameters.start", priority=True, tooltip="Train this run."),
        Binding(
            "ctrl+t",
            "start_beside",
            "Train beside",
            id="hyperparameters.start-beside",
            show=False,
            tooltip="Train this run at once, beside what trains already.",
        ),
        Binding(
            "ctrl+l",
            "compare_engines",
            "Compare engines",
            id="hyperparameters.compare-engines",
            tooltip="Train this run by both engines in lockstep and show how far their weights come apart.",
        ),
        Binding(
            "ctrl+g",
            "check",
            "Check",
            id="hyperparameters.check",
            tooltip="Look in seconds for what speaks against this run, before it is trained.",
        ),
        Binding(
            "ctrl+n",
            "find_rate",
            "Find a rate",
            id="hyperparameters.find-rate",
            tooltip="Let the learning rate rise over one epoch, and take the one that it suggests.",
        ),
        Binding(
            "ctrl+r", "reset", "Defaults", id="hyperparameters.reset", show=False, tooltip="Put every default back."
        ),
        Binding("down", "next_field", "Next field", id="hyperparameters.next", show=False),
        Binding("up", "previous_field", "Previous field", id="hyperparameters.previous", show=False),
    ]
    AUTO_FOCUS = "#start"

    def __init__(self) -> None:
        super().__init__()
        self._built: tuple[str, str] | None = None
        self._typing: Timer | None = None
        self._was_left = False

    def compose_body(self) -> ComposeResult:
        """Draw the title, the form, the help of the focused field, the facts and the buttons."""
        yield Static(markup=False, id="what", classes="line")
        with Container(id="middle"):
            with Vertical(id="filled-in"):
                yield Form(id="form", classes="frame")
                with Vertical(id="earlier", classes="panel"):
                    yield Static("Your runs of this model on this data", classes="title")
                    yield EarlierRuns(id="earlier-runs")
            with Vertical(id="about", classes="panel"):
                yield Static("The field", classes="title")
                yield Static(markup=False, id="field-help")
                yield Static("This run", classes="title")
                yield Static(markup=False, id="facts")
                yield Static("As a command", classes="title")
                yield Static(markup=False, id="command", classes="remark")
                yield NetworkPlan(id="plan")
        with Horizontal(classes="buttons"):
            yield Button("Start", id="start", variant="primary", action="screen.start")
            yield Button("Train beside", id="start-beside", action="screen.start_beside")
            yield Button("Check", id="check", action="screen.check")
            yield Button("Find a rate", id="find-rate", action="screen.find_rate")
            yield Button("Copy as command", id="copy", action="screen.copy_command")
            yield Button("Defaults", id="reset", action="screen.reset")

    async def on_mount(self) -> None:
        """Build the form."""
        self.workspace.library.changed.subscribe(self, lambda _source: self._show_facts())
        await self._build()

    async def on_screen_resume(self) -> None:
        """Build the form anew where the draft has changed elsewhere."""
        if self._built:
            await self._build()
            self.query_one(EarlierRuns).look_anew()
            if self._was_left:
                self.query_one("#start").focus()

    def on_screen_suspend(self) -> None:
        """Note whether another screen is shown: who comes back from a dialog goes on where he was."""
        self._was_left = self not in self.app.screen_stack

    def command(self) -> Command:
        """Return the command of the run as filled in."""
        configs = self.workspace.draft.configs()
        return Command(configs[0].command(len(configs)) + home_option(self.workspace.store.home))

    async def _build(self) -> None:
        draft = self.workspace.draft
        self._ask_data()
        fields = draft.fields()
        texts = {about.name: text for about, (text, _) in fields.items()}
        shown = {field.about.name: field.text for field in self.query(Field)}
        if (draft.model, draft.engine) != self._built or texts != shown:
            self._built = (draft.model, draft.engine)
            widgets = _grouped([Field(about, *texts) for about, texts in fields.items()])
            await self.query_one("#form", Form).fill(widgets)
        self._check()

    def on_field_changed(self, event: Field.Changed) -> None:
        """Keep what was typed and check it."""
        self.workspace.draft.type(event.field.about.name, event.text)
        self._check()
        if event.field.about.name in READ_OPTIONS:  # a number is typed digit by digit, and data takes time to read
            if self._typing:
                self._typing.stop()
            self._typing = call_after(self, interval.TYPED, self._ask_data)

    def _ask_data(self) -> None:
        self.workspace.library.ask(*self.workspace.draft.wanted)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain the focused field."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        self.query_one("#field-help", Static).update(
            _help(field) if field else Content.styled(_MOVING, REMARK), layout=False
        )

    def _check(self) -> None:
        mistakes = self.workspace.draft.mistakes()
        for field in self.query(Field):
            field.explain(mistakes.get(field.about.name, ""))
        self._show_facts()

    def _show_facts(self) -> None:
        """Say what is trained and what the values amount to; no training is started for it."""
        draft = self.workspace.draft
        data = self.workspace.library.get(*draft.wanted)
        what = f"{draft.model} on {draft.data}, trained by the {draft.engine} engine"
        self.query_one("#what", Static).update(what, layout=False)
        wrong, problem, configs = 0, "", []
        try:
            configs = draft.configs()
        except MistakeError as error:
            wrong = len(error.mistakes)
            text = f"{counted(wrong, 'value')} to put right before it can train"
        else:
            config, n = configs[0], len(configs)
            text = f"{draft.data} is being read..."
            if problem := self.workspace.library.problem(*draft.wanted) or draft.refusal_of_all():
                text = problem
            elif data:
                values = config.hyperparameters
                numbers = (
                    f"{counted(count_parameters(values, data), 'parameter')}, "
                    f"{counted(count_updates(values, data), 'update')} an epoch, {counted(values['epochs'], 'epoch')}"
                    f"{f', {n} seeds: a run each' if n > 1 else ''}"
                )
                text = "\n".join([numbers, *without_effect(config, len(data.train), len(data.val)).values()])
        first = configs[0] if configs else None
        self.query_one(NetworkPlan).show(first.hyperparameters if first else None, data)
        self.query_one(EarlierRuns).show(first)
        facts = self.query_one("#facts", Static)
        facts.set_class(bool(wrong or problem), "wrong")
        _tell(facts, text)
        line = "" if wrong else self.command().line
        _tell(self.query_one("#command", Static), line or "Once every value is right.")

    def action_start(self) -> None:
        """Train the run; it waits its turn where something trains already."""
        self._submit(beside=False)

    def action_start_beside(self) -> None:
        """Train the run at once."""
        self._submit(beside=True)

    def _submit(self, *, beside: bool) -> None:
        try:
            live = self.workspace.submit_draft(beside=beside)
        except MistakeError as error:
            self._show_first(error.mistakes[0].place)
            self.notify(in_short(error), title="Not started", severity="warning")
            return
        if beside and (words := self.workspace.queue.waiting_words(live)):
            self.notify(words, severity="warning")
        self.app.action_go("training")

    def action_check(self) -> None:
        """Look for what speaks against the run before it is trained."""
        from screens.dialogs.preflight_dialog import PreflightDialog

        if config := self._config():
            self.app.push_screen(PreflightDialog(config), self._fill)

    def action_find_rate(self) -> None:
        """Let the learning rate rise over an epoch."""
        from screens.dialogs.rate_dialog import RateDialog

        if config := self._config():
            self.app.push_screen(RateDialog(config), self._fill)

    def _config(self) -> RunConfig | None:
        """Return the run, the first of several seeds; ``None`` where something is wrong with it, which is said."""
        try:
            return self.workspace.draft.configs()[0]
        except MistakeError as error:
            self._show_first(error.mistakes[0].place)
            self.notify(in_short(error), title="Not yet", severity="warning")
            return None

    async def _fill(self, changes: Mapping[str, Value] | None) -> None:
        """Put values into the form, and show the first of them."""
        if changes:
            self.workspace.draft.fill(changes)
            await self._build()
            self.call_later(self._show_first, next(iter(changes)))  # behind what the end of a dialog brings

    def action_compare_engines(self) -> None:
        """Train the run by the first two engines that can, in lockstep."""
        from screens.dialogs.lockstep_dialog import LockstepDialog

        able = [name for name, reason in self.workspace.draft.engines().items() if not reason]
        if len(able) < 2:
            self.notify("Two engines that train this model are needed.", severity="warning")
            return
        self.app.push_screen(LockstepDialog(self.workspace.draft.given(), (able[0], able[1])))

    def action_next_field(self) -> None:
        """Go to the next field; from the buttons, at which the screen begins, to the first."""
        if isinstance(self.focused, Button):
            self._controls[0].focus()
        else:
            self.focus_next()

    def action_previous_field(self) -> None:
        """Go to the field before; from the buttons to the last."""
        if isinstance(self.focused, Button):
            self._controls[-1].focus()
        else:
            self.focus_previous()

    @property
    def _controls(self) -> list[Widget]:
        return list(self.query_one(Form).query(".control"))

    def _show_first(self, name: str) -> None:
        for field in self.query(Field):
            if field.about.name == name:
                field.query_one(".control").focus()

    async def action_reset(self) -> None:
        """Put every default back; what is typed after it goes into the new fields."""
        self.workspace.draft.reset()
        await self._build()


def _grouped(fields: Sequence[Field]) -> list[Widget]:
    """Return the fields in their order, a title before those that belong together."""
    widgets: list[Widget] = []
    for title, members in groupby(fields, _group):
        classes = "group title" if widgets else "group title -first"
        widgets += [Static(title, markup=False, classes=classes), *members]
    return widgets


def _group(field: Field) -> str:
    return next((title for title, names in _GROUPS.items() if field.about.name in names), _OTHERS)


def _help(field: Field) -> Content:
    about = field.about
    return Content.assemble((about.title, "bold"), f": {about.help}. ", (f"Allowed: {about.allowed}", REMARK))


def _tell(static: Static, text: str) -> None:
    """Put a text in its place; whatever stands below moves only where it takes more or fewer rows than before."""
    static.update(text, layout=False)
    static.clear_cached_dimensions()
    width, height = static.size
    if width and static.get_content_height(static.size, static.app.size, width) != height:
        static.refresh(layout=True)
