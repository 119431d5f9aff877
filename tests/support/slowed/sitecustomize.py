"""What Python imports first where this folder is on its path: every epoch of numpy's engine waits a little."""

import time
from collections.abc import Iterator

from engines.contract import Progress
from engines.numpy_engine.trainer import NumpyTrainer

SECONDS = 0.1
"""Many times what an epoch of a small data set takes."""

epoch = NumpyTrainer.epoch


def slowed(trainer: NumpyTrainer) -> Iterator[Progress]:
    """Wait, then train an epoch."""
    time.sleep(SECONDS)
    yield from epoch(trainer)


NumpyTrainer.epoch = slowed  # type: ignore[method-assign, assignment]
