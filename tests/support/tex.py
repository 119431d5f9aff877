"""Compiles LaTeX where it can be."""

import re
import shutil
import subprocess

import pytest

ENGINES = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed"))
    for name in ("pdflatex", "lualatex", "xelatex")
]


def compile_latex(engine, folder, out):
    """Compile ``report.tex`` of one folder into another; return the log."""
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", f"-output-directory={out}", "report.tex"]
    for _ in range(2):  # a table over pages finds its widths the second time
        done = subprocess.run(command, cwd=folder, capture_output=True)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return (out / "report.log").read_text("utf-8", errors="replace")


def complaints(log):
    """Return the lines of a log that say that something does not look right."""
    return re.findall(r".*(?:Overfull|Underfull|Warning|Missing character|ndefined).*", log)
