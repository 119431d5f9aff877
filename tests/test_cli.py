"""The front door as its user meets it: arguments, streams, exit codes, signals."""

import csv
import errno
import io
import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.contract import Array
from engines.numpy_engine.trainer import NumpyTrainer
from hw1_tui.batch import derive
from hw1_tui.batch.event_printer import event_printer
from hw1_tui.cli import main
from hw1_tui.data.landscape_set import cache_folder
from hw1_tui.derivation.catalogue import run_checks
from hw1_tui.metric import METRICS, EpochMetrics
from hw1_tui.mistake import LostError, Mistake
from hw1_tui.runs import Store
from hw1_tui.settings.preference_file import PreferenceFile
from hw1_tui.training.event import EpochEnded
from tests.support.program import IN_SHELL

PROGRAM = [sys.executable, "-m", "hw1_tui"]


@pytest.fixture(scope="session")
def data_file(tmp_path_factory):
    """A small file in the MedMNIST layout with three classes."""
    rng = np.random.default_rng(3)
    arrays: dict[str, Array] = {}
    for split, n in (("train", 90), ("val", 30), ("test", 30)):
        y = rng.integers(0, 3, n)
        images = rng.integers(0, 120, (n, 4, 4, 3)) + 40 * y[:, None, None, None]
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = images.astype(np.uint8), y
    path = tmp_path_factory.mktemp("data") / "small.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return path


def run(*words, **kwargs):
    return subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, text=True, check=False, **kwargs)


