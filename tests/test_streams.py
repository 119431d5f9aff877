"""stdout takes every name whatever its encoding and width; stderr that is closed, full or gone ends no training."""

import csv
import functools
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from tests.support.history import write_blobs
from tests.support.program import IN_SHELL
from tests.support.terminal import Terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals and descriptors of POSIX")

PROGRAM = [sys.executable, "-m", "hw1_tui"]
NAME = "Zoë ζ²−日本 [b]"
SEVERAL = """
import sys
from hw1_tui.batch import report
from hw1_tui.cli import main
report.write_report = lambda *_, **__: []  # its files go to no stream
for words in {commands!r}:
    assert main(words) == 0, words
    print("END", flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Data and a history whose names few encodings have."""
    folder = tmp_path_factory.mktemp("streams")
    source = write_blobs(folder / "ζ日本.npz")
    home = ["--home", str(folder / "home")]
    assert main(["--batch", "--data", str(source), "--epochs", "2", "--quiet", *home]) == 0
    assert main(["runs", "rename", "last", NAME, "--quiet", *home]) == 0
    return folder


def commands(folder, output_format):
    source, home = str(folder / "ζ日本.npz"), ["--home", str(folder / "home")]
    form = ["--format", output_format]
    return [
        ["--batch", "train", "--data", source, "--epochs", "1", "--model", "perceptron", *form, *home],
        ["--batch", "predict", NAME, source, *form, *home],
        ["--batch", "report", "1.1", "--kept", "--data", source, "--out", str(folder / "out"), *form, *home],
        ["--batch", "derive", "--inputs", "1", "--units", "1", *form],
        ["runs", "list", *form, *home],
        ["runs", "show", NAME, *form, *home],
        ["runs", "compare", NAME, NAME, *form, *home],
        *([["data", "check", source, *form]] if output_format != "csv" else []),
    ]


def outputs(words, **environment):
    """Run several commands one after the other; return what each wrote to stdout."""
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    program = SEVERAL.format(commands=words)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode(encoding)
    assert b"Traceback" not in done.stderr
    told = done.stdout.decode(encoding).split("END\n")[:-1]
    assert len(told) == len(words)
    return told


@pytest.fixture(scope="module")
def tables(folder):
    """Return what each command writes in an encoding, the last of them a list of runs; found once."""
    listing = ["runs", "list", "--columns", "name,status", "--home", str(folder / "home")]
    words = [*commands(folder, "table"), ["train", "--help"], ["report", "--help"], ["--help"], listing]
    return functools.cache(lambda encoding: outputs(words, **os.environ, PYTHONIOENCODING=encoding))


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_no_command_stops_at_a_character_that_stdout_does_not_have(tables, encoding):
    told = tables(encoding)
    if encoding == "ascii":
        assert "phi has P = (D+1)(D+2)/2" in told[3]  # signs of mathematics are spelled
        assert "Zo\\xeb zeta^2-\\u65e5\\u672c [b]" in told[5]  # what is not ours is written by its number


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_columns_stand_below_their_headings_in_any_encoding(tables, encoding):
    """What is spelled for want of a character is wider than it was."""
    heading, *rows = tables(encoding)[-1].splitlines()
    assert any(row.startswith("Zo") for row in rows)
    assert {row.index("finished") for row in rows} == {heading.index("status")}


def test_shortened_texts_end_in_one_cell_in_any_encoding(folder):
    words = ["runs", "list", "--columns", "name,data,status", "--home", str(folder / "home"), "--quiet"]
    program = Terminal(*PROGRAM, *words, columns=36, PYTHONIOENCODING="ascii")
    try:
        assert program.end() == 0
        lines = program.text.strip().split("\r\n")
    finally:
        program.close()
    (heading,) = (line for line in lines if "status" in line)
    rows = [line for line in lines if "finished" in line]
    assert any("~" in row for row in rows)
    assert {row.index("finished") for row in rows} == {heading.index("status")}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_is_json_with_every_name_whole_in_any_encoding(folder, encoding):
    told = outputs(commands(folder, "jsonl"), **os.environ, PYTHONIOENCODING=encoding)
    for output in told:
        for line in output.splitlines():
            json.loads(line)
    assert NAME in {json.loads(line).get("name") for line in told[4].splitlines()}


def test_a_mistake_names_what_was_given_in_any_encoding():
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "data", "check", "日本.npz"], capture_output=True, check=False, env=env)
    assert done.returncode == 2
    assert done.stderr.startswith(rb"hw1-tui: \u65e5\u672c.npz")


