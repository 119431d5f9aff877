"""One field of a form: the hyperparameter's name, its value as typed, its unit, and what is wrong with it."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Checkbox, Select, Static
from textual.widgets.select import NoSelection

from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake
from hw1_tui.settings.hyperparameter import Hyperparameter
from screens.widgets.input import Input
from screens.widgets.tick import Tick

_WIDTH_FOR_HELP = 90


class ChoiceSelect(Select[str], inherit_bindings=False):
    """A select that leaves the arrow keys to the form.

    A dialog may be closed before its fields stand: what a select would show by then (Textual 8.2.8) has no place, and
    ended the interface.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "show_overlay", "Choose", id="field.choose", show=False),
    ]

    def _watch_value(self, value: str | NoSelection) -> None:
        with contextlib.suppress(NoMatches):
            super()._watch_value(value)


class Field(Vertical):
    """A hyperparameter in a form.

    Args:
        about: the entry of the table.
        text: its value as typed, which may be wrong.
        default: what it is compared with, as text.
        origin: what that is called.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Field {
        height: auto;
        .row { height: auto; }
        .name { width: 22; text-wrap: nowrap; text-overflow: ellipsis; }
        .control { width: 16; }
        Input.control { background: $boost; }
        Input.control:focus { background: $primary 30%; }
        .unit { width: 11; padding: 0 1; color: $text-muted; }
        .note { width: 1fr; height: auto; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        .problem { display: none; height: auto; color: $text-error; padding: 0 0 0 2; }
        &.-changed .name { color: $text-primary; text-style: bold; }
        &.-wrong .problem { display: block; }
        &.-wrong .name { color: $text-error; text-style: bold; }
        &.-helped .note { text-wrap: wrap; }
        &.-focused .name { background: $primary 30%; }
    }
    """

    class Changed(Message):
        """A value was typed or chosen."""

        def __init__(self, field: Field, text: str) -> None:
            self.field, self.text = field, text
            super().__init__()

    _has_unit: ClassVar[bool] = True
    """Whether the unit has a column of its own."""

    def __init__(self, about: Hyperparameter, text: str, default: str, origin: str = "default") -> None:
        super().__init__(id=f"field-{about.name.replace('_', '-')}")
        self.about, self.default = about, default
        self._origin = origin
        self._text = text
        self._problem = ""
        self._marked: tuple[bool, bool] | None = None

    @property
    def text(self) -> str:
        """The value as it was typed."""
        return self._text

    def compose(self) -> ComposeResult:
        """Draw the name, the control, the unit, and room for a note."""
        with Horizontal(classes="row"):
            yield Static(self.about.title, markup=False, classes="name")
            yield self._control()
            if self._has_unit:
                yield Static(self.about.unit, markup=False, classes="unit")
            yield Static(markup=False, classes="note")

    def _control(self) -> Input | Select[str] | Checkbox:
        tooltip = f"{self.about.help}; {self.about.allowed}"
        control: Input | Select[str] | Checkbox
        if self.about.kind == "choice" and self._text in self.about.choices:
            choices = [(choice, choice) for choice in self.about.choices]
            control = ChoiceSelect(choices, value=self._text, allow_blank=False, compact=True, classes="control")
        elif self.about.kind == "switch" and self._text in ("true", "false"):
            control = Tick(value=self._text == "true", compact=True, classes="control")
        else:
            control = Input(self._text, classes="control", select_on_focus=False)
        control.tooltip = tooltip
        return control

    # A class and not :focus-within: with that, Textual looks at every field of the form whenever the focus moves.
    def on_descendant_focus(self) -> None:
        """Mark the field."""
        self.add_class("-focused")
        self._bring_into_view()

    def on_descendant_blur(self) -> None:
        """Take the mark away."""
        self.remove_class("-focused")

    def on_resize(self) -> None:
        """Say the default, and what it is for where there is room."""
        self._mark()

    def compare_with(self, default: str) -> None:
        """Compare the value with another; one that was not changed becomes that one."""
        is_changed, self.default = self._text != self.default, default
        self._marked = None
        if is_changed:
            self._mark()
            return
        self._text = default
        self._mark()
        control = self.query_one(".control")
        if isinstance(control, Checkbox):
            control.value = default == "true"
        elif isinstance(control, Select | Input):
            control.value = default

    def explain(self, problem: str) -> None:
        """Say what is wrong under the field; nothing for an empty text."""
        if problem != self._problem:
            self._problem = problem
            self.set_class(bool(problem), "-wrong")
            if said := self.query(".problem"):
                said.only_one(Static).update(problem)
            else:  # of a form's thirty fields hardly one is ever wrong
                self.mount(Static(problem, markup=False, classes="problem"))
            self._bring_into_view()

    def read(self) -> Any:
        """Return what was typed as a value; say under the field what is wrong with it, or nothing.

        Raises:
            ValueError: it is none that the hyperparameter can have.
        """
        try:
            value = self.about.read(self._text)
        except ValueError as error:
            self.explain(Mistake("", str(error), self.about.allowed, self.about.nearest(self._text)).sentence)
            raise
        self.explain("")
        return value

    def _bring_into_view(self) -> None:
        """Scroll to what is wrong with the field one is at; Textual scrolls to the control alone."""
        if self._problem and self.has_class("-focused"):
            self.call_after_refresh(self.scroll_visible, animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take what was typed."""
        event.stop()
        self._take(event.value)

    def on_select_changed(self, event: Select.Changed) -> None:
        """Take what was chosen."""
        event.stop()
        self._take(str(event.value))

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Take what was switched."""
        event.stop()
        self._take("true" if event.value else "false")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field."""
        event.stop()
        self.screen.focus_next()

    def _take(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._mark()
            self.post_message(self.Changed(self, text))

    def _mark(self) -> None:
        """Show that the value differs from the default, and from which, also without colour; then what it is for."""
        changed, has_room = self._text != self.default, self.size.width >= _WIDTH_FOR_HELP
        if (changed, has_room) == self._marked:
            return
        self._marked = changed, has_room
        self.update_classes({"-changed": changed, "-helped": has_room})
        default = f"• {self._origin} {visible(self.default) or 'none'}" if changed else ""
        gap = "  " * bool(default)
        note = Content.assemble((default, "bold $text-primary"), f"{gap}{self.about.help}" if has_room else "")
        self.query_one(".note", Static).update(note, layout=has_room)
