"""`runs follow`: what other programs train, epoch by epoch, until it has ended."""

import json
import signal
from collections.abc import Iterator

import pytest

from hw1_tui.batch import run_follow
from hw1_tui.cli import main
from hw1_tui.exit_code import DONE, FAILED, USAGE, of_signal
from hw1_tui.runs import RunRecord, Store
from hw1_tui.settings import Given, resolve
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from tests.support.program import Program


@pytest.fixture
def step(monkeypatch):
    """Let the follower look only when the test has let a run take its next epoch, which is what this returns."""
    pending: list[Iterator[object]] = []
    monkeypatch.setattr(run_follow, "sleep", lambda _seconds: next(pending[0], None))
    return pending.append


def begin(epochs, control=None, **others):
    """Begin a run; yields after each epoch, and is held until it is asked for the next."""
    given = {"data": "digits", "epochs": str(epochs), "model": "logistic_regression", **others}
    config = resolve([Given(name, value, name) for name, value in given.items()])
    for event in record(open_session(config, control), Store()):
        if isinstance(event, EpochEnded):
            yield event


def test_each_epoch_is_told_from_the_newest_on_and_then_how_it_ended(step, capsys):
    run = begin(3)
    for _ in range(2):  # the untrained model, and the first epoch
        next(run)
    step(run)
    assert main(["runs", "follow", "--format", "jsonl"]) == DONE
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event.get("epoch") for event in events] == [1, 2, 3, None]
    assert events[-1]["event"] == "run_ended"
    assert events[-1]["status"] == "finished"
    assert {event["run"] for event in events} == {Store().runs()[0].run}


@pytest.mark.parametrize("output_format", ["table", "csv"])
def test_several_runs_share_a_table(step, capsys, output_format):
    first, second = begin(2), begin(2)
    next(first)
    next(second)
    step(event for pair in zip(first, second, strict=True) for event in pair)
    assert main(["runs", "follow", "--format", output_format, "--quiet"]) == DONE
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.replace(",", " ").split()[:2] == ["run", "epoch"]
    names = {record.run for record in Store().runs()}
    assert {row.replace(",", " ").split()[0] for row in rows} == names
    assert len(rows) == 6 + 2 * (output_format == "table")


def test_one_that_leaves_the_range_of_numbers_is_a_failure(step, capsys):
    run = begin(50, learning_rate="1", l2="1000")
    next(run)
    step(run)
    assert main(["runs", "follow", "--quiet"]) == FAILED
    assert "diverged" in capsys.readouterr().out


def test_one_that_had_failed_before_it_was_named_is_a_failure_too(capsys):
    """A script that begins a run and follows it must not go on because the run failed at once."""
    list(begin(50, learning_rate="1", l2="1000"))
    run = Store().runs()[0].run
    capsys.readouterr()
    assert main(["runs", "follow", run, "--format", "csv", "--quiet"]) == FAILED
    assert capsys.readouterr().out.startswith("run,epoch,")  # a table without rows
    assert main(["runs", "follow", "model=logistic_regression", "--quiet"]) == DONE


def test_runs_are_named_as_for_the_other_verbs(step, capsys):
    """By ``last``, a name or the end of an identifier, and it is followed though it is renamed meanwhile."""
    other, run, store = begin(9), begin(2), Store()
    next(other)
    next(run)
    newest = store.get("last").run

    def renamed_on_the_way():
        store.rename("last", "slow")
        yield from run

    step(renamed_on_the_way())
    assert main(["runs", "follow", "last", "--format", "jsonl"]) == DONE
    assert {json.loads(line)["run"] for line in capsys.readouterr().out.splitlines()} == {newest}
    assert main(["runs", "follow", "slow"]) == DONE
    told = f"{newest} does not train: it has finished. With --wait it is waited for until it goes on."
    assert told in capsys.readouterr().err  # and not "the first", of one
    assert main(["runs", "follow", "nobody", "--wait"]) == USAGE
    assert "nobody: there is no such run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("end", "told", "code"),
    [
        (lambda _run: None, "was interrupted after 1 epoch.", FAILED),
        (lambda run: Store().delete(run), "was deleted", DONE),
    ],
    ids=["killed", "deleted"],
)
def test_one_whose_log_has_no_last_word_is_told_and_a_killed_one_is_a_failure(step, capsys, end, told, code):
    run = begin(9)
    for _ in range(2):
        next(run)
    name = Store().get("last").run

    def ended():
        run.close()
        yield end(name)

    step(ended())
    assert main(["runs", "follow", "last", "--format", "csv"]) == code
    assert f"{name} {told}" in capsys.readouterr().err


