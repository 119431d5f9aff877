"""The front door: what the arguments ask for, and which front end does it.

One grammar for both: ``hw1-tui [--batch] [COMMAND] [VERB] [OPTIONS]``. It imports neither textual nor torch, and a
command's own module only when that command is asked for.
"""

from __future__ import annotations

import errno
import gc
import importlib
import itertools
import os
import re
import shlex
import signal
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1_tui import __version__
from hw1_tui.batch.dash import meant_option
from hw1_tui.batch.stream import OutputError, forget_output, settle_streams
from hw1_tui.command import COMMANDS
from hw1_tui.exit_code import FAILED, USAGE
from hw1_tui.markup import shorten_words, visible
from hw1_tui.mistake import LostError, Mistake, MistakeError, nearest_name
from hw1_tui.other_names import our_verb
from hw1_tui.signals import SIGNALS

if TYPE_CHECKING:
    import argparse

    from hw1_tui.batch.option import Parser
    from hw1_tui.settings import Given


_SCREEN = "It opens a screen{}; with {} it prints instead."
_NO_SCREEN = "It opens no screen, with or without --batch."
_CODES = """\
Exit codes: 0 done, 1 the run failed or diverged, 2 wrong usage or input,
3 a check did not hold, 130 interrupted by Ctrl+C (by another signal: 128 and
its number). More: hw1-tui guide batch"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code.

    Args:
        words: the arguments; those of the process by default.
    """
    words = list(sys.argv[1:] if words is None else words)
    settle_streams()
    with SIGNALS.heeded():
        try:
            code = _dispatch(words)
            sys.stdout.flush()
        except BaseException as error:
            # A signal first: what it interrupts may turn it into any other error, as some imports do.
            if not SIGNALS.number and not isinstance(error, (MistakeError, OSError, KeyboardInterrupt)):
                raise
            code = SIGNALS.exit_code if SIGNALS.number else _explain(error)
        return code


def _explain(error: BaseException) -> int:
    """Say what a user's mistake was, or what the system did not allow; return the exit code."""
    from hw1_tui.batch.page import say  # not for the interface's first frame

    if isinstance(error, MistakeError):
        for mistake in error.mistakes:
            say(f"hw1-tui: {mistake}", whole=(part for part in (mistake.place, mistake.nearest) if os.sep in part))
        return FAILED if isinstance(error, LostError) else USAGE
    if isinstance(error, OutputError):
        forget_output()
        if error.errno == errno.EPIPE:  # whoever read us has gone, as `| head` does
            return 0
        say(f"hw1-tui: stdout cannot be written: {error.strerror}")
        return FAILED
    if isinstance(error, OSError):
        name = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else ""
        place = f"{shorten_words(visible(name))}: " if name else ""
        said = error.strerror or str(error)
        if not place and _is_nowhere():
            said = "the folder that it was started in is not there any more; allowed: paths from the root on"
        say(f"hw1-tui: {place}{said}", whole=[place])
        return FAILED
    return 128 + signal.SIGINT


