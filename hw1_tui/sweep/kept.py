"""What the history has of sweeps: their definitions, their trials and how far each is."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hw1_tui.files.atomic import read_json, write_json
from hw1_tui.files.notice import say_once
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError, first_few, nearest_name
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import Training, is_done
from hw1_tui.settings import NAMED_DATA
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.halving import Progress
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.kept_data import sources

_FOLDER = "sweeps"

GIVEN_UP = "given-up"
"""The tag of a trial that a person stopped for good; without it the trial is gone on with."""


def keep_definition(store: Store, sweep: Sweep) -> None:
    """Keep the definition of a sweep beside its runs, which may all have been made for others.

    A disk that does not take it ends no sweep: the runs that are made for it have it too.
    """
    with contextlib.suppress(OSError):
        write_json(store.make(_FOLDER) / f"{sweep.name}.json", sweep.as_dict())


def find_sweeps(store: Store) -> dict[str, Sweep]:
    """Return the sweeps of a history by name, the one that was last begun or gone on with first.

    What the history of another machine brought along without its definition is found by its runs.
    """
    found: dict[str, Sweep] = {}
    trouble: dict[str, MistakeError] = {}
    for name, record in _definitions(store):
        if name not in found:
            try:
                found[name] = replace(Sweep.from_dict(record), given_name=name)
            except MistakeError as error:
                trouble.setdefault(name, error)
    if left_out := [name for name in trouble if name not in found]:
        first = trouble[left_out[0]]
        others = f"Sweeps that are left out as well: {first_few(left_out[1:])}." if left_out[1:] else ""
        say_once(f"{first}. It is left out. {others}".strip(), logging.ERROR)
    return found


def _named(store: Store, name: str) -> Sweep | None:
    """Return the sweep of a name; ``None`` where there is none. Others are not looked at.

    Raises:
        MistakeError: its definition is none here, as where its engine is not installed.
    """
    trouble: MistakeError | None = None
    for called, record in _definitions(store):
        if called == name:
            try:
                return replace(Sweep.from_dict(record), given_name=name)
            except MistakeError as error:
                trouble = trouble or error
    if trouble:
        raise trouble
    return None


def _definitions(store: Store) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the definitions that a history has, each with the name of its sweep."""
    for path in sorted((store.home / _FOLDER).glob("*.json"), key=_changed, reverse=True):
        try:
            yield path.stem, read_json(path)
        except (OSError, ValueError, RecursionError):
            say_once(f"{path} cannot be read. It is left out.", logging.ERROR)
    for run in store.runs():
        if run.sweep:
            yield run.sweep, run.facts["sweep"]


def _changed(path: Path) -> int:
    """Return when a file was changed, in nanoseconds; 0 where it is gone, or a link that leads nowhere."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def find_sweep(store: Store, name: str | None) -> Sweep:
    """Return a sweep of the history by its name; the newest where none is given.

    Raises:
        MistakeError: there is none, or its definition is none here.
    """
    if name is not None and (found := _named(store, name) or _named(store, name := name.removeprefix("sweep-"))):
        return found
    sweeps = find_sweeps(store)
    if not sweeps:
        raise MistakeError(Mistake("sweep", f"there is no sweep in {store.home}"))
    if name is None:
        return next(iter(sweeps.values()))
    raise MistakeError(Mistake(name, "there is no such sweep", ", ".join(sweeps), nearest_name(name, sweeps)))


def with_data_here(sweep: Sweep, moved_to: str | None = None) -> Sweep:
    """Return a sweep with its data named as it is found: where it lay, else by its name from the current folder.

    Where ``moved_to`` says that it is, nowhere else. As of a run that goes on, see ``kept_data.sources``; whether it
    is the same data is for who reads it.
    """
    config = sweep.config
    if moved_to is not None:
        return replace(sweep, config=replace(config, data=moved_to))
    if (name := Path(config.data).name) in NAMED_DATA:
        return sweep
    return replace(sweep, config=replace(config, data=sources(name, config.data)[0]))


def check_name(store: Store, sweep: Sweep) -> None:
    """See that no other sweep is called as this one.

    Raises:
        MistakeError: one is.
    """
    try:
        other = _named(store, sweep.name)
    except MistakeError as error:
        if sweep.identifier.startswith(sweep.name):  # no other has this name
            return
        why = error.mistakes[0].problem
        problem = f"another sweep, which cannot be read here ({why}), is called {sweep.name}"
        raise MistakeError(Mistake("--name", problem, "another name, or none", sweep.identifier[:8])) from None
    if other and other.identifier != sweep.identifier:
        problem = f"another sweep, of other trials, is called {sweep.name}"
        raise MistakeError(Mistake("--name", problem, "another name, or none", other.identifier[:8]))


def with_kept_points(store: Store, sweep: Sweep) -> Sweep:
    """Return a sweep with the points that TPE has chosen for it before."""
    kept = None
    with contextlib.suppress(MistakeError):
        kept = _named(store, sweep.name) if sweep.n_tpe else None
    return replace(sweep, asked=kept.asked) if kept and kept.identifier == sweep.identifier else sweep


def trainings_of(sweep: Sweep) -> dict[int, Training]:
    """Return what each trial trains, by its number."""
    return {trial.number: (trial.config, sweep.fingerprint) for trial in sweep.trials}


def rank_loss(sweep: Sweep, epoch: EpochMetrics) -> float:
    """Return what a trial is ranked by after an epoch, the lower the better; NaN where it was not measured."""
    value = epoch[sweep.metric]
    return math.nan if value is None else sweep.ranked_by.as_loss(value)


def is_given_up(sweep: Sweep, record: RunRecord) -> bool:
    """Return whether a person stopped a trial for good, in this sweep: another that needs it too trains it."""
    return {GIVEN_UP, sweep.tag} <= set(record.labels.tags) and not is_done(record)


def progress_of(sweep: Sweep, trial: Trial, record: RunRecord, store: Store) -> Progress:
    """Return how far a kept trial is; whose end was not written is not at its last epoch.

    Its losses are read where something depends on them.
    """
    try:
        metrics = store.metrics(record.run) if sweep.halving or sweep.n_tpe else []
    except MistakeError:  # deleted since it was found
        return Progress(point=trial.place)
    losses = {epoch.epoch: rank_loss(sweep, epoch) for epoch in metrics}
    done, is_over = int(record.results["epochs_done"]), is_done(record) or is_given_up(sweep, record)
    epochs = done if is_over else min(done, int(record.config["epochs"]) - 1)
    return Progress(max(epochs, 0), losses, is_over, record.status == "diverged", trial.place)
