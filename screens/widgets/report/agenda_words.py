"""How far the report is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.numeral import counted
from screens.state.agenda import Agenda
from screens.widgets.number import remaining


def describe(agenda: Agenda, n_marked: int = 0) -> str:
    """Return how many runs of the report are kept, how many train or wait, and how long they will.

    Keys stand between backticks.

    Args:
        agenda: the runs of the report.
        n_marked: of questions; with none the one under the cursor is asked for.
    """
    done, of = agenda.progress()
    words = [f"{done} of {counted(of, 'run')} {'is' if of == 1 else 'are'} kept"]
    if agenda.waiting:
        words.append("1 trains or waits" if len(agenda.waiting) == 1 else f"{len(agenda.waiting)} train or wait")
        left = agenda.seconds_left()
        words += [f"{remaining(left)} left"] if left is not None else []
    asked = "question" if not n_marked else f"{n_marked} marked questions" if n_marked > 1 else "marked question"
    begins = f". `s` trains those of the {asked}" if not done and not agenda.waiting else ""
    return ", ".join(words) + begins


def asked_words(n_put_on: int, n_busy: int, others: tuple[Sequence[str], Sequence[str]]) -> str:
    """Return what is said where runs were asked for.

    Args:
        n_put_on: how many were put on the queue.
        n_busy: how many were on it.
        others: see ``others_words``.
    """
    if n_put_on:
        words = f"{counted(n_put_on, 'run')} to train, on the Training screen too."
    elif n_busy:
        words = "What this needs trains or waits already; x stops it."
    else:
        words = "" if any(others) else "Everything that this needs is trained."
    return " ".join(filter(None, [words, others_words(*others)]))


def others_words(here: Sequence[str], elsewhere: Sequence[str]) -> str:
    """Return which runs are waited for that this program trains beside the report, or another; empty for none."""
    told = [f"{', '.join(here)} trains beside the report already, and is waited for."] if here else []
    told += [f"Another program trains {', '.join(elsewhere)}, which is waited for."] if elsewhere else []
    return " ".join(told)
