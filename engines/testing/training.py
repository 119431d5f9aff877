"""That an engine learns from all examples, the same with the same seed, whatever the data and settings are."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.contract import SPLITS
from engines.standardization import Standardization
from engines.testing.drawn import dataset, same
from engines.testing.engine_test import EngineTest


class TrainingContract(EngineTest):
    """What training must hold to."""

    def test_same_seed_same_run(self, model: str) -> None:
        one, two, other = self.start(model), self.start(model), self.start(model, seed=4)
        progress = [[list(trainer.epoch())[-1] for _ in range(2)] for trainer in (one, two, other)]
        assert progress[0] == progress[1]
        assert same(one.parameters(), two.parameters())
        assert not same(one.parameters(), other.parameters())

    def test_epoch_ends_with_all_examples_and_a_loss(self, model: str) -> None:
        trainer = self.start(model)
        for _ in range(2):
            progress = list(trainer.epoch())
            assert [p.examples for p in progress] == sorted({p.examples for p in progress})
            assert progress[-1].examples == 90
            assert np.isfinite(progress[-1].loss)

    def test_training_learns(self, model: str) -> None:
        trainer = self.start(model)
        before = trainer.evaluate("train")
        for _ in range(30):
            list(trainer.epoch())
        after = trainer.evaluate("train")
        # A perceptron starts with no loss at all, but does not know the classes yet.
        learned = before.accuracy is not None and after.accuracy is not None and after.accuracy > before.accuracy
        assert after.loss < before.loss or (before.loss == 0 and learned)

    def test_thousands_of_epochs_over_at_once_can_be_trained(self, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What adapts to the time between two yields has its bounds, also where that time is none."""
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: 0.0)
        trainer = self.start(model, data=dataset(4, self.is_regression(model)))
        for _ in range(1100):
            assert [progress.examples for progress in trainer.epoch()][-1] == 4

    def test_a_batch_larger_than_the_split_is_all_of_it(self, model: str) -> None:
        if "batch_size" not in self.engine.models()[model].defaults:
            pytest.skip("it has no batches")
        whole, larger = self.start(model, batch_size=90), self.start(model, batch_size=1_000_000)
        assert list(whole.epoch()) == list(larger.epoch())
        assert same(whole.parameters(), larger.parameters())

    def test_standardised_features_are_those_that_are_learned(self, model: str) -> None:
        plain = dataset(regression=self.is_regression(model), as_bytes=False)
        found = Standardization(plain.train.x.mean(axis=0), 1 / plain.train.x.std(axis=0))
        done = {split: replace(plain[split], x=found.apply(plain[split].x, np.float64)) for split in SPLITS}
        losses = []
        for data in (replace(plain, standardization=found), replace(plain, **done)):  # type: ignore[arg-type]
            trainer = self.start(model, data=data)
            list(trainer.epoch())
            losses.append(trainer.evaluate("test").loss)
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)

    def test_bytes_and_floats_are_the_same_examples(self, model: str) -> None:
        losses = []
        for as_bytes in (True, False):
            trainer = self.start(model, data=dataset(regression=self.is_regression(model), as_bytes=as_bytes))
            list(trainer.epoch())
            losses.append(trainer.evaluate("test").loss)
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    def test_an_empty_validation_split_is_no_obstacle(self, model: str) -> None:
        trainer = self.start(model, data=dataset(regression=self.is_regression(model), empty_val=True))
        assert list(trainer.epoch())[-1].examples == 90
        assert trainer.evaluate("test").loss >= 0

    def test_adjusting_takes_effect_and_only_that(self, model: str) -> None:
        spec = self.engine.models()[model]
        for name in sorted(spec.adjustable - {"batch_size"}):
            value: Any = spec.defaults[name]
            usual, again, adjusted = self.start(model), self.start(model), self.start(model)
            again.adjust(**{name: value})
            adjusted.adjust(**{name: value * 0.5 if value else 0.25})
            for trainer in (usual, again, adjusted):
                list(trainer.epoch())
            assert same(usual.parameters(), again.parameters()), name
            assert not same(usual.parameters(), adjusted.parameters()), name
