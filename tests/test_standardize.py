"""Standardised features: the same in training, after going on, in predictions, inside a model, in exported weights."""

from dataclasses import replace

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui.analysis.opened_run import open_run
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import Given, resolve
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.kept_model import load_model
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from hw1_tui.training.standardizing import as_configured, fit, read_standardization
from tests.support.history import ended

MODELS = [(m, e) for m in ("mlp", "logistic_regression") for e in ("numpy", "torch")] + [("perceptron", "numpy")]


def config_of(model="mlp", engine="numpy", **values):
    values = {"model": model, "engine": engine, "data": "digits", "epochs": 2, "threads": 1, **values}
    values |= {"hidden_sizes": "8"} if model == "mlp" else {}
    return resolve([Given(name, value, name) for name, value in values.items()])


def measured(stored="float", dtype=np.float64):
    """Return measurements of very different sizes, the third of no spread in the training split."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 4)) * [1000, 1, 5, 0.01] + [50_000, 0, 0, 3]
    y = (x[:, 0] > 50_000).astype(np.int64)
    x = np.abs(x).astype(np.uint8) if stored == "bytes" else x.astype(dtype)
    x[:80, 2] = x[0, 2]
    train, val, test = (Split(x[rows], y[rows]) for rows in (slice(80), slice(80, 100), slice(100, 120)))
    scale = 1 / 256 if stored == "bytes" else 1.0
    return Dataset("measured", train, val, test, ("low", "high"), scale, fingerprint="0")


def losses(config, dataset):
    return [event.metrics["val_loss"] for event in open_session(config, dataset=dataset).run()
            if isinstance(event, EpochEnded)]  # fmt: skip


@pytest.mark.parametrize("stored", ["float", "bytes"])
def test_features_have_the_mean_0_and_the_deviation_1_of_the_training_split(stored):
    dataset = as_configured(measured(stored), config_of(standardize=True))
    features = dataset.features(dataset.train.x)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(features.std(axis=0), [1, 1, 0, 1] if stored == "float" else features.std(axis=0))
    assert not dataset.features(dataset.test.x)[:, 2].any()  # a feature of no spread is 0 everywhere
    assert any("1 feature of no spread became 0" in said for said in dataset.found) or stored == "bytes"


@pytest.mark.parametrize(("model", "engine"), MODELS)
@pytest.mark.parametrize("stored", ["float", "bytes"])
def test_a_run_is_the_one_on_features_that_were_standardised_before(model, engine, stored):
    """Guarantee: both engines train on exactly these features, however they are stored."""
    dataset = measured(stored)
    wide = np.float64 if stored == "float" else np.float32
    found = fit(dataset.train.x)
    done = {
        split: Split(found.apply(dataset[split].x, wide).astype(np.float32), dataset[split].y)
        for split in ("train", "val", "test")
    }
    before = replace(dataset, scale=1.0, **done)
    own = losses(config_of(model, engine, standardize=True), dataset)
    assert own == pytest.approx(losses(config_of(model, engine), before), rel=1e-6)
    assert own != losses(config_of(model, engine), dataset)


def test_what_is_not_standardised_is_as_it_was():
    dataset = measured()
    assert as_configured(dataset, config_of()) is dataset
    with_it = as_configured(dataset, config_of(standardize=True))
    assert as_configured(with_it, config_of()).standardization is None


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_it_is_kept_with_the_run_and_gone_on_with(tmp_path, engine):
    config, control = config_of(engine=engine, standardize=True, epochs=4), Control()
    store = Store(tmp_path / "home")
    for event in record(open_session(config, control), store):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            control.stop()
    (run,) = (found.run for found in store.runs())
    finished = ended(list(resume(store, run)))
    unbroken = ended(record(open_session(config), Store(tmp_path / "other")))
    assert finished.as_dict()["test_loss"] == unbroken.as_dict()["test_loss"]
    model = load_model(store, run)
    opened = open_run(store, run)
    assert model.standardization is not None
    assert np.array_equal(model.standardization.mean, fit(opened.dataset.train.x).mean)
    weights, x = model.trainer.parameters(), opened.dataset.test.x
    features = opened.dataset.features(x, np.float64)
    scores = np.maximum(features @ weights["W1"].T + weights["b1"], 0) @ weights["W2"].T + weights["b2"]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.trainer.predict(x), probabilities, atol=1e-5)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt"])
def test_exported_weights_say_how_features_are_made(tmp_path, suffix, capsys):
    """By which means, and which is which: without their names a column could be taken for another."""
    home, table = ["--home", str(tmp_path / "home")], tmp_path / "t.csv"
    table.write_text("far,near,label\n" + "".join(f"{i / 7},{i % 5 / 3},{'ab'[i % 2]}\n" for i in range(30)))
    words = ["--data", str(table), "--model", "logistic_regression", "--standardize", "on", "--epochs", "1", *home]
    assert main(["--batch", "train", *words, "--quiet"]) == 0
    out = tmp_path / f"w{suffix}"
    assert main(["runs", "export", "last", "--to", str(out), *home]) == 0
    about = _about(out)
    own = load_model(Store(tmp_path / "home"), "last").standardization
    assert own is not None
    assert np.array_equal(about["mean"], own.mean)
    assert np.array_equal(about["factor"], own.factor)
    assert list(about["features"]) == ["far", "near"]


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt"])
def test_who_scales_stored_values_before_he_standardises_them_has_the_features_of_the_run(tmp_path, suffix, capsys):
    """Bytes had a ``scale`` of 1/256 beside means of what is stored: both applied gave another answer, and no word."""
    home, path = ["--home", str(tmp_path / "home")], tmp_path / "d.npz"
    rng = np.random.default_rng(0)
    np.savez(path, X=rng.integers(0, 256, (60, 4, 4), np.uint8), y=np.arange(60) % 2)
    words = ["--data", str(path), "--model", "logistic_regression", "--standardize", "on", "--epochs", "1", *home]
    assert main(["--batch", "train", *words, "--quiet"]) == 0
    out = tmp_path / f"w{suffix}"
    assert main(["runs", "export", "last", "--to", str(out), *home]) == 0
    about, dataset = _about(out), open_run(Store(tmp_path / "home"), "last").dataset
    stored = dataset.test.x.astype(float)
    features = (stored * about["scale"] - about["mean"]) * about["factor"]
    np.testing.assert_allclose(features, dataset.features(dataset.test.x))


def _about(path):
    if path.suffix == ".npz":
        return dict(np.load(path))
    if path.suffix == ".safetensors":
        import json

        from safetensors import safe_open

        with safe_open(path, "numpy") as file:
            return {name: json.loads(file.metadata()[name]) for name in ("scale", "mean", "factor", "features")}
    import torch

    return vars(torch.load(path, weights_only=True))["_metadata"][""]


def test_others_data_is_asked_about_with_the_means_of_the_training(tmp_path, capsys):
    """A single example has no mean of its own to be measured by."""
    home = ["--home", str(tmp_path / "home")]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 2)) * 50 + 1000
    rows = [f"{a},{b},{'up' if a > 1000 else 'down'}" for a, b in x]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,class", *rows]))
    words = ["--data", str(tmp_path / "t.csv"), "--model", "logistic_regression", "--epochs", "20", *home]
    assert main(["--batch", "train", *words, "--standardize", "on", "--quiet"]) == 0
    capsys.readouterr()
    few = ["1200,1000,up"] * 3 + ["800,1000,down"] * 2
    (tmp_path / "few.csv").write_text("\n".join(["a,b,class", *few]))
    assert main(["--batch", "predict", "last", str(tmp_path / "few.csv"), "--format", "csv", *home]) == 0
    classes = [line.split(",")[2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert classes == ["up"] * 3 + ["down"] * 2


@pytest.mark.parametrize(
    "mean", [np.zeros(3), np.zeros(4, np.float32), np.full(4, np.nan)], ids=["few", "other type", "no numbers"]
)
def test_means_that_are_not_those_of_the_features_are_refused(mean):
    with pytest.raises(MistakeError, match="means and deviations are not those of its features"):
        read_standardization({"features.mean": mean, "features.factor": np.zeros(4)}, 4)


def test_a_feature_whose_squares_leave_the_range_of_numbers_is_refused_by_name(recwarn):
    """It was told to have no spread, a warning of numpy stood before it, and the run diverged."""
    x = np.array([[1.0, 1e308], [2.0, -1e308], [3.0, 1e308]])
    with pytest.raises(MistakeError, match="feature 2 has numbers whose squares"):
        fit(x)
    assert not recwarn.list
