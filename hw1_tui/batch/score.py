"""How good the answers of a model are, where the truth is known: accuracy, scores of classes, confusion matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from hw1_tui.analysis.confusion import Confusion
from hw1_tui.export.inspection.confusion import confusion_record, confusion_tables
from hw1_tui.export.inspection.view import Shown
from hw1_tui.metric import in_decimals


class Score:
    """Counts answers as they are printed.

    Args:
        run: the run whose model answers.
        epoch: the epoch whose weights it has.
        classes: names of its classes; empty for a regression.
    """

    def __init__(self, run: str, epoch: int, classes: tuple[str, ...]) -> None:
        self._of: dict[str, Any] = {"run": run, "epoch": epoch}
        self._classes = classes
        self._labels = {name: label for label, name in enumerate(classes)}
        self._answers = 0
        self._pairs: list[tuple[float, float]] = []

    def take(self, record: dict[str, Any]) -> dict[str, Any]:
        """Count what is said of an example, and return it."""
        self._answers += 1
        if "target" in record:
            target, said = record["target"], record["class"] if self._classes else record["value"]
            self._pairs.append((self._labels[target], self._labels[said]) if self._classes else (target, said))
        return record

    def shown(self) -> Shown | None:
        """Return how good the answers are; ``None`` where no truth is known."""
        if not self._pairs:
            return None
        true, said = np.array(self._pairs).T
        if not self._classes:
            return self._shown_numbers(true, said)
        found = Confusion.of(true.astype(np.int64), said.astype(np.int64), self._classes)
        record = {**self._of, "examples": found.n, **confusion_record(found)}
        return Shown([record], [found.words() + self._without()], confusion_tables("all", found))

    def _shown_numbers(self, true: Any, said: Any) -> Shown:
        """Return mean squared and absolute error, and the share of the variance that is explained, R2."""
        error, spread = float(np.mean((true - said) ** 2)), float(np.var(true))
        r2 = 1 - error / spread if spread else None
        absolute = float(np.mean(np.abs(true - said)))
        record = {**self._of, "examples": len(true), "mean_squared_error": error, "mean_absolute_error": absolute,
                  "r2": r2}  # fmt: skip
        explained = "" if r2 is None else f", R² {in_decimals(r2, '.4f')}"
        words = f"Of {len(true):,}: mean squared error {error:.6g}, mean absolute error {absolute:.6g}{explained}."
        return Shown([record], [words + self._without()])

    def _without(self) -> str:
        rest = self._answers - len(self._pairs)
        return f" Of {rest:,} more the truth is not known." if rest else ""
