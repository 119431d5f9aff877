"""``hw1-tui --batch predict``: what a kept model says of pictures or of a data set."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import SPLITS, Array, EngineError
from hw1_tui import data
from hw1_tui.batch.event_printer import print_json
from hw1_tui.batch.history import open_store
from hw1_tui.batch.option import (
    FORMATS,
    add_home_option,
    add_option,
    add_output_options,
    raise_mistakes,
    read_bytes,
    read_choice,
)
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.kept_model import BEST, LAST, KeptModel, load_model


@dataclass(frozen=True)
class Asked:
    """Examples that a model is asked about.

    Attributes:
        source: where they come from.
        names: a name each.
        x: rows as the model's trainer takes them, (n, n_features).
        y: their labels or targets (n,); empty where they are not known.
    """

    source: str
    names: list[str]
    x: Array
    y: Array


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a prediction."""
    parser.add_argument("run", nargs="?", help="the run whose model is asked: identifier, its beginning, name, or last")
    parser.add_argument("sources", nargs="*", help="images, or a data set: FILE.npz, builtin, digits")
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
    output_format = read_choice("--format", args.format, FORMATS, mistakes)
    split = read_choice("--split", args.split, SPLITS, mistakes, "test")
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    if args.run is None or not args.sources:
        mistakes.append(Mistake("predict", "needs a run and what to ask it", "RUN IMAGE..., RUN FILE.npz"))
    if args.epoch is not None and args.epoch not in (LAST, BEST) and not args.epoch.isdecimal():
        mistakes.append(Mistake("--epoch", f"{args.epoch!r} is no epoch", f"{LAST}, {BEST}, or an epoch"))
    raise_mistakes(mistakes)
    try:
        model = load_model(open_store(args), args.run, args.epoch or LAST)
    except EngineError as error:
        raise MistakeError(Mistake(args.run, str(error))) from None
    asked = _read(model, args.sources, split, max_bytes)
    _print(model, asked, output_format)
    return 0


def _read(model: KeptModel, sources: Sequence[str], split: str, max_bytes: int) -> list[Asked]:
    asked: list[Asked] = []
    mistakes: list[Mistake] = []
    for source in sources:
        try:
            if source in data.NAMED or Path(source).suffix.lower() in (".npz", ".csv", ".tsv"):
                asked.append(_read_dataset(model, source, split, max_bytes))
            else:
                asked.append(_read_image(model, Path(source)))
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    return asked


def _read_dataset(model: KeptModel, source: str, split: str, max_bytes: int) -> Asked:
    dataset = data.load(source, max_bytes=max_bytes)
    if dataset.n_features != model.features:
        problem = f"has {dataset.n_features} features, the model was trained on {model.features}"
        raise MistakeError(Mistake(source, problem))
    examples = dataset[split]  # type: ignore[index]
    x = examples.x if dataset.scale == model.scale else dataset.features(examples.x) / model.scale
    return Asked(source, [f"{source} {split} {i}" for i in range(len(x))], x, examples.y)


def _read_image(model: KeptModel, path: Path) -> Asked:
    """Read an image as the import of a folder does, at the size of the model's pictures."""
    if not model.image_shape:
        raise MistakeError(Mistake(str(path), "the model was not trained on pictures", "a data set"))
    shape = model.image_shape
    is_first = len(shape) == 3 and shape[2] != 3
    height, width = shape[1:] if is_first else shape[:2]
    try:
        picture = data.read_image(path, width, height)
    except Exception as error:  # Pillow's decoders raise anything on damaged bytes
        raise MistakeError(Mistake(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")) from None
    if len(shape) == 2:
        picture = picture.mean(axis=2).round().astype(np.uint8)
    elif is_first:
        picture = picture.transpose(2, 0, 1)
    row = picture.reshape(1, -1)
    return Asked(str(path), [str(path)], row if model.dtype == "uint8" else row / np.float32(255), np.empty(0))


def _print(model: KeptModel, asked: Sequence[Asked], output_format: str) -> None:
    records = (record for part in asked for record in _records(model, part))
    if output_format == "jsonl":
        for record in records:
            print_json(record)
    elif output_format == "csv":
        _print_csv(model, records)
    else:
        for record in records:
            print(_line(record))


def _records(model: KeptModel, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield what the model says of each example, fit for JSON."""
    answers = model.trainer.predict(asked.x)
    for i, (name, answer) in enumerate(zip(asked.names, answers, strict=True)):
        record: dict[str, Any] = {"run": model.run, "epoch": model.epoch, "example": name}
        if model.classes:
            best = int(answer.argmax())
            record |= {"class": model.classes[best], "probability": float(answer[best])}
            record["probabilities"] = dict(zip(model.classes, map(float, answer), strict=True))
        else:
            record["value"] = float(answer)
        if len(asked.y):
            known = asked.y[i]
            record["target"] = model.classes[known] if model.classes else float(known)
        yield record


def _line(record: dict[str, Any]) -> str:
    if "value" in record:
        return f"{record['example']}  {record['value']:.6g}"
    ranked = sorted(record["probabilities"].items(), key=lambda pair: -pair[1])[:3]
    said = "  ".join(f"{name} {probability:.1%}" for name, probability in ranked)
    target = record.get("target")
    return f"{record['example']}  {said}" + ("" if target in (None, record["class"]) else f"  (it is {target})")


def _print_csv(model: KeptModel, records: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    values = ("class", "probability") if model.classes else ("value",)
    writer.writerow(("example", "target", *values, *model.classes))
    for record in records:
        probabilities = record.get("probabilities", {}).values()
        writer.writerow((record["example"], record.get("target"), *(record[name] for name in values), *probabilities))
