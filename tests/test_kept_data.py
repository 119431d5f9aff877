"""The data of a kept run is found again from any folder, and is never another of the same name."""

import json
import os
import sys

import numpy as np
import pytest
from textual.widgets import Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.settings import RunConfig
from hw1_tui.training.kept_data import config_here
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import branch, record, resume
from screens.dialogs.run_export import export_runs
from screens.state.run_source import submit_branched, submit_resumed
from tests.support.data_screen import open_data
from tests.support.history import MEASURED, NUMPY, ended, train, write_blobs
from tests.support.inside import is_drawn
from tests.support.scripted_engine import until


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two folders with files of one name that hold different data; the first is where one is."""
    for number, name in enumerate(("first", "second")):
        (tmp_path / name).mkdir()
        write_blobs(tmp_path / name / "blobs.npz", seed=number)
    monkeypatch.chdir(tmp_path / "first")
    return tmp_path


def epochs(store, run):
    return [[epoch[name] for name in MEASURED] for epoch in store.metrics(run)]


def test_a_run_goes_on_from_another_folder_with_its_own_data(store, folders, monkeypatch):
    expected = epochs(store, train(store, "blobs.npz", epochs=6, **NUMPY))
    run = train(store, "blobs.npz", epochs=4, **NUMPY)
    monkeypatch.chdir(folders / "second")
    assert main(["runs", "resume", run, "--epochs", "6", "--quiet"]) == 0
    assert epochs(store, run) == expected
    assert store.get(run).config["data"] == "blobs.npz"


def test_a_branch_from_another_folder_has_its_parents_data_and_keeps_where_it_is(store, folders, monkeypatch):
    run = train(store, "blobs.npz", epochs=4, **NUMPY)
    monkeypatch.chdir(folders / "second")
    child = ended(branch(store, run, 4, {"epochs": 6})).run
    assert store.get(child).facts["fingerprint"] == store.get(run).facts["fingerprint"]
    assert store.get(child).facts["data_path"] == str(folders / "first" / "blobs.npz")
    assert ended(resume(store, child, {"epochs": 7})).epochs == 7


def test_data_that_was_moved_is_found_by_its_name_where_one_is(store, folders, monkeypatch):
    run = train(store, "blobs.npz", epochs=4, **NUMPY)
    (folders / "third").mkdir()
    (folders / "first" / "blobs.npz").rename(folders / "third" / "blobs.npz")
    monkeypatch.chdir(folders / "third")
    assert ended(resume(store, run, {"epochs": 5})).status == "finished"


def test_other_data_at_the_recorded_path_is_told_and_not_trained_on(store, folders, monkeypatch, capsys):
    run = train(store, "blobs.npz", epochs=4, **NUMPY)
    write_blobs(folders / "first" / "blobs.npz", seed=5)
    monkeypatch.chdir(folders / "second")
    assert main(["runs", "resume", run, "--epochs", "6"]) == 2
    said = capsys.readouterr().err
    assert f"{folders / 'first' / 'blobs.npz'} is not what it was when the run began" in said
    (folders / "first" / "blobs.npz").unlink()
    (folders / "second" / "blobs.npz").unlink()
    assert main(["runs", "resume", run, "--epochs", "6"]) == 2
    assert f"{folders / 'first' / 'blobs.npz'}: cannot be read: No such file" in capsys.readouterr().err


def test_data_that_was_moved_and_renamed_is_pointed_at_and_checked(store, folders, monkeypatch, capsys):
    """Going on, branching, looking inside and a page; other data is refused there as at the recorded path."""
    run = train(store, "blobs.npz", epochs=4, **NUMPY)
    child = ended(branch(store, run, 4, {"epochs": 6})).run
    new, other = folders / "new.npz", folders / "second" / "blobs.npz"
    (folders / "first" / "blobs.npz").rename(new)
    for words in (["--batch", "inspect", child], ["runs", "export", child, "--to", "page.html"],
                  ["runs", "branch", child, "--epoch", "last", "--epochs", "7"],
                  ["runs", "resume", run, "--epochs", "5"]):  # fmt: skip
        assert main(words) == 2
        assert "--data NEW" in capsys.readouterr().err
        assert main([*words, "--data", str(other)]) == 2
        assert f"--data: {other} is not what it was when the run began" in capsys.readouterr().err
        assert main([*words, "--data", str(new)]) == 0
    assert store.runs("", "-created")[0].facts["data_path"] == str(new)


def test_where_moved_data_was_found_is_kept_for_the_next_who_asks(store, folders, monkeypatch, capsys):
    """By going on and by branching; the run keeps how its data was called."""
    run = train(store, "blobs.npz", epochs=2, **NUMPY)
    places = [folders / f"{name}.npz" for name in ("blobs", "one", "two")]
    (folders / "first" / "blobs.npz").rename(places[0])
    monkeypatch.chdir(folders / "second")
    for number, words in enumerate((["resume", run], ["branch", run, "--epoch", "last"]), 1):
        places[number - 1].rename(places[number])
        for more in (["--data", str(places[number])], []):
            epochs = str(store.get(run).results["epochs_done"] + 1)
            assert main(["runs", *words, "--epochs", epochs, *more]) == 0
        assert store.get(run).facts["data_path"] == str(places[number])
    assert main(["--batch", "inspect", run]) == 0
    assert store.get(run).config["data"] == "blobs.npz"


@pytest.mark.parametrize("read", [{}, {"val_share": 0.3, "test_share": 0.1}])
async def test_what_is_open_under_data_is_tried_for_going_on_and_branching(store, folders, read):
    """To open it there was what to do, said again and again: only what the form has was tried."""
    old, new = folders / "first" / "old.npz", folders / "new.npz"
    rng = np.random.default_rng(0)
    np.savez(old, X=rng.normal(0, 1, (60, 4)), y=np.arange(60) % 3)
    run = train(store, "old.npz", epochs=2, **NUMPY, **read)
    old.rename(new)
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        queue = app.workspace.queue
        live = submit_resumed(queue, store, store.get(run), {"epochs": 3})
        await until(pilot, lambda: live.ended)
        assert "open it under Data and try again" in str(live.ended)
        await open_data(pilot, str(new))
        assert app.workspace.draft.data == "builtin"
        record = store.get(run)
        lives = (submit_branched(queue, store, record, 2, {"epochs": 3}),
                 submit_resumed(queue, store, record, {"epochs": 3}))  # fmt: skip
        await until(pilot, lambda: all(live.ended for live in lives))
        assert [live.ended.status for live in lives if live.ended] == ["finished", "finished"]


async def test_what_lies_on_the_form_is_tried_where_the_interface_does_not_find_a_runs_data(store, folders):
    """Looking inside, a page, going on and branching; other data on the form is no run's, and what to do is said."""
    run = train(store, "blobs.npz", epochs=2, **NUMPY)
    new = (folders / "first" / "blobs.npz").rename(folders / "new.npz")
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "open it under Data" in str(app.screen.query_one("#nothing", Static).content))
        app.workspace.draft.data = str(folders / "second" / "blobs.npz")
        assert app.workspace.data_elsewhere(run) is None
        app.workspace.draft.data = str(new)
        app.action_go("runs")
        await pilot.pause()
        app.action_go("inspection")
        await until(pilot, lambda: is_drawn(app))
        export_runs(app, app.workspace, [store.get(run)])
        await pilot.pause()
        app.screen.query_one(Input).value = str(folders / "page.html")
        await pilot.press("enter")
        await until(pilot, (folders / "page.html").exists)
        queue, record = app.workspace.queue, store.get(run)
        lives = (submit_branched(queue, store, record, 2, {"epochs": 3}),
                 submit_resumed(queue, store, record, {"epochs": 3}))  # fmt: skip
        await until(pilot, lambda: all(live.ended for live in lives))
        assert [live.ended.status for live in lives if live.ended] == ["finished", "finished"]


