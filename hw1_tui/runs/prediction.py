"""What a model said of each example of a split, and the file of a run that keeps it.

One ``.npz`` (see ``hw1_tui.files.array_file``) holds the validation and the test split, at the end of the run and at
its best epoch. Everything in it can be measured again from the checkpoints: so a file that is damaged is said once and
counts as missing.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from engines.contract import SPLITS, Array, SplitName
from hw1_tui.files.array_file import DamagedError, GoneError, read_arrays, write_arrays
from hw1_tui.files.notice import say_once
from hw1_tui.runs.reader import is_count
from hw1_tui.statistics.repeat import Examples

FORMAT = 1
_ABOUT = "about"
_FIELDS = ("labels", "predicted", "predicted_probability", "true_probability", "losses")
_KINDS = {"labels": "uf", "predicted": "uf"}  # of numpy's types; the others are floats


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of each example of a split, in the order of the split.

    Attributes:
        split: the split.
        epoch: whose weights: those after this epoch.
        examples: examples of the next epoch that they were trained on as well; 0 at the end of an epoch.
        labels: classes (n,) as int64, or targets (n,) as floats for a regression.
        predicted: the same kind of thing, as the model says; the first of several classes of equal scores.
        predicted_probability: of the predicted class, (n,) float32; NaN where the model tells none: a regression, the
            perceptron.
        true_probability: of the true class, (n,) float32; NaN likewise.
        losses: the loss of each example as the run's metric takes it, without the penalty, (n,) float32; NaN where the
            engine does not tell it. It does not follow from the probabilities: one that float32 rounds to 0 has a
            finite loss, and the perceptron has none.
        fingerprint: of the data.
    """

    split: SplitName
    epoch: int
    examples: int
    labels: Array
    predicted: Array
    predicted_probability: Array
    true_probability: Array
    losses: Array
    fingerprint: str = ""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and examples of the next one."""
        return self.epoch, self.examples

    @property
    def is_regression(self) -> bool:
        """Whether numbers were predicted and not classes."""
        return self.labels.dtype.kind == "f"

    @property
    def correct(self) -> Array:
        """Whether each example was told right, (n,) bool; only of classes."""
        return np.asarray(self.predicted == self.labels)

    @property
    def accuracy(self) -> float | None:
        """The share of examples that were told right: the run's metric; ``None`` for a regression."""
        return None if self.is_regression else float(self.correct.mean())

    @property
    def loss(self) -> float:
        """The mean of the losses: the run's metric, within the rounding of float32."""
        return float(self.losses.mean(dtype=np.float64))


def examples_of(predictions: Predictions | None, kind: str) -> Examples | None:
    """Return what each example got, for comparisons pair by pair; ``None`` where that is not known.

    Args:
        predictions: what a run said.
        kind: ``loss``, or ``share`` for whether an example was right.
    """
    if predictions is None or (kind == "share" and predictions.is_regression):
        return None
    values = np.asarray(predictions.losses if kind == "loss" else predictions.correct, np.float64)
    return Examples(f"{predictions.fingerprint} {predictions.split}", values) if np.isfinite(values).all() else None


def write_predictions(path: Path, predictions: Iterable[Predictions]) -> None:
    """Write predictions of one run, atomically, in place of those that were kept.

    Raises:
        OSError: the disk does not take it.
    """
    entries: list[dict[str, Any]] = []
    arrays: dict[str, Array] = {}
    for number, entry in enumerate(predictions):
        entries.append({name: getattr(entry, name) for name in ("split", "epoch", "examples", "fingerprint")})
        arrays |= {f"{name}_{number}": _compact(getattr(entry, name)) for name in _FIELDS}
    about = np.frombuffer(json.dumps({"format": FORMAT, "entries": entries}).encode(), dtype=np.uint8)
    write_arrays(path, {_ABOUT: about, **arrays})


def _compact(array: Array) -> Array:
    """Return classes in as few bytes as hold them, and floats as they are."""
    return array if array.dtype.kind == "f" else array.astype(np.min_scalar_type(int(array.max(initial=0))))


def read_predictions(path: Path, n_classes: int) -> list[Predictions]:
    """Return the predictions that a file keeps; none where it is missing, or damaged, which is said once.

    Args:
        path: the file, which may be a stranger's.
        n_classes: classes that there are; 0 for a regression.
    """
    if not os.path.lexists(path):
        return []
    try:
        return _read(read_arrays(path), n_classes)
    except GoneError:  # since it was looked for: the run goes on
        return []
    except DamagedError as error:
        reason: object = error
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        reason = f"it is not what was written: {error}"
    say_once(f"{path} is left out: {reason}", logging.ERROR)
    return []


def _read(arrays: dict[str, Array], n_classes: int) -> list[Predictions]:
    """Return the predictions in some arrays, all of them checked.

    Raises:
        KeyError: something is missing.
        ValueError: something is not what it must be.
        TypeError: likewise.
    """
    about = json.loads(arrays[_ABOUT].tobytes())
    if about["format"] != FORMAT:
        raise ValueError(f"it is of format {about['format']}, this version reads format {FORMAT}")
    return [_entry(entry, number, arrays, n_classes) for number, entry in enumerate(about["entries"])]


def _entry(entry: dict[str, Any], number: int, arrays: dict[str, Array], n_classes: int) -> Predictions:
    if entry["split"] not in SPLITS or not is_count(entry["epoch"]) or not is_count(entry["examples"]):
        raise ValueError(f"there is no split and epoch {entry}")
    found = {name: arrays[f"{name}_{number}"] for name in _FIELDS}
    for name, array in found.items():
        if array.shape != (len(found["labels"]),) or array.dtype.kind not in _KINDS.get(name, "f"):
            raise ValueError(f"the {name} are {array.dtype} of shape {array.shape}")
        if name in _KINDS:
            if (array.dtype.kind == "f") == bool(n_classes) or (n_classes and array.max(initial=0) >= n_classes):
                raise ValueError(f"the {name} are none of {n_classes} classes")
            found[name] = array.astype(np.int64) if n_classes else array
        elif name != "losses" and ((array < 0) | (array > 1)).any():
            raise ValueError(f"the {name} are not all from 0 to 1")
    split = cast("SplitName", entry["split"])
    return Predictions(split, entry["epoch"], entry["examples"], **found, fingerprint=str(entry["fingerprint"]))
