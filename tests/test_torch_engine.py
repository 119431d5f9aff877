"""The torch engine against torch used by hand, and what it promises of randomness, states and refusals."""

import subprocess
import sys
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engines.contract import Dataset, EngineError, Split
from engines.torch_engine import TorchEngine


@dataclass
class Config:
    model: str
    hyperparameters: dict[str, Any] = field(default_factory=dict)


def blobs(n=90, n_features=10, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(3, n_features))

    def split(n):
        y = rng.integers(0, 3, n)
        return Split(centres[y] + rng.normal(size=(n, n_features)), y)

    return Dataset("blobs", split(n), split(40), split(40), ("a", "b", "c"))


def mlp(**values):
    return Config("mlp", {"hidden_sizes": (8, 6), "batch_size": 16, "learning_rate": 0.05, **values})


def start(config, data=None, seed=42):
    return TorchEngine().start(config, data or blobs(), np.random.default_rng(seed))


def train(trainer, epochs=1):
    return [list(trainer.epoch())[-1].loss for _ in range(epochs)]


def weights(trainer):
    return {name: array.copy() for name, array in trainer.parameters().items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)


def by_hand(data, initial, order, make_optimizer, activation=nn.ReLU, batch_size=16):
    """One epoch as a student would write it; return the mean of the batch losses and the model."""
    sizes = [initial["W1"].shape[1]] + [len(initial[f"b{i}"]) for i in range(1, len(initial) // 2 + 1)]
    modules = []
    for n_in, n_out in pairwise(sizes):
        modules += [nn.Linear(n_in, n_out, dtype=torch.float64), activation()]
    model = nn.Sequential(*modules[:-1])
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), initial.values(), strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = make_optimizer(model.parameters())
    x, y = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)
    losses = []
    for indices in torch.from_numpy(order).split(batch_size):
        loss = nn.functional.cross_entropy(model(x[indices]), y[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.mean(losses), model


@pytest.mark.parametrize(
    ("values", "make_optimizer"),
    [
        ({}, lambda p: torch.optim.SGD(p, lr=0.05)),
        ({"l2": 0.1}, lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1)),
        ({"l2": 0.1, "momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1, momentum=0.9)),
        ({"momentum": 0.9, "nesterov": True}, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
        ({"optimizer": "adam", "l2": 0.1}, lambda p: torch.optim.Adam(p, lr=0.05, weight_decay=0.1)),
        ({"optimizer": "adamw", "l2": 0.1}, lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1)),
    ],
)
def test_an_epoch_is_the_loop_that_a_student_would_write(values, make_optimizer):
    data = blobs()
    trainer = start(mlp(dtype="float64", dropout=0.0, init="he", **values), data)
    rng = np.random.default_rng(42)
    for n_in, n_out in ((10, 8), (8, 6), (6, 3)):
        rng.normal(size=(n_out, n_in))  # the weights come first, the order next
    loss, model = by_hand(data, weights(trainer), rng.permutation(90), make_optimizer)
    assert train(trainer)[0] == pytest.approx(loss, rel=1e-12)
    for array, parameter in zip(trainer.parameters().values(), model.parameters(), strict=True):
        np.testing.assert_allclose(array, parameter.detach().numpy(), rtol=1e-10, atol=1e-13)
    with torch.no_grad():
        expected = nn.functional.cross_entropy(model(torch.from_numpy(data.val.x)), torch.from_numpy(data.val.y))
    assert trainer.evaluate("val").loss == pytest.approx(expected.item())


@pytest.mark.parametrize("activation", ["relu", "tanh", "quadratic"])
@pytest.mark.parametrize("values", [{}, {"l2": 0.1, "momentum": 0.5}, {"dropout": 0.4, "dropout_place": "last"}])
def test_the_path_in_place_takes_the_steps_of_the_plain_one(monkeypatch, activation, values):
    config = mlp(**{"dtype": "float64", "activation": activation, "dropout": 0.3, **values})
    fast = start(config)
    monkeypatch.setattr("engines.torch_engine.trainer.is_plain_descent", lambda hyperparameters: False)
    plain = start(config)
    assert train(fast, 3) == pytest.approx(train(plain, 3), rel=1e-12)
    for name, array in fast.parameters().items():
        np.testing.assert_allclose(array, plain.parameters()[name], rtol=1e-9, atol=1e-12)


def test_torch_initial_weights_are_those_of_a_linear_layer():
    trainer = start(mlp(hidden_sizes=(400,)), blobs(n_features=100))
    W, b = trainer.parameters()["W1"], trainer.parameters()["b1"]
    reference = nn.Linear(100, 400)
    for array, tensor in ((W, reference.weight), (b, reference.bias)):
        assert abs(array).max() <= 0.1
        assert array.std() == pytest.approx(tensor.std().item(), rel=0.15)


def test_zero_initial_weights_give_every_class_the_same_chance():
    trainer = start(Config("logistic_regression", {"init": "zero"}))
    np.testing.assert_allclose(trainer.predict(blobs().val.x), 1 / 3)


def test_dropout_leaves_out_its_share_scales_the_rest_and_is_off_when_measuring():
    wide = mlp(hidden_sizes=(2000,), dropout=0.25)
    layer = start(wide).network.hidden[0]
    ones = torch.ones(50, 2000)
    dropped = layer.dropout(ones)
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert layer.eval().dropout(ones) is ones
    trainer = start(wide)
    assert trainer.evaluate("val") == trainer.evaluate("val")


def test_dropout_has_its_place_after_every_hidden_layer_or_the_last():
    places = {
        place: [layer.dropout is not None for layer in start(mlp(dropout_place=place)).network.hidden]
        for place in ("every", "last")
    }
    assert places == {"every": [True, True], "last": [False, True]}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"momentum": 0.9, "l2": 0.01},
        {"momentum": 0.9, "nesterov": True},
        {"optimizer": "adam"},
        {"optimizer": "adamw", "precision": "bfloat16"},
    ],
)
def test_a_run_goes_on_bit_for_bit_also_from_inside_an_epoch(monkeypatch, values):
    monkeypatch.setattr("engines.torch_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)
    first = start(mlp(**values))
    train(first)
    steps = first.epoch()
    for _ in range(3):
        next(steps)
    state = first.state()
    for _ in steps:
        pass
    rest = train(first, 2)
    second = start(mlp(**values), seed=7)
    second.load(state)
    continued = [progress.examples for progress in second.epoch()]
    assert continued[0] == 4 * 16
    assert train(second, 2) == rest
    assert_same(weights(second), weights(first))
    assert_same(second.state(), first.state())


def test_a_state_keeps_what_was_adjusted():
    first = start(mlp())
    first.adjust(learning_rate=0.5, dropout=0.1, batch_size=5, momentum=0.5, l2=0.3)
    second = start(mlp())
    second.load(first.state())
    assert train(first) == train(second)
    assert_same(weights(first), weights(second))


def test_the_same_run_twice_is_the_same_also_when_two_take_turns():
    alone = start(mlp())
    expected = train(alone, 3)
    left, right = start(mlp()), start(mlp(), seed=1)
    torch.manual_seed(0)
    losses = []
    for _ in range(3):
        losses += train(left)
        train(right)
    assert losses == expected
    assert_same(weights(left), weights(alone))


def test_the_global_generator_of_torch_is_left_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    trainer = start(mlp())
    train(trainer)
    trainer.evaluate("val")
    assert torch.equal(torch.get_rng_state(), before)


def test_adjusting_changes_the_steps_from_there_on():
    trainer = start(mlp(dtype="float64"))
    before = weights(trainer)
    trainer.adjust(learning_rate=1e-12)
    train(trainer)
    for name, array in trainer.parameters().items():
        np.testing.assert_allclose(array, before[name], atol=1e-9)


def test_momentum_can_be_taken_up_and_starts_from_rest():
    early, late = start(mlp(nesterov=True, momentum=0.9)), start(mlp(nesterov=True, momentum=0.0))
    late.adjust(momentum=0.9)
    assert train(early) == train(late)
    early.adjust(momentum=0.0)
    assert not any(name.startswith("optimizer") for name in early.state())
    early.adjust(momentum=0.9)
    assert np.isfinite(train(early)).all()


def test_what_cannot_change_is_refused():
    with pytest.raises(EngineError, match="hidden_sizes"):
        start(mlp()).adjust(hidden_sizes=(3,))
    with pytest.raises(EngineError, match="momentum belongs to sgd"):
        start(mlp(optimizer="adam")).adjust(momentum=0.5)


def test_a_foreign_state_is_refused_with_a_sentence():
    with pytest.raises(EngineError, match="not a state of such a run"):
        start(mlp()).load({"W1": np.zeros(3)})
    with pytest.raises(EngineError, match="not a state of such a run"):
        start(mlp()).load(start(mlp(hidden_sizes=(5,))).state())


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config("perceptron"), "no model 'perceptron'"),
        (Config("quadratic_network"), "regression"),
        (mlp(optimizer="adam", momentum=0.9), "momentum"),
        (mlp(precision="bfloat16", dtype="float64"), "float32"),
    ],
)
def test_what_the_engine_cannot_do_is_said(config, said):
    with pytest.raises(EngineError, match=said):
        start(config)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a cuda device here")
