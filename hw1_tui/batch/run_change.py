"""``hw1-tui runs tag``, ``note``, ``star``, ``rename``, ``delete``, ``undelete``, ``purge`` and ``rebuild``."""

from __future__ import annotations

import argparse

from hw1_tui.batch.history import ask_runs, find_ids, find_runs, open_store, say_none
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_quiet_option, raise_mistakes
from hw1_tui.mistake import Mistake
from hw1_tui.numeral import counted
from hw1_tui.runs import Store
from hw1_tui.runs.each import change_each
from hw1_tui.runs.filter import check_spelling, is_condition
from hw1_tui.runs.home import home_option


def add_none(parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb that takes no run."""
    add_quiet_option(parser)


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb that takes runs."""
    parser.add_argument("runs", nargs="*", help="identifiers, their beginnings or ends, names, or a filter")
    add_quiet_option(parser)


def add_rename(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``rename``."""
    parser.add_argument("run", nargs="?", help="the run")
    parser.add_argument("name", nargs="?", help="its name; an empty one takes it away")
    add_quiet_option(parser)


def add_note(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``note``."""
    parser.add_argument("run", nargs="?", help="the run")
    parser.add_argument("text", nargs="?", help="its note; an empty one takes it away")
    add_quiet_option(parser)


def add_tag(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tag``."""
    parser.add_argument("run", nargs="?", help="the run, or a filter in one word of the shell")
    parser.add_argument("tags", nargs="*", help="tags")
    parser.add_argument("--remove", action="store_true", help="take them away")
    add_quiet_option(parser)


def add_star(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``star``."""
    parser.add_argument("runs", nargs="*", help="the runs")
    parser.add_argument("--remove", action="store_true", help="favourites no longer")
    add_quiet_option(parser)


def _need(args: argparse.Namespace, mistakes: list[Mistake], *names: str) -> Store:
    """Return the history once every word that is needed was given."""
    missing = [name for name in names if getattr(args, name) in (None, [])]
    mistakes += [Mistake(f"runs {args.verb}", f"needs {name.upper()}") for name in missing]
    raise_mistakes(mistakes)
    return open_store(args)


def _told(has: str, what: str, text: str) -> str:
    """Return what a run is called or noted with now, letter by letter as it was given."""
    return f"{has} '{text}'" if text else f"has no {what}"


def rename(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run a name; return the exit code."""
    record = _need(args, mistakes, "run", "name").rename(args.run, args.name)
    Narrator(args.quiet).remark(f"{record.run} {_told('is called', 'name', record.labels.name)}.")
    return 0


def note(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run a note; return the exit code."""
    record = _need(args, mistakes, "run", "text").note(args.run, args.text)
    Narrator(args.quiet).remark(f"{record.run} {_told('has the note', 'note', record.labels.note)}.")
    return 0


def tag(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run tags, or take them away; return the exit code."""
    store = _need(args, mistakes, "run", "tags")
    for found in find_runs(store, [args.run]):
        record = store.tag(found.run, *args.tags, remove=args.remove)
        Narrator(args.quiet).remark(f"{record.run} has the tags {', '.join(record.labels.tags) or '(none)'}.")
    return 0


def star(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Make runs favourites, or no longer; return the exit code."""
    store = _need(args, mistakes, "runs")
    what = "is no favourite any more" if args.remove else "is a favourite"
    for record in find_runs(store, args.runs):
        store.star(record.run, not args.remove)
        Narrator(args.quiet).remark(f"{record.run} {what}.")
    return 0


def delete(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Move runs to the trash; return the exit code."""
    store = _need(args, mistakes, "runs")
    done, home = change_each(store.delete, find_ids(store, args.runs), mistakes), home_option(store.home)
    if len(done) == 1:
        Narrator(args.quiet).remark(f"{done[0]} is deleted; hw1-tui runs undelete {done[0]}{home} brings it back.")
    elif done:
        trash = f"hw1-tui runs list --deleted{home} shows the trash"
        told = f"{len(done):,} runs are deleted; {trash}, runs undelete brings back."
        Narrator(args.quiet).remark(told)
    raise_mistakes(mistakes)
    return 0


def undelete(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Bring runs back from the trash; return the exit code."""
    store = _need(args, mistakes, "runs")
    called = {record.labels.name for record in store.deleted()}
    conditions = [word for word in args.runs if is_condition(word) and word not in called]
    found = [record.run for record in store.deleted(ask_runs(conditions))] if conditions else []
    if conditions and not found:
        say_none(store, ask_runs(conditions), deleted=True)
    words = [word for word in args.runs if word not in conditions]
    check_spelling([word for word in args.runs if word not in called])
    done: list[str] = []
    change_each(lambda word: done.append(store.undelete(word).run), [*words, *found], mistakes)
    if done or not mistakes:
        Narrator(args.quiet).remark(
            f"{done[0]} is back." if len(done) == 1 else f"{counted(len(done), 'run')} are back."
        )
    raise_mistakes(mistakes)
    return 0


def purge(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Empty the trash; return the exit code."""
    count = _need(args, mistakes).purge()
    Narrator(args.quiet).remark(f"{counted(count, 'deleted run')} removed for good.")
    return 0


def rebuild(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Fill the index again; return the exit code."""
    store = _need(args, mistakes)
    count = store.rebuild()
    Narrator(args.quiet).remark(f"{counted(count, 'run')} in {store.home}.")
    return 0
