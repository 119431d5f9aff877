"""Asynchronous successive halving: which trial trains next, and to which epoch.

Trials are compared after the same epochs, the *rungs*. Of n that reached a rung, the worst quarter goes no further; the
others go on as soon as they are known to be better than that, whatever still trains (Li et al., 2020, A system for
massively parallel hyperparameter tuning, MLSys 2:230-246; there two thirds and more are stopped, here a quarter, so
that a slow starter has its chance). Never stopped are a trial that no other beats, all trials of the point whose mean
over seeds is the best, and anything while fewer than four are known.

A rule over what is known alone: it has no state and knows no order, so a sweep that was killed goes on as if it never
had been. A trial that was held goes on when enough of those that come after it turn out to be worse. What is known when
a trial stands at a rung depends on the order in which trials end, and so do, by a few epochs, those of a sweep.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

STOPPED_SHARE = 4
"""Of so many trials at a rung one goes no further."""

FACTOR = 2
"""Each rung lies after so many times the epochs of the one before."""

_FIRST_PART = 16
"""The first rung lies after this part of the epochs."""


@dataclass(frozen=True)
class Progress:
    """How far a trial is.

    Attributes:
        epochs: epochs done.
        losses: by the epoch, what it is ranked by, the lower the better; of an epoch that is missing nothing is known.
        is_over: whether it has ended for good.
        is_lost: whether it ended because it diverged or failed: it is worse than any other from then on.
        point: which point it is a seed of; ``None`` where it is the only one.
    """

    epochs: int = 0
    losses: Mapping[int, float] = field(default_factory=dict)
    is_over: bool = False
    is_lost: bool = False
    point: int | None = None

    def reaches(self, rung: int) -> bool:
        """Return whether it can be compared at a rung: it was there, or ended before and will never be."""
        return self.epochs >= rung or self.is_over

    def loss_at(self, rung: int) -> float:
        """Return what it is ranked by at a rung that it reaches, infinite where that is no number.

        One that ended before by its own rule, such as early stopping, has its last loss.
        """
        if self.is_lost and self.epochs <= rung:
            return math.inf
        loss = self.losses.get(min(rung, self.epochs), math.nan)
        return loss if math.isfinite(loss) else math.inf


def rungs_of(epochs: int, first: int | None = None, factor: int = FACTOR) -> tuple[int, ...]:
    """Return the epochs after which trials of so many epochs are compared, in order; all before the last epoch.

    Args:
        epochs: of a whole trial.
        first: the first rung; ``None`` for a sixteenth of the epochs, and of few one epoch.
        factor: how many times later each next one lies, at least 2.
    """
    if first is not None:
        rungs = [first * factor**i for i in range(epochs.bit_length())]
    else:
        parts = [factor**i for i in range(1, epochs.bit_length()) if factor**i <= _FIRST_PART]
        rungs = [epochs // part for part in parts]
    return tuple(sorted({rung for rung in rungs if 0 < rung < epochs}))


def expected_epochs(epochs: int, done: int = 0) -> float:
    """Return how many epochs a trial is expected to train yet, of many trials.

    Args:
        epochs: of a whole trial.
        done: those that it has trained: what was not stopped so far will train most of the others.
    """
    ends, expected, left = [done, *(rung for rung in rungs_of(epochs) if rung > done), epochs], 0.0, 1.0
    for begin, end in itertools.pairwise(ends):
        expected += left * (end - begin)
        left *= 1 - 1 / STOPPED_SHARE
    return expected


def is_stopped(number: int, progress: Mapping[int, Progress], rung: int) -> bool:
    """Return whether a trial goes no further than a rung, by what is known now.

    Args:
        number: of the trial, which has reached the rung.
        progress: of all that it is compared with, by their number, its own among them.
        rung: the epoch.
    """
    known = {one: of for one, of in progress.items() if of.reaches(rung)}
    losses = {one: of.loss_at(rung) for one, of in known.items()}
    better = sum(loss < losses[number] for loss in losses.values())
    if len(known) < STOPPED_SHARE or better < len(known) - _quarter(len(known)):
        return False
    return known[number].point is None or known[number].point not in _best_points(known, losses)


def _quarter(n: int) -> int:
    """Return a quarter of n, rounded to the nearest whole number."""
    return (n + STOPPED_SHARE // 2) // STOPPED_SHARE


def _best_points(known: Mapping[int, Progress], losses: Mapping[int, float]) -> set[int | None]:
    """Return the points whose mean over the seeds that reached a rung is the lowest."""
    seeds: dict[int | None, list[float]] = {}
    for number, of in known.items():
        seeds.setdefault(of.point, []).append(losses[number])
    means = {point: statistics.fmean(values) for point, values in seeds.items()}
    lowest = min(means.values())
    return {point for point, mean in means.items() if mean == lowest}


def target_of(
    number: int, progress: Mapping[int, Progress], rungs: Sequence[int], epochs: int, *, is_patient: bool = True
) -> int | None:
    """Return the epoch to which a trial may train next; ``None`` where it is over or held at its rung.

    Args:
        number: of the trial.
        progress: of all that it is compared with, by their number, its own among them.
        rungs: epochs after which they are compared; none for no halving.
        epochs: of a whole trial.
        is_patient: whether it waits at a rung that too few have reached for one of them to be stopped.
    """
    own = progress[number]
    if own.is_over or own.epochs >= epochs:
        return None
    if own.epochs in rungs:
        known = sum(of.reaches(own.epochs) for of in progress.values())
        if is_patient and known < min(STOPPED_SHARE, len(progress)):
            return None
        if is_stopped(number, progress, own.epochs):
            return None
    return next_rung(own.epochs, rungs, epochs)


def next_rung(done: int, rungs: Sequence[int], epochs: int) -> int:
    """Return where a trial that trains on stands next: the first rung that lies after the epochs done, or its end."""
    return next((rung for rung in rungs if rung > done), epochs)


def choose(
    rivals: Mapping[int, Mapping[int, Progress]],
    rungs: Sequence[int],
    epochs: Mapping[int, int],
    busy: Collection[int] = (),
    *,
    is_patient: bool = True,
) -> tuple[int, int] | None:
    """Return the trial that trains next and the epoch to which it does; ``None`` where none may.

    The one that has the shortest way comes first, and of equals the first by number: whoever goes on early is compared
    with few, and often in vain. A lane never waits while another trial may go on.

    Args:
        rivals: of each trial by its number what it is compared with, its own progress among it.
        rungs: see ``target_of``.
        epochs: of each trial by its number.
        busy: the trials that train already.
        is_patient: see ``target_of``.
    """
    candidates = _candidates(rivals, rungs, epochs, busy, is_patient)
    return min(candidates, key=lambda found: (found[1] if rungs else 0, found[0]), default=None)


def _candidates(
    rivals: Mapping[int, Mapping[int, Progress]],
    rungs: Sequence[int],
    epochs: Mapping[int, int],
    busy: Collection[int],
    is_patient: bool,
) -> Iterator[tuple[int, int]]:
    for number, progress in rivals.items():
        if number not in busy:
            target = target_of(number, progress, rungs, epochs[number], is_patient=is_patient)
            if target is not None:
                yield number, target
