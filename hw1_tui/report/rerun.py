"""Trains what a report needs and the history does not have yet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from engines import registry
from engines.contract import Dataset
from engines.threads import cores
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.plan import PlannedRun, PlannedRunKey, find_kept, is_done, key
from hw1_tui.runs import Store
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, RunEnded
from hw1_tui.training.recording import record, resume
from hw1_tui.training.session import Session
from hw1_tui.training.side_by_side import side_by_side

_ONE_AT_A_TIME = frozenset({"numpy"})
"""Engines of many short calls: two of their runs contend for the interpreter, and are done no sooner beside each other
than one after the other. Beside a run of an engine of long calls each has a core."""


@dataclass(frozen=True)
class Step:
    """An event of one of the runs.

    Attributes:
        run: the run.
        event: what happened in it.
        done: share of all work that is done, between 0 and 1.
    """

    run: PlannedRun
    event: Event
    done: float


class Rerun:
    """Trains the runs of a report, as many at once as there are cores, and keeps them.

    An interrupted run is gone on with and a finished one is taken as it is, so that nothing is trained twice, however
    often this is asked for.

    Args:
        runs: what is needed.
        data: what to train on.
        store: the history.
        control: the levers, common to all runs; its ``stop`` ends those that train and leaves the others.
    """

    def __init__(self, runs: Sequence[PlannedRun], data: Dataset, store: Store, control: Control) -> None:
        self.runs = runs
        self._data = data
        self._store = store
        self._control = control
        self.kept = find_kept(store, runs, data.fingerprint)

    @property
    def missing(self) -> list[PlannedRun]:
        """The runs that have to be trained, or trained to their end."""
        return [run for run in self.runs if key(run) not in self.kept or not is_done(self.kept[key(run)])]

    def steps(self) -> Iterator[Step]:
        """Train what is missing; yield every event with the share of work done.

        Raises:
            MistakeError: a run cannot be gone on with, because it trains elsewhere or an engine is missing.
        """
        chains = self._chains()
        lanes = min(cores(), len(chains))
        runs = [run for chain in chains for run in chain]
        first = {key(run): self._epochs_done(run) for run in runs}
        left = {key(run): self._work_left(run) for run in runs}
        shares = dict.fromkeys(left, 0.0)
        sources = (partial(self._chain, chain, lanes) for chain in chains)
        with contextlib.closing(side_by_side(sources, lanes)) as told:
            for run, event in told:
                shares[key(run)] = max(shares[key(run)], _share(event, first[key(run)], run.config.epochs))
                done = sum(left[k] * share for k, share in shares.items()) / (sum(left.values()) or 1.0)
                yield Step(run, event, min(1.0, done))
                if isinstance(event, RunEnded) and event.run:
                    self.kept[key(run)] = self._store.get(event.run)

    def _chains(self) -> list[list[PlannedRun]]:
        """Return the missing runs as they are to be trained: each list in its order, the lists beside each other.

        Of one seed the longest list comes first: what begins last is short, and no core waits long for it.
        """
        chains: dict[PlannedRunKey, list[PlannedRun]] = {}
        for run in self.missing:
            name = run.config.engine if run.config.engine in _ONE_AT_A_TIME else run.name
            chains.setdefault((name, run.repetition), []).append(run)
        works = {name: sum(map(self._work_left, chain)) for name, chain in chains.items()}
        return [chains[name] for name in sorted(chains, key=lambda name: (name[1], -works[name]))]

    def _chain(self, runs: Sequence[PlannedRun], lanes: int) -> Iterator[tuple[PlannedRun, Event]]:
        for run in runs:
            if self._control.stopping:
                return
            yield from ((run, event) for event in self._open(run, lanes))

    def _open(self, run: PlannedRun, lanes: int) -> Iterator[Event]:
        kept = self.kept.get(key(run))
        if kept is not None:
            return resume(self._store, kept.run, control=self._control, dataset=self._data)
        engine = registry.get(run.config.engine)
        if reason := engine.unavailable():
            raise MistakeError(Mistake(run.name, f"the {run.config.engine} engine is not available: {reason}"))
        # With one core for each run the number of threads is no question, and so the last bits are none.
        config = run.config.changed(threads=1) if lanes == cores() else run.config
        return record(Session(config, engine, self._data, self._control), self._store)

    def _epochs_done(self, run: PlannedRun) -> int:
        kept = self.kept.get(key(run))
        return int(kept.results["epochs_done"]) if kept else 0

    def _work_left(self, run: PlannedRun) -> float:
        work = run.work(len(self._data.train), self._data.n_features)
        return work * (1 - self._epochs_done(run) / max(run.config.epochs, 1))


def _share(event: Event, first: int, epochs: int) -> float:
    """Return the share of the epochs that a run has left to do which an event says are done.

    Args:
        event: of the run.
        first: epochs that were done before.
        epochs: of the whole run.
    """
    epoch = getattr(event, "epoch", None)
    if epoch is None:
        return 0.0
    of = getattr(event, "of", 0)
    done = epoch - 1 + event.examples / of if of else epoch  # type: ignore[attr-defined]
    return float(min(1.0, (done - first) / max(epochs - first, 1)))
