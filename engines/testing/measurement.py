"""That what a trainer measures and predicts agrees, and that measuring changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from engines.capability import (
    Measuring,
    measure,
)
from engines.contract import Evaluation
from engines.inspection import Inspectable
from engines.testing.drawn import CLASSES, N_FEATURES, dataset, same
from engines.testing.engine_test import EngineTest


class MeasurementContract(EngineTest):
    """What measuring must hold to."""

    def test_looking_changes_nothing(self, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        trainer, _twin, _progress = self.stopped_within(model, monkeypatch)
        spec, test = self.engine.models()[model], dataset(regression=self.is_regression(model)).test
        before = trainer.state()
        trainer.evaluate("train")
        trainer.evaluate("val")
        trainer.predict(test.x)
        measure(trainer, spec, test.x, test.y)
        trainer.parameters()
        if isinstance(trainer, Inspectable):
            trainer.inspect(test.x, test.y)
            trainer.score_gradients(test.x, np.zeros(len(test), np.int64))
        assert same(before, trainer.state())

    def test_predictions_are_probabilities_or_targets(self, model: str) -> None:
        trainer, data = self.start(model), dataset()
        list(trainer.epoch())
        got = trainer.predict(data.test.x)
        if self.is_regression(model):
            assert got.shape == (30,)
        else:
            assert got.shape == (30, len(CLASSES))
            assert (got >= 0).all()
            np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-5)

    def test_evaluation_agrees_with_predictions(self, model: str) -> None:
        trainer, data = self.start(model), dataset(regression=self.is_regression(model))
        list(trainer.epoch())
        evaluation, got = trainer.evaluate("test"), trainer.predict(data.test.x)
        assert isinstance(evaluation, Evaluation)
        if self.is_regression(model):
            assert evaluation.accuracy is None
            assert evaluation.loss == pytest.approx(((got - data.test.y) ** 2).mean() / 2, rel=1e-5)
        else:
            assert evaluation.accuracy == pytest.approx((got.argmax(axis=1) == data.test.y).mean())

    def test_examples_one_by_one_agree_with_the_evaluation_of_their_split(self, model: str) -> None:
        spec = self.engine.models()[model]
        data = dataset(1100, self.is_regression(model))
        trainer = self.start(model, data=data)
        list(trainer.epoch())
        evaluation, got = trainer.evaluate("train"), measure(trainer, spec, data.train.x, data.train.y)
        assert got.losses.shape == got.predicted.shape == (1100,)
        if isinstance(trainer, Measuring) or np.isfinite(got.losses).all():
            assert got.losses.mean(dtype=np.float64) == pytest.approx(evaluation.loss, rel=1e-5)
        if evaluation.accuracy is not None:
            assert (got.predicted == data.train.y).mean() == evaluation.accuracy
        if got.probabilities is not None:
            np.testing.assert_allclose(got.probabilities, trainer.predict(data.train.x), rtol=1e-5, atol=1e-7)

    def test_parameters_are_named_layer_by_layer(self, model: str) -> None:
        parameters = self.start(model).parameters()
        assert parameters["W1"].shape[1] == N_FEATURES
        for number in range(1, len([name for name in parameters if name.startswith("W")]) + 1):
            assert parameters[f"b{number}"].shape == parameters[f"W{number}"].shape[:1]
