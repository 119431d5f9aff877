"""Conclusions whose rivals are tuned too: how they are read, and which runs, figure and claim each comes to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engines.contract import Value
from hw1_tui.markup import as_written
from hw1_tui.mistake import MistakeError, nearest_name
from hw1_tui.report.questions.entry_reader import EntryReader
from hw1_tui.report.questions.preset import Preset
from hw1_tui.report.questions.question import Claim, Figure, Homework, Panel, Tuning
from hw1_tui.runs.comparison import MAY_DIFFER, identity
from hw1_tui.settings import TABLE, RunConfig
from hw1_tui.settings.point import Point, describe_point, plain_point

KEYS = ("name", "number", "question", "says", "run", "compares", "best", "rivals", "grid")
_MOST_RUNS = 100


def read_tuning(reader: EntryReader, runs: Mapping[str, Preset], n_examples: int) -> Tuning:
    """Return a tuning; what is wrong with it is gathered.

    Args:
        reader: of the entry.
        runs: those of the file.
        n_examples: training examples from which settings follow.
    """
    run = reader.choice("run", runs, kind="run")
    compares = reader.text("compares").replace("-", "_")
    best, rivals = (_values(reader, key, compares, reader.raw(key)) for key in ("best", "rivals"))
    grid = reader.raw("grid")
    if not isinstance(grid, dict) or not grid:
        reader.refuse("grid", "is not a table of values to try", "{ learning_rate = [0.001, 0.01] }")
        grid = {}
    axes = {
        name.replace("-", "_"): _values(reader, f"grid.{name}", name.replace("-", "_"), given)
        for name, given in grid.items()
    }
    tuning = Tuning(
        reader.text("name"), reader.whole("number"), reader.text("question"), reader.text("says"), run, compares,
        best, rivals, axes,
    )  # fmt: skip
    if set(best) & set(rivals):
        reader.refuse("rivals", "has a value that stands in best too")
    if compares in axes:
        reader.refuse("grid", f"has {compares}, which is compared")
    if math.prod(map(len, axes.values())) * len(tuning.contenders) > _MOST_RUNS:
        reader.refuse("grid", "is of too many runs", f"at most {_MOST_RUNS}")
    elif run in runs and all((best, rivals, *axes.values())):
        _check_points(reader, tuning, runs[run].values_at(n_examples))
    return tuning


def _values(reader: EntryReader, key: str, name: str, given: Any) -> tuple[Value, ...]:
    if name not in TABLE or name in MAY_DIFFER or name == "seed":
        nearest = nearest_name(name, TABLE)
        reader.refuse(key, f"{name!r} is no hyperparameter that can be tuned", nearest=nearest)
        return ()
    if not isinstance(given, list) or not given:
        reader.refuse(key, "is missing" if given is None else f"{as_written(given)} is not a list of values of {name}")
        return ()
    try:
        values = tuple(TABLE[name].check(value) for value in given)
    except ValueError as error:
        reader.refuse(key, str(error), TABLE[name].allowed)
        return ()
    if len(set(values)) < len(values):
        reader.refuse(key, "has a value twice")
    return values


def _check_points(reader: EntryReader, tuning: Tuning, values: Mapping[str, Any]) -> None:
    """See that every run can be trained."""
    for point in _points(tuning):
        try:
            RunConfig.from_dict({**values, **point})
        except MistakeError as error:
            for mistake in error.mistakes:
                reader.refuse("grid", f"{describe_point(point)}: {mistake.place}: {mistake.problem}", mistake.allowed)
            return


def _points(tuning: Tuning) -> list[Point]:
    axes = {tuning.compares: tuning.contenders, **tuning.grid}
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def with_tunings(homework: Homework) -> Homework:
    """Return a homework with the runs, the figures and the claims of its tunings.

    A run that the homework has already is that one, so that it is trained once.
    """
    known = {_identity(preset): preset for preset in reversed([*homework.runs.values()])}
    runs, tunings = dict(homework.runs), []
    for tuning in homework.tunings:
        base = homework.runs[tuning.run]
        trials = []
        for i, point in enumerate(_points(tuning), start=1):
            values = {**base.values, **plain_point(point)}
            preset = Preset(f"{tuning.name}-{i}", tuning.question, describe_point(point), values, base.data)
            preset = known.setdefault(_identity(preset), preset)
            runs.setdefault(preset.name, preset)
            trials.append((preset.name, point))
        own = RunConfig.from_dict(base.values_at(1)).hyperparameters
        as_reported = {name: own[name] for name in tuning.grid if name in own}
        tunings.append(replace(tuning, trials=tuple(trials), as_reported=as_reported))
    return replace(
        homework,
        runs=runs,
        tunings=tuple(tunings),
        figures=(*homework.figures, *map(_figure, tunings)),
        claims=(*homework.claims, *(_claim(tuning, runs) for tuning in tunings)),
    )


def _identity(preset: Preset) -> str:
    config = RunConfig.from_dict({**preset.values_at(1), "data": "builtin"})
    return f"{preset.data} {identity(config.as_dict())}"


def _claim(tuning: Tuning, runs: Mapping[str, Preset]) -> Claim:
    names = tuple(dict.fromkeys(name for name, _ in tuning.trials))
    is_regression = RunConfig.from_dict(runs[names[0]].values_at(1)).spec.task == "regression"
    metric = "test_loss" if is_regression else "test_accuracy"
    return Claim(tuning.name, tuning.question, "", tuning.says, "tuned", names, metric, voice="remark")


def _figure(tuning: Tuning) -> Figure:
    """Return the figure of a tuning: a panel for each of what is compared, with the curves of its runs."""
    panels = [
        Panel(
            describe_point({tuning.compares: value}),
            tuple(name for name, point in tuning.trials if point[tuning.compares] == value),
            ("val_loss",),
        )
        for value in tuning.contenders
    ]
    title = f"Each {TABLE[tuning.compares].title} tuned in {' and '.join(TABLE[name].title for name in tuning.grid)}"
    return Figure(tuning.number, tuning.question, title, tuple(panels), own=True)
