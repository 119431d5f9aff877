"""Every command that a guide names is run, in the order of the guide, and ends well."""

import contextlib
import re
import shlex
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from engines import registry
from hw1_tui.cli import main
from hw1_tui.command import COMMANDS
from hw1_tui.exit_code import DONE
from hw1_tui.guides import guides, read_guide
from tests.support.own_data import MNIST, write_own_data
from tests.support.program import Program, free_port
from tests.support.vocabulary import GUIDE, with_tables

STANDS_FOR = {
    "HOST": "127.0.0.1", "RUN": "last", "VIEW": "confusion", "N": "1", "FILE": "digits", "sea": "3", "SOURCE": "digits",
    "~/Downloads/MNIST/raw": MNIST,
    "/autograder/submission/answers.toml": "answers.toml",
}  # fmt: skip
"""What is put in place of what a guide leaves open, on digits, which have no class sea."""

PLUGIN = Path(__file__).parent / "support" / "plugin"

OF_PICTURES = "data"
"""The guide whose class sea is one of pictures."""


def code_of(text):
    """Yield what stands in blocks of code and within lines, in order: the block's language, if any, and its text."""
    for fence, block, line in re.findall(r"(?ms)^(```\w*)\n(.*?)^```$|`([^`\n]+)`", text):
        yield fence, block or line


def is_whole(words):
    """Whether words are a command with something that it is told, and not its bare name or verb."""
    command, *rest = words or [""]
    return command in COMMANDS and len(rest) > (rest[:1] != [] and rest[0] in (COMMANDS[command].verbs or ()))


def commands_of(topic):
    """Return the words of every command of a guide; a command's bare name within a line is none."""
    found = []
    for fence, code in code_of(read_guide(topic)):
        if fence in ("```python", "```toml"):
            continue
        if fence:
            lines = [line[line.index("hw1-tui ") :] for line in code.splitlines() if "hw1-tui " in line]
            found += [re.split(r" (?:#|>) ", line)[0] for line in lines]
        elif code.startswith("hw1-tui "):
            found.append(code)
        elif is_whole(code.split()):
            found.append(f"hw1-tui --batch {code}")
    return [shlex.split(command)[1:] for command in found]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder where the commands are run, with a kept run of digits in the history."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("hw1_tui.app.run", lambda *_args, **_options: DONE)
    monkeypatch.setattr("hw1_tui.batch.serve.serve", lambda *_args: DONE)
    monkeypatch.syspath_prepend(PLUGIN)
    installed = EntryPoint("example", "hw1_tui_example:ExampleEngine", registry.GROUP)
    monkeypatch.setattr(registry, "plug_ins", lambda: (installed,))
    settings = ["--model", "mlp", "--epochs", "2", "--checkpoint-every", "1", "--quiet"]
    assert main(["--batch", "train", "--data", "digits", *settings]) == DONE
    return tmp_path


@pytest.fixture
def serving():
    """Return what starts a command that serves in the background, where the test's own would wait for it."""
    with contextlib.ExitStack() as stack:
        yield lambda *words: stack.enter_context(Program(*words)).first_line(of_stderr="worker" in words)


def with_port(word, port):
    """Return a word with the address of a scheduler that listens where nobody else does."""
    return word.replace("HOST:8786", f"127.0.0.1:{port}").replace("127.0.0.1:8786", f"127.0.0.1:{port}")


@pytest.mark.parametrize("topic", guides())
def test_every_command_of_a_guide_ends_well(topic, folder, serving):
    """What a block is headed by a file's name stands in that file; one who follows the guide has written it."""
    for fence, code in code_of(read_guide(topic)):
        if fence and (name := re.match(r"# (\w+\.toml)\n", code)):
            (folder / name[1]).write_text(code)
    write_own_data(folder)
    port = free_port()
    for words in commands_of(topic):
        given = [word if (word, topic) == ("sea", OF_PICTURES) else STANDS_FOR.get(word, word) for word in words]
        if given[:2] == ["--batch", "train"] and "--questions" not in given:
            given += ["--epochs", "1", *([] if "--data" in given else ["--data", "digits"])]
        given = [with_port(word, port) for word in given]
        if given[:2] == ["cluster", "scheduler"]:
            port = free_port()  # those before are still there
            assert "Scheduler at" in serving(*given, "--port", port)
        elif given[:2] == ["cluster", "worker"]:
            assert "has joined" in serving(*given)
        else:
            assert main(given) == DONE, words


def test_the_guide_of_questions_names_every_computation_and_figure_as_the_code_has_them():
    """`python -m tests.support.vocabulary` writes them."""
    guide = read_guide("questions")
    assert guide == with_tables(guide)
    assert GUIDE.read_text("utf-8") == guide
    for name in ("above_each", "val_loss_jumps"):
        assert f"| `{name}` |" in guide


@pytest.mark.parametrize("name", ["pyproject.toml", "hw1_tui_example.py", "test_hw1_tui_example.py"])
def test_the_guide_of_engines_has_the_package_that_is_installed_and_tested(name):
    """`test_plugin` installs it, runs its tests and trains with it."""
    text = (PLUGIN / name).read_text("utf-8").rstrip()
    assert f"`{name}`:\n\n```{'toml' if name.endswith('toml') else 'python'}\n{text}\n```" in read_guide("engine")


def test_commands_are_found_in_blocks_and_in_lines():
    found = {topic: commands_of(topic) for topic in guides()}
    assert ["--batch", "inspect", "RUN", "coach"] in found["coach"]
    assert ["--batch", "train", "--seeds", "N"] in found["batch"]
    assert sum(words[:1] == ["report"] for words in found["questions"]) > 5
