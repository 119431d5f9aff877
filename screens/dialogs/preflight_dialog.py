"""What speaks against training a run, looked at before it is trained: a line a check, as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engines.contract import Dataset, Value
from hw1_tui.analysis.preflight import CHECKS, Finding, preflight, sum_up
from hw1_tui.markup import visible
from hw1_tui.settings import RunConfig
from screens.dialogs.trial_dialog import TrialDialog
from screens.state.field_words import in_field_words
from screens.theme import REMARK
from screens.widgets.button import Button

_SIGNS = {True: ("✓", "$text-success"), False: ("✗", "$text-error"), None: ("-", REMARK)}


class PreflightDialog(TrialDialog):
    """Checks the run; where settings would help, a key puts them into the form.

    Args:
        config: the run.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "preflight_dialog.tcss"]  # type: ignore[assignment]
    AUTO_FOCUS = "#preflight-found"
    no_changes = "No setting of the form would put anything right."

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config)
        self._found: list[Finding] = []

    def compose(self) -> ComposeResult:
        """Draw what is being looked at, room for the lines, and the buttons."""
        with Vertical(classes="box -large") as box:
            box.border_title = "Before it is trained"
            box.border_subtitle = "ctrl+s applies a fix, escape closes"
            yield Static(self._next_words, markup=False, id="preflight-state")
            yield VerticalScroll(id="preflight-found")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Apply", id="apply", disabled=True, action="screen.apply")

    def try_out(self, dataset: Dataset, is_stopped: Callable[[], bool]) -> Iterator[Finding]:
        """Yield what each check comes to."""
        return preflight(self.config, dataset, is_stopped)

    @property
    def changes(self) -> Mapping[str, Value]:
        """What the checks so far would change."""
        return {name: value for finding in self._found for name, value in finding.changes.items()}

    @property
    def _next_words(self) -> str:
        return f"Looking at: {list(CHECKS)[len(self._found)]}..."

    def show_part(self, part: Finding) -> None:
        """Show what a check came to."""
        self._found.append(part)
        sign = Static(Content.styled(*_SIGNS[part.holds]), classes="sign")
        line = Horizontal(sign, Static(_words(part), classes="words"), classes="finding")
        line.set_class(part.holds is False, "-failed")
        lines = self.query_one("#preflight-found")
        lines.mount(line)
        lines.scroll_end(animate=False)
        self.query_one("#apply", Button).disabled = not self.changes
        if len(self._found) < len(CHECKS):
            self.query_one("#preflight-state", Static).update(self._next_words)

    def show_end(self, problem: str) -> None:
        """Sum up, with the key that changes the form; of what does not hold the first is seen."""
        has_failed = bool(problem) or any(finding.holds is False for finding in self._found)
        told = ", ".join(f"{name} {visible(str(value))}" for name, value in self.changes.items())
        words = f"{visible(problem) or sum_up(self._found)}{f' ctrl+s puts {told} into the form.' if told else ''}"
        state = self.query_one("#preflight-state", Static)
        state.update(words)
        state.set_class(has_failed, "wrong")
        state.set_class(not has_failed, "-good")
        for line in list(self.query(".finding.-failed"))[:1]:
            line.scroll_visible(animate=False, top=True)


def _words(finding: Finding) -> Content:
    fix = f"\n{in_field_words(visible(finding.fix))}" if finding.fix else ""
    return Content.assemble(f"{finding.name}: ", (visible(finding.sentence), REMARK), fix)
