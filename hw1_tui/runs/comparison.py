"""Runs side by side: what they differ in, what they came to, whether a difference is more than chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.metric import end_metrics
from hw1_tui.numeral import counted
from hw1_tui.runs.record import BEST, RunRecord, best_metrics, last_metrics
from hw1_tui.settings import SEED_NAMES, SESSION_DEFAULTS, seeds_of
from hw1_tui.settings.seed import plain_seeds
from hw1_tui.statistics.spread import Spread, spread

MAY_DIFFER = frozenset({"data", "threads", "evaluate_train_every", "diagnostics"})
"""Settings in which runs may differ that are the same training.

Data is told by its digest, and measuring more or less often trains nothing else; the last epochs are always measured.
"""

STEERED = "steered"
"""What was changed while a run was trained, beside the entries of its configuration."""

BRANCHED = "branched"
"""The run and epoch that a run was branched from, beside the entries of its configuration."""


def compared_results() -> tuple[str, ...]:
    """Return the results in which runs are compared: of the last epoch, of the best, of the test."""
    last = (metric.name for metric in last_metrics() if metric.is_compared)
    best = (f"{BEST}{metric.name}" for metric in best_metrics())
    return "epochs_done", *last, "best_epoch", *best, *_tested()


def printed_results() -> tuple[str, ...]:
    """Return the results of a table for print, which has little room: those on examples that were not trained on."""
    return "epochs_done", *_validated(), *_tested()


def repeated_results() -> tuple[str, ...]:
    """Return the results whose mean and spread over seeds are told."""
    return *_validated(), *(f"{BEST}{metric.name}" for metric in best_metrics() if metric.is_listed), *_tested()


def _validated() -> list[str]:
    return [metric.name for metric in last_metrics() if metric.is_compared and metric.split != "train"]


def _tested() -> list[str]:
    return [metric.name for metric in end_metrics() if metric.is_compared]


def differing(records: Sequence[RunRecord]) -> dict[str, list[Any]]:
    """Return the entries of the configurations that are not the same in all runs, each with every run's value.

    ``None`` where a run does not take it. What was steered stands beside them where any run was, and what they were
    branched from.
    """
    names = dict.fromkeys(name for record in records for name in record.config)
    # What a setting does by default it did before there was one.
    values = {name: [record.config.get(name, SESSION_DEFAULTS.get(name)) for record in records] for name in names}
    differ = {name: found for name, found in values.items() if any(value != found[0] for value in found)}
    steered: list[Any] = [list(map(str, record.changes)) for record in records]
    branched: list[Any] = [record.origin.removeprefix("branched from ") for record in records]
    return differ | {name: told for name, told in ((STEERED, steered), (BRANCHED, branched)) if any(told)}


@dataclass(frozen=True)
class Repetition:
    """Finished runs that differ in nothing but their seed.

    Attributes:
        runs: the runs, one a seed.
        config: what they have in common, without the seed.
        spreads: mean and spread of each of ``repeated_results`` that was measured.
    """

    runs: tuple[RunRecord, ...]
    config: Mapping[str, Any]
    spreads: Mapping[str, Spread]

    @property
    def seeds(self) -> list[Any]:
        """Their seeds."""
        return [_seed_in_short(record.config) for record in self.runs]


def repetitions(records: Sequence[RunRecord]) -> list[Repetition]:
    """Return the finished runs in groups that differ in nothing but their seed, on the same data, in the order given.

    A seed counts once: its newest run. What was steered, or branched from other runs or epochs, is a group of its own.
    """
    groups: dict[str, dict[Any, RunRecord]] = {}
    for record in records:
        if record.status == "finished":
            seeds = groups.setdefault(setting_of(record), {})
            seed = seeds_of(record.config)
            if seed not in seeds or (record.created, record.run) > (seeds[seed].created, seeds[seed].run):
                seeds[seed] = record
    return [_repetition(list(seeds.values())) for seeds in groups.values()]


def left_out(records: Sequence[RunRecord]) -> str:
    """Return a sentence on the runs that ``repetitions`` leaves out; empty where it takes all."""
    unfinished = Counter(record.status for record in records if record.status != "finished")
    counted_runs = sum(len(group.runs) for group in repetitions(records))
    older = len(records) - unfinished.total() - counted_runs
    words = [f"{n:,} {status}" for status, n in unfinished.items()]
    words += [f"{older:,} whose seed a newer run has"] if older else []
    return f"Left out: {counted(unfinished.total() + older, 'run')}, {', '.join(words)}." if words else ""


def unfinished(records: Sequence[RunRecord]) -> str:
    """Return a sentence on the runs that came to less than they were to; empty where all finished."""
    found = Counter(record.status for record in records if record.status != "finished")
    words = ", ".join(f"{n:,} {status}" for status, n in found.items())
    return f"Not finished, and here as far as they came: {words}." if found else ""


def setting_of(record: RunRecord) -> str:
    """Return what the runs of one setting share: all but their seed."""
    steered = list(map(str, record.changes))
    facts = [record.facts.get(name) for name in ("fingerprint", "parent", "parent_epoch")]
    return f"{identity(record.config, 'seed')} {steered} {facts}"


def identity(config: Mapping[str, Any], *but: str) -> str:
    """Return what two runs share that train the same, on the same data and with the same seed.

    Args:
        config: of a run; what it does not say is taken as the default, as older versions knew fewer settings.
        but: settings in which the runs may differ besides ``MAY_DIFFER``; ``seed`` stands for all seeds.
    """
    values = {**SESSION_DEFAULTS, **config}
    drawn = {} if "seed" in but else plain_seeds(values)
    values = {**{name: value for name, value in values.items() if name not in SEED_NAMES}, **drawn}
    left = sorted(values.keys() - MAY_DIFFER - set(but))
    return repr([(name, list(values[name]) if isinstance(values[name], tuple) else values[name]) for name in left])


def _seed_in_short(config: Mapping[str, Any]) -> Any:
    """Return a run's seed; where weights and order have their own, that of the weights before that of the order."""
    weights, order = seeds_of(config)
    return weights if weights == order else f"{weights}/{order}"


def _repetition(group: Sequence[RunRecord]) -> Repetition:
    config = {name: value for name, value in group[0].config.items() if name not in SEED_NAMES}
    return Repetition(tuple(group), config, spreads([record.results for record in group]))


def spreads(results: Sequence[Mapping[str, Any]]) -> dict[str, Spread]:
    """Return mean and spread of each of ``repeated_results`` that was measured, given the results of some runs."""
    values = {name: [run[name] for run in results if run.get(name) is not None] for name in repeated_results()}
    return {name: found for name, measured in values.items() if (found := spread(measured))}


_BEST = "Best is the trained epoch with the lowest validation loss; another may have the higher accuracy."


def about_spreads(records: Sequence[RunRecord]) -> list[str]:
    """Return sentences on what means and deviations over seeds are of, and what was left out."""
    said = ["Mean and sample standard deviation over the seeds, of finished runs.", _BEST, left_out(records)]
    return list(filter(None, [*said, about_data(records)]))


def about_data(records: Sequence[RunRecord]) -> str:
    """Return a sentence where runs were trained on different data, which makes their metrics hard to compare."""
    is_one = len({record.facts.get("fingerprint") for record in records}) <= 1
    return "" if is_one else "The runs were trained on different data."
