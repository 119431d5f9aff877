"""Which curves runs are drawn as: those that differ in their seed alone as one, every other as its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hw1_tui.export.title import distinct_titles, settings_in_words
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.band import Band, band
from hw1_tui.runs.comparison import Repetition, repetitions
from hw1_tui.runs.record import RunRecord
from hw1_tui.settings import SEED_NAMES


@dataclass(frozen=True)
class SeedCurve:
    """A curve.

    Attributes:
        title: what it is called.
        runs: the runs that it is drawn from, one a seed.
        epochs: what is drawn: the epochs of one run, or the means of several.
        band: lowest and highest of several; ``None`` for one run.
    """

    title: str
    runs: tuple[RunRecord, ...]
    epochs: Sequence[EpochMetrics]
    band: Band | None = None


def seed_curves(
    records: Sequence[RunRecord],
    epochs: Sequence[Sequence[EpochMetrics]],
    titles: Sequence[str] = (),
    *,
    gathers: bool = True,
    in_short: bool = False,
) -> list[SeedCurve]:
    """Return the curves of runs, each where its first run stands.

    Args:
        records: the runs.
        epochs: of each.
        titles: what each is called by itself; ``distinct_titles`` by default.
        gathers: whether seeds are gathered; otherwise every run is a curve.
        in_short: with the short names of hyperparameters.
    """
    by_run = dict(zip((record.run for record in records), epochs, strict=True))
    own = dict(zip(by_run, titles or distinct_titles(records), strict=True))
    groups = [group for group in repetitions(records) if len(group.runs) > 1] if gathers else []
    words = settings_in_words(records, SEED_NAMES, in_short=in_short)
    told = dict(zip(by_run, words, strict=True))
    gathered: dict[str, SeedCurve] = {}
    for group in groups:
        found = band([by_run[record.run] for record in group.runs])
        curve = SeedCurve(_title(group, told[group.runs[0].run]), group.runs, found.mean, found)
        gathered |= dict.fromkeys((record.run for record in group.runs), curve)
    curves = [gathered.get(r.run) or SeedCurve(own[r.run], (r,), by_run[r.run]) for r in records]
    return list({id(curve): curve for curve in curves}.values())


def _title(group: Repetition, told: str) -> str:
    """Return the name that all seeds were given, else what tells them from other runs; and how many seeds they are."""
    names = {record.labels.name for record in group.runs}
    name = names.pop() if len(names) == 1 else ""
    return ", ".join(filter(None, [name or told, f"{len(group.runs)} seeds"]))
