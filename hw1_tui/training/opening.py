"""From a checked configuration to a session that can be iterated."""

from __future__ import annotations

from collections.abc import Mapping

from engines import registry
from engines.contract import Array, Dataset
from hw1_tui import data
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.session import Session


def open_session(
    config: RunConfig,
    control: Control | None = None,
    *,
    run_id: str = "",
    resume: Mapping[str, Array] | None = None,
    max_bytes: int = data.MAX_BYTES,
    dataset: Dataset | None = None,
) -> Session:
    """Load the data of a run and return its session. May take seconds: not for the interface's own thread.

    Args:
        config: what to train.
        control: the control.
        run_id: identifier for the events.
        resume: state of an earlier session of the run.
        max_bytes: largest data set that may be unpacked into memory, bytes.
        dataset: the data, where it was loaded already.

    Raises:
        MistakeError: the engine is not available, or the data cannot be used or does not fit the model.
    """
    engine = registry.get(config.engine)
    if reason := engine.unavailable():
        raise MistakeError(Mistake("engine", f"the {config.engine} engine is not available: {reason}"))
    dataset = dataset or data.load(*config.wanted, max_bytes=max_bytes)
    check_fit(config, dataset)
    return Session(config, engine, dataset, control, run_id=run_id, resume=resume)


def check_fit(config: RunConfig, dataset: Dataset) -> None:
    """See that a model can learn what a data set has.

    Raises:
        MistakeError: it has classes where numbers are learned or the other way round, or nothing to learn from.
    """
    if (config.spec.task == "regression") != dataset.is_regression:
        wanted = "numbers" if config.spec.task == "regression" else "classes"
        y, engine = dataset.train.y, registry.get(config.engine)
        is_countable = dataset.is_regression and bool((y == y.round()).all())
        fitting = sorted(name for name, spec in engine.models().items() if spec.task != config.spec.task)
        allowed = f"--model {' or '.join(fitting)}" if fitting else ""
        allowed += "; --task classification, where its whole numbers are classes" if is_countable else ""
        problem = f"{config.data} has no {wanted} to learn, which {config.model} needs"
        raise MistakeError(Mistake("data", problem, allowed))
    if not len(dataset.train):
        raise MistakeError(Mistake("data", f"{config.data} has no examples to train on"))
