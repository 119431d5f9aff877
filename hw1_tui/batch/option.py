"""Options of the command line, read so that every mistake can be reported at once.

argparse gives up at the first wrong value. So options take any text, also none, and are checked here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from engines.contract import Value
from hw1_tui.batch.dash import is_negative_number, meant_option, shield, unshield
from hw1_tui.files.folder import folder_mistake
from hw1_tui.files.target import is_taken, target_mistake
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError, nearest_name, unknown_name
from hw1_tui.numeral import meant_number
from hw1_tui.numeral import read_whole as read_whole_text
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions
from hw1_tui.runs.home import HOME_VARIABLE, RUNS, home_folder
from hw1_tui.settings import GROUPS, NAMED_DATA, SESSION_DEFAULTS, TABLE, Hyperparameter, option_name

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

OUTPUT_FORMATS = ("table", "jsonl", "csv")
OF_THE_PROGRAM = {"--version": "--version", "--completion": "--completion SHELL"}
"""Options that stand without a command, each as it is given."""

_PLACES = {"DIR": "a folder", "FILE": "a file", "DATA": "a name, a file or a folder", "URI": "where a store is"}
"""What options name that are about places, by how the help calls it."""

_ARGUMENTS = {"source": _PLACES["DATA"], "sources": _PLACES["DATA"], "out": _PLACES["FILE"], "sweep": "a name"}
"""What these arguments name; an empty one would stand for something else, such as the folder one is in."""

_SIZE_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


HELP_WIDTH = 80
"""Cells of the widest help: longer lines are hard to read, and a terminal has as many."""


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Shows the text after an option as needed: only our parser lets it be missing, to say so among other mistakes."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(HELP_WIDTH, shutil.get_terminal_size().columns) - 2)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Show the arguments alone: forty options in a row tell nobody anything, and they are listed below."""
        names = [
            self._format_args(action, self._get_default_metavar_for_positional(action))
            for action in actions
            if not action.option_strings
        ]
        super().add_usage(usage or " ".join([self._prog, "[OPTIONS]", *names]), actions, groups, prefix)

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        text = super()._format_args(action, default_metavar)
        return text.strip("[]") if action.option_strings else text


