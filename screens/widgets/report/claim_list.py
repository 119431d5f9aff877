"""What the report says, and what the numbers say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets.option_list import Option

from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.questions.question import Claim
from screens.widgets.choice_list import ChoiceList
from screens.widgets.report.verdict import mark

_INDENT = "  "
_NARROWEST = 20


class ClaimList(ChoiceList):
    """Claims, each with its verdict, the numbers, and what is right; ``enter`` or a click opens their runs."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True)
        self._claims: list[Claim] = []
        self._results: Mapping[str, ClaimResult] = {}

    @property
    def claim(self) -> Claim | None:
        """The claim under the cursor."""
        return self._claims[self.highlighted] if self.highlighted is not None and self._claims else None

    def show(self, claims: Sequence[Claim], results: Mapping[str, ClaimResult]) -> None:
        """Show claims, those that are settled with what was found."""
        before = self.highlighted or 0
        self._claims, self._results = list(claims), results
        prompts = [self._wrapped(_prompt(claim, results.get(claim.name))) for claim in claims]
        self.set_options([Option(prompt, id=claim.name) for claim, prompt in zip(claims, prompts, strict=True)])
        self.highlighted = min(before, len(self._claims) - 1) if self._claims else None

    def on_resize(self) -> None:
        """Break lines for the new width."""
        self.show(self._claims, self._results)

    def _wrapped(self, text: Text) -> Text:
        """Return a text whose lines are broken where they must be, and go on with an indent."""
        width = max(_NARROWEST, self.scrollable_content_region.width - len(_INDENT))
        lines: list[Text] = []
        for paragraph in text.split("\n", allow_blank=True):
            first, *more = paragraph.wrap(self.app.console, width) or [Text()]
            lines += [first, *(Text(_INDENT).append_text(line) for line in more)]
        return Text("\n").join(lines)


def _prompt(claim: Claim, result: ClaimResult | None) -> Text:
    text = Text()
    text.append_text(mark(result.finding.verdict) if result else Text("· not settled", style="dim"))
    if result and result.is_unexpected:
        text.append(", UNEXPECTED", style="bold")
    text.append(f"  {claim.says}", style="bold")
    text.append(f"  ({claim.where})\n", style="dim")
    if result:
        text.append(f"  {result.finding.text}\n")
    if claim.right:
        text.append(f"  Right: {claim.right}\n", style="italic")
    return text
