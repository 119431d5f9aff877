"""What the guide says of JSON lines, exit codes and environment variables is what the program has."""

import json
import re
from pathlib import Path

import pytest

from hw1_tui import exit_code
from hw1_tui.cli import main
from hw1_tui.guides import read_guide
from hw1_tui.metric import METRICS
from hw1_tui.settings import TABLE
from hw1_tui.training.event import Event, RunEnded
from hw1_tui.training.notification import Notification

ROOT = Path(__file__).parents[1]
SOURCES = "\n".join(
    path.read_text("utf-8")
    for package in ("engines", "hw1_tui", "screens")
    for path in sorted((ROOT / package).rglob("*.py"))
)
GUIDE = read_guide("batch")


def named(text):
    """Return the words that stand as code."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"[A-Za-z0-9_]+", code)}


def section(title):
    return GUIDE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def kinds(event=Event):
    """Return the kinds of every event that a run tells."""
    return {kind for sub in event.__subclasses__() for kind in ({sub.kind} | kinds(sub))}


def test_every_event_is_in_the_guide_and_no_other():
    written = set(re.findall(r'"event": "(\w+)"', SOURCES))
    assert kinds() | written <= named(section("JSON lines"))
    rows = re.findall(
        r"(?m)^\| ([^|]*) \| `run`, `(?:model|epoch|status)`", section("JSON lines").split("| command |")[0]
    )
    assert {kind for row in rows for kind in named(row)} <= kinds()


def test_every_exit_code_is_in_the_guide():
    codes = {value for name, value in vars(exit_code).items() if name.isupper()}
    told = {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", section("Exit codes"))}
    assert told == codes | {exit_code.of_signal(2)}


def variables():
    """Return the environment variables that the sources read or set."""
    ended = RunEnded("run", "finished", 1, {"test_loss": 0.1, "test_accuracy": 0.9}, 1, 1.0)
    told = Notification.of_end(ended).variables
    read = re.findall(r'(?:environ|environment)(?:\.get\(|\[)"([A-Z0-9_]+)"', SOURCES)
    asked = re.findall(r'"([A-Z_]+)" in environ', SOURCES)
    return {*told, *read, *asked, *re.findall(r'"(HW1_TUI_[A-Z_]+)"', SOURCES)}


def test_every_environment_variable_is_in_the_guide_and_none_of_ours_that_there_is_not():
    told = {word for word in named(GUIDE) if word.isupper() and "_" in word} | {"TERM", "COLUMNS"}
    assert variables() <= told
    assert {name for name in told if name.startswith("HW1_TUI_")} <= variables()


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Two kept runs on digits."""
    home = str(tmp_path_factory.mktemp("history"))
    for model in ("logistic_regression", "mlp"):
        words = ["--model", model, "--data", "digits", "--epochs", "2", "--home", home, "--quiet"]
        assert main(["--batch", "train", *words]) == 0
    return home


HYPERPARAMETERS = {*TABLE, *METRICS}
SHARED = ["--data", "digits", "--epochs", "1", "--quiet"]
COMMANDS = (
    ["--batch", "train", *SHARED],
    ["--batch", "train", "--model", "logistic_regression", "--seeds", "2", *SHARED],
    ["--batch", "train", "--compare", "numpy,torch", *SHARED],
    ["runs", "resume", "last", "--epochs", "3", "--learning-rate", "0.002", "--quiet"],
    ["runs", "list"],
    ["runs", "show", "last"],
    ["runs", "compare", "epochs<9"],
    ["runs", "compare", "epochs<9", "--by", "model"],
    ["runs", "compare", "epochs<9", "--seeds"],
    ["predict", "last", "digits"],
    ["check", *SHARED[:2], "--quiet"],
    ["rate", *SHARED[:2], "--quiet"],
    ["sweep", "--grid", "momentum=0,.5", *SHARED],
    ["sweep", "--grid", "momentum=0,.5", "--dry-run", *SHARED],
    ["data", "check", "digits"],
    ["data", "show", "digits"],
    ["--batch", "derive", "--inputs", "1", "--units", "1", "--quiet"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_field_of_every_command_is_in_the_guide(words, history, capsys, monkeypatch):
    monkeypatch.setenv("HW1_TUI_HOME", history)
    main([*words, "--format", "jsonl"])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert records
    known = named(section("JSON lines")) | HYPERPARAMETERS
    endings = "|".join(word for word in known if word.startswith("_"))
    for key in {key for record in records for key in record}:
        of_loss = key.removeprefix("test_loss_")
        meant = {key, re.sub(f"({endings})$", "", key), re.sub("^difference_.*", "difference_NAME", key)}
        assert (meant | {of_loss, f"test_{of_loss}"}) & known, key


@pytest.mark.parametrize(
    "words",
    [
        ["runs", "list"],
        ["check", *SHARED[:2], "--quiet"],
        ["data", "check", "digits"],
        ["data", "show", "digits"],
        ["derive", "--batch", "--inputs", "1", "--units", "1", "--quiet"],
        ["inspect", "last", "suspects", "--batch", "--quiet"],
        ["inspect", "last", "embedding", "--batch", "--quiet"],
    ],
    ids=" ".join,
)
def test_every_field_that_the_guide_tells_is_in_every_line(words, history, capsys, monkeypatch):
    """`trained_on` was told of `runs list` and not there; `inspect` told its run in the first line alone."""
    monkeypatch.setenv("HW1_TUI_HOME", history)
    main([*words, "--format", "jsonl"])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    rows = dict(re.findall(r"(?m)^\| `([a-z ]+)` \| [^|]* \| (.*) \|$", section("JSON lines")))
    told = set(re.findall(r"`(\w+)`", rows.get(" ".join(words[:2])) or rows[words[0]])) - {"null"}
    assert told
    assert all(told <= record.keys() for record in records)
