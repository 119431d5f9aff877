"""Reports that are interrupted, refused or cannot be trained: what is said, and what is kept."""

import json
import os
import signal
import subprocess
import sys

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from tests.support.report_command import report

TELLING = """
import sys
from engines.numpy_engine.trainer import NumpyTrainer
from hw1_tui.cli import main
epoch = NumpyTrainer.epoch
def tell(trainer):
    NumpyTrainer.epoch = epoch
    print("training", flush=True)
    return epoch(trainer)
NumpyTrainer.epoch = tell
sys.exit(main(sys.argv[1:]))
"""
"""The program, which says when its first epoch begins."""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_at_once_and_keeps_what_was_reached(tmp_path, blobs):
    words = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-c", TELLING, "--batch", "report", "--executor", "threads", "--epochs-scale", "100", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "training\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert [record.status for record in Store(tmp_path / "home").runs()] == ["stopped"]


def test_every_mistake_of_the_command_line_is_told_at_once(tmp_path, capsys):
    words = ["2.2", "4.1", "--seeds", "0", "--epochs-scale", "x", "--data", "missing.npz", "--format", "xml"]
    assert main(["--batch", "report", *words, "--out", "--home", "--questions", "--chek"]) == 2
    told = capsys.readouterr().err
    options = ("--seeds", "--epochs-scale", "missing.npz", "--format", "--out", "--home", "--questions", "--check")
    for word in options:
        assert word in told
    assert main(["--batch", "report", "4.1", "--data", "missing.npz"]) == 2
    told = capsys.readouterr().err
    assert "'4.1'" in told
    assert "missing.npz" in told
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_is_found_before_training(tmp_path, blobs):
    (tmp_path / "file").write_text("")
    words = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "file")]
    assert main(["--batch", "report", *words]) == 2
    assert not (tmp_path / "home").exists()


def test_a_history_that_cannot_be_written_is_found_before_training(tmp_path, capsys, blobs):
    (tmp_path / "file").write_text("")
    words = ["--data", str(blobs), "--home", str(tmp_path / "file"), "--out", str(tmp_path / "out")]
    for kept in ([], ["--kept"]):  # a file in place of the history is no empty history
        assert main(["--batch", "report", *kept, *words]) == 2
        assert "--home" in capsys.readouterr().err


def test_what_is_said_of_runs_that_never_began_and_of_one_alone_is_true(tmp_path, capsys, blobs):
    """A run that nobody has trained did not fail to finish, and where all are to be trained there are no others."""
    place = [f"--{name}={tmp_path / name}" for name in ("home", "out")]
    words = ["--batch", "report", "1.1", "--data", str(blobs), "--epochs-scale", "0.02", *place]
    assert main([*words, "--kept"]) == 0
    text = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert "1 of 1 run is not there: what rests on it is not measured." in text
    assert "no finished run of 1.1a is there" in text
    capsys.readouterr()
    assert main(words) == 0
    assert "1 run is to be trained.\n" in capsys.readouterr().err
    assert main([*words, "--seeds=2"]) == 0
    assert "1 of 2 runs is to be trained, the other is in the history." in capsys.readouterr().err
    assert main(words) == 0
    assert "nothing is to be trained" in capsys.readouterr().err


def test_a_failing_engine_fails_one_run_and_not_the_others(tmp_path, monkeypatch, blobs):
    from engines import registry
    from engines.contract import EngineError

    engine = registry.get("numpy")
    start = engine.start

    def refuse(config, dataset, rng):
        if config.hyperparameters.get("l2"):
            raise EngineError("no l2 today")
        return start(config, dataset, rng)

    monkeypatch.setattr(engine, "start", refuse)
    assert report(tmp_path, "1.2") == 1
    result = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert "1.2a" in result["runs"]
    assert "1.2b" not in result["runs"]
