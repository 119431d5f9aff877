"""The history: what is kept, found, labelled, deleted, rebuilt."""

import json
import multiprocessing
import os
import re
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.batch.notices import print_notices
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.identifier import new_identifier
from hw1_tui.runs.index import MIGRATIONS
from hw1_tui.runs.listing import list_folders, read_folders
from tests.support.history import start, started, train, write_run

FIRST_VERSION = Path(__file__).parent / "stores" / "version-1"


def test_a_file_in_the_place_of_the_trash_is_said_where_it_would_be_listed(store, capsys):
    print_notices(quiet=True)
    store.home.mkdir()
    store.trash_path.write_text("")
    assert store.deleted() == []
    assert f"{store.trash_path} cannot be listed: Not a directory" in capsys.readouterr().err


def test_runs_that_another_program_moves_while_they_are_listed_are_not_called_damaged(store, capsys):
    print_notices(quiet=False)
    for day in (21, 22):
        write_run(store, f"2611{day}-101010-abcd")
        store.delete(f"2611{day}-101010-abcd")
    folders = list_folders(store.trash_path)
    store.undelete("261121-101010-abcd")
    assert [record.run for record in read_folders(folders)] == ["261122-101010-abcd"]
    assert capsys.readouterr().err == ""


def test_looking_at_an_empty_history_writes_nothing(store):
    assert store.runs("model=mlp") == []
    assert store.interrupted() == []
    assert store.deleted() == []
    assert store.rebuild() == 0
    with pytest.raises(MistakeError, match="none is kept in"):
        store.get("last")
    assert not store.home.exists()


