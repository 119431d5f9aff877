"""Trains what a report needs and the history does not have yet."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from engines import registry
from engines.capability import holds_interpreter
from engines.contract import Dataset, Engine
from engines.threads import cores
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.runs.plan import PlannedRun, PlannedRunKey, find_kept, is_done, key, taken
from hw1_tui.runs import RunRecord, Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Remarked, RunEnded
from hw1_tui.training.recording import record, resume
from hw1_tui.training.session import Session
from hw1_tui.training.side_by_side import side_by_side

_SECONDS_BETWEEN_LOOKS = 0.5


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
    often this is asked for, and by however many programs at once.

    Args:
        runs: what is needed.
        data: what to train on.
        store: the history.
        control: the control, common to all runs; its ``stop`` ends those that train and leaves the others.
    """

    def __init__(self, runs: Sequence[PlannedRun], data: Dataset, store: Store, control: Control) -> None:
        self.runs = runs
        self._data = data
        self._store = store
        self._control = control
        self.kept = find_kept(store, runs, data.fingerprint)
        self._first: dict[PlannedRunKey, int] = {}
        self._elsewhere: set[PlannedRunKey] = set()
        self._ended: set[PlannedRunKey] = set()

    @property
    def missing(self) -> list[PlannedRun]:
        """The runs that have to be trained, or trained to their end."""
        return [run for run in self.runs if key(run) not in self.kept or not is_done(self.kept[key(run)])]

    def steps(self) -> Iterator[Step]:
        """Train what is missing; yield every event with the share of work done.

        What another program trains is waited for, and gone on with where that one has stopped.

        Raises:
            MistakeError: an engine is missing.
        """
        left = {key(run): self._work_left(run) for run in self.missing}
        shares = dict.fromkeys(left, 0.0)
        told: set[PlannedRunKey] = set()
        while (open_runs := self._open_runs()) and not self._control.stopping:
            self._elsewhere.clear()
            for run, event in self._round(open_runs):
                shares[key(run)] = max(shares[key(run)], self._share(run, event))
                done = sum(left[k] * share for k, share in shares.items()) / (sum(left.values()) or 1.0)
                yield Step(run, event, min(1.0, done))
            self.kept |= find_kept(self._store, self.runs, self._data.fingerprint)
            shares.update(dict.fromkeys(left.keys() - {key(run) for run in self.missing}, 1.0))
            for run in (run for run in self._open_runs() if key(run) not in told and key(run) in self._elsewhere):
                told.add(key(run))
                done = sum(left[k] * share for k, share in shares.items()) / (sum(left.values()) or 1.0)
                yield Step(run, Remarked("is being trained by another program, which is waited for."), min(1.0, done))
            if self._elsewhere:
                time.sleep(_SECONDS_BETWEEN_LOOKS)  # locks of other processes: there is nothing to be woken by

    def _open_runs(self) -> list[PlannedRun]:
        """Return the runs that are missing and did not end here: one that fails is not trained again."""
        return [run for run in self.missing if key(run) not in self._ended]

    def _round(self, runs: Sequence[PlannedRun]) -> Iterator[tuple[PlannedRun, Event]]:
        """Train those of some runs that no other program has."""
        chains = self._chains(runs)
        lanes = min(cores(), len(chains))
        sources = (partial(self._chain, chain, lanes) for chain in chains)
        with contextlib.closing(side_by_side(sources, lanes)) as events:
            yield from events

    def _chains(self, runs: Sequence[PlannedRun]) -> list[list[PlannedRun]]:
        """Return runs as they are to be trained: each list in its order, the lists beside each other.

        Of one seed the longest list comes first: what begins last is short, and no core waits long for it.
        """
        chains: dict[PlannedRunKey, list[PlannedRun]] = {}
        for run in runs:
            name = run.config.engine if holds_interpreter(registry.get(run.config.engine)) else run.name
            chains.setdefault((name, run.repetition), []).append(run)
        works = {name: sum(map(self._work_left, chain)) for name, chain in chains.items()}
        return [chains[name] for name in sorted(chains, key=lambda name: (name[1], -works[name]))]

    def _chain(self, runs: Sequence[PlannedRun], lanes: int) -> Iterator[tuple[PlannedRun, Event]]:
        """Train runs one after the other; what another program has is noted and passed over."""
        for run in runs:
            if self._control.stopping:
                return
            with taken(self._store, run, self._data.fingerprint) as turn:
                if turn.is_ours:
                    yield from self._trained(run, turn.kept, lanes)
                elif turn.is_done and turn.kept:  # since the last look
                    self.kept[key(run)] = turn.kept
                else:
                    self._elsewhere.add(key(run))

    def _trained(self, run: PlannedRun, kept: RunRecord | None, lanes: int) -> Iterator[tuple[PlannedRun, Event]]:
        """Train a run, or go on with it; one that is refused has failed, and the others go on."""
        self._first[key(run)] = int(kept.results["epochs_done"]) if kept else 0
        engine = registry.get(run.config.engine)
        if reason := engine.unavailable():
            raise MistakeError(Mistake(run.name, f"the {run.config.engine} engine is not available: {reason}"))
        try:
            for event in self._open(run, kept, engine, lanes):
                if isinstance(event, RunEnded):
                    self._take_end(run, event)
                yield run, event
        except MistakeError as error:
            refused = RunEnded("", "failed", self._first[key(run)], None, None, None, 0.0, str(error))
            self._take_end(run, refused)
            yield run, refused

    def _take_end(self, run: PlannedRun, event: RunEnded) -> None:
        if event.status != "stopped" or not event.run:
            self._ended.add(key(run))
        if event.run:
            self.kept[key(run)] = self._store.get(event.run)

    def _open(self, run: PlannedRun, kept: RunRecord | None, engine: Engine, lanes: int) -> Iterator[Event]:
        if kept is not None:
            return resume(self._store, kept.run, control=self._control, dataset=self._data)
        return record(Session(self._config(run, lanes), engine, self._data, self._control), self._store)

    def _config(self, run: PlannedRun, lanes: int) -> RunConfig:
        """Return what to train: with one thread, whatever else is missing, so that the last bits are no question.

        numpy's runs of one example are the same with any number; where cores are left they may have them.
        """
        hyperparameters = run.config.hyperparameters
        is_free = run.config.engine == "numpy" and hyperparameters.get("batch_size", 1) == 1
        return run.config if is_free and lanes < cores() else run.config.changed(threads=1)

    def _share(self, run: PlannedRun, event: Event) -> float:
        return _share(event, self._first[key(run)], run.config.epochs)

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