class Parser(argparse.ArgumentParser):
    """A parser that raises mistakes instead of ending the program.

    Args:
        prog: what is asked for, as it is typed.
        description: what it does.
        epilog: what stands below the options.
        batch: what ``--batch`` does here; empty where it changes nothing.
    """

    def __init__(self, prog: str, description: str = "", epilog: str = "", batch: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=_HelpFormatter,
        )
        self._positionals.title = "arguments"
        # It may stand anywhere.
        self.add_argument("--batch", action="store_true", help=batch or argparse.SUPPRESS)

    @property
    def options(self) -> list[argparse.Action]:
        """What is given by its name."""
        return [action for action in self._actions if action.option_strings]

    @property
    def arguments(self) -> list[argparse.Action]:
        """What is given by its place."""
        return [action for action in self._actions if not action.option_strings]

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed."""
        if found := re.fullmatch(r"argument (?:.*/)?(--?\S+): ignored explicit argument (.*)", message):
            raise MistakeError(Mistake(found[1], f"takes no value, and was given {found[2]}", nearest=found[1]))
        raise MistakeError(Mistake("", message))

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help; argparse passes over a stream that does not take it."""
        print(self.format_help(), end="", file=file)

    def read(self, words: Sequence[str]) -> tuple[argparse.Namespace, list[Mistake]]:
        """Parse the words after a command; return the options and what was not understood."""
        args, rest, mistakes = self.split(words)
        return args, [*self._not_understood(rest), *mistakes]

    def split(self, words: Sequence[str]) -> tuple[argparse.Namespace, list[str], list[Mistake]]:
        """Return the options among the words, the words that are none of them, and which options name no place.

        Where the parser has a default for ``command``, what stands after ``--`` becomes its value as it is.
        """
        words, command = list(words), None
        if self.get_default("command") is not None and "--" in words:
            words, command = words[: words.index("--")], words[words.index("--") + 1 :]
        words, dashed = self._with_dashes(words)
        args, rest = self.parse_known_intermixed_args(self._tie_values(shield(words)))
        for action in self.arguments:
            setattr(args, action.dest, unshield(getattr(args, action.dest)))
        rest = unshield(rest)
        if command is not None:
            args.command = command
        return args, rest, [*dashed, *self._empty(args)]

    def _with_dashes(self, words: Sequence[str]) -> tuple[list[str], list[Mistake]]:
        """Return words in which options that begin with another dash begin as they do, and the mistake of each."""
        meant, mistakes = list(words), []
        for place, word in enumerate(takewhile(lambda word: word != "--", words)):
            option = meant_option(word).partition("=")[0]
            if option in self._option_string_actions:
                meant[place] = meant_option(word)
                mistakes.append(
                    Mistake(word.partition("=")[0], "begins with another dash than an option", nearest=option)
                )
        return meant, mistakes

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Return what an argument is given; argparse loses a value ``--`` that is tied to its option."""
        return "--" if action.option_strings and arg_strings == ["--"] else super()._get_values(action, arg_strings)

    def _empty(self, args: argparse.Namespace) -> Iterable[Mistake]:
        """Yield the mistake of each option and argument that names nothing, the same for every command."""
        for action in self._actions:
            if action.option_strings and action.metavar in _PLACES and getattr(args, action.dest, None) == "":
                setattr(args, action.dest, None)
                yield Mistake(action.option_strings[-1], "is empty", _PLACES[str(action.metavar)])
            elif action.dest in _ARGUMENTS and "" in (given := getattr(args, action.dest), *(given or ())):
                yield Mistake(action.dest.upper(), "is empty", _ARGUMENTS[action.dest])

    def _tie_values(self, words: Sequence[str]) -> list[str]:
        """Tie a value that begins with a dash to its option: argparse takes ``-1e-3`` and ``-val_accuracy`` for others.

        A negative number is a value also after an option that there is not, which alone is then told.
        """
        tied: list[str] = []
        for word in words:
            if tied and self._is_value(word, tied[-1]):
                tied[-1] += f"={word}"
            else:
                tied.append(word)
        return tied

    def _is_value(self, word: str, before: str) -> bool:
        """Return whether a word that begins with one dash is the value of the option before it."""
        if not re.match("-[^-]", word) or word in self._option_string_actions or not re.match("--[^=]+$", before):
            return False
        action = self._option_string_actions.get(before)
        return is_negative_number(word) if action is None else action.nargs != 0

    def _not_understood(self, rest: Iterable[str]) -> Iterable[Mistake]:
        known = [option for option in self._option_string_actions if option.startswith("--")]
        known += [option for option in OF_THE_PROGRAM if option not in known]
        after_option = False
        for word in rest:
            if word == "--":
                yield Mistake(word, "is not expected here: no option is read after it")
                return
            if word.startswith("-") and word != "-":
                option = word.partition("=")[0]
                if option in OF_THE_PROGRAM:
                    yield Mistake(
                        option,
                        "is asked of the program, without a command",
                        nearest=f"hw1-tui {OF_THE_PROGRAM[option]}",
                    )
                else:
                    yield Mistake(option, "there is no such option", nearest=nearest_name(option, known))
            elif not after_option:
                nearest = f"--data {word}" if "--data" in known and _may_be_data(word) else ""
                yield Mistake(word or "''", "is not expected here", nearest=nearest)
            after_option = word.startswith("-") and "=" not in word


def _may_be_data(word: str) -> bool:
    try:
        return word in NAMED_DATA or (bool(word) and Path(word).exists())
    except (OSError, ValueError):  # too long for a name, or with a null character
        return False


def add_option(
    parser: argparse._ActionsContainer,
    name: str,
    help: str,  # noqa: A002
    metavar: str = "TEXT",
    short: str = "",
) -> None:
    """Add an option that takes one text; given without one it is empty.

    Where it names a place, ``Parser.read`` refuses an empty one; elsewhere its reader does.
    """
    parser.add_argument(
        *filter(None, (short, name)), help=help.replace("%", "%%"), metavar=metavar, nargs="?", const=""
    )


def add_hyperparameters(
    parser: argparse.ArgumentParser,
    describe: Callable[[Hyperparameter], str],
    told: Container[str] = TABLE,
) -> None:
    """Add every hyperparameter of the table, those that belong together in a group.

    Args:
        parser: what they are added to.
        describe: makes the line of help.
        told: the names of those that the help has; the others are read, for a mistake that says more.
    """
    for title, names in GROUPS.items():
        group = parser.add_argument_group(title)
        for entry in (TABLE[name] for name in names):
            text = describe(entry) if entry.name in told else argparse.SUPPRESS
            add_option(group, entry.option, text, entry.kind.upper())


def add_output_options(
    parser: argparse.ArgumentParser, formats: str = "how stdout is written: table (default), jsonl or csv"
) -> argparse._ArgumentGroup:
    """Add ``--format`` and ``--quiet``; return their group."""
    output = parser.add_argument_group("output")
    add_option(output, "--format", formats, "FORMAT")
    add_quiet_option(output, "progress and no remarks")
    return output


def add_quiet_option(parser: argparse._ActionsContainer, what: str = "remarks") -> None:
    """Add ``--quiet``."""
    parser.add_argument("--quiet", action="store_true", help=f"no {what} on stderr")


def add_home_option(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add ``--home``; return its group."""
    history = parser.add_argument_group("history")
    add_option(history, "--home", "folder of the history (default: HW1_TUI_HOME, or the user's data folder)", "DIR")
    return history


