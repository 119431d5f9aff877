"""The tables of the questions guide that follow from the code; run as a program it writes them into the guide."""

from __future__ import annotations

import inspect
import re

from hw1_tui.guides import FOLDER
from hw1_tui.report.judge.computation import COMPUTATIONS
from hw1_tui.report.questions.claim_function import FUNCTIONS, MANY, ClaimFunction
from hw1_tui.report.questions.question_metric import needs_classes, question_metrics

GUIDE = FOLDER / "questions.md"
_VALUES = {"share": "a share from 0 to 1", "positive": "a number above 0", "split": "a split, 0, 1 or 2"}


def with_tables(guide: str) -> str:
    """Return the guide with its tables as the code has them."""
    for name, table in {"figures": _figures(), "functions": _functions()}.items():
        between = rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)"
        guide = re.sub(between, lambda match, table=table: f"{match[1]}{table}\n{match[2]}", guide)  # type: ignore[misc]
    return guide


def _figures() -> str:
    rows = [
        f"| `{name}` | {metric.title} | {'classes' if needs_classes(name) else 'all'} |"
        for name, metric in question_metrics().items()
    ]
    return "\n".join(["| figure | what it is | of models that learn |", "| --- | --- | --- |", *rows])


def _functions() -> str:
    rows = [f"| `{name}` | {_taken(FUNCTIONS[name])} | {_told(name)} |" for name in sorted(FUNCTIONS)]
    return "\n".join(["| function | `runs`, `values`, `figure` | what it computes |", "| --- | --- | --- |", *rows])


def _taken(function: ClaimFunction) -> str:
    fewest, most = function.runs
    runs = str(fewest) if fewest == most else f"{fewest} or more" if most == MANY else f"{fewest} to {most}"
    values = ", ".join(_VALUES[kind] for kind in function.values)
    parts = [f"{runs} {'run' if runs == '1' else 'runs'}"] * bool(most)
    parts += [f"values: {values}"] * bool(values) + ["a figure"] * function.metric
    return "; ".join([*parts, *["of classes"] * function.classes])


def _told(name: str) -> str:
    """Return the first paragraph of what a computation says of itself."""
    text = inspect.getdoc(COMPUTATIONS[name]) or ""
    return " ".join(text.partition("\n\n")[0].split())


if __name__ == "__main__":
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")
