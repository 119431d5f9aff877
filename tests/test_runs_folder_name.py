"""A run's folder says by its name which run it is, whatever its files say."""

import json
import os
import shutil

import pytest

from hw1_tui.cli import main
from tests import test_runs_damage as damage
from tests.support.damage import BAD, GOOD, facts_with

blobs, trained, store = damage.blobs, damage.trained, damage.store


def test_a_copied_folder_is_a_run_of_its_own(store, blobs, tmp_path, capsys):
    """``cp -r A A-backup``, then ``runs delete A-backup``: the original stays."""
    copy = f"{GOOD}-backup"
    shutil.copytree(store.runs_path / GOOD, store.runs_path / copy)
    assert {record.run for record in store.runs()} == {GOOD, BAD, copy}
    assert store.get(copy).run == copy
    store.tag(copy, "copy")
    assert store.get(GOOD).labels.tags == ("own",)
    for words in (["delete", copy], ["undelete", copy], ["delete", copy], ["purge"]):
        assert main(["runs", *words, "--home", str(store.home)]) == 0
    assert {path.name for path in store.runs_path.iterdir()} == {GOOD, BAD}


@pytest.mark.parametrize("claimed", ["../../x", "/x", "..", "", GOOD, 5, None, "a/b"])
def test_what_a_file_says_of_its_run_is_no_path(store, tmp_path, claimed):
    facts_with(store.runs_path / BAD, run=claimed)
    with (store.runs_path / BAD / "metrics.jsonl").open("a") as log:
        log.write(json.dumps({"event": "run_started", "run": claimed}) + "\n")
    out = tmp_path / "a" / "b" / "out"
    assert main(["runs", "export", BAD, "--tensorboard", str(out), "--home", str(store.home)]) == 0
    made = list(tmp_path.rglob("*tfevents*"))
    assert made == [out / BAD / f"events.out.tfevents.{BAD}"]
    assert {record.run for record in store.runs()} == {GOOD, BAD}
    store.delete(BAD)
    assert [record.run for record in store.deleted()] == [BAD]


@pytest.mark.parametrize("name", ["-rf", "a\nb", " blank ", "tab\tin", "\u202eabc", os.fsdecode(b"caf\xe9")])
def test_a_folder_whose_name_nobody_can_type_is_named_and_left_out(store, capsys, name):
    shutil.move(store.runs_path / BAD, store.runs_path / name)
    assert main(["runs", "list", "--home", str(store.home)]) == 0
    said = capsys.readouterr()
    assert GOOD in said.out
    assert "cannot be the name of a run" in said.err
    assert name not in said.out


def test_runs_that_are_each_others_parents_are_joined_once(store):
    facts_with(store.runs_path / GOOD, parent=BAD, parent_epoch=1)
    facts_with(store.runs_path / BAD, parent=GOOD, parent_epoch=1)
    assert [epoch.epoch for epoch in store.metrics(BAD, joined=True)] == [0, 1, 0, 1, 2]
