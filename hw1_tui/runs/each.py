"""Many runs changed at once: what can be done is done, the rest is told together."""

from __future__ import annotations

from collections.abc import Callable

from hw1_tui.mistake import Mistake, MistakeError


def change_each(change: Callable[[str], object], runs: list[str], mistakes: list[Mistake]) -> list[str]:
    """Change each run that can be changed; return which, and add what was wrong with the others."""
    done = []
    for run in runs:
        try:
            change(run)
            done.append(run)
        except MistakeError as error:
            mistakes.extend(error.mistakes)
        except OSError as error:
            mistakes.append(Mistake(run, f"cannot be changed: {error.strerror}"))
    return done
