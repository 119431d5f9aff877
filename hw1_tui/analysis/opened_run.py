"""A kept run opened for looking inside: its model after one of its epochs, together with its data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engines import registry
from engines.capability import Measured
from engines.contract import SPLITS, Array, Dataset, EngineError, SplitName, engine_errors
from engines.inspection import Inspectable, layers_of
from hw1_tui import data
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.settings import seeds_of
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.kept_model import LAST, NEWEST, KeptModel, load_model
from hw1_tui.training.measurement import measure_split


@dataclass(frozen=True, eq=False)
class OpenedRun:
    """A run's model after one of its epochs, with the data that it was trained on.

    A trainer belongs to one thread at a time: whoever asks ``model.trainer`` anything does so within ``asking()``.

    Attributes:
        record: the run.
        model: its model.
        dataset: its data.
        epochs: those of which there was a checkpoint when it was opened, in order: ``kept_epochs``.
        store: the history that it is kept in.
    """

    record: RunRecord
    model: KeptModel
    dataset: Dataset
    epochs: tuple[int, ...]
    store: Store
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _measured: dict[SplitName, Measured] = field(default_factory=dict)

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that have examples."""
        return tuple(split for split in SPLITS if len(self.dataset[split]))

    @property
    def place(self) -> tuple[int, int]:
        """The epoch, and the examples of the next one that the model was trained on as well."""
        return self.model.epoch, self.model.examples

    @property
    def is_linear(self) -> bool:
        """Whether its model has a single layer of weights."""
        with self.asking():
            return "W2" not in layers_of(self.model.trainer)

    def at(self, epoch: int) -> OpenedRun:
        """Return the run after another of its kept epochs.

        Raises:
            MistakeError: its checkpoint is not there any more.
            EngineError: the engine cannot take it.
        """
        model = load_model(self.store, self.record.run, epoch)
        return OpenedRun(self.record, model, self.dataset, self.epochs, self.store)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Hold the trainer for this thread; whatever its engine raises, a stranger's too, is an ``EngineError``.

        Raises:
            EngineError: the engine failed.
        """
        with self._lock, engine_errors(self.model.config.engine, MistakeError):
            yield

    def measured(self, split: SplitName) -> Measured:
        """Return what the model says of each example of a split; measured when it is first asked for.

        Raises:
            EngineError: the engine failed.
        """
        with self.asking():
            if split not in self._measured:
                self._measured[split] = measure_split(self.model, self.dataset, split)
            return self._measured[split]

    def inspectable(self) -> Inspectable:
        """Return the trainer as one that shows activations and gradients; within ``asking()``.

        Raises:
            EngineError: its engine does not show them.
        """
        if not isinstance(self.model.trainer, Inspectable):
            raise EngineError(f"the {self.model.config.engine} engine does not show activations and gradients")
        return self.model.trainer

    def parameters(self) -> dict[str, Array]:
        """Return copies of the weights by name, as ``Trainer.parameters`` names them.

        Raises:
            EngineError: the engine failed, or its weights are not those of layers.
        """
        with self.asking():
            return {name: array.copy() for name, array in layers_of(self.model.trainer).items()}

    def initial_parameters(self) -> dict[str, Array]:
        """Return the weights before the first step, drawn again from the run's seed.

        A run that was branched from another began with that one's weights: these are those before its first step.

        Raises:
            EngineError: the engine cannot start it.
        """
        config = self.model.config
        one = _one_example(self.dataset)
        with engine_errors(config.engine):
            rng = np.random.default_rng(seeds_of(config.hyperparameters)[0])
            trainer = registry.get(config.engine).start(config.copy(), one, rng)
            return {name: array.copy() for name, array in layers_of(trainer).items()}


@dataclass(frozen=True, eq=False)
class Subject:
    """What is looked at.

    Attributes:
        opened: a run after one of its epochs.
        split: whose examples.
        other: a second run, on the same data, to be set beside it.
    """

    opened: OpenedRun
    split: SplitName
    other: OpenedRun | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what every record of what is seen begins with: ``run``, ``epoch`` and ``split``."""
        return {"run": self.opened.record.run, "epoch": self.opened.model.epoch, "split": self.split}


def open_run(
    store: Store,
    run: str,
    epoch: str | int = LAST,
    dataset: Dataset | None = None,
    max_bytes: int = data.MAX_BYTES,
    moved_to: str | None = None,
) -> OpenedRun:
    """Open a run for looking inside; may load its data, which takes seconds.

    Args:
        store: the history.
        run: see ``Store.find``.
        epoch: an epoch of which there is a checkpoint, ``last``, or ``best`` by validation loss. The last is the newest
            that there is: whatever is seen says after which epoch it is.
        dataset: the run's data, where it was loaded already; of another, it is loaded all the same.
        max_bytes: largest data set that may be unpacked into memory.
        moved_to: where its data is now; where it was by default.

    Raises:
        MistakeError: there is no such run or checkpoint, or its data is not there any more or not what it was.
        EngineError: the engine cannot take the checkpoint.
    """
    record = store.get(run)
    model = load_model(store, record.run, NEWEST if epoch == LAST else epoch)
    if dataset is None or dataset.fingerprint != record.facts.get("fingerprint"):
        dataset = load_kept(record.config_now, record.facts, max_bytes, moved_to)
    if (features := dataset.n_features) != model.features:
        problem = (
            f"its metrics.jsonl is of another run, of {features:,} features, its weights are of {model.features:,}"
        )
        raise MistakeError(Mistake(record.run, problem))
    dataset = replace(dataset, standardization=model.standardization)
    return OpenedRun(record, model, dataset, kept_epochs(store, record.run), store)


def kept_epochs(store: Store, run: str) -> tuple[int, ...]:
    """Return the epochs of which a run has a checkpoint now, in order; while it trains, older ones are removed.

    Raises:
        MistakeError: there is no such run.
    """
    kept = store.find(run).checkpoint_store.checkpoints()
    return tuple(sorted({checkpoint.epoch for checkpoint in kept if not checkpoint.examples}))


def newest_place(store: Store, run: str) -> tuple[int, int] | None:
    """Return epoch and examples of a run's newest checkpoint; ``None`` where it has none.

    Raises:
        MistakeError: there is no such run.
    """
    kept = store.find(run).checkpoint_store.checkpoints()
    return max(((checkpoint.epoch, checkpoint.examples) for checkpoint in kept), default=None)


def check_pair(opened: OpenedRun, other: OpenedRun) -> None:
    """See that two runs can be set beside each other.

    Raises:
        MistakeError: they were trained on different data, or are one run after the same epoch.
    """
    if opened.dataset.fingerprint != other.dataset.fingerprint:
        problem = f"was trained on other data than {opened.record.run}"
        raise MistakeError(Mistake(other.record.run, problem, "a run on the same data, or one run alone"))
    if other is not opened and (other.record.run, other.place) == (opened.record.run, opened.place):
        raise MistakeError(Mistake(other.record.run, "is the first run, after the same epoch", "another run or epoch"))


def _one_example(dataset: Dataset) -> Dataset:
    """Return data of one example: a trainer started on it has the weights that the run's had."""
    first = {split: replace(dataset[split], x=dataset[split].x[:1], y=dataset[split].y[:1]) for split in SPLITS}
    return replace(dataset, **first)  # type: ignore[arg-type]
