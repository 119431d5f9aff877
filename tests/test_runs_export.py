"""What a run came to, in the files that others read; read back by those others."""

import csv
import io
import json
import os
import socket

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.export.event_file import crc32c, event_file
from hw1_tui.export.figure import draw_curves, render
from hw1_tui.export.mlflow_export import export_to_mlflow
from hw1_tui.export.run_export import export_mistake
from hw1_tui.metric import EpochMetrics
from hw1_tui.training.kept_model import load_model
from tests.support.history import NUMPY, TORCH, train

BOTH = pytest.mark.parametrize("hyperparameters", [NUMPY, TORCH], ids=["numpy", "torch"])


def export(*words):
    return main(["runs", "export", *map(str, words)])


def test_epochs_come_out_whole(store, blobs, tmp_path):
    """CSV and JSON lines have every epoch with all its digits."""
    run = train(store, blobs)
    assert export(run, "--to", tmp_path / "a.csv") == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    metrics = store.metrics(run)
    assert [float(row["val_loss"]) for row in rows] == [epoch["val_loss"] for epoch in metrics]
    assert export(run, "--to", tmp_path / "a.jsonl") == 0
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert lines == [{"run": run, "event": "epoch", **epoch.as_dict()} for epoch in metrics]


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_figures_are_the_same_bytes_and_say_what_they_show(store, blobs, tmp_path, kind):
    runs = [train(store, blobs, seed=seed) for seed in (1, 2)]
    store.rename(runs[0], "first")
    files = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for file in files:
        assert export(*runs, "--to", file, "--each-seed") == 0
    assert export(*runs, "--to", tmp_path / f"band.{kind}") == 0
    assert (tmp_path / f"band.{kind}").read_bytes() != files[0].read_bytes()
    first, second = (file.read_bytes() for file in files)
    assert first == second
    if kind == "svg":
        figure = draw_curves([("first", store.metrics(runs[0])), (runs[1], store.metrics(runs[1]))], "loss of these")
        loss, accuracy = figure.axes
        assert (loss.get_xlabel(), loss.get_ylabel()) == ("epoch", "loss of these, after the epoch")
        assert accuracy.get_ylabel().startswith("share")
        (legend,) = figure.legends
        assert [text.get_text() for text in legend.get_texts()] == ["first", runs[1], "training", "validation"]


def test_a_change_while_a_run_was_trained_moves_along_with_what_x_counts(store, blobs, tmp_path):
    """A run's own updates: the second has other batches, and a change after the same epoch comes at another update."""
    files = {axis: tmp_path / f"{axis}.svg" for axis in ("epoch", "update", "time")}
    for batch_size in (4, 8):
        train(store, blobs, batch_size=batch_size, epochs=2)
        assert main(["runs", "resume", "last", "--epochs", "4", "--learning-rate", "0.02", "--quiet"]) == 0
    for axis, file in files.items():
        assert export("status=finished", "--to", file, "--x", axis) == 0
    drawn = {axis: file.read_text() for axis, file in files.items()}
    assert [drawn[axis].count("<!-- updates -->") for axis in files] == [0, 2, 0]
    assert [drawn[axis].count("<!-- seconds -->") for axis in files] == [0, 0, 2]
    assert [drawn[axis].count("stroke-dasharray") for axis in files] == [2, 4, 4]


def test_an_option_about_curves_says_that_it_has_no_effect_where_none_are_drawn(store, blobs, tmp_path, capsys):
    run = train(store, blobs)
    for suffix in ("csv", "npz"):
        assert export(run, "--to", tmp_path / f"a.{suffix}", "--x", "time", "--each-seed") == 0
        said = capsys.readouterr().err
        assert f"--x has no effect: a .{suffix} has no curves." in said
        assert "--each-seed has no effect" in said
    assert export(run, "--to", tmp_path / "a.svg", "--x", "time") == 0
    assert "no effect" not in capsys.readouterr().err
    assert export(run, "--to", tmp_path / "b.svg", "--x", "tme") == 2
    assert "did you mean time?" in capsys.readouterr().err


