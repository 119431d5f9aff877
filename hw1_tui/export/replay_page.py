"""A run as one page that needs nothing else: curves, confusion with its pictures, weights, settings, by epoch."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
from PIL import Image

from engines.contract import Array
from hw1_tui.analysis.replay import Frame, Replay
from hw1_tui.data import as_picture
from hw1_tui.markup import json_text, visible
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.loss_name import loss_label

MOST_PICTURES = 3000
"""Photographs in the page, the first of the split; so many of 48 x 48 pixels are about three megabytes."""

MOST_CLASSES = 40
"""Rows of the matrix; of more classes those with the most mistakes at the end."""

_COLUMNS = 50
_QUALITY = 85
_LARGEST_SIDE = 96
"""Pixels of a photograph's side in the page; a larger one is made smaller."""

_CERTAIN = 65534
"""Stands for the probability 1; one more for none at all."""

_CURVES = {
    "loss": (("train_eval_loss", "training"), ("val_loss", "validation")),
    "accuracy": (("train_accuracy", "training"), ("val_accuracy", "validation")),
}


def replay_page(shown: Replay) -> bytes:
    """Return a run as an HTML page."""
    template = (resources.files("hw1_tui.export") / "replay_page.html").read_text("utf-8")
    # Within a script element nothing is markup but what ends it or begins a comment.
    data = json_text(_facts(shown)).replace("<", "\\u003c")
    return template.replace("@DATA@", data).encode()


def _facts(shown: Replay) -> dict[str, Any]:
    record, dataset = shown.opened.record, shown.opened.dataset
    height, width = _size(shown)
    pictured = min(len(shown.labels), MOST_PICTURES) if dataset.image_shape else 0
    epochs = [metrics.epoch for metrics in shown.metrics]
    return {
        "title": visible(record.title),
        "what": visible(
            f"{record.config.get('model')} on {dataset.name}{f', {record.run}' * bool(record.labels.name)}"
        ),
        "split": shown.split,
        "classes": [visible(name) for name in shown.classes],
        "matrix": _matrix(shown),
        "labels": _packed(shown.labels),
        "epochs": epochs,
        "curves": {kind: [_curve(shown.metrics, *names) for names in curves] for kind, curves in _CURVES.items()},
        "captions": {"loss": loss_label([record.config]), "accuracy": "share of examples classified correctly"},
        "frames": list(map(_frame, shown.frames)),
        "units": list(shown.units),
        "shown": f"{shown.shown}, channels as colours around grey" if shown.shown else "",
        "weights": _weights(shown, height, width),
        "pictures": _pictures(shown, pictured, height, width),
        "pictured": pictured,
        "columns": _COLUMNS,
        "width": width,
        "height": height,
        "settings": [[name, visible(str(value))] for name, value in _settings(record.config)],
        "changes": [visible(str(told)) for told in (record.origin, *record.joined_changes) if told],
    }


def _frame(frame: Frame) -> dict[str, Any]:
    packed = {"predicted": _packed(frame.predicted), "certainty": _packed(_certainty(frame.certainty))}
    return {"epoch": frame.epoch, **packed}


def _matrix(shown: Replay) -> list[int]:
    """Return the classes that have a row."""
    last, n = shown.frames[-1], len(shown.classes)
    wrong = last.predicted != shown.labels
    mistakes = np.bincount(shown.labels[wrong], minlength=n) + np.bincount(last.predicted[wrong], minlength=n)
    return sorted(int(label) for label in np.argsort(-mistakes, kind="stable")[:MOST_CLASSES])


def _settings(config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in config.items() if value is not None]


def _curve(metrics: Any, name: str, title: str) -> dict[str, Any]:
    return {"name": title, "values": [_value(epoch, name) for epoch in metrics]}


def _value(epoch: EpochMetrics, name: str) -> float | None:
    value = epoch[name]
    return float(f"{value:.6g}") if value is not None and np.isfinite(value) else None


def _packed(values: Array) -> str:
    """Return whole numbers up to 65,535 as base64 of two bytes each, the low one first."""
    return base64.b64encode(values.astype("<u2").tobytes()).decode()


def _certainty(values: Array) -> Array:
    return np.where(np.isfinite(values), np.rint(np.nan_to_num(values).clip(0, 1) * _CERTAIN), _CERTAIN + 1)


def _size(shown: Replay) -> tuple[int, int]:
    """Return height and width of a photograph in the page."""
    if not shown.opened.dataset.image_shape:
        return 0, 0
    picture = as_picture(shown.opened.dataset, shown.opened.dataset[shown.split].x[0])
    scale = min(1.0, _LARGEST_SIDE / max(picture.shape[:2]))
    return max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale))


def _pictures(shown: Replay, count: int, height: int, width: int) -> str:
    """Return the photographs as one picture, in rows; empty where there are none."""
    if not count:
        return ""
    sheet = Image.new("RGB", (_COLUMNS * width, -(-count // _COLUMNS) * height))
    x = shown.opened.dataset[shown.split].x
    for number in range(count):
        picture = Image.fromarray(as_picture(shown.opened.dataset, x[number])).resize((width, height))
        sheet.paste(picture, (number % _COLUMNS * width, number // _COLUMNS * height))
    return _inline(sheet, "jpeg", quality=_QUALITY)


def _weights(shown: Replay, height: int, width: int) -> str:
    """Return the weights as one picture, a row an epoch and a column a unit; empty where they are no pictures."""
    if not shown.units:
        return ""
    sheet = Image.new("RGB", (len(shown.units) * width, len(shown.frames) * height))
    for row, frame in enumerate(shown.frames):
        for column, weights in enumerate(frame.weights if frame.weights is not None else ()):
            colours = weights if weights.shape[2] == 3 else np.repeat(weights.mean(axis=2, keepdims=True), 3, axis=2)
            picture = Image.fromarray(np.rint(127.5 + 127.5 * colours).astype(np.uint8))
            sheet.paste(picture.resize((width, height)), (column * width, row * height))
    return _inline(sheet, "png")


def _inline(picture: Image.Image, file_format: str, **options: Any) -> str:
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return f"data:image/{file_format};base64,{base64.b64encode(file.getvalue()).decode()}"
