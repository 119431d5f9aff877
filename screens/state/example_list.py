"""The examples that are looked at: those of one split, of one class or of all."""

from __future__ import annotations

import numpy as np

from engines.contract import SPLITS, Array, Dataset, SplitName


class ExampleList:
    """Examples in the order of the file.

    Args:
        dataset: where they come from.
        split: the split.
        label: the class; ``None`` for all.

    Attributes:
        indices: their places in the split, (n,).
    """

    def __init__(self, dataset: Dataset, split: SplitName = "train", label: int | None = None) -> None:
        self.dataset, self.split, self.label = dataset, split, label
        y = dataset[split].y
        self.indices = np.arange(len(y)) if label is None else np.flatnonzero(y == label)

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def what(self) -> str:
        """Which they are, in words."""
        kind = "all" if self.label is None else self.dataset.classes[self.label]
        return f"{kind} of {self.split}"

    def row(self, position: int) -> Array:
        """Return one example as it is stored, (n_features,)."""
        row: Array = self.dataset[self.split].x[self.indices[position]]
        return row

    def target(self, position: int) -> str:
        """Return the class's name, or the target of a regression."""
        y = self.dataset[self.split].y[self.indices[position]]
        return f"{float(y):.6g}" if self.dataset.is_regression else self.dataset.classes[int(y)]

    def caption(self, position: int) -> str:
        """Return what stands under its picture."""
        return self.target(position)

    @property
    def caption_lines(self) -> int:
        """How many lines that is."""
        return 1

    def told(self, position: int) -> str:
        """Return all that is said of an example, in one line."""
        return f"{self.caption(position)} {self.number(position)}".replace("\n", " ").strip()

    def number(self, position: int) -> str:
        """Return its place in the split, where that stands under its picture."""
        return str(self.indices[position])

    def picture(self, position: int) -> Array:
        """Return one example as a picture, (H, W, 3).

        Raises:
            ValueError: the examples are no pictures.
        """
        from hw1_tui.data import as_picture

        return as_picture(self.dataset, self.row(position))


class ChosenList(ExampleList):
    """Some examples of a split in a given order.

    Args:
        dataset: where they come from.
        split: the split.
        indices: their places in the split, in the order in which they are shown, (m,).
        words: which examples they are.
    """

    def __init__(self, dataset: Dataset, split: SplitName, indices: Array, words: str) -> None:
        super().__init__(dataset, split)
        self.indices, self._words = indices, words

    @property
    def what(self) -> str:
        """Which they are, in words."""
        return self._words


class PredictedList(ChosenList):
    """Examples with numbers to predict, and what a model predicts.

    Args:
        predicted: of all examples of the split, (n,); the others as of ``ChosenList``.
    """

    def __init__(self, dataset: Dataset, split: SplitName, indices: Array, predicted: Array, words: str) -> None:
        super().__init__(dataset, split, indices, words)
        self.predicted = predicted

    def only(self, indices: Array, words: str) -> PredictedList:
        """Return the list of other examples of the split, called so."""
        return PredictedList(self.dataset, self.split, indices, self.predicted, words)

    def target(self, position: int) -> str:
        """Return the target, and what is predicted."""
        return f"{super().target(position)}, predicted {float(self.predicted[self.indices[position]]):.6g}"

    def told(self, position: int) -> str:
        """Return all of that, and which example it is."""
        return f"example {self.indices[position]:,} of {self.split}: {self.target(position)}"


def class_counts(dataset: Dataset) -> list[tuple[str, list[int]]]:
    """Return the number of examples in each split: a line for all of them, and one for each class."""
    lines = [("all", [len(dataset[split]) for split in SPLITS])]
    if dataset.is_regression:
        return lines
    counts = [np.bincount(dataset[split].y, minlength=dataset.n_classes).tolist() for split in SPLITS]
    return lines + [(name, [of[label] for of in counts]) for label, name in enumerate(dataset.classes)]
