"""A kept run as a model that predicts, without the data that it was trained on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engines import registry
from engines.contract import Array, Dataset, Engine, EngineError, Split, Trainer, describe_error
from engines.interruption import is_interruption
from engines.standardization import Standardization
from hw1_tui.data import MAX_BYTES
from hw1_tui.data.picture import levels
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import Checkpoint, DamagedError, GoneError, RunFolder, RunRecord, Store
from hw1_tui.runs.checkpoint import place_in_words
from hw1_tui.settings import RunConfig
from hw1_tui.training.average import show_average
from hw1_tui.training.checkpoint import read_state
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.session_state import read_session_state, trainer_part
from hw1_tui.training.standardizing import as_configured, read_standardization

LAST, BEST, NEWEST = "last", "best", "newest"


@dataclass(frozen=True)
class KeptModel:
    """A model as it was after an epoch of a run.

    Attributes:
        run: the run.
        epoch: the epoch; inside the next where ``examples`` of that had been trained on.
        examples: examples of the next epoch trained on.
        trainer: the model; only ``predict``, ``measure`` and ``parameters`` make sense.
        config: what was trained, as steered by then.
        classes: names of its classes; empty for a regression.
        features: number of features of one example.
        image_shape: shape of one example as a picture; empty where it is none.
        dtype: type of the numbers it was trained on, uint8 for pictures.
        scale: what such numbers were multiplied with to become features.
        value_range: the smallest and largest of them; empty where it was not kept.
        feature_names: what its features are called; empty where they have no names.
        standardization: what made features of them in place of the scale; ``None`` for plain features.
        averaged: its weights are the mean of those at the ends of so many epochs; 0 where they are no mean.
    """

    run: str
    epoch: int
    examples: int
    trainer: Trainer
    config: RunConfig
    classes: tuple[str, ...]
    features: int
    image_shape: tuple[int, ...]
    dtype: str
    scale: float
    value_range: tuple[float, ...] = ()
    standardization: Standardization | None = None
    feature_names: tuple[str, ...] = ()
    averaged: int = 0

    @property
    def place(self) -> str:
        """Where in its run it stands, in words, as of a checkpoint."""
        return place_in_words(self.epoch, self.examples)

    @property
    def activation(self) -> str:
        """What stands between its layers; empty where it has one layer."""
        return str(self.config.hyperparameters.get("activation", ""))

    @property
    def levels(self) -> tuple[float, float] | None:
        """The stored values of black and white in its data; ``None`` where they cannot be told."""
        return levels(self.dtype, self.value_range)


_SAME = ("model", "engine", "hidden_sizes")
"""What no change on the way makes other than ``run.json`` has it."""


def load_model(store: Store, run: str, epoch: str | int = LAST) -> KeptModel:
    """Return the model of a run.

    Args:
        store: the history.
        run: see ``Store.find``.
        epoch: an epoch of which there is a checkpoint; ``best`` by validation loss; ``last``, which is its end, or the
            newest checkpoint of a run that was killed or diverged; or ``newest``, whatever that is.

    Raises:
        MistakeError: there is no such run or checkpoint, or its engine is not available.
        EngineError: the engine cannot take the checkpoint.
    """
    folder = store.find(run)
    checkpoint, state = _state(store, folder, epoch)
    facts = folder.facts()
    trained = read_session_state(state)["config"]
    config = RunConfig.from_dict(trained, folder.id)
    if any(name in trained and trained[name] != facts["config"].get(name) for name in _SAME):
        raise MistakeError(Mistake(folder.id, f"its checkpoint of epoch {checkpoint.epoch} is of another run"))
    engine = registry.get(config.engine)
    if reason := engine.unavailable():
        raise MistakeError(Mistake("engine", f"the {config.engine} engine is not available: {reason}"))
    inputs = _inputs(folder, facts)
    _check_size(folder, config, inputs, state)
    trainer, averaged = _start(engine, config, facts, state)
    return KeptModel(
        folder.id, checkpoint.epoch, checkpoint.examples, trainer, config, tuple(facts["classes"]),
        inputs["features"], tuple(inputs["image_shape"]), inputs["dtype"], inputs["scale"],
        tuple(inputs.get("value_range", ())), read_standardization(state, inputs["features"]),
        tuple(inputs.get("feature_names", ())), averaged,
    )  # fmt: skip


def _check_size(folder: RunFolder, config: RunConfig, inputs: Mapping[str, Any], state: Mapping[str, Array]) -> None:
    """See that a model of such a description has no more weights than the checkpoint has numbers, before it is made."""
    sizes = [inputs["features"], *config.hyperparameters.get("hidden_sizes", ()), 1]
    if sum(a * b for a, b in itertools.pairwise(sizes)) > sum(array.size for array in state.values()):
        raise MistakeError(Mistake(folder.id, "its checkpoint is not one of the model that run.json describes"))


def _start(
    engine: Engine, config: RunConfig, facts: Mapping[str, Any], state: Mapping[str, Array]
) -> tuple[Trainer, int]:
    """Return the model of a state, and of how many epochs its weights are the mean.

    Raises:
        EngineError: the engine cannot take it.
    """
    try:
        one = as_configured(_one_example(facts, config.spec.task), config, state)
        trainer = engine.start(config.copy(), one, np.random.default_rng(0))
        trainer.load(trainer_part(state))
        averaged = show_average(trainer, state)
    except (EngineError, MistakeError):
        raise
    except BaseException as error:  # an engine, also someone else's, may raise anything on what a stranger wrote
        if is_interruption(error):
            raise
        raise EngineError(f"the {config.engine} engine cannot take its checkpoint: {describe_error(error)}") from error
    return trainer, averaged


def with_value_range(store: Store, model: KeptModel, max_bytes: int = MAX_BYTES) -> KeptModel:
    """Return a model with the range of its data, which older runs did not keep, from that data where it still is."""
    if model.value_range or model.dtype == "uint8" or not model.image_shape:
        return model
    folder = store.find(model.run)
    facts = folder.facts()
    try:
        return replace(model, value_range=load_kept(facts["config"], facts, max_bytes).value_range)
    except MistakeError:
        return model


def _inputs(folder: RunFolder, facts: Mapping[str, Any]) -> dict[str, Any]:
    inputs: dict[str, Any] | None = facts.get("inputs")
    if not inputs or facts.get("classes") is None:
        raise MistakeError(Mistake(folder.id, "does not say how its features were made"))
    return inputs


def reaches_end(record: RunRecord, epoch: int) -> bool:
    """Return whether the weights of a run after an epoch, or inside the next, are those of its end.

    A disk that was full may have taken its metrics and not its last checkpoint. Of a run that was killed or diverged
    the newest that there is counts as its end.
    """
    return record.status not in ("finished", "stopped") or epoch >= record.results["epochs_done"]


def _state(store: Store, folder: RunFolder, epoch: str | int) -> tuple[Checkpoint, dict[str, Array]]:
    while True:
        checkpoint = _checkpoint(store, folder, epoch)
        try:
            return checkpoint, read_state(checkpoint)
        except GoneError:  # since it was found: whoever trains the run has written newer ones
            continue
        except DamagedError as error:
            problem = f"the checkpoint of {checkpoint.place} is damaged: {error}"
            raise MistakeError(Mistake(folder.id, problem)) from None


def _checkpoint(store: Store, folder: RunFolder, epoch: str | int) -> Checkpoint:
    found = folder.checkpoint_store.checkpoints()
    if not found:
        raise MistakeError(Mistake(folder.id, "has no checkpoint"))
    record = store.get(folder.id)
    wanted = record.results["best_epoch"] if epoch == BEST else epoch
    checkpoint: Checkpoint | None
    if epoch == NEWEST or (epoch == LAST and reaches_end(record, found[-1].epoch)):
        checkpoint = found[-1]
    elif epoch == LAST:
        checkpoint, wanted = None, f"{record.results['epochs_done']}, its last"
    else:
        checkpoint = folder.checkpoint_store.at(int(wanted)) if wanted is not None else None
    if checkpoint is None:
        kept = ", ".join(str(c.epoch) for c in found if not c.examples)
        what = "no best epoch" if wanted is None else f"no checkpoint of epoch {wanted}"
        raise MistakeError(Mistake(folder.id, f"has {what}", kept))
    return checkpoint


def _one_example(facts: Mapping[str, Any], task: str) -> Dataset:
    """Return data of the right shape to start a trainer on."""
    inputs = facts["inputs"]
    x = np.zeros((1, inputs["features"]), inputs["dtype"])
    split = Split(x, np.zeros(1, np.int64 if task == "classification" else np.float64))
    return Dataset("", split, split, split, tuple(facts["classes"]), inputs["scale"], tuple(inputs["image_shape"]))
