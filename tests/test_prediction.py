"""What a run says of each example: kept at its end, the same as its metrics, and measured again where it is missing."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from engines.contract import SplitName
from hw1_tui import data
from hw1_tui.mistake import MistakeError
from hw1_tui.runs.prediction import read_predictions
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Progressed, Remarked, RunEnded
from hw1_tui.training.kept_model import load_model
from hw1_tui.training.measurement import kept_predictions, measure_split, predictions
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from tests.support.history import NUMPY, TORCH, ended, start, train, write_blobs

PLAIN = {"epochs": 3, "threads": 1}
HIDDEN = {**PLAIN, "model": "mlp", "hidden_sizes": [6], "init": "he", "learning_rate": 0.05}
MODELS = {
    "numpy mlp": {**HIDDEN, "engine": "numpy"},
    "numpy logistic": {**PLAIN, "model": "logistic_regression", "engine": "numpy"},
    "numpy perceptron": {**PLAIN, "model": "perceptron", "engine": "numpy"},
    "torch mlp": {**HIDDEN, "engine": "torch", "dropout": 0.3},
    "torch logistic": {**PLAIN, "model": "logistic_regression", "engine": "torch"},
}
SPLITS: tuple[SplitName, ...] = ("val", "test")
BOTH = pytest.mark.parametrize("hyperparameters", [NUMPY, TORCH], ids=["numpy", "torch"])
OVERFITS = {"epochs": 40, "learning_rate": 0.3}  # so that its best epoch is not its last


def run_of(store, source, **values):
    """Train a run of any model; return its record."""
    session = open_session(RunConfig.from_dict({"data": str(source), **values}))
    return store.get(ended(record(session, store)).run)


def without_its_file(store, found):
    """Take away what a run keeps; return the run's record."""
    store.find(found.run).predictions_path.unlink()
    return found


