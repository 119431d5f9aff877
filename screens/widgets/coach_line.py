"""What the coach says of a run: what is wrong, on what evidence, and the key that tries what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from hw1_tui.markup import visible
from screens.theme import REMARK

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice

KEY = "p"


class CoachLine(Static):
    """One sentence and its evidence; nothing where nothing is wrong."""

    DEFAULT_CSS: ClassVar[str] = "CoachLine { height: auto; max-height: 3; display: none; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False, classes="panel")
        self._shown: Advice | None = None

    def show(self, advice: Advice | None) -> None:
        """Show an advice; ``None`` takes the line away."""
        if advice == self._shown:
            return
        self._shown = advice
        self.display = advice is not None
        if advice:
            self.update(advice_words(advice))


def advice_words(advice: Advice) -> Content:
    """Return an advice as a line: the sentence, its evidence, and the key with what it tries."""
    style = "" if advice.rule.is_remark else "$text-warning"
    parts = [
        ("Coach  ", REMARK),
        (visible(advice.rule.sentence), style),
        (f" {visible(advice.symptom.evidence)}", REMARK),
    ]
    if fix := advice.symptom.fix:
        parts += [("  ", ""), (KEY, "bold $text-accent"), (f" tries {visible(fix.words)}", "")]
    return Content.assemble(*parts)
