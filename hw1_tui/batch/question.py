"""What a kept model is asked: pictures, folders and data sets read as the rows that it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import SPLITS, Array, Dataset, SplitName
from hw1_tui import data
from hw1_tui.data.class_name import find_class
from hw1_tui.data.picture import picture_size
from hw1_tui.data.table_set import is_table, read_features
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import WholeOptions, told_not_used
from hw1_tui.training.kept_data import data_path
from hw1_tui.training.kept_model import KeptModel
from hw1_tui.training.model_input import as_own, by_name, from_dataset, from_picture, targets

_NAMED = 3


@dataclass(frozen=True)
class Question:
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


@dataclass(frozen=True)
class Reader:
    """Reads what one model is asked.

    Attributes:
        model: the model.
        trained_on: absolute path of the data that it was trained on; empty where that came with the program.
        split: the split that is asked for; ``None`` for the test split, or all of a source without splits.
        max_bytes: the most that a data set may take in memory, bytes.
        fingerprint: of that data.
        given: how data sets are read otherwise than the model's own, by names of ``ReadOptions``.
    """

    model: KeptModel
    trained_on: str
    split: SplitName | None
    max_bytes: int
    fingerprint: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    def read(self, sources: Sequence[str]) -> list[Question]:
        """Return the examples of all sources.

        Raises:
            MistakeError: with what is wrong with any of them.
        """
        questions: list[Question] = []
        mistakes: list[Mistake] = []
        for source in sources:
            try:
                questions.append(self._read(source))
            except MistakeError as error:
                mistakes.extend(error.mistakes)
        if mistakes:
            raise MistakeError(mistakes)
        return questions

    def _read(self, source: str) -> Question:
        if source in data.NAMED:
            return self._read_dataset(source)
        path = user_path(source)
        if path.is_dir():
            if flat := data.find_flat(path):
                return self._read_pictures(source, flat)
            if data.holds_nothing(path):
                allowed = "a folder of pictures, or one with a folder of pictures a class"
                raise MistakeError(Mistake(source, "holds no picture and no data set", allowed))
            only = data.find_only_class(path)
            return self._read_class(source, *only) if only else self._read_dataset(source)
        return self._read_picture(source) if data.is_picture(path) else self._read_dataset(source)

    def _read_dataset(self, source: str) -> Question:
        """Read a data set; a table that is none for lack of a column to predict by its features."""
        try:
            return self._read_known(source)
        except MistakeError:
            if (question := self._read_features(source)) is None:
                raise
            return question

    def _read_features(self, source: str) -> Question | None:
        """Return the rows of a table that has the model's features and no column to predict; ``None`` for any other.

        Raises:
            MistakeError: it lacks features that the model was trained on.
        """
        path = user_path(source)
        if source in data.NAMED or not path.is_file() or not is_table(path):
            return None
        try:
            x, names = read_features(path, self.max_bytes)
        except MistakeError:
            return None
        own = self.model.feature_names
        if own and names:
            if set(own) < set(names):
                return None
        elif x.shape[1] != self.model.features:
            return None
        x, ordered = by_name(self.model, source, x, names)
        x = x if x.dtype == self.model.dtype else x.astype(np.float64)
        if x.dtype != self.model.dtype and np.uint8 in (x.dtype, self.model.dtype):
            return None  # what are black and white in one of them cannot be told
        scaled: tuple[str, ...] = ()
        if x.size and x.dtype.kind == "f":
            x, scaled = as_own(self.model, source, x, (float(x.min()), float(x.max())), bool(self.model.image_shape))
        columns = counted(x.shape[1], "column")
        said = visible(f"{source} has no column to predict: its {columns} of numbers are the features.")
        return Question(
            [f"{source} {row}" for row in range(len(x))], x, said=(said, *map(visible, (*ordered, *scaled)))
        )

    def _read_known(self, source: str) -> Question:
        """Read a split: the test split, or of what is not the model's own and has no splits all examples."""
        is_own = source in data.NAMED or data_path(source) == self.trained_on
        is_whole = self.split is None and not is_own
        options = replace(self.model.config.read_options, **self.given)
        if is_whole:
            options = WholeOptions.like(options)
        dataset = self._load(source, options)
        if is_whole and not len(dataset.test) and (own := self._own(source)):
            dataset, is_whole, is_own = own, False, True
        said = ""
        if is_own and source not in data.NAMED and self.split is None:  # a folder has no split in its names
            said = f"{visible(source)} is what the model was trained on: these are its test examples."
        split: SplitName = self.split or ("test" if len(dataset.test) or not is_whole else "train")
        if not len(dataset[split]):
            others = ", ".join(f"--split {other}" for other in SPLITS if len(dataset[other]))
            raise MistakeError(Mistake(source, f"has no {split} examples", others))
        given = from_dataset(self.model, dataset, split)
        known, assumed = targets(self.model, dataset, split)
        files = dataset.files.get(split, ())
        names = [f"{source}/{file}" for file in files] or [f"{source} {split} {i}" for i in range(len(given.x))]
        unused = told_not_used(dataset.found, self.given)
        sentences = (said, dataset.remark, *unused, *given.assumed, *assumed)
        return Question(names, given.x, known, tuple(filter(None, sentences)))

    def _own(self, source: str) -> Dataset | None:
        """Return a source without splits as the model's own data was split; ``None`` where it is other data.

        By its path it would be others' once it was moved, and the examples that trained the model would judge it.
        """
        try:
            dataset = self._load(source, replace(self.model.config.read_options, **self.given))
        except MistakeError:
            return None
        return dataset if dataset.fingerprint == self.fingerprint else None

    def _load(self, source: str, options: data.ReadOptions) -> Dataset:
        """Return a data set, the images of a folder at the size of the model's pictures where those are square."""
        size = data.SIZE
        if self.model.image_shape:
            height, width = picture_size(self.model.image_shape)
            size = height if height == width else size
        return data.load(source, options, max_bytes=self.max_bytes, size=size)

    def _read_picture(self, source: str) -> Question:
        """Read an image as the import of a folder does, at the size of the model's pictures."""
        height, width = self._size(source)
        given = from_picture(self.model, source, data.read_image(user_path(source), width, height))
        return Question([source], given.x, said=given.assumed)

    def _read_pictures(self, source: str, paths: Sequence[Path]) -> Question:
        """Read the pictures of a folder without classes; what cannot be read is left out and said.

        Raises:
            MistakeError: none of them can be read, or they take more memory than is allowed.
        """
        height, width = self._size(source)
        if (needed := len(paths) * self.model.features * np.dtype(np.float64).itemsize) > self.max_bytes:
            problem = (
                f"{counted(len(paths), 'picture')} take {needed:,} bytes, more than the {self.max_bytes:,} allowed"
            )
            raise MistakeError(Mistake(source, problem, "fewer of them, or a larger --max-bytes"))
        names: list[str] = []
        rows: list[Array] = []
        left_out: list[Mistake] = []
        said: dict[str, None] = {}
        for path in paths:
            try:
                given = from_picture(self.model, str(path), data.read_image(path, width, height))
            except MistakeError as error:
                left_out += error.mistakes
                continue
            names.append(str(path))
            rows.append(given.x)
            said |= dict.fromkeys(given.assumed)
        if not rows:
            raise MistakeError(left_out)
        if left_out:
            places = ", ".join(Path(mistake.place).name for mistake in left_out[:_NAMED])
            more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
            are = "is" if len(left_out) == 1 else "are"
            counts, why = f"{len(left_out)} of {len(paths)} files in {source} {are} left out", str(left_out[0])
            said[visible(f"{counts}: {places}{more}. {why}.")] = None
        return Question(names, np.concatenate(rows), said=tuple(said))

    def _read_class(self, source: str, name: str, paths: Sequence[Path]) -> Question:
        """Read the pictures of a folder of one class, which is too little to learn and enough to be asked about."""
        question, label = self._read_pictures(source, paths), find_class(name, self.model.classes)
        if label is None:
            said = visible(f"The model does not know the class {name!r}: what it says of its pictures is not scored.")
            return replace(question, said=(*question.said, said))
        return replace(question, known=[self.model.classes[label]] * len(question.names))

    def _size(self, source: str) -> tuple[int, int]:
        if not self.model.image_shape:
            raise MistakeError(Mistake(source, "the model was not trained on pictures", "a data set"))
        return picture_size(self.model.image_shape)
