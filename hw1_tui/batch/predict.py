"""``hw1-tui --batch predict``: what a kept model says of pictures or of a data set."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from engines.contract import SPLITS, Array, Dataset, EngineError, SplitName, engine_errors
from hw1_tui import data
from hw1_tui.batch.history import open_store
from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_home_option,
    add_option,
    add_output_options,
    raise_mistakes,
    read_bytes,
    read_choice,
)
from hw1_tui.batch.page import print_text
from hw1_tui.data.picture import picture_size
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.kept_model import BEST, LAST, KeptModel, load_model, with_value_range
from hw1_tui.training.model_input import from_dataset, from_picture, targets

_DATA = (".npz", ".csv", ".tsv")


@dataclass(frozen=True)
class Asked:
    """Examples that a model is asked about.

    Attributes:
        names: a name each.
        x: rows as the model's trainer takes them, (n, n_features).
        known: their classes or targets; empty where they are not known.
        said: sentences on the data and on what was assumed.
    """

    names: list[str]
    x: Array
    known: list[str] | list[float] = field(default_factory=list)
    said: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a prediction."""
    parser.add_argument("run", nargs="?", help="the run whose model is asked: identifier, its beginning, name, or last")
    parser.add_argument(
        "sources", nargs="*", help="images, or a data set: FILE.npz, FILE.csv, a FOLDER, builtin, digits"
    )
    add_option(parser, "--epoch", f"whose weights: {LAST} (default), {BEST}, or an epoch that was kept", "N")
    add_option(parser, "--split", f"of a data set: {', '.join(SPLITS)} (default: test)", "SPLIT")
    add_home_option(parser)
    add_option(parser, "--max-bytes", "largest data set to unpack into memory, such as 8G (default: 4G)", "SIZE")
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print classes with probabilities, or values for a regression; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, the run, the images.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    split = cast("SplitName", read_choice("--split", args.split, SPLITS, mistakes, "test"))
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    if args.run is None or not args.sources:
        mistakes.append(Mistake("predict", "needs a run and what to ask it", "RUN IMAGE..., RUN FILE.npz"))
    if args.epoch is not None and args.epoch not in (LAST, BEST) and not re.fullmatch("[0-9]{1,9}", args.epoch):
        mistakes.append(Mistake("--epoch", f"{args.epoch!r} is no epoch", f"{LAST}, {BEST}, or an epoch"))
    raise_mistakes(mistakes)
    store = open_store(args)
    try:
        model = with_value_range(store, load_model(store, args.run, args.epoch or LAST), max_bytes)
        asked = _read(model, args.sources, split, max_bytes)
        narrator = Narrator(args.quiet)
        for sentence in dict.fromkeys(sentence for part in asked for sentence in part.said):
            narrator.remark(sentence)
        _print(model, asked, output_format)
    except EngineError as error:
        raise MistakeError(Mistake(args.run, str(error))) from None
    return 0


def _read(model: KeptModel, sources: Sequence[str], split: SplitName, max_bytes: int) -> list[Asked]:
    asked: list[Asked] = []
    mistakes: list[Mistake] = []
    for source in sources:
        try:
            is_data = source in data.NAMED or user_path(source).suffix.lower() in _DATA or user_path(source).is_dir()
            asked.append(_read_dataset(model, source, split, max_bytes) if is_data else _read_image(model, source))
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    return asked


def _read_dataset(model: KeptModel, source: str, split: SplitName, max_bytes: int) -> Asked:
    dataset = _load(model, source, max_bytes)
    given = from_dataset(model, dataset, split)
    known, assumed = targets(model, dataset, split)
    names = [f"{source} {split} {i}" for i in range(len(given.x))]
    return Asked(names, given.x, known, tuple(filter(None, (dataset.remark, *given.assumed, *assumed))))


def _load(model: KeptModel, source: str, max_bytes: int) -> Dataset:
    """Return a data set, the images of a folder at the size of the model's pictures where those are square."""
    if source not in data.NAMED and user_path(source).is_dir() and model.image_shape:
        height, width = picture_size(model.image_shape)
        if height == width:
            return data.read_folder(user_path(source), height, max_bytes=max_bytes)
    return data.load(source, max_bytes=max_bytes)


def _read_image(model: KeptModel, source: str) -> Asked:
    """Read an image as the import of a folder does, at the size of the model's pictures."""
    if not model.image_shape:
        raise MistakeError(Mistake(source, "the model was not trained on pictures", "a data set"))
    height, width = picture_size(model.image_shape)
    given = from_picture(model, source, data.read_image(user_path(source), width, height))
    return Asked([source], given.x, said=given.assumed)


def _print(model: KeptModel, asked: Sequence[Asked], output_format: str) -> None:
    records = (record for part in asked for record in _records(model, part))
    if output_format == "jsonl":
        for record in records:
            print_json(record)
    elif output_format == "csv":
        _print_csv(model, records)
    else:
        for record in records:
            print_text(_line(record), more=4)


def _records(model: KeptModel, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield what the model says of each example, fit for JSON."""
    with engine_errors(model.config.engine):
        answers = list(zip(asked.names, model.trainer.predict(asked.x), strict=True))
    for i, (name, answer) in enumerate(answers):
        record: dict[str, Any] = {"run": model.run, "epoch": model.epoch, "example": name}
        if model.classes:
            best = int(answer.argmax())
            record |= {"class": model.classes[best], "probability": float(answer[best])}
            record["probabilities"] = dict(zip(model.classes, map(float, answer), strict=True))
        else:
            record["value"] = float(answer)
        if asked.known:
            record["target"] = asked.known[i]
        yield record


def _line(record: dict[str, Any]) -> str:
    if "value" in record:
        return f"{record['example']}  {record['value']:.6g}"
    ranked = sorted(record["probabilities"].items(), key=lambda pair: -pair[1])[:3]
    said = "  ".join(f"{name} {probability:.1%}" for name, probability in ranked)
    target = record.get("target")
    return f"{record['example']}  {said}" + ("" if target in (None, record["class"]) else f"  (it is {target})")


def _print_csv(model: KeptModel, records: Iterator[dict[str, Any]]) -> None:
    values = ("class", "probability") if model.classes else ("value",)
    print_csv(("example", "target", *values, *model.classes))
    for record in records:
        probabilities = record.get("probabilities", {}).values()
        print_csv((record["example"], record.get("target"), *(record[name] for name in values), *probabilities))
