"""Which runs that are wanted the history has, and which program may train the others: of several that need one, one.

A report, a configuration with several seeds and a sweep know what they need by its settings and its data alone. So what
any of them trained is taken by all, and an interrupted run is gone on with.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hw1_tui.config_history import Change, trained_otherwise
from hw1_tui.files.lock import Lock, LockHeldError, is_held
from hw1_tui.runs.comparison import MAY_DIFFER, identity
from hw1_tui.runs.record import RunRecord
from hw1_tui.runs.store import Store
from hw1_tui.settings import RunConfig

Key = TypeVar("Key", bound=Hashable)

_LOCKS = "locks"

SECONDS_BETWEEN_LOOKS = 0.5
"""At what another program trains: a lock of another process wakes nobody."""

WAITED_FOR = "is being trained by another program, which is waited for."
"""Said of a run."""

Training = tuple[RunConfig, str]
"""What is to be trained: the configuration, and the digest of the data."""


def is_another(config: Mapping[str, Any], changes: Sequence[Change]) -> bool:
    """Whether a run that began with a configuration and was steered so is another than the one that was asked for."""
    return any(change.name not in MAY_DIFFER for change in trained_otherwise(config, changes))


def find_trained(store: Store, wanted: Mapping[Key, Training]) -> dict[Key, RunRecord]:
    """Return the runs that the history has: one that ended before one that can be gone on with.

    What was steered is another run than the one that is asked for, and what failed is none. Where two names ask for
    the same, one run is found for both.

    Args:
        store: the history.
        wanted: what is looked for, by what it is called.
    """
    by_data: dict[str, list[Key]] = {}
    for name, (_, fingerprint) in wanted.items():
        by_data.setdefault(fingerprint, []).append(name)
    names: dict[tuple[str, int | None], dict[str, list[Key]]] = {}
    found: dict[Key, RunRecord] = {}
    for record in store.runs():
        fingerprint = str(record.facts.get("fingerprint"))
        if fingerprint not in by_data or record.parent or record.status == "failed":
            continue
        if is_another(record.config, record.changes):
            continue
        n = record.facts.get("train_examples")
        if (fingerprint, n) not in names:
            alike: dict[str, list[Key]] = {}
            for name in by_data[fingerprint]:
                alike.setdefault(identity(with_whole_batch(wanted[name][0].as_dict(), n)), []).append(name)
            names[fingerprint, n] = alike
        for name in names[fingerprint, n].get(identity(with_whole_batch(record.config, n)), ()):
            if name not in found or (is_done(record) and not is_done(found[name])):
                found[name] = record
    return found


@dataclass(frozen=True)
class Turn:
    """Whether a program may train a run now.

    Attributes:
        kept: what the history has of it; ``None`` for nothing.
        is_ours: whether this program may train it; otherwise it is done, or another program has it.
    """

    kept: RunRecord | None
    is_ours: bool


@contextlib.contextmanager
def taken(store: Store, training: Training) -> Iterator[Turn]:
    """Take a run for this program alone, so that of several that need it one trains it.

    Args:
        store: the history that they share.
        training: the run; another seed or number of epochs is another run.

    Yields:
        Whether it was taken. A history that cannot be written to is nobody else's.
    """
    path = _lock_path(store, training)
    lock, is_free = None, True
    try:
        store.make(_LOCKS)
        lock = Lock(path, patience=0)
    except LockHeldError:
        is_free = False
    except OSError:
        pass
    try:
        kept = find_trained(store, {"": training}).get("")
        is_over = kept is not None and (kept.is_live or is_done(kept))
        yield Turn(kept, is_free and not is_over)
    finally:
        if lock:
            lock.release()


def is_taken(store: Store, training: Training, kept: RunRecord | None = None) -> bool:
    """Return whether a program trains a run or is about to, this one or another.

    Args:
        store: the history that they share.
        training: the run.
        kept: what the history has of it.
    """
    if kept is not None and (kept.is_live or is_done(kept)):
        return kept.is_live
    return is_held(_lock_path(store, training))


def is_done(record: RunRecord) -> bool:
    """Whether a kept run has nothing left to train: it finished, or left the range of numbers."""
    return record.status in ("finished", "diverged")


def read_again(kept: Mapping[Key, RunRecord], found: Mapping[Key, RunRecord]) -> dict[Key, RunRecord]:
    """Return what there is of runs after another look at the history, which others change.

    What was done stays, to be told as lost at the end; what was not, and is gone, is gone on with by nobody.

    Args:
        kept: what there was before.
        found: what the history has now.
    """
    return {name: record for name, record in kept.items() if is_done(record)} | dict(found)


def with_whole_batch(config: Mapping[str, Any], n_examples: int | None) -> Mapping[str, Any]:
    """Return a configuration whose batch is no larger than the training split: a larger one is all of it."""
    batch = config.get("batch_size")
    is_larger = isinstance(batch, int) and n_examples and batch > n_examples  # what a stranger wrote may be a text
    return {**config, "batch_size": n_examples} if is_larger else config


def _lock_path(store: Store, training: Training) -> Path:
    config, fingerprint = training
    name = hashlib.sha256(f"{identity(config.as_dict())} {fingerprint}".encode()).hexdigest()[:32]
    return store.home / _LOCKS / f"{name}.lock"