def test_the_home_is_what_was_given_then_the_environment_then_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / "from environment"))
    assert Store().home == tmp_path / "from environment"
    assert Store(tmp_path / "given").home == tmp_path / "given"
    monkeypatch.delenv("HW1_TUI_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Store().home.name == "hw1-tui"


def test_a_run_is_kept_with_what_it_was_and_came_to(store, blobs):
    run = train(store, blobs, epochs=3, learning_rate=0.05)
    record = store.get(run)
    assert record.status == "finished"
    assert record.config["learning_rate"] == 0.05
    assert record.results["epochs_done"] == 3
    assert record.facts["test_examples"] == 50
    assert record.facts["versions"]["numpy"]
    assert re.fullmatch("[0-9a-f]{8,}", record.facts["fingerprint"])
    metrics = store.metrics(run)
    assert [epoch.epoch for epoch in metrics] == [0, 1, 2, 3]
    assert record.results["val_loss"] == metrics[-1]["val_loss"]
    assert record.results["best_val_loss"] == min(epoch["val_loss"] for epoch in metrics[1:])
    assert store.runs() == [record]
    json.dumps(record.as_dict(), allow_nan=False)


def test_a_runs_folder_can_be_read_without_this_program(store, blobs):
    run = train(store, blobs)
    folder = store.runs_path / run
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["run_started", *["epoch"] * 5, "run_ended"]
    assert {line["run"] for line in lines if "run" in line} == {run}
    assert "learning_rate = 0.01" in (folder / "config.toml").read_text()


def test_identifiers_are_in_the_order_of_time_and_drawn_apart():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    names = [new_identifier(now + timedelta(seconds=s)) for s in (0, 1, 59, 3600, 86400 * 40, 86400 * 400)]
    assert names == sorted(names)
    assert len({new_identifier(now) for _ in range(200)}) > 190
    assert all(len(name) <= 18 for name in names)


def test_a_run_is_found_by_its_beginning_its_end_its_name_and_as_the_last(store, blobs):
    first, second = train(store, blobs), train(store, blobs)
    store.rename(first, "baseline")
    assert store.find(first).id == store.find(first[-4:]).id == store.find("baseline").id == first
    store.rename(second, " 山田\u3000太郎")  # as a Japanese keyboard types a space
    assert store.find(" 山田\u3000太郎").id == store.find("山田 太郎").id == second
    assert store.find("last").id == second
    with pytest.raises(MistakeError, match="more than one run"):
        store.find(first[:2])
    for wrong in ("", "nothing", "../" + first, "..", "/", "a\0b", "x" * 5000):
        with pytest.raises(MistakeError):
            store.find(wrong)


def test_the_last_run_is_not_one_that_a_wrong_clock_put_into_the_future(store, blobs):
    first, second = train(store, blobs), train(store, blobs)
    for run, year in ((first, "2999"), (second, "2998")):
        assert store.find("last").id == second
        path = store.find(run).path / "run.json"
        path.write_text(re.sub('"created": "[0-9]{4}', f'"created": "{year}', path.read_text()))
    assert store.find("last").id == first


@pytest.mark.parametrize(("ask", "method"), [("find", "runs"), ("find", "called"), ("undelete", "deleted")])
def test_a_run_that_another_program_begins_or_deletes_while_one_is_looked_for_is_found(store, blobs, ask, method):
    """What was listed first does not have it."""
    train(store, blobs)
    real, name = getattr(store, method), "late" if method == "called" else "last"

    def look(*args):
        if not found:
            found.append(train(Store(store.home), blobs))
            if ask == "undelete":
                Store(store.home).delete(found[0])
            elif method == "called":
                Store(store.home).rename(found[0], name)
        return real(*args)

    found: list[str] = []
    setattr(store, method, look)
    answer = getattr(store, ask)(name)
    assert [answer.id if ask == "find" else answer.run] == found


def test_labels_are_kept_and_shown_by_every_store(store, blobs):
    run = train(store, blobs)
    store.tag(run, "report", "first")
    store.tag(run, "report")
    store.tag(run, "first", remove=True)
    store.note(run, "with [brackets]\nand a second line")
    store.star(run)
    store.rename(run, "  baseline ")
    labels = Store(store.home).runs()[0].labels
    assert (labels.name, labels.tags, labels.starred) == ("baseline", ("report",), True)
    assert labels.note == "with [brackets]\nand a second line"
    assert store.star(run, False).labels.starred is False


def test_labels_of_the_same_time_are_told_apart(store, blobs):
    """As on FAT and some network disks, whose times are whole seconds: the second was not shown, until the next."""
    run = train(store, blobs, epochs=1)
    labels = store.find(run).path / "labels.json"
    for starred in (True, False, True):
        store.star(run, starred)
        os.utime(labels, (1_000_000_000, 1_000_000_000))
        assert [record.labels.starred for record in store.runs()] == [starred]


def test_lines_of_a_note_end_as_lines_do_here(store, blobs):
    """Of a text from Windows, each line but the last was shown with a mark of its end."""
    run = train(store, blobs)
    assert store.note(run, "one\r\ntwo\rthree\nfour\r\n").labels.note == "one\ntwo\nthree\nfour\n"


def test_a_deleted_run_is_gone_until_it_is_brought_back(store, blobs):
    run, other = train(store, blobs), train(store, blobs)
    store.tag(run, "kept")
    assert store.delete(run) == run
    assert [record.run for record in store.runs()] == [other]
    assert [record.run for record in store.deleted()] == [run]
    with pytest.raises(MistakeError, match=f"there is no such run, but in the trash: {run}"):
        store.find(run[-4:])
    assert store.undelete(run).labels.tags == ("kept",)
    assert {record.run for record in store.runs()} == {run, other}
    store.delete(run)
    assert store.purge() == 1
    with pytest.raises(MistakeError, match="not among the deleted"):
        store.undelete(run)


def test_a_run_that_trains_is_shown_as_running_and_cannot_be_deleted(store, blobs):
    events = start(store, blobs)
    run = started(events).run
    assert store.get(run).status == store.runs()[0].status == "running"
    assert store.interrupted() == []
    with pytest.raises(MistakeError, match="being trained right now"):
        store.delete(run)
    events.close()
    assert store.get(run).status == "interrupted"
    assert [record.run for record in store.interrupted()] == [run]
    store.delete(run)


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be looked at" * 50, None])
def test_the_index_can_be_lost_or_damaged(store, blobs, content):
    runs = {train(store, blobs), train(store, blobs)}
    before = store.runs()
    assert store.index_path.exists()
    if content is None:
        store.index_path.unlink()
    else:
        for name in ("index.sqlite-wal", "index.sqlite-shm"):
            (store.home / name).unlink(missing_ok=True)
        store.index_path.write_bytes(content)
    assert store.runs() == before
    assert store.rebuild() == 2
    assert {record.run for record in store.runs()} == runs


def test_a_run_folder_that_was_copied_in_or_taken_out_is_noticed(store, blobs, tmp_path):
    run = train(store, blobs)
    other = Store(tmp_path / "other")
    moved = train(other, blobs)
    store.runs()
    shutil.copytree(other.runs_path / moved, store.runs_path / moved)
    shutil.rmtree(store.runs_path / run)
    assert [record.run for record in store.runs()] == [moved]


def test_what_is_no_run_and_what_is_damaged_is_left_out_or_shown_as_far_as_it_goes(store, blobs):
    run, damaged = train(store, blobs), train(store, blobs)
    (store.runs_path / "half made").mkdir()
    (store.runs_path / "a file").write_text("")
    nonsense = store.runs_path / "nonsense"
    nonsense.mkdir()
    (nonsense / "run.json").write_text("[1, 2]")
    log = store.runs_path / damaged / "metrics.jsonl"
    log.write_bytes(b"\x00\xff{\n" + log.read_bytes()[:-20])
    statuses = {record.run: record.status for record in store.runs()}
    assert statuses == {run: "finished", damaged: "interrupted"}
    assert store.rebuild() == 2


def test_a_history_of_the_first_version_still_opens(tmp_path, store):
    shutil.copytree(FIRST_VERSION, tmp_path / "home")
    (record,) = store.runs("model=mlp val_accuracy>.1")
    assert record.status == "finished"
    assert record.labels.name == "the first"
    assert len(store.metrics(record.run)) == record.results["epochs_done"] + 1
    assert store.find(record.run).checkpoint_store.newest_sound()[0].epoch == record.results["epochs_done"]


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 3))
def test_an_index_of_any_version_is_brought_to_this_one(store, blobs, version):
    train(store, blobs)
    connection = sqlite3.connect(store.index_path)
    for script in MIGRATIONS[:version]:
        connection.execute(script)
    connection.execute(f"PRAGMA user_version={version}")
    connection.commit()
    connection.close()
    assert len(store.runs()) == 1
    connection = sqlite3.connect(store.index_path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 1
    connection.close()


def test_an_index_that_version_0_1_0_has_open_is_read_and_written_by_both(store, blobs):
    """It kept a log beside the index (WAL), which nobody needs any more and which does not work on networks."""
    run = train(store, blobs)
    store.runs()
    old = sqlite3.connect(store.index_path, isolation_level=None)
    assert old.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal"
    assert old.execute("SELECT run FROM runs").fetchall() == [(run,)]
    another = train(store, blobs)
    assert {record.run for record in store.runs()} == {run, another}
    assert old.execute("DELETE FROM runs").rowcount
    old.close()
    assert {record.run for record in store.runs()} == {run, another}
    connection = sqlite3.connect(store.index_path)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    connection.close()
    assert sorted(path.name for path in store.home.glob("index.sqlite*")) == ["index.sqlite"]


def test_a_history_whose_index_cannot_be_written_can_be_looked_at(store, blobs):
    run = train(store, blobs)
    store.index_path.mkdir()
    assert [record.run for record in store.runs()] == [run]


def _write(home, blobs, count):
    store = Store(home)
    for _ in range(count):
        run = train(store, blobs, epochs=2)
        store.tag(run, "tagged")
        store.runs("tag=tagged")


@pytest.mark.timeout(180)
def test_processes_that_write_at_once_lose_nothing(store, blobs):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(store.home, blobs, 8)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(150)
    assert [process.exitcode for process in processes] == [0, 0]
    records = store.runs("tag=tagged status=finished")
    assert len(records) == 16
    assert all(record.results["epochs_done"] == 2 for record in records)


def _tag(home, run, number):
    store = Store(home)
    for i in range(30):
        store.tag(run, f"tag-{number}-{i}")
    store.tag(run, f"tag-{number}-0", remove=True)


@pytest.mark.timeout(180)
def test_labels_that_programs_give_at_once_are_all_kept(store):
    """30 tags by each of 4 processes, while a fifth renames, notes and stars."""
    run = write_run(store, "261121-000000-aaaa", epochs=0)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_tag, args=(store.home, run, number)) for number in range(4)]
    for process in processes:
        process.start()
    for i in range(10):
        store.rename(run, f"name {i}")
        store.note(run, f"note {i}")
        store.star(run)
    for process in processes:
        process.join(150)
    assert [process.exitcode for process in processes] == [0] * 4
    labels = store.get(run).labels
    assert set(labels.tags) == {f"tag-{number}-{i}" for number in range(4) for i in range(1, 30)}
    assert (labels.name, labels.note, labels.starred) == ("name 9", "note 9", True)


JSON = st.none() | st.integers(-(2**62), 2**62) | st.text()


@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON), max_size=5), st.data())
def test_a_log_gives_back_its_whole_lines_however_it_was_cut(tmp_path_factory, records, data):
    from hw1_tui.runs.log import Log
    from hw1_tui.runs.reader import read_events

    path = tmp_path_factory.mktemp("log") / "metrics.jsonl"
    log = Log(path)
    log.append(records)
    log.close()
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:cut])
    log = Log(path)
    log.append([{"new": True}])
    log.close()
    assert list(read_events(path)) == [*records[: content[:cut].count(b"\n")], {"new": True}]


def test_bringing_a_run_back_looks_at_no_other_in_the_trash(store, blobs, monkeypatch):
    """Two thousand deleted runs took minutes to come back: each looked through all the others."""
    runs = [write_run(store, f"261125-09000{number}-wxyz") for number in range(3)]
    for run in runs:
        store.delete(run)
    listed = []

    def note(path):
        listed.append(path)
        return {}

    monkeypatch.setattr("hw1_tui.runs.store.list_folders", note)
    for run in runs:
        assert store.undelete(run).run == run
    assert listed == []
