"""Finding engines by name: the built-in ones, and plug-ins by entry point (group ``hw1_tui.engines``)."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engines.contract import Config, Dataset, Engine, EngineError, ModelSpec, Trainer, describe_error
from engines.interruption import is_interruption

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import numpy as np

GROUP = "hw1_tui.engines"

BUILT_IN = {
    "numpy": "engines.numpy_engine:NumpyEngine",
    "torch": "engines.torch_engine:TorchEngine",
}
"""Module and class of the built-in engines. They are there without package metadata, as in a bare clone, and before the
plug-ins were looked for; they win over plug-ins of their names."""


class BrokenEngine:
    """Stands for an engine that could not be loaded: it is listed, says why, and trains nothing.

    Args:
        name: the engine's name.
        reason: what went wrong, in one sentence.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def unavailable(self) -> str:
        """Return what went wrong when it was loaded."""
        return self._reason

    def models(self) -> Mapping[str, ModelSpec]:
        """Return no models."""
        return {}

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> Trainer:
        """Refuse.

        Raises:
            EngineError: always.
        """
        del config, data, rng
        raise EngineError(self._reason)


def names() -> tuple[str, ...]:
    """Return the names of all engines, the built-in ones first; none is loaded for it."""
    return tuple(found())


@functools.cache
def get(name: str) -> Engine:
    """Return an engine, loaded when it is first asked for.

    Raises:
        EngineError: there is none of that name. One that cannot be loaded is returned all the same, and says so
            by ``unavailable()``.
    """
    where = BUILT_IN.get(name) or found().get(name)
    if where is None:
        raise EngineError(f"there is no engine {name!r}; there are {', '.join(names())}")
    try:
        return _tried(_load(where)())
    except BaseException as error:  # whatever a stranger's package does on import, which need not be an Exception
        if is_interruption(error):
            raise
        return BrokenEngine(name, f"engine {name!r} ({where}) could not be loaded: {describe_error(error)}")


def _load(where: str) -> Any:
    """Return what an entry point's value names, such as ``package.module:Engine``."""
    module, _, name = where.partition("[")[0].strip().partition(":")
    return functools.reduce(getattr, name.split("."), importlib.import_module(module))


def _tried(engine: Engine) -> Engine:
    """Return an engine that answers what every engine is asked before it trains.

    Raises:
        TypeError: it does not, or not as the contract says.
    """
    if not isinstance(engine.unavailable(), str) or not callable(engine.start):
        raise TypeError("it says neither whether it can be used nor how to start it")
    for model, spec in engine.models().items():
        if not isinstance(spec, ModelSpec):
            raise TypeError(f"its model {model!r} is no ModelSpec")
    return engine


def found() -> dict[str, str]:
    """Return where each engine is, by name, the built-in ones first; of several of one name the first."""
    places = dict(BUILT_IN)
    for entry in plug_ins():
        places.setdefault(entry.name, entry.value)
    return places


def passed_over() -> tuple[str, ...]:
    """Return a sentence on every plug-in that is not used because another engine has its name."""
    used = found()
    return tuple(
        f"The engine {entry.name!r} of {entry.value!r} is passed over: {used[entry.name]!r} has the name."
        for entry in plug_ins()
        if entry.value != used[entry.name]
    )


@functools.cache
def plug_ins() -> tuple[EntryPoint, ...]:
    """Return the entry points that installed packages have, the built-in ones among them."""
    from importlib.metadata import entry_points  # not for the interface's first frame, which has the built-in engines

    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))
