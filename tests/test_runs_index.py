"""The index is a cache: whatever happens to its file, the history is shown whole, and that is said once."""

import logging
import os
import random
import sqlite3
import sys
from pathlib import Path

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from tests.support.history import write_run

PAGE = 4096


@pytest.fixture
def store(tmp_path):
    """A history whose index has a few dozen pages and nothing beside its file."""
    store = Store(tmp_path / "home")
    for number in range(60):
        write_run(store, f"2611{number // 24 + 1:02d}-{number % 24:02d}0000-r{number:03d}", epochs=2)
    store.runs()
    return store


def flip(path: Path, positions) -> None:
    content = bytearray(path.read_bytes())
    for position in positions:
        content[position] ^= 1 << position % 8
    path.write_bytes(content)


def test_one_flipped_bit_in_every_tenth_page_hides_no_run(store, capsys):
    """In ``list``, ``show``, ``resume``, ``rebuild``: each notices, none ends, and it is said once."""
    run = store.runs()[7].run
    words = (["list", "--quiet"], ["show", run], ["show", "last"], ["resume"], ["delete", run], ["undelete", run])
    for command in (*words, ["rebuild"]):
        flip(store.index_path, range(PAGE // 2, store.index_path.stat().st_size, 10 * PAGE))
        code = main(["runs", *command, "--home", str(store.home)])
        said = capsys.readouterr()
        assert code == (2 if command == ["resume"] else 0), said.err  # there the data is not what it was
        assert len(Store(store.home).runs()) == 60 - (command[0] == "delete")
    assert said.err.count("was damaged") <= 1


def test_that_the_index_was_damaged_is_said_once(store, capsys, monkeypatch):
    """Also where a plug-in has set up logging for itself."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(sys.stderr)])
    for _ in range(3):
        flip(store.index_path, range(PAGE + 100, store.index_path.stat().st_size, 300))
        assert main(["runs", "list", "--home", str(store.home)]) == 0
    assert capsys.readouterr().err.count("was damaged") == 1


@pytest.mark.parametrize("seed", range(40))
def test_no_flipped_bit_anywhere_changes_what_is_shown(store, seed):
    """Not even one inside a value, which SQLite does not notice."""
    before = store.runs()
    rng = random.Random(seed)
    size = store.index_path.stat().st_size
    flip(store.index_path, [rng.randrange(100) if seed % 4 == 0 else rng.randrange(size) for _ in range(1 + seed % 3)])
    assert store.runs() == before
    assert store.runs() == before


@pytest.mark.parametrize("cut", [0, 1, 50, PAGE, PAGE + 7, 5 * PAGE])
def test_an_index_that_is_cut_short_hides_no_run(store, cut):
    before = store.runs()
    store.index_path.write_bytes(store.index_path.read_bytes()[:cut])
    assert store.runs() == before


@pytest.mark.parametrize("value", ["NULL", "5", "0.5", "x'ff00'"])
def test_a_flipped_bit_that_makes_something_else_of_a_text_hides_no_run(store, value):
    """What a value is stands in one byte before it."""
    before = store.runs()
    for column in ("record",) if value == "NULL" else ("record", "stamp", "run"):
        with sqlite3.connect(store.index_path) as connection:
            connection.execute("CREATE TABLE other (run, stamp, record)")
            connection.execute("INSERT INTO other SELECT * FROM runs")
            connection.execute("DROP TABLE runs")
            connection.execute("ALTER TABLE other RENAME TO runs")
            connection.execute(f"UPDATE runs SET {column} = {value} WHERE run = ?", [before[3].run])  # noqa: S608
        connection.close()
        assert store.runs() == before


def test_damage_that_sqlite_cannot_even_describe_hides_no_run(store, capsys):
    """Its sentence quotes the damaged letters, and Python cannot read a sentence that is no UTF-8."""
    before = store.runs()
    store.index_path.write_bytes(store.index_path.read_bytes().replace(b"NOT NULL", b"NOT N\xd5LL", 1))
    assert main(["runs", "list", "--home", str(store.home)]) == 0
    assert capsys.readouterr().err.count("was damaged") == 1
    assert store.runs() == before


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_stands_in_the_place_of_the_index_is_left_alone_and_said_once(store, tmp_path, kind, capsys):
    """A link may lead to a file of somebody else, and a pipe waits for ever."""
    store.index_path.unlink()
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE letters (text TEXT)")
    connection.close()
    content = other.read_bytes()
    {"link": lambda: store.index_path.symlink_to(other), "pipe": lambda: os.mkfifo(store.index_path),
     "folder": store.index_path.mkdir}[kind]()  # fmt: skip
    assert main(["runs", "list", "--home", str(store.home)]) == 0
    assert len(store.runs()) == 60
    assert capsys.readouterr().err.count(f"index.sqlite: it is a {kind}, not a file. There is no index") == 1
    assert other.read_bytes() == content