def test_a_device_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(EngineError, match=r"no cuda device here; there is .*cpu"):
        start(mlp(device="cuda"))
    assert start(mlp(device="cpu")).device == "cpu"


def test_bfloat16_trains_like_full_precision_and_not_the_same():
    full, half = (start(mlp(precision=precision, dropout=0.0)) for precision in ("full", "bfloat16"))
    losses = train(full, 5), train(half, 5)
    assert losses[0] == pytest.approx(losses[1], rel=0.05)
    assert losses[0] != losses[1]
    assert half.parameters()["W1"].dtype == np.float32


def test_read_only_data_is_shared_and_not_copied():
    data = blobs()
    read_only = data.train.x.view()
    read_only.setflags(write=False)
    trainer = start(mlp(device="cpu"), replace(data, train=Split(read_only, data.train.y)))
    train(trainer)
    before = trainer.evaluate("train").loss
    data.train.x[:] = 0
    assert trainer.evaluate("train").loss != before


IMPORTING = """
import sys
from types import SimpleNamespace
import numpy as np
from engines.contract import Dataset, Split
from engines.torch_engine import TorchEngine

engine = TorchEngine()
engine.models()
engine.unavailable()
print("torch" in sys.modules)
split = Split(np.zeros((4, 2)), np.zeros(4, np.int64))
data = Dataset("zeros", split, split, split, ("a", "b"))
for values in ({}, {"momentum": 0.9, "nesterov": True}, {"optimizer": "adam"}, {"optimizer": "adamw", "dropout": 0.5}):
    config = SimpleNamespace(model="mlp", hyperparameters={"hidden_sizes": (3,), **values})
    trainer = engine.start(config, data, np.random.default_rng(0))
    list(trainer.epoch())
    trainer.evaluate("test")
print("torch._dynamo" in sys.modules or "sympy" in sys.modules)
"""


def test_asking_for_models_does_not_import_torch_and_training_not_its_compiler():
    """Which takes as long to import as torch itself."""
    done = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_without_torch_the_engine_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install torch" in TorchEngine().unavailable()
    with pytest.raises(EngineError, match="pip install torch"):
        start(mlp())


def test_a_broken_torch_is_found_at_the_start_and_told_from_then_on(tmp_path):
    (tmp_path / "torch.py").write_text("raise OSError('libtorch_cpu.so: cannot open shared object file')")
    script = (
        "import numpy as np\nfrom types import SimpleNamespace as N\nfrom engines.contract import *\n"
        "from engines.torch_engine import TorchEngine\n"
        "s = Split(np.zeros((4, 2)), np.zeros(4, np.int64))\nd = Dataset('zeros', s, s, s, ('a', 'b'))\n"
        "e = TorchEngine()\nassert e.unavailable() == ''\n"
        "try:\n    e.start(N(model='mlp', hyperparameters={}), d, np.random.default_rng(0))\n"
        "except EngineError as error:\n    print(error)\nprint(e.unavailable())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(tmp_path)}
    )
    told, later = done.stdout.splitlines()
    assert told == later
    assert "libtorch_cpu.so" in told
    assert "pip install" in told
