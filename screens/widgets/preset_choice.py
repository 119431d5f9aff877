"""The runs of the report to choose from, with a filter for the one that is looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from hw1_tui.markup import wrap
from hw1_tui.mistake import MistakeError
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.choice_list import ChoiceList
from screens.widgets.input import Input
from screens.widgets.plain import plain

if TYPE_CHECKING:
    from hw1_tui.report import Preset
    from screens.widgets.preset_facts import PresetFacts

_HINT = "such as  mlp dropout  or  2.2b"
_INDENT = 6
_NONE = "No run has all these words."


class PresetFilter(Input):
    """What is looked for; up and down move in the list below it.

    Args:
        choices: the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next run", id="presets.down", show=False,
                tooltip="To the next run that the filter lets through."),
        Binding("up", "move(-1)", "Run before", id="presets.up", show=False,
                tooltip="To the run before that the filter lets through."),
    ]  # fmt: skip

    def __init__(self, choices: ChoiceList) -> None:
        super().__init__(placeholder=_HINT, compact=True, id="preset-filter", select_on_focus=False)
        self._choices = choices

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the filter."""
        if step > 0:
            self._choices.action_cursor_down()
        else:
            self._choices.action_cursor_up()


class PresetChoice(Vertical):
    """A list of runs; above it, while one filters, what is looked for; below it, where there is room, what one came to.

    Enter in the list or the filter takes the highlighted run.
    """

    DEFAULT_CSS: ClassVar[str] = """
    PresetChoice {
        #presets { height: 1fr; }
        #preset-filter { display: none; background: $boost; }
        #preset-filter:focus { background: $primary 30%; }
        #preset-facts { margin: 1 0 0 0; }
        &.-filtering #preset-filter { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_filter", "Whole list", id="presets.leave-filter", show=False,
                tooltip="Forget what was typed and show every run of the report."),
    ]  # fmt: skip

    app = getters.app(WorkspaceApp)
    _presets: tuple[Preset, ...] = ()
    _file = ""
    _listed: Sequence[Preset] = ()
    _width = 0

    class Taken(Message):
        """A run of the report was chosen."""

        def __init__(self, preset: Preset) -> None:
            self.preset = preset
            super().__init__()

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield ChoiceList(id="presets", compact=True, classes="bare")
        yield from self._missing_facts()

    @property
    def _facts(self) -> list[PresetFacts]:
        """What shows more of the highlighted run; nothing where there was no room for it yet."""
        return cast("list[PresetFacts]", list(self.query("PresetFacts")))

    def _missing_facts(self) -> Iterator[PresetFacts]:
        if self._facts or not self.screen.has_class("-tall") or self.screen.has_class("-narrow"):
            return
        from screens.widgets.preset_facts import PresetFacts  # not for the first frame of a small terminal

        facts = PresetFacts(id="preset-facts")
        facts.know(self._presets)
        yield facts

    def on_mount(self) -> None:
        """List every run, once the frame is drawn: reading them would hold it up."""
        self.border_title = "Runs of the report"
        self.app.preferences.changed.subscribe(self, lambda _values: self._follow())
        self.call_after_refresh(self._read_once)

    def _read_once(self) -> None:
        """Read the runs unless they were: whoever types before the first frame stands has them at once."""
        if not self._presets:
            self._read()

    def _follow(self) -> None:
        """List other runs where another questions file was chosen."""
        if self.app.workspace.questions != self._file:
            self._read()

    def _read(self) -> None:
        """Read the runs; those of the report where the questions file cannot be used."""
        self._file = self.app.workspace.questions
        try:
            self._presets = self.app.workspace.presets()
            self.border_title = f"Runs of {plain(Path(self._file).name)}" if self._file else "Runs of the report"
        except MistakeError as error:
            from hw1_tui.report import presets

            self._presets = presets()
            self.border_title = "Runs of the report"
            self.notify(str(error), title="Questions file", severity="warning")
        for facts in self._facts:
            facts.know(self._presets)
        if self.is_filtering:  # what was typed meanwhile holds for them too
            self._list()
        else:
            self._write(self._presets)

    def on_resize(self) -> None:
        """Wrap the titles anew, and show what the highlighted run came to where there is room for it now."""
        self.mount_all(self._missing_facts())
        if self._listed:
            self.call_after_refresh(lambda: self._write(self._listed))

    @property
    def is_filtering(self) -> bool:
        """Whether the filter is there."""
        return self.has_class("-filtering")

    def look_anew(self) -> None:
        """Show what the highlighted run came to meanwhile."""
        for facts in self._facts:
            facts.look_anew()

    def go_to(self) -> None:
        """Go to the list."""
        self._read_once()
        self.query_one("#presets").focus()

    async def look_for(self) -> None:
        """Show the filter and go to it."""
        self._read_once()
        self.add_class("-filtering")
        choices = self.query_one("#presets", ChoiceList)
        if not self.query(PresetFilter):
            await self.mount(PresetFilter(choices), before=choices)
        self.query_one(PresetFilter).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to others where nothing is filtered."""
        if action == "leave_filter":
            return self.is_filtering
        return super().check_action(action, parameters)

    def action_leave_filter(self) -> None:
        """Give the whole list back, the same run highlighted."""
        self._forget_filter()
        self.query_one("#presets").focus()

    def _forget_filter(self) -> None:
        self.remove_class("-filtering")
        for field in self.query(PresetFilter):
            field.value = ""

    @on(Input.Changed, "#preset-filter")
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._list()

    def _list(self) -> None:
        """List the runs that the filter lets through."""
        words = " ".join(field.value for field in self.query(PresetFilter)).casefold().split()
        found = [preset for preset in self._presets if all(word in _text(preset) for word in words)]
        self.border_subtitle = f"{len(found)} of {len(self._presets)}" if words else ""
        choices = self.query_one("#presets", ChoiceList)
        before = choices.highlighted_option
        self._write(found)
        choices.highlighted = 0 if found else None
        choices.choose(before.id or "" if before else "")
        choices.call_after_refresh(choices.scroll_to_highlight)  # by then it has its new height

    def _write(self, found: Sequence[Preset]) -> None:
        """List runs as wide as there is room, the highlighted one as before; nothing where they stand so already."""
        choices = self.query_one("#presets", ChoiceList)
        width = choices.size.width - choices.styles.scrollbar_size_vertical
        if (found, width) == (self._listed, self._width):
            return
        self._listed, self._width = found, width
        before = choices.highlighted_option
        options = [_option(preset, width) for preset in found] or [Option(_NONE, disabled=True)]
        with choices.prevent(OptionList.OptionHighlighted):
            choices.set_options(options)
            choices.choose(before.id or "" if before else "")

    def _preset(self, name: str) -> Preset:
        return next(preset for preset in self._presets if preset.name == name)

    @on(Input.Submitted, "#preset-filter")
    def _take_highlighted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#presets", ChoiceList).action_select()

    @on(OptionList.OptionHighlighted, "#presets")
    def _come_to(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option.id:
            for facts in self._facts:
                facts.show(self._preset(event.option.id))

    @on(OptionList.OptionSelected, "#presets")
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._forget_filter()
        self.post_message(self.Taken(self._preset(event.option.id or "")))


def _option(preset: Preset, width: int) -> Option:
    text = f"{preset.question:<{_INDENT}}{preset.title}"
    return Option("\n".join(wrap(text, max(1, width), _INDENT)), id=preset.name)


def _text(preset: Preset) -> str:
    """Return what the words of the filter are looked for in."""
    model, engine = preset.values["model"], preset.values["engine"]
    return f"{preset.question} {preset.title} {preset.name} {model} {engine}".casefold()
