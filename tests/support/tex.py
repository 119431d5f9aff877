"""Compiles LaTeX where it can be."""

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

ENGINES = ("pdflatex", "lualatex", "xelatex")
ONE_LINE = r"\documentclass{article}\begin{document}One line.\end{document}"


@cache
def _can_compile(engine: str) -> bool:
    """Return whether an engine is installed and compiles a document of one line: some lack their formats or fonts."""
    if not shutil.which(engine):
        return False
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.tex").write_text(ONE_LINE, "ascii")
        return _compile(engine, Path(folder), Path(folder)).returncode == 0


def _compile(engine: str, folder: Path, out: Path) -> subprocess.CompletedProcess[bytes]:
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", f"-output-directory={out}", "report.tex"]
    return subprocess.run(command, cwd=folder, capture_output=True)


def compile_latex(engine: str, folder: Path, out: Path) -> str:
    """Compile ``report.tex`` of one folder into another; return the log. Skip the test where the engine cannot."""
    if not _can_compile(engine):
        pytest.skip(f"{engine} compiles no document here")
    for _ in range(2):  # a table over pages finds its widths the second time
        done = _compile(engine, folder, out)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return (out / "report.log").read_text("utf-8", errors="replace")


def complaints(log: str) -> list[str]:
    """Return the lines of a log that say that something does not look right."""
    return re.findall(r".*(?:Overfull|Underfull|Warning|Missing character|ndefined).*", log)
