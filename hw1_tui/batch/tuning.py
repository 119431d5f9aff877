"""The tunings of a report as sweeps of the history: the same runs, which ``sweep show`` tells more of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hw1_tui.report.questions.question import Tuning
from hw1_tui.report.runs.plan import PlannedRun
from hw1_tui.runs import Store
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.kept import keep_definition
from hw1_tui.sweep.space import Axis, Space
from hw1_tui.training.kept_data import data_path

_LONGEST, _LETTERS = 30, 8
"""Of the name of a tuning in that of its sweep, and of a digest of what is trained, which may be of fewer epochs."""


def keep_sweeps(tunings: Sequence[Tuning], runs: Sequence[PlannedRun], seeds: int, store: Store) -> Iterator[str]:
    """Keep the definition of each tuning as a sweep, and yield what it is called.

    Args:
        tunings: of the report.
        runs: those that the report plans, theirs among them.
        seeds: with how many seeds each is repeated.
        store: the history.
    """
    planned = {run.name: run for run in reversed(runs)}
    for tuning in tunings:
        first = planned[tuning.trials[0][0]]
        axes = {tuning.compares: tuning.contenders, **tuning.grid}
        space = Space(tuple(Axis(name, values) for name, values in axes.items()))
        sweep = Sweep(first.config, space, seeds=seeds)
        sweep = sweep.on(data_path(first.data.name) or first.config.data, first.data.fingerprint)
        name = re.sub("[^A-Za-z0-9_-]", "-", tuning.name)[:_LONGEST]
        sweep = replace(sweep, given_name=f"{name}-{sweep.identifier[:_LETTERS]}")
        keep_definition(store, sweep)
        yield sweep.name
