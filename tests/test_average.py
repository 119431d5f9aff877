"""Averaged weights: the model of an epoch is their mean, and training goes on from the weights themselves."""

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from engines.inspection import Settable
from hw1_tui.cli import main
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Progressed, Remarked, RunEnded
from hw1_tui.training.kept_model import load_model
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from tests.support.history import config_of, train, write_blobs

_FROM = 3
_NETWORKS = {
    "numpy": {"engine": "numpy", "model": "mlp", "hidden_sizes": [8], "init": "he", "learning_rate": 0.05},
    "torch": {"engine": "torch", "model": "mlp", "hidden_sizes": [8], "batch_size": 16, "momentum": 0.9, "l2": 1e-3},
}


@pytest.fixture(params=_NETWORKS)
def config(request, tmp_path, monkeypatch):
    """A network whose weights are averaged from the third of six epochs on; each epoch comes in several parts."""
    for engine in _NETWORKS:
        monkeypatch.setattr(f"engines.{engine}_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)
    values = {"epochs": 6, "average_from": _FROM, "threads": 1, **_NETWORKS[request.param]}
    return config_of(write_blobs(tmp_path / "blobs.npz"), **values)


def weights_after_each_epoch(session):
    return [
        {name: array.copy() for name, array in session.trainer.parameters().items()}
        for event in session.run()
        if isinstance(event, EpochEnded)
    ]


def epochs_of(session, *names):
    return [[e.metrics[name] for name in names] for e in session.run() if isinstance(e, EpochEnded)]


def averaged(each):
    """Return what PyTorch's own averaging makes of weights."""
    model = torch.nn.ParameterDict({name: torch.tensor(array) for name, array in each[0].items()})
    mean = AveragedModel(model)
    for weights in each:
        with torch.no_grad():
            for name, array in weights.items():
                model[name][...] = torch.tensor(array)
        mean.update_parameters(model)
    return {name: array.detach().numpy() for name, array in mean.module.named_parameters()}


def test_the_model_is_what_torch_averages_and_training_does_not_notice(config):
    plain = weights_after_each_epoch(open_session(config.changed(average_from=0)))
    found = weights_after_each_epoch(open_session(config))
    for epoch, weights in enumerate(found):
        expected = averaged(plain[_FROM : epoch + 1]) if epoch >= _FROM else plain[epoch]
        for name, array in weights.items():
            np.testing.assert_allclose(array, expected[name], rtol=1e-5, atol=1e-6, err_msg=f"{epoch} {name}")
    assert epochs_of(open_session(config), "train_loss") == epochs_of(
        open_session(config.changed(average_from=0)), "train_loss"
    )


def test_what_is_measured_is_the_average(config):
    session, plain = open_session(config), open_session(config.changed(average_from=0))
    each = [e.metrics for e in session.run() if isinstance(e, EpochEnded)]
    last = weights_after_each_epoch(plain)[_FROM:]
    assert isinstance(plain.trainer, Settable)
    plain.trainer.set_parameters({name: np.mean([w[name] for w in last], axis=0) for name in last[0]})
    expected = plain.trainer.evaluate("val")
    assert each[-1]["val_loss"] == pytest.approx(expected.loss, rel=1e-5)
    assert each[-1]["val_accuracy"] == expected.accuracy


@pytest.mark.parametrize("epoch", [2, 4, 5])
def test_a_run_that_was_stopped_inside_an_epoch_goes_on_to_the_same_bits(config, epoch):
    names = ("train_loss", "val_loss", "weight_norm")
    whole = open_session(config)
    expected = epochs_of(whole, *names)
    control = Control()
    first = open_session(config, control)
    for event in first.run():
        if isinstance(event, Progressed) and event.epoch == epoch and event.examples < event.of:
            control.stop()
    assert isinstance(event, RunEnded)
    assert event.status == "stopped"
    second = open_session(config, resume=first.state())
    assert epochs_of(second, *names) == expected[epoch:]
    state, same = second.state(), whole.state()
    trained = [name for name in same if name.startswith(("trainer.", "aside."))]
    assert trained == [name for name in state if name.startswith(("trainer.", "aside."))]
    assert all(np.array_equal(state[name], same[name]) for name in trained)


def test_a_kept_run_is_its_average_also_inside_an_epoch_and_goes_on_to_the_same_bits(config, tmp_path):
    store, control = Store(tmp_path / "home"), Control()
    session = open_session(config, control)
    mean = {}
    for event in record(session, store):
        if isinstance(event, EpochEnded) and event.epoch == 4:
            mean = {name: array.copy() for name, array in session.trainer.parameters().items()}
        if isinstance(event, Progressed) and event.epoch == 5 and event.examples < event.of:
            control.stop()
    kept = load_model(store, session.run_id)
    assert (kept.epoch, kept.examples > 0) == (4, True)
    assert all(np.array_equal(array, mean[name]) for name, array in kept.trainer.parameters().items())
    list(resume(store, session.run_id))
    whole = train(store, config.data, **{k: v for k, v in config.as_dict().items() if k != "data"})
    one, other = (load_model(store, run).trainer.parameters() for run in (session.run_id, whole))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_an_average_is_begun_and_left_while_the_run_trains(config):
    plain = weights_after_each_epoch(open_session(config.changed(average_from=0)))
    control = Control()
    session = open_session(config.changed(average_from=0), control)
    found = []
    for event in session.run():
        if isinstance(event, EpochEnded):
            found.append({name: array.copy() for name, array in session.trainer.parameters().items()})
            control.steer({"average_from": {1: 2, 2: 2, 3: 2}.get(event.epoch, 0)})
    for epoch in (1, 2, 5, 6):
        assert all(np.array_equal(found[epoch][name], plain[epoch][name]) for name in plain[epoch])
    assert not np.array_equal(found[4]["W1"], plain[4]["W1"])


def test_an_engine_whose_weights_cannot_be_set_is_told_so(script, tmp_path, capsys):
    script.free = True
    words = ["train", "--model", "logistic_regression", "--home", str(tmp_path), "--epochs", "4"]
    assert main(["--batch", *words, "--average-from", "2"]) == 2
    assert "--average-from: logistic_regression of the numpy engine lets nobody set" in capsys.readouterr().err
    control = Control()
    session = open_session(RunConfig.from_dict({"model": "logistic_regression", "epochs": 3}), control)
    control.steer({"average_from": 1})
    assert any(isinstance(e, Remarked) and "average_from stays at 0" in e.text for e in session.run())


def test_an_average_of_nothing_is_said_to_have_no_effect(tmp_path, capsys):
    data, home = str(write_blobs(tmp_path / "blobs.npz")), str(tmp_path / "home")
    words = ["train", "--model", "logistic_regression", "--data", data, "--home", home, "--epochs", "4"]
    assert main(["--batch", *words, "--average-from", "4"]) == 0
    assert "average_from has no effect" in capsys.readouterr().err
