"""A view of what is inside a run, written to a file; the suffix says how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hw1_tui.analysis import Subject
from hw1_tui.export import figure
from hw1_tui.export.inspection.catalogue import VIEWS
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.suffix import suffix_mistake
from hw1_tui.export.table import Table
from hw1_tui.files.target import target_mistake, write_target_bytes
from hw1_tui.markup import escape_markdown, json_text
from hw1_tui.mistake import Mistake, MistakeError

_TEXTS: dict[str, Callable[[Table], str]] = {".md": Table.markdown, ".tex": Table.latex}
_HEADINGS: dict[str, Callable[[str], str]] = {
    ".md": lambda text: f"{escape_markdown(text)}\n",
    ".tex": lambda text: f"% {text}",
}
_PICTURES = tuple(f".{name}" for name in figure.FORMATS)

SUFFIXES = (*_PICTURES, ".csv", *_TEXTS, ".jsonl")
"""What something that has a picture can be written as."""


_WHOLE = 1_000_000
"""More than any list is long."""


def in_file(asked: Asked, suffix: str) -> Asked:
    """Return what is asked of a view for a file: in a table all of a list, in a picture what can still be seen."""
    return asked if suffix.lower() in _PICTURES else replace(asked, top=_WHOLE)


def view_suffixes(view: str) -> tuple[str, ...]:
    """Return what a view can be written as: its tables, its records, and a picture where it has one."""
    return tuple(name for name in SUFFIXES if VIEWS[view].has_picture or name not in _PICTURES)


def view_mistake(path: Path, view: str, place: str = "") -> Mistake | None:
    """Return why a view cannot be written to a file of this name; ``None`` where it can.

    Args:
        path: the file.
        view: the view.
        place: what named the file; the path itself where nothing else did.
    """
    suffix, allowed = path.suffix.lower(), view_suffixes(view)
    if suffix in _PICTURES and suffix not in allowed:
        drawn = ", ".join(name for name in VIEWS if VIEWS[name].has_picture)
        return Mistake(place or str(path), f"the view {view} has no picture", ", ".join(allowed), drawn)
    return suffix_mistake(path, allowed, place) or target_mistake(path, place)


def shown_mistake(path: Path, place: str = "") -> Mistake | None:
    """Return why something that has a picture cannot be written to a file of this name; as ``view_mistake``."""
    return suffix_mistake(path, SUFFIXES, place) or target_mistake(path, place)


def write_view(shown: Shown, view: str, subject: Subject, path: Path, *, overwrite: bool = False) -> None:
    """Write a view as what the suffix of a file says, whole or not at all.

    Args:
        shown: what the view came to.
        view: its name.
        subject: what was looked at, which tables name above them as pictures do: a file outlives its command.
        path: the file.
        overwrite: whether to replace what is there.

    Raises:
        MistakeError: as ``view_mistake`` says.
        OSError: the file cannot be written, or is there already and must stay.
    """
    if mistake := view_mistake(path, view):
        raise MistakeError(mistake)
    write_shown(shown, path, VIEWS[view].heading(subject), overwrite=overwrite)


def write_shown(shown: Shown, path: Path, heading: str = "", *, overwrite: bool = False) -> None:
    """Write what was shown as what the suffix of a file, one of ``SUFFIXES``, says, whole or not at all.

    Args:
        shown: what was shown.
        path: the file.
        heading: what it is of, for tables that a person reads; empty where they say it.
        overwrite: whether to replace what is there.

    Raises:
        OSError: the file cannot be written, or is there already and must stay.
    """
    write_target_bytes(path, _content(shown, path, heading), overwrite=overwrite)


def _content(shown: Shown, path: Path, heading: str) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return "".join(json_text(record) + "\n" for record in shown.records).encode()
    if suffix == ".csv":
        return shown.csv().encode()
    if suffix in _TEXTS:
        above = [_HEADINGS[suffix](heading)] if heading else []
        return "\n".join([*above, *map(_TEXTS[suffix], shown.tables)]).encode()
    if shown.draw is None:
        raise MistakeError(Mistake(str(path), "there is nothing of it to draw", ", ".join([".csv", *_TEXTS, ".jsonl"])))
    return figure.render(shown.draw(), suffix[1:])