def _is_nowhere() -> bool:
    """Whether the folder of this process was removed, so that no path from there leads anywhere."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _dispatch(words: list[str]) -> int:
    batch = "--batch" in words
    words = _without_batch(words)
    if (code := _tell_of_itself(words)) is not None:
        return code
    name, words = _take_command(words)
    command, words = COMMANDS[name], _without_batch(words)
    if name == "serve":
        return _serve(words)
    verb = _take_verb(name, words)
    if command.screen and not (batch or verb or words):
        return _open_interface(name)  # nothing was given that could be wrong: no need to import what would read it
    from hw1_tui.batch.notices import print_notices

    parser = _parser(name, verb)
    try:
        args, mistakes = parser.read(words)
    except SystemExit as end:  # argparse printed --help
        return int(end.code or 0)
    is_misspelt = any(mistake.nearest == "--batch" for mistake in mistakes)  # which alone may stand before a command
    if mistakes and not is_misspelt and (late := _late_command(words, args, ["hw1-tui", *["--batch"] * batch])):
        raise MistakeError(late)
    args.verb = verb
    args.batch = batch
    printing = ["--" + option.replace("_", "-") for option in command.printing]
    only_prints = any(word.partition("=")[0] in printing for word in words)  # also with a value that is refused
    if batch or verb or only_prints or not command.screen:
        print_notices(getattr(args, "quiet", False))
        run: int = importlib.import_module(command.module).run(args, mistakes)
        return run
    mistakes += _without_screen(name, args, words, is_right=not mistakes)
    given, options = _read_opening(name, args, mistakes)
    if getattr(args, "home", None):
        os.environ["HW1_TUI_HOME"] = args.home
    return _open_interface(name, given, **options)


def _tell_of_itself(words: list[str]) -> int | None:
    """Print what is asked of the program and not of a command; return the exit code, ``None`` where nothing is."""
    if words and words[0] in ("-h", "--help"):
        print(_usage())  # noqa: T201
        return 0
    if [word for word in words if word != "--batch"] == ["--version"]:
        print(f"hw1-tui {__version__}")  # noqa: T201
        return 0
    option, _, value = words[0].partition("=") if words else ("", "", "")
    if option == "--version":
        raise MistakeError(Mistake("--version", "stands alone", nearest="hw1-tui --version"))
    return _complete([*[value] * bool(value), *words[1:]]) if option == "--completion" else None


def _complete(words: list[str]) -> int:
    """Print the script by which a shell completes words; return the exit code."""
    from hw1_tui.batch.completion import print_completion

    places = [(name, verb) for name, command in COMMANDS.items() for verb in ("", *(command.verbs or ()))]
    return print_completion(words, {place: _parser(*place) for place in places})


def _serve(words: list[str]) -> int:
    """Serve the interface, having checked what it is to open with; return the exit code."""
    from hw1_tui.batch.serve import serve

    try:
        args, opened, empty = _parser("serve", "").split(words)
    except SystemExit as end:  # argparse printed --help
        return int(end.code or 0)
    name, given = _take_command(opened)
    if not COMMANDS[name].screen:
        screens = [other for other, command in COMMANDS.items() if command.screen]
        raise MistakeError(Mistake(name, "opens no screen", ", ".join(screens)))
    if given[:1] and given[0] in (COMMANDS[name].verbs or {}):
        raise MistakeError(Mistake(f"{name} {given[0]}", "only prints", nearest=f"hw1-tui serve {name}"))
    asked, mistakes = _parser(name, "").read(given)
    if mistakes and (late := _late_command(given, asked, ["hw1-tui", "serve"])):
        raise MistakeError(late)
    mistakes += [*empty, *_without_screen(name, asked, given, is_right=not mistakes)]
    _read_opening(name, asked, mistakes)
    return serve(args, opened)


def _without_batch(words: list[str]) -> list[str]:
    """Return words without the ``--batch`` they begin with; elsewhere it parts an option from what follows."""
    return words[sum(1 for _ in itertools.takewhile(lambda word: word == "--batch", words)) :]


def _take_command(words: list[str]) -> tuple[str, list[str]]:
    if not words or words[0].startswith("-"):
        return "train", words
    if words[0] in COMMANDS:
        return words[0], words[1:]
    nearest = _elsewhere(words[0]) or meant_option(words[0]) or nearest_name(words[0], COMMANDS)
    if words[0] in ("help", "version"):  # commands of other programs
        command = f"{words[1]} " if words[0] == "help" and words[1:] and words[1] in COMMANDS else ""
        nearest = f"hw1-tui {command}--{words[0]}"
    raise MistakeError(Mistake(words[0], "there is no such command", ", ".join(COMMANDS), nearest))


def _elsewhere(word: str) -> str:
    """Return the command and its verb that a word names or stands for; empty where there is none."""
    all_verbs = [(name, command.verbs or {}) for name, command in COMMANDS.items()]
    places = [f"{name} {word}" for name, verbs in all_verbs if word in verbs]
    places += [f"{name} {verb}" for name, verbs in all_verbs if (verb := our_verb(word, verbs))]
    return f"hw1-tui {places[0]}" if places else ""


def _late_command(words: list[str], args: argparse.Namespace, program: list[str]) -> Mistake | None:
    """Return the mistake of naming a command after options, which then were read as those of another."""
    for place, word in enumerate(itertools.takewhile(lambda word: word != "--", words)):
        if word in COMMANDS and word not in vars(args).values():
            options = [option for option in words[:place] if option != "--batch"]
            verbs = COMMANDS[word].verbs or {}
            after = words[place + 1 :]
            verb = after[:1] if after[:1] and after[0] in verbs else ["VERB"] * bool(verbs)
            rest = after[1:] if verb == after[:1] else after
            allowed = f"hw1-tui [--batch] {word}{' VERB' * bool(verbs)} [OPTIONS]"
            meant = shlex.join([*program, word, *verb, *options, *rest])
            return Mistake(word, "comes after an option, and the command is the first word", allowed, meant)
    return None


def _take_verb(name: str, words: list[str]) -> str:
    """Take the verb off the front of a command's words; empty where there is none."""
    verbs = COMMANDS[name].verbs
    if not verbs or not words or words[0].startswith("-"):
        return ""
    if name == "runs" and re.search("[=<>~]", words[0]):  # a term of the filter, which may stand without a verb
        return ""
    if words[0] not in verbs:
        nearest = f"hw1-tui {words[0]}" if words[0] in COMMANDS else our_verb(words[0], verbs)
        nearest = nearest_name(words[0], verbs) if nearest is None else nearest
        raise MistakeError(Mistake(f"{name} {words[0]}", "there is no such verb", ", ".join(verbs), nearest))
    return words.pop(0)


