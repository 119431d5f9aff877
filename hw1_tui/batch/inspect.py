"""``hw1-tui --batch inspect RUN VIEW``: look inside a kept run; a table, JSON or a picture."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, EngineError, SplitName
from hw1_tui import data
from hw1_tui.analysis import OpenedRun, Subject, open_run
from hw1_tui.analysis.opened_run import check_pair
from hw1_tui.batch.epoch_option import add_epoch_option, check_epoch
from hw1_tui.batch.history import add_moved_option, open_store
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    HELP_WIDTH,
    OUTPUT_FORMATS,
    add_force_option,
    add_home_option,
    add_max_bytes,
    add_option,
    add_output_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_target,
    read_whole,
)
from hw1_tui.batch.shown_page import print_shown
from hw1_tui.data.class_name import read_class
from hw1_tui.export import figure
from hw1_tui.export.inspection import VIEWS, coach
from hw1_tui.export.inspection.view import Asked, Shown, View
from hw1_tui.export.inspection.writer import in_file, view_mistake, write_view
from hw1_tui.files.target import writing
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.runs import Store
from hw1_tui.training.kept_model import LAST


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    helps = {**{name: view.help for name, view in VIEWS.items()}, coach.NAME: coach.HELP}
    views = "\n".join(
        textwrap.fill(text, HELP_WIDTH, initial_indent=f"  {name:14} ", subsequent_indent=" " * 17)
        for name, text in helps.items()
    )
    parser.epilog = f"views:\n{views}\n\n{parser.epilog}"
    parser.add_argument("run", nargs="?", help="identifier, its beginning, name, or last")
    parser.add_argument("view", nargs="?", help=f"with --batch: {', '.join(helps)} (default: {next(iter(VIEWS))})")
    add_moved_option(parser)
    add_epoch_option(parser)
    add_option(
        parser,
        "--split",
        f"whose examples: {', '.join(SPLITS)} (default: val; without it test, or else train)",
        "SPLIT",
    )
    add_option(parser, "--with", "a second run on the same data, set beside the first", "RUN")
    add_option(parser, "--example", "numbers of examples in their split, such as 3 or 3,17", "N")
    add_option(parser, "--class", "a class, by name or number", "CLASS")
    add_option(parser, "--top", "how many of a list are shown (default: 20; all in a file, and as jsonl or csv)", "N")
    pictures = ", ".join(f".{name}" for name in figure.FORMATS)
    output = add_output_options(parser)
    add_option(output, "--to", f"write it to a file: {pictures}, .csv, .md, .tex, .jsonl", "FILE")
    add_force_option(output)
    add_max_bytes(add_home_option(parser))


_OTHER_SPLIT = {
    "test": "There are no validation examples: what is of one split is of the test split.",
    "train": "There are no validation or test examples: what is of one split is of the training split, which the model "
    "was taught.",
}
"""What is said where nobody named a split and the usual one is empty: numbers on what was learned look like others."""


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Show a view of a run; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, the run or its data.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    split = read_choice("--split", args.split, SPLITS, mistakes, "") if args.split is not None else ""
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    top = read_whole("--top", args.top, 20, mistakes, 1)
    examples = _read_examples(args.example, mistakes)
    mistakes += _unnamed(args)
    check_epoch(args, mistakes)
    view = args.view if args.view in VIEWS else next(iter(VIEWS))
    target = _read_target(args, view, mistakes)
    raise_mistakes(mistakes)
    store = open_store(args)
    narrator = Narrator(args.quiet)
    for text in _ignored(args, view):
        narrator.remark(text)
    if args.view == coach.NAME:
        print_shown(coach.show(store, store.get(args.run)), output_format)
        return 0
    try:
        opened = open_run(store, args.run, args.epoch or LAST, max_bytes=max_bytes, moved_to=args.data)
        other = _open_other(store, getattr(args, "with"), opened, max_bytes)
        asked = Asked(
            Subject(opened, _split(opened, split), other), examples, _read_class(opened, getattr(args, "class")), top
        )
        with np.errstate(all="ignore"):  # what leaves the range of numbers shows in what is told
            printed, written = _show(asked, VIEWS[view], output_format, target, has_top=args.top is not None)
    except EngineError as error:
        raise MistakeError(Mistake(args.run, str(error))) from None
    except MistakeError as error:
        raise MistakeError([_at_option(mistake, args) for mistake in error.mistakes]) from None
    if not split and asked.subject.split != "val":
        narrator.remark(_OTHER_SPLIT[asked.subject.split])
    print_shown(printed, output_format)
    if target is not None:
        with writing(args.to):
            write_view(written, view, asked.subject, target, overwrite=args.force)
        narrator.remark(f"Written to {target}.")
    return 0


def _read_target(args: argparse.Namespace, view: str, mistakes: list[Mistake]) -> Path | None:
    """Return the file that the view is written to, or add what is wrong with it; ``None`` where none is asked for."""
    target = None if args.to is None else read_target("--to", args.to, args.force, mistakes)
    if target is not None and args.view == coach.NAME:
        allowed = "--format jsonl, --format csv"
        mistakes.append(Mistake("--to", "what the coach says is printed, and in no file", allowed))
    elif target is not None and (mistake := view_mistake(target, view, "--to")) and mistake not in mistakes:
        mistakes.append(mistake)
    return target


def _at_option(mistake: Mistake, args: argparse.Namespace) -> Mistake:
    """Return a mistake at the option that asked for it, or at the run where no option did."""
    if mistake.place not in ("example", "class", "split", "data"):  # as the screens call them too
        return mistake
    is_given = getattr(args, mistake.place) is not None
    return replace(mistake, place=f"--{mistake.place}" if is_given else args.run)


def _unnamed(args: argparse.Namespace) -> Iterator[Mistake]:
    """Yield what is wrong with the names of the run and the view."""
    if args.run is None:
        yield Mistake("inspect", "needs a run", "RUN, such as last")
    if args.view is not None and args.view not in (*VIEWS, coach.NAME):
        yield unknown_name("inspect", "view", args.view, (*VIEWS, coach.NAME))


def _show(asked: Asked, view: View, output_format: str, target: Path | None, *, has_top: bool) -> tuple[Shown, Shown]:
    """Return a view as it is printed and as it is written; a list is cut where a person reads it, or by ``--top``."""
    if has_top or "top" not in view.heeds:
        shown = view.show(asked)
        return shown, shown
    printed = asked if output_format == "table" else in_file(asked, ".csv")
    written = printed if target is None else in_file(asked, target.suffix)
    shown = view.show(printed)
    return shown, shown if written == printed else view.show(written)


def _ignored(args: argparse.Namespace, view: str) -> list[str]:
    """Return a sentence for each option that was given and changes nothing about a view."""
    is_coach = args.view == coach.NAME  # who looks at every epoch, and at no example
    names = ("with", "example", "class", "top", *["epoch", "split", "data"] * is_coach)
    heeded = () if is_coach else VIEWS[view].heeds
    given = [name for name in names if getattr(args, name) is not None]
    return [f"--{name} has no effect on the view {args.view or view}." for name in given if name not in heeded]


def _read_examples(text: str | None, mistakes: list[Mistake]) -> tuple[int, ...]:
    if text is None:
        return ()
    return tuple(read_whole("--example", word.strip(), 0, mistakes) for word in text.split(","))


def _open_other(store: Store, name: str | None, opened: OpenedRun, max_bytes: int) -> OpenedRun | None:
    if name is None:
        return None
    other = open_run(store, name, LAST, opened.dataset, max_bytes)
    check_pair(opened, other)
    return other


def _split(opened: OpenedRun, asked: str) -> SplitName:
    """Return the split that was asked for; the validation split by default, as a choice may rest on what is seen.

    Raises:
        MistakeError: it has no examples.
    """
    if asked and asked not in opened.splits:
        raise MistakeError(
            Mistake("--split", f"{opened.dataset.name} has no {asked} examples", ", ".join(opened.splits))
        )
    if asked in SPLITS:
        return asked
    return next(split for split in ("val", "test", "train") if split in opened.splits)


def _read_class(opened: OpenedRun, text: str | None) -> int | None:
    """Return the number of a class that is named, or given by its number.

    Raises:
        MistakeError: there is no such class.
    """
    classes = opened.dataset.classes
    if text is None:
        return None
    if (label := read_class(text, classes)) is not None:
        return label
    raise MistakeError(unknown_name("--class", "class", text, classes))