def train(capsys, *words):
    code = main(["--batch", "train", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_json_lines_tell_the_whole_run_and_nothing_else_is_on_stdout(capsys, data_file):
    code, out, _ = train(capsys, "--data", data_file, "--epochs", 2, "--hidden-sizes", 5, "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [record["event"] for record in records] == ["run_started", "epoch", "epoch", "epoch", "run_ended"]
    assert records[0]["parameters"] == 48 * 5 + 5 + 5 * 3 + 3
    assert records[0]["train_examples"] == 90
    assert records[0]["hidden_sizes"] == [5]
    assert {"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "weight_norm", "seconds"} <= set(
        records[1]
    )
    assert records[-1]["status"] == "finished"
    assert 0 <= records[-1]["test_accuracy"] <= 1


def test_csv_is_one_table_of_epochs(capsys, data_file):
    _, out, err = train(capsys, "--data", data_file, "--epochs", 2, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert float(rows[2]["val_accuracy"]) <= 1
    assert "test accuracy" in err


def test_the_table_ends_with_the_test_metrics(capsys, data_file):
    _, out, _ = train(capsys, "--data", data_file, "--epochs", 1)
    assert out.splitlines()[0].split()[:3] == ["epoch", "train", "loss"]
    assert "test accuracy" in out.splitlines()[-1]


def test_quiet_says_nothing_on_stderr(capsys, data_file):
    assert train(capsys, "--data", data_file, "--epochs", 1, "--quiet")[2] == ""


def test_quiet_says_why_a_run_failed_or_diverged(capsys, data_file, monkeypatch):
    words = ("--data", data_file, "--quiet", "--model")
    code, _, err = train(capsys, *words, "mlp", "--learning-rate", 1000, "--activation", "quadratic")
    assert (code, "learning rate 1000 is probably too large" in err) == (1, True)

    def epoch(self):
        raise ValueError("a matrix without inverse")

    monkeypatch.setattr(NumpyTrainer, "epoch", epoch)
    code, _, err = train(capsys, *words, "perceptron", "--threads", 1)
    assert (code, err) == (1, "The numpy engine failed in epoch 1: a matrix without inverse\n")


def test_quiet_says_which_run_of_a_report_failed(capsys, data_file, monkeypatch, tmp_path):
    def epoch(self):
        raise ValueError("a matrix without inverse")

    monkeypatch.setattr(NumpyTrainer, "epoch", epoch)
    words = ["--data", str(data_file), "--epochs-scale", "0.01", "--out", str(tmp_path / "out"), "--quiet"]
    assert main(["--batch", "report", "1.1", *words]) == 1
    assert capsys.readouterr().err == "1.1a: The numpy engine failed in epoch 1: a matrix without inverse\n"


def test_quiet_says_that_a_check_did_not_hold(capsys, monkeypatch):
    wrong = replace(next(iter(run_checks(1, 1, 1))), error=1.0, tolerance=0.0)
    monkeypatch.setattr(derive, "run_checks", lambda *size: [wrong])
    assert main(["--batch", "derive", "--quiet"]) == 3
    assert "1 unexpected" in capsys.readouterr().err


def test_quiet_says_that_a_run_is_not_being_kept(capsys, data_file, monkeypatch):
    def create(*args):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Store, "create", create)
    code, _, err = train(capsys, "--data", data_file, "--epochs", 1, "--quiet")
    assert code == 0
    assert err.startswith("This run is not being kept: Read-only file system")


def test_the_same_seed_gives_the_same_run(capsys, data_file):
    def losses(seed):
        out = train(capsys, "--data", data_file, "--epochs", 2, "--seed", seed, "--format", "jsonl")[1]
        return [record.get("val_loss") for record in map(json.loads, out.splitlines())]

    assert losses(1) == losses(1) != losses(2)


def test_batch_may_stand_anywhere(capsys, data_file):
    """Behind the command and its options as well as before them."""
    assert main(["train", "--data", str(data_file), "--epochs", "0", "--batch", "--quiet"]) == 0
    assert "finished after 0 epochs" in capsys.readouterr().out


def test_options_win_over_the_file_and_the_file_over_defaults(capsys, data_file, tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('model = "logistic_regression"\nepochs = 1\nlearning_rate = 0.5\n')
    _, out, _ = train(capsys, "--config", path, "--data", data_file, "--learning-rate", 0.25, "--format", "jsonl")
    started = json.loads(out.splitlines()[0])
    assert (started["model"], started["epochs"], started["learning_rate"]) == ("logistic_regression", 1, 0.25)


def test_a_preset_of_the_report_fills_in_its_settings(capsys, data_file):
    _, out, _ = train(capsys, "--preset", "1.2b", "--data", data_file, "--epochs", 1, "--format", "jsonl")
    started = json.loads(out.splitlines()[0])
    assert (started["model"], started["l2"], started["learning_rate"]) == ("logistic_regression", 0.01, 0.001)


def test_all_mistakes_are_told_at_once_without_a_traceback(capsys, tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("epochs = -1\nmomentun = 0.9\n")
    code, out, err = train(
        capsys, "--config", path, "--learning-rate", "fast", "--learnin-rate", 1, "--format", "xml", "--l2", "-1e-3"
    )
    assert code == 2
    assert out == ""
    for text in ("epochs", "momentum?", "--learning-rate: 'fast'", "--learning-rate?", "jsonl", "--l2"):
        assert text in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["trian"], "did you mean train?"),
        (["data", "chekc"], "did you mean check?"),
        (["--batch", "train", "--epochs"], "--epochs: is empty"),
        (["--batch", "train", "extra"], "extra: is not expected here\n"),
        (["--batch", "train", "digits"], "digits: is not expected here (did you mean --data digits?)"),
        (["--batch", "train", ""], "hw1-tui: '': is not expected here\n"),
        (["help"], "(did you mean hw1-tui --help?)"),
        (["help", "train"], "(did you mean hw1-tui train --help?)"),
        (["version"], "(did you mean hw1-tui --version?)"),
        (["--bacth", "train"], "--bacth: there is no such option (did you mean --batch?)"),
        (["--bach", "runs", "list"], "--bach: there is no such option (did you mean --batch?)"),
        (["--home", "X", "--batch", "report"], "report: comes after an option, and the command is the first word"),
        (["--home", "X", "--batch", "report", "1.1"], "did you mean hw1-tui --batch report --home X 1.1?"),
        (["--home", "--batch", "report"], "report: comes after an option, and the command is the first word"),
        (["--format", "jsonl", "runs", "list"], "did you mean hw1-tui runs list --format jsonl?"),
        (
            ["report", "1.1", "--out", "X"],
            "--out: is for --batch only (did you mean hw1-tui --batch report 1.1 --out X?",
        ),
        (
            ["inspect", "last", "weights"],
            "weights: is for --batch only (did you mean hw1-tui --batch inspect last weights?)",
        ),
        (["report", "--force"], "did you mean hw1-tui --batch report --force?"),
        (["runs", "--sort", "name"], "did you mean hw1-tui runs list --sort name?"),
        (["runs", "--deleted"], "did you mean hw1-tui runs list --deleted?"),
        (["--check", "report"], "allowed: hw1-tui [--batch] report [OPTIONS]"),
        (["--batch", "--home", "X", "runs", "list"], "hw1-tui [--batch] runs VERB [OPTIONS]"),
        (["--batch", "train", "--lr", "0.1"], "--lr: there is no such option (did you mean --learning-rate?)"),
        (["--batch", "train", "--weight-decay", "0.1"], "--weight-decay: there is no such option (did you mean --l2?)"),
        (["--batch", "train", "--val_split", ".1"], "--val_split: there is no such option (did you mean --val-share?)"),
        (["--batch", "--preset", "report", "--bogus"], "--bogus: there is no such option"),
        (["sweep", "--workers", "2"], "--workers: there is no such option\n"),  # but for its dashes it looks like none
        (["--batch", "train", "--ephocs", "2"], "--ephocs: there is no such option (did you mean --epochs?)"),
        (["--batch", "train", "\u2014epochs", "2"], "another dash than an option (did you mean --epochs?)\n"),
        (["runs", "list", "\u2013\u2013format=csv"], "another dash than an option (did you mean --format?)\n"),
        (["\u2014help"], "there is no such command; allowed: train, "),
        (["\u2014help"], "(did you mean --help?)"),
        (["--Version"], "there is no such option (did you mean --version?)"),
        (["--batch", "train", "--model", "logistic"], "(did you mean logistic_regression?)"),
        (["--batch", "predict", "last", "digits", "--split", "validation"], "(did you mean val?)"),
        (["--batch", "train", "--eval", "1"], "there is no such option\n"),  # the beginning of two
        (["train", "-version"], "there is no such option (did you mean --version?)"),
        (["--batch", "train", "--quiet=yes"], "--quiet: takes no value, and was given 'yes' (did you mean --quiet?)"),
        (["--batch", "train", "--", "--epochs", "3"], "--: is not expected here: no option is read after it"),
        (
            ["train", "--version"],
            "--version: is asked of the program, without a command (did you mean hw1-tui --version",
        ),
        (["--version=2"], "--version: stands alone (did you mean hw1-tui --version?)"),
        (["--batch", "train", "--data", "nowhere.npz"], "nowhere.npz"),
        (["--batch", "train", "--config", "nowhere.toml"], "nowhere.toml"),
        (["--batch", "train", "--preset", "1.2z"], "there is no preset '1.2z'"),
        (["train"], "needs a terminal"),
        (
            ["derive", "--inputs", "40"],
            "--inputs: the screen does not show 40 inputs; allowed: 1 to 20, and with --batch",
        ),
        (["train", "--compare", "numpy,torch"], "--compare: is for --batch only"),
        (["runs", "--data", "digits"], "digits: is for a verb, the interface does not heed it\n"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(capsys, words, hint):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert hint in err
    assert out == ""


def test_the_interface_is_not_opened_where_what_it_draws_would_stand_as_text(monkeypatch, capsys):
    """In a shell within an editor, which is a terminal, but moves no cursor."""
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert main([]) == 2
    assert "TERM is dumb; allowed: --batch" in capsys.readouterr().err


def test_what_is_lost_while_it_trains_is_no_wrong_usage(monkeypatch, capsys):
    """A scheduler that ended, or a worker that hangs: a script would look for what is wrong with its command."""

    def lose(*_, **__):
        raise LostError(Mistake("--on", "the scheduler is gone"))

    monkeypatch.setattr("hw1_tui.batch.train.open_session", lose)
    assert main(["--batch", "train", "--data", "digits"]) == 1
    assert capsys.readouterr().err == "hw1-tui: --on: the scheduler is gone\n"


def test_a_term_of_the_filter_may_stand_where_a_verb_may(capsys):
    """Guarantee: what the help offers is read; it was a verb that there is not."""
    assert main(["--batch", "runs", "model=mlp", "--format", "csv"]) == 0
    assert main(["--batch", "runs", "lst"]) == 2
    assert "there is no such verb; allowed: list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("list",), "runs list"),
        (("resume", "last"), "runs resume"),
        (("runs", "train"), "train"),
        (("remove",), "runs delete"),
        (("convert", "x.csv"), "data import"),
    ],
)
def test_a_command_in_the_wrong_place_is_told_with_the_right_one(capsys, words, meant):
    assert main(["--batch", *words]) == 2
    assert capsys.readouterr().err.rstrip().endswith(f"(did you mean hw1-tui {meant}?)")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("runs lst", "list"),
        ("runs ls", "list"),
        ("runs remove", "delete"),
        ("runs restore", "undelete"),
        ("runs status", "show"),
        ("sweep list", "show"),
        ("sweep plot", "export"),
        ("data list", "show"),
        ("data validate", "check"),
        ("data export", "import"),
        ("cluster submit", "slurm"),
        ("cluster join", "worker"),
    ],
)
def test_a_word_that_is_no_verb_is_told_with_a_verb_of_its_own_command(capsys, words, meant):
    """`sweep list` and `data list` were told to be `runs list`, and `runs remove` to be `resume`, for its letters."""
    assert main(words.split()) == 2
    assert capsys.readouterr().err.rstrip().endswith(f"(did you mean {meant}?)")


@pytest.mark.parametrize("words", ["sweep remove", "sweep restore", "data plot", "cluster show", "cluster fork"])
def test_a_word_whose_verb_a_command_has_not_is_likened_to_no_other(capsys, words):
    assert main(words.split()) == 2
    assert "did you mean" not in capsys.readouterr().err


HOMES = (
    ("--batch", "train", "--data", "digits"),
    ("--batch", "predict", "last", "digits"),
    ("--batch", "report", "1.1", "--data", "digits"),
    ("runs", "list"),
    ("runs", "show"),
    ("runs", "resume"),
    ("runs", "branch", "last", "--epoch", "1"),
    ("runs", "rename", "last", "name"),
    ("train",),
    ("report",),
    ("runs",),
)


@pytest.mark.parametrize("words", HOMES, ids=" ".join)
def test_a_home_that_is_empty_or_no_folder_is_a_mistake_in_every_command(capsys, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    below = str(tmp_path / "file" / "home")
    for home in (("--home=",), ("--home", ""), ("--home",)):
        assert main([*words, *home]) == 2
        assert "--home: is empty; allowed: a folder" in capsys.readouterr().err
    assert main([*words, "--home", below]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("hw1-tui: --home: ")) == ("", True)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "runs").write_text("a file where the runs would be")
    assert main([*words, "--home", str(tmp_path / "taken")]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"hw1-tui: --home: {tmp_path / 'taken' / 'runs'} is no folder\n")


def test_a_home_that_cannot_be_made_trains_nothing_whoever_names_it(capsys, data_file, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / "file" / "home"))
    code, out, err = train(capsys, "--data", data_file, "--epochs", 1, "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("hw1-tui: HW1_TUI_HOME: ")


@pytest.fixture
def homeless(monkeypatch):
    """As in a container that runs as a user whom it does not know: no HOME and no entry among the users."""

    def unknown(uid):
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    for name in ("HOME", "HW1_TUI_CACHE", "HW1_TUI_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_a_user_without_a_home_folder_keeps_all_where_the_variable_says(homeless, tmp_path, monkeypatch):
    """Settings and drawn pictures too: with them the interface opens and the built-in data is read."""
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path))
    assert main(["runs", "list", "--batch"]) == 0
    assert PreferenceFile({}).path.is_relative_to(tmp_path)
    assert cache_folder().is_relative_to(tmp_path)


