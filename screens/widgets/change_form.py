"""The form of what can change in a run that has begun: for steering it, going on with it, and branching from it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from engines.contract import Value
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import TABLE, RunConfig
from screens.widgets.field import Field
from screens.widgets.form import Form


class ChangeForm(Form):
    """A field for each hyperparameter that may change between two steps, each beside the value that it has.

    Args:
        config: the run, as the form finds it.
        origin: what its values are called, such as "now".

    Attributes:
        typed: every value that was typed and can be read, also one that the run has already.
    """

    def __init__(self, config: RunConfig, origin: str) -> None:
        super().__init__()
        self._config, self._origin = config, origin
        self._wrong: set[str] = set()
        self.typed: dict[str, Value] = {}

    def compose(self) -> ComposeResult:
        """Draw the fields."""
        for name, value in self._config.hyperparameters.items():
            if name in self._config.adjustable:
                text = TABLE[name].format(value)
                yield Field(TABLE[name], text, text, self._origin)

    @property
    def changes(self) -> dict[str, Value]:
        """What was typed and differs from what the run had."""
        before = self._config.hyperparameters
        return {name: value for name, value in self.typed.items() if value != before[name]}

    def begin_with(self, config: RunConfig) -> None:
        """Take that the run has other values; they stand in the fields that were not changed."""
        self._config = config
        for field in self.query(Field):
            name = field.about.name
            if field.text == field.default:
                self.typed.pop(name, None)
            field.compare_with(TABLE[name].format(config.hyperparameters[name]))

    def on_field_changed(self, event: Field.Changed) -> None:
        """Check what was typed."""
        event.stop()
        name = event.field.about.name
        self.typed.pop(name, None)
        self._wrong.discard(name)
        try:
            self.typed[name] = event.field.read()
        except ValueError:
            self._wrong.add(name)

    def go_to(self, *names: str) -> None:
        """Put the focus into the first field of those that there are; into the first of all where there is none."""
        fields = {field.about.name: field for field in self.query(Field)}
        found = next((fields[name] for name in names if name in fields), next(iter(fields.values())))
        found.query_one(".control").focus()

    def go_to_wrong(self) -> bool:
        """Go to the first field whose text cannot be read; return whether there is one."""
        if self._wrong:
            self.go_to(min(self._wrong))
        return bool(self._wrong)

    def suits(self, config: RunConfig, mistake: Callable[[RunConfig], Mistake | None]) -> bool:
        """Return whether a run can go on with what was typed; say at its field why it cannot.

        Args:
            config: the run as it is now.
            mistake: why it would have nothing to do with the values in it, if it would not.
        """
        try:
            found = mistake(config.changed(**self.typed))
        except MistakeError as error:
            found = error.mistakes[0]
        if found:
            self.explain(found)
        return not found
