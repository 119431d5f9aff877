"""``hw1-tui runs`` as a user types it."""

import csv
import io
import json
import re
import shlex
import time
from pathlib import Path

import pytest

from hw1_tui.batch.history import find_runs
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import EndNotifier
from hw1_tui.batch.runs import VERBS
from hw1_tui.cli import main
from hw1_tui.command import COMMANDS
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.training.event import EpochEnded
from tests.support.history import NUMPY, start, started, train, write_run


@pytest.fixture
def say(capsys):
    """Run a command that must succeed; return its stdout."""

    def say(*words, code=0):
        assert main(["runs", *map(str, words)]) == code
        return capsys.readouterr().out

    return say


def test_every_verb_of_the_front_door_is_there():
    assert list(COMMANDS["runs"].verbs or ()) == list(VERBS)


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help(verb, capsys):
    assert main(["runs", verb, "--help"]) == 0
    assert "--home" in capsys.readouterr().out


def test_listing_has_one_grammar_in_three_formats(store, blobs, say):
    runs = [train(store, blobs, seed=seed) for seed in (1, 2, 3)]
    store.tag(runs[0], "report")
    assert [json.loads(line)["run"] for line in say("list", "--format", "jsonl")[:-1].split("\n")] == runs[::-1]
    assert [json.loads(line)["run"] for line in say("list", "seed>=2", "seed<3", "--format", "jsonl").splitlines()] == [
        runs[1]
    ]
    rows = list(csv.DictReader(io.StringIO(say("list", "--sort", "seed", "--columns", "run,seed", "--format", "csv"))))
    assert rows == [{"run": run, "seed": str(seed)} for run, seed in zip(runs, (1, 2, 3), strict=True)]
    table = say("list", "tag=report model=mlp")
    assert runs[0] in table
    assert runs[1] not in table
    assert say("list", "model=perceptron", "--format", "jsonl") == ""


def test_an_empty_history_lists_nothing_says_so_and_stays_unwritten(store, capsys):
    for words, said in (
        ([], f"No run is kept in {store.home}."),
        (["--deleted"], f"The trash of {store.home} is empty."),
    ):
        assert main(["runs", "list", *words, "--format", "jsonl"]) == 0
        assert capsys.readouterr() == ("", f"hw1-tui: {said}\n")
    assert not store.home.exists()


def test_another_home_is_another_history(store, blobs, say, tmp_path):
    train(store, blobs)
    assert say("list", "--home", tmp_path / "elsewhere", "--format", "jsonl") == ""
    assert len(say("list", "--home", store.home, "--format", "jsonl").splitlines()) == 1


def test_labels_and_paths_are_told_as_they_were_given(store, blobs, tmp_path, capsys):
    """Backslashes are not doubled, a name taken away is none, and a line end in a path is no line end of ours."""
    run = train(store, blobs)
    assert main(["runs", "rename", run, r"C:\runs"]) == 0
    assert r"is called 'C:\runs'." in capsys.readouterr().err
    assert main(["runs", "note", run, r"see C:\notes"]) == 0
    assert r"has the note 'see C:\notes'." in capsys.readouterr().err
    assert main(["runs", "rename", run, ""]) == 0
    assert f"{run} has no name." in capsys.readouterr().err
    assert main(["runs", "export", run, "--to", r"C:\figure"]) == 2
    assert r"C:\figure has no suffix" in capsys.readouterr().err
    assert main(["runs", "export", run, "--to", str(tmp_path / "a\nb.csv")]) == 0
    assert capsys.readouterr().err.splitlines() == [rf"{tmp_path}/a\nb.csv is written."]


def test_after_two_dashes_every_word_is_what_it_stands_for(store, blobs, say, tmp_path):
    """A name that begins with a dash, which the interface lets one give, was told to be no option wherever it stood."""
    run = train(store, blobs)
    say("rename", "--", run, "-first")
    assert json.loads(say("show", "--format", "jsonl", "--", "-first").splitlines()[0])["run"] == run
    say("export", "--to", tmp_path / "all.csv", "--", "-first")
    say("tag", "--quiet", "--", "-first", "--format", "-x")
    assert store.get(run).labels.tags == ("--format", "-x")
    assert main(["runs", "show", "--", "-first", "more"]) == 2


