"""What the checks of a step found, each with its error and its tolerance."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from hw1_tui.derivation.check import CheckResult
from screens.theme import REMARK
from screens.widgets.derivation import number

_VERDICT, _NUMBERS = 19, 33
_GAP = "  "
_WIDTH_OF_STATEMENT = 66
"""A statement with less room beside verdict and numbers than most have words stands over its numbers instead."""


class CheckList(Static):
    """Right equations that hold, the report's that fail; told apart by sign, word and accent."""

    _about = Content()
    _said = "computing ..."
    _results: Sequence[CheckResult] = ()
    _width = 0

    def wait(self, inputs: int, units: int, seed: int) -> None:
        """Say that checks are being computed, and for what."""
        self._about = Content.styled(f"random, D = {inputs}, K = {units}, seed {seed}", REMARK)
        self._said, self._results = "computing ...", ()
        self._put()

    def show(self, results: Sequence[CheckResult]) -> None:
        """Show what was found."""
        self._said, self._results = "What is checked here needs another D or K: see above.", results
        self._put()

    def on_resize(self, event: Resize) -> None:
        """Set the entries for the new width."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._put()

    def _put(self) -> None:
        room = self._width - _VERDICT - _NUMBERS - 2 * len(_GAP)
        if not self._results:
            self.update(Content("\n").join([self._about, Content(self._said)]))
        elif room < _WIDTH_OF_STATEMENT:
            self.update(Content("\n\n").join([self._about, *(_block(one, self._width) for one in self._results)]))
        else:
            self.update(Content("\n").join([self._about, *(_row(result, room) for result in self._results)]))


def _verdict(result: CheckResult) -> tuple[str, str]:
    """Return a check's sign and words, and their accent."""
    words, accent = ("✓ holds", "$text-success") if result.holds else ("✗ fails", "$text-error")
    if not result.as_expected:
        return f"{words}, UNEXPECTED", f"{accent} reverse"
    return words if result.check.right else f"{words}, as it must", accent


def _stated(result: CheckResult) -> str:
    check = result.check
    return check.statement if check.right else f"{check.report} of the report:  {check.statement}"


def _numbers(result: CheckResult) -> str:
    relation = "≤" if result.holds else ">"
    return f"error {number.rounding(result.error)} {relation} tolerance {number.rounding(result.tolerance)}"


def _block(result: CheckResult, room: int) -> Content:
    """Return whether a check holds and what it states; below it the error, and what was found with it.

    Args:
        result: of the check.
        room: columns; both stand in one line where they fit.
    """
    told = list(filter(None, (_numbers(result), result.detail)))
    remark = (_GAP if len(_GAP.join(told)) <= room else "\n").join(told)
    return Content.assemble(_verdict(result), f"{_GAP}{_stated(result)}\n", (remark, REMARK))


def _row(result: CheckResult, room: int) -> Content:
    """Return the same beside each other: verdict, error, and what is stated with what was found below it.

    Args:
        result: of the check.
        room: columns of the statement.
    """
    words, accent = _verdict(result)
    lines = Content(_stated(result)).wrap(room)
    lines += Content.styled(result.detail, REMARK).wrap(room) if result.detail else []
    beside = [Content.assemble((words.ljust(_VERDICT), accent), _GAP, (_numbers(result).ljust(_NUMBERS), REMARK), _GAP)]
    beside += [Content(" " * (_VERDICT + _NUMBERS + 2 * len(_GAP)))] * (len(lines) - 1)
    return Content("\n").join(left + line for left, line in zip(beside, lines, strict=True))