def test_of_a_trial_that_its_sweep_stopped_it_is_said_that_it_may_go_on(step, capsys, monkeypatch):
    """With halving one that is named seemed to be over at its first rung."""
    control = Control()
    run = begin(9, control)
    next(run)
    name = Store().get("last").run
    monkeypatch.setattr(RunRecord, "sweep", "rates")

    def halved():
        control.stop()
        yield from run

    step(halved())
    assert main(["runs", "follow", "last"]) == DONE
    assert f"{name} is a trial of the sweep rates, which may go on with it." in capsys.readouterr().err


def test_one_that_another_worker_goes_on_with_is_followed_on(step, capsys):
    """As `--on local:N` does: it was told as interrupted, with exit code 1, though it finished."""
    run = begin(3)
    for _ in range(2):
        next(run)

    def handed_on():
        run.close()
        yield
        yield
        list(resume(Store(), "last"))
        yield

    step(handed_on())
    assert main(["runs", "follow", "last", "--format", "csv"]) == DONE
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].split(",")[1] == "3"
    assert "interrupted" not in err


def test_none_that_trains_is_said_and_not_waited_for(capsys):
    assert main(["runs", "follow", "model=mlp"]) == DONE
    assert "No run trains. With --wait the first is waited for" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["model=logistic_regression"]], ids=["all", "filtered"])
def test_the_next_of_several_that_come_one_after_another_is_followed_too(step, capsys, words):
    """Guarantee: a look between two trials of a sweep, or while halving holds all of them, is not the end of following.

    It ended there with exit code 0, after 3 of 30 trials.
    """

    def one_after_another():
        yield from begin(2)
        yield from range(run_follow.LOOKS_FOR_NEXT - 1)
        yield from begin(1)

    step(one_after_another())
    assert main(["runs", "follow", *words, "--wait", "--format", "csv"]) == DONE
    assert [row.split(",")[1] for row in capsys.readouterr().out.splitlines()] == ["epoch", "0", "1", "2", "0", "1"]


def test_one_that_begins_and_ends_between_two_looks_is_told_whole(step, capsys):
    """It was waited for on and on."""

    def short():
        yield from [list(begin(2))]
        yield from range(run_follow.LOOKS_FOR_NEXT)
        raise AssertionError("it has begun and ended, and is waited for still")

    step(short())
    assert main(["runs", "follow", "--wait", "--format", "csv"]) == DONE
    assert [row.split(",")[1] for row in capsys.readouterr().out.splitlines()] == ["epoch", "0", "1", "2"]


def test_the_first_is_waited_for_until_a_signal():
    """In a process of its own, as a signal goes to the whole of one."""
    with Program("runs", "follow", "--wait", "--format", "csv") as follower:
        assert follower.first_line().startswith("run,epoch")
        code, _, err = follower.end(signal.SIGTERM)
        assert (code, err) == (of_signal(signal.SIGTERM), "")


def test_a_condition_that_no_run_fulfils_is_told_and_is_none_that_does_not_train(capsys):
    """Guarantee: a condition that is wrong is told; "None of them trains" read as if there were some."""
    list(begin(1))
    list(begin(1))
    assert main(["runs", "follow", "engine=torch"]) == DONE
    assert "No run has engine=torch" in capsys.readouterr().err
    assert main(["runs", "follow", "data=digits"]) == DONE
    assert "None of them trains. With --wait" in capsys.readouterr().err
    assert main(["runs", "follow"]) == DONE
    assert "No run trains. With --wait" in capsys.readouterr().err
