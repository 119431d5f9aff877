"""Which runs a report needs on some data, each once, and which of them the history has."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engines.contract import Dataset
from hw1_tui.files.lock import Lock, LockHeldError, is_held
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.preset import Preset
from hw1_tui.report.questions.question import Homework
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import MAY_DIFFER, identity
from hw1_tui.settings import DEFAULT_DATA, RunConfig
from hw1_tui.training.opening import check_fit
from hw1_tui.training.standardizing import as_configured

PlannedRunKey = tuple[str, int]

_SECONDS_PER_UPDATE, _SECONDS_PER_WEIGHT, _SECONDS_PER_PRODUCT = 5e-5, 4e-10, 4e-11


@dataclass(frozen=True)
class PlannedRun:
    """A run of the report with one seed, or one of the seeds of ``train --seeds``.

    Attributes:
        name: the run's name in the questions file; of ``train --seeds`` its seed.
        title: what it is; may be empty.
        repetition: 0 for the report's own seed, 1 for the next, and so on.
        config: what to train.
        data: what it is trained on.
    """

    name: str
    title: str
    repetition: int
    config: RunConfig
    data: Dataset = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """The name, with the repetition where it is not the first."""
        return f"{self.name} (seed {self.repetition + 1})" if self.repetition else self.name

    def work(self) -> float:
        """Return how long it may take, seconds on some machine: only ratios between runs mean anything."""
        hyperparameters = self.config.hyperparameters
        n_examples, n_features = len(self.data.train), self.data.n_features
        batch = min(int(hyperparameters.get("batch_size", 1)), n_examples)
        sizes = [n_features, *hyperparameters.get("hidden_sizes", ()), 6]
        weights = sum(a * b for a, b in itertools.pairwise(sizes))
        update: float = _SECONDS_PER_UPDATE + weights * (_SECONDS_PER_WEIGHT + batch * _SECONDS_PER_PRODUCT)
        return self.config.epochs * -(-n_examples // batch) * update


def plan_runs(
    homework: Homework, source: str, data: Mapping[Wanted, Dataset], seeds: int = 1, epochs_scale: float = 1.0
) -> list[PlannedRun]:
    """Return every run that a report needs, those of the report's own seed first.

    Args:
        homework: the questions that are asked.
        source: where the data of the runs comes from for which the questions file names none.
        data: every data set that is needed, by its source and how it is read.
        seeds: how many seeds each run is repeated with; the first is the report's own, the others follow it.
        epochs_scale: what the number of epochs is multiplied with; at least one epoch is trained.
    """
    presets = [homework.runs[name] for name in homework.needed_runs()]
    return [
        _planned(preset, preset.data or source, data[preset.wanted(source)], repetition, epochs_scale)
        for repetition in range(seeds)
        for preset in presets
    ]


def _planned(preset: Preset, source: str, data: Dataset, repetition: int, epochs_scale: float) -> PlannedRun:
    config = _config(preset, source, len(data.train), repetition, epochs_scale)
    return PlannedRun(preset.name, preset.title, repetition, config, as_configured(data, config))


def _config(preset: Preset, data: str, n_examples: int, repetition: int, epochs_scale: float) -> RunConfig:
    config = RunConfig.from_dict({**preset.values_at(n_examples), "data": data})
    epochs = max(1, round(config.epochs * epochs_scale))
    return config.changed(epochs=epochs, seed=config.hyperparameters["seed"] + repetition)


def misfits(runs: Sequence[PlannedRun]) -> list[Mistake]:
    """Return why runs cannot be trained on their data, each reason once, at the first run that it is about."""
    found: dict[str, Mistake] = {}
    for run in runs:
        try:
            check_fit(run.config, run.data)
        except MistakeError as error:
            for mistake in error.mistakes:
                found.setdefault(mistake.problem, replace(mistake, place=f"{run.name}, data"))
    return list(found.values())


def find_kept(store: Store, runs: Sequence[PlannedRun]) -> dict[PlannedRunKey, RunRecord]:
    """Return the runs that the history has, by ``key``: a run that ended before one that can be gone on with.

    Args:
        store: the history.
        runs: what is looked for.
    """
    planned: dict[str, list[PlannedRun]] = {}
    for run in runs:
        planned.setdefault(run.data.fingerprint, []).append(run)
    wanted: dict[tuple[str, int | None], dict[str, PlannedRunKey]] = {}
    kept: dict[PlannedRunKey, RunRecord] = {}
    for record in store.runs():
        fingerprint = record.facts.get("fingerprint")
        if fingerprint not in planned or record.parent or record.status == "failed":
            continue
        if any(change.name not in MAY_DIFFER | {"epochs"} for change in record.changes):
            continue  # it was steered, and is another run than the one that is asked for
        n = record.facts.get("train_examples")
        if (fingerprint, n) not in wanted:
            wanted[fingerprint, n] = {
                identity(_with_whole_batch(run.config.as_dict(), n)): key(run) for run in planned[fingerprint]
            }
        found = wanted[fingerprint, n].get(identity(_with_whole_batch(record.config, n)))
        if found and (found not in kept or (is_done(record) and not is_done(kept[found]))):
            kept[found] = record
    return kept


def find_newest(records: Sequence[RunRecord], presets: Sequence[Preset]) -> dict[str, RunRecord]:
    """Return the newest run with each preset's settings, by the preset's name; on any data, with any seed.

    Args:
        records: runs of the history.
        presets: what is looked for.
    """
    wanted: dict[int, dict[str, str]] = {}
    newest: dict[str, RunRecord] = {}
    for record in records:
        n = int(record.facts.get("train_examples") or 1)
        if n not in wanted:
            configs = {preset.name: _config(preset, DEFAULT_DATA, n, 0, 1.0).as_dict() for preset in presets}
            wanted[n] = {identity(_with_whole_batch(config, n), "seed"): name for name, config in configs.items()}
        found = wanted[n].get(identity(_with_whole_batch(record.config, n), "seed"))
        if found and (found not in newest or record.created > newest[found].created):
            newest[found] = record
    return newest


@dataclass(frozen=True)
class Turn:
    """Whether a program may train a run of the report now.

    Attributes:
        kept: what the history has of it; ``None`` for nothing.
        is_ours: whether this program may train it; otherwise it is done, or another program has it.
    """

    kept: RunRecord | None
    is_ours: bool


@contextlib.contextmanager
def taken(store: Store, run: PlannedRun) -> Iterator[Turn]:
    """Take a run for this program alone, so that of several that need it one trains it.

    Args:
        store: the history that they share.
        run: the run; another seed or number of epochs is another run.

    Yields:
        Whether it was taken. A history that cannot be written to is nobody else's.
    """
    path = _lock_path(store, run)
    lock, is_free = None, True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(path, patience=0)
    except LockHeldError:
        is_free = False
    except OSError:
        pass
    try:
        kept = find_kept(store, [run]).get(key(run))
        is_over = kept is not None and (kept.is_live or is_done(kept))
        yield Turn(kept, is_free and not is_over)
    finally:
        if lock:
            lock.release()


def is_taken(store: Store, run: PlannedRun, kept: RunRecord | None = None) -> bool:
    """Return whether a program trains a run or is about to, this one or another.

    Args:
        store: the history that they share.
        run: the run.
        kept: what the history has of it.
    """
    if kept is not None and (kept.is_live or is_done(kept)):
        return kept.is_live
    return is_held(_lock_path(store, run))


def _lock_path(store: Store, run: PlannedRun) -> Path:
    name = hashlib.sha256(f"{identity(run.config.as_dict())} {run.data.fingerprint}".encode()).hexdigest()[:32]
    return store.home / "locks" / f"{name}.lock"


def is_done(record: RunRecord) -> bool:
    """Whether a kept run has nothing left to train: it finished, or left the range of numbers."""
    return record.status in ("finished", "diverged")


def key(run: PlannedRun) -> PlannedRunKey:
    """Return what tells a planned run from others: its name and repetition."""
    return run.name, run.repetition


def _with_whole_batch(config: Mapping[str, Any], n_examples: int | None) -> Mapping[str, Any]:
    """Return a configuration whose batch is no larger than the training split: a larger one is all of it."""
    batch = config.get("batch_size")
    return {**config, "batch_size": n_examples} if batch and n_examples and batch > n_examples else config
