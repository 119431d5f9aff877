"""A kept run as a model that predicts, without the data that it was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines import registry
from engines.contract import Array, Dataset, Split, Trainer
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import Checkpoint, DamagedError, RunFolder, Store
from hw1_tui.settings import from_record, resolve
from hw1_tui.training.session import read_session_state

LAST, BEST = "last", "best"


@dataclass(frozen=True)
class KeptModel:
    """A model as it was after an epoch of a run.

    Attributes:
        run: the run.
        epoch: the epoch; inside the next where ``examples`` of that had been trained on.
        examples: examples of the next epoch trained on.
        trainer: the model; only ``predict`` and ``parameters`` make sense.
        classes: names of its classes; empty for a regression.
        features: number of features of one example.
        image_shape: shape of one example as a picture; empty where it is none.
        dtype: type of the numbers it was trained on, uint8 for pictures.
        scale: what such numbers were multiplied with to become features.
    """

    run: str
    epoch: int
    examples: int
    trainer: Trainer
    classes: tuple[str, ...]
    features: int
    image_shape: tuple[int, ...]
    dtype: str
    scale: float


def load_model(store: Store, run: str, epoch: str | int = LAST) -> KeptModel:
    """Return the model of a run.

    Args:
        store: the history.
        run: see ``Store.find``.
        epoch: an epoch of which there is a checkpoint, ``last``, or ``best`` by validation loss.

    Raises:
        MistakeError: there is no such run or checkpoint, or its engine is not available.
        EngineError: the engine cannot take the checkpoint.
    """
    folder = store.find(run)
    checkpoint, state = _state(store, folder, epoch)
    facts = folder.facts()
    config = resolve(from_record(read_session_state(state)["config"], ""))
    engine = registry.get(config.engine)
    if reason := engine.unavailable():
        raise MistakeError(Mistake("engine", f"the {config.engine} engine is not available: {reason}"))
    inputs = facts["inputs"]
    trainer = engine.start(config, _one_example(facts, config.spec.task), np.random.default_rng(0))
    trainer.load({name[8:]: array for name, array in state.items() if name.startswith("trainer.")})
    return KeptModel(
        folder.id, checkpoint.epoch, checkpoint.examples, trainer, tuple(facts["classes"]), inputs["features"],
        tuple(inputs["image_shape"]), inputs["dtype"], inputs["scale"],
    )  # fmt: skip


def _state(store: Store, folder: RunFolder, epoch: str | int) -> tuple[Checkpoint, dict[str, Array]]:
    found = folder.shelf.checkpoints()
    if not found:
        raise MistakeError(Mistake(folder.id, "has no checkpoint"))
    wanted = store.get(folder.id).results["best_epoch"] if epoch == BEST else epoch
    checkpoint = found[-1] if wanted == LAST else folder.shelf.at(int(wanted)) if wanted is not None else None
    if checkpoint is None:
        kept = ", ".join(str(c.epoch) for c in found if not c.examples)
        what = "no best epoch" if wanted is None else f"no checkpoint of epoch {wanted}"
        raise MistakeError(Mistake(folder.id, f"has {what}", kept))
    try:
        return checkpoint, checkpoint.read()
    except DamagedError as error:
        raise MistakeError(Mistake(folder.id, f"the checkpoint of {checkpoint.place} is damaged: {error}")) from None


def _one_example(facts: Mapping[str, Any], task: str) -> Dataset:
    """Return data of the right shape to start a trainer on."""
    inputs = facts["inputs"]
    x = np.zeros((1, inputs["features"]), inputs["dtype"])
    split = Split(x, np.zeros(1, np.int64 if task == "classification" else np.float64))
    return Dataset("", split, split, split, tuple(facts["classes"]), inputs["scale"], tuple(inputs["image_shape"]))