def test_a_figure_of_nothing_measured_is_still_a_figure():
    unmeasured = EpochMetrics(0, {"train_loss": 1.0})
    nothing: list[list[tuple[str, list[EpochMetrics]]]] = [[], [("empty", [])], [("no validation", [unmeasured])]]
    for curves in nothing:
        assert render(draw_curves(curves), "png").startswith(b"\x89PNG")


def test_tables_for_print(store, blobs, tmp_path):
    """Names of runs are escaped for LaTeX, and stand as they are in Markdown."""
    runs = [train(store, blobs, seed=seed) for seed in (1, 2)]
    store.rename(runs[0], "50% & more")
    assert export(*runs, "--to", tmp_path / "a.tex") == 0
    assert r"50\% \& more" in (tmp_path / "a.tex").read_text()
    assert export(*runs, "--to", tmp_path / "a.md") == 0
    assert "| 50% & more |" in (tmp_path / "a.md").read_text()


@BOTH
def test_weights_are_read_back_by_others_and_give_the_same_answers(store, blobs, tmp_path, hyperparameters):
    run = train(store, blobs, **hyperparameters)
    for suffix in ("npz", "safetensors", "pt"):
        assert export(run, "--to", tmp_path / f"a.{suffix}") == 0
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        weights = dict(archive)
    assert {name: array.shape for name, array in weights.items() if name[0] in "Wb" and name[1:].isdecimal()} == {
        "W1": (6, 9), "b1": (6,), "W2": (3, 6), "b2": (3,),
    }  # fmt: skip
    for name, array in load_file(tmp_path / "a.safetensors").items():
        assert np.array_equal(array, weights[name])
    state = torch.load(tmp_path / "a.pt", weights_only=True)
    model = torch.nn.Sequential(torch.nn.Linear(9, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3)).to(
        state["0.weight"].dtype
    )
    model.load_state_dict(state)
    x = data.load(str(blobs)).test.x
    features = torch.from_numpy(x / 256).to(state["0.weight"].dtype)
    answers = model(features).softmax(dim=1).detach().numpy()
    np.testing.assert_allclose(load_model(store, run).trainer.predict(x), answers, rtol=1e-4, atol=1e-6)


def test_the_weights_of_the_best_and_of_any_kept_epoch_can_be_had(store, blobs, tmp_path):
    run = train(store, blobs, epochs=5, every=2, **NUMPY)
    best = store.get(run).results["best_epoch"]
    assert load_model(store, run, "best").epoch == best
    assert export(run, "--to", tmp_path / "a.npz", "--epoch", 2) == 0
    expected = load_model(store, run, 2).trainer.parameters()["W1"]
    assert np.array_equal(np.load(tmp_path / "a.npz")["W1"], expected)
    assert not np.array_equal(load_model(store, run).trainer.parameters()["W1"], expected)
    assert export(run, "--to", tmp_path / "b.npz", "--epoch", 3) == 2
    assert not (tmp_path / "b.npz").exists()


def test_the_checksum_is_crc32c():
    """It has the values that the catalogue of CRCs and RFC 3720 state."""
    assert crc32c(b"123456789") == 0xE3069283  # the check value of the CRC catalogue
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


def test_tensorboard_reads_its_event_files_back(store, blobs, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="no tensorboard")
    run = train(store, blobs, epochs=3)
    assert export(run, "--tensorboard", tmp_path / "tb") == 0
    found = accumulator.EventAccumulator(str(tmp_path / "tb" / run))
    found.Reload()
    metrics = store.metrics(run)
    tags = found.Tags()["scalars"]
    assert {"loss/train", "loss/validation", "accuracy/validation", "learning_rate"} <= set(tags)
    points = found.Scalars("loss/validation")
    assert [point.step for point in points] == [0, 1, 2, 3]
    assert [point.value for point in points] == pytest.approx([epoch["val_loss"] for epoch in metrics], rel=1e-6)
    assert points[0].wall_time > 1.7e9


