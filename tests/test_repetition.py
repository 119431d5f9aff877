"""One configuration with several seeds: each a run of the history, together one answer."""

import csv
import io
import os
import signal
import threading

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from hw1_tui.training import session
from hw1_tui.training.control import Control
from hw1_tui.training.starting import start
from tests.support.json_lines import records_of

OPTIONS = ("--model", "mlp", "--hidden-sizes", 4, "--init", "he", "--epochs", 2, "--learning-rate", 0.01)


@pytest.fixture
def train(capsys, blobs):
    """Train by the command; return its exit code, stdout and stderr."""

    def train(*words):
        code = main(["--batch", "train", "--data", str(blobs), *map(str, (*OPTIONS, *words))])
        return (code, *capsys.readouterr())

    return train


def losses(records, seed):
    return {r["epoch"]: r["val_loss"] for r in records if r["event"] == "epoch" and r["seed"] == seed}


@pytest.fixture
def failing(monkeypatch):
    """Let something happen in the first epoch of the run with a seed."""

    def failing(seed, happen):
        def started(config, engine, data):
            trainer = start(config, engine, data)
            epoch = trainer.epoch

            def happens():
                happen()
                return epoch()

            if config.hyperparameters["seed"] == seed:
                monkeypatch.setattr(trainer, "epoch", happens)
            return trainer

        monkeypatch.setattr(session, "start", started)

    return failing


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_each_seed_is_a_run_of_its_own_with_the_bits_of_one_that_is_trained_alone(train, engine):
    words = ("--engine", engine, "--format", "jsonl", "--quiet")
    code, out, _ = train(*words, "--seeds", 2, "--seed", 7)
    records = records_of(out)
    assert code == 0
    alone = [record for record in records_of(train(*words, "--seed", 8, "--threads", 1)[1]) if "epoch" in record]
    assert losses(records, 8) == {record["epoch"]: record["val_loss"] for record in alone}
    assert losses(records, 7).keys() == {0, 1, 2}
    assert losses(records, 7) != losses(records, 8)
    runs = {record["seed"]: record["run"] for record in records if "seed" in record}
    for seed, run in runs.items():
        assert Store().get(run).config["seed"] == seed
        assert Store().get(run).status == "finished"
    assert (records[-1]["event"], records[-1]["seeds"]) == ("seeds_ended", [7, 8])
    mean = sum(Store().get(run).results["test_loss"] for run in runs.values()) / 2
    assert records[-1]["test_loss_mean"] == pytest.approx(mean)


def test_what_is_kept_is_taken_and_only_the_other_seeds_are_trained(train):
    first = train("--seeds", 2, "--format", "csv")
    code, out, err = train("--seeds", 3, "--format", "csv")
    assert code == 0
    assert len(Store().runs()) == 3
    assert "1 of 3 runs is to be trained, the others are in the history." in err
    rows = [(row["seed"], row["epoch"], row["val_loss"]) for row in csv.DictReader(io.StringIO(out))]
    assert [row[:2] for row in rows] == [(str(seed), str(epoch)) for seed in (42, 43, 44) for epoch in range(3)]
    before = csv.DictReader(io.StringIO(first[1]))
    assert {(row["seed"], row["epoch"], row["val_loss"]) for row in before} == set(rows[:6])


def test_the_table_has_a_row_a_seed_and_what_they_come_to_together(train):
    code, out, err = train("--seeds", 3)
    head, *rows = [line.split() for line in out.splitlines()]
    assert (code, head[:2]) == (0, ["seed", "epochs"])
    assert [row[0] for row in rows] == ["42", "43", "44", "mean", "std", "lowest", "highest"]
    losses = [float(row[2]) for row in rows[:3]]
    assert float(rows[3][1]) == pytest.approx(sum(losses) / 3, abs=1e-4)
    assert (float(rows[5][1]), float(rows[6][1])) == (min(losses), max(losses))
    assert "over 3 seeds" in err


