"""Runs in the files that others read; the suffix says which."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store, figure
from hw1_tui.runs.comparison import FIGURES
from hw1_tui.runs.event_file import event_file
from hw1_tui.runs.table import PRINTED_FIGURES, Table, comparison_table, epochs_table
from hw1_tui.training import weights
from hw1_tui.training.kept_model import LAST, load_model

_TEXTS: dict[str, Callable[[Table], str]] = {".csv": Table.csv, ".md": Table.markdown, ".tex": Table.latex}
_FIGURES = tuple(f".{name}" for name in figure.FORMATS)

SUFFIXES = (*_TEXTS, ".jsonl", *_FIGURES, *weights.SUFFIXES)
"""What can be written."""


def export_file(store: Store, records: Sequence[RunRecord], path: Path, epoch: str = LAST) -> None:
    """Write runs as what the suffix of a file says.

    ``.csv`` and ``.jsonl`` hold the epochs of one run, or of several a row each; ``.md`` and ``.tex`` a table of the
    runs; ``.png``, ``.svg`` and ``.pdf`` their curves; ``.npz``, ``.safetensors`` and ``.pt`` the weights of one run.

    Args:
        store: the history.
        records: the runs, at least one.
        path: the file.
        epoch: whose weights, see ``load_model``.

    Raises:
        MistakeError: the suffix is none of ``SUFFIXES``, or there are no such weights.
        EngineError: the engine cannot take the checkpoint.
        OSError: the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix in weights.SUFFIXES:
        if len(records) > 1:
            raise MistakeError(Mistake(str(path), f"takes the weights of one run, these are {len(records)}"))
        weights.write_weights(load_model(store, records[0].run, epoch), path)
    elif suffix in _FIGURES:
        curves = {record.title: store.metrics(record.run, joined=True) for record in records}
        path.write_bytes(figure.render(figure.draw_curves(curves), suffix[1:]))
    elif suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(store, records)), "utf-8")
    elif suffix in _TEXTS:
        figures = FIGURES if suffix == ".csv" else PRINTED_FIGURES
        one = len(records) == 1 and suffix == ".csv"
        table = epochs_table(store.metrics(records[0].run)) if one else comparison_table(records, figures)
        path.write_text(_TEXTS[suffix](table), "utf-8")
    else:
        raise MistakeError(Mistake(str(path), "has no suffix that says what to write", ", ".join(SUFFIXES)))


def _rows(store: Store, records: Sequence[RunRecord]) -> list[dict[str, object]]:
    if len(records) > 1:
        return [record.record() for record in records]
    return [{"run": records[0].run, **epoch} for epoch in store.metrics(records[0].run)]


def export_events(store: Store, record: RunRecord, folder: Path) -> Path:
    """Write a run as an event file of TensorBoard into a folder of its own; return the file.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / record.run / f"events.out.tfevents.{record.run}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(event_file(store.metrics(record.run, joined=True)))
    return path
