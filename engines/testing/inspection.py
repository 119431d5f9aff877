"""That what is shown of a model's inside is what it computes with; engines that show nothing skip it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engines.capability import (
    measure,
)
from engines.contract import Dataset, EngineError
from engines.inspection import Inspectable, Settable
from engines.testing.drawn import N_FEATURES, dataset
from engines.testing.engine_test import EngineTest


class InspectionContract(EngineTest):
    """What looking inside must hold to."""

    def inspected(self, model: str) -> tuple[Inspectable, Dataset]:
        """Return a trainer that shows what is inside, trained a little in float64, and its data."""
        spec = self.engine.models()[model]
        exact: dict[str, Any] = {"dtype": "float64"} if "dtype" in spec.defaults else {}
        data = dataset(regression=self.is_regression(model), as_bytes=False)
        trainer = self.start(model, data=data, **exact)
        if not isinstance(trainer, Inspectable):
            pytest.skip("this engine does not show what is inside")
        list(trainer.epoch())
        return trainer, data

    def test_what_is_inside_agrees_with_what_is_measured(self, model: str) -> None:
        trainer, data = self.inspected(model)
        x, y = data.test.x, data.test.y
        got, told = trainer.inspect(x, y), measure(trainer, self.engine.models()[model], x, y)
        np.testing.assert_allclose(got.losses, told.losses, rtol=1e-6, atol=1e-9)
        predicted = got.scores[:, 0] if data.is_regression else got.scores.argmax(axis=1)
        np.testing.assert_allclose(predicted, told.predicted)
        assert [len(z) for z in got.z] == [30] * len(got.z)
        assert [h.shape for h in got.h] == [z.shape for z in got.z[:-1]]
        shapes = [{name: a.shape for name, a in each.items()} for each in (got.gradients, trainer.parameters())]
        assert shapes[0] == shapes[1]

    def test_gradients_are_central_differences_of_the_loss(self, model: str) -> None:
        trainer, data = self.inspected(model)
        if not isinstance(trainer, Settable):
            pytest.skip("this engine's parameters cannot be set")
        before = {name: array.copy() for name, array in trainer.parameters().items()}
        for name, gradient in trainer.inspect(data.test.x, data.test.y).gradients.items():
            place = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
            losses = []
            for step in (1e-6, -1e-6):
                moved = before[name].copy()
                moved[place] += step
                trainer.set_parameters({name: moved})
                losses.append(trainer.inspect(data.test.x, data.test.y).losses.mean())
            trainer.set_parameters({name: before[name]})
            assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(gradient[place], rel=1e-4, abs=1e-7), name

    def test_gradients_of_scores_are_their_central_differences(self, model: str) -> None:
        trainer, data = self.inspected(model)
        x, y = data.test.x, np.zeros(30, np.int64) if data.is_regression else data.test.y
        gradients = trainer.score_gradients(x, y)
        assert gradients.shape == x.shape
        for feature in (0, N_FEATURES - 1):
            step = np.zeros(N_FEATURES)
            step[feature] = 1e-6
            above, below = (trainer.inspect(x + sign * step, data.test.y).scores for sign in (1, -1))
            difference = (above - below)[np.arange(30), y] / 2e-6
            np.testing.assert_allclose(gradients[:, feature], difference, rtol=1e-4, atol=1e-7)

    def test_parameters_that_are_set_are_those_of_another_and_nothing_else_is(self, model: str) -> None:
        trainer, twin = self.start(model), self.start(model, seed=4)
        if not isinstance(trainer, Settable):
            pytest.skip("this engine's parameters cannot be set")
        list(twin.epoch())
        wanted = {name: array.copy() for name, array in twin.parameters().items()}
        trainer.set_parameters(wanted)
        for name, array in trainer.parameters().items():
            np.testing.assert_allclose(array, wanted[name], rtol=1e-6)
        assert trainer.evaluate("test").loss == pytest.approx(twin.evaluate("test").loss, rel=1e-5)
        assert np.array_equal(trainer.state()["generator"], self.start(model).state()["generator"])
        for mistaken in ({"W9": wanted["W1"]}, {"W1": wanted["W1"][:, :-1]}):
            with pytest.raises(EngineError):
                trainer.set_parameters(mistaken)
        assert trainer.evaluate("test").loss == pytest.approx(twin.evaluate("test").loss, rel=1e-5)
