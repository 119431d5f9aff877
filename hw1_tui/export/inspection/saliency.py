"""``inspect RUN saliency``: what in a picture the answer hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hw1_tui.analysis import Subject
from hw1_tui.analysis.explained_answer import ExplainedAnswer, explain_answer
from hw1_tui.data import as_picture
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import GivenName, Table
from hw1_tui.export.weight_figure import draw_saliency
from hw1_tui.mistake import Mistake, MistakeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def show(asked: Asked) -> Shown:
    """Explain the answer to each example that is asked for, to the first one where none is named.

    Raises:
        MistakeError: there is no such example, or the examples are no pictures, or have no classes.
        EngineError: the engine failed.
    """
    found = [explain_answer(asked.subject, example, asked.label) for example in asked.examples or (0,)]
    return Shown(
        [_record(asked.subject, explained) for explained in found],
        said=[line for explained in found for line in (f"{_name(asked, explained)}.", *explained.words)],
        tables=[_table(explained) for explained in found],
        draw=partial(_draw, asked.subject, found),
        listed=_listed(found),
    )


def _name(asked: Asked, explained: ExplainedAnswer) -> str:
    return f"{asked.subject.split} example {explained.example}: {explained.title}"


def _table(explained: ExplainedAnswer) -> Table:
    told = GivenName(f"{_what(explained)} of {explained.classes[explained.answer]}")
    return Table(("covered from row", "column", told, "answer"), tuple(_hardest(explained)))


def _what(explained: ExplainedAnswer) -> str:
    """Return what tells how sure an answer is; a model of scores alone has no probabilities."""
    return "probability" if explained.has_probabilities else "softmax"


def _listed(found: Sequence[ExplainedAnswer]) -> Table:
    columns = ("example", "answer", "row", "column", f"covered_{_what(found[0])}", "covered_answer")
    rows = [
        (explained.example, explained.classes[explained.answer], *row)
        for explained in found
        for row in _hardest(explained)
    ]
    return Table(columns, tuple(rows))


def _hardest(explained: ExplainedAnswer) -> Iterator[tuple[int, int, float, str]]:
    """Yield the squares that cost the answer most when they are covered: where, what is left, what it becomes."""
    found = explained.occlusion
    for i in sorted(range(len(found.answers)), key=lambda i: found.probabilities[i])[:5]:
        row, column = found.corners[i]
        yield int(row), int(column), float(found.probabilities[i]), explained.classes[int(found.answers[i])]


def _record(subject: Subject, explained: ExplainedAnswer) -> dict[str, Any]:
    found = explained.occlusion
    return {
        **subject.as_dict(),
        "example": explained.example,
        "label": explained.classes[explained.label],
        "answer": explained.classes[explained.answer],
        "target": explained.classes[explained.target],
        "probabilities": explained.probabilities.tolist(),
        "input_times_gradient": None if explained.parts is None else explained.parts.tolist(),
        "bias": None if explained.parts is None else explained.bias,
        "square": found.side,
        "corners": found.corners.tolist(),
        "covered_answers": [explained.classes[int(answer)] for answer in found.answers],
        "covered_probabilities": found.probabilities.tolist(),
        "drop": found.drop.tolist(),
    }


def _draw(subject: Subject, found: Sequence[ExplainedAnswer]) -> Figure:
    """Draw one example.

    Raises:
        MistakeError: there are more.
    """
    if len(found) > 1:
        raise MistakeError(Mistake("--to", f"saliency draws one example, these are {len(found)}"))
    (explained,) = found
    dataset = subject.opened.dataset
    photograph = as_picture(dataset, dataset[subject.split].x[explained.example])
    maps = [(f"{explained.classes[explained.answer]} loses when covered", explained.occlusion.drop)]
    if explained.parts is not None:
        maps.insert(0, (f"input x gradient, {explained.classes[explained.target]}", explained.parts))
    return draw_saliency(photograph, maps, explained.title)
