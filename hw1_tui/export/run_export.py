"""Runs in the files that others read; the suffix says which."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import Dataset
from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.replay import replay
from hw1_tui.export import figure, weight_file
from hw1_tui.export.comparison_table import comparison_table
from hw1_tui.export.event_file import event_file
from hw1_tui.export.replay_page import replay_page
from hw1_tui.export.run_table import epochs_table
from hw1_tui.export.seed_curve import seed_curves
from hw1_tui.export.suffix import suffix_mistake
from hw1_tui.export.table import Table
from hw1_tui.files.atomic import write_bytes
from hw1_tui.files.target import target_mistake, write_target_bytes
from hw1_tui.markup import json_text
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import compared_results, printed_results
from hw1_tui.runs.loss_name import loss_label
from hw1_tui.runs.x_axis import XAxis, positions, steps_of
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.evidence import gather_evidence
from hw1_tui.training.kept_model import LAST, load_model

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TEXTS: dict[str, Callable[[Table], str]] = {".csv": Table.csv, ".md": Table.markdown, ".tex": Table.latex}
FIGURES = tuple(f".{name}" for name in figure.FORMATS)
"""The suffixes of files that curves are drawn in."""

PAGE = ".html"
"""The suffix of the page that shows a run from epoch to epoch."""

SUFFIXES = (*_TEXTS, ".jsonl", *FIGURES, PAGE, *weight_file.SUFFIXES)
"""What can be written."""


def export_mistake(path: Path, n_runs: int, place: str = "") -> Mistake | None:
    """Return why runs cannot be written to a file of this name; ``None`` where they can.

    Args:
        path: the file.
        n_runs: number of the runs; 0 where it is not known yet.
        place: what named the file; the path itself where nothing else did.
    """
    if mistake := suffix_mistake(path, SUFFIXES, place):
        return mistake
    suffix = path.suffix.lower()
    if suffix in weight_file.SUFFIXES and n_runs > 1:
        return Mistake(place or str(path), f"{suffix} takes the weights of one run, these are {n_runs:,}")
    if suffix == PAGE and n_runs > 1:
        return Mistake(place or str(path), f"{suffix} takes one run from epoch to epoch, these are {n_runs:,}")
    if suffix in FIGURES and n_runs > figure.MOST_RUNS:
        problem = f"{suffix} takes the curves of at most {figure.MOST_RUNS} runs, these are {n_runs:,}"
        return Mistake(place or str(path), problem, "fewer runs, or .csv, which takes any number")
    return target_mistake(path, place)


def export_file(
    store: Store,
    records: Sequence[RunRecord],
    path: Path,
    epoch: str = LAST,
    *,
    overwrite: bool = False,
    gathers: bool = True,
    x_axis: XAxis = "epoch",
    dataset: Dataset | None = None,
) -> None:
    """Write runs as what the suffix of a file says, whole or not at all.

    ``.csv`` and ``.jsonl`` hold the epochs of one run, or of several a row each; ``.md`` and ``.tex`` a table of the
    runs; ``.png``, ``.svg`` and ``.pdf`` their curves; ``.html`` one run from epoch to epoch; ``.npz``,
    ``.safetensors`` and ``.pt`` the weights of one run.

    Args:
        store: the history.
        records: the runs, at least one.
        path: the file.
        epoch: whose weights, see ``load_model``.
        overwrite: whether to replace what is there.
        gathers: whether runs that differ in their seed alone are one curve of a figure, with a band.
        x_axis: what the curves of a figure are drawn over.
        dataset: the data of the run of a page, where it was loaded already.

    Raises:
        MistakeError: as ``export_mistake`` says, or there are no such weights or data.
        EngineError: the engine cannot take the checkpoint.
        OSError: the file cannot be written, or is there already and must stay.
    """
    if mistake := export_mistake(path, len(records)):
        raise MistakeError(mistake)
    if path.suffix.lower() == PAGE:
        content = _page(store, records[0].run, dataset)
    else:
        content = _content(store, records, path.suffix.lower(), epoch, x_axis, gathers=gathers)
    write_target_bytes(path, content, overwrite=overwrite)


def _content(
    store: Store, records: Sequence[RunRecord], suffix: str, epoch: str, x_axis: XAxis, *, gathers: bool
) -> bytes:
    """Return runs as a file with this suffix."""
    if suffix in weight_file.SUFFIXES:
        file = io.BytesIO()  # the writers of such files do not fail cleanly on a full disk
        weight_file.write_weights(load_model(store, records[0].run, epoch), file, suffix)
        return file.getvalue()
    if suffix in FIGURES:
        return figure.render(_figure(store, records, x_axis, gathers=gathers), suffix[1:])
    if suffix == ".jsonl":
        return "".join(json_text(row) + "\n" for row in _rows(store, records)).encode()
    results = compared_results() if suffix == ".csv" else printed_results()
    one = len(records) == 1 and suffix == ".csv"
    table = epochs_table(store.metrics(records[0].run)) if one else _comparison(store, records, results)
    return _TEXTS[suffix](table).encode()


def _page(store: Store, run: str, dataset: Dataset | None) -> bytes:
    """Return a run as a page."""
    opened = open_run(store, run, dataset=dataset)
    if opened.dataset.is_regression:
        raise MistakeError(Mistake(run, f"{PAGE} shows classes, and it predicts numbers"))
    return replay_page(replay(Subject(opened, "val" if "val" in opened.splits else opened.splits[-1])))


def _figure(store: Store, records: Sequence[RunRecord], x_axis: XAxis, *, gathers: bool) -> Figure:
    epochs = [store.metrics(record.run, joined=True) for record in records]
    found = seed_curves(records, epochs, gathers=gathers)
    curves = [(curve.title, curve.epochs) for curve in found]
    bands = {place: curve.band for place, curve in enumerate(found) if curve.band}
    steps = {place: steps_of(curve.runs[0]) for place, curve in enumerate(found)}
    titles = {record.run: curve.title for curve in found for record in curve.runs}
    steered = _steered(records, epochs, x_axis, titles)
    return figure.draw_curves(curves, loss_label(r.config for r in records), steered, bands, x_axis, steps)


def _comparison(store: Store, records: Sequence[RunRecord], results: Sequence[str]) -> Table:
    evidence = gather_evidence(store, records) if len(records) > 1 else {}
    return comparison_table(records, results, evidence)


def _rows(store: Store, records: Sequence[RunRecord]) -> list[dict[str, object]]:
    if len(records) > 1:
        return [record.as_dict() for record in records]
    return [{"run": records[0].run, **EpochEnded(epoch).as_dict()} for epoch in store.metrics(records[0].run)]


def events_path(folder: Path, run: str) -> Path:
    """Return the event file of a run, in a folder of its own."""
    return folder / run / f"events.out.tfevents.{run}"


def export_events(store: Store, record: RunRecord, folder: Path, *, overwrite: bool = False) -> Path:
    """Write a run as an event file of TensorBoard into a folder of its own; return the file.

    Raises:
        OSError: it cannot be written, or is there already and must stay.
    """
    path = events_path(folder, record.run)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, event_file(store.metrics(record.run, joined=True)), overwrite=overwrite)
    return path


def _steered(
    records: Sequence[RunRecord],
    curves: Sequence[Sequence[EpochMetrics]],
    x_axis: XAxis,
    titles: Mapping[str, str],
) -> dict[float, str]:
    """Return what was changed in runs while they were trained, by where on the x axis it was.

    Args:
        records: the runs.
        curves: the epochs of each.
        x_axis: what they are drawn over.
        titles: what the curve of each is called, by its identifier; said where not all of them were changed so.
    """
    steered: dict[float, dict[str, dict[str, None]]] = {}
    for record, epochs in zip(records, curves, strict=True):
        numbers = [epoch.epoch for epoch in epochs] or [0]
        places = positions(epochs, x_axis, steps_of(record)) or [0.0]
        for change in record.joined_changes:
            if change.name != "epochs" and change.epoch > numbers[0]:  # a parent that is gone has no curve
                at = float(np.interp(change.epoch - 1, numbers, places))
                told = steered.setdefault(at, {}).setdefault(f"{change.name} {change.values}", {})
                told[titles[record.run]] = None
    every = len(set(titles.values()))
    return {
        at: "; ".join(text if len(whose) == every else f"{', '.join(whose)}: {text}" for text, whose in told.items())
        for at, told in steered.items()
    }
