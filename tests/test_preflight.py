"""What is checked before a long run: each check holds on what is sound, and finds what was put in on purpose."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui import data
from hw1_tui.analysis.preflight import CHECKS, preflight
from hw1_tui.cli import main
from hw1_tui.settings import RunConfig


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


def found(dataset, **values):
    """Return what each check came to, by its name; all of a small network of the numpy engine unless said otherwise."""
    record = {"model": "mlp", "engine": "numpy", "hidden_sizes": [16], "init": "he", "data": "digits", **values}
    config = RunConfig.from_dict({name: value for name, value in record.items() if value is not None})
    return {finding.name: finding for finding in preflight(config, dataset)}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"engine": "torch", "momentum": 0.9, "dropout": 0.5},
        {"model": "logistic_regression", "hidden_sizes": None, "init": None},
        {"learning_rate": 1e-6},
        {"learning_rate": 50.0},
        {"hidden_sizes": [100], "init": "course"},  # what the program proposes for them
    ],
)
def test_everything_holds_on_sound_data_whatever_the_rate(digits, values):
    results = found(digits, **values)
    assert list(results) == list(CHECKS)
    assert {name: finding.sentence for name, finding in results.items() if not finding.holds} == {}


def test_a_regression_and_a_perceptron_are_told_what_does_not_apply():
    quadratic = found(
        data.load("quadratic"), model="quadratic_network", data="quadratic", hidden_sizes=[8], init="xavier"
    )
    held = [finding.holds for finding in quadratic.values()]
    assert held == [True, None, True, None, True, True, True], quadratic


@pytest.mark.parametrize("rate", [0.001, 30.0])
def test_steps_are_told_to_be_too_long_where_those_of_the_run_are(rate):
    """A rate that was chosen for the check diverged, and the run, whose own came to the floor, was told so."""
    values = {"model": "quadratic_network", "hidden_sizes": [8], "init": "xavier", "learning_rate": rate}
    told = found(data.load("quadratic"), data="quadratic", **values)["inputs are of use"]
    assert told.holds is (True if rate < 1 else None)
    assert ("its steps are too long" in told.sentence) is (rate > 1)


def test_inputs_that_are_not_scaled_are_found_and_no_engine_is_to_blame(digits):
    """Of losses of 1e8 a difference has no digits left: it was called a mistake in the engine."""
    large = replace(digits, train=Split(digits.train.x * 1e9, digits.train.y))
    results = found(large)
    assert results["scale of the inputs"].holds is False
    assert results["gradients"].holds is not False


def test_classes_out_of_balance_are_found_with_what_accuracy_is_to_be_compared_with(digits):
    rows = np.flatnonzero((digits.train.y != 3) | (np.arange(len(digits.train)) % 8 == 0))
    finding = found(replace(digits, train=Split(digits.train.x[rows], digits.train.y[rows])))["balance of the classes"]
    assert finding.holds is False
    assert finding.sentence.startswith("'3' has")
    assert "%" in finding.fix


def test_classes_of_one_size_are_not_held_against_each_other(digits):
    """Guarantee: a sentence has a meaning; "sea has 5 training examples, sea 5" had none."""
    rows = np.concatenate([np.flatnonzero(digits.train.y == label)[:4] for label in range(10)])
    even = replace(digits, train=Split(digits.train.x[rows], digits.train.y[rows]))
    assert found(even)["balance of the classes"].sentence == "Each class has 4 training examples."
    rows = np.flatnonzero((digits.train.y != 3) | (np.cumsum(digits.train.y == 3) == 1))
    finding = found(replace(digits, train=Split(digits.train.x[rows], digits.train.y[rows])))["balance of the classes"]
    assert finding.sentence.startswith("'3' has 1 training example, ")


def test_examples_that_are_in_two_splits_are_found(digits):
    x, y = digits.train.x.copy(), digits.train.y.copy()
    x[:4], y[:3], y[3] = digits.val.x[:4], digits.val.y[:3], (digits.val.y[3] + 1) % 10
    finding = found(replace(digits, train=Split(x, y)))["duplicates"]
    assert finding.holds is False
    assert (
        "4 examples stand in the data more than once, 4 of them in training and another split, 1 with"
        in finding.sentence
    )


def test_examples_of_a_regression_that_stand_twice_have_no_classes_to_differ_in():
    quadratic = data.load("quadratic")
    x, y = quadratic.train.x.copy(), quadratic.train.y.copy()
    x[1], y[1] = x[0], y[0] + 1
    twice = replace(quadratic, train=Split(x, y))
    values = dict.fromkeys(("hidden_sizes", "init"))
    finding = found(twice, model="quadratic_network", data="quadratic", **values)["duplicates"]
    assert finding.sentence == "1 example stands in the data more than once, 0 of them in training and another split."


def test_too_large_a_start_is_found_with_its_fix(digits):
    finding = found(digits, init="course", hidden_sizes=[64, 64])["loss before training"]
    assert finding.holds is False
    assert "init he" in finding.fix


def test_labels_that_have_nothing_to_do_with_their_inputs_are_found(digits):
    rng = np.random.default_rng(0)
    shuffled = replace(digits, train=Split(digits.train.x, rng.permutation(digits.train.y)))
    results = found(shuffled, engine="torch", hidden_sizes=[16])
    assert not results["inputs are of use"].holds
    assert results["20 examples learned by heart"].holds  # which any labels are


def test_examples_that_cannot_be_told_apart_are_not_learned_by_heart(digits):
    blank = [Split(np.ones_like(split.x), split.y) for split in (digits.train, digits.val, digits.test)]
    same = Dataset("same", blank[0], blank[1], blank[2], digits.classes)
    finding = found(same)["20 examples learned by heart"]
    assert finding.holds is False
    assert "no less than" in finding.sentence


def test_a_wrong_gradient_is_found(digits, monkeypatch):
    from engines.numpy_engine.network import Network

    right = Network.backward

    def wrong(self, zs, inputs, d):
        gradients, d_1 = right(self, zs, inputs, d)
        gradients[0] *= 1.01
        return gradients, d_1

    monkeypatch.setattr(Network, "backward", wrong)
    finding = found(digits)["gradients"]
    assert finding.holds is False, finding.sentence
    assert "numpy engine" in finding.fix


def test_the_command_prints_a_line_a_check_and_its_exit_code_tells(capsys):
    options = ["--data", "digits", "--model", "mlp", "--hidden-sizes", "16"]
    assert main(["check", *options, "--init", "he", "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == list(CHECKS)
    assert main(["check", *options, "--init", "course", "--hidden-sizes", "64,64"]) == 3
    told = capsys.readouterr()
    assert "look   loss before training" in told.out
    assert "To be looked at: loss before training" in told.err
