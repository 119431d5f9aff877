"""Runs that last: recorded as they train, gone on with after whatever ended them, branched from any kept epoch."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engines.contract import Array, Dataset, Value
from hw1_tui import data
from hw1_tui.config_history import Change
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import DamagedError, GoneError, RunFolder, RunRecord, Store
from hw1_tui.runs.checkpoint import Checkpoint
from hw1_tui.runs.store import hold
from hw1_tui.settings import SESSION_CHANGEABLE, RunConfig
from hw1_tui.training.checkpoint import BUDGET, Checkpointer, describe_damage, describe_every, log_size, read_state
from hw1_tui.training.continuation import changed_since, nothing_left, nothing_to_branch
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Remarked
from hw1_tui.training.job import Job
from hw1_tui.training.kept_data import data_path, load_kept
from hw1_tui.training.opening import open_session
from hw1_tui.training.provenance import describe_move, provenance
from hw1_tui.training.recorder import Recorder
from hw1_tui.training.session import Session
from hw1_tui.training.session_state import as_new_run, read_session_state


@dataclass(frozen=True)
class _Reopened:
    """What a run goes on from.

    Attributes:
        config: what is trained from here on.
        facts: what its folder says of it.
        checkpoint: the newest sound one; ``None`` where it begins again.
        state: that checkpoint's, or its parent's; empty for neither.
        damaged: newer checkpoints, which cannot be read.
        missed: what was changed after the checkpoint.
        epochs_done: how far it was by its log.
    """

    config: RunConfig
    facts: dict[str, Any]
    checkpoint: Checkpoint | None
    state: dict[str, Array]
    damaged: list[Checkpoint]
    missed: list[Change]
    epochs_done: int

    def remarks(self, every: int) -> tuple[str, ...]:
        """Return what is to be said of it, where ``every`` is the distance of its checkpoints that was asked for."""
        damage = describe_damage(self.damaged, self.checkpoint, self.epochs_done)
        place = describe_move(self.facts.get("versions") or {})
        said = [damage, place, _describe_missed(self.missed), describe_every(every, self.config.epochs)]
        return tuple(filter(None, said))


def open_job(
    job: Job,
    store: Store,
    control: Control,
    dataset: Dataset | None = None,
    *,
    every: int | None = None,
    budget: int | None = BUDGET,
    run: str = "",
) -> Iterator[Event]:
    """Open what a job asks for, a new run, one that is gone on with or a branch, so that the history keeps it.

    Loads the data before it returns, which may take seconds.

    Args:
        job: what to train.
        store: the history.
        control: the control.
        dataset: the data, where it was loaded already.
        every: see ``record``; of a run that is gone on with as before by default.
        budget: see ``record``.
        run: see ``record``.

    Returns:
        The events from ``RunStarted`` on.

    Raises:
        MistakeError: it cannot be trained; see ``record``, ``resume`` and ``branch``.
    """
    if job.run:
        return resume(store, job.run, job.changes, control, every=every, budget=budget, dataset=dataset)
    if job.parent:
        return branch(store, *job.parent, job.changes, control, every=every or 0, budget=budget, dataset=dataset,
                      facts=job.facts, run=run)  # fmt: skip
    session = open_session(job.config, control, dataset=dataset)
    return record(session, store, every=every or 0, budget=budget, facts=job.facts, run=run)


def record(
    session: Session,
    store: Store,
    *,
    every: int = 0,
    budget: int | None = BUDGET,
    parent: tuple[str, int] | None = None,
    facts: Mapping[str, Any] | None = None,
    run: str = "",
) -> Generator[Event, None, None]:
    """Yield the events of a new run, each after it was written to the history; gives the session its identifier.

    A history that cannot be written to does not keep the run from training; the events then say why it is not kept,
    and ``run`` in them is empty.

    Args:
        session: the run, not yet iterated.
        store: the history.
        every: keep a checkpoint of every Nth epoch; 0 keeps the last and the best.
        budget: bytes that the checkpoints of all runs may take together; ``None`` where somebody else sees to it.
        parent: run and epoch that it was branched from.
        facts: what is kept of it from its creation on, beside what follows from it.
        run: the identifier that it is to have; drawn by default.

    Raises:
        MistakeError: at the first event; the engine refuses the run, and nothing of it is kept.
    """
    session.prepare()
    parent_run, epoch = parent or (None, None)
    try:
        own = {**provenance(session), "checkpoint_every": every, "parent": parent_run, "parent_epoch": epoch}
        folder, lock = store.create(session.config.as_dict(), {**(facts or {}), **own}, run)
    except OSError as error:
        yield from _unkept(session, f"This run is not being kept: {error.strerror} ({store.home}).")
        return
    session.run_id = folder.id
    checkpointer = Checkpointer(session, folder.checkpoint_store, store, every, budget)
    remarks = tuple(filter(None, [describe_every(every, session.config.epochs)]))
    yield from Recorder(session, folder, lock, checkpointer, remarks=remarks, is_fresh=parent is None).events()


def _unkept(session: Session, reason: str) -> Iterator[Event]:
    events = session.run()
    yield next(events)
    yield Remarked(reason, is_failure=True)
    yield from events


def resume(
    store: Store,
    run: str,
    changes: Mapping[str, Value] | None = None,
    control: Control | None = None,
    *,
    every: int | None = None,
    budget: int | None = BUDGET,
    max_bytes: int = data.MAX_BYTES,
    dataset: Dataset | None = None,
    moved_to: str | None = None,
) -> Generator[Event, None, None]:
    """Go on with a run from its newest sound checkpoint: with its number of threads to the same bits as if never ended.

    Loads the data before it returns, which may take seconds.

    Args:
        store: the history.
        run: see ``Store.find``.
        changes: hyperparameters with other values from here on, such as more ``epochs``.
        control: the control.
        every: see ``record``; as before by default.
        budget: see ``record``.
        max_bytes: largest data set that may be unpacked into memory.
        dataset: the run's data, where it was loaded already.
        moved_to: where its data is now; where it was by default.

    Returns:
        The events from ``RunStarted`` on.

    Raises:
        MistakeError: there is no such run, it trains right now, it has nothing left to do, a change cannot be made,
            or its data is not what it was.
    """
    folder = store.find(run)
    with contextlib.ExitStack() as held:
        lock = hold(folder)
        held.callback(lock.release)
        _check_places(folder)
        found = _reopen(store, folder, changes or {})
        dataset = dataset or load_kept(found.config.as_dict(), found.facts, max_bytes, moved_to)
        session = open_session(found.config, control, run_id=folder.id, resume=found.state or None, dataset=dataset)
        session.prepare()
        held.pop_all()  # from here on the recorder holds it
    with contextlib.suppress(OSError):  # where the disk takes nothing, the recorder says so
        _write_beginning(folder, session, found)
    distance = (found.facts.get("checkpoint_every") or 0) if every is None else every
    checkpointer = Checkpointer(session, folder.checkpoint_store, store, distance, budget)
    repeats = not changes and not found.missed
    is_fresh, remarks = not found.state, found.remarks(every or 0)
    return Recorder(session, folder, lock, checkpointer, remarks=remarks, repeats=repeats, is_fresh=is_fresh).events()


def branch(
    store: Store,
    parent: str,
    epoch: int,
    changes: Mapping[str, Value] | None = None,
    control: Control | None = None,
    *,
    every: int = 0,
    budget: int | None = BUDGET,
    max_bytes: int = data.MAX_BYTES,
    dataset: Dataset | None = None,
    moved_to: str | None = None,
    facts: Mapping[str, Any] | None = None,
    run: str = "",
) -> Generator[Event, None, None]:
    """Begin a new run where another was after an epoch; that one is left as it is, and may be training.

    It begins with the values that held then, and has as many epochs as are planned for the other now.
    Where its data was moved, both have its new place.

    Args:
        store: the history.
        parent: the run, see ``Store.find``.
        epoch: an epoch of which it has a checkpoint.
        changes: hyperparameters with other values from there on.
        control: the control.
        every: see ``record``.
        budget: see ``record``.
        max_bytes: largest data set that may be unpacked into memory.
        dataset: the run's data, where it was loaded already.
        moved_to: where its data is now; where it was by default.
        facts: see ``record``.
        run: see ``record``.

    Raises:
        MistakeError: there is no such run or checkpoint, a change cannot be made, or the data is not what it was.
    """
    folder = store.find(parent)
    kept = folder.facts()
    state = as_new_run(_state_of(store, folder.id, epoch))
    config = _config_of({**kept, "config": _config_in(state)})
    # The state may have newer ones: it is written again where the run is changed before its next step.
    parent_record = store.get(folder.id)
    held = parent_record.config_after(epoch)
    names = (config.adjustable | SESSION_CHANGEABLE) & held.keys()
    config = _changed(config, {**{name: held[name] for name in names}, **(changes or {})})
    if mistake := nothing_to_branch(config, epoch):
        raise MistakeError(mistake)
    dataset = dataset or load_kept(config.as_dict(), kept, max_bytes, moved_to)
    session = open_session(config, control, resume=state, dataset=dataset)
    with contextlib.suppress(OSError):
        _follow_data(folder, kept, dataset)
    own = dict(facts or {})
    if parent_record.changed_before is not None:  # its run need not be there to tell it
        begun = {name: value for name, value in config.as_dict().items() if name in names}
        own["changed_before"] = [vars(change) for change in parent_record.changes_to(epoch, begun)]
    return record(session, store, every=every, budget=budget, parent=(folder.id, epoch), facts=own, run=run)


def _reopen(store: Store, folder: RunFolder, changes: Mapping[str, Value]) -> _Reopened:
    """Read what a run goes on from, and see that something is left to do."""
    checkpoint, state, damaged = folder.checkpoint_store.newest_sound(read_state)
    facts = folder.facts()
    kept = _config_of(facts if checkpoint is None else {**facts, "config": _config_in(state)})
    held, later = changed_since(kept, folder.events(log_size(state) if checkpoint else 0))
    missed = [change for change in later if change.name not in changes]
    if not state and facts.get("parent"):
        state = as_new_run(_state_of(store, facts["parent"], facts["parent_epoch"]))
    config = _changed(held, changes)
    record = store.get(folder.id)
    if checkpoint:
        own = read_session_state(state)
        _check_not_done(record, config, own["epoch"], own["best_epoch"])
    elif not damaged:  # none was ever written, or all were taken away: what the log says is done stays done
        _check_not_done(record, config, record.results["epochs_done"], record.results["best_epoch"])
    return _Reopened(config, facts, checkpoint, state, damaged, missed, record.results["epochs_done"])


def _write_beginning(folder: RunFolder, session: Session, found: _Reopened) -> None:
    """Write what the run began with, as it is to be trained again; what was changed on the way stands in the log."""
    source = data_path(session.data.name) or found.config.data
    given = {**found.config.as_dict(), **found.facts["config"]}
    folder.write_config({**given, "data": source, "epochs": found.config.epochs})
    _follow_data(folder, found.facts, session.data)
    folder.predictions_path.unlink(missing_ok=True)  # of weights that are about to change
    for useless in found.damaged:
        folder.checkpoint_store.set_aside(useless)


def _follow_data(folder: RunFolder, facts: Mapping[str, Any], dataset: Dataset) -> None:
    """Keep where the data of a run was found, if it was moved: the next who asks finds it there."""
    if (place := data_path(dataset.name)) and place != facts.get("data_path"):
        folder.write_data_path(place)


def _state_of(store: Store, run: str, epoch: int) -> dict[str, Array]:
    """Return the state that a run had after an epoch."""
    checkpoint_store = store.find(run).checkpoint_store
    checkpoint = checkpoint_store.at(epoch)
    try:
        if checkpoint:
            return read_state(checkpoint)
    except GoneError:  # whoever trains the run has newer ones
        pass
    except DamagedError as error:
        raise MistakeError(Mistake(f"epoch {epoch}", f"the checkpoint of {run} is damaged: {error}")) from None
    kept = ", ".join(str(c.epoch) for c in checkpoint_store.checkpoints() if not c.examples)
    raise MistakeError(Mistake(f"epoch {epoch}", f"{run} has no checkpoint of it", kept or "none is kept"))


def _check_places(folder: RunFolder) -> None:
    """See that what is written while the run trains is written into its own folder."""
    try:
        folder.checkpoint_store.check()
    except OSError as error:
        raise MistakeError(Mistake(f"{error.filename}", f"cannot be written to: {error.strerror}")) from None


def _config_in(state: Mapping[str, Array]) -> dict[str, Any]:
    config: dict[str, Any] = read_session_state(state)["config"]
    return config


def _config_of(facts: Mapping[str, Any]) -> RunConfig:
    return RunConfig.from_dict(facts["config"], facts["run"])


def _changed(config: RunConfig, changes: Mapping[str, Value]) -> RunConfig:
    """Return a configuration with other values."""
    allowed = config.adjustable | SESSION_CHANGEABLE
    mistakes = [
        Mistake(name, "cannot change between two epochs of a run", ", ".join(sorted(allowed)))
        for name in changes
        if name in config.hyperparameters and name not in allowed
    ]
    try:
        changed = config.changed(**changes)
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    if mistakes:
        raise MistakeError(mistakes)
    return changed


def _check_not_done(record: RunRecord, config: RunConfig, epoch: int, best_epoch: int | None) -> None:
    """See that a run was given something to do."""
    has_finished = record.status == "finished"
    if mistake := nothing_left(config, epoch, best_epoch, has_finished=has_finished):
        raise MistakeError(mistake)


def _describe_missed(missed: list[Change]) -> str:
    """Return what is said of changes that the state does not hold; empty for none."""
    if not missed:
        return ""
    changes = ", ".join(f"{change.name} = {change.new_value} in epoch {change.epoch}" for change in missed)
    return f"What was changed after that state is not repeated: {changes}."
