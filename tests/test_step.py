"""One step explained: the numbers are the real model's, the step is the engine's own, and a gradient can be checked."""

import json
import math
from typing import Any

import numpy as np
import pytest

from engines.contract import EngineError
from engines.numpy_engine.activation import ACTIVATIONS, Activation
from hw1_tui.analysis import open_run
from hw1_tui.analysis.step import DifferenceCheck, check_gradient, explain_step, norm
from hw1_tui.analysis.step_equation import equations
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.support.history import NUMPY, ended, train, write_blobs

KINDS: dict[str, dict[str, Any]] = {
    "perceptron": {"model": "perceptron"},
    "logistic": {"model": "logistic_regression", "l2": 0.01},
    "mlp-numpy": {"hidden_sizes": [6, 5], "l2": 0.02},
    "mlp-momentum": NUMPY,
    "mlp-torch": {"engine": "torch", "hidden_sizes": [6, 5], "batch_size": 8, "dropout": 0.3, "momentum": 0.5},
    "mlp-adam": {"engine": "torch", "optimizer": "adam", "batch_size": 8},
}


def config_for(kind):
    values = dict(KINDS[kind])
    if values.get("model") in ("perceptron", "logistic_regression"):
        values |= {"hidden_sizes": None, "init": None}
    if values.get("model") == "perceptron":
        values |= {"learning_rate": None}
    return values


