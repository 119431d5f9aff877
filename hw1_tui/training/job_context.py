"""What a job is opened with, beside what is to be trained."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Dataset
from hw1_tui.runs import Store
from hw1_tui.training.checkpoint import DEFAULT_CHECKPOINTS, CheckpointOptions


@dataclass(frozen=True, eq=False)
class JobContext:
    """What a client of an executor knows of its jobs that no job says.

    Attributes:
        store: the history, which keeps their runs.
        dataset: the data of the job, where it was loaded already.
        checkpoints: which of them are kept.
    """

    store: Store
    dataset: Dataset | None = None
    checkpoints: CheckpointOptions = DEFAULT_CHECKPOINTS