def test_a_run_that_fails_leaves_the_others_and_is_told_also_under_quiet(train, failing):
    def happen():
        raise ValueError("a matrix without inverse")

    failing(43, happen)
    code, out, err = train("--seeds", 3, "--quiet", "--format", "jsonl")
    assert (code, err) == (1, "seed 43: The numpy engine failed in epoch 1: a matrix without inverse\n")
    assert "over 2 seeds of 3, the other did not finish." in train("--seeds", 3)[2]
    statuses = {record["seed"]: record["status"] for record in records_of(out) if record["event"] == "run_ended"}
    assert statuses == {42: "finished", 43: "failed", 44: "finished"}
    assert records_of(out)[-1]["seeds"] == [42, 44]


@pytest.mark.parametrize(
    ("n", "said"), [(2, "1 seed of 2 can be counted: no spread can be told."), (3, "over 2 seeds of 3.")]
)
def test_a_seed_that_others_delete_meanwhile_is_told_and_not_counted(train, failing, n, said):
    """It was told to be not counted, and its numbers stood in the mean."""
    train("--seeds", 1)
    failing(43, lambda: [Store().delete(record.run) for record in Store().runs() if record.config["seed"] == 42])
    code, out, err = train("--seeds", n, "--format", "jsonl")
    ended = records_of(out)[-1]
    assert (code, ended["seeds"]) == (1, list(range(43, 42 + n)))
    left = [Store().get(run).results["test_loss"] for run in ended["runs"]]
    assert ended["test_loss_mean"] == pytest.approx(sum(left) / len(left))
    assert "seed 42: was deleted or went on otherwise meanwhile, and is not counted." in err
    assert err.rstrip().endswith(said)


def test_a_seed_that_others_delete_meanwhile_is_told_under_quiet_too(train, failing):
    """A command that ended with 1, as a report does of which a run is gone, said nothing at all."""
    train("--seeds", 1)
    failing(43, lambda: [Store().delete(record.run) for record in Store().runs() if record.config["seed"] == 42])
    code, _, err = train("--seeds", 2, "--quiet")
    assert code == 1
    assert err.startswith("seed 42: was deleted or went on otherwise meanwhile, and is not counted.")


def test_ctrl_c_stops_all_and_the_same_command_goes_on_to_the_same_bits(train, failing, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("HW1_TUI_HOME", os.environ["HW1_TUI_HOME"] + "-whole")
        whole = records_of(train("--seeds", 2, "--format", "jsonl")[1])
    asked, ask_to_stop = threading.Event(), Control.ask_to_stop

    def note(control):
        ask_to_stop(control)
        asked.set()

    monkeypatch.setattr(Control, "ask_to_stop", note)

    def interrupt():
        if not asked.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            assert asked.wait(60)  # the handler runs in the main thread, and the run is short

    failing(42, interrupt)
    code, _, err = train("--seeds", 2, "--format", "jsonl")
    assert code == 130
    assert "The same command goes on with what was stopped." in err
    assert [(run.config["seed"], run.status) for run in Store().runs()] == [(42, "stopped")]
    code, out, _ = train("--seeds", 2, "--format", "jsonl")
    assert code == 0
    assert len(Store().runs()) == 2
    for seed in (42, 43):
        assert losses(records_of(out), seed) == losses(whole, seed)


def test_what_is_wrong_with_every_run_is_told_before_the_first(train):
    code, _, err = train("--seeds", 0, "--seed", "x")
    assert code == 2
    assert "--seeds: '0' is out of range; allowed: a whole number from 1 to 100" in err
    assert "--seed: 'x'" in err
    assert train("--seeds", 2, "--data", "quadratic")[0] == 2
    assert Store().runs() == []


@pytest.mark.parametrize("output_format", ["table", "jsonl", "csv"])
def test_what_the_coach_finds_wrong_with_a_seed_is_a_line_once_and_changes_no_exit_code(train, output_format):
    """Who trains one run is warned; who trains five was not."""
    ill = ("--init", "zero", "--epochs", 5, "--seeds", 2, "--format", output_format)
    code, out, err = train(*ill)
    lines = [line for line in err.splitlines() if "Coach" in line]
    assert code == 0
    assert [line.split(":")[0] for line in lines] == ["seed 42", "seed 43"]
    assert all("Try: " in line for line in lines)
    assert "Coach" not in out
    code, _, err = train(*ill, "--seed", 50, "--quiet")
    assert (code, err) == (0, "")
