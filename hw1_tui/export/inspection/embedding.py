"""``inspect RUN embedding`` and ``hidden``: the examples in the plane in which they differ most."""

from __future__ import annotations

from functools import partial
from typing import Any

from hw1_tui.analysis.embedding import HIDDEN, PICTURES, embedding_of, shares_words
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table

_WORDS = {PICTURES: "Features", HIDDEN: "Last hidden layer"}


def _show(asked: Asked, what: str) -> Shown:
    opened, split = asked.subject.opened, asked.subject.split
    found = embedding_of(opened, split, what)
    dataset = opened.dataset
    labels = dataset[split].y[found.indices]
    names = [dataset.classes[int(y)] if dataset.classes else float(y) for y in labels]
    rows = [
        (int(i), name, float(x), float(y)) for i, name, (x, y) in zip(found.indices, names, found.points, strict=True)
    ]
    remark, rows = asked.about(len(rows)), rows[: asked.top]
    facts = asked.subject.as_dict()
    records = [
        {**facts, "of": what, "shares": found.shares.tolist()},
        *({**facts, "example": i, "target": name, "x": x, "y": y} for i, name, x, y in rows),
    ]

    def draw() -> Any:
        from hw1_tui.export.embedding_figure import draw_embedding

        title = f"{_WORDS[what]} of {split}" + f", {opened.record.title}" * (what == HIDDEN)
        return draw_embedding(title, found, labels, dataset.classes)

    table = Table(("example", "target", "x", "y"), tuple(rows), remark)
    return Shown(records, [shares_words(found)], [table], draw)


show_pictures = partial(_show, what=PICTURES)
"""Show the examples by their stored values."""

show_hidden = partial(_show, what=HIDDEN)
"""Show the examples by what the last hidden layer passes on."""
