"""What a run said of each example: as it was kept at the run's end, or measured again from its checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from engines.capability import Measured, measure
from engines.contract import Array, Dataset, ModelSpec, SplitName, Trainer, engine_errors
from hw1_tui import data
from hw1_tui.files.lock import LockHeldError
from hw1_tui.files.notice import say_once
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunFolder, RunRecord, Store
from hw1_tui.runs.prediction import Predictions, read_predictions, write_predictions
from hw1_tui.training.checkpoint import read_state
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.kept_model import BEST, LAST, KeptModel, load_model, reaches_end
from hw1_tui.training.numbers import quietly
from hw1_tui.training.session import Session
from hw1_tui.training.session_state import trainer_part

_KEPT: tuple[SplitName, ...] = ("val", "test")
"""The splits of which runs are told apart; the training split, several times as large, is measured when asked."""


def kept_predictions(store: Store, record: RunRecord, split: SplitName, epoch: str | int = LAST) -> Predictions | None:
    """Return what was kept of what a run says of each example of a split; ``None`` where nothing was.

    Args:
        store: the history.
        record: the run.
        split: the split.
        epoch: as of ``predictions``.
    """
    folder = store.find(record.run)
    kept = _read(folder, record.facts)
    place = _place(folder, record, epoch, kept)
    return next((entry for entry in kept if (entry.split, entry.place) == (split, place)), None)


def predictions(
    store: Store,
    record: RunRecord,
    split: SplitName,
    epoch: str | int = LAST,
    dataset: Dataset | None = None,
    max_bytes: int = data.MAX_BYTES,
) -> Predictions:
    """Return what a run says of each example of a split: what was kept, or measured now, and then kept.

    May load the run's data, which takes seconds.

    Args:
        store: the history.
        record: the run.
        split: the split.
        epoch: an epoch of which there is a checkpoint; ``best`` by validation loss; or ``last``, which is the end, or
            the newest checkpoint of a run that was killed or diverged: ``Predictions.place`` tells where that stands.
        dataset: the run's data, where it was loaded already.
        max_bytes: largest data set that may be unpacked into memory.

    Raises:
        MistakeError: nothing was kept, and there is no checkpoint or the data is not there any more or not what it was;
            or the split has no examples.
        EngineError: the engine cannot take the checkpoint.
    """
    if (found := kept_predictions(store, record, split, epoch)) is not None:
        return found
    folder = store.find(record.run)
    kept, stamp = _read(folder, record.facts), folder.stamp()
    place = _place(folder, record, epoch, kept)
    model = load_model(store, record.run, epoch)
    dataset = _checked(dataset, record) if dataset else load_kept(record.config_now, record.facts, max_bytes)
    if not len(dataset[split]):
        raise MistakeError(Mistake("split", f"{dataset.name} has no {split} examples"))
    if split not in _KEPT:
        return _predictions(model, dataset, split)
    measured = {split: _predictions(model, dataset, split) for split in _KEPT if len(dataset[split])}
    lasting = {_place(folder, record, epoch, kept) for epoch in (LAST, BEST)}
    if place in lasting:
        others = [entry for entry in kept if entry.place in lasting - {place}]
        _keep(folder, stamp, [*others, *measured.values()])
    return measured[split]


def measure_split(model: KeptModel, dataset: Dataset, split: SplitName) -> Measured:
    """Return what a kept model says of each example of a split of its data, with the probabilities of all classes.

    Raises:
        EngineError: the engine failed.
    """
    return _measure(model.trainer, model.config.spec, model.config.engine, dataset, split)


def keep_end(session: Session, folder: RunFolder, *, has_end: bool) -> None:
    """Keep what a session's model says at its end and said at its best epoch; only for the holder of the run's lock.

    The trainer is as it was afterwards. Where there are no examples or no checkpoint of the best epoch, that is left
    out.

    Args:
        session: it has just ended.
        folder: where its run is kept.
        has_end: whether the weights that it ended with are any.

    Raises:
        EngineError: the engine failed.
        DamagedError: the checkpoint of the best epoch cannot be read.
        OSError: the disk does not take it.
    """
    splits = [split for split in _KEPT if len(session.data[split])]
    found = [_of_session(session, split, session.place) for split in splits] if has_end else []
    best = session.best_epoch
    checkpoint = folder.checkpoint_store.at(best) if best is not None else None
    if checkpoint and not (has_end and session.place == (best, 0)):
        state, before = read_state(checkpoint), session.trainer.state()
        with engine_errors(session.config.engine):
            session.trainer.load(trainer_part(state))
        found += [_of_session(session, split, (checkpoint.epoch, 0)) for split in splits]
        with engine_errors(session.config.engine):
            session.trainer.load(before)
    if found:
        write_predictions(folder.predictions_path, found)


def _of_session(session: Session, split: SplitName, place: tuple[int, int]) -> Predictions:
    config, dataset = session.config, session.data
    measured = _measure(session.trainer, config.spec, config.engine, dataset, split)
    return _compact(measured, dataset, split, place)


def _predictions(model: KeptModel, dataset: Dataset, split: SplitName) -> Predictions:
    return _compact(measure_split(model, dataset, split), dataset, split, (model.epoch, model.examples))


def _measure(trainer: Trainer, spec: ModelSpec, engine: str, dataset: Dataset, split: SplitName) -> Measured:
    examples = dataset[split]
    with engine_errors(engine):
        return quietly(lambda: measure(trainer, spec, examples.x, examples.y, dataset.n_classes))


def _compact(measured: Measured, dataset: Dataset, split: SplitName, place: tuple[int, int]) -> Predictions:
    """Return of what was measured what is kept."""
    y, p = dataset[split].y, measured.probabilities
    predicted = measured.predicted
    rows = np.arange(len(y))
    nothing = np.full(len(y), np.nan, np.float32)
    return Predictions(
        split, *place, y, predicted if dataset.is_regression else predicted.astype(np.int64),
        nothing if p is None else _short(p[rows, predicted]), nothing if p is None else _short(p[rows, y]),
        _short(measured.losses), dataset.fingerprint,
    )  # fmt: skip


def _short(array: Array) -> Array:
    with np.errstate(over="ignore"):  # what float32 has no number for is infinite
        return array.astype(np.float32)


def _read(folder: RunFolder, facts: Mapping[str, Any]) -> list[Predictions]:
    """Return what is kept of the data that a run was trained on."""
    found = read_predictions(folder.predictions_path, len(facts.get("classes") or ()))
    return [
        entry
        for entry in found
        if entry.fingerprint == facts.get("fingerprint")
        and len(entry) == facts.get(f"{entry.split}_examples", len(entry))
    ]


def _place(
    folder: RunFolder, record: RunRecord, epoch: str | int, kept: Iterable[Predictions]
) -> tuple[int, int] | None:
    """Return epoch and examples of what is asked for; ``None`` where there is no such place."""
    if epoch != LAST:
        number = record.results["best_epoch"] if epoch == BEST else int(epoch)
        return None if number is None else (number, 0)
    # What was kept may be later: its checkpoint was taken away.
    places = [(checkpoint.epoch, checkpoint.examples) for checkpoint in folder.checkpoint_store.checkpoints()]
    newest = max([*places, *(entry.place for entry in kept)], default=None)
    return newest if newest is None or reaches_end(record, newest[0]) else None


def _checked(dataset: Dataset, record: RunRecord) -> Dataset:
    """Return a data set that is the one of a run.

    Raises:
        MistakeError: it is another.
    """
    if dataset.fingerprint != record.facts.get("fingerprint"):
        raise MistakeError(Mistake("data", f"{dataset.name} is not what {record.run} was trained on"))
    return dataset


def _keep(folder: RunFolder, stamp: str, found: Iterable[Predictions]) -> None:
    """Keep what was measured of a run that nobody has trained meanwhile; where that cannot be, it is said once."""
    try:
        lock = folder.lock()
        try:
            if folder.stamp() == stamp:
                write_predictions(folder.predictions_path, found)
        finally:
            lock.release()
    except LockHeldError:  # whoever trains it keeps what it comes to
        return
    except OSError as error:
        say_once(f"{folder.path}: what was measured is not kept: {error.strerror}")
