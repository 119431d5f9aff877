"""A sweep in the files that others read; the suffix says which."""

from __future__ import annotations

from pathlib import Path

from hw1_tui.export.figure import FORMATS, render
from hw1_tui.export.suffix import suffix_mistake
from hw1_tui.files.target import target_mistake, write_target_bytes
from hw1_tui.files.toml import toml_text
from hw1_tui.markup import escape_markdown, visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import Store
from hw1_tui.sweep.conclusion import Conclusion, conclude
from hw1_tui.sweep.figure import draw_sweep
from hw1_tui.sweep.summary import SweepSummary
from hw1_tui.sweep.table import conclusion_tables, trials_table

_FIGURES = tuple(f".{name}" for name in FORMATS)

SUFFIXES = (".csv", ".md", ".tex", *_FIGURES, ".toml")
"""What can be written."""


def sweep_export_mistake(path: Path, place: str = "") -> Mistake | None:
    """Return why a sweep cannot be written to a file of this name; ``None`` where it can.

    Args:
        path: the file.
        place: what named the file; the path itself where nothing else did.
    """
    return suffix_mistake(path, SUFFIXES, place) or target_mistake(path, place)


def export_sweep(summary: SweepSummary, store: Store, path: Path, *, overwrite: bool = False) -> None:
    """Write a sweep as what the suffix of a file says, whole or not at all.

    ``.csv`` holds a row a trial, ``.md`` and ``.tex`` all tables of what it comes to, ``.png``, ``.svg`` and ``.pdf``
    the metric against each hyperparameter and those two that matter together, ``.toml`` the definition.

    Args:
        summary: the sweep.
        store: the history.
        path: the file, with one of ``SUFFIXES``.
        overwrite: whether to replace what is there.

    Raises:
        MistakeError: no trial has finished, of which a ranking is made.
        OSError: the file cannot be written, or is there already and must stay.
    """
    write_target_bytes(path, _content(summary, store, path.suffix.lower()), overwrite=overwrite)


def _content(summary: SweepSummary, store: Store, suffix: str) -> bytes:
    if suffix == ".toml":
        return toml_text(summary.sweep.as_toml()).encode()
    conclusion = None if suffix == ".csv" else conclude(summary, store)
    if suffix in _FIGURES:
        return render(draw_sweep(summary, conclusion.interactions if conclusion else ()), suffix[1:])
    if suffix == ".csv":
        return trials_table(summary).csv().encode()
    if conclusion is None:
        raise MistakeError(Mistake(summary.sweep.name, "no trial has finished: there is nothing to rank"))
    tables = conclusion_tables(conclusion)
    if suffix == ".md":
        return "\n".join([*(table.markdown() for table in tables), *_ending(conclusion)]).encode()
    said = "".join(f"% {visible(line)}\n" for line in (*conclusion.sentences(), conclusion.command))
    return "\n".join([*(table.latex() for table in tables), said]).encode()


def _ending(conclusion: Conclusion) -> list[str]:
    return [*(f"{escape_markdown(sentence)}\n" for sentence in conclusion.sentences()), f"    {conclusion.command}\n"]
