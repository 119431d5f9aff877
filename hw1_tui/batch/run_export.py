"""``hw1-tui runs export``: what a run came to, in the files that others read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from engines.contract import Dataset, EngineError
from hw1_tui.analysis.opened_run import newest_place
from hw1_tui.batch.epoch_option import add_epoch_option, check_epoch, early_words
from hw1_tui.batch.history import add_moved_option, find_runs, open_store
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    add_force_option,
    add_option,
    add_quiet_option,
    named_as_options,
    raise_mistakes,
    read_choice,
    read_target,
    taken_mistake,
)
from hw1_tui.export.mlflow_export import export_to_mlflow, kept_in_mlflow
from hw1_tui.export.run_export import FIGURES, PAGE, events_path, export_events, export_file, export_mistake
from hw1_tui.export.weight_file import SUFFIXES as WEIGHTS
from hw1_tui.files.folder import file_name_mistake
from hw1_tui.files.target import is_taken
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.x_axis import X_LABELS, XAxis
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.kept_model import LAST


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    parser.add_argument("runs", nargs="*", help="runs, or a filter; weights and epochs are of one run")
    kinds = (
        ".csv .jsonl: the epochs of one run, or a row a run of several; .md .tex: a table; .png .svg .pdf: the curves; "
        ".html: one run from kept epoch to kept epoch, for a browser; "
        ".npz .safetensors .pt: the weights, with scale, classes and activation"
    )
    add_option(parser, "--to", f"the file, whose suffix says what: {kinds}", "FILE")
    add_option(parser, "--tensorboard", "folder to write TensorBoard's event files into, one folder a run", "DIR")
    add_option(parser, "--mlflow", "MLflow store to write the runs into, such as sqlite:///mlflow.db", "URI")
    add_epoch_option(parser)
    add_moved_option(parser)
    add_option(parser, "--x", f"what curves are drawn over: {', '.join(X_LABELS)} (default: epoch)", "AXIS")
    parser.add_argument("--each-seed", action="store_true",
                        help="a curve for every run; otherwise those that differ in their seed are one")  # fmt: skip
    add_force_option(parser, "a file, or a run in MLflow, that is there")
    add_quiet_option(parser)


def export(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Write what was asked for; return the exit code."""
    targets = [name for name in ("to", "tensorboard", "mlflow") if getattr(args, name) is not None]
    if not targets and not mistakes:
        mistakes.append(Mistake("runs export", "needs to know where to", "--to FILE, --tensorboard DIR, --mlflow URI"))
    if args.to:
        _check_target(args, mistakes)
    check_epoch(args, mistakes)
    read_choice("--x", args.x, [*X_LABELS], mistakes)
    raise_mistakes(mistakes)
    store = open_store(args)
    records = find_runs(store, args.runs)
    if not records:
        raise MistakeError(Mistake("runs export", "no run to export", "RUN ..., or a filter such as model=mlp"))
    if args.tensorboard and (mistake := file_name_mistake(user_path(args.tensorboard), "--tensorboard")):
        raise MistakeError(mistake)
    if args.tensorboard and not args.force:
        paths = [events_path(user_path(args.tensorboard), record.run) for record in records]
        raise_mistakes([taken_mistake("--tensorboard", path) for path in paths if is_taken(path)])
    if args.mlflow and not args.force:
        runs = [record.run for record in records]
        raise_mistakes([_kept_mistake(args.mlflow, run) for run in runs if kept_in_mlflow(args.mlflow, run)])
    return _write(args, store, records)


def _kept_mistake(uri: str, run: str) -> Mistake:
    return Mistake("--mlflow", f"{run} is in {uri} already", "another store, or --force to replace it")


def _check_target(args: argparse.Namespace, mistakes: list[Mistake]) -> None:
    path, found = user_path(args.to), len(mistakes)
    if mistake := export_mistake(path, 0, "--to"):
        mistakes.append(mistake)
    else:
        read_target("--to", args.to, args.force, mistakes)
    if args.epoch and len(mistakes) == found and path.suffix.lower() not in WEIGHTS:
        mistakes.append(Mistake("--epoch", f"says whose weights, and a {path.suffix} has none", ", ".join(WEIGHTS)))


def _ignored(args: argparse.Namespace) -> list[str]:
    """Return a sentence for each option that was given and changes nothing about what is written."""
    suffix = user_path(args.to).suffix.lower() if args.to else ""
    said = []
    if suffix not in FIGURES:
        reason = f"a {suffix} has no curves" if suffix else "there is no --to, and so no curves"
        given = {"--x": args.x is not None, "--each-seed": args.each_seed}
        said = [f"{option} has no effect: {reason}." for option, is_given in given.items() if is_given]
    if args.data is not None and suffix != PAGE:
        said.append(f"--data has no effect: only a {PAGE} shows examples.")
    return said


def _moved_data(args: argparse.Namespace, records: Sequence[RunRecord]) -> Dataset | None:
    """Return the data of a page from where it is now; ``None`` where nothing was said of it, or nothing else needs it.

    Raises:
        MistakeError: it is not there, or not what it was.
    """
    if args.data is None or len(records) > 1 or user_path(args.to).suffix.lower() != PAGE:
        return None
    with named_as_options():
        return load_kept(records[0].config_now, records[0].facts, moved_to=args.data)


def _write(args: argparse.Namespace, store: Store, records: Sequence[RunRecord]) -> int:
    narrator = Narrator(args.quiet)
    for sentence in _ignored(args):
        narrator.remark(sentence)
    try:
        if args.to:
            path = user_path(args.to)
            x_axis: XAxis = args.x or "epoch"
            gathers = not args.each_seed
            export_file(store, records, path, args.epoch or LAST, overwrite=args.force, gathers=gathers, x_axis=x_axis,
                        dataset=_moved_data(args, records))  # fmt: skip
            narrator.remark(f"{visible(str(path))} is written.")
            if args.epoch is None and path.suffix.lower() in WEIGHTS and (early := _early_words(store, records[0])):
                narrator.remark(early)
        for record in records if args.tensorboard else ():
            path = export_events(store, record, user_path(args.tensorboard), overwrite=args.force)
            narrator.remark(f"{visible(str(path))} is written.")
        for record in records if args.mlflow else ():
            run = export_to_mlflow(args.mlflow, record, store.metrics(record.run), overwrite=args.force)
            narrator.remark(f"{record.run} is {run} in {args.mlflow}.")
    except OSError as error:
        raise MistakeError(Mistake(str(error.filename or args.to), f"cannot be written: {error.strerror}")) from None
    except EngineError as error:
        raise MistakeError(Mistake(records[0].run, str(error))) from None
    return 0


def _early_words(store: Store, record: RunRecord) -> str:
    """Return that a run was broken off and which of its models was written; empty for one that ended."""
    place = newest_place(store, record.run)
    return early_words(record, *place) if place else ""
