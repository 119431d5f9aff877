"""What can be known to be wrong before a run begins is told then: exit 2, and no run, half or whole."""

import pytest

from engines import registry
from hw1_tui.cli import main
from hw1_tui.runs import Store

TRAIN = ["--batch", "train", "--data", "digits", "--model", "logistic_regression", "--epochs", "1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "mlp", "--init", "torch"], "--init: torch is drawn by the torch engine only"),
        (["--engine", "torch", "--optimizer", "adam", "--momentum", "0.9"], "--momentum: belongs to sgd"),
        (["--engine", "torch", "--optimizer", "adamw", "--nesterov", "true"], "--nesterov: belongs to sgd"),
        (["--engine", "torch", "--precision", "bfloat16", "--dtype", "float64"], "--precision: bfloat16 goes with"),
        (["--engine", "torch", "--device", "mps", "--dtype", "float64"], "--device: mps has no float64"),
        (["--model", "mlp", "--hidden-sizes", "100000,100000,100000"], "--hidden-sizes: 20,0"),
        (["--data", "nowhere.npz"], "nowhere.npz: cannot be read"),
        (["--data", "quadratic"], "quadratic has no classes"),
    ],
)
def test_a_run_that_cannot_be_trained_is_wrong_usage_and_leaves_no_run(words, said, capsys, tmp_path):
    assert main([*TRAIN, *words, "--home", str(tmp_path / "home"), "--format", "jsonl"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert Store(tmp_path / "home").runs() == []


def test_a_device_that_is_not_there_is_wrong_usage_and_leaves_no_run(capsys, tmp_path):
    """Only PyTorch can tell: it is asked before anything of the run is kept or told."""
    torch = pytest.importorskip("torch")
    missing = next(name for name in ("cuda", "mps") if not getattr(torch, name).is_available())
    words = ["--engine", "torch", "--device", missing, "--home", str(tmp_path / "home"), "--format", "jsonl"]
    assert main([*TRAIN, *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"--device: PyTorch finds no {missing} device here" in told.err
    assert Store(tmp_path / "home").runs() == []
    assert main([*TRAIN, *words[:4], "--compare", "numpy,torch"]) == 2


def test_every_mistake_is_told_also_beside_one_of_the_engine(capsys):
    assert main([*TRAIN, "--model", "mlp", "--init", "torch", "--learning-rate", "fast"]) == 2
    told = capsys.readouterr().err
    assert "--init" in told
    assert "--learning-rate" in told


def test_an_engine_that_says_nothing_beforehand_still_trains(monkeypatch, capsys, tmp_path):
    """A plug-in of before there was such a question has no such method."""

    class Silent:
        def __init__(self):
            self.models, self.start = registry.get("numpy").models, registry.get("numpy").start

        def unavailable(self):
            return ""

    get = registry.get
    silent = Silent()
    monkeypatch.setattr(registry, "get", lambda name: silent if name == "numpy" else get(name))
    assert main([*TRAIN, "--home", str(tmp_path / "home")]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--schedule", "step"], "schedule has no effect: the first drop comes after 30 epochs, and there are 1."),
        (["--warmup-epochs", "3"], "warmup_epochs goes beyond the last epoch, which has 1 / 4 of the rate."),
        (["--batch-size", "9999"], "batch_size has no effect beyond"),
        (["--checkpoint-every", "5"], "checkpoint-every has no effect: the run has 1 epoch"),
        (["--model", "perceptron", "--schedule", "cosine"], "schedule has no effect: the model has no learning rate."),
        (["--compare", "numpy,torch", "--engine", "torch"], "--engine has no effect with --compare"),
        (["--compare", "numpy,torch", "--patience", "2"], "--patience has no effect with --compare"),
        (["--compare", "numpy,torch", "--on", "local:2"], "--on has no effect with --compare"),
        (["--compare", "numpy,torch", "--checkpoint-every", "2"], "--checkpoint-every has no effect with --compare"),
    ],
)
def test_an_option_without_effect_is_said(words, said, capsys, tmp_path):
    assert main([*TRAIN, *words, "--home", str(tmp_path / "home")]) == 0
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--checkpoint-every", "--checkpoint-budget", "--max-bytes", "--format"])
def test_an_option_that_the_interface_does_not_follow_is_refused_there(option, capsys):
    assert main(["train", option, "7"]) == 2
    assert f"{option}: is for --batch only" in capsys.readouterr().err
