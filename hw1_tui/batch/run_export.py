"""``hw1-tui runs export``: what a run came to, in the files that others read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from engines.contract import EngineError
from hw1_tui.batch.history import find_runs, open_store
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_option, raise_mistakes
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store, figure
from hw1_tui.runs.comparison import FIGURES
from hw1_tui.runs.event_file import event_file
from hw1_tui.runs.mlflow_export import export_to_mlflow
from hw1_tui.runs.table import PRINTED_FIGURES, Table, comparison_table, epochs_table
from hw1_tui.training.kept_model import BEST, LAST, load_model
from hw1_tui.training.weights import SUFFIXES, write_weights

_TEXTS: dict[str, Callable[[Table], str]] = {".csv": Table.csv, ".md": Table.markdown, ".tex": Table.latex}
_FIGURES = tuple(f".{name}" for name in figure.FORMATS)
_ALL = (*_TEXTS, ".jsonl", *_FIGURES, *SUFFIXES)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    parser.add_argument("runs", nargs="*", help="runs, or a filter; weights and epochs are of one run")
    kinds = (
        ".csv .jsonl: the epochs of one run, or a row a run of several; .md .tex: a table; .png .svg .pdf: the curves; "
        ".npz .safetensors .pt: the weights"
    )
    add_option(parser, "--to", f"the file, whose suffix says what: {kinds}", "FILE")
    add_option(parser, "--tensorboard", "folder to write TensorBoard's event files into, one folder a run", "DIR")
    add_option(parser, "--mlflow", "MLflow store to write the runs into, such as sqlite:///mlflow.db", "URI")
    add_option(parser, "--epoch", f"whose weights: {LAST} (default), {BEST}, or an epoch that was kept", "N")
    parser.add_argument("--quiet", action="store_true", help="no remarks on stderr")


def export(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Write what was asked for; return the exit code."""
    targets = [name for name in ("to", "tensorboard", "mlflow") if getattr(args, name) is not None]
    mistakes += [Mistake(f"--{name}", "is empty") for name in targets if not getattr(args, name)]
    if not targets:
        mistakes.append(Mistake("runs export", "needs to know where to", "--to FILE, --tensorboard DIR, --mlflow URI"))
    if args.to and Path(args.to).suffix.lower() not in _ALL:
        mistakes.append(Mistake("--to", f"{args.to!r} has no suffix that says what to write", ", ".join(_ALL)))
    if args.epoch is not None and args.epoch not in (LAST, BEST) and not args.epoch.isdecimal():
        mistakes.append(Mistake("--epoch", f"{args.epoch!r} is no epoch", f"{LAST}, {BEST}, or an epoch"))
    raise_mistakes(mistakes)
    store = open_store(args)
    records = find_runs(store, args.runs)
    if not records:
        raise MistakeError(Mistake("runs export", "no run to export", "RUN ..., or a filter such as model=mlp"))
    return _write(args, store, records)


def _write(args: argparse.Namespace, store: Store, records: Sequence[RunRecord]) -> int:
    narrator = Narrator(args.quiet)
    try:
        if args.to:
            _write_file(Path(args.to), store, records, args.epoch or LAST)
            narrator.remark(f"{args.to} is written.")
        for record in records if args.tensorboard else ():
            narrator.remark(f"{_write_events(Path(args.tensorboard), store, record)} is written.")
        for record in records if args.mlflow else ():
            run = export_to_mlflow(args.mlflow, record, store.metrics(record.run))
            narrator.remark(f"{record.run} is {run} in {args.mlflow}.")
    except OSError as error:
        raise MistakeError(Mistake(str(error.filename or args.to), f"cannot be written: {error.strerror}")) from None
    except EngineError as error:
        raise MistakeError(Mistake(records[0].run, str(error))) from None
    return 0


def _write_file(path: Path, store: Store, records: Sequence[RunRecord], epoch: str) -> None:
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        if len(records) > 1:
            raise MistakeError(Mistake("--to", f"{path} takes the weights of one run, these are {len(records)}"))
        write_weights(load_model(store, records[0].run, epoch), path)
    elif suffix in _FIGURES:
        curves = {record.title: store.metrics(record.run, joined=True) for record in records}
        path.write_bytes(figure.render(figure.draw_curves(curves), suffix[1:]))
    elif suffix == ".jsonl":
        rows = store.metrics(records[0].run) if len(records) == 1 else [record.record() for record in records]
        lines = [{"run": records[0].run, **row} if len(records) == 1 else row for row in rows]
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    else:
        one = len(records) == 1 and suffix == ".csv"
        figures = FIGURES if suffix == ".csv" else PRINTED_FIGURES
        table = epochs_table(store.metrics(records[0].run)) if one else comparison_table(records, figures)
        path.write_text(_TEXTS[suffix](table), "utf-8")


def _write_events(folder: Path, store: Store, record: RunRecord) -> Path:
    path = folder / record.run / f"events.out.tfevents.{record.run}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(event_file(store.metrics(record.run, joined=True)))
    return path