def _parser(name: str, verb: str) -> Parser:
    from hw1_tui.batch.option import Parser

    command = COMMANDS[name]
    verbs = "\n".join(f"  {verb:<10} {text}" for verb, text in (command.verbs or {}).items())
    prog = f"hw1-tui {name} {verb}".rstrip()
    opens = command.screen and not verb
    others = "".join(f", --{option.replace('_', '-')}" for option in command.printing)
    where = textwrap.fill(_SCREEN.format(_taken(name), f"--batch{others}"), 79) if opens else _NO_SCREEN
    help_line = f"{(command.verbs or {}).get(verb, command.help)}\n\n{where}"
    epilog = f"verbs, which only print:\n{verbs}\n\n{_CODES}" if verbs and not verb else _CODES
    parser = Parser(prog, help_line, epilog, "open no screen: print" if opens else "")
    module = importlib.import_module(command.module)
    if command.verbs:
        module.add_arguments(parser, verb)
    else:
        module.add_arguments(parser)
    return parser


def _taken(name: str) -> str:
    """Return in words what the screen of a command takes of its options."""
    if COMMANDS[name].verbs or name == "inspect":
        options = [option if option == "run" else f"--{option}" for option in _ON_SCREEN.get(name, ())]
        return f", which takes {', '.join(options)} alone" if options else ""
    return " with these values filled in"


_PLACE = ("on", "keys", "tls_ca", "tls_cert", "tls_key", "insecure", "other_versions")
_ON_SCREEN = {
    "train": ("model", "engine", "data", "preset", "questions_file", "config", "seeds", "home", *_PLACE),
    "report": ("questions", "data", "seeds", "epochs_scale", "course_data", "questions_file", "home", *_PLACE),
    "derive": ("inputs", "units", "seed"),
    "runs": ("home",),
    "inspect": ("run", "with", "home"),
}
"""What each place of the interface takes, beside the hyperparameters of a run."""


def _without_screen(name: str, args: argparse.Namespace, words: Sequence[str], *, is_right: bool) -> Iterator[Mistake]:
    """Yield the mistake of each option that the interface would not heed, with the command that heeds it.

    Args:
        name: the command.
        args: what was read of its words.
        words: its words.
        is_right: whether nothing else is wrong with them: else the same words are no command to propose.
    """
    from hw1_tui.settings import TABLE, option_name

    heeded = {*_ON_SCREEN.get(name, ()), *(TABLE if name == "train" else ()), "batch", "verb"}
    verbs = COMMANDS[name].verbs
    meant = f"hw1-tui {name} {next(iter(verbs))}" if verbs else f"hw1-tui --batch {name}"
    for option, value in vars(args).items():
        if option not in heeded and value not in (None, False, []):
            problem = "is for a verb, the interface does not heed it" if verbs else "is for --batch only"
            given = value if isinstance(value, list) else [value]
            is_named = any(word.partition("=")[0] == option_name(option) for word in words)
            place = option_name(option) if is_named else shlex.join(map(str, given))
            yield Mistake(place, problem, nearest=f"{meant} {shlex.join(words)}" if is_right else "")


