"""The coach: listens to a run and says one thing at a time, with its evidence and what would help."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.contract import Value
from hw1_tui.analysis.coach.course import Course
from hw1_tui.analysis.coach.fit import (
    DROPOUT_LOSS,
    LABEL_NOISE,
    MORE_EPOCHS,
    NOTHING_LEARNED,
    OVERFITS,
    SHRINKS,
)
from hw1_tui.analysis.coach.rate import DIVERGED, OSCILLATES, RATE_TOO_HIGH, RATE_TOO_SMALL
from hw1_tui.analysis.coach.rule import Rule, Symptom
from hw1_tui.analysis.coach.start import DEAD_UNITS, EQUAL_UNITS, FEW_UPDATES, START_TOO_LARGE
from hw1_tui.diagnostics import Diagnostics
from hw1_tui.metric import EpochMetrics
from hw1_tui.training.event import EpochEnded, Event, RunEnded, RunStarted, Steered

RULES: tuple[Rule, ...] = (
    EQUAL_UNITS,
    START_TOO_LARGE,
    DIVERGED,
    RATE_TOO_HIGH,
    DEAD_UNITS,
    SHRINKS,
    FEW_UPDATES,
    RATE_TOO_SMALL,
    NOTHING_LEARNED,
    LABEL_NOISE,
    OVERFITS,
    OSCILLATES,
    MORE_EPOCHS,
    DROPOUT_LOSS,
)
"""Every rule, the most specific first: the first that holds speaks alone."""

_REARM = 3


@dataclass(frozen=True)
class Advice:
    """Something that the coach said.

    Attributes:
        rule: which rule spoke.
        symptom: what it found.
        epoch: the epoch after which it first spoke.
    """

    rule: Rule
    symptom: Symptom
    epoch: int

    @property
    def sentence(self) -> str:
        """What is so and why, without the fix."""
        return f"{self.rule.sentence} {self.symptom.evidence}"

    @property
    def words(self) -> str:
        """What is so, why, and what would help."""
        return f"{self.sentence} Try: {self.symptom.fix.words}." if self.symptom.fix else self.sentence


@dataclass
class _Watch:
    """How long a rule has held, and been silent."""

    present: int = 0
    absent: int = 0
    since: int | None = None


@dataclass
class Coach:
    """Listens to one run.

    Attributes:
        course: the run so far.
        said: everything that it said, in order; of rules that held at once the most specific alone.
    """

    course: Course
    said: list[Advice] = field(default_factory=list)
    _watches: dict[str, _Watch] = field(default_factory=lambda: {rule.name: _Watch() for rule in RULES})
    _found: dict[str, Symptom] = field(default_factory=dict)

    @classmethod
    def of(cls, started: RunStarted) -> Coach:
        """Return one that listens to a run from its first event on."""
        n_train, n_val, _ = started.examples
        return cls(Course(started.config, n_train, n_val, len(started.classes)))

    def follow(self, event: Event) -> Advice | None:
        """Take an event after the first; return what is said now and was not said before."""
        match event:
            case EpochEnded():
                return self.hear(event.metrics, event.inside)
            case Steered():
                self.hear_change(event.name, event.new)
            case RunEnded():
                return self.hear_end(event.status)
        return None

    def hear(self, metrics: EpochMetrics, inside: Diagnostics | None = None) -> Advice | None:
        """Take an epoch; return what is said now and was not said before."""
        self.course.epochs.append(metrics)
        if inside:
            self.course.inside[metrics.epoch] = inside
        for rule in RULES if metrics.epoch else ():  # of the untrained model alone nothing is said
            if not rule.at_end and not (rule.needs_inside and inside is None):
                self._judge(rule)
        return self._speak()

    def hear_change(self, name: str, value: Value) -> None:
        """Take a setting that was steered; what was found with the old one must be found again."""
        config = self.course.config
        values = {**config.hyperparameters, name: value}
        self.course.config = type(config)(config.model, config.engine, config.data, values)
        for watch in self._watches.values():
            watch.present = 0

    def hear_end(self, status: str) -> Advice | None:
        """Take the end of the run; return what is said now and was not said before."""
        self.course.status = status
        if not self.course.epochs:
            return None
        for rule in RULES:
            if rule.at_end and not (rule.is_remark and self.advice):
                self._judge(rule)
        return self._speak()

    @property
    def advice(self) -> Advice | None:
        """What holds now, the most specific first; ``None`` for nothing."""
        for rule in RULES:
            watch = self._watches[rule.name]
            if watch.since is not None:
                return Advice(rule, self._found[rule.name], watch.since)
        return None

    def _judge(self, rule: Rule) -> None:
        watch, symptom = self._watches[rule.name], rule.find(self.course)
        if symptom is None:
            watch.present, watch.absent = 0, watch.absent + 1
            if watch.absent >= _REARM:
                watch.since = None
            return
        watch.present, watch.absent = watch.present + 1, 0
        self._found[rule.name] = symptom
        if watch.present >= rule.hold and watch.since is None:
            watch.since = self.course.epoch

    def _speak(self) -> Advice | None:
        now = self.advice
        if now is None or any((one.rule, one.epoch) == (now.rule, now.epoch) for one in self.said):
            return None
        self.said.append(now)
        return now
