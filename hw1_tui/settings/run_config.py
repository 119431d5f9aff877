"""What one run is: model, engine, data and every hyperparameter, checked as a whole."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, starmap
from typing import Any

from engines import registry
from engines.contract import EngineError, ModelSpec, Value, engine_errors
from hw1_tui.markup import as_written, option_words
from hw1_tui.mistake import Mistake, MistakeError, nearest_name, unknown_name
from hw1_tui.read_options import AUTO, ReadOptions
from hw1_tui.settings.hyperparameter import format_number, plain_value
from hw1_tui.settings.seed import SEED_NAMES, plain_seeds
from hw1_tui.settings.table import SESSION_ADJUSTABLE, SESSION_DEFAULTS, TABLE, UNSAID

DEFAULT_MODEL = "mlp"
DEFAULT_ENGINE = "numpy"
DEFAULT_DATA = "builtin"
NAMED_DATA = (DEFAULT_DATA, "digits", "quadratic")
"""What the program brings along, by the names of ``hw1_tui.data.NAMED``, which loads numpy."""

_WHAT = ("model", "engine", "data")


@dataclass(frozen=True)
class Given:
    """One value as a user gave it.

    Attributes:
        name: ``model``, ``engine``, ``data`` or a hyperparameter, as in the table.
        value: text from a command line or form, or a typed value from a file.
        place: where it was given: ``--learning-rate`` or ``run.toml, learning_rate``.
    """

    name: str
    value: Any
    place: str


@dataclass(frozen=True)
class RunConfig:
    """A run to be trained; every value has been checked.

    Attributes:
        model: name of the model.
        engine: name of the engine.
        data: where the data comes from: a name such as ``builtin``, a file or a folder.
        hyperparameters: every hyperparameter that the model takes, by name.
    """

    model: str
    engine: str
    data: str
    hyperparameters: Mapping[str, Any]

    @property
    def epochs(self) -> int:
        """How many epochs are planned."""
        return int(self.hyperparameters["epochs"])

    @property
    def spec(self) -> ModelSpec:
        """What the engine says of the model."""
        return registry.get(self.engine).models()[self.model]

    @property
    def adjustable(self) -> frozenset[str]:
        """The hyperparameters that can change while the run trains."""
        return self.spec.adjustable | SESSION_ADJUSTABLE

    @property
    def read_options(self) -> ReadOptions:
        """How its data is read."""
        return ReadOptions.of(self.hyperparameters)

    @property
    def wanted(self) -> tuple[str, ReadOptions]:
        """Its data, and how that is read."""
        return self.data, self.read_options

    def as_dict(self) -> dict[str, Any]:
        """Return the run as a flat dictionary fit for JSON and TOML."""
        said = {name: v for name, v in self.hyperparameters.items() if name not in UNSAID or v != AUTO}
        values = {name: plain_value(value) for name, value in said.items()}
        return {"model": self.model, "engine": self.engine, "data": self.data, **values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str = "") -> RunConfig:
        """Return the run that a flat dictionary describes, such as ``as_dict`` gives.

        Args:
            values: names and values.
            source: the file's name for the places of mistakes; empty for none.

        Raises:
            MistakeError: with every mistake, each at its place.
        """
        return resolve(given_values(values, source))

    def copy(self) -> RunConfig:
        """Return the run for an engine: what that does to its settings is its own."""
        return replace(self, hyperparameters=dict(self.hyperparameters))

    def changed(self, **changes: Value) -> RunConfig:
        """Return the run with other values, checked.

        Raises:
            MistakeError: a value is not allowed, or the model does not take it.
        """
        return RunConfig.from_dict({**self.as_dict(), **changes})

    def with_seeds(self, n: int) -> list[RunConfig]:
        """Return the runs with n seeds: this one's and those that follow it.

        Raises:
            MistakeError: a seed would be too large, or weights and order both have seeds of their own.
        """
        if n > 1 and AUTO not in (self.hyperparameters[name] for name in SEED_NAMES[1:]):
            problem = "weights_seed and order_seed are both set, and runs with other seeds would all be the same"
            raise MistakeError(Mistake("seeds", problem, "one of these two auto, or one seed"))
        first = self.hyperparameters["seed"]
        return [self.changed(seed=seed) for seed in range(first, first + n)]

    def command(self, seeds: int = 1) -> str:
        """Return the shell line that trains this run headless, or one a seed; what is default is left out."""
        defaults = default_values(self.engine, self.model)
        given = {"--model": self.model, "--engine": self.engine, "--data": self.data}
        for name, value in self.hyperparameters.items():
            if value != defaults[name]:
                given[TABLE[name].option] = TABLE[name].format(value)
        given |= {"--seeds": str(seeds)} if seeds > 1 else {}
        return shlex.join(["hw1-tui", "--batch", "train", *chain.from_iterable(starmap(option_words, given.items()))])


def default_values(engine: str, model: str) -> dict[str, Value]:
    """Return every hyperparameter that a model takes with its default, in the order of the table."""
    defaults = {**SESSION_DEFAULTS, **registry.get(engine).models()[model].defaults}
    return {name: defaults[name] for name in TABLE if name in defaults}


def takers(name: str) -> list[str]:
    """Return which models take a hyperparameter, each as ``model (engine)``."""
    return [
        f"{model} ({engine})"
        for engine in registry.names()
        for model in registry.get(engine).models()
        if name in default_values(engine, model)
    ]


def given_values(record: Mapping[str, Any], source: str) -> list[Given]:
    """Return the entries of a flat dictionary, such as a TOML file, each with its place.

    Args:
        record: names and values.
        source: the file's name for the places; empty for none.
    """
    return [Given(name, value, f"{source}, {name}" if source else name) for name, value in record.items()]


def resolve(given: Iterable[Given]) -> RunConfig:
    """Return the run that a user described; what was given later wins.

    Raises:
        MistakeError: with every mistake, each at its place; also with what the engine says beforehand it cannot train.
    """
    given = list(given)
    mistakes: list[Mistake] = []
    what = {"model": DEFAULT_MODEL, "engine": DEFAULT_ENGINE, "data": DEFAULT_DATA}
    places = {"model": "model", "engine": "engine", **{entry.name: entry.place for entry in given}}
    for entry in given:
        if entry.name in _WHAT:
            if isinstance(entry.value, str) and entry.value.strip():
                what[entry.name] = entry.value
            else:
                mistakes.append(Mistake(entry.place, f"{as_written(entry.value)} is not a name"))
    mistakes += _model_mistakes(what["engine"], what["model"], places)
    known = not mistakes
    values = default_values(what["engine"], what["model"]) if known else {}
    for entry in given:
        if entry.name not in _WHAT:
            _take(entry, what, values, known, mistakes)
    config = RunConfig(what["model"], what["engine"], what["data"], values)
    if known:
        mistakes += [*_refused(config, places), *_share_mistakes(config.read_options, places)]
    if mistakes:
        raise MistakeError(mistakes)
    return config


def _refused(config: RunConfig, places: Mapping[str, str]) -> list[Mistake]:
    """Return what the engine says beforehand it cannot train."""
    from engines.capability import refusals_of  # not for the interface's first frame, which checks no run

    engine = registry.get(config.engine)
    try:
        with engine_errors(config.engine):
            refusals = [(entry.name, entry.problem, entry.allowed) for entry in refusals_of(engine, config)]
    except EngineError as error:
        return [Mistake(places["engine"], str(error))]
    return [Mistake(places.get(name, name), problem, allowed) for name, problem, allowed in refusals]


def _share_mistakes(options: ReadOptions, places: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield that the shares that are split off leave nothing to train on."""
    val, test = options.val_share or 0.0, options.test_share or 0.0
    if val + test >= 1:
        problem = f"{format_number(test)} and a val_share of {format_number(val)} leave nothing to train on"
        yield Mistake(places.get("test_share", "test_share"), problem, "together below 1")


