"""``hw1-tui --completion``: a script by which a shell completes commands, verbs, options and their values."""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from collections.abc import Iterable, Mapping

import shtab

from engines import registry
from engines.contract import SPLITS
from hw1_tui.batch.option import OUTPUT_FORMATS, Parser
from hw1_tui.command import COMMANDS
from hw1_tui.guides import guides
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.report.write.grade_file import GRADE_FILES
from hw1_tui.settings import TABLE
from hw1_tui.settings.end_command import SIGNS

PLACE = "--completion"
SHELLS = ("bash", "zsh", "fish")

_PLACES = {"DIR": shtab.DIRECTORY, **dict.fromkeys(("FILE", "DATA", "source", "sources", "out"), shtab.FILE)}
"""What completes options and arguments that are about places, by how the help calls it."""

_ZSH_OPTION = re.compile(r"""^( *"--[\w-]+)(\[(?:[^]\\]|\\.)*\]:)""", re.MULTILINE)
"""An option that is followed by a value; its description stands in brackets."""

_BASH_EQUALS = """
# Bash parts `--option=value` at the sign, unless COMP_WORDBREAKS lacks it; what follows knows `--option value` alone.
_hw1_tui() {
  local word words=() last="" before="" i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}" before=""
    if [[ "$word" == "=" && "$last" == --* ]]; then
      ((i < COMP_CWORD)) || words+=("")
    elif [[ "$word" == --*=* ]]; then
      words+=("${word%%=*}" "${word#*=}") before="${word%%=*}="
    else
      words+=("$word")
    fi
    last="$word"
  done
  COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
  _shtab_hw1_tui
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]="$before${COMPREPLY[i]}"; done
}
"""


def print_completion(words: list[str], parsers: Mapping[tuple[str, str], Parser]) -> int:
    """Print a shell's script; return the exit code.

    Args:
        words: what stands after the option: the shell.
        parsers: what reads the words after each command, by it and its verb; the first is the default's.

    Raises:
        MistakeError: not one shell was named, or another than there is a script for.
    """
    if len(words) != 1:
        raise MistakeError(Mistake(PLACE, "needs a shell, and nothing beside it", ", ".join(SHELLS)))
    if words[0] not in SHELLS:
        raise MistakeError(unknown_name(PLACE, "shell", words[0], SHELLS))
    sys.stdout.write(_with_equals(shtab.complete(_whole(parsers), words[0]), words[0]))
    return 0


def _with_equals(script: str, shell: str) -> str:
    """Return a script that completes a value after ``=`` too, as in ``--engine=t``."""
    if shell == "zsh":
        return _ZSH_OPTION.sub(r"\1=\2", script)
    if shell == "fish":  # which parts the words itself, and hands the whole one to what looks for files
        value = r"(string replace -r -- '^--[^=]+=' '' (commandline -ct))"
        files = script.replace("(__fish_complete_path (commandline -ct))", f"(__fish_complete_path {value})")
        return files.replace("(__fish_complete_directories)", f"(__fish_complete_directories {value})")
    before, command, after = script.rpartition("complete -o bashdefault -F _shtab_hw1_tui ")
    return before + _BASH_EQUALS.lstrip() + "\n" + command.replace("_shtab", "") + after


def _whole(parsers: Mapping[tuple[str, str], Parser]) -> argparse.ArgumentParser:
    """Return one parser of all commands; a command's own parser is made only when that command is asked for."""
    values = _values()
    root = _Part("hw1-tui", add_help=False)
    # zsh takes what an option of the root can be for its values in every command, of which some have more formats.
    root.take((option for option in next(iter(parsers.values())).options if option.metavar != "FORMAT"), values)
    root.add_argument("--version", action="store_true", help="print the version")
    root.add_argument(PLACE, choices=SHELLS, help="print what completes words in a shell")
    _add_commands(root, parsers, values)
    return root


def _add_commands(root: _Part, parsers: Mapping[tuple[str, str], Parser], values: Mapping[str, Iterable[str]]) -> None:
    """Add commands with their verbs; ``serve`` is followed by any other that opens a screen."""
    commands = root.add_subparsers()
    verbs = {name: commands for name, verb in parsers if verb}
    for (name, verb), parser in parsers.items():
        help_line = (parser.description or "").partition("\n")[0]
        among = verbs[name] if verb else commands
        part = among.add_parser(verb or name, help=help_line, description=help_line, add_help=False)
        own = {**values, "FORMAT": (*OUTPUT_FORMATS, *GRADE_FILES)} if name == "report" else values
        part.take(parser.options, own)
        if name == "serve":
            screens = {(other, ""): parsers[other, ""] for other, command in COMMANDS.items() if command.screen}
            _add_commands(part, screens, values)
        elif verb or name not in verbs:
            part.take(parser.arguments, own)
        else:
            verbs[name] = part.add_subparsers()


class _Part(argparse.ArgumentParser):
    """A command or a verb, as it is completed; nothing is read by it."""

    def take(self, actions: Iterable[argparse.Action], values: Mapping[str, Iterable[str]]) -> None:
        """Add another parser's actions, with what completes their values."""
        for action in actions:
            metavar = str(action.metavar or action.dest)
            if metavar in _PLACES:
                action.complete = _PLACES[metavar]  # type: ignore[attr-defined]
            elif action.nargs != 0:
                action.choices = list(values.get(action.dest) or values.get(metavar) or ()) or None
            if action.option_strings and action.nargs == "?":
                action.nargs = None  # that none can be told among other mistakes is our parser's own affair
            self._add_action(action)


def _values() -> dict[str, Iterable[str]]:
    """Return the values that an option or argument can take, by its name or by how the help calls it."""
    from hw1_tui.export.inspection import VIEWS, coach
    from hw1_tui.report import presets
    from hw1_tui.runs.x_axis import X_LABELS
    from hw1_tui.sweep.definition import swept_metrics
    from hw1_tui.training.executors import EXECUTOR_NAMES

    models = {model for name in registry.names() for model in registry.get(name).models()}
    return {
        **{name: entry.choices for name, entry in TABLE.items()},
        "SWITCH": ("true", "false"),
        "engine": registry.names(),
        "model": sorted(models),
        "preset": [preset.name for preset in presets()],
        "view": [*VIEWS, coach.NAME],
        "topic": guides(),
        "FORMAT": OUTPUT_FORMATS,
        "SPLIT": SPLITS,
        "SIGN": SIGNS,
        "AXIS": X_LABELS,
        "executor": EXECUTOR_NAMES,
        "compare": [",".join(pair) for pair in itertools.permutations(registry.names(), 2)],
        "metric": swept_metrics(),
    }