def _read_opening(name: str, args: argparse.Namespace, mistakes: list[Mistake]) -> tuple[list[Given], dict[str, Any]]:
    """Check what was given as batch mode would; return the values of the form and the options of the interface.

    Raises:
        MistakeError: with every mistake.
    """
    from hw1_tui.batch.option import home_of
    from hw1_tui.batch.train import read_given
    from hw1_tui.settings import resolve

    given = read_given(args, mistakes) if name == "train" else []
    options: dict[str, Any] = {"home": home_of(args)} if "home" in args else {}
    if name == "derive":
        from hw1_tui.batch.derive import read_size
        from hw1_tui.derivation import SHOWN_INPUTS

        options["derivation"] = read_size(args, mistakes, SHOWN_INPUTS)
    if name == "report":
        from hw1_tui.batch.report import read_request

        options["report"] = read_request(args, mistakes)[0]
    if getattr(args, "questions_file", None):
        options["questions"] = _read_questions_path(args.questions_file, mistakes)
    if name == "inspect":
        options["inspected"] = tuple(run for run in (args.run, getattr(args, "with")) if run)
        _find_runs(options["inspected"], args, mistakes)
    if "on" in args:
        from hw1_tui.batch.place_option import read_place_options

        options["place"] = read_place_options(args, mistakes)
    if name == "train" and args.seeds is not None:
        from hw1_tui.report.runs.request import read_seeds

        options["seeds"] = read_seeds("--seeds", args.seeds, mistakes)
    try:
        resolve(given)
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    if mistakes:
        raise MistakeError(mistakes)
    return given, options


def _find_runs(names: Sequence[str], args: argparse.Namespace, mistakes: list[Mistake]) -> None:
    """Add that there is no such run; in a history without any the screen says how to have one."""
    from hw1_tui.batch.history import open_store

    store = open_store(args)
    for name in names if store.runs() else ():
        try:
            store.find(name)
        except MistakeError as error:
            mistakes.extend(error.mistakes)


def _read_questions_path(file: str, mistakes: list[Mistake]) -> str:
    """Return where a questions file lies, or add what is wrong in it that was not told before."""
    from hw1_tui.files.user_path import user_path
    from hw1_tui.report.questions.question_file import read_questions

    path = user_path(file).absolute()
    try:
        read_questions(path)
    except MistakeError as error:
        mistakes.extend(mistake for mistake in error.mistakes if mistake not in mistakes)
    return str(path)


def _open_interface(name: str, given: Sequence[Given] = (), **options: Any) -> int:
    from hw1_tui.files.default_folder import HOME_VARIABLE, default_folder

    if "home" not in options:
        default_folder("data", HOME_VARIABLE)  # a user without one is told so before the terminal is looked at
    is_served = os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")
    if not is_served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise MistakeError(Mistake("", "the interface needs a terminal", "--batch, which needs none"))
    if not is_served and os.environ.get("TERM") == "dumb":  # a shell in an editor, which would show what draws as text
        problem = "the interface needs a terminal that moves its cursor, and TERM is dumb"
        raise MistakeError(Mistake("", problem, "--batch, which needs none; or another TERM where it does"))
    if home := os.environ.get("HW1_TUI_HOME"):
        from hw1_tui.files.folder import folder_mistake
        from hw1_tui.files.user_path import user_path

        if mistake := folder_mistake(user_path(home), "HW1_TUI_HOME"):
            raise MistakeError(mistake)
    if place := options.pop("place", None):
        place.check()  # while there is still a terminal to say what is wrong
        options["workers"] = place.open()
    gc.disable()  # until ``run`` has frozen what is imported: garbage was looked for again and again on the way there
    from hw1_tui import app

    return app.run(name, given, **options)


def _usage() -> str:
    listed = {screen: "\n".join(f"  {name:<9} {command.help}" for name, command in COMMANDS.items()
                                if command.screen == screen) for screen in (True, False)}  # fmt: skip
    return (
        "usage: hw1-tui [--batch] [COMMAND] [VERB] [OPTIONS]\n\n"
        "A deep-learning homework report, alive in a terminal.\n\n"
        f"commands that open a screen, and print with --batch or a verb:\n{listed[True]}\n\n"
        f"commands that open no screen here:\n{listed[False]}\n\n"
        "options:\n"
        "  --batch              open no screen: print; it may stand anywhere\n"
        "  --version            print the version\n"
        "  --completion SHELL   print what completes words in bash, zsh or fish\n"
        "  -h, --help           this; `hw1-tui COMMAND [VERB] --help` tells of one\n\n" + _CODES
    )
