"""``hw1-tui runs resume`` and ``branch``: go on with a run, or begin another at one of its epochs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engines import registry
from hw1_tui import data
from hw1_tui.batch.epoch_option import check_epoch
from hw1_tui.batch.history import add_moved_option, open_store, open_to_keep
from hw1_tui.batch.on_end import add_end_options, read_end
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_home_option,
    add_hyperparameters,
    add_max_bytes,
    add_option,
    add_output_options,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_whole,
)
from hw1_tui.batch.train import print_run
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report import presets
from hw1_tui.report.runs.plan import wanted_by
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import MAY_DIFFER
from hw1_tui.runs.naming import newest
from hw1_tui.settings import SESSION_CHANGEABLE, TABLE
from hw1_tui.training.checkpoint import BUDGET
from hw1_tui.training.continuation import not_counted
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Remarked, RunStarted
from hw1_tui.training.kept_model import BEST, LAST, reaches_end
from hw1_tui.training.recording import branch, resume

EVERY = "--checkpoint-every"


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_moved_option(parser)
    add_hyperparameters(parser, lambda entry: f"{entry.help}; {entry.allowed}", _changeable())
    history = add_home_option(parser)
    add_option(history, EVERY, "keep a checkpoint of every Nth epoch, to branch from", "N")
    add_option(history, "--checkpoint-budget", "bytes that the checkpoints of all runs may take (default: 10G)", "SIZE")
    add_max_bytes(history)
    add_end_options(add_output_options(parser))


def _changeable() -> frozenset[str]:
    """Return what may change between two epochs of a run of some model; which of them its own allows is told then."""
    specs = [spec for name in registry.names() for spec in registry.get(name).models().values()]
    return SESSION_CHANGEABLE.union(*(spec.adjustable for spec in specs))


def add_resume(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``resume``."""
    parser.add_argument("run", nargs="?", help="the run (default: the newest that was interrupted)")
    _add_options(parser)


def add_branch(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``branch``."""
    parser.add_argument("run", nargs="?", help="the run to begin at")
    add_option(parser, "--epoch", f"the epoch to begin after: {LAST}, {BEST}, or one that was kept", "N")
    _add_options(parser)


def _read_changes(args: argparse.Namespace, mistakes: list[Mistake]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, hyperparameter in TABLE.items():
        if (text := getattr(args, name)) is None:
            continue
        try:
            changes[name] = hyperparameter.read(text)
        except ValueError as error:
            nearest = hyperparameter.nearest(text)
            mistakes.append(Mistake(hyperparameter.option, str(error), hyperparameter.allowed, nearest))
    return changes


def resume_run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Go on with a run, printing what ``train`` prints; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    changes = _read_changes(args, mistakes)
    every = None if args.checkpoint_every is None else read_whole(EVERY, args.checkpoint_every, 0, mistakes)
    budget = read_bytes("--checkpoint-budget", args.checkpoint_budget, BUDGET, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    notifier = read_end(args, mistakes)
    raise_mistakes(mistakes)
    store, control = open_store(args), Control()
    run = _newest_interrupted(store) if args.run is None else args.run
    with named_as_options(run):
        events = resume(store, run, changes, control, every=every, budget=budget, max_bytes=max_bytes,
                        moved_to=args.data)  # fmt: skip
        kept = store.get(run)
        told = _told_of_loss(events, kept, changes)
        return print_run(told, control, output_format, args.quiet, notifier, store.metrics(kept.run))


def _told_of_loss(events: Iterable[Event], record: RunRecord, changes: Mapping[str, Any]) -> Iterator[Event]:
    """Say once it trains where a sweep loses one of its trials by it, or the report a run."""
    held = record.config_now
    is_other = any(held.get(name) != value for name, value in changes.items() if name not in MAY_DIFFER)
    who = wanted_by(record, presets()) if is_other else ""
    for event in events:
        yield event
        if who and isinstance(event, RunStarted):
            yield Remarked(not_counted(who))


def _newest_interrupted(store: Store) -> str:
    interrupted = store.interrupted()
    if not interrupted:
        raise MistakeError(Mistake("runs resume", "no run was interrupted", "RUN, one that ended, with more --epochs"))
    return newest(interrupted).run


def branch_run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Begin a run at an epoch of another, printing what ``train`` prints; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    changes = _read_changes(args, mistakes)
    every = read_whole(EVERY, args.checkpoint_every, 0, mistakes)
    budget = read_bytes("--checkpoint-budget", args.checkpoint_budget, BUDGET, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    notifier = read_end(args, mistakes)
    check_epoch(args, mistakes)
    if args.run is None:
        mistakes.append(Mistake("runs branch", "needs RUN"))
    if args.epoch is None:
        mistakes.append(Mistake("runs branch", "needs --epoch", f"{LAST}, {BEST}, or one that was kept"))
    raise_mistakes(mistakes)
    control = Control()
    kept = open_store(args)  # a history that is not there is not made
    record = kept.get(args.run)
    last = _last_epoch(kept, record) if args.epoch == LAST else None
    epoch = {LAST: last, BEST: record.results["best_epoch"]}.get(args.epoch, args.epoch)
    if epoch is None:
        raise MistakeError(Mistake("--epoch", f"{args.run} has no {args.epoch} epoch", "one that was kept"))
    store = open_to_keep(args)
    with named_as_options(args.run):
        events = branch(store, args.run, int(epoch), changes, control, every=every, budget=budget, max_bytes=max_bytes,
                        moved_to=args.data)  # fmt: skip
        return print_run(events, control, output_format, args.quiet, notifier)


def _last_epoch(store: Store, record: RunRecord) -> int | None:
    """Return the epoch that a run ended with; of one that trains, was killed or diverged the newest that was kept."""
    whole = [one.epoch for one in store.find(record.run).checkpoint_store.checkpoints() if not one.examples]
    done: int | None = record.results["epochs_done"]
    return whole[-1] if whole and reaches_end(record, whole[-1]) else done
