"""What the report says, and what the numbers say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets.option_list import Option

from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.questions.question import Claim
from hw1_tui.report.questions.wording import VOICE_TITLES
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
        option = self.highlighted_option
        return next((claim for claim in self._claims if option and claim.name == option.id), None)

    def show(self, claims: Sequence[Claim], results: Mapping[str, ClaimResult]) -> None:
        """Show claims under whose they are, those that are settled with what was found."""
        before = self.claim
        self._claims, self._results = list(claims), results
        options: list[Option] = []
        for voice, title in VOICE_TITLES.items():
            if of_voice := [claim for claim in claims if claim.voice == voice]:
                options.append(Option(self._wrapped(self._heading(title, of_voice)), disabled=True))
                options += [
                    Option(self._wrapped(_prompt(claim, results.get(claim.name))), id=claim.name) for claim in of_voice
                ]
        self.set_options(options)
        self.highlighted = 1 if options else None
        if before:
            self.choose(before.name)

    def _heading(self, title: str, claims: Sequence[Claim]) -> Text:
        """Return a title with how many of its claims have which verdict."""
        found = [self._results[claim.name].words for claim in claims if claim.name in self._results]
        counts = ", ".join(f"{found.count(words)} {words}" for words in dict.fromkeys(found))
        return Text(f"{title}: {counts or len(claims)}", style="bold underline")

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
    text.append_text(mark(result.finding.verdict, result.words) if result else Text("· not settled", style="dim"))
    if result and result.is_unexpected:
        text.append(", UNEXPECTED", style="bold")
    text.append(f"  {claim.says}", style="bold")
    text.append(f"  ({claim.where})\n", style="dim")
    if result:
        text.append(f"  {result.finding.text}\n")
    if right := result.right if result else claim.right:
        text.append(f"  Right: {right}\n", style="italic")
    return text
