"""``inspect RUN suspects``: examples whose label is likely wrong, by confident learning."""

from __future__ import annotations

from typing import Any

from hw1_tui.analysis.suspect import SuspectRow, suspect_rows, suspects_of
from hw1_tui.data import as_picture
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table


def show(asked: Asked) -> Shown:
    """Show the suspects, the likeliest to be wrong first; of named examples those that are suspects.

    Raises:
        MistakeError: the split was trained on, or the run predicts numbers.
        EngineError: its model tells no probabilities.
    """
    opened, split = asked.subject.opened, asked.subject.split
    answers, found = suspects_of(opened, split)
    rows = suspect_rows(opened, split, answers, found)
    if asked.examples:
        rows = [row for row in rows if row.example in asked.examples]
    if asked.label is not None:
        rows = [row for row in rows if row.label == answers.classes[asked.label]]
    remark, rows = asked.about(len(rows)), rows[: asked.top]
    table = Table(tuple(SuspectRow.columns()), tuple(row.values() for row in rows), remark)
    thresholds = dict(zip(answers.classes, map(float, found.thresholds), strict=True))
    facts = asked.subject.as_dict()
    about = {
        **facts,
        "examples": len(answers),
        "suspects": len(found),
        "noise": found.noise,
        "thresholds": {name: t if t != float("inf") else None for name, t in thresholds.items()},
        "joint": found.joint.tolist(),
    }
    records = [about, *(facts | dict(zip(SuspectRow.columns(), row.values(), strict=True)) for row in rows)]
    has_pictures = bool(opened.dataset.image_shape)
    return Shown(
        records,
        [found.words(float(answers.correct.mean()))],
        [table],
        (lambda: _draw(asked, rows)) if has_pictures else None,
    )


def _draw(asked: Asked, rows: list[SuspectRow]) -> Any:
    from hw1_tui.export.example_figure import draw_examples

    dataset, split = asked.subject.opened.dataset, asked.subject.split
    pictures = [as_picture(dataset, dataset[split].x[row.example]) for row in rows]
    captions = [f"{row.example}: {row.label}?\n{row.suggested} {row.p_suggested:.0%}" for row in rows]
    return draw_examples(f"Likely wrong labels, {split}", pictures, captions)
