"""Every TOML file that the program reads: of Windows' editors, and with what no number can hold."""

import os

import pytest

from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.preset import QUESTIONS
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.settings import read_run_file
from hw1_tui.settings.preference import Preferences, preference_table
from hw1_tui.settings.preference_file import PreferenceFile

BOM = b"\xef\xbb\xbf"
LONG = {"decimal": "1" * 5000, "negative": "-" + "1" * 5000, "hexadecimal": "0x" + "f" * 5000, "beyond": str(1 << 63)}
too_long = pytest.mark.parametrize("number", LONG.values(), ids=LONG)


def test_a_mark_of_byte_order_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(BOM + b"epochs = 3\n")
    assert [(given.name, given.value) for given in read_run_file(path)] == [("epochs", 3)]
    path.write_bytes(BOM + QUESTIONS.read_bytes())
    assert read_questions(path).runs == read_questions().runs
    path.write_bytes(BOM + b'theme = "nord"\n')
    preferences, mistakes = PreferenceFile(preference_table(("textual-dark", "nord")), path).read()
    assert (preferences.theme, mistakes) == ("nord", [])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, capsys):
    """Opening a pipe into which nobody writes would wait for ever."""
    pipe = tmp_path / "a.toml"
    os.mkfifo(pipe)
    for command in (["train", "--config"], ["report", "--questions"]):
        for path, kind in ((pipe, "a pipe"), (tmp_path, "a folder"), (os.devnull, "a device")):
            assert main(["--batch", *command, str(path)]) == 2
            assert f"cannot be read: it is {kind}, not a file" in capsys.readouterr().err
    file = PreferenceFile(preference_table(("textual-dark", "nord")), pipe)
    assert file.read()[0] == Preferences()
    with pytest.raises(OSError, match="not a file"):
        file.change(theme="nord")


def test_a_link_that_a_user_names_is_followed(tmp_path):
    (tmp_path / "a.toml").write_text("epochs = 3\n")
    (tmp_path / "link.toml").symlink_to("a.toml")
    assert [given.value for given in read_run_file(tmp_path / "link.toml")] == [3]


RUN = """
model = true
engine = { a = [1, [2, [3, [4]]]] }
data = 1979-05-27
"""
SETTINGS = "epochs = true\nhidden_sizes = { a = false }\nactivation = 1979-05-27T07:32:00\n"
SWEEP = """
[sweep]
seeds = true
metric = false
halving = { on = true }
grid = { l2 = true }
"""
HOMEWORK = """
[homework]
title = true
note = [false]
[[runs]]
name = true
[[tables]]
number = false
points = true
"""


@pytest.mark.parametrize(
    ("command", "content", "said"),
    [
        ("train --config", RUN, ["model: true is", "engine: {a = [1, [2, [...]]]} is", "data: 1979-05-27 is"]),
        ("train --config", SETTINGS, ["true is not a whole", "{a = false} is not a list", "27T07:32:00 is"]),
        ("sweep --config", SWEEP, ["'true' is not a whole", "by 'false'", "{on = true} is not", "true is no list"]),
        ("report --check-questions", HOMEWORK, ["true is not a text", "[false] is not a text", "runs true, ",
                                                 "false is not a whole number"]),
    ],
    ids=["run", "settings", "sweep", "homework"],
)  # fmt: skip
def test_values_are_told_as_the_file_has_them(tmp_path, capsys, command, content, said):
    """Python has ``True`` where TOML has ``true``, and ``datetime.date(1979, 5, 27)`` for a date."""
    path = tmp_path / "a.toml"
    path.write_text(content)
    assert main(["--batch", *command.split(), str(path)]) == 2
    told = capsys.readouterr().err
    assert not [words for words in said if words not in told], told
    assert not [word for word in ("True", "False", "datetime") if word in told], told


def test_of_a_value_that_is_pages_long_the_beginning_is_told(tmp_path, capsys):
    path = tmp_path / "a.toml"
    path.write_text(f"epochs = {list(range(9999))}\nactivation = '{'x' * 9999}'\n")
    assert main(["--batch", "train", "--config", str(path)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [len(line) < 300 for line in told] == [True, True]


@pytest.mark.parametrize("command", ["train", "sweep"])
def test_a_questions_file_that_is_given_for_a_run_is_named_without_its_title_too(tmp_path, capsys, command):
    """Every key of it was told to be no hyperparameter."""
    path = tmp_path / "a.toml"
    path.write_text('[[runs]]\nname = "a"\n')
    assert main(["--batch", command, "--config", str(path)]) == 2
    assert "is a questions file" in capsys.readouterr().err


@too_long
def test_a_number_of_thousands_of_digits_is_a_mistake_of_the_command_line(tmp_path, capsys, number):
    path = tmp_path / "a.toml"
    for key in ("epochs", "learning_rate", "activation"):
        path.write_text(f"{key} = {number}\n")
        assert main(["--batch", "train", "--config", str(path)]) == 2
        assert "far too long; allowed: whole numbers of 64 bits" in capsys.readouterr().err


@too_long
def test_a_number_of_thousands_of_digits_is_a_mistake_in_every_file(tmp_path, number):
    path = tmp_path / "a.toml"
    path.write_text(f"[homework]\nexamples = [1, 2, {number}]\n")
    with pytest.raises(MistakeError, match="far too long"):
        read_questions(path)
    path.write_text(f"threads = {number}\n")
    preferences, (mistake,) = PreferenceFile(preference_table(("textual-dark", "nord")), path).read()
    assert preferences == Preferences()
    assert "far too long" in mistake.problem


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("model = mlp", '"mlp"'),
        ("nesterov = True  # faster", "true"),
        ("l2 = .01", "0.01"),
        ("hidden_sizes = [-.5, 1]\r", "-0.5"),
        ("model = \u201cmlp\u201d", '"mlp"'),
        ("epochs: 2", "epochs = 2"),
        (r'data = "C:\Users\me\x.csv"', r"'C:\Users\me\x.csv'"),
        ("data = pictures/train", '"pictures/train"'),
        ("hidden_sizes = (10, 10)", ""),
        ("model = it's", ""),
        ("x = [", ""),
    ],
)
def test_what_is_no_toml_is_told_with_what_was_meant(line, meant, tmp_path):
    """Most of what students hand in and are told to have no point for: a share as reports print it, ``.77``."""
    path = tmp_path / "a.toml"
    path.write_text(f"epochs = 3\n{line}\n", encoding="utf-8", newline="")
    with pytest.raises(MistakeError, match="is not TOML: ") as refusal:
        read_run_file(path)
    assert refusal.value.mistakes[0].nearest == meant
