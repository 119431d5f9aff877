"""What is said on stderr while runs of one plan are trained: those of a report, or of one configuration's seeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from hw1_tui.batch.interrupt import told_of_signals
from hw1_tui.batch.narrator import Narrator
from hw1_tui.numeral import counted
from hw1_tui.report.runs.rerun import Rerun, RunEvent
from hw1_tui.training.event import Event, Remarked, RunEnded, RunStarted

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Coach


def narrated(rerun: Rerun, narrator: Narrator, failures: Collection[str] = ("failed",)) -> Iterator[RunEvent]:
    """Train what is missing and pass on its events; say how far it is, what goes wrong, and why a run ended early.

    Args:
        rerun: the runs.
        narrator: says it.
        failures: how a run ends that has failed, which is said whatever else is not.
    """
    missing, begun, has_begun = len(rerun.missing), dict[str, None](), False
    alarms = _Alarms()
    narrator.remark(_to_train(missing, len(rerun.runs)))
    for step in told_of_signals(rerun.steps(), narrator):
        label, event = step.run.label, step.event
        if isinstance(event, Remarked):
            (narrator.fail if event.is_failure else narrator.remark)(f"{label}: {event.text}")
        elif isinstance(event, RunEnded):
            begun.pop(label, None)
            if event.reason:
                (narrator.fail if event.status in failures else narrator.remark)(f"{label}: {event.reason}")
        else:
            if not has_begun:
                narrator.begin()
            has_begun, begun[label] = True, None
        if alarm := alarms.follow(label, event):
            narrator.remark(f"{label}: {alarm}")
        yield step
        now = f", now {', '.join(begun)}" if begun else ""
        done = max(0, missing - len(rerun.missing))  # what the history had may be lost meanwhile
        narrator.advance(step.done, 1.0, f"{done} of {counted(missing, 'run')} done{now}")


def _to_train(missing: int, of: int) -> str:
    """Return how many runs are to be trained, and where the others are."""
    if not missing:
        return "Every run is in the history: nothing is to be trained."
    is_or_are = "is" if missing == 1 else "are"
    if missing == of:
        return f"{'All ' if of > 1 else ''}{counted(of, 'run')} {is_or_are} to be trained."
    others = "the other is" if of - missing == 1 else "the others are"
    return f"{missing} of {of} runs {is_or_are} to be trained, {others} in the history."


class _Alarms:
    """What the coach finds wrong with each of several runs, each thing once; what it merely remarks is left out."""

    def __init__(self) -> None:
        self._coaches: dict[str, Coach] = {}
        self._told: set[tuple[str, str]] = set()

    def follow(self, label: str, event: Event) -> str:
        """Take an event of a run; return a line where there is something new to be said, else nothing."""
        if isinstance(event, RunStarted):
            from hw1_tui.analysis.coach import Coach  # with the first run: it loads numpy

            self._coaches[label] = Coach.of(event)
            return ""
        advice = self._coaches[label].follow(event) if label in self._coaches else None
        if advice is None or advice.rule.is_remark or (label, advice.rule.name) in self._told:
            return ""
        self._told.add((label, advice.rule.name))
        return f"Coach, epoch {advice.epoch}: {advice.words}"
