"""Grades as programs of courses read them: Gradescope's results, and JUnit's ElementTree."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from hw1_tui.markup import json_text, visible
from hw1_tui.report.judge.grade import Grade, Graded


def gradescope(grade: Grade) -> str:
    """Return a grade as Gradescope's ``results.json``.

    The format is https://gradescope-autograders.readthedocs.io/en/latest/specs/ (Output format).
    """
    parts = [part for part in grade.parts if part.is_checked]
    output = [grade.sentence(), *map(str, grade.mistakes), *map(_not_checked, _left_out(grade))]
    record = {
        "score": grade.score,
        "output": "\n".join(output),
        "visibility": grade.visibility,
        "tests": [
            {
                "name": f"Question {part.question}: {part.name}",
                "number": part.question,
                "score": part.score,
                "max_score": part.points,
                "status": "passed" if part.is_whole else "failed",
                "visibility": grade.visibility,
                "output": part.output,
            }
            for part in parts
        ],
    }
    return json_text(record, indent=2, is_ascii=True) + "\n"


def junit(grade: Grade) -> str:
    """Return a grade as JUnit's XML, a suite a question; what lost points has failed, what is not checked is skipped.

    The elements are those of the schema that Jenkins and pytest hold it to (``junit-10.xsd``).
    """
    root = ElementTree.Element("testsuites", {"name": visible(grade.title), **_counts(grade.parts)})
    for question, parts in itertools.groupby(grade.parts, key=lambda part: part.question):
        of_question = tuple(parts)
        suite = ElementTree.SubElement(
            root, "testsuite", {"name": f"Question {visible(question)}", **_counts(of_question)}
        )
        suite.set("skipped", str(sum(not part.is_checked for part in of_question)))
        points = ElementTree.SubElement(suite, "properties")
        for name in ("score", "points"):
            total = sum(getattr(part, name) for part in of_question if part.is_checked)
            ElementTree.SubElement(points, "property", name=name, value=f"{total:g}")
        for part in of_question:
            _add_case(suite, part)
    if grade.mistakes:
        suite = ElementTree.SubElement(root, "testsuite", name="Answers", tests="0", failures="0", errors="0")
        ElementTree.SubElement(suite, "system-err").text = "\n".join(map(str, grade.mistakes))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="us-ascii").decode("ascii")  # whatever stdout takes, it is UTF-8
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_case(suite: ElementTree.Element, part: Graded) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", name=visible(part.name), classname=f"question {visible(part.question)}"
    )
    message = f"{part.score:g} of {part.points:g} points"
    text = "\n".join(map(visible, part.output.splitlines()))
    if not part.is_checked:
        ElementTree.SubElement(case, "skipped", message=_not_checked(part))
    elif not part.is_whole:
        ElementTree.SubElement(case, "failure", message=message, type="points").text = text
        return
    ElementTree.SubElement(case, "system-out").text = f"{message}\n{text}"


def _counts(parts: tuple[Graded, ...]) -> dict[str, str]:
    failures = sum(not part.is_whole for part in parts)
    return {"tests": str(len(parts)), "failures": str(failures), "errors": "0"}


def _left_out(grade: Grade) -> list[Graded]:
    return [part for part in grade.parts if not part.is_checked]


def _not_checked(part: Graded) -> str:
    return f"{visible(part.name)}: not graded, as there is nothing to hold it to here."


GRADE_FILES: Mapping[str, tuple[str, Callable[[Grade], str]]] = {
    "gradescope": ("results.json", gradescope),
    "junit": ("junit.xml", junit),
}
"""Of each format of a grade the name of its file, and what writes it."""