def _model_mistakes(engine: str, model: str, places: Mapping[str, str]) -> list[Mistake]:
    """Return what is wrong with the choice of engine and model."""
    if engine not in registry.names():
        return [unknown_name(places["engine"], "engine", engine, registry.names())]
    models = registry.get(engine).models()
    if model in models:
        return []
    if not models and (reason := registry.get(engine).unavailable()):
        return [Mistake(places["engine"], f"the {engine} engine is not available: {reason}")]
    others = [name for name in registry.names() if model in registry.get(name).models()]
    if others:
        verb = "does" if len(others) == 1 else "do"
        problem = f"the {engine} engine does not train {model!r}; {' and '.join(others)} {verb}"
        return [Mistake(places["model"], problem, f"with {engine}: {', '.join(models)}")]
    names = sorted({m for name in registry.names() for m in registry.get(name).models()})
    return [unknown_name(places["model"], "model", model, names)]


def _take(
    entry: Given, what: Mapping[str, str], values: dict[str, Value], known: bool, mistakes: list[Mistake]
) -> None:
    """Put one hyperparameter into ``values``, or say in ``mistakes`` why not."""
    if entry.name not in TABLE:
        names = [*_WHAT, *TABLE]
        problem = "there is no such hyperparameter"
        mistakes.append(Mistake(entry.place, problem, nearest=nearest_name(entry.name, names)))
        return
    hyperparameter = TABLE[entry.name]
    if known and entry.name not in values:
        problem = f"{what['model']} of the {what['engine']} engine does not take it"
        who = takers(entry.name)
        mistakes.append(Mistake(entry.place, problem, f"with {', '.join(who)}" if who else ""))
        return
    try:
        is_text = isinstance(entry.value, str)
        values[entry.name] = hyperparameter.read(entry.value) if is_text else hyperparameter.check(entry.value)
    except ValueError as error:
        nearest = hyperparameter.nearest(entry.value) if isinstance(entry.value, str) else ""
        mistakes.append(Mistake(entry.place, str(error), hyperparameter.allowed, nearest))


def differ_in_seed(one: RunConfig, other: RunConfig) -> bool:
    """Return whether two runs have different seeds and all else in common."""
    if plain_seeds(one.hyperparameters) == plain_seeds(other.hyperparameters):
        return False
    first, second = (
        {name: value for name, value in config.as_dict().items() if name not in SEED_NAMES} for config in (one, other)
    )
    return first == second
