"""Networks trained together take the steps that each takes alone."""

from types import SimpleNamespace

import numpy as np
import pytest

from engines.contract import Dataset, EngineError, Split
from engines.torch_engine import TorchEngine
from engines.torch_engine.stacked import TorchStack


def dataset(regression=False):
    rng = np.random.default_rng(0)

    def split(n):
        return Split(rng.normal(size=(n, 10)), rng.normal(size=n) if regression else rng.integers(0, 3, n))

    return Dataset("noise", split(90), split(20), split(20), () if regression else ("a", "b", "c"))


def start(seed=42, model="mlp", data=None, **values):
    hyperparameters = {"hidden_sizes": (8, 6), "batch_size": 16, "learning_rate": 0.05, "dtype": "float64", **values}
    if model == "logistic_regression":
        del hyperparameters["hidden_sizes"]
    data = data or dataset(model == "quadratic_network")
    config = SimpleNamespace(model=model, hyperparameters=hyperparameters)
    return TorchEngine().start(config, data, np.random.default_rng(seed))


def assert_close(first, second):
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_allclose(array, second[name], rtol=1e-9, atol=1e-12, err_msg=name)


SWEEPS = [
    [{"dropout": 0.01}, {"dropout": 0.25}, {"dropout": 0.5}, {"dropout": 0.0}],
    [{"learning_rate": 0.01}, {"learning_rate": 0.1}],
    [{"l2": 0.0}, {"l2": 0.1}, {"l2": 0.01, "learning_rate": 0.2}],
    [{"momentum": 0.0}, {"momentum": 0.9}, {"momentum": 0.5, "l2": 0.1}],
    [{"init": "he"}, {"init": "course"}],
    [{"model": "logistic_regression"}, {"model": "logistic_regression", "learning_rate": 0.5}],
    [{"model": "quadratic_network", "learning_rate": 1e-3}, {"model": "quadratic_network", "learning_rate": 1e-4}],
]


@pytest.mark.parametrize("sweep", SWEEPS)
def test_members_end_where_each_ends_alone(sweep):
    alone, together = ([start(**values) for values in sweep] for _ in range(2))
    expected = [[list(trainer.epoch())[-1] for trainer in alone] for _ in range(2)]
    stack = TorchStack(together)
    for losses in expected:
        for progress, single in zip(list(stack.epoch())[-1], losses, strict=True):
            assert progress.examples == single.examples == 90
            assert progress.loss == pytest.approx(single.loss, rel=1e-10)
    for member, trainer in zip(together, alone, strict=True):
        assert_close(member.parameters(), trainer.parameters())
        assert_close(member.state(), trainer.state())
        assert member.evaluate("val").loss == pytest.approx(trainer.evaluate("val").loss)


def test_members_can_leave_inside_an_epoch_and_come_back_adjusted(monkeypatch):
    monkeypatch.setattr("engines.torch_engine.stacked.SECONDS_BETWEEN_YIELDS", 0.0)
    alone, together = ([start(momentum=m) for m in (0.0, 0.9)] for _ in range(2))
    steps = TorchStack(together).epoch()
    assert next(steps)[0].examples == 16
    steps.close()
    for member, trainer in zip(together, alone, strict=True):
        member.load(member.state())
        for one in (member, trainer):
            list(one.epoch())
            one.adjust(learning_rate=0.01, momentum=0.5)
        list(trainer.epoch())
    list(TorchStack(together).epoch())
    for member, trainer in zip(together, alone, strict=True):
        assert_close(member.state(), trainer.state())


def test_the_same_sweep_twice_is_the_same_bit_for_bit():
    def final():
        members = [start(dropout=p, dtype="float32") for p in (0.1, 0.5)]
        for _ in range(2):
            list(TorchStack(members).epoch())
        return [member.parameters()["W1"] for member in members]

    for first, second in zip(final(), final(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_member_that_diverges_harms_no_other():
    calm, wild, alone = start(), start(learning_rate=1e200), start()
    for _ in range(2):
        list(TorchStack([calm, wild]).epoch())
        list(alone.epoch())
    assert not np.isfinite(wild.parameters()["W1"]).all()
    assert_close(calm.parameters(), alone.parameters())


@pytest.mark.parametrize("values", [{"hidden_sizes": (8,)}, {"batch_size": 8}, {"optimizer": "adam"}])
def test_runs_that_do_not_go_together_are_refused(values):
    with pytest.raises(EngineError, match="cannot be trained together"):
        TorchStack([start(), start(**values)])


def test_different_orders_of_examples_are_refused():
    with pytest.raises(EngineError, match="different orders"):
        TorchStack([start(), start(seed=1)])
    ahead = start()
    list(ahead.epoch())
    with pytest.raises(EngineError, match="different orders"):
        TorchStack([start(), ahead])
