"""``--on-end`` and ``--notify``: who looks elsewhere is told, and nothing of a run is read by a shell or obeyed."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from hw1_tui.batch import on_end
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import EndNotifier
from hw1_tui.cli import main
from hw1_tui.guides import read_guide
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import LostError, Mistake
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.training.event import EpochEnded, RunEnded, RunStarted
from hw1_tui.training.notification import Notification
from tests.support.history import write_blobs
from tests.support.program import PYTHON

_TELL = """
import json, os
told = {name: value for name, value in os.environ.items() if name.startswith("HW1_TUI_")}
open("told", "a").write(json.dumps(told) + "\\n")
"""
_END = RunEnded("r1", "finished", 3, {"test_accuracy": 0.5}, 2, 1.0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the program runs that keeps what it is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tell.py").write_text(_TELL)
    return tmp_path


def told(folder):
    return [json.loads(line) for line in (folder / "told").read_text().splitlines()]


def train(folder, command, *options):
    data = write_blobs(folder / "$(touch bad).npz")
    words = ["--model", "logistic_regression", "--epochs", "1", "--data", str(data), "--home", "home"]
    return main(["--batch", "train", *words, *options, "--on-end", command])


TELL = f"{PYTHON} tell.py"


def test_a_program_is_told_how_the_run_ended_and_no_shell_reads_anything(folder):
    assert train(folder, f"{TELL} '; touch bad' $(touch bad)") == 0
    (end,) = told(folder)
    assert (end["HW1_TUI_EVENT"], end["HW1_TUI_STATUS"], end["HW1_TUI_EPOCHS"]) == ("end", "finished", "1")
    assert end["HW1_TUI_RUN"] in {record.run for record in Store(Path(end["HW1_TUI_HOME"])).runs()}
    assert 0 <= float(end["HW1_TUI_TEST_ACCURACY"]) <= 1
    assert not (folder / "bad").exists()


def test_what_the_program_prints_stays_out_of_the_data(folder, capfd):
    """Stdout is what a machine reads line by line."""
    assert train(folder, f"{PYTHON} -c 'print(6 * 7)'", "--format", "jsonl") == 0
    out, err = capfd.readouterr()
    assert all(line.startswith("{") for line in out.splitlines())
    assert "42" in err.splitlines()


def test_the_example_of_the_guide_hands_the_sentence_to_a_shell(folder, capfd):
    """Written for a shell that reads the line once: in other quotes it would put in a variable that is not set yet."""
    example = next(line for line in read_guide("batch").splitlines() if "notify-send" in line)
    command = shlex.split(example)[-1].replace("notify-send", "echo")
    assert train(folder, command, "--quiet") == 0
    assert "the run finished after 1 epoch" in capfd.readouterr().err


def test_a_warning_of_the_coach_is_told_while_it_trains_and_a_remark_is_not(folder):
    assert train(folder, TELL, "--learning-rate", "1e-7", "--epochs", "6") == 0
    *alarms, end = sorted(told(folder), key=lambda one: one["HW1_TUI_EVENT"])
    assert [(one["HW1_TUI_EVENT"], one["HW1_TUI_RULE"]) for one in alarms] == [("alarm", "rate too small")]
    assert "rate" in alarms[0]["HW1_TUI_WORDS"]
    assert end["HW1_TUI_STATUS"] == "finished"


def test_resume_branch_seeds_and_report_tell_their_end_too(folder, capsys):
    assert train(folder, TELL, "--checkpoint-every", "1") == 0
    run, home = Store(folder / "home").runs()[0].run, ["--home", str(folder / "home")]
    more = [*home, "--epochs", "2", "--on-end", TELL]
    assert main(["--batch", "runs", "resume", run, *more]) == 0
    assert main(["--batch", "runs", "branch", run, "--epoch", "1", *more]) == 0
    assert train(folder, TELL, "--seeds", "2") == 0
    data = str(folder / "$(touch bad).npz")
    report = ["report", "1.1", "--data", data, "--kept", "--out", str(folder / "report"), "--on-end", TELL]
    assert main(["--batch", *report, *home]) == 0
    assert [one["HW1_TUI_STATUS"] for one in told(folder)] == ["finished"] * 5
    assert told(folder)[3]["HW1_TUI_WORDS"] == "finished: 2 of 2 runs done"


def test_of_a_sweep_that_is_over_no_trial_is_told_as_one_that_is_not_done(folder):
    """Guarantee: what halving stopped is done too: "4 of 8 runs done" read as if something had gone wrong."""
    words = ["--model", "logistic_regression", "--data", str(write_blobs(folder / "blobs.npz")), "--home", "home"]
    rates = "learning-rate=1e-6,1e-5,1e-4,1e-3,1e-2,.02,.05,.1"
    assert main(["sweep", *words, "--epochs", "8", "--halving", "--grid", rates, "--quiet", "--on-end", TELL]) == 0
    assert Store(folder / "home").runs("status=stopped")
    assert told(folder)[0]["HW1_TUI_WORDS"] == "finished: 8 of 8 runs done"


def test_what_diverged_is_not_told_as_done(folder):
    """It was `failed: 2 of 2 runs done`, of seeds and of a sweep."""
    words = ["--model", "mlp", "--engine", "torch", "--data", str(write_blobs(folder / "blobs.npz")), "--home", "home"]
    how = ["--epochs", "2", "--learning-rate", "1000", "--dtype", "float32", "--batch-size", "8", "--quiet"]
    assert main(["--batch", "train", *words, *how, "--seeds", "2", "--on-end", TELL]) == 1
    assert main(["sweep", *words, *how, "--grid", "l2=0,1000", "--on-end", TELL]) == 1
    assert {record.status for record in Store(folder / "home").runs()} == {"diverged"}
    assert [one["HW1_TUI_WORDS"] for one in told(folder)] == ["failed: 0 of 2 runs done"] * 2


def test_a_sweep_whose_time_is_over_is_told_as_stopped(folder, monkeypatch):
    """Guarantee: who is told of the end can tell it from one that is done; it was `finished: 0 of 2 runs done`."""
    monkeypatch.setattr(SweepRunner, "is_over_time", True)
    words = ["--model", "logistic_regression", "--data", str(write_blobs(folder / "blobs.npz")), "--home", "home"]
    how = ["--time", "1h", "--jobs", "1", "--executor", "threads", "--quiet", "--on-end", TELL]
    assert main(["sweep", *words, "--epochs", "8", "--grid", "l2=0,.1", *how]) == 0
    (end,) = told(folder)
    assert (end["HW1_TUI_STATUS"], end["HW1_TUI_WORDS"]) == ("stopped", "stopped: 0 of 2 runs done")


def test_a_terminal_has_a_sign_of_what_its_time_ended_and_none_of_what_a_person_stopped():
    assert Notification.of_plan("stopped", 1, 2, is_cut=True).sequence("bell") == "\x07"
    assert Notification.of_plan("stopped", 1, 2).sequence("bell") == ""


def test_what_cannot_be_run_or_fails_is_said_and_the_run_stays_what_it_is(folder, capsys):
    assert train(folder, "no-such-program") == 0
    assert "no-such-program cannot be run" in capsys.readouterr().err
    assert train(folder, f"{PYTHON} -c 'raise SystemExit(7)'") == 0
    assert "ended with 7" in capsys.readouterr().err
    assert train(folder, "sh -c 'kill -9 $$'") == 0
    assert "sh was ended by signal 9" in capsys.readouterr().err
    assert train(folder, "'unclosed") == 2
    assert train(folder, TELL, "--notify", "horn") == 2
    assert train(folder, TELL, "--compare", "numpy,torch") == 2


def test_where_what_trains_is_gone_the_end_is_told_and_what_goes_on(folder, capsys):
    def events():
        config = RunConfig.from_dict({"model": "mlp", "engine": "numpy", "epochs": 4})
        yield RunStarted("r1", config, (9, 9, 9), 4, ("x", "y"), 5, 9)
        yield EpochEnded(EpochMetrics(2, {}))
        raise LostError(Mistake("--on", "the scheduler is gone"))

    notifier = EndNotifier(shlex.split(TELL))
    with pytest.raises(LostError):
        list(notifier.told_of_loss(events(), Narrator(quiet=False)))
    (end,) = told(folder)
    assert [end[f"HW1_TUI_{name}"] for name in ("STATUS", "RUN", "EPOCHS")] == ["failed", "r1", "2"]
    assert "hw1-tui runs resume r1 goes on with it." in capsys.readouterr().err


def test_a_program_that_does_not_end_is_said_to_be_waited_for(folder, monkeypatch, capsys):
    """Else nobody knows why a run that has finished gives no prompt."""
    monkeypatch.setattr(on_end, "SECONDS_IN_SILENCE", 0.01)
    assert train(folder, "sleep 0.2") == 0
    assert "--on-end: sleep has not ended yet, and is waited for" in capsys.readouterr().err


def test_a_sign_is_sent_to_a_terminal_and_to_nothing_else(monkeypatch, capsys):
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    notifier, narrator = EndNotifier(sign="notification"), Narrator(quiet=True)
    notifier.tell(Notification.of_end(_END), narrator)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    notifier.tell(Notification.of_end(_END), narrator)
    expected = "\x1b]9;hw1-tui: the run finished after 3 epochs, test accuracy 0.5000\x07"
    assert capsys.readouterr().err == expected


def test_a_notification_holds_nothing_that_a_terminal_obeys():
    end = Notification.of_alarm("rule", "bad \x1b]0;title\x07 \x9c name\n", 3, "run\x1b[2J")
    sent = end.sequence("notification", {})
    assert (sent[:4], sent[-1]) == ("\x1b]9;", "\x07")
    assert sent[4:-1].isprintable()
    assert all(value.isprintable() for value in end.variables.values())
    assert end.sequence("notification", {"TMUX": "1"}) == end.sequence("bell", {}) == "\x07"  # tmux swallows OSC 9
    assert Notification.of_plan("stopped", 1, 2).sequence("bell", {}) == ""  # who stopped it need not be told


def test_the_end_of_a_sweep_is_told(sweep, folder):
    assert sweep("--grid", "learning-rate=.1,.01", "--on-end", TELL)[0] == 0
    (end,) = told(folder)
    assert (end["HW1_TUI_EVENT"], end["HW1_TUI_STATUS"]) == ("end", "finished")
    assert "2 of 2" in end["HW1_TUI_WORDS"]
