"""Writes a report into a folder: Markdown, HTML, LaTeX and JSON with its figures."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from hw1_tui.files.atomic import replace_file, write_json, write_text
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.drawing import draw_figure
from hw1_tui.report.report import Report
from hw1_tui.report.writer_html import html
from hw1_tui.report.writer_latex import latex
from hw1_tui.report.writer_markdown import markdown
from hw1_tui.runs.figure import render

FORMATS = ("svg", "pdf")


def prepare_folder(path: Path, option: str = "--out") -> None:
    """Make a folder, before hours are spent on what goes there.

    Args:
        path: the folder.
        option: what asks for it.

    Raises:
        MistakeError: it cannot be made or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_text(path / ".trial", "")
        (path / ".trial").unlink()
    except OSError as error:
        raise MistakeError(Mistake(option, f"{path} cannot be written to: {error.strerror}")) from None


def write_report(report: Report, path: Path) -> list[Path]:
    """Write a report; each file is there whole or as it was.

    Args:
        report: the report.
        path: the folder.

    Returns:
        The documents that were written.

    Raises:
        OSError: the disk does not take it.
    """
    (path / "figures").mkdir(parents=True, exist_ok=True)
    svgs: dict[int, str] = {}
    for figure in report.evidence.homework.figures:
        drawing = draw_figure(figure, report.evidence)
        for file_format in FORMATS:
            content = render(drawing, file_format)
            _write(path / "figures" / f"figure-{figure.number}.{file_format}", content)
            if file_format == "svg":
                svgs[figure.number] = content.decode()
    texts = {"report.md": markdown(report), "report.html": html(report, svgs), "report.tex": latex(report)}
    for name, text in texts.items():
        write_text(path / name, text)
    write_json(path / "report.json", report.record())
    return [path / name for name in (*texts, "report.json")]


def _write(path: Path, content: bytes) -> None:
    def write(file: BinaryIO) -> None:
        file.write(content)

    replace_file(path, write)
