"""Writes a report into a folder: Markdown, HTML, LaTeX and JSON with its figures."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from hw1_tui.export.figure import render
from hw1_tui.files.atomic import read_json, write_json
from hw1_tui.files.lock import Lock
from hw1_tui.files.target import is_taken, target_mistake, write_target_bytes
from hw1_tui.markup import json_text
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.judge.report import Report
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.write.drawing import draw_figure
from hw1_tui.report.write.writer_html import html
from hw1_tui.report.write.writer_latex import latex
from hw1_tui.report.write.writer_markdown import markdown

FIGURE_FORMATS = ("svg", "pdf")
DOCUMENTS = ("report.md", "report.html", "report.tex", "report.json")

_WRITTEN = ".hw1-tui.json"
"""What reports have written into a folder: the SHA-256 of each file's contents, those that it had lately."""

_REMEMBERED = 4

_LOCK = ".hw1-tui.lock"
_PATIENCE = 30.0
"""Seconds to wait for another report that writes into the folder; it takes a tenth of one."""


def foreign_files(path: Path, homework: Homework, beside: Collection[str] = ()) -> list[Path]:
    """Return the files that a report would overwrite though no report has written them as they are.

    Args:
        path: the folder of the report.
        homework: the questions that are to be written.
        beside: names of other files that are to be written with it.
    """
    return _foreign(path, [*_names(homework), *beside])


def unwritable_files(path: Path, homework: Homework, beside: Collection[str] = ()) -> list[Mistake]:
    """Return why the files of a report cannot be written into a folder, whatever may be overwritten there."""
    figures = path / "figures"
    if is_taken(figures) and not figures.is_dir():
        return [Mistake(str(figures.absolute()), "is no folder, and the figures go there")]
    found = [target_mistake((path / name).absolute()) for name in [*_names(homework), *beside] if is_taken(path / name)]
    return [mistake for mistake in found if mistake]


def foreign_file(path: Path, way_out: str) -> Mistake:
    """Return the mistake of overwriting what a report has not written."""
    return Mistake(str(path.absolute()), "was not written by a report, or was changed since", way_out)


def write_report(
    report: Report, path: Path, *, overwrite: bool = False, beside: Mapping[str, str] | None = None
) -> list[Path]:
    """Write a report; each file is there whole or as it was.

    Args:
        report: the report.
        path: the folder.
        overwrite: whether to replace also what no report has written.
        beside: texts of other files that are written with it, by their names.

    Returns:
        The documents that were written, and what was written beside them.

    Raises:
        MistakeError: something is there that no report has written, or that cannot become a file.
        OSError: the disk does not take it.
    """
    texts = beside or {}
    if mistakes := unwritable_files(path, report.evidence.homework, texts):
        raise MistakeError(mistakes)
    contents = _contents(report) | {name: text.encode() for name, text in texts.items()}
    (path / "figures").mkdir(parents=True, exist_ok=True)
    with _alone(path):
        if not overwrite and (strangers := _foreign(path, contents)):
            raise MistakeError([foreign_file(stranger, "another folder") for stranger in strangers])
        _remember(path, contents)
        for name, content in contents.items():
            write_target_bytes(path / name, content, overwrite=True)
    return [path / name for name in (*DOCUMENTS, *texts)]


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other report write into a folder meanwhile: each would take what the other writes for a stranger's."""
    lock = None
    with contextlib.suppress(OSError):  # a folder without locks is written to all the same
        lock = Lock(path / _LOCK, _PATIENCE)
    try:
        yield
    finally:
        if lock:
            lock.release()


def _contents(report: Report) -> dict[str, bytes]:
    """Return the files of a report by their names in its folder."""
    contents: dict[str, bytes] = {}
    for figure in report.evidence.homework.figures:
        drawing = draw_figure(figure, report.evidence)
        contents |= {_figure_name(figure.number, format_): render(drawing, format_) for format_ in FIGURE_FORMATS}
    numbers = [figure.number for figure in report.evidence.homework.figures]
    svgs = {number: contents[_figure_name(number, "svg")].decode() for number in numbers}
    record = json_text(report.as_dict(), indent=2) + "\n"
    texts = (markdown(report), html(report, svgs), latex(report), record)
    return contents | {name: text.encode() for name, text in zip(DOCUMENTS, texts, strict=True)}


def _names(homework: Homework) -> list[str]:
    figures = [
        _figure_name(figure.number, file_format) for figure in homework.figures for file_format in FIGURE_FORMATS
    ]
    return [*DOCUMENTS, *figures]


def _figure_name(number: int, file_format: str) -> str:
    return f"figures/figure-{number}.{file_format}"


def _foreign(path: Path, names: Iterable[str]) -> list[Path]:
    known = _written(path)
    return [path / name for name in names if is_taken(path / name) and _digest(path / name) not in known.get(name, ())]


def _digest(path: Path) -> str:
    """Return the digest of a file; an empty text for what cannot be read as one."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except OSError:
        return ""


def _written(path: Path) -> dict[str, list[str]]:
    """Return the digests of the contents that reports have given to the files of a folder."""
    files = read_json(path / _WRITTEN).get("files")
    found = files.items() if isinstance(files, dict) else ()
    return {name: [str(digest) for digest in digests] for name, digests in found if isinstance(digests, list)}


def _remember(path: Path, contents: Mapping[str, bytes]) -> None:
    """Keep what is about to be written: should that end half-way, each file has an old content or a new one."""
    known = _written(path)
    for name, content in contents.items():
        digest = hashlib.sha256(content).hexdigest()
        earlier = [one for one in known.get(name, []) if one != digest]
        known[name] = [digest, *earlier][:_REMEMBERED]
    write_json(path / _WRITTEN, {"about": "what hw1-tui has written here, by SHA-256", "files": known})