def test_an_event_file_of_a_run_without_epochs_is_valid():
    assert len(event_file([])) == 8 + 4 + 4 + len(b"\x09" + bytes(8) + b"\x10\x00" + b"\x1a\x0dbrain.Event:2")


def test_mlflow_keeps_parameters_metrics_and_tags(store, blobs, tmp_path, monkeypatch, capsys):
    """In the user's own folder, where ``~`` stands in the URI: it became a folder of that name."""
    tracking = pytest.importorskip("mlflow.tracking", reason="MLflow is not installed")
    pytest.importorskip("sqlalchemy", reason="MLflow's database support is not installed")
    run = train(store, blobs, epochs=3)
    store.tag(run, "report")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("HOME", str(tmp_path))
    identifier = export_to_mlflow("sqlite:///~/mlflow.db", store.get(run), store.metrics(run))
    client = tracking.MlflowClient(tracking_uri=uri)
    kept = client.get_run(identifier)
    assert kept.info.status == "FINISHED"
    assert kept.data.params["learning_rate"] == "0.01"
    assert kept.data.params["hidden_sizes"] == "6"
    assert kept.data.tags["hw1_tui.run"] == run
    assert kept.data.metrics["test_accuracy"] == store.get(run).results["test_accuracy"]
    history = client.get_metric_history(identifier, "val_loss")
    assert [(point.step, point.value) for point in history] == [
        (epoch.epoch, epoch["val_loss"]) for epoch in store.metrics(run)
    ]
    # It has trained for as long as it has, and not until it is exported.
    assert kept.info.start_time <= kept.info.end_time == history[-1].timestamp
    # A second export made a second run of it.
    other = train(store, blobs)
    assert export(run, other, "--mlflow", uri) == 2
    assert f"{run} is in {uri} already; allowed: another store, or --force" in capsys.readouterr().err
    assert export(run, other, "--mlflow", uri, "--force") == 0
    found = client.search_runs([kept.info.experiment_id])
    assert sorted(one.data.tags["hw1_tui.run"] for one in found) == sorted((run, other))
    assert identifier not in [one.info.run_id for one in found]


def test_a_store_of_mlflow_that_fails_is_a_mistake_and_keeps_no_half_of_a_run(
    store, blobs, tmp_path, monkeypatch, capsys
):
    tracking = pytest.importorskip("mlflow.tracking", reason="MLflow is not installed")
    pytest.importorskip("sqlalchemy", reason="MLflow's database support is not installed")
    run, uri = train(store, blobs), f"sqlite:///{tmp_path / 'mlflow.db'}"

    def fail(*_, **__):
        raise RuntimeError("(sqlite3.OperationalError) database or disk is full\n[SQL: ...]")

    with monkeypatch.context() as patch:
        patch.setattr(tracking.MlflowClient, "set_terminated", fail)
        assert export(run, "--mlflow", uri) == 2
    said = capsys.readouterr().err
    assert "--mlflow: MLflow refuses: (sqlite3.OperationalError) database or disk is full" in said
    assert "SQL:" not in said
    client = tracking.MlflowClient(tracking_uri=uri)
    assert client.search_runs([client.get_experiment_by_name("hw1-tui").experiment_id]) == []


def test_what_cannot_be_exported_is_said_all_at_once(store, blobs, tmp_path, capsys):
    run = train(store, blobs)
    assert export("nowhere", "nothing", "--to", tmp_path / "a.png") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert export(run, "--to", tmp_path / "a.doc", "--epoch", "first") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert export(run, "--to", tmp_path / "missing" / "a.png") == 2
    assert "there is no folder" in capsys.readouterr().err
    assert export(run) == 2
    assert export("--to", tmp_path / "a.png") == 2