def test_mistakes_come_all_at_once_and_nothing_else_happens(store, blobs, capsys):
    run = train(store, blobs)
    assert main(["runs", "list", "val_acuracy>.5", "--format", "xml"]) == 2
    assert "xml" in capsys.readouterr().err
    assert main(["runs", "list", "val_acuracy>.5", "lerning_rate=1"]) == 2
    said = capsys.readouterr().err
    assert "did you mean val_accuracy" in said
    assert "did you mean learning_rate" in said
    assert main(["runs", "delete", run, "nothing"]) == 2
    assert store.get(run)
    assert main(["runs", "resume", run, "--learning-rate", "fast", "--epochs", "-3"]) == 2
    assert main(["runs", "rename", run]) == 2
    assert main(["runs", "list", "--home"]) == 2


def test_a_run_is_shown_with_all_that_is_known(store, blobs, say):
    run = train(store, blobs, every=2, **NUMPY)
    first, *epochs = (json.loads(line) for line in say("show", run, "--format", "jsonl").splitlines())
    assert first["run"] == run
    assert first["checkpoints"] == [0, 2, 4]
    assert first["versions"]["numpy"]
    assert epochs == [{"run": run, "event": "epoch", **epoch.as_dict()} for epoch in store.metrics(run)]
    text = say("show", "last")
    assert "learning_rate" in text
    assert f"{epochs[-1]['val_loss']:.4f}" in text