def test_a_table_that_was_moved_is_still_known_as_what_the_model_was_trained_on(store, folders, capsys):
    """It has no splits, so that of other data all examples are asked about: those it learned from, too."""
    rows = [f"{i},{i * 7 % 11},{'ab'[i % 2]}" for i in range(40)]
    (folders / "a.csv").write_text("\n".join(["x,y,label", *rows]))
    run = train(store, folders / "a.csv", epochs=1, **NUMPY)
    (folders / "a.csv").rename(folders / "b.csv")
    (folders / "c.csv").write_text("\n".join(["x,y,label", *rows[1:]]))
    for name, examples in (("b.csv", 6), ("c.csv", 39)):
        assert main(["--batch", "predict", run, str(folders / name), "--format", "jsonl"]) == 0
        out, err = capsys.readouterr()
        assert (f'"examples": {examples},' in out, "is what the model was trained on" in err) == (True, name == "b.csv")


def test_the_form_is_filled_in_with_data_that_is_found_from_here(store, folders, monkeypatch):
    run = train(store, "blobs.npz", **NUMPY)
    assert config_here(store.get(run)).data == "blobs.npz"
    monkeypatch.chdir(folders / "second")
    assert config_here(store.get(run)).data == str(folders / "first" / "blobs.npz")


def test_a_path_below_the_home_folder_is_recorded_whole(store, folders, monkeypatch):
    monkeypatch.setenv("HOME", str(folders))
    monkeypatch.setenv("USERPROFILE", str(folders))
    run = train(store, "~/first/blobs.npz", **NUMPY)
    assert store.get(run).facts["data_path"] == str(folders / "first" / "blobs.npz")


