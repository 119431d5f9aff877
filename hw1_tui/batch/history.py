"""What the commands over the history share: opening it, and finding the runs that words name."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from hw1_tui.batch.option import add_option, home_of, home_place
from hw1_tui.files.folder import prepare_folder
from hw1_tui.files.notice import say_once
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import LAST, RunRecord, Store
from hw1_tui.runs.filter import check_spelling, is_condition, split_words
from hw1_tui.runs.filter_spelling import is_joining
from hw1_tui.runs.home import home_option


def add_moved_option(parser: argparse._ActionsContainer) -> None:
    """Add ``--data`` of what goes on with kept runs, or looks into one."""
    add_option(parser, "--data", "where its data is now, if that was moved or renamed: checked to be the same", "DATA")


def open_store(args: argparse.Namespace) -> Store:
    """Return the history that ``--home`` names, or the user's."""
    return Store(home_of(args))


def open_to_keep(args: argparse.Namespace) -> Store:
    """Return the history for a run that is to be kept, its folder made.

    The user's own data folder may be one that cannot be made; the run's events then say that it is not kept.

    Raises:
        MistakeError: the folder that was asked for cannot be made or written to.
    """
    store = open_store(args)
    if place := home_place(args.home):
        prepare_folder(store.home, place)
    return store


def ask_runs(words: Sequence[str]) -> str:
    """Return the filter in words of the shell, one a word or several in one."""
    return " ".join(map(_quote, words))


def _quote(word: str) -> str:
    """Keep a term whose value holds a space or a quotation mark in one piece; several terms are a filter as they are.

    ``tag="long run"`` came with the filter's own quotation marks, ``tag=long run`` without those of the shell.
    """
    try:
        parts = split_words(word)
    except ValueError:  # a quotation mark alone is part of a name
        return shlex.quote(word)
    is_filter = all(is_condition(part) or is_joining(part) for part in parts) or not is_condition(word)
    return word if is_filter else shlex.quote(word)


def say_none(store: Store, asked: str, *, deleted: bool = False) -> bool:
    """Say that there is no run at all, or why a filter lets none through as far as it is one condition.

    Returns:
        Whether there was something to say.
    """
    if asked and (why := store.why_none(asked, deleted=deleted)):
        show = f"hw1-tui runs show last{home_option(store.home)}"
        say_once(why + f" A list is searched for words; {show} tells of the newest run." * (asked == LAST))
        return True
    if is_empty := not (store.deleted() if deleted else store.runs()):
        say_once(f"The trash of {store.home} is empty." if deleted else f"No run is kept in {store.home}.")
    return is_empty


def find_ids(store: Store, words: Sequence[str]) -> list[str]:
    """Return the identifiers of the runs that words name; a damaged run's too, where its whole name is given.

    Raises:
        MistakeError: with every word that names no run.
    """
    exact = [word for word in words if word in store]
    others = [word for word in words if word not in exact]
    return list(dict.fromkeys([*exact, *(record.run for record in find_runs(store, others))]))


def find_runs(store: Store, words: Sequence[str]) -> list[RunRecord]:
    """Return the runs that words name, in their order.

    Words with conditions are one filter over all runs, as for the list: ``model=mlp engine=numpy`` are the runs that
    are both. What it finds stands where the first of them does. A word that is the name of a run means that run,
    though it reads like a condition.

    Raises:
        MistakeError: with every word that names no run, or reads like a condition and is none.
    """
    _, conditions = names_and_conditions(store, words)
    mistakes: list[Mistake] = []
    found: dict[str, RunRecord] = {}
    for word in dict.fromkeys(conditions[0] if word in conditions else word for word in words):
        try:
            records = _fulfilling(store, ask_runs(conditions)) if word in conditions else [store.get(word)]
        except MistakeError as error:
            mistakes.extend(error.mistakes)
        else:
            found.update({record.run: record for record in records if record.run not in found})
    if mistakes:
        raise MistakeError(mistakes)
    return list(found.values())


def names_and_conditions(store: Store, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words that each name a run, and those that are one filter together.

    Raises:
        MistakeError: with every word that reads like a condition and is none.
    """
    uncalled = [word for word in words if not store.called(word)]
    check_spelling(uncalled)
    conditions = [word for word in uncalled if is_condition(word)]
    return [word for word in words if word not in conditions], conditions


def _fulfilling(store: Store, asked: str) -> list[RunRecord]:
    """Return the runs that a filter lets through; say why there are none."""
    if not (records := store.runs(asked)) and not say_none(store, asked):
        say_once(f"No run fulfils all of {asked}.")
    return records