@pytest.mark.parametrize(("output_format", "columns"), [("jsonl", 40), ("csv", 80)])
def test_a_terminal_gets_the_same_lines_as_a_file(folder, capsys, monkeypatch, columns, output_format):
    """Between the rows only the line of progress is drawn, and taken away again."""
    monkeypatch.setattr("hw1_tui.batch.report.write_report", lambda *_, **__: [])
    several = commands(folder, output_format)
    program = Terminal(sys.executable, "-c", SEVERAL.format(commands=several), columns=columns)
    try:
        assert program.end() == 0
        *printed, _ = program.raw.decode().split("END\r\n")
    finally:
        program.close()
    for words, text in zip(several, printed, strict=True):
        rows = [row.rpartition("\r\x1b[K")[2] for row in text.split("\r\n")]
        if output_format == "jsonl":
            found = [json.loads(row) for row in rows if row.startswith("{")]
            assert found, rows
            assert not any(row.endswith("}") for row in rows if not row.startswith("{"))
        else:
            assert main([*words, "--quiet"]) == 0
            told = capsys.readouterr().out
            head = told.splitlines()[0]
            assert rows.count(head) == 1
            width = len(next(csv.reader(io.StringIO(head))))
            after = [row for row in rows[rows.index(head) + 1 :] if row][: len(told.splitlines()) - 1]
            assert {len(row) for row in csv.reader(after)} == {width}


def rows_of(command):
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, text=True, check=False, timeout=100)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full", "2> >(exit)", "<&- 2>&-"])
def test_stderr_that_takes_nothing_does_not_end_a_training(folder, stderr):
    words = f"--batch --data {shlex.quote(str(folder))}/ζ日本.npz --epochs 3 --format csv"
    code, rows = rows_of(f"{IN_SHELL} {words} {stderr}")
    assert code == 0
    assert len(rows) == 1 + 4
    assert [record.status for record in Store().runs()] == ["finished"]


def test_a_terminal_that_takes_nothing_on_stderr_does_not_end_a_training(folder):
    """As after a terminal was closed while ``nohup`` keeps the program: every write to it fails."""
    master, slave = os.openpty()
    os.close(master)
    words = ["--batch", "--data", str(folder / "ζ日本.npz"), "--epochs", "3", "--format", "csv"]
    done = subprocess.run([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=slave, text=True, check=False, timeout=100)
    os.close(slave)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1 + 4


def test_stdout_that_was_closed_is_no_traceback_and_the_run_is_kept(folder):
    words = f"--batch --data {shlex.quote(str(folder))}/ζ日本.npz --epochs 2"
    done = subprocess.run(["bash", "-c", f"{IN_SHELL} {words} >&-"], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert [record.results["epochs_done"] for record in Store().runs()] == [2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_stdout_that_is_full_stops_the_run_keeps_it_and_says_why(folder):
    words = f"--batch --data {shlex.quote(str(folder))}/ζ日本.npz --epochs 100000 --quiet"
    done = subprocess.run(
        ["bash", "-c", f"{IN_SHELL} {words} >/dev/full"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "hw1-tui: stdout cannot be written: No space left on device\n"
    assert [record.status for record in Store().runs()] == ["stopped"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", ["--help", "train --help", "runs list --help", "--version"])
def test_help_that_cannot_be_written_is_no_success(words):
    program = f"{IN_SHELL} {words} >/dev/full"
    done = subprocess.run(["bash", "-c", program], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "hw1-tui: stdout cannot be written: No space left on device\n"


def test_a_reader_that_has_gone_stops_the_run_and_keeps_it(folder):
    words = f"--batch --data {shlex.quote(str(folder))}/ζ日本.npz --epochs 100000 --format jsonl"
    assert len(rows_of(f"{IN_SHELL} {words} | head -n 3")[1]) == 3
    assert [record.status for record in Store().runs()] == ["stopped"]


def test_a_user_without_home_and_name_trains_where_a_history_is_given(tmp_path, blobs):
    nobody = "import pwd\ndef getpwuid(uid):\n    raise KeyError(uid)\npwd.getpwuid = getpwuid\n"
    (tmp_path / "sitecustomize.py").write_text(nobody)
    words = [
        ["--batch", "--engine", "torch", "--data", str(blobs), "--epochs", "1"],
        ["runs", "export", "last", "--to", str(tmp_path / "curves.png")],
    ]
    names = ("PATH", "OMP_NUM_THREADS")
    history = {"HW1_TUI_HOME": str(tmp_path / "history"), "PYTHONPATH": str(tmp_path)}
    outputs(words, **{name: os.environ[name] for name in names}, **history)
    assert (tmp_path / "curves.png").exists()
