"""How far the report is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.numeral import counted
from screens.state.agenda import Agenda
from screens.widgets.number import duration


def describe(agenda: Agenda) -> str:
    """Return how many runs of the report are kept, how many train or wait, and how long they will.

    Keys stand between backticks.
    """
    done, of = agenda.progress()
    words = [f"{done} of {counted(of, 'run')} {'is' if of == 1 else 'are'} kept"]
    if agenda.waiting:
        words.append(f"{len(agenda.waiting)} train or wait")
        left = agenda.seconds_left()
        words += [f"{duration(left)} left"] if left is not None else []
    begins = ". `s` trains those of the question" if not done and not agenda.waiting else ""
    return ", ".join(words) + begins


def missing_words(n_missing: int) -> str:
    """Return what is said where runs were asked for."""
    if not n_missing:
        return "Everything that this needs is trained."
    return f"{counted(n_missing, 'run')} to train, on the Training screen too."


def elsewhere_words(runs: Sequence[str]) -> str:
    """Return that runs are waited for which another program trains; empty for none."""
    return f"Another program trains {', '.join(runs)}, which is waited for." if runs else ""
