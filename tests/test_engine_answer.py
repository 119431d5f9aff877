"""What a plug-in tells of examples and of its weights is looked at before anything is computed with it."""

import pytest

from hw1_tui.cli import main

TRAIN = [
    "--batch",
    "train",
    "--data",
    "digits",
    "--model",
    "logistic_regression",
    "--epochs",
    "1",
    "--engine",
    "strange",
]

_ENGINE = """
import numpy as np
from engines.capability import Measured
from engines.numpy_engine import NumpyEngine

class Around:
    def __init__(self, trainer): self._trainer = trainer
    def __getattr__(self, name):
        if name in {lacks}: raise AttributeError(name)
        return getattr(self._trainer, name)
    def {method}(self, *about):
        told = self._trainer.{method}(*about)
        return {told}

class Engine(NumpyEngine):
    name = "strange"
    def start(self, config, *about):
        trainer = super().start(config, *about)
        {start}
        return Around(trainer)
"""


@pytest.fixture
def strange(plug_in, store):
    """An engine that changes what one of its methods returns, ``told``; with a history to train into."""

    def install(method="evaluate", told="told", lacks=(), start="pass"):
        plug_in(_ENGINE.format(method=method, told=told, lacks=lacks, start=start))

    return install


@pytest.mark.parametrize(
    ("method", "told", "said"),
    [
        ("measure", "3", "is no Measured but int"),
        ("measure", "Measured(told.predicted[1:], told.losses, told.probabilities)", "predicted that it tells have"),
        ("measure", "Measured(told.predicted + 99, told.losses, None)", "what it predicted are no classes"),
        ("measure", "Measured(told.predicted * np.nan, told.losses, None)", "what it predicted are no classes"),
        ("measure", "Measured(told.predicted, told.losses, told.probabilities[:, 1:])", "(180, 9), not (180, 10)"),
        (
            "measure",
            "Measured(told.predicted, told.losses, 2 * told.probabilities - 1)",
            "the probabilities that it tells reach from -",
        ),
        ("predict", "np.log(told)", "the probabilities that it tells reach from -"),
        ("predict", "told / 2", "the probabilities that it tells of an example add up to 0.5, not 1"),
        ("predict", "told[:, 1:]", "(180, 9), not (180, 10)"),
        ("predict", "told.argmax(axis=1)", "(180,), not (180, 10)"),
        ("predict", "told.astype(str)", "which is no number"),
    ],
)
def test_what_an_engine_says_of_examples_is_looked_at(strange, capsys, method, told, said):
    """Guarantee: a run is kept, and who asks its model hears what is wrong; each ended the program as a crash."""
    strange(method, told, lacks=("measure",) if method == "predict" else ())
    assert main([*TRAIN, "--quiet"]) == 0
    for words in (["predict", "last", "digits", "--split", "val"], ["--batch", "inspect", "last", "replay"]):
        capsys.readouterr()
        assert main(words) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "told", ["{'coef': told['W1'], 'intercept': told['b1']}", "{}", "{'W1': told['W1'].T, 'b1': told['b1']}"]
)
def test_weights_that_are_not_those_of_layers_are_told_where_layers_are_shown(strange, capsys, tmp_path, told):
    """Guarantee: an engine whose weights are called otherwise trains; views of layers, and ``.pt``, end as a crash."""
    strange("parameters", told)
    assert main([*TRAIN, "--quiet"]) == 0
    for words in (
        ["--batch", "inspect", "last", "weights"],
        ["--batch", "inspect", "last", "landscape"],
        ["--batch", "inspect", "last", "replay"],
        ["runs", "export", "last", "--to", str(tmp_path / "a.pt")],
        ["runs", "export", "last", "--to", str(tmp_path / "a.html")],
    ):
        capsys.readouterr()
        assert main(words) == 2, words
        assert "those of layers are W1 (n_out, n_in), b1 (n_out,), W2" in capsys.readouterr().err


def test_what_an_engine_does_to_its_settings_changes_no_run(strange, capsys):
    """It got the run's own settings: a run of 1 epoch became one of 3, and one without settings ended the program."""
    for done in ("config.hyperparameters['epochs'] = 3", "config.hyperparameters.clear()"):
        strange(start=done)
        assert main([*TRAIN, "--format", "jsonl"]) == 0
        assert '"epochs": 1' in capsys.readouterr().out.splitlines()[-1]


def test_an_engine_that_cannot_start_is_told_by_the_checks(strange, capsys):
    """It was a crash: they called it outside of what makes a sentence of anything."""
    strange(start="raise SystemExit('no driver')")
    assert main(["check", *TRAIN[2:]]) == 2
    assert "the strange engine failed: SystemExit: no driver" in capsys.readouterr().err