def predict(capsys, *words):
    assert main(["--batch", "predict", *map(str, words), "--format", "jsonl"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [record for record in records if "example" in record]


@BOTH
def test_predictions_on_a_data_set_are_those_of_the_test(store, blobs, capsys, hyperparameters):
    run = train(store, blobs, epochs=6, **{**hyperparameters, "learning_rate": 0.05})
    answers = predict(capsys, run, blobs)
    assert len(answers) == 50
    for answer in answers:
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
        assert answer["probability"] == max(answer["probabilities"].values())
        assert answer["probabilities"][answer["class"]] == answer["probability"]
    right = sum(answer["class"] == answer["target"] for answer in answers)
    assert right / 50 == store.get(run).results["test_accuracy"]
    assert len(predict(capsys, run, blobs, "--split", "val")) == 40


def test_predictions_need_no_training_data_and_take_pictures(store, blobs, capsys, tmp_path):
    run = train(store, blobs, **NUMPY)
    with np.load(blobs) as archive:
        pictures = archive["test_images"][:2]
    expected = [answer["probabilities"] for answer in predict(capsys, run, blobs)][:2]
    blobs.unlink()
    files = [tmp_path / f"{i}.png" for i in range(2)]
    for file, picture in zip(files, pictures, strict=True):
        Image.fromarray(picture).save(file)
    answers = predict(capsys, run, *files)
    for answer, probabilities in zip(answers, expected, strict=True):
        assert answer["probabilities"] == pytest.approx(probabilities)
    assert [answer["example"] for answer in answers] == list(map(str, files))


def test_what_is_no_picture_is_said_for_each(store, blobs, capsys, tmp_path):
    run = train(store, blobs, **NUMPY)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert main(["--batch", "predict", run, str(tmp_path / "a.png"), f"file://{tmp_path}/b.png"]) == 2
    said = capsys.readouterr().err
    assert "a.png: cannot be read" in said
    assert f"b.png: cannot be read: No such file or directory (did you mean {tmp_path / 'a.png'}?)" in said
    other = tmp_path / "other.npz"
    images = {f"{split}_images": np.zeros((4, 5, 5), "u1") for split in SPLITS}
    labels = {f"{split}_labels": np.arange(4) % 2 for split in SPLITS}
    np.savez(other, allow_pickle=False, **images, **labels)
    assert main(["--batch", "predict", run, str(other)]) == 2
    assert "has 25 features, the model was trained on 9" in capsys.readouterr().err
    assert main(["--batch", "predict"]) == 2


@pytest.mark.parametrize("suffix", ["png", "svg", "PDF"])
def test_a_figure_of_more_runs_than_one_can_tell_apart_is_refused_and_a_table_is_not(tmp_path, suffix):
    """Two thousand curves were drawn for minutes, and nothing said so."""
    mistake = export_mistake(tmp_path / f"runs.{suffix}", 2000)
    assert "at most 200 runs, these are 2,000" in str(mistake)
    assert mistake
    assert ".csv" in mistake.allowed
    assert export_mistake(tmp_path / f"runs.{suffix}", 200) is None
    assert export_mistake(tmp_path / "runs.csv", 2000) is None


@pytest.mark.timeout(90)
def test_a_server_of_mlflow_that_does_not_answer_is_told_and_not_tried_for_minutes(store, blobs, capsys, monkeypatch):
    """Guarantee: a wrong address is told; MLflow tried it again for minutes without a word. What a user sets counts."""
    pytest.importorskip("mlflow.tracking", reason="MLflow is not installed")
    for variable in ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_HTTP_REQUEST_TIMEOUT"):
        monkeypatch.delenv(variable, raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        assert export(train(store, blobs), "--mlflow", f"http://127.0.0.1:{taken.getsockname()[1]}") == 2
    assert "--mlflow: MLflow refuses: API request to http://127.0.0.1:" in capsys.readouterr().err
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert export(store.runs()[0].run, "--mlflow", "http://127.0.0.1:1") == 2
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