def add_questions_option(parser: argparse._ActionsContainer, what: str) -> None:
    """Add ``--questions``."""
    parser.add_argument(
        "--questions", dest="questions_file", nargs="?", const="", metavar="FILE", help=f"questions file {what}"
    )


def add_force_option(parser: argparse._ActionsContainer, what: str = "a file that is there") -> None:
    """Add ``--force``."""
    parser.add_argument("--force", action="store_true", help=f"overwrite {what}")


def read_target(place: str, text: str, force: bool, mistakes: list[Mistake]) -> Path:
    """Return the path of a file to be written; add what is wrong with it, or that it is there already."""
    path = user_path(text)
    if mistake := target_mistake(path, place):
        mistakes.append(mistake)
    elif is_taken(path) and not force:
        mistakes.append(taken_mistake(place, path))
    return path


def taken_mistake(place: str, path: Path) -> Mistake:
    """Return that a file to be written is there already."""
    return Mistake(place, f"{path.absolute()} exists already", "another name, or --force to overwrite it")


def home_of(args: argparse.Namespace) -> Path | None:
    """Return the folder of the history that was asked for; ``None`` for the default.

    Raises:
        MistakeError: it is no folder, and none can be made there; or there is no default, for want of a home folder.
    """
    home, place = user_path(args.home) if args.home else None, home_place(args.home)
    folder = home_folder(home)
    if place and (mistake := folder_mistake(folder, place) or folder_mistake(folder / RUNS, place)):
        raise MistakeError(mistake)
    return home


def home_place(given: str | None) -> str:
    """Return what names the folder of the history: the option, or the variable; empty where neither does."""
    return "--home" if given else HOME_VARIABLE if os.environ.get(HOME_VARIABLE) else ""


