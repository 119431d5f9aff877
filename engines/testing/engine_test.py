"""What every part of the suite starts from."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest

from engines.contract import Dataset, Engine, Progress, Trainer
from engines.testing.drawn import Config, dataset


class EngineTest:
    """A test of an engine: its models, and a trainer of each.

    Attributes:
        engine: what is tested.
    """

    engine: Engine

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test that asks for a model with all of them."""
        if "model" in metafunc.fixturenames:
            metafunc.parametrize("model", sorted(self.engine.models()))

    def config(self, model: str, **changes: Any) -> Config:
        """Return a configuration with the model's defaults and some other values."""
        return Config(model, {**self.engine.models()[model].defaults, **changes})

    def is_regression(self, model: str) -> bool:
        """Return whether what the model tells is a number."""
        return self.engine.models()[model].task == "regression"

    def start(self, model: str, seed: int = 3, data: Dataset | None = None, **changes: Any) -> Trainer:
        """Return a fresh trainer, on ``dataset()`` where no other data is given."""
        data = data or dataset(regression=self.is_regression(model))
        return self.engine.start(self.config(model, **changes), data, np.random.default_rng(seed))

    def stopped_within(self, model: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Trainer, Trainer, Progress]:
        """Return a trainer that stands inside its second epoch, by a clock that leaps at every look at it."""
        clock = itertools.count(0.0, 1.0)
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: next(clock))
        data = dataset(900, self.is_regression(model))
        trainer, twin = self.start(model, data=data), self.start(model, seed=4, data=data)
        list(trainer.epoch())
        progress = next(trainer.epoch())
        if progress.examples == len(data.train):
            pytest.skip("this engine trains such an epoch in one piece")
        return trainer, twin, progress
