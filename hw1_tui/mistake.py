"""A user's mistake as data: the one error type that input may raise."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hw1_tui.markup import shorten_words, visible
from hw1_tui.other_names import OURS


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with what a user gave.

    Attributes:
        place: where it stands: an option, a key of a file, a member of an archive.
        problem: what is wrong with it, with the value that was given.
        allowed: what would be right there; empty where the problem says it.
        nearest: the nearest right name; empty where none is near.
    """

    place: str
    problem: str
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        return self._with_hints(f"{self.place}: {self.problem}" if self.place else self.problem)

    @property
    def sentence(self) -> str:
        """What is said of it where its place is seen, as under a field."""
        return self._with_hints(self.problem)

    def _with_hints(self, text: str) -> str:
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f" (did you mean {self.nearest}?)"
        # What was given may hold anything, also a page that was pasted, and this is shown everywhere.
        return shorten_words(visible(text))


class MistakeError(Exception):
    """Input that cannot be used, with every mistake found in it."""

    def __init__(self, mistakes: Iterable[Mistake] | Mistake) -> None:
        self.mistakes = (mistakes,) if isinstance(mistakes, Mistake) else tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def __reduce__(self) -> tuple[type[MistakeError], tuple[tuple[Mistake, ...]]]:
        return type(self), (self.mistakes,)


class LostError(MistakeError):
    """What was given is right, and what should do it is gone meanwhile: the run failed, and the exit code says so."""


class NoWorkersError(LostError):
    """All that could train is gone: whatever else is asked of it would fail as well."""


_MOST_NAMED = 8

_FEWEST_LETTERS = 3
"""Of a word that is the beginning of another: fewer are by chance."""


def first_few(names: Sequence[str]) -> str:
    """Return what is allowed where it may be thousands: the first of ``names``, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + f", and {more:,} more" * (more > 0)


def nearest_name(given: str, names: Iterable[str]) -> str:
    """Return the one of ``names`` that was given in short, or as other libraries call it, or looks most like ``given``.

    An empty string where there is none.
    """
    names = list(names)
    if short := named_in_short(given, names):
        return short
    plain = {name.strip("-").replace("-", "_"): name for name in names}
    if (meant := OURS.get(given.lower().strip("-").replace("-", "_"))) in plain:
        return plain[meant]
    bare = {name.lstrip("-"): name for name in names}  # the dashes of options are alike in all of them
    wanted = given.lower().lstrip("-")
    matches = difflib.get_close_matches(wanted, bare, n=1, cutoff=0.6) or _continued(wanted, bare)
    return bare[matches[0]] if len(matches) == 1 else ""


def _continued(given: str, names: Iterable[str]) -> list[str]:
    """Return the names that go on where ``given`` ends, or end where it goes on, as ``val`` in ``validation``."""
    pairs = ((name, *sorted((given, name.lower()), key=len)) for name in names)
    return [name for name, short, long in pairs if len(short) >= _FEWEST_LETTERS and long.startswith(short)]


def named_in_short(given: str, names: Iterable[str]) -> str:
    """Return the first of ``names`` whose words begin with the letters of ``given``, as in ``lr``; or an empty text."""
    letters = given.lower().strip("-")
    words = ((name, name.strip("-").replace("-", "_").split("_")) for name in names)
    return next((name for name, parts in words if len(parts) > 1 and letters == "".join(p[:1] for p in parts)), "")


def unknown_name(place: str, kind: str, given: str, names: Iterable[str]) -> Mistake:
    """Return the mistake of naming a ``kind`` of thing that does not exist."""
    names = [name for name in names if name]  # what has none yet cannot be meant
    return Mistake(
        place,
        f"there is no {kind} {given!r}",
        ", ".join(names),
        nearest_name(given, names),
    )
