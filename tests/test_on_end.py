"""``--on-end``: what is run at a run's end, and that nothing of a run is ever read by a shell."""

import json
import sys

from hw1_tui.cli import main
from tests.support.history import write_blobs

_TELL = """
import json, os
told = {name: value for name, value in os.environ.items() if name.startswith("HW1_TUI_")}
open("told", "w").write(json.dumps(told))
"""


def train(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    data = write_blobs(tmp_path / "$(touch bad).npz")
    options = ["--model", "logistic_regression", "--epochs", "1", "--data", str(data), "--home", str(tmp_path / "home")]
    return main(["--batch", "train", *options, "--on-end", command])


def test_a_program_is_told_how_the_run_ended_and_no_shell_reads_anything(tmp_path, monkeypatch):
    (tmp_path / "tell.py").write_text(_TELL)
    assert train(tmp_path, monkeypatch, f"{sys.executable} tell.py '; touch bad' $(touch bad)") == 0
    told = json.loads((tmp_path / "told").read_text())
    assert told["HW1_TUI_STATUS"] == "finished"
    assert told["HW1_TUI_RUN"] in {folder.name for folder in (tmp_path / "home" / "runs").iterdir()}
    assert 0 <= float(told["HW1_TUI_TEST_ACCURACY"]) <= 1
    assert not (tmp_path / "bad").exists()


def test_what_cannot_be_run_is_said_and_the_run_stays_what_it_is(tmp_path, monkeypatch, capsys):
    assert train(tmp_path, monkeypatch, "no-such-program") == 0
    assert "no-such-program cannot be run" in capsys.readouterr().err
    assert train(tmp_path, monkeypatch, "'unclosed") == 2
