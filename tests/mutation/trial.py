"""Judging mutants: each in a process of its own, which a mutant may damage or keep busy as it likes."""

from __future__ import annotations

import itertools
import os
import random
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from tests.mutation.mutant import Mutant, mutants_of
from tests.mutation.subject import Subject

_SURVIVED, _CAUGHT = 0, 1


class _MutantImporter(MetaPathFinder, Loader):
    """Imports the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name == self.mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code, module.__dict__)  # noqa: S102 - running it is the purpose


def read_mutants(subject: Subject, only: str = "") -> Iterator[Mutant]:
    """Yield the mutants of a subject's modules whose place has ``only`` in it."""
    for module in subject.modules:
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        for mutant in mutants_of(module, Path(spec.origin).read_text("utf-8"), spec.origin, only):
            if mutant.function and mutant.place not in subject.left_out:
                yield mutant


def sample(mutants: Sequence[Mutant], count: int) -> list[Mutant]:
    """Return so many mutants of each module at the most, in their order; the same each time."""
    places: dict[str, list[int]] = {}
    for place, mutant in enumerate(mutants):
        places.setdefault(mutant.module, []).append(place)
    rng = random.Random(0)
    drawn = [rng.sample(found, min(count, len(found))) for found in places.values()]
    return [mutants[place] for place in sorted(itertools.chain(*drawn))]


def judge_mutants(subject: Subject, mutants: Iterable[Mutant], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, in any order, with whether it was caught."""
    running: dict[int, Mutant] = {}
    for mutant in mutants:
        if len(running) == jobs:
            yield _wait(running)
        running[_start(subject, mutant)] = mutant
    while running:
        yield _wait(running)


def _start(subject: Subject, mutant: Mutant) -> int:
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = _CAUGHT
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (subject.seconds, subject.seconds))
        for name in [name for name in sys.modules if name.startswith(subject.purged)]:
            del sys.modules[name]
        sys.meta_path.insert(0, _MutantImporter(mutant))
        code = _CAUGHT if subject.judge() else _SURVIVED
    finally:
        os._exit(code)


def _wait(running: dict[int, Mutant]) -> tuple[Mutant, bool]:
    process, status = os.wait()
    return running.pop(process), status != _SURVIVED
