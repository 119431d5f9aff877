"""Copy as command: the shell line that does without the interface what a screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hw1_tui.markup import visible


@dataclass(frozen=True)
class Command:
    """What ``ctrl+y`` copies.

    Attributes:
        line: the shell line.
        effect: what it does, as the beginning of a sentence.
        not_repeated: what happened to the run on the screen that the line leaves out, in words.
    """

    line: str
    effect: str = "It trains this run without the interface"
    not_repeated: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The line, below a comment on what it leaves out."""
        return (
            f"# not repeated: {visible('; '.join(self.not_repeated))}\n{self.line}" if self.not_repeated else self.line
        )

    @property
    def note(self) -> str:
        """What is said above the text once it is copied."""
        if self.not_repeated:
            return "Copied. It trains this run from its beginning; what was changed on the way stands above it:"
        return f"Copied. {self.effect}:"
