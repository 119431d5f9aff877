"""What `--help` tells: it fits a terminal of 80 columns, and says what opens a screen and what may change."""

import re
from importlib.resources import files

import pytest

from engines import registry
from hw1_tui.cli import main
from hw1_tui.command import COMMANDS
from hw1_tui.settings import SESSION_CHANGEABLE, TABLE

PLACES = [
    [name, *verb] for name, command in COMMANDS.items() for verb in ([], *([verb] for verb in command.verbs or ()))
]


@pytest.fixture
def help_of(capsys, monkeypatch):
    """Return what `--help` prints, in a terminal that is wider than anybody reads."""
    monkeypatch.setenv("COLUMNS", "200")

    def read(*words):
        assert main([*words, "--help"]) == 0
        return capsys.readouterr().out

    return read


@pytest.mark.parametrize("words", [[], *PLACES], ids=" ".join)
def test_help_fits_80_columns_and_names_the_exit_codes(words, help_of):
    text = help_of(*words)
    assert max(map(len, text.splitlines())) <= 80
    assert "3 a check did not hold" in text


@pytest.mark.parametrize("words", PLACES, ids=" ".join)
def test_help_says_whether_a_screen_opens(words, help_of):
    """One that opens a screen takes `--batch`, and says so; a verb and a command without a place print anyway."""
    text = help_of(*words)
    opens = COMMANDS[words[0]].screen and len(words) == 1
    assert ("It opens a screen" in text) == opens == ("  --batch " in text)
    # The filter of `runs`, and the view of `inspect`, are refused where a screen opens.
    assert ("these values filled in" in text) == (opens and words[0] in ("train", "report", "derive"))


def test_the_first_help_lists_every_command_and_the_options_of_all(help_of):
    text = help_of()
    screens, printing = text.split("commands that open no screen here:")
    for name, command in COMMANDS.items():
        assert f"\n  {name} " in (screens if command.screen else printing)
    for option in ("--batch", "--version", "--completion"):
        assert f"\n  {option} " in printing


def told_options(text):
    return {option[2:].replace("-", "_") for option in re.findall(r"(?m)^  (--[a-z0-9-]+)", text)} & TABLE.keys()


@pytest.mark.parametrize("verb", ["resume", "branch"])
def test_going_on_tells_what_may_change_and_nothing_else(verb, help_of):
    models = [model for name in registry.names() for model in registry.get(name).models().values()]
    assert told_options(help_of("runs", verb)) == SESSION_CHANGEABLE.union(*(model.adjustable for model in models))


def test_an_option_that_may_not_change_is_still_told_why(capsys):
    """And not that there is none."""
    assert main(["--batch", "train", "--data", "digits", "--model", "mlp", "--epochs", "1", "--quiet"]) == 0
    assert main(["runs", "resume", "last", "--epochs", "2", "--hidden-sizes", "3"]) == 2
    assert "--hidden-sizes: cannot change between two epochs of a run" in capsys.readouterr().err


def test_train_tells_every_hyperparameter_in_a_group(help_of):
    text = help_of("train")
    assert told_options(text) == TABLE.keys()
    assert told_options(text.split("\nnetwork:\n")[1].split("\n\n")[0]) == {
        "hidden_sizes", "activation", "init", "dropout", "dropout_place",
    }  # fmt: skip


@pytest.mark.parametrize("package", ["engines", "hw1_tui", "screens"])
def test_the_types_of_every_package_can_be_read_by_who_writes_a_plug_in(package):
    assert files(package).joinpath("py.typed").is_file()
