"""Runs gathered by the value of a hyperparameter, and what each value came to beside another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.config_history import trained_otherwise
from hw1_tui.metric import Metric
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.runs.comparison import Repetition, repetitions, spreads
from hw1_tui.runs.difference import OTHER_DATA, EvidenceByRun, verdict_on
from hw1_tui.runs.record import RunRecord
from hw1_tui.settings import SEED_NAMES, seeds_of
from hw1_tui.statistics.interval import Interval
from hw1_tui.statistics.spread import Spread
from hw1_tui.statistics.superiority import superiority


@dataclass(frozen=True)
class ValueGroup:
    """Finished runs that have one value of a hyperparameter.

    Attributes:
        value: the value; ``None`` of runs that do not take it.
        settings: the runs, those that differ in their seed alone together.
    """

    value: Any
    settings: tuple[Repetition, ...]

    @property
    def runs(self) -> list[RunRecord]:
        """All of its runs."""
        return [record for setting in self.settings for record in setting.runs]

    @property
    def seeds(self) -> int:
        """With how many seeds there are runs."""
        return len({seeds_of(record.config) for record in self.runs})

    @property
    def spreads(self) -> dict[str, Spread]:
        """Mean and spread of each result; of several settings over these as well."""
        return spreads([record.results for record in self.runs])


def groupable(records: Sequence[RunRecord]) -> list[str]:
    """Return the hyperparameters by which runs can be grouped: all but the seed, which a value is repeated over."""
    return list(dict.fromkeys(name for record in records for name in record.config if name not in SEED_NAMES))


def has_several(record: RunRecord, name: str) -> bool:
    """Return whether a run had several values of a hyperparameter.

    The number of epochs is what it came to, unless a cosine came down over others before.

    A branch began with the weights that its parent came to, so what was changed before that counts too; one of an
    older version, which does not say it, may have had several.
    """
    if record.changed_before is None:
        return name != "epochs" or record.config.get("schedule") == "cosine"
    return any(change.name == name for change in trained_otherwise(record.config, record.joined_changes))


def value_groups(records: Sequence[RunRecord], name: str) -> list[ValueGroup]:
    """Return the finished runs by the value of a hyperparameter, numbers in their order, others as they come.

    A run in which it was changed, on its own way or on that to where it was branched, stands for no value and is left
    out.

    Raises:
        MistakeError: no run has such a hyperparameter, or it is the seed.
    """
    if name in SEED_NAMES:
        raise MistakeError(Mistake("--by", "runs that differ in the seed alone repeat one value", nearest="--seeds"))
    if name not in groupable(records):
        raise MistakeError(unknown_name("--by", "hyperparameter", name, groupable(records)))
    found: dict[str, list[RunRecord]] = {}
    named: dict[object, object] = {}
    for record in records:
        if has_several(record, name):
            continue
        value = record.config.get(name)
        if name == "data" and (digest := record.facts.get("fingerprint")):
            value = named.setdefault(digest, value)  # a file by its name and by its whole path is one value
        found.setdefault(repr(value), []).append(record)
    groups = [ValueGroup(runs[0].config.get(name), tuple(repetitions(runs))) for runs in found.values()]
    groups = [group for group in groups if group.settings]
    if all(isinstance(group.value, (int, float)) for group in groups):
        groups.sort(key=lambda group: group.value)
    return groups


@dataclass(frozen=True)
class ValueComparison:
    """A value beside another.

    Attributes:
        verdict: whether the two differ, in words.
        superiority: probability that a seed of the first is better than one of the other; ``None`` of too few seeds
            and of other data.
    """

    verdict: str
    superiority: Interval | None


def compare_values(
    group: ValueGroup, baseline: ValueGroup, metric: Metric, evidence: EvidenceByRun
) -> ValueComparison | None:
    """Return how a value compares with another; ``None`` where one of them stands for several settings.

    Args:
        group: the value.
        baseline: the other.
        metric: of the test split, measured in all runs.
        evidence: what is known of the runs.
    """
    if len(group.settings) > 1 or len(baseline.settings) > 1:
        return None
    ours, theirs = ([-metric.as_loss(record.results[metric.name]) for record in one.runs] for one in (group, baseline))
    verdict = verdict_on(metric, group.runs, baseline.runs, evidence)
    return ValueComparison(verdict, None if verdict == OTHER_DATA else superiority(ours, theirs))
