"""The loss along a line: held against a model that is set to every point and measured."""

from typing import Any

import numpy as np
import pytest

from engines import registry
from engines.contract import Array, Dataset
from engines.inspection import Inspectable, Settable
from engines.testing import Config, dataset
from hw1_tui.analysis.inspected_split import inspect_all
from hw1_tui.analysis.landscape import Examples, LossLine, WeightLine, between, downhill

MODELS: list[tuple[str, str, dict[str, Any]]] = [
    ("torch", "mlp", {"hidden_sizes": (7, 5)}),
    ("torch", "logistic_regression", {}),
    ("numpy", "mlp", {"hidden_sizes": (6,), "init": "xavier"}),
    ("numpy", "perceptron", {}),
    ("numpy", "quadratic_network", {"hidden_sizes": (5,)}),
]
T = np.array([-0.5, 0.0, 0.25, 1.0, 1.7])


def start(engine: str, model: str, changes: dict[str, Any], seed: int = 1) -> tuple[Settable, Dataset]:
    spec = registry.get(engine).models()[model]
    data = dataset(regression=spec.task == "regression")
    config = Config(model, {**spec.defaults, "dtype": "float64", **changes})
    trainer = registry.get(engine).start(config, data, np.random.default_rng(seed))
    assert isinstance(trainer, Settable)
    list(trainer.epoch())
    return trainer, data


def weights(trainer: Settable) -> dict[str, Array]:
    return {name: array.copy() for name, array in trainer.parameters().items()}


def measured(trainer: Settable, point: dict[str, Array]) -> dict[str, float]:
    trainer.set_parameters(point)
    return {"train": trainer.evaluate("train").loss, "val": trainer.evaluate("val").loss}


@pytest.mark.parametrize(
    ("engine", "model", "changes"), MODELS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_two_products_give_the_loss_of_a_model_that_is_set_to_every_point(engine, model, changes) -> None:
    spec = registry.get(engine).models()[model]
    trainer, data = start(engine, model, changes)
    one = weights(trainer)
    list(trainer.epoch())
    direction = between(one, weights(trainer))
    splits = {name: Examples(data.features(data[name].x), data[name].y) for name in ("train", "val")}
    activation = str({**spec.defaults, **changes}.get("activation", ""))
    got = WeightLine(one, direction, splits, activation, spec.loss).losses(T)
    for place, t in enumerate(T):
        expected = measured(trainer, {name: one[name] + t * direction[name] for name in one})
        for split, loss in expected.items():
            assert got.losses[split][place] == pytest.approx(loss, rel=1e-9), (split, t)


def test_along_the_gradient_it_falls_as_fast_as_the_gradient_is_long() -> None:
    trainer, data = start(*MODELS[0])
    assert isinstance(trainer, Inspectable)
    inside = inspect_all(trainer, data.train.x, data.train.y)
    splits = {"train": Examples(data.features(data.train.x), data.train.y)}
    line = WeightLine(weights(trainer), downhill(inside.gradients), splits, "relu", "cross-entropy")
    got = line.losses([0.0, 1e-6])
    slope = (got.losses["train"][1] - got.losses["train"][0]) / 1e-6
    assert slope == pytest.approx(-sum(float((g**2).sum()) for g in inside.gradients.values()), rel=1e-4)


def test_models_of_other_sizes_have_no_line_between_them() -> None:
    one, other = start("torch", "mlp", {"hidden_sizes": (7,)})[0], start("torch", "mlp", {"hidden_sizes": (8,)})[0]
    with pytest.raises(ValueError, match="no line leads"):
        between(weights(one), weights(other))


def line(t: list[float], loss: list[float]) -> LossLine:
    return LossLine(np.array(t), {"val": np.array(loss)})


def test_a_barrier_is_what_rises_above_the_higher_end() -> None:
    assert line([-1, 0, 0.5, 1, 2], [9, 1.0, 2.5, 2.0, 9]).barrier("val") == pytest.approx(0.5)
    assert line([0, 0.5, 1], [1.0, 1.9, 2.0]).barrier("val") == 0.0


def test_the_longest_descent_ends_where_the_loss_is_back_at_its_start() -> None:
    """Of a model with one weight, whose loss along a line is (1 - t)^2 / 2, that is at t = 2."""
    one = {"W1": np.array([[0.0]]), "b1": np.array([0.0])}
    up = {"W1": np.array([[1.0]]), "b1": np.array([0.0])}
    line = WeightLine(one, up, {"train": Examples(np.ones((1, 1)), np.ones(1))}, "", "half squared error")
    for step in (1e-6, 1.0, 200.0, 1e9):  # of the last a millionth still leads far beyond
        assert line.longest_descent("train", step) == pytest.approx(2.0, rel=0.05)
    down = {name: -array for name, array in up.items()}
    away = WeightLine(one, down, {"train": Examples(np.ones((1, 1)), np.ones(1))}, "", "half squared error")
    assert away.longest_descent("train", 1.0) == 0.0
    two = {"W1": np.zeros((2, 1)), "b1": np.zeros(2)}
    apart = {"W1": np.array([[1.0], [-1.0]]), "b1": np.zeros(2)}
    split = {"train": Examples(np.array([[1.0], [-1.0]]), np.array([0, 1]))}
    endless = WeightLine(two, apart, split, "", "cross-entropy")
    assert endless.longest_descent("train", 1e-3) == np.inf, "what is told apart ever more surely has no longest step"
    assert line.losses([0, 1, 3]).lowest("train") == 1.0
