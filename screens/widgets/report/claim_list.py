"""What the report says, and what the numbers say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widgets.option_list import Option

from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.questions.question import DIFFERS, Claim
from hw1_tui.report.questions.wording import VOICE_TITLES
from screens.widgets.choice_list import ChoiceList
from screens.widgets.report.verdict import VERDICT_CLASSES, mark

_NARROWEST = 20
_BESIDE = 56
"""Cells from which on a claim stands beside its verdict, and not below it."""
_VERDICT_WIDTH = 18
_FEWEST_ROWS = 4
_NOT_SETTLED = "not settled"


class ClaimList(ChoiceList):
    """Claims, each with its verdict, the numbers, and what is right; ``enter`` or a click opens their runs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*VERDICT_CLASSES, "claim--title", "claim--remark"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, classes="frame")
        self.border_title = "Claims"
        self._claims: list[Claim] = []
        self._results: Mapping[str, ClaimResult] = {}

    @property
    def claim(self) -> Claim | None:
        """The claim under the cursor."""
        option = self.highlighted_option
        return next((claim for claim in self._claims if option and claim.name == option.id), None)

    def on_mount(self) -> None:
        """Take other accents where the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.show(self._claims, self._results))

    def show(self, claims: Sequence[Claim], results: Mapping[str, ClaimResult]) -> None:
        """Show claims under whose they are, those that are settled with what was found.

        The chosen one stays on its line, as what is above it may have grown by what was found; the first is shown from
        its heading on, where that was not left behind.
        """
        before, line = self.claim, self._line - self.scroll_y
        self._claims, self._results = list(claims), results
        options: list[Option] = []
        for voice, title in VOICE_TITLES.items():
            if of_voice := [claim for claim in claims if claim.voice == voice]:
                options.append(Option(self._heading(title, of_voice), disabled=True))
                options += [Option(self._prompt(claim, results.get(claim.name)), id=claim.name) for claim in of_voice]
        self.set_options(options)
        self.highlighted = 1 if options else None
        if before:
            self.choose(before.name)
        if before and before == self.claim and (line < 0 or self.highlighted != 1):
            self.scroll_to(y=self._line - line, animate=False, immediate=True)

    @property
    def _line(self) -> int:
        """The first line of the chosen claim, counted from the first of all."""
        self._update_lines()
        return self._index_to_line.get(self.highlighted or 0, 0)

    def on_resize(self) -> None:
        """Break lines for the new width; leave out the frame where a table leaves no more room."""
        self.set_class(self.outer_size.height < _FEWEST_ROWS, "-low")
        self.show(self._claims, self._results)
        self.scroll_to_highlight()

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"claim--{name}", partial=True)

    def _heading(self, title: str, claims: Sequence[Claim]) -> Text:
        """Return a title with how many of its claims have which verdict."""
        results = [self._results.get(claim.name) for claim in claims]
        found = [result.words if result else _NOT_SETTLED for result in results]
        counts = ", ".join(f"{found.count(words)} {words}" for words in dict.fromkeys(found))
        return Text.assemble((f"{title}: ", self._look("title")), (counts, self._look("remark")))

    def _prompt(self, claim: Claim, result: ClaimResult | None) -> Text:
        """Return a claim beside its verdict, or below it where there is little room, and a blank line."""
        width = self.scrollable_content_region.width
        indent = _VERDICT_WIDTH if width >= _BESIDE else 2
        room = max(_NARROWEST, width - indent - 1)
        told = Text(f"· {_NOT_SETTLED}", style=self._look("remark"))
        verdict = mark(self, result.finding.verdict, result.words) if result else told
        wrapped = [line for part in self._paragraphs(claim, result) for line in part.wrap(self.app.console, room)]
        lines = [Text(" " * indent).append_text(line) for line in wrapped]
        if indent == _VERDICT_WIDTH:
            lines[0] = Text.assemble(verdict, " " * (indent - verdict.cell_len), wrapped[0])
        else:
            lines.insert(0, verdict)
        return Text("\n").join([*lines, Text()])

    def _paragraphs(self, claim: Claim, result: ClaimResult | None) -> Iterator[Text]:
        """Yield what is claimed, what is right where that is not, and what the verdict rests on."""
        yield Text(claim.says)
        remark = self._look("remark")
        if result and result.right:
            yield Text.assemble(("Right: ", remark) if result.finding.verdict == DIFFERS else "", result.right)
        if result and result.is_measured and result.is_unexpected:
            yield Text(result.surprise, style=mark(self, "differs").style)
        where = f"({claim.where})" if claim.where else ""
        if grounds := f"{result.finding.text if result else ''} {where}".strip():
            yield Text(grounds, style=remark)
