"""``hw1-tui --batch predict``: what a kept model says of pictures or of a data set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from engines.capability import measure
from engines.contract import SPLITS, EngineError, SplitName, engine_errors
from hw1_tui import data
from hw1_tui.batch.epoch_option import add_epoch_option, check_epoch, early_words
from hw1_tui.batch.history import open_store
from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_data_options,
    add_home_option,
    add_option,
    add_output_options,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_data_options,
)
from hw1_tui.batch.page import print_text
from hw1_tui.batch.question import Question, Reader
from hw1_tui.batch.score import Score
from hw1_tui.batch.shown_page import print_shown
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import percent
from hw1_tui.training.kept_model import LAST, KeptModel, load_model, with_value_range


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a prediction."""
    parser.add_argument("run", nargs="?", help="the run whose model is asked: identifier, its beginning, name, or last")
    parser.add_argument(
        "sources", nargs="*", help="pictures, a FOLDER of them or of classes, FILE.npz, FILE.csv, builtin, digits"
    )
    add_epoch_option(parser)
    default = "test, or all where a source has no splits and is not what the run was trained on"
    add_option(parser, "--split", f"of a data set: {', '.join(SPLITS)} (default: {default})", "SPLIT")
    add_home_option(parser)
    add_data_options(parser)
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print classes with probabilities, or values for a regression, and how good they are; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, the run, the images.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    split = None if args.split is None else cast("SplitName", read_choice("--split", args.split, SPLITS, mistakes))
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    options = read_data_options(args, mistakes)
    given = {name: value for name, value in vars(options).items() if getattr(args, name) is not None}
    if args.run is None or not args.sources:
        mistakes.append(Mistake("predict", "needs a run and what to ask it", "RUN IMAGE..., RUN FILE.npz"))
    check_epoch(args, mistakes)
    raise_mistakes(mistakes)
    store = open_store(args)
    try:
        model = with_value_range(store, load_model(store, args.run, args.epoch or LAST), max_bytes)
        facts = store.find(model.run).facts()
        trained_on, fingerprint = (str(facts.get(name) or "") for name in ("data_path", "fingerprint"))
        with named_as_options(*args.sources):
            asked = Reader(model, trained_on, split, max_bytes, fingerprint, given).read(args.sources)
        narrator = Narrator(args.quiet)
        if args.epoch is None and (early := early_words(store.get(model.run), model.epoch, model.examples)):
            narrator.remark(early)
        for sentence in dict.fromkeys(sentence for part in asked for sentence in part.said):
            narrator.remark(sentence)
        _print(model, asked, output_format)
    except EngineError as error:
        raise MistakeError(Mistake(args.run, str(error))) from None
    return 0


def _print(model: KeptModel, asked: Sequence[Question], output_format: str) -> None:
    """Print what is said of every example, and in all formats but CSV, which has rows alone, the score at the end."""
    score = Score(model.run, model.epoch, model.classes)
    records = (score.take(record) for question in asked for record in _records(model, question))
    if output_format == "csv":
        _print_csv(model, records)
        return
    for record in records:
        if output_format == "jsonl":
            print_json(record)
        else:
            print_text(_line(record), more=4)
    if shown := score.shown():
        if output_format == "table":
            print()
        print_shown(shown, output_format)


def _records(model: KeptModel, question: Question) -> Iterator[dict[str, Any]]:
    """Yield what the model says of each example, fit for JSON."""
    unknown = np.zeros(len(question.x), np.int64 if model.classes else np.float64)
    with engine_errors(model.config.engine):
        told = measure(model.trainer, model.config.spec, question.x, unknown, len(model.classes))
    for i, (name, answer) in enumerate(zip(question.names, told.predicted, strict=True)):
        record: dict[str, Any] = {"run": model.run, "epoch": model.epoch, "example": name}
        if not model.classes:
            record["value"] = float(answer)
        else:
            p = None if told.probabilities is None else [float(p) for p in told.probabilities[i]]
            record |= {
                "class": model.classes[int(answer)],
                "probability": None if p is None else p[int(answer)],
                "probabilities": None if p is None else dict(zip(model.classes, p, strict=True)),
            }
        if question.known:
            record["target"] = question.known[i]
        yield record


def _line(record: dict[str, Any]) -> str:
    if "value" in record:
        return f"{record['example']}  {record['value']:.6g}"
    if record["probabilities"] is None:
        said = record["class"]
    else:
        ranked = sorted(record["probabilities"].items(), key=lambda pair: -pair[1])[:3]
        said = "  ".join(f"{name} {percent(probability, 1)}" for name, probability in ranked)
    target = record.get("target")
    return f"{record['example']}  {said}" + ("" if target in (None, record["class"]) else f"  (it is {target})")


def _print_csv(model: KeptModel, records: Iterator[dict[str, Any]]) -> None:
    values = ("class", "probability") if model.classes else ("value",)
    print_csv(("example", "target", *values, *model.classes))
    for record in records:
        told = record.get("probabilities") or dict.fromkeys(model.classes)  # empty cells of a model that tells none
        print_csv((record["example"], record.get("target"), *(record[name] for name in values), *told.values()))