def read_choice(
    place: str, text: str | None, allowed: Sequence[str], mistakes: list[Mistake], default: str | None = None
) -> str:
    """Return one of the allowed names, or add the mistake and return the default (the first, if none is given)."""
    default = allowed[0] if default is None else default
    if text is None or text in allowed:
        return default if text is None else text
    mistakes.append(unknown_name(place, "choice", text, allowed))
    return default


def read_whole(
    place: str, text: str | None, default: int, mistakes: list[Mistake], minimum: int = 0, maximum: int | None = None
) -> int:
    """Return a whole number, or add the mistake and return the default."""
    if text is None:
        return default
    allowed = f"a whole number of at least {minimum}" + (f" and at most {maximum}" if maximum is not None else "")
    try:
        number = read_whole_text(text)
    except ValueError as error:
        nearest = meant_number(text, lambda meant: meant.isdigit() and minimum <= int(meant) <= (maximum or int(meant)))
        mistakes.append(Mistake(place, str(error), allowed, nearest))
        return default
    if number < minimum or (maximum is not None and number > maximum):
        mistakes.append(Mistake(place, f"{text} is out of range", allowed))
        return default
    return number


def read_bytes(place: str, text: str | None, default: int, mistakes: list[Mistake]) -> int:
    """Return a size in bytes from text such as ``8G``, or add the mistake and return the default."""
    if text is None:
        return default
    unit = text[-1:].upper() if text[-1:].isalpha() else ""
    digits = text[: len(text) - len(unit)]
    if unit in _SIZE_UNITS and re.fullmatch("[0-9]{1,18}", digits) and int(digits) > 0:
        return int(digits) * _SIZE_UNITS[unit]
    meant = re.fullmatch("([0-9]{1,18}) ?([KMGT])i?B", text, re.ASCII | re.IGNORECASE)
    near = f"{meant[1]}{meant[2].upper()}" if meant else ""
    mistakes.append(Mistake(place, f"{text!r} is not a size", "bytes, or a number with K, M, G or T such as 8G", near))
    return default


def add_max_bytes(parser: argparse._ActionsContainer) -> None:
    """Add ``--max-bytes``."""
    add_option(parser, "--max-bytes", "largest data set to unpack into memory, such as 8G (default: 4G)", "SIZE")


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of how a data set is read, for ``read_data_options``, and ``--max-bytes``."""
    data = parser.add_argument_group("how the data is read")
    add_max_bytes(data)
    for name in vars(DEFAULT_OPTIONS):
        entry = TABLE[name]
        default = entry.format(SESSION_DEFAULTS[name])
        text = f"{entry.help}; {entry.allowed}" + (f" (default: {default})" if default else "")
        add_option(data, entry.option, text, entry.kind.upper())


def read_data_options(args: argparse.Namespace, mistakes: list[Mistake]) -> ReadOptions:
    """Return how a data set is to be read, as the table of settings reads it; add what is wrong."""
    values: dict[str, Value] = {}
    for name in vars(DEFAULT_OPTIONS):
        if (text := getattr(args, name)) is None:
            continue
        entry = TABLE[name]
        try:
            values[name] = entry.read(text)
        except ValueError as error:
            mistakes.append(Mistake(entry.option, str(error), entry.allowed, entry.nearest(text)))
    return ReadOptions.of(values)


@contextlib.contextmanager
def named_as_options(*words: str) -> Iterator[None]:
    """Let a mistake that shows only when run or data is opened stand at the option that changes it, as ``--device``.

    Args:
        words: what runs and data are called on the command line, which may be the name of a hyperparameter.
    """
    options = {"model", "engine", "data", "metric", *TABLE} - {*words}
    try:
        yield
    except MistakeError as error:
        raise type(error)(
            replace(mistake, place=option_name(mistake.place)) if mistake.place in options else mistake
            for mistake in error.mistakes
        ) from None


def raise_mistakes(mistakes: Sequence[Mistake]) -> None:
    """Raise what was found, if anything."""
    if mistakes:
        raise MistakeError(mistakes)
