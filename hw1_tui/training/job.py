"""What is to be trained, as data: the same whether a thread, another process or another machine trains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.contract import Value
from hw1_tui.settings import RunConfig


@dataclass(frozen=True, eq=False)
class Job:
    """One run that somebody asked for. Two jobs are never the same, even where they train the same.

    Attributes:
        config: what to train, its seed among the hyperparameters.
        name: what it is called by who asked for it; empty for nothing.
        run: the run of the history that is gone on with; empty for a new one.
        parent: run and epoch that a new one branches from; ``None`` for a run from the start.
        changes: hyperparameters that have other values from here on than ``run`` or ``parent`` had.
        facts: what the history keeps of a new run from its creation on, beside what follows from it, such as its sweep.
        until: stop after this epoch, as who asked would; 0 for none. A worker that heard of it later would train on.
        group: jobs of one group train beside each other, see ``training.executor``; empty for a job by itself.
    """

    config: RunConfig
    name: str = ""
    run: str = ""
    parent: tuple[str, int] | None = None
    changes: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    until: int = 0
    group: str = ""
