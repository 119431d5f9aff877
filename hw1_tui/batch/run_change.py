"""``hw1-tui runs tag``, ``note``, ``star``, ``rename``, ``delete``, ``undelete``, ``purge`` and ``rebuild``."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hw1_tui.batch.history import find_ids, find_runs, open_store
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import raise_mistakes
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import Store


def _add_quiet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no remarks on stderr")


def add_none(parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb that takes no run."""
    _add_quiet(parser)


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb that takes runs."""
    parser.add_argument("runs", nargs="*", help="identifiers, their beginnings or ends, names, or a filter")
    _add_quiet(parser)


def add_rename(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``rename``."""
    parser.add_argument("run", nargs="?", help="the run")
    parser.add_argument("name", nargs="?", help="its name; an empty one takes it away")
    _add_quiet(parser)


def add_note(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``note``."""
    parser.add_argument("run", nargs="?", help="the run")
    parser.add_argument("text", nargs="?", help="its note; an empty one takes it away")
    _add_quiet(parser)


def add_tag(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tag``."""
    parser.add_argument("run", nargs="?", help="the run")
    parser.add_argument("tags", nargs="*", help="tags")
    parser.add_argument("--remove", action="store_true", help="take them away")
    _add_quiet(parser)


def add_star(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``star``."""
    parser.add_argument("runs", nargs="*", help="the runs")
    parser.add_argument("--remove", action="store_true", help="favourites no longer")
    _add_quiet(parser)


def _need(args: argparse.Namespace, mistakes: list[Mistake], *names: str) -> Store:
    """Return the history once every word that is needed was given."""
    missing = [name for name in names if getattr(args, name) in (None, [])]
    mistakes += [Mistake(f"runs {args.verb}", f"needs {name.upper()}") for name in missing]
    raise_mistakes(mistakes)
    return open_store(args)


def rename(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run a name; return the exit code."""
    record = _need(args, mistakes, "run", "name").rename(args.run, args.name)
    Narrator(args.quiet).remark(f"{record.run} is called {record.labels.name!r}.")
    return 0


def note(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run a note; return the exit code."""
    record = _need(args, mistakes, "run", "text").note(args.run, args.text)
    Narrator(args.quiet).remark(f"{record.run} has the note {record.labels.note!r}.")
    return 0


def tag(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Give a run tags, or take them away; return the exit code."""
    record = _need(args, mistakes, "run", "tags").tag(args.run, *args.tags, remove=args.remove)
    Narrator(args.quiet).remark(f"{record.run} has the tags {', '.join(record.labels.tags) or '(none)'}.")
    return 0


def star(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Make runs favourites, or no longer; return the exit code."""
    store = _need(args, mistakes, "runs")
    for record in find_runs(store, args.runs):
        store.star(record.run, not args.remove)
    return 0


def delete(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Move runs to the trash; return the exit code."""
    store = _need(args, mistakes, "runs")
    narrator = Narrator(args.quiet)

    def delete_one(run: str) -> None:
        store.delete(run)
        narrator.remark(f"{run} is deleted; hw1-tui runs undelete {run} brings it back.")

    _each(find_ids(store, args.runs), delete_one)
    return 0


def undelete(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Bring runs back from the trash; return the exit code."""
    store = _need(args, mistakes, "runs")
    _each(args.runs, store.undelete)
    return 0


def _each(runs: list[str], change: Callable[[str], object]) -> None:
    """Change each run that can be changed; then raise what was wrong with the others."""
    mistakes: list[Mistake] = []
    for run in runs:
        try:
            change(run)
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)


def purge(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Empty the trash; return the exit code."""
    count = _need(args, mistakes).purge()
    Narrator(args.quiet).remark(f"{count} deleted run{'s' * (count != 1)} removed for good.")
    return 0


def rebuild(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Fill the index again; return the exit code."""
    store = _need(args, mistakes)
    count = store.rebuild()
    Narrator(args.quiet).remark(f"{count} run{'s' * (count != 1)} in {store.home}.")
    return 0
