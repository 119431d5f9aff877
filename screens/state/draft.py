"""The run being defined: what was chosen and what was typed, right or wrong, kept while one looks elsewhere."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Mapping

from engines import registry
from engines.contract import Dataset, Value
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import READ_OPTIONS, ReadOptions
from hw1_tui.settings import (
    DEFAULT_DATA,
    DEFAULT_ENGINE,
    DEFAULT_MODEL,
    SEEDS,
    TABLE,
    Given,
    Hyperparameter,
    RunConfig,
    default_values,
    resolve,
)
from screens.state.field_words import in_field_words

_ONE_SEED = "1"


def in_short(error: MistakeError) -> str:
    """Return the first mistake and how many more there are: all of them would cover the form that explains them."""
    first, *more = error.mistakes
    return in_field_words(f"{first}\nand {len(more)} more" if more else str(first))


class Draft:
    """What the form holds.

    Attributes:
        model: name of the chosen model.
        engine: name of the chosen engine.
        data: where the data comes from.
        texts: what was typed, by hyperparameter; also for those that only another model takes, so that going back
            to it finds them again.
        seeds: with how many seeds the run is trained, as typed.
    """

    def __init__(self, given: Iterable[Given] = (), seeds: int = 1) -> None:
        self.model, self.engine, self.data = DEFAULT_MODEL, DEFAULT_ENGINE, DEFAULT_DATA
        self.texts: dict[str, str] = {}
        self.seeds = str(seeds)
        self._refused: tuple[RunConfig, MistakeError] | None = None
        for entry in given:
            if entry.name in ("model", "engine", "data"):
                setattr(self, entry.name, entry.value)
            else:
                self.texts[entry.name] = entry.value if isinstance(entry.value, str) else _text(entry.name, entry.value)

    def take(self, config: RunConfig) -> None:
        """Become a run that exists."""
        self.model, self.engine, self.data = config.model, config.engine, config.data
        self.texts = {name: _text(name, value) for name, value in config.hyperparameters.items()}
        self.seeds = _ONE_SEED

    def defaults(self) -> dict[str, str]:
        """Return the default text of every hyperparameter that the chosen model takes."""
        return {name: _text(name, value) for name, value in default_values(self.engine, self.model).items()}

    def text(self, name: str) -> str:
        """Return what stands in the field of a hyperparameter."""
        return self.texts[name] if name in self.texts else self.defaults()[name]

    def fields(self) -> dict[Hyperparameter, tuple[str, str]]:
        """Return the text and the default of every field of the form, the number of seeds below the seed."""
        fields: dict[Hyperparameter, tuple[str, str]] = {}
        for name, default in self.defaults().items():
            fields[TABLE[name]] = (self.text(name), default)
            if name == "seed":
                fields[SEEDS] = (self.seeds, _ONE_SEED)
        return fields

    def type(self, name: str, text: str) -> None:
        """Keep what was typed; the default's own text counts as nothing typed."""
        if name == SEEDS.name:
            self.seeds = text
        elif text == self.defaults().get(name):
            self.texts.pop(name, None)
        else:
            self.texts[name] = text

    def fill(self, changes: Mapping[str, object]) -> None:
        """Type values in, by hyperparameter."""
        for name, value in changes.items():
            self.type(name, _text(name, value))

    def reset(self) -> None:
        """Forget what was typed for the chosen model."""
        self.seeds = _ONE_SEED
        for name in self.defaults():
            self.texts.pop(name, None)

    def config(self) -> RunConfig:
        """Return the run.

        Raises:
            MistakeError: with everything that is wrong, each at its hyperparameter's name.
        """
        return resolve(self.given())

    def configs(self) -> list[RunConfig]:
        """Return the runs, one a seed.

        Raises:
            MistakeError: with everything that is wrong, also with the number of seeds.
        """
        mistakes: list[Mistake] = []
        n = 1
        try:
            n = int(SEEDS.read(self.seeds))  # type: ignore[arg-type]
        except ValueError as error:
            mistakes.append(Mistake(SEEDS.name, str(error), SEEDS.allowed))
        try:
            configs = self.config().with_seeds(n)
        except MistakeError as error:
            mistakes[:0] = error.mistakes
        if mistakes:
            raise MistakeError(mistakes)
        return configs

    def given(self) -> list[Given]:
        """Return what was chosen and typed, as far as the chosen model takes it."""
        what = {"model": self.model, "engine": self.engine, "data": self.data}
        taken = {name: self.texts[name] for name in self.defaults() if name in self.texts}
        return [Given(name, value, name) for name, value in {**what, **taken}.items()]

    def mistakes(self) -> dict[str, str]:
        """Return what is wrong, as a sentence by hyperparameter."""
        try:
            self.configs()
        except MistakeError as error:
            return _sentences(error)
        return self.refusals()

    def refuse(self, config: RunConfig, error: MistakeError) -> None:
        """Note why a run could not be trained; it is told as long as the form holds that run."""
        self._refused = config, error

    def refusals(self) -> dict[str, str]:
        """Return why the run could not be trained when that was last tried, as a sentence by hyperparameter."""
        if self._refused is None:
            return {}
        config, error = self._refused
        try:
            return _sentences(error) if self.config() == config else {}
        except MistakeError:
            return {}

    def refusal_of_all(self) -> str:
        """Return the part of ``refusals`` that is about no single hyperparameter; empty for none."""
        fields = self.defaults()
        return "; ".join(text for name, text in self.refusals().items() if name not in fields)

    @property
    def read_values(self) -> dict[str, Value]:
        """What was typed on how the data is read, as far as it can be read itself."""
        values: dict[str, Value] = {}
        for name in sorted(READ_OPTIONS & self.texts.keys()):
            with contextlib.suppress(ValueError):
                values[name] = TABLE[name].read(self.texts[name])
        return values

    @property
    def wanted(self) -> tuple[str, ReadOptions]:
        """Its data, and how that is read."""
        return self.data, ReadOptions.of(self.read_values)

    def engines(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """Return why each engine cannot train the chosen model, empty where it can.

        Args:
            names: of the engines; all by default.
        """
        return {name: why_not(name, self.model) for name in (registry.names() if names is None else names)}


def _sentences(error: MistakeError) -> dict[str, str]:
    return {mistake.place: mistake.sentence for mistake in error.mistakes}


def why_not(engine: str, model: str) -> str:
    """Return why an engine cannot train a model, empty where it can."""
    found = registry.get(engine)
    return found.unavailable() or ("" if model in found.models() else "does not train it")


def model_titles(engines: Iterable[str]) -> dict[str, str]:
    """Return every model of these engines with its title."""
    return {name: spec.title for engine in engines for name, spec in registry.get(engine).models().items()}


def layer_sizes(values: Mapping[str, object], data: Dataset) -> list[tuple[int, int]]:
    """Return the numbers of inputs and outputs of each layer of a model of fully connected layers.

    Args:
        values: the run's hyperparameters; ``hidden_sizes`` gives the layers between, none without.
        data: gives the number of inputs and of outputs (one for a regression).
    """
    hidden = values.get("hidden_sizes", ())
    assert isinstance(hidden, tuple)  # noqa: S101 - the table checked it
    return list(itertools.pairwise([data.n_features, *hidden, data.n_classes or 1]))


def count_parameters(values: Mapping[str, object], data: Dataset) -> int:
    """Return the number of weights and biases of these layers."""
    return sum((n_in + 1) * n_out for n_in, n_out in layer_sizes(values, data))


def count_updates(values: Mapping[str, object], data: Dataset) -> int:
    """Return the number of steps in one epoch; the last batch may be smaller."""
    batch_size = values.get("batch_size", 1)
    assert isinstance(batch_size, int)  # noqa: S101 - the table checked it
    return -(-len(data.train) // batch_size)


def _text(name: str, value: object) -> str:
    return TABLE[name].format(value)  # type: ignore[arg-type]
