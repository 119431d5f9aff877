"""How a sweep stands, in a line, and why there is nothing to see or to do."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.numeral import counted
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.summary import HELD
from hw1_tui.training.event import FAILURES
from screens.state.live_sweep import LiveSweep
from screens.state.sweep_reading import SweepReading, TrialView
from screens.widgets.number import remaining
from screens.widgets.run_state import STATE_SIGNS

NO_SWEEP = "No sweep is shown: `n` defines one, `ctrl+o` opens one of the history."
"""Keys stand between backticks."""
ALL_ENDED = "All of its trials have ended: a adds points."


def have_ended(sweep: Sweep, views: Sequence[TrialView]) -> bool:
    """Return whether every trial of a sweep has ended, so that there is nothing to wait for and nothing to stop."""
    return sum(view.is_over or view.state == HELD for view in views) == sweep.n_trials


def state_line(reading: SweepReading | None, live: LiveSweep | None, views: Sequence[TrialView]) -> str:
    """Return whether a sweep trains and how far it is, and the best of it.

    Args:
        reading: what the history has of it; ``None`` while it was not read.
        live: it, where this program trains it or has trained it.
        views: its trials, the best first.
    """
    if reading is None:
        return ""
    ended = sum(view.is_over or view.state == HELD for view in views)
    training = sum(view.is_training for view in views)
    words = [_state(reading, live, ended, training), f"{ended} of {counted(reading.sweep.n_trials, 'trial')}"]
    if live and live.is_busy:
        words.append(f"{live.done:.0%}")
        if (left := live.seconds_left) is not None:
            words.append(f"{remaining(left)} left")
        if live.awaited:
            words.append(f"{counted(len(live.awaited), 'trial')} with another program")
    failed = sum(view.state in FAILURES for view in views)
    if failed:
        words.append(f"{failed} failed or diverged")
    ranked = [(view, view.value) for view in views if view.value is not None and view.state not in FAILURES]
    if len(ranked) > 1:  # one alone is better than none
        (first, value), metric = ranked[0], reading.sweep.ranked_by
        stands = "is best" if first.is_over else "leads"  # of one that trains nobody knows where it ends
        words.append(f"trial {first.trial.number} {stands}: {metric.short} {metric.format(value)}")
    return ", ".join(words)


def _state(reading: SweepReading, live: LiveSweep | None, ended: int, training: int) -> str:
    if live and live.problem:
        return f"{STATE_SIGNS['failed']} failed: {live.problem}"
    if live and live.is_busy:
        state = "paused" if live.is_paused else live.state
        return f"{STATE_SIGNS[state]} {state}"
    if training or reading.is_live:
        return f"{STATE_SIGNS['running']} another program trains it"
    if ended == reading.sweep.n_trials:
        return f"{STATE_SIGNS['finished']} finished"
    return f"{STATE_SIGNS['interrupted']} s goes on with it"


def nothing_words(sweep: Sweep | None, reading: SweepReading | None, *, is_compared: bool) -> str:
    """Return why nothing of a sweep is to be seen; empty where something is.

    Args:
        sweep: the one that is shown; ``None`` for none.
        reading: what the history has of it; ``None`` while it was not read.
        is_compared: whether it is what its trials come to that would be seen.
    """
    if sweep is None:
        return NO_SWEEP
    if reading is None:
        return "Reading the history..."
    return "No trial has finished: there is nothing to compare yet." if is_compared and not reading.conclusion else ""


def why_not_words(action: str, live: LiveSweep | None, view: TrialView | None, *, has_marked: bool = False) -> str:
    """Return why an action on a sweep or a trial can do nothing now; empty where it can.

    Args:
        action: the action.
        live: the sweep, where this program trains it or has trained it.
        view: the trial under the cursor; ``None`` for none.
        has_marked: whether trials are marked.
    """
    is_busy = live is not None and live.is_busy
    if action in ("pause", "stop_sweep", "stop_poor") and not is_busy:
        return "This program does not train the sweep: s goes on with it."
    if action == "go_on" and is_busy:
        return "It trains already."
    if action == "stop_trial" and not (is_busy and view and not view.is_over):
        return "There is no trial under the cursor that trains or waits here."
    if action in ("mark", "take", "promote") and view is None:
        return "There is no trial yet."
    if action == "promote" or (action in ("inspect", "compare") and not has_marked):
        return "This trial has not begun." if not view or not view.run else ""
    return ""
