"""What is said on stderr while something runs, a line now and then or drawn again, and why it failed."""

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from hw1_tui.batch import compare as batch_compare
from hw1_tui.batch import narrator
from hw1_tui.batch.narrator import Narrator, format_seconds
from hw1_tui.batch.rerun_narration import narrated
from hw1_tui.cli import main
from hw1_tui.settings import Given
from hw1_tui.training.event import Progressed, Remarked, RunEnded
from hw1_tui.training.lockstep import Compared
from hw1_tui.training.recording import resume
from tests.support.history import start, train


@pytest.fixture
def clock(monkeypatch):
    """The narrator's clock, which only the test moves."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(narrator, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_log_gets_a_line_of_progress_every_five_seconds_and_no_more(clock, capsys):
    with Narrator() as said:
        for done in range(11):
            clock.now += 1
            said.advance(done, 10, "epoch [3] of 10\x1b[2J")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(", ")[1] for line in lines] == ["40%", "90%"]
    assert all(line.startswith("epoch [3] of 10\\x1b[2J, ") for line in lines)


def test_the_time_left_is_told_once_it_can_be_known(clock, capsys):
    with Narrator() as said:
        for done in range(60):
            clock.now += 1
            said.advance(done, 120, "training")
    assert capsys.readouterr().err.splitlines()[-1].endswith("ETA 1:01")


def times_told(capsys):
    return [line.split("ETA ")[1] for line in capsys.readouterr().err.splitlines() if "ETA " in line]


def test_seeds_and_reports_are_told_by_their_pace_and_not_by_what_was_loaded_before(clock, capsys):
    run = SimpleNamespace(label="seed 1")

    def train_slowly():
        yield SimpleNamespace(run=run, event=Remarked("is waited for."), done=0.0)
        clock.now += 30
        for percent in range(40):
            yield SimpleNamespace(run=run, event=Progressed(1, percent, 100, 0.5, 0.0), done=percent / 100)
            clock.now += 1

    rerun: Any = SimpleNamespace(runs=[run], missing=[run], steps=train_slowly)
    with Narrator() as said:
        list(narrated(rerun, said))
    assert times_told(capsys) == ["1:34", "1:29", "1:24", "1:19", "1:14", "1:09", "1:04"]


def test_a_comparison_of_engines_is_told_by_its_pace_and_not_by_what_was_loaded_before(clock, capsys, monkeypatch):
    compared = [Compared(epoch, (1.0, 1.0), {"W": 0.0}, 1.0) for epoch in range(40)]

    def compare_slowly(*_):
        clock.now += 30
        for step in compared:
            yield step
            clock.now += 1

    monkeypatch.setattr(batch_compare, "compare", compare_slowly)
    given = [Given("model", "logistic_regression", "--model"), Given("data", "digits", "--data")]
    assert batch_compare.run_comparison(given, ("numpy", "torch"), 10**9, "table", quiet=False) == 0
    assert times_told(capsys) == ["1:34", "1:29", "1:24", "1:19", "1:14", "1:09", "1:04"]


def test_quiet_leaves_out_all_but_failures(clock, capsys):
    with Narrator(quiet=True) as said:
        clock.now += 60
        said.advance(5, 10, "training")
        said.remark("a remark")
        said.follow(Remarked("another"))
        said.follow(Remarked("the disk is full", is_failure=True))
    assert capsys.readouterr().err == "the disk is full\n"


def follow(said, events, clock):
    """Let each event come six seconds after the one before."""
    for event in events:
        clock.now += 6
        said.follow(event)


def test_a_log_tells_what_is_trained_and_after_every_event_where_it_is(clock, capsys, store, blobs):
    with Narrator() as said:
        follow(said, start(store, blobs, epochs=2), clock)
    read, what, *lines = capsys.readouterr().err.splitlines()
    assert read == "Inputs are pictures of 3 x 3, grey, stored as (N, H, W) of uint8."
    assert what.endswith("90/40/50 examples of 9 features, 81 parameters, 90 updates an epoch")
    assert lines
    assert {line.split(", ")[0] for line in lines} == {"epoch 1 of 2", "epoch 2 of 2"}
    assert any(", evaluating, " in line for line in lines)


def test_a_log_tells_where_a_run_goes_on_that_was_stopped(clock, capsys, store, blobs):
    run = train(store, blobs, epochs=2)
    with Narrator() as said:
        follow(said, resume(store, run, {"epochs": 3}), clock)
    what, *lines = capsys.readouterr().err.splitlines()
    assert what.endswith(", resumed after epoch 2")
    assert {line.split(", ")[0] for line in lines} == {"epoch 3 of 3"}


@pytest.mark.parametrize(("status", "is_said"), [("failed", True), ("diverged", True), ("stopped", False)])
def test_why_a_run_ended_is_said_though_quiet_was_asked_for_where_that_is_a_failure(capsys, status, is_said):
    with Narrator(quiet=True) as said:
        said.follow(RunEnded("r", status, 2, {}, None, 1.0, reason="It came to its end."))
    assert capsys.readouterr().err == "It came to its end.\n" * is_said


def test_on_a_terminal_the_line_of_progress_makes_room_for_what_is_said_and_goes_at_the_end(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Screen())
    monkeypatch.setenv("TERM", "xterm")
    with Narrator() as said:
        said.advance(1, 4, "training")
        assert terminal.line.startswith("training")
        assert " 25%" in terminal.line
        said.remark("a remark")
        assert terminal.above == ["a remark"]
        said.advance(2, 4, "training")
    assert terminal.above == ["a remark"]
    assert terminal.line == ""


def test_the_line_of_progress_stays_while_a_file_is_written_and_goes_where_what_is_printed_may_come(
    clock, monkeypatch, tmp_path
):
    """Epochs may be shorter than the time between two drawings: then it was hardly ever there."""
    monkeypatch.setattr(sys, "stderr", terminal := Screen())
    monkeypatch.setenv("TERM", "xterm")
    with Narrator() as said, (tmp_path / "out").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        said.advance(1, 4, "training")
        said.make_room()
        assert " 25%" in terminal.line
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        said.make_room()
        assert terminal.line == ""


class Screen(io.StringIO):
    """A terminal that shows a line that is drawn again, and what stays above it."""

    def isatty(self):
        return True

    @property
    def line(self):
        return self.getvalue().split("\n")[-1].split("\r\x1b[K")[-1]

    @property
    def above(self):
        return [line.split("\r\x1b[K")[-1] for line in self.getvalue().split("\n")[:-1]]


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (125, "2:05"), (3725, "1:02:05")])
def test_a_time_is_written_as_on_a_clock(seconds, text):
    assert format_seconds(seconds) == text


def test_on_a_terminal_sentences_break_between_words_and_what_is_copied_stays_whole(monkeypatch, capsys):
    path, command = (
        "/a/folder/of/a/path/that/is/longer/than/a/line",
        "hw1-tui runs resume 261125-090000-wxyz --epochs 20",
    )
    monkeypatch.setattr("hw1_tui.batch.page.columns_of", lambda _stream: 40)
    Narrator().remark(f"What is written stands from now on in {path} and nowhere else.\nGone on with by {command}")
    assert capsys.readouterr().err.splitlines() == [
        "What is written stands from now on in",
        f"  {path}",
        "  and nowhere else.",
        "Gone on with by",
        f"  {command}",
    ]
    assert main(["--batch", "runs", "list", "--home", path + ".md"]) == 2
    assert all(len(line) <= 40 or path in line for line in capsys.readouterr().err.splitlines())
    spaced = path.replace("/that", "/that has  spaces")
    assert main(["--batch", "train", "--data", spaced]) == 2
    assert f"  {spaced}:" in capsys.readouterr().err.splitlines()


def test_the_best_epoch_is_not_said_to_have_a_loss_below_that_of_the_untrained_model(capsys):
    """A perceptron begins with a loss of 0, and "lowest validation loss in epoch 1" stood below that."""
    assert main(["--batch", "train", "--model", "perceptron", "--data", "digits", "--epochs", "1"]) == 0
    *_, untrained, trained, end = capsys.readouterr().out.splitlines()
    assert float(untrained.split()[3]) < float(trained.split()[3])
    assert "best epoch 1 by validation loss" in end
