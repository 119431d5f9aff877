"""Words are completed by a real shell, with the script that the program prints for it."""

import re
import shlex
import shutil
import subprocess

import pytest

from hw1_tui.cli import main
from hw1_tui.command import COMMANDS


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The file of bash's script."""
    path = tmp_path_factory.mktemp("completion") / "hw1-tui"
    with pytest.MonkeyPatch.context() as patch, path.open("w") as file:
        patch.setattr("sys.stdout", file)
        assert main(["--completion", "bash"]) == 0
    return path


BY_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
set -- $(complete -p hw1-tui)
while [ "$1" != -F ]; do shift; done
"$2"
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""What bash itself does at a tab: it sets the words and calls what `complete` named for the program."""


def completed(script, line, folder="."):
    """Return what bash offers for the last word of a line, which it parts at every ``=`` too."""
    words = [part for word in line.split(" ") for part in re.split("(=)", word) if part or not word]
    done = subprocess.run(
        ["bash", "--norc", "-c", BY_BASH, "bash", script, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("hw1-tui tr", ["train"]),
        ("hw1-tui runs re", ["resume", "rename", "rebuild"]),
        ("hw1-tui data sh", ["show"]),
        ("hw1-tui --ver", ["--version"]),
        ("hw1-tui --completion f", ["fish"]),
        ("hw1-tui --learning", ["--learning-rate"]),
        ("hw1-tui train --engine t", ["torch"]),
        ("hw1-tui train --engine=t", ["torch"]),
        ("hw1-tui train --engine=", ["numpy", "torch"]),
        ("hw1-tui train --engine torch --mod", ["--model"]),
        ("hw1-tui train --engine=torch --mod", ["--model"]),
        ("hw1-tui runs list model=mlp --format=j", ["jsonl"]),
        ("hw1-tui --batch train --preset 1.2", ["1.2a", "1.2b", "1.2b-sum", "1.2d-l1", "1.2d-l1-weak"]),
        ("hw1-tui train --data digits --ep", ["--epochs"]),
        ("hw1-tui train --nesterov ", ["true", "false"]),
        ("hw1-tui inspect last conf", ["confusion"]),
        ("hw1-tui guide ins", ["inside"]),
        ("hw1-tui runs export --x ", ["epoch", "update", "time"]),
        ("hw1-tui runs resume --hid", []),
        ("hw1-tui report --executor st", ["stacked"]),
        ("hw1-tui report --format g", ["gradescope"]),
        ("hw1-tui sweep --format g", []),
        ("hw1-tui sweep --metric val_", ["val_loss", "val_accuracy"]),
        ("hw1-tui train --compare t", ["torch,numpy"]),
        ("hw1-tui serve --token in", ["inspect"]),
        ("hw1-tui serve train --engine n", ["numpy"]),
    ],
)
def test_bash_offers_what_goes_on_from_here(script, line, offered):
    assert completed(script, line) == offered


def test_bash_offers_every_command_and_verb(script):
    assert set(completed(script, "hw1-tui ")) >= COMMANDS.keys()
    for name, command in COMMANDS.items():
        assert set(completed(script, f"hw1-tui {name} ")) >= set(command.verbs or ())


def test_bash_offers_files_where_a_file_is_wanted_and_folders_where_one_is(script, tmp_path):
    (tmp_path / "mine.npz").touch()
    (tmp_path / "minefield").mkdir()
    assert sorted(completed(script, "hw1-tui train --data mi", tmp_path)) == ["mine.npz", "minefield"]
    assert sorted(completed(script, "hw1-tui data check mi", tmp_path)) == ["mine.npz", "minefield"]
    assert completed(script, "hw1-tui train --home mi", tmp_path) == ["minefield"]


def test_bash_that_was_told_to_part_no_word_at_a_sign_offers_the_whole_word(script):
    words = ["hw1-tui", "train", "--engine=t"]
    done = subprocess.run(["bash", "--norc", "-c", BY_BASH, "bash", script, *words], capture_output=True, check=True)
    assert done.stdout.split() == [b"--engine=torch"]


def test_zsh_takes_a_value_after_a_sign_as_well(capsys):
    """``--option=[...]`` says so to its ``_arguments``; a flag takes none."""
    assert main(["--completion", "zsh"]) == 0
    specs = re.findall(r'^  "(--[a-z0-9-]+=?)\[.*\](:?)', capsys.readouterr().out, re.MULTILINE)
    assert ("--engine=", ":") in specs
    assert ("--quiet", "") in specs
    assert all(option.endswith("=") == bool(takes) for option, takes in specs)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_their_script(shell, tmp_path, capsys):
    assert main(["--completion", shell]) == 0
    text = capsys.readouterr().out
    assert "--learning-rate" in text or "learning-rate" in text
    # zsh would take what stands there for the formats of every command, of which a grade has more.
    assert shell != "zsh" or "--format" not in text.partition("_hw1_tui_options=(")[2].partition("\n)")[0]
    if shutil.which(shell):
        (tmp_path / "script").write_text(text)
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--completion: needs a shell, and nothing beside it; allowed: bash, zsh, fish"),
        (["bsh"], "there is no shell 'bsh'; allowed: bash, zsh, fish (did you mean bash?)"),
        (["bash", "train"], "--completion: needs a shell, and nothing beside it"),
    ],
)
def test_another_shell_is_a_mistake(words, told, capsys):
    assert main(["--completion", *words]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_offers_commands_options_and_values(capsys, tmp_path):
    (tmp_path / "mine.npz").touch()
    assert main(["--completion", "fish"]) == 0
    script = capsys.readouterr().out
    for line, offered in (
        ("hw1-tui ru", "runs"),
        ("hw1-tui train --mod", "--model"),
        ("hw1-tui train --model ", "mlp"),
        ("hw1-tui train --model=m", "--model=mlp"),
        ("hw1-tui train --data=mi", "--data=mine.npz"),
        ("hw1-tui train --data mi", "mine.npz"),
    ):
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source; complete -C '{line}'"],
            input=script,
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        assert done.stderr == ""
        assert offered in [found.partition("\t")[0] for found in done.stdout.splitlines()]


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_takes_the_script_as_the_guide_says(tmp_path, capsys):
    """Through ``eval``: where it is sourced, it takes itself for a completion that is asked for, and fails."""
    assert main(["--completion", "zsh"]) == 0
    (tmp_path / "script").write_text(capsys.readouterr().out)
    place = shlex.quote(str(tmp_path))
    lines = f'autoload -Uz compinit; compinit -u -d {place}/dump; eval "$(<{place}/script)"; print $_comps[hw1-tui]'
    done = subprocess.run(["zsh", "-f", "-c", lines], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip()