def test_tables_say_when_a_run_began_by_the_clock_here_as_filters_take_it(store, blobs, say, monkeypatch):
    """Machines are given the moment as it is kept; with an offset both are the same."""
    run = train(store, blobs)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        listed = say("list", "--columns", "created").split()[-1]
        assert listed.endswith("+05:45")
        assert listed in say("show", run)
        assert all(run in say("list", f"created{sign}{listed}") for sign in ("~", "=", "<="))
        assert json.loads(say("list", "--format", "jsonl"))["created"].endswith("+00:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_without_a_word_no_run_is_meant_that_a_wrong_clock_put_into_the_future(store, blobs, say):
    """As ``last``: the newest, and the newest that was interrupted."""
    shown = train(store, blobs)
    ahead, resumed = (started(start(store, blobs, epochs=4, **NUMPY)).run for _ in range(2))
    path = store.find(ahead).path / "run.json"
    path.write_text(re.sub('"created": "[0-9]{4}', '"created": "2999', path.read_text()))
    assert store.runs()[0].run == ahead
    assert resumed in say("show")
    assert resumed in say("resume", "--format", "jsonl", "--quiet")
    assert store.get(ahead).status == "interrupted"
    assert shown in say("show", shown)


def test_comparing_and_seeds(store, blobs, say):
    """Runs stand side by side with the interval of their difference; those of one setting are one line."""
    runs = [train(store, blobs, seed=seed) for seed in (1, 2)]
    rows = [json.loads(line) for line in say("compare", *runs, "--format", "jsonl").splitlines()]
    assert [row["seed"] for row in rows] == [1, 2]
    assert rows[1]["difference_low"] <= rows[1]["test_difference"] <= rows[1]["difference_high"]
    (row,) = (json.loads(line) for line in say("compare", "model=mlp", "--seeds", "--format", "jsonl").splitlines())
    assert row["runs"] == 2
    text = say("compare", *runs)
    assert "McNemar" in text
    assert "same setting" in text
    assert main(["runs", "compare"]) == 2


def test_conditions_narrow_what_a_verb_changes_as_they_narrow_the_list(store, blobs, say):
    first, second = (train(store, blobs, seed=seed) for seed in (1, 2))
    say("star", "seed=1", "seed=2")
    assert not any(store.get(run).labels.starred for run in (first, second))
    say("delete", "model=mlp", "seed=1", "model=mlp")
    assert [record.run for record in store.deleted()] == [first]
    assert store.get(second)


def test_a_filter_that_finds_none_to_be_changed_says_so_also_where_each_condition_holds_or_none_is_kept(
    store, blobs, capsys
):
    assert main(["runs", "tag", "epochs=1", "x"]) == 0
    assert capsys.readouterr().err == f"hw1-tui: No run is kept in {store.home}.\n"
    train(store, blobs, epochs=1, seed=1)
    train(store, blobs, epochs=2, seed=2)
    assert main(["runs", "delete", "epochs=1", "seed=2"]) == 0
    assert capsys.readouterr().err == "hw1-tui: No run fulfils all of epochs=1 seed=2.\n"


def test_labels_and_the_trash(store, blobs, say, capsys):
    """Name, tags, note, star and deletion are kept, and each can be taken back."""
    run = train(store, blobs)
    say("rename", run, "the baseline")
    say("tag", "the baseline", "a", "b")
    say("tag", run, "a", "--remove")
    say("note", run, "a note")
    say("star", run)
    labels = store.get(run).labels
    assert (labels.name, labels.tags, labels.note, labels.starred) == ("the baseline", ("b",), "a note", True)
    assert main(["runs", "star", run, "--remove"]) == 0
    assert capsys.readouterr().err == f"{run} is no favourite any more.\n"
    assert not store.get(run).labels.starred
    say("delete", run[-4:])
    assert say("list", "--format", "jsonl") == ""
    assert json.loads(say("list", "--deleted", "--format", "jsonl"))["run"] == run
    say("undelete", run)
    assert store.get(run).labels.name == "the baseline"
    assert main(["runs", "delete", "name=the bassline"]) == 0
    assert 'did you mean "name=the baseline"?' in capsys.readouterr().err
    say("delete", "model=mlp")
    say("purge")
    assert store.deleted() == []


def test_resume_prints_what_train_prints_and_goes_on_where_it_was(store, blobs, say):
    events = start(store, blobs, epochs=5, **NUMPY)
    run = started(events).run
    for _ in range(4):
        next(events)
    events.close()
    lines = [json.loads(line) for line in say("resume", "--format", "jsonl").splitlines()]
    assert lines[0]["event"] == "run_started"
    assert lines[0]["run"] == lines[-1]["run"] == run
    assert lines[-1]["status"] == "finished"
    say("resume", code=2)  # nothing is interrupted any more
    say("resume", run, code=2)
    more = [json.loads(line) for line in say("resume", run, "--epochs", 7, "--format", "jsonl").splitlines()]
    assert [line["epoch"] for line in more if line["event"] == "epoch"] == [6, 7]


def test_branch_begins_another_run(store, blobs, say):
    """From the epoch that is named, with the values that are given; ``show --joined`` has the epochs before it too."""
    parent = train(store, blobs, every=2, **NUMPY)
    words = ("branch", parent, "--epoch", 2, "--learning-rate", 0.1, "--format", "jsonl")
    lines = [json.loads(line) for line in say(*words).splitlines()]
    child = lines[0]["run"]
    assert lines[0]["learning_rate"] == 0.1
    shown = [json.loads(line) for line in say("show", child, "--joined", "--format", "jsonl").splitlines()]
    assert (shown[0]["parent"], shown[0]["parent_epoch"]) == (parent, 2)
    assert [line["epoch"] for line in shown[1:]] == [0, 1, 2, 3, 4]
    assert main(["runs", "branch"]) == 2


def test_branch_begins_at_the_best_or_the_last_epoch_as_export_and_inspect_take_them(store, blobs, say, capsys):
    parent = train(store, blobs, every=1, **NUMPY)
    for name, at in (("best", store.get(parent).results["best_epoch"]), ("last", 4)):
        say("branch", parent, "--epoch", name, "--epochs", 6)
        assert store.get("last").parent_epoch == at
    say("resume", parent, "--epochs", 6, "--learning-rate", 0.5)
    assert " in epoch 5, learning_rate " in " ".join(say("show", parent).split())
    assert main(["runs", "branch", parent]) == 2
    assert "needs --epoch; allowed: last, best, or one that was kept" in " ".join(capsys.readouterr().err.split())
    assert main(["runs", "branch", parent, "--epoch", "bset"]) == 2
    assert "--epoch: 'bset' is no epoch; allowed: last, best, or an epoch" in capsys.readouterr().err


@pytest.mark.parametrize("is_killed", [False, True])
def test_the_last_epoch_to_branch_from_of_a_run_that_has_not_ended_is_the_newest_that_is_kept(
    store, blobs, say, is_killed
):
    """It was the last that was trained, of which there is a checkpoint only now and then: it could not be begun at."""
    events = start(store, blobs, epochs=30)
    run = started(events).run
    next(event for event in events if isinstance(event, EpochEnded) and event.epoch == 20)
    if is_killed:
        events.close()
    for checkpoint in store.find(run).checkpoint_store.checkpoints():
        if checkpoint.epoch == 20:  # as where writing it takes long
            checkpoint.path.unlink()
    newest = store.find(run).checkpoint_store.checkpoints()[-1].epoch
    say("branch", run, "--epoch", "last", "--epochs", newest + 1)
    (made,) = [record for record in store.runs() if record.parent == run]
    assert made.parent_epoch == newest < 20


def test_rebuild_counts(store, blobs, capsys):
    """It says how many runs the new index has."""
    train(store, blobs)
    assert main(["runs", "rebuild"]) == 0
    assert "1 run in" in capsys.readouterr().err


NAMES = ["epochs=3", "lr=0.1", "last", "model!=mlp", "a b", "-x", "26", "name~x", "*", "[/x"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_the_run_that_was_given_it_and_no_other(store, name):
    """However it reads: as a condition, as ``last``, as the beginning of an identifier."""
    runs = [write_run(store, f"26110{number}-120000-abc{number}", epochs=3) for number in (1, 2, 3)]
    store.rename(runs[1], name)
    assert store.find(name).id == runs[1]
    assert [record.run for record in find_runs(store, [name])] == [runs[1]]
    store.delete(name)
    assert [record.run for record in store.runs()] == [runs[2], runs[0]]
    assert store.undelete(name).run == runs[1]


def test_a_word_that_means_many_runs_is_refused_with_the_newest_few(store):
    runs = [write_run(store, f"261101-1200{number:02}-abcd") for number in range(20)]
    with pytest.raises(MistakeError) as refused:
        store.find("261101")
    assert refused.value.mistakes[0].allowed == f"{', '.join(runs[:11:-1])}, and 12 more"


def test_a_name_that_two_runs_have_is_refused_with_both(store):
    runs = [write_run(store, f"26110{number}-120000-abc{number}") for number in (1, 2)]
    for run in runs:
        store.rename(run, "epochs=3")
    with pytest.raises(MistakeError, match=f"more than one run is called this.*{runs[1]}, {runs[0]}"):
        find_runs(store, ["epochs=3"])
    with pytest.raises(MistakeError, match="identifier of another run"):
        store.rename(runs[0], runs[1])


@pytest.mark.parametrize("name", ["two words", 'with "marks"', "it's", "a,b", "back\\slash", "-x", "a;b"])
def test_a_condition_finds_the_label_that_the_shell_hands_over(store, name, capsys):
    """As the shell leaves it without its quotation marks, or with those of the filter inside."""
    runs = [write_run(store, f"26110{number}-120000-abc{number}", epochs=3) for number in (1, 2)]
    store.label(runs[1], name=name, tags=(name,))
    words = [f"name={name}", f"tag={name}"]
    if " " in name and '"' not in name:
        words += [f'name="{name}"', f"tag='{name}'"]
    for word in words:
        assert main(["runs", "list", word, "--columns", "run"]) == 0
        assert capsys.readouterr().out.split() == ["run", runs[1]], word


def test_the_newest_run_is_shown_by_itself_though_another_is_called_last(store, capsys):
    runs = [write_run(store, f"26110{number}-120000-abc{number}", epochs=3) for number in (1, 2)]
    store.rename(runs[0], "last")
    assert main(["runs", "show"]) == 0
    assert runs[1] in capsys.readouterr().out
    assert main(["runs", "show", "last"]) == 0
    assert runs[0] in capsys.readouterr().out


@pytest.mark.parametrize("words", [["show"], ["show", "last"], ["compare", "last"], ["delete", "last"]])
def test_the_newest_of_nothing_but_damaged_runs_is_a_mistake(store, words, capsys):
    (store.runs_path / "261101-120000-abc1").mkdir(parents=True)
    (store.runs_path / "261101-120000-abc1" / "run.json").write_text("{}")
    assert main(["runs", *words]) == 2
    assert "last: there is no such run" in capsys.readouterr().err


def test_a_run_comes_back_from_the_trash_by_the_end_of_its_identifier(store):
    run = write_run(store, "261101-120000-abc1", epochs=3)
    store.delete("abc1")
    assert store.undelete("abc1").run == run


def test_the_largest_first_is_asked_for_as_the_help_says(tmp_path, capsys, store):
    for n, rate in enumerate((0.1, 0.3, 0.2)):
        write_run(store, f"26112{n}-101010-abc{n}", rate=rate)
    for words in (("--sort", "-val_accuracy"), ("--sort=-val_accuracy",)):
        assert main(["runs", "list", *words, "--columns", "run"]) == 0
        assert [line[5] for line in capsys.readouterr().out.splitlines()[1:]] == ["1", "2", "0"]
    assert main(["runs", "list", "--sort", "-val_acuracy"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("hw1-tui: --sort: there is no value 'val_acuracy'")
    assert "did you mean -val_accuracy?" in said
    for order, meant in {
        "val_accuracy desc": "-val_accuracy",
        "val_acc:DESC": "-val_accuracy",
        "seed asc": "seed",
    }.items():
        assert main(["runs", "list", "--sort", order]) == 2
        assert f"did you mean {meant}?" in capsys.readouterr().err  # as other programs have it
    assert main(["runs", "list", "--columns", ",,"]) == 2
    assert capsys.readouterr().err.count("--columns: there is no value ''") == 1
    assert main(["runs", "list", "--sort", "--quiet"]) == 2
    assert "--sort: is empty" in capsys.readouterr().err


def test_a_filter_that_cannot_mean_anything_is_a_mistake_for_every_verb(capsys):
    write_run(Store(), "261121-101010-abcd")
    for verb in (("list",), ("delete",), ("star",), ("compare",), ("list", "--deleted")):
        assert main(["runs", *verb, "model==mlp"]) == 2
        assert "did you mean model=mlp?" in capsys.readouterr().err
    assert Store().runs()


@pytest.mark.parametrize(
    "words", [["model=mpl"], ["(model=mlp)"], ["model", "=", "mlp"], ["model:mlp"], ["model=", "mlp"]]
)
@pytest.mark.parametrize("verb", ["list", "compare", "delete", "undelete", "star"])
def test_a_condition_that_is_none_is_told_with_the_nearest_by_every_verb(verb, words, capsys):
    """Nothing is deleted, marked or listed for a word that only reads like a condition."""
    write_run(Store(), "261121-101010-abcd")
    assert main(["runs", verb, *words]) == 2
    assert "did you mean model=mlp?" in capsys.readouterr().err
    assert len(Store().runs()) == 1


def test_many_runs_are_deleted_with_one_sentence_seen_in_the_trash_and_brought_back_by_a_filter(capsys, store):
    runs = [write_run(store, f"26112{n}-101010-abc{n}", seed=n) for n in range(3)]
    assert main(["runs", "delete", "seed>0"]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["runs", "list", "--deleted", "seed=2", "--columns", "run"]) == 0
    assert capsys.readouterr().out.split() == ["run", runs[2]]
    assert main(["runs", "list", "--deleted", "--sort", "seed", "--columns", "run"]) == 0
    assert capsys.readouterr().out.split() == ["run", runs[1], runs[2]]
    assert main(["runs", "undelete", "seed>0"]) == 0
    assert "2 runs are back" in capsys.readouterr().err
    assert len(store.runs()) == 3
    assert main(["runs", "tag", "seed>0", "later"]) == 0
    assert [record.labels.tags for record in store.runs("", "seed")] == [(), ("later",), ("later",)]
    assert main(["runs", "delete", *runs[:2]]) == 0
    assert main(["runs", "undelete", "last"]) == 0
    assert f"{runs[1]} is back" in capsys.readouterr().err


def test_a_command_that_is_told_finds_the_run_in_the_history_that_the_option_named(
    tmp_path, capsys, monkeypatch, blobs
):
    """It named the run alone, which the next command looked for in another history: as if it were lost."""
    store = Store(tmp_path / "a course" / "history")
    monkeypatch.chdir(tmp_path)
    write_run(store, "261121-101010-abcd")
    for words, told in (
        (["runs", "delete", "last"], r"; hw1-tui (.*) brings it back"),
        (["runs", "list", "last"], r"hw1-tui (.*) tells of the newest"),
    ):
        assert main([*words, "--home", "a course/history"]) == 0
        (command,) = re.findall(told, capsys.readouterr().err)
        assert main(shlex.split(command)) == 0
    stopping = EndNotifier(home=Path("a course/history"))
    with Narrator(quiet=False) as narrator:
        narrator.tell_continuation("261121-101010-abcd", stopping.home)
    assert f"--home '{store.home}' goes on with it." in capsys.readouterr().err
    monkeypatch.setenv("HW1_TUI_HOME", str(store.home))
    assert main(["runs", "delete", "last", "--home", "a course/history"]) == 0
    assert "hw1-tui runs undelete 261121-101010-abcd brings" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["show", "follow", "compare", "resume", "star", "delete", "undelete"])
def test_an_empty_name_is_no_run_for_any_verb(capsys, verb):
    """As the shell makes one of a variable that is not set."""
    assert main(["runs", verb, ""]) == 2
    assert "RUN: is empty; allowed: an identifier, a name, or last" in capsys.readouterr().err
