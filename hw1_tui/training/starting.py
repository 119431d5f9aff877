"""Starting an engine: what it refuses is a user's mistake, told before there is a run."""

from __future__ import annotations

import numpy as np

from engines.contract import Dataset, Engine, EngineError, Trainer
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig


def start(config: RunConfig, engine: Engine, data: Dataset) -> Trainer:
    """Return a trainer with fresh weights, drawn from the run's seed.

    Raises:
        MistakeError: the engine cannot train this run here, or the memory does not hold it.
    """
    rng = np.random.default_rng(config.hyperparameters["seed"])
    try:
        return engine.start(config, data, rng)
    except EngineError as error:
        raise MistakeError(Mistake(error.name or "engine", str(error))) from error
    except MemoryError as error:
        problem = f"the {config.engine} engine cannot hold this run in memory"
        raise MistakeError(Mistake("engine", f"{problem}: {error}" if str(error) else problem)) from error
