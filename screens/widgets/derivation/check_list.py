"""What the checks of a step found, each with its error and its tolerance."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from hw1_tui.derivation.check import CheckResult
from screens.widgets.derivation import number


class CheckList(Static):
    """Right equations that hold, the report's that fail; told apart by sign, word and accent."""

    _about = Content()

    def wait(self, inputs: int, units: int, seed: int) -> None:
        """Say that checks are being computed, and for what."""
        self._about = Content.styled(f"random, D = {inputs}, K = {units}, seed {seed}", "dim")
        self._put([Content("computing ...")])

    def show(self, results: Sequence[CheckResult]) -> None:
        """Show what was found."""
        nothing = Content("What is checked here needs another D or K: see above.")
        self._put([_entry(result) for result in results] or [nothing])

    def _put(self, entries: Sequence[Content]) -> None:
        self.update(Content("\n\n").join([self._about, *entries]))


def _entry(result: CheckResult) -> Content:
    """Return whether a check holds and what it states; below it the error, and what was found with it."""
    check = result.check
    sign, accent = ("✓", "$text-success") if result.holds else ("✗", "$text-error")
    words = f"{sign} {'holds' if result.holds else 'fails'}"
    if not result.as_expected:
        words, accent = f"{words}, UNEXPECTED", f"{accent} reverse"
    elif not check.right:
        words += ", as it must"
    stated = check.statement if check.right else f"{check.report} of the report:  {check.statement}"
    relation = "≤" if result.holds else ">"
    numbers = f"error {number.rounding(result.error)} {relation} tolerance {result.tolerance:.1e}"
    remark = "\n".join(filter(None, (numbers, result.detail)))
    return Content.assemble((words, accent), f"  {stated}\n", (remark, "dim"))
