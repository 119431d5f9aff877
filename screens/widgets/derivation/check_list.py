"""What the checks of a step found, each with its error and its tolerance."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from hw1_tui.derivation.check import CheckResult
from screens.widgets.derivation import number


class CheckList(Static):
    """Right equations that hold, the report's that fail; told apart by mark, word and colour."""

    DEFAULT_CSS = """
    CheckList { height: auto; border-top: solid $foreground 30%; border-title-color: $text-muted; }
    """

    def wait(self, inputs: int, units: int, seed: int) -> None:
        """Say that checks are being computed, and for what."""
        self.border_title = f"checked with random parameters: D = {inputs}, K = {units}, seed {seed}"
        self.update(Content("…"))

    def show(self, results: Sequence[CheckResult]) -> None:
        """Show what was found."""
        entries = [_entry(result) for result in results]
        self.update(Content("\n").join(entries or [Content("What is checked here needs another D or K: see above.")]))


def _entry(result: CheckResult) -> Content:
    check = result.check
    mark, colour = ("✓", "$text-success") if result.holds else ("✗", "$text-error")
    name = check.statement if check.right else f"{check.report} of the report:  {check.statement}"
    verdict = "holds" if result.holds else "fails"
    if not result.as_expected:
        verdict += ", UNEXPECTED"
    elif not check.right:
        verdict += ", as it must"
    relation = "≤" if result.holds else ">"
    numbers = f": error {number.rounding(result.error)} {relation} tolerance {result.tolerance:.1e}"
    detail = f"\n    {result.detail}" if result.detail else ""
    style = f"{colour} reverse" if not result.as_expected else colour
    return Content.assemble((f"{mark} ", style), (name, "bold"), "\n    ", (verdict, style), numbers, detail)
