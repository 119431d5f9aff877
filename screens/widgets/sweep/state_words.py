"""How a sweep stands, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.numeral import counted
from screens.state.live_sweep import LiveSweep
from screens.state.sweep_reading import SweepReading, TrialView
from screens.widgets.number import duration
from screens.widgets.run_state import STATE_SIGNS

_ENDED = ("finished", "halved", "given up", "diverged", "failed")


def state_line(reading: SweepReading | None, live: LiveSweep | None, views: Sequence[TrialView]) -> str:
    """Return whether a sweep trains and how far it is, and the best of it.

    Args:
        reading: what the history has of it; ``None`` while it was not read.
        live: it, where this program trains it or has trained it.
        views: its trials, the best first.
    """
    if reading is None:
        return ""
    ended = sum(view.state in _ENDED for view in views)
    training = sum(view.is_training for view in views)
    words = [_state(reading, live, ended, training), f"{ended} of {counted(reading.sweep.n_trials, 'trial')}"]
    if live and live.is_busy:
        words.append(f"{live.done:.0%}")
        if live.seconds_left is not None:
            words.append(f"{duration(live.seconds_left)} left")
        if live.awaited:
            words.append(f"{counted(len(live.awaited), 'trial')} with another program")
    failed = sum(view.state in ("failed", "diverged") for view in views)
    if failed:
        words.append(f"{failed} failed or diverged")
    best = next((view for view in views if view.value is not None and view.state not in _ENDED[3:]), None)
    if best and best.value is not None:
        metric = reading.sweep.ranked_by
        words.append(f"best {metric.title} {metric.format(best.value)}: trial {best.trial.number}")
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
