"""``inspect RUN confusion``: which class is taken for which, of one run or of two beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hw1_tui.analysis import OpenedRun
from hw1_tui.analysis.answers import Answers, answers_of, fit_of
from hw1_tui.analysis.confusion import TOP, Confusion, Scores, examples_in, ranks_of_truth, top_k, top_words
from hw1_tui.analysis.disagreement import Disagreement
from hw1_tui.export.inspection.title import about_differences, titles_of
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import GivenName, Table
from hw1_tui.markup import visible

_SCORES = ("precision", "recall", "f1", "support")


def show(asked: Asked) -> Shown:
    """Show the matrix and the scores of the classes; of a named class, its mistakes, the most certain first.

    Raises:
        MistakeError: the run predicts numbers.
        EngineError: its engine failed.
    """
    subject = asked.subject
    opened = [one for one in (subject.opened, subject.other) if one is not None]
    answers = [answers_of(one, subject.split) for one in opened]
    found = [Confusion.of(a.labels, a.predicted, a.classes) for a in answers]
    names = titles_of(opened) if len(opened) > 1 else [_name(opened[0])]
    said = []
    for name, run, one in zip(names, opened, found, strict=True):
        said.append(f"{name}: {one.words()} {fit_of(run, subject.split, one.accuracy)}".strip())
    said += [sentence for a, name in zip(answers, names, strict=True) for sentence in _top_words(a, name)]
    headings = [f"{name}, {subject.split}" for name in names]
    tables = [table for name, one in zip(headings, found, strict=True) for table in confusion_tables(name, one)]
    records = [_record(asked, *of) for of in zip(opened, answers, found, strict=True)]
    listed = _listed(opened, found)
    if len(found) == 2:
        parted = Disagreement.of(answers[0].correct, answers[1].correct)
        said.append(parted.words(names[0], names[1], about_differences(opened)))
        tables.append(_matrix(f"{names[1]} less {names[0]}", found[1].counts - found[0].counts, found[0].classes))
        for title, indices in (
            (f"right by {names[0]} alone", parted.first_only),
            (f"right by {names[1]} alone", parted.second_only),
        ):
            tables.append(_examples(title, answers, indices[: asked.top], asked.about(len(indices))))
        records.append(asked.subject.as_dict() | _pair_record(parted, opened))
    if asked.label is not None:
        name = found[0].classes[asked.label]
        indices = _mistakes(answers[0], asked.label)
        remark, indices = asked.about(len(indices)), indices[: asked.top]
        tables.append(_examples(f"mistakes on {name}", answers[:1], indices, remark))
        records += [asked.subject.as_dict() | _example_record(answers[0], int(i)) for i in indices]
        listed = _examples("example", answers[:1], indices)  # what was asked for
    return Shown(records, said, tables, lambda: _draw(headings, found), listed)


def _draw(headings: list[str], found: list[Confusion]) -> Any:
    from hw1_tui.export.confusion_figure import draw_confusion

    return draw_confusion(headings, found)


def _name(opened: OpenedRun) -> str:
    return f"{visible(opened.record.title)} after {opened.model.place}"


def _top_words(answers: Answers, name: str) -> Iterator[str]:
    if words := top_words(answers.probabilities, answers.labels, answers.predicted):
        yield f"{name}: {words}"


def confusion_tables(name: str, found: Confusion) -> list[Table]:
    """Return the matrix and the scores of the classes.

    Args:
        name: whose they are.
        found: the counts.
    """
    rows = [
        *((class_name, *_row(of)) for class_name, of in zip(found.classes, found.by_class(), strict=True)),
        ("macro", *_row(found.macro())),
        ("weighted", *_row(found.weighted())),
    ]
    scores = Table((GivenName(name), *_SCORES), tuple(rows))
    return [_matrix(f"{name}: true \\ predicted", found.counts, found.classes), scores]


def _matrix(title: str, counts: Any, classes: tuple[str, ...]) -> Table:
    return Table(
        (GivenName(title), *map(GivenName, classes)),
        tuple((name, *map(int, row)) for name, row in zip(classes, counts, strict=True)),
    )


def _listed(opened: list[OpenedRun], found: list[Confusion]) -> Table:
    """Return the matrix of each run with the scores of its classes as one table."""
    columns = ("run", "true \\ predicted", *map(GivenName, found[0].classes), *_SCORES)
    rows = [
        (run.record.run, name, *map(int, counts), *_row(scores))
        for run, one in zip(opened, found, strict=True)
        for name, counts, scores in zip(one.classes, one.counts, one.by_class(), strict=True)
    ]
    return Table(columns, tuple(rows))


def _row(of: Scores) -> tuple[float | int | None, ...]:
    return (*(None if np.isnan(value) else value for value in (of.precision, of.recall, of.f1)), of.support)


def _mistakes(answers: Answers, label: int) -> Any:
    indices = examples_in(answers.labels, answers.predicted, answers.certainty, label, None)
    return indices[~answers.correct[indices]]


def _examples(title: str, answers: list[Answers], indices: Any, remark: str = "") -> Table:
    columns = [GivenName(title), "true"]
    for number in range(len(answers)):
        columns += [f"taken for{' (second)' * number}", f"probability{' (second)' * number}"]
    rows = []
    for i in map(int, indices):
        row: list[Any] = [i, answers[0].classes[answers[0].labels[i]]]
        for a in answers:
            certainty = float(a.certainty[i])
            row += [a.classes[a.predicted[i]], None if np.isnan(certainty) else round(certainty, 4)]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), remark)


def _example_record(answers: Answers, i: int) -> dict[str, Any]:
    p = answers.probabilities
    return {
        "example": i,
        "true": answers.classes[answers.labels[i]],
        "predicted": answers.classes[answers.predicted[i]],
        "probabilities": None if p is None else dict(zip(answers.classes, map(_number, p[i]), strict=True)),
    }


def _number(value: float) -> float | None:
    """Return a number for JSON, which has none for what a model says that has diverged."""
    return float(value) if np.isfinite(value) else None


def _record(asked: Asked, opened: OpenedRun, answers: Answers, found: Confusion) -> dict[str, Any]:
    ranks = None
    if answers.probabilities is not None:
        ranks = ranks_of_truth(answers.probabilities, answers.labels, answers.predicted)
    return {
        "run": opened.record.run,
        "epoch": opened.model.epoch,
        "split": asked.subject.split,
        **confusion_record(found),
        "top": None if ranks is None else {str(k): top_k(ranks, k) for k in TOP if k < len(found.classes)},
    }


def confusion_record(found: Confusion) -> dict[str, Any]:
    """Return classes, counts, accuracy and scores, fit for JSON."""
    scores = dict(zip(found.classes, found.by_class(), strict=True)) | {
        "macro": found.macro(),
        "weighted": found.weighted(),
    }
    return {
        "classes": list(found.classes),
        "counts": found.counts.tolist(),
        "accuracy": found.accuracy,
        "scores": {name: dict(zip(_SCORES, _row(of), strict=True)) for name, of in scores.items()},
    }


def _pair_record(parted: Disagreement, opened: list[OpenedRun]) -> dict[str, Any]:
    difference = parted.shares.difference()
    return {
        "runs": [one.record.run for one in opened],
        "examples": parted.shares.n,
        "first_only": parted.first_only.tolist(),
        "second_only": parted.second_only.tolist(),
        "both_wrong": parted.both_wrong.tolist(),
        "mcnemar_p": parted.shares.mcnemar(),
        "difference": {"value": difference.value, "low": difference.low, "high": difference.high},
    }