def run_of(store, tmp_path, kind):
    data = write_blobs(tmp_path / "blobs.npz")
    base = {"model": "mlp", "hidden_sizes": [6], "init": "he", "epochs": 3, "learning_rate": 0.01, "threads": 1}
    given = {
        name: value for name, value in {**base, "data": str(data), **config_for(kind)}.items() if value is not None
    }
    return ended(record(open_session(RunConfig.from_dict(given)), store)).run


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_of_a_step_are_those_that_its_equations_say(store, tmp_path, kind):
    opened = open_run(store, run_of(store, tmp_path, kind))
    before = opened.model.trainer.state()
    step = explain_step(opened, "val", 7)
    first, last = step.layers[0], step.layers[-1]
    np.testing.assert_allclose(first.below, opened.dataset.val.x[7] / 256, rtol=1e-6)
    for lower, layer in zip((None, *step.layers), step.layers, strict=False):
        assert lower is None or (lower.h is not None and np.array_equal(lower.h, layer.below))
        np.testing.assert_allclose(layer.z, layer.weights @ layer.below + layer.biases, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(layer.gradient, np.outer(layer.d, layer.below), rtol=1e-4, atol=1e-7)
    if step.probabilities is not None:
        p = np.exp(last.z - last.z.max()) / np.exp(last.z - last.z.max()).sum()
        np.testing.assert_allclose(step.probabilities, p, rtol=1e-5)
        assert step.loss == pytest.approx(-np.log(p[int(step.target)]), rel=1e-5)
        np.testing.assert_allclose(last.d, p - np.eye(3)[int(step.target)], rtol=1e-4, atol=1e-7)
    after = opened.model.trainer.state()
    assert all(np.array_equal(after[name], before[name]) for name in before), "looking changes nothing"


@pytest.mark.parametrize("kind", ["logistic", "mlp-numpy", "mlp-torch"])
def test_the_step_is_the_one_that_the_rule_says(store, tmp_path, kind):
    """The engine's own step equals - rate (momentum v + gradient + l2 W), v being the momentum it stood with."""
    opened = open_run(store, run_of(store, tmp_path, kind))
    step = explain_step(opened, "train", 3)
    settings, state = step.settings, opened.model.trainer.state()
    assert step.loss_after is not None
    for layer in step.layers:
        gradient = layer.gradient + settings.get("l2", 0) * layer.weights
        momenta = [array for name, array in state.items() if array.shape == layer.weights.shape and "mom" in name]
        if settings.get("momentum"):
            assert len(momenta) == 1
            gradient = gradient + settings["momentum"] * momenta[0]
        assert layer.update is not None
        np.testing.assert_allclose(layer.update, -settings["learning_rate"] * gradient, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_any_weight_s_gradient_agrees_with_a_central_difference(store, tmp_path, kind):
    opened = open_run(store, run_of(store, tmp_path, kind))
    for name, array in opened.parameters().items():
        for place in (tuple(0 for _ in array.shape), tuple(n - 1 for n in array.shape)):
            check = check_gradient(opened, "test", 5, name, place)
            assert check.holds or check.is_kinked, (name, place, check)


def test_a_wrong_gradient_is_seen(store, tmp_path, monkeypatch):
    opened = open_run(store, run_of(store, tmp_path, "mlp-numpy"))
    right = ACTIVATIONS["relu"]
    monkeypatch.setitem(ACTIVATIONS, "relu", Activation(right.value, lambda z, h, out: np.multiply(z, 0.5, out)))
    step = explain_step(opened, "val", 7)
    place = np.unravel_index(np.abs(step.layers[0].gradient).argmax(), step.layers[0].gradient.shape)
    check = check_gradient(opened, "val", 7, "W1", tuple(int(i) for i in place))
    assert not check.holds
    assert not check.doubt


def test_of_a_loss_that_rounds_a_small_difference_away_nothing_is_told():
    check = DifferenceCheck("b2", (0,), gradient=-1.0, difference=0.0, is_kinked=False, rounding=200.0)
    assert not check.holds
    assert "the loss is too large" in check.doubt


def test_every_line_has_an_equation_and_a_value(store, tmp_path):
    opened = open_run(store, run_of(store, tmp_path, "mlp-numpy"))
    step = explain_step(opened, "val", 0)
    lines = equations(step, "relu", opened.dataset.classes)
    assert [line.part for line in lines] == sorted(
        (line.part for line in lines), key=["forward", "loss", "backward", "update"].index
    )
    assert all(line.text and line.value for line in lines)
    assert any(f"{step.loss:.6g}" in line.value for line in lines)


def test_a_loss_of_nothing_has_no_sign(store, tmp_path):
    """Of an example that a step makes certain "loss after the step -0" was told."""
    run = train(store, write_blobs(tmp_path / "blobs.npz"), epochs=1, learning_rate=1000.0, engine="torch")
    step = explain_step(open_run(store, run, 0), "train", 0)
    assert step.loss_after == 0.0
    assert math.copysign(1.0, step.loss_after) == 1.0


def test_of_averaged_weights_the_step_says_that_it_starts_from_their_mean(store, tmp_path, capsys):
    """Or its numbers would be taken for those of a step of the training, which goes on from other weights."""
    data = write_blobs(tmp_path / "blobs.npz")
    run = train(store, data, every=1, epochs=5, average_from=3)
    for epoch, said in ((2, ""), (5, "mean of the ends of 3 epochs")):
        step = explain_step(open_run(store, run, epoch), "val", 0)
        first = equations(step, "relu", ("a", "b", "c"))[0]
        assert (first.text, first.value.partition(";")[0]) == (("W, b", said) if said else ("h₀ = x", first.value))
    assert main(["--batch", "inspect", run, "step", "--home", str(tmp_path / "home")]) == 0
    assert "training goes on from the weights themselves" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda opened: explain_step(opened, "val", 40), "0 to 39"),
        (lambda opened: explain_step(opened, "val", -1), "0 to 39"),
        (lambda opened: check_gradient(opened, "val", 0, "W9", (0, 0)), "W1, b1"),
        (lambda opened: check_gradient(opened, "val", 0, "W1", (0,)), "W1 has no entry"),
        (lambda opened: check_gradient(opened, "val", 0, "b1", (6,)), "0 to 5"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(store, tmp_path, ask, problem):
    opened = open_run(store, train(store, write_blobs(tmp_path / "blobs.npz")))
    with pytest.raises(MistakeError, match=problem):
        ask(opened)


def test_an_engine_that_shows_nothing_is_told_so(store, tmp_path, monkeypatch):
    opened = open_run(store, train(store, write_blobs(tmp_path / "blobs.npz")))
    monkeypatch.setattr("hw1_tui.analysis.opened_run.Inspectable", type("Never", (), {}))
    with pytest.raises(EngineError, match="does not show"):
        explain_step(opened, "val", 0)


def test_the_command_prints_the_step_for_people_and_for_machines(store, tmp_path, capsys):
    run = train(store, write_blobs(tmp_path / "blobs.npz"))
    words = ["--batch", "inspect", run, "step", "--example", "3", "--home", str(tmp_path / "home")]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "z₁ = W₁ h₀ + b₁" in out
    assert "by a central difference" in out
    assert main([*words, "--format", "jsonl"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["run"], record["example"], record["split"]) == (run, 3, "val")
    assert all(check["holds"] for check in record["checks"])


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".jsonl"])
def test_a_view_is_written_as_what_the_suffix_says_and_nothing_is_replaced_unasked(store, tmp_path, capsys, suffix):
    train(store, write_blobs(tmp_path / "blobs.npz"))
    path = tmp_path / f"step{suffix}"
    words = ["--batch", "inspect", "last", "step", "--to", str(path), "--home", str(tmp_path / "home")]
    assert main(words) == 0
    written = path.read_text(encoding="utf-8")
    assert "loss" in written
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err
    path.write_text("mine")
    assert main([*words, "--force"]) == 0
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "needs a run"),
        (["last", "steps"], "did you mean step?"),
        (["last", "--split", "dev"], "--split"),
        (["last", "--example", "x"], "--example"),
        (["last", "--epoch", "99"], "no checkpoint of epoch 99"),
        (["last", "--class", "unicorn"], "--class"),
        (["last", "--to", "step.xyz"], "--to"),
        (["last", "step", "--to", "step.png"], "the view step has no picture"),
        (["last", "--with", "nobody"], "nobody"),
    ],
)
def test_a_mistake_in_the_command_is_told(store, tmp_path, capsys, words, problem):
    train(store, write_blobs(tmp_path / "blobs.npz"))
    assert main(["--batch", "inspect", *words, "--home", str(tmp_path / "home")]) == 2
    assert problem in capsys.readouterr().err


def test_norms_of_float32_numbers_whose_squares_leave_their_range_are_finite():
    """They were told to be infinite beside a largest entry of 1e26."""
    assert norm(np.full((2, 2), 1e26, np.float32)) == pytest.approx(2e26)