@pytest.mark.parametrize("words", [("runs", "list"), ("train", "--batch", "--data", "digits"), ("runs", "show")])
def test_a_user_without_any_folder_is_told_which_variable_names_one(homeless, monkeypatch, capsys, words):
    monkeypatch.delenv("HW1_TUI_HOME")
    assert main(list(words)) == 2
    assert capsys.readouterr().err.startswith("hw1-tui: HOME: this user has no home folder; allowed: ")


def test_an_empty_variable_is_the_usual_home(capsys, data_file, tmp_path, monkeypatch):
    monkeypatch.setenv("HW1_TUI_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert train(capsys, "--data", data_file, "--epochs", 0, "--quiet")[0] == 0
    assert len(list((tmp_path / "hw1-tui" / "runs").iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--batch", "train", "--data", ""], "--data"),
        (["--batch", "train", "--config="], "--config"),
        (["train", "--config="], "--config"),
        (["--batch", "report", "--out="], "--out"),
        (["--batch", "report", "--questions="], "--questions"),
        (["--batch", "report", "--data="], "--data"),
        (["report", "--data="], "--data"),
        (["runs", "export", "last", "--to="], "--to"),
        (["runs", "export", "last", "--tensorboard="], "--tensorboard"),
        (["data", "check", ""], "SOURCE"),  # it was the folder one is in, as of a variable that is not set
        (["data", "import", "digits", ""], "OUT"),
        (["predict", "last", "x.png", ""], "SOURCES"),
        (["sweep", "show", ""], "SWEEP"),
    ],
)
def test_an_option_that_names_no_place_is_told_the_same_everywhere(capsys, words, option):
    assert main(words) == 2
    assert f"hw1-tui: {option}: is empty; allowed: a" in capsys.readouterr().err


def test_a_run_that_diverges_exits_with_1(capsys, data_file):
    code, out, err = train(
        capsys, "--data", data_file, "--learning-rate", 1000, "--activation", "quadratic", "--format", "jsonl"
    )
    assert code == 1
    assert json.loads(out.splitlines()[-1])["status"] == "diverged"
    assert "learning rate" in err


def test_help_tells_every_hyperparameter_with_its_default(capsys):
    assert main(["train", "--help"]) == 0
    out = capsys.readouterr().out
    assert "--learning-rate" in out
    assert "0.001" in out
    assert "--patience" in out


def test_the_command_line_and_a_list_of_runs_import_nothing_heavy():
    heavy = ("textual", "torch", "matplotlib", "plotext", "rich", "numpy", "distributed", "cryptography")
    words = ["runs", "list", "--quiet", "--format", "jsonl"]
    code = f"import sys, hw1_tui.cli as cli; cli.main({words}); print(*set({heavy}) & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


def test_a_numpy_run_in_batch_imports_neither_torch_nor_the_terminal_libraries(data_file):
    code = (
        "import sys; from hw1_tui.cli import main\n"
        f"main(['--batch', '--data', {str(data_file)!r}, '--epochs', '1', '--quiet'])\n"
        "print(*(m for m in ('textual', 'torch', 'matplotlib', 'plotext') if m in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


def test_a_closed_pipe_ends_quietly(data_file):
    command = (
        f"{IN_SHELL} --batch --data {shlex.quote(str(data_file))} --epochs 2000 --format jsonl --quiet | head -n 2"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == ""


def start_long_run(data_file):
    process = subprocess.Popen(
        [*PROGRAM, "--batch", "--data", str(data_file), "--epochs", "1000000", "--format", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for line in process.stdout:
        if json.loads(line).get("epoch") == 2:
            return process
    raise AssertionError(process.communicate()[1])


def test_the_first_interrupt_ends_after_the_current_step_and_reports_what_was_reached(data_file):
    process = start_long_run(data_file)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert last["status"] == "stopped"
    assert last["test_accuracy"] is not None
    assert "Traceback" not in err


def test_python_m_and_the_version():
    """``python -m hw1_tui`` is the program, and says its version."""
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("hw1-tui ")


def test_the_environment_of_a_run_needs_no_home(data_file, tmp_path):
    env = {**os.environ, "HOME": str(tmp_path / "missing"), "HW1_TUI_HOME": str(tmp_path / "history")}
    done = run("--batch", "--data", data_file, "--epochs", 0, env=env)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", [770588.0, 1e30, -1.2345e-300, 12345678901.0])
def test_numbers_in_columns_never_touch(capsys, value):
    """A loss of 1e30 beside another one is still two numbers."""
    event_printer("table")(EpochEnded(EpochMetrics(7, dict.fromkeys(METRICS, value))))
    assert len(capsys.readouterr().out.split()) == 7


def test_a_failure_that_nobody_expected_is_a_sentence_and_its_details_a_file(tmp_path):
    """In batch as in the interface; exit code 1, and no traceback on the terminal."""
    broken = "import hw1_tui.cli as cli\ndef fail(words):\n    raise RuntimeError('of its own')\ncli._dispatch = fail\n"
    code = f"{broken}from hw1_tui.__main__ import main\nimport sys\nsys.exit(main())"
    (tmp_path / "home").mkdir()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("hw1-tui failed: RuntimeError: of its own. The details are in ")
    assert "Traceback" not in done.stderr
    assert "Traceback" in Path(done.stderr.split(" are in ")[1].strip()).read_text()
