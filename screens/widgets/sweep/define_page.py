"""Where a sweep is defined: a field takes a range, and what comes of it is said as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath
from typing import cast

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.settings import SEEDS, TABLE
from hw1_tui.sweep.definition import Sweep
from screens.state.sweep_draft import NOTHING_TRIED, SETTINGS, SweepDraft
from screens.state.workspace_app import WorkspaceApp
from screens.theme import REMARK
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.sweep.range_field import RangeField

_FIRST = ("learning_rate", "dropout", "momentum", "batch_size", "hidden_sizes", "l2", "epochs")
"""What people sweep stands above what they mostly leave."""

_HOW = "Several values make a hyperparameter one that is tried: .01,.25,.5 or 1e-4..1e-1:log:5, sizes as 100;2x200."


class DefinePage(Container):
    """The form of a sweep. Every key typed goes into the draft, right or wrong, and is looked at in a thread.

    Attributes:
        sweep: what is typed; ``None`` where something is wrong with it.
        is_checking: whether what was typed last is still being looked at.
    """

    app = getters.app(WorkspaceApp)

    class Defined(Message):
        """What was typed was looked at.

        Args:
            sweep: the sweep; ``None`` where something is wrong.
            problems: what is wrong, as a sentence by field.
        """

        def __init__(self, sweep: Sweep | None, problems: Mapping[str, str]) -> None:
            super().__init__()
            self.sweep, self.problems = sweep, problems

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._built: tuple[str, str] | None = None
        self._problems: Mapping[str, str] = {}
        self.sweep: Sweep | None = None
        self.is_checking = False
        self._checking: Worker[None] | None = None

    @property
    def _draft(self) -> SweepDraft:
        return self.app.workspace.sweep_draft

    def compose(self) -> ComposeResult:
        """Draw the two forms, the help and what comes of it."""
        yield Static(markup=False, id="sweep-what", classes="line title")
        with Container(id="sweep-forms"):
            with Form(id="ranges", classes="frame") as ranges:
                ranges.border_title = "Hyperparameters"
                ranges.border_subtitle = "one value, or several"
            with Vertical(id="sweep-side"):
                with Form(id="sweep-settings", classes="frame") as settings:
                    settings.border_title = "The sweep"
                with Vertical(classes="panel", id="sweep-about"):
                    yield Static("The field", classes="title")
                    yield Static(_HOW, markup=False, id="sweep-help")
                    yield Static("This sweep", classes="title")
                    yield Static(markup=False, id="sweep-facts")

    async def show(self) -> None:
        """Show what the draft holds; the fields are built anew where it has changed elsewhere."""
        draft, form = self._draft, self._draft.form
        ranges, settings = draft.fields(), draft.setting_fields()
        texts = {about.name: text for about, (text, _) in {**ranges, **settings}.items()}
        shown = {field.about.name: field.text for field in self.query(Field)}
        what = f"{form.model} on {visible(PurePath(form.data).name)}, trained by the {form.engine} engine"
        self.query_one("#sweep-what", Static).update(what, layout=False)
        if (form.model, form.engine) == self._built and texts == shown:
            return
        self._built = (form.model, form.engine)
        order = {name: place for place, name in enumerate(_FIRST)}
        swept = sorted(ranges.items(), key=lambda pair: order.get(pair[0].name, len(order)))
        fields: list[Widget] = [RangeField(about, *texts) for about, texts in swept]
        others: list[Widget] = [Field(about, *texts) for about, texts in settings.items()]
        async with self.batch():
            for name, widgets in (("#ranges", fields), ("#sweep-settings", others)):
                await self.query_one(name, Form).fill(widgets)

    def on_field_changed(self, event: Field.Changed) -> None:
        """Keep what was typed."""
        event.stop()
        self._draft.type(event.field.about.name, event.text)
        self.check()

    def check(self) -> None:
        """Look at what was typed, in a thread: a sweep may have thousands of points."""
        self.is_checking = True
        define = self._draft.definer()
        work = partial(self._define, define)
        self._checking = self.run_worker(work, thread=True, exclusive=True, group="define", exit_on_error=False)

    async def until_checked(self) -> None:
        """Wait until what was typed last is looked at."""
        if self._checking:
            await self._checking.wait()

    def _define(self, define: Callable[[], Sweep]) -> None:
        try:
            found = self.Defined(define(), {})
        except MistakeError as error:
            problems: dict[str, str] = {}
            for mistake in error.mistakes:
                point, _, name = mistake.place.rpartition(": ")  # of what is wrong with a point alone
                problems.setdefault(name, f"{f'with {visible(point)}: ' if point else ''}{mistake.sentence}")
            found = self.Defined(None, problems)
        if not get_current_worker().is_cancelled:
            self.post_message(found)

    @on(Defined)
    def _take(self, message: Defined) -> None:
        self.is_checking, self.sweep = False, message.sweep
        self._tell(message.sweep, message.problems)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain the focused field."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        text = Content(_HOW)
        if field:
            about = field.about
            text = Content.assemble((about.title, "bold"), f": {about.help}. ", (_allowed(field), REMARK))
        self.query_one("#sweep-help", Static).update(text, layout=False)

    def _tell(self, sweep: Sweep | None, problems: Mapping[str, str]) -> None:
        """Say what comes of what was typed, and what is wrong with it under each field."""
        self._problems = problems
        for field in self.query(Field):
            field.explain(problems.get(field.about.name, ""))
        others = self._others()
        facts = self.query_one("#sweep-facts", Static)
        facts.set_class(bool(others and sweep is None and NOTHING_TRIED not in others), "wrong")
        if sweep is None:
            n = len(problems) - len(others)
            facts.update(
                "\n".join([*others, *([f"{counted(n, 'value')} to put right before it can train."] if n else [])])
            )
            return
        facts.update(_facts(sweep))

    def keep_focus(self) -> None:
        """Go to the first field where the one that had the focus is gone."""
        if not any(isinstance(node, Field) for node in (self.screen.focused.ancestors if self.screen.focused else ())):
            self.show_first_wrong()

    def _others(self) -> list[str]:
        """Return what is wrong and stands under no field here; what is of the form of a run first, with its field."""
        names = {field.about.name for field in self.query(Field)}
        others = {name: text for name, text in self._problems.items() if name not in names}
        of_form = [f"{TABLE[name].title} under Hyperparameters: {others.pop(name)}" for name in TABLE if name in others]
        return [*of_form, *others.values()]

    def why_not(self) -> str:
        """Return why there is no sweep yet: what stands under no field, or else that it stands there."""
        return next(iter(self._others()), "") or "Something is to be put right first; it stands under its field."

    def show_first_wrong(self) -> None:
        """Go to the first field with something wrong in it; to the first of all where none has."""
        fields = list(self.query(Field))
        wrong = next((field for field in fields if field.about.name in self._problems), None)
        if target := wrong or next(iter(fields), None):
            target.query_one(".control").focus()


def _allowed(field: Field) -> str:
    about = field.about
    if about in SETTINGS or about.name == SEEDS.name:
        return f"Allowed: {about.allowed}" if about.kind != "text" else ""
    several = "several parted by semicolons" if about.kind == "sizes" else "several parted by commas"
    ranges = ", or LOW..HIGH:log:N" if about.kind in ("integer", "number") else ""
    return f"Allowed: {about.allowed}; {several}{ranges}"


def _facts(sweep: Sweep) -> str:
    """Return what a sweep amounts to; nothing is trained for it."""
    each = f" with {counted(sweep.seeds, 'seed')} each" if sweep.seeds > 1 else ""
    drawn = "drawn at random" if sweep.n_random else "chosen by TPE" if sweep.n_tpe else "of a grid"
    runs, points = counted(sweep.n_trials, "run"), counted(sweep.n_points, "point")
    lines = [f"{runs}: {points} {drawn}{each}, {_epochs(sweep)}."]
    lines.append(f"Ranked by {sweep.ranked_by.title}, the {sweep.ranked_by.best} is best.")
    if sweep.seeds < 2:
        lines.append("With one seed little can be told from chance: 2 or 3 tell more.")
    return "\n".join(lines)


def _epochs(sweep: Sweep) -> str:
    """Return how many epochs its trials have, which may be an axis."""
    for axis in sweep.space.axes:
        if axis.name == "epochs":
            tried = [int(cast("float", value)) for value in axis.values or (axis.low, axis.high)]
            return f"{min(tried)} to {counted(max(tried), 'epoch')}"
    return counted(sweep.config.epochs, "epoch")
