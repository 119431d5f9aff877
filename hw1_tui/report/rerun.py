"""Trains what a report needs and the history does not have yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engines import registry
from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.plan import PlannedRun, find_kept, is_done, key
from hw1_tui.runs import Store
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, RunEnded
from hw1_tui.training.recording import record, resume
from hw1_tui.training.session import Session


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
    """Trains the runs of a report one after the other and keeps them.

    An interrupted run is gone on with and a finished one is taken as it is, so that nothing is trained twice, however
    often this is asked for.

    Args:
        runs: what is needed.
        data: what to train on.
        store: the history.
        control: the levers, common to all runs; its ``stop`` ends the run that trains and leaves the others.
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
        missing = self.missing
        works = [self._work_left(run) for run in missing]
        done, total = 0.0, sum(works) or 1.0
        for run, work in zip(missing, works, strict=True):
            first = self._epochs_done(run)
            for event in self._events(run):
                share = (_epochs(event, first) - first) / max(run.config.epochs - first, 1)
                yield Step(run, event, min(1.0, (done + work * min(1.0, share)) / total))
                if isinstance(event, RunEnded) and event.run:
                    self.kept[key(run)] = self._store.get(event.run)
            if self._control.stopping:
                return
            done += work

    def _events(self, run: PlannedRun) -> Iterator[Event]:
        kept = self.kept.get(key(run))
        if kept is not None:
            return resume(self._store, kept.run, control=self._control)
        engine = registry.get(run.config.engine)
        if reason := engine.unavailable():
            raise MistakeError(Mistake(run.name, f"the {run.config.engine} engine is not available: {reason}"))
        return record(Session(run.config, engine, self._data, self._control), self._store)

    def _epochs_done(self, run: PlannedRun) -> int:
        kept = self.kept.get(key(run))
        return int(kept.results["epochs_done"]) if kept else 0

    def _work_left(self, run: PlannedRun) -> float:
        work = run.work(len(self._data.train), self._data.n_features)
        return work * (1 - self._epochs_done(run) / max(run.config.epochs, 1))


def _epochs(event: Event, first: int) -> float:
    """Return the epochs that an event says are done."""
    epoch = getattr(event, "epoch", None)
    if epoch is None:
        return float(getattr(event, "epochs", first))
    of = getattr(event, "of", 0)
    return float(epoch - 1 + event.examples / of) if of else float(epoch)  # type: ignore[attr-defined]