def test_a_name_of_what_comes_along_means_that_beside_a_folder_of_the_name(store, tmp_path, monkeypatch, capsys):
    """Training, going on, and runs of an older version that recorded the folder's path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quadratic" / "train").mkdir(parents=True)
    config = RunConfig.from_dict({"model": "quadratic_network", "data": "quadratic", "epochs": 1, "threads": 1})
    run = ended(record(open_session(config), store)).run
    path = store.find(run).path / "run.json"
    facts = json.loads(path.read_text())
    assert facts["data_path"] == ""
    path.write_text(json.dumps({**facts, "data_path": str(tmp_path / "quadratic")}))
    assert ended(resume(store, run, {"epochs": 2})).status == "finished"
    assert config_here(store.get(run)).data == "quadratic"
    assert main(["--batch", "predict", run, "quadratic", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out.count('"example"') == 100
    assert main(["data", "check", "quadratic"]) == 0
    assert "drawn by this program" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_data_whose_name_is_no_text_is_trained_on_and_found_again(store, tmp_path, monkeypatch, capsys):
    """Its name has no UTF-8, and was a traceback when the run was to be kept."""
    name = os.fsdecode(b"caf\xe9.npz")
    write_blobs(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    words = ["--model", "mlp", "--epochs", "1", "--threads", "1", "--learning-rate", "0.01"]
    assert main(["--batch", "train", "--data", name, *words]) == 0
    assert r"caf\xe9.npz" in "".join(capsys.readouterr())
    monkeypatch.chdir("/")
    assert main(["runs", "resume", "last", "--epochs", "2"]) == 0
    for command in (["list"], ["show", "last"], ["compare", "last"]):
        assert main(["runs", *command]) == 0
    assert r"caf\xe9.npz" in "".join(capsys.readouterr())
    for suffix in ("csv", "jsonl", "md", "tex", "svg"):
        assert main(["runs", "export", "last", "--to", str(tmp_path / f"a.{suffix}")]) == 0
    assert store.get("last").facts["data_path"] == str(tmp_path / name)