def assert_same(one, two):
    """What was kept and what is measured again differ in the rounding of float32 at most."""
    assert one.place == two.place
    for name in ("labels", "predicted", "predicted_probability", "true_probability", "losses"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_kept_of_a_run_comes_to_its_metrics(store, model):
    found = run_of(store, "digits", **MODELS[model])
    kept = read_predictions(store.find(found.run).predictions_path, 10)
    assert {entry.split for entry in kept} == set(SPLITS)
    for split in SPLITS:
        got = predictions(store, found, split)
        assert got.epoch == 3
        assert got.accuracy == found.results[f"{split}_accuracy"]
        assert got.loss == pytest.approx(found.results[f"{split}_loss"], rel=1e-6)
        np.testing.assert_array_equal(got.labels, data.load("digits")[split].y)
        if model == "numpy perceptron":
            assert np.isnan(got.true_probability).all()
            continue
        np.testing.assert_allclose(-np.log(got.true_probability), got.losses, rtol=1e-3, atol=1e-5)
        assert (got.predicted_probability >= got.true_probability).all()


@BOTH
def test_what_is_kept_of_the_best_epoch_comes_to_its_metrics(store, blobs, hyperparameters):
    found = store.get(train(store, blobs, **{**hyperparameters, **OVERFITS}))
    best = found.results["best_epoch"]
    assert best < 40
    got = predictions(store, found, "val", "best")
    assert (got.epoch, got.accuracy) == (best, found.results["best_val_accuracy"])
    assert got.loss == pytest.approx(found.results["best_val_loss"], rel=1e-6)
    assert predictions(store, found, "val").accuracy == found.results["val_accuracy"]


@BOTH
def test_measuring_at_the_end_leaves_the_run_as_it_would_have_gone_on(store, blobs, hyperparameters):
    hyperparameters = {**hyperparameters, **OVERFITS, "schedule": "constant"}
    run = train(store, blobs, **hyperparameters)
    list(resume(store, run, {"epochs": 42}))
    at_once = train(store, blobs, **{**hyperparameters, "epochs": 42})
    assert store.get(run).results["val_loss"] == store.get(at_once).results["val_loss"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("epoch", ["last", "best"])
def test_an_older_run_is_measured_again_and_then_keeps_it(store, blobs, model, epoch):
    found = run_of(store, blobs, **MODELS[model])
    kept = {split: predictions(store, found, split, epoch) for split in SPLITS}
    path = store.find(without_its_file(store, found).run).predictions_path
    assert_same(predictions(store, found, "test", epoch), kept["test"])
    assert path.exists()
    blobs.unlink()
    assert_same(predictions(store, found, "val", epoch), kept["val"])


def test_the_training_split_and_every_kept_epoch_can_be_measured_too(store, blobs):
    run = train(store, blobs, every=1, **NUMPY)
    found = store.get(run)
    got = predictions(store, found, "train", 2)
    measured = {epoch.epoch: epoch for epoch in store.metrics(run)}
    assert (got.epoch, got.accuracy) == (2, measured[2]["train_accuracy"])
    assert predictions(store, found, "val", 2).accuracy == measured[2]["val_accuracy"]
    assert {e.epoch for e in read_predictions(store.find(run).predictions_path, 3)} == {4, found.results["best_epoch"]}


def test_all_probabilities_of_a_split_are_to_be_had(store, blobs):
    found = store.get(train(store, blobs, **NUMPY))
    got = measure_split(load_model(store, found.run), data.load(str(blobs)), "val")
    kept = predictions(store, found, "val")
    assert got.probabilities is not None
    np.testing.assert_allclose(got.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(got.probabilities.max(axis=1), kept.predicted_probability, rtol=1e-6)


def test_a_regression_keeps_values_and_errors(store):
    found = run_of(store, "quadratic", **PLAIN, model="quadratic_network", engine="numpy")
    for split in SPLITS:
        got = predictions(store, found, split)
        assert got.accuracy is None
        np.testing.assert_allclose((got.predicted - got.labels) ** 2 / 2, got.losses, rtol=1e-5)
        assert got.loss == pytest.approx(found.results[f"{split}_loss"], rel=1e-6)
    again = predictions(store, without_its_file(store, found), "test")
    assert_same(again, got)


@pytest.mark.parametrize("how", ["cut", "flip", "other classes", "a link"])
def test_a_damaged_file_is_said_once_and_loses_only_itself(store, blobs, tmp_path, caplog, how):
    found = store.get(train(store, blobs, **NUMPY))
    expected = predictions(store, found, "test")
    path = store.find(found.run).predictions_path
    content = bytearray(path.read_bytes())
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "flip":
        content[len(content) // 2] ^= 4
        path.write_bytes(content)
    elif how == "other classes":
        other = run_of(store, "digits", **MODELS["numpy logistic"])
        path.write_bytes(store.find(other.run).predictions_path.read_bytes())
    else:
        path.replace(tmp_path / "elsewhere.npz")
        path.symlink_to(tmp_path / "elsewhere.npz")
    assert_same(predictions(store, found, "test"), expected)
    assert [message.count("predictions.npz is left out") for message in caplog.messages] == [1]
    assert store.get(found.run) == found
    assert_same(predictions(store, found, "test"), expected)
    assert len(caplog.messages) == 1


def test_what_is_of_other_data_is_not_taken_for_the_runs_own(store, blobs, tmp_path):
    found = store.get(train(store, blobs, **NUMPY))
    expected = predictions(store, found, "test")
    other = train(store, write_blobs(tmp_path / "other.npz", seed=4), **NUMPY)
    path = store.find(found.run).predictions_path
    path.write_bytes(store.find(other).predictions_path.read_bytes())
    assert_same(predictions(store, found, "test"), expected)


def test_where_only_what_was_kept_is_asked_for_nothing_is_measured(store, blobs):
    """A comparison on the screen takes what there is, and waits for no data to be loaded."""
    found = store.get(train(store, blobs, **NUMPY))
    kept = kept_predictions(store, found, "test")
    assert kept is not None
    assert_same(kept, predictions(store, found, "test"))
    assert kept_predictions(store, found, "train") is None
    without = without_its_file(store, found)
    assert kept_predictions(store, without, "test") is None
    assert not store.find(without.run).predictions_path.exists()


def test_data_that_is_gone_or_another_is_refused_in_a_sentence(store, blobs, tmp_path):
    found = without_its_file(store, store.get(train(store, blobs, **NUMPY)))
    write_blobs(blobs, seed=4)
    with pytest.raises(MistakeError, match="is not what it was when the run began"):
        predictions(store, found, "test")
    with pytest.raises(MistakeError, match=f"is not what {found.run} was trained on"):
        predictions(store, found, "test", dataset=data.load(str(blobs)))
    blobs.unlink()
    with pytest.raises(MistakeError, match=r"blobs\.npz"):
        predictions(store, found, "test")


def test_without_checkpoints_what_was_kept_is_still_there_and_the_rest_is_refused(store, blobs):
    found = store.get(train(store, blobs, **NUMPY))
    folder = store.find(found.run)
    for checkpoint in reversed(folder.checkpoint_store.checkpoints()):
        checkpoint.path.unlink()
        assert predictions(store, found, "val", "best").accuracy == found.results["best_val_accuracy"]
        assert predictions(store, found, "test").epoch == 4
    assert predictions(store, found, "test").accuracy == found.results["test_accuracy"]
    with pytest.raises(MistakeError, match="no checkpoint"):
        predictions(store, without_its_file(store, found), "test")


def test_a_split_without_examples_is_refused_in_a_sentence(store, tmp_path):
    arrays = dict(np.load(write_blobs(tmp_path / "blobs.npz")))
    arrays |= {name: array[:0] for name, array in arrays.items() if name.startswith("val")}
    np.savez(tmp_path / "no_val.npz", **arrays)
    found = store.get(train(store, tmp_path / "no_val.npz", **NUMPY))
    assert predictions(store, found, "test").accuracy == found.results["test_accuracy"]
    with pytest.raises(MistakeError, match="no val examples"):
        predictions(store, found, "val")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only there a process can be killed so")
def test_a_run_that_was_killed_is_measured_from_its_checkpoint(store, blobs):
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from hw1_tui.runs import Store\n"
        "from hw1_tui.training.event import EpochEnded\n"
        "from tests.support.history import NUMPY, start\n"
        "for event in start(Store(Path(sys.argv[1])), sys.argv[2], every=1, **NUMPY):\n"
        "    if isinstance(event, EpochEnded) and event.epoch == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    words = [sys.executable, "-c", program, str(store.home), str(blobs)]
    assert subprocess.run(words, check=False, env={**os.environ}).returncode == -signal.SIGKILL
    found = store.get("last")
    assert found.status == "interrupted"
    assert not store.find(found.run).predictions_path.exists()
    got = predictions(store, found, "val")
    assert (got.epoch, got.accuracy) == (2, found.results["val_accuracy"])
    assert store.get("last").status == "interrupted"


def test_going_on_takes_away_what_was_said_before_and_keeps_the_new_end(store, blobs):
    found = store.get(train(store, blobs, **NUMPY))
    path = store.find(found.run).predictions_path
    for event in resume(store, found.run, {"epochs": 6}):
        if isinstance(event, EpochEnded) and event.epoch == 5:
            assert not path.exists()
            # Of a run that trains one is told its newest checkpoint, and nothing is kept.
            assert predictions(store, store.get(found.run), "val").epoch >= 4
            assert not path.exists()
    found = store.get(found.run)
    got = predictions(store, found, "test")
    assert (got.epoch, got.accuracy) == (6, found.results["test_accuracy"])
    assert {entry.epoch for entry in read_predictions(path, 3)} == {6, found.results["best_epoch"]}


def test_a_run_that_diverged_keeps_its_best_epoch(store, blobs):
    control = Control()
    for event in start(store, blobs, control, every=1, **{**NUMPY, "epochs": 20}):
        if isinstance(event, EpochEnded) and event.epoch == 3:
            control.steer({"learning_rate": 1e200})
    assert isinstance(event, RunEnded)
    found = store.get(event.run)
    assert found.status == "diverged"
    assert {entry.place for entry in read_predictions(store.find(event.run).predictions_path, 3)} == {(3, 0)}
    assert predictions(store, found, "val", "best").accuracy == found.results["best_val_accuracy"]
    with pytest.raises(MistakeError, match="no checkpoint of epoch 12"):
        predictions(store, found, "val", 12)


@pytest.mark.filterwarnings("error")
def test_losses_that_float32_does_not_have_are_kept_as_infinite_without_a_warning(store, tmp_path):
    """numpy's warning, with the path of a source file, stood below the run."""
    source = tmp_path / "t.csv"
    source.write_text("a,class\n" + "1e20,x\n1e20,y\n1e20,y\n" * 10)
    found = run_of(store, source, model="logistic_regression", epochs=1, learning_rate=1000.0)
    assert found.results["test_loss"] > float(np.finfo(np.float32).max)
    assert np.isinf(predictions(store, found, "test").losses).any()


def test_a_run_that_was_stopped_inside_an_epoch_keeps_where_it_stood(store, blobs, monkeypatch):
    monkeypatch.setattr("engines.numpy_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)
    control = Control()
    for event in start(store, blobs, control, **NUMPY):
        if isinstance(event, Progressed) and event.epoch == 3 and event.examples < event.of:
            control.stop()
    assert isinstance(event, RunEnded)
    found = store.get(event.run)
    kept = predictions(store, found, "test")
    assert kept.epoch == 2
    assert kept.examples > 0
    assert kept.accuracy == found.results["test_accuracy"]
    assert_same(predictions(store, without_its_file(store, found), "test"), kept)


@pytest.mark.parametrize("where", ["engine", "disk"])
def test_what_cannot_be_kept_is_said_and_ends_no_run(store, blobs, monkeypatch, where):
    def fail(*_):
        raise RuntimeError("the card fell off") if where == "engine" else OSError(28, "No space left on device")

    broken = {"engine": "engines.numpy_engine.trainer.NumpyTrainer.measure",
              "disk": "hw1_tui.runs.prediction.write_arrays"}  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(broken[where], fail)
        *_, said, end = start(store, blobs, **NUMPY)
    assert isinstance(said, Remarked)
    assert isinstance(end, RunEnded)
    assert "says of each example is not being kept" in said.text
    found = store.get(end.run)
    assert found.status == "finished"
    assert predictions(store, found, "test").accuracy == found.results["test_accuracy"]


def test_it_moves_with_the_run_and_costs_few_bytes(store, blobs):
    found = store.get(train(store, blobs, **NUMPY))
    expected = predictions(store, found, "val")
    assert store.find(found.run).predictions_path.stat().st_size < 10_000
    store.undelete(store.delete(found.run))
    store.rename(found.run, "renamed")
    blobs.unlink()
    assert_same(predictions(store, store.get("renamed"), "val"), expected)
    store.delete(found.run)
    store.purge()
    assert not list(store.home.rglob("predictions.npz"))
