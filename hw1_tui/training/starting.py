"""Starting an engine: what it refuses is a user's mistake, told before there is a run."""

from __future__ import annotations

import numpy as np

from engines.contract import Dataset, Engine, EngineError, Trainer
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig, seeds_of


def start(config: RunConfig, engine: Engine, data: Dataset) -> Trainer:
    """Return a trainer with fresh weights, drawn from the run's seed of weights.

    With the run's seed of the order it sees the examples as the run does that has this seed for both: an engine draws
    the weights first, then the order, so those weights are drawn as well.

    Raises:
        MistakeError: the engine cannot train this run here, or the memory does not hold it.
    """
    weights_seed, order_seed = seeds_of(config.hyperparameters)
    rng = np.random.default_rng(weights_seed)
    try:
        trainer = engine.start(config.copy(), data, rng)
        if order_seed != weights_seed:
            order = np.random.default_rng(order_seed)
            engine.start(config.copy(), data, order)
            rng.bit_generator.state = order.bit_generator.state
        return trainer
    except EngineError as error:
        raise MistakeError(Mistake(error.name or "engine", str(error))) from error
    except MemoryError as error:
        problem = f"the {config.engine} engine cannot hold this run in memory"
        raise MistakeError(Mistake("engine", f"{problem}: {error}" if str(error) else problem)) from error
