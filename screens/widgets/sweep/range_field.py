"""A field that takes one value or several, such as ``1e-4..1e-1:log:5``."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widgets import Checkbox, Select, Static

from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from screens.state.sweep_draft import describe_axis, is_many
from screens.widgets.field import Field
from screens.widgets.input import Input


class RangeField(Field):
    """A hyperparameter of a sweep; beside it stands what is tried, or what the form of a run has otherwise."""

    DEFAULT_CSS: ClassVar[str] = """
    RangeField .control { width: 26; }
    RangeField .note { padding: 0 0 0 1; }
    """

    _has_unit = False  # it stands where the note does

    def _control(self) -> Input | Select[str] | Checkbox:
        control = Input(self._text, classes="control", select_on_focus=False)
        control.tooltip = f"{self.about.help}; {self.about.allowed}"
        return control

    def _mark(self) -> None:
        """Say what is tried, also without colour."""
        if not self.is_mounted:
            return
        is_axis = is_many(self.about.name, self._text)
        changed = self._text != self.default
        self.set_class(changed, "-changed")
        note = Content.styled(self.about.unit, "$foreground 65%")
        if is_axis:
            try:
                note = Content.styled(f"◆ {describe_axis(self.about.name, self._text)}", "bold $text-primary")
            except MistakeError:  # stands below the field
                note = Content("")
        elif changed:
            note = Content.styled(f"• form {visible(self.default) or 'none'}", "bold $text-primary")
        self.query_one(".note", Static).update(note, layout=False)
