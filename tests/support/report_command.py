"""The command that makes a report, on little data and for few epochs."""

from __future__ import annotations

from pathlib import Path

from hw1_tui.cli import main

SCALE = "0.1"
"""Of the report's epochs."""


def report(folder: Path, *words: str) -> int:
    """Make the report of the data in a folder, with its own history there; return the exit code."""
    paths = ["--data", str(folder / "blobs.npz"), "--home", str(folder / "home"), "--out", str(folder / "out")]
    return main(["--batch", "report", "--epochs-scale", SCALE, "--quiet", *paths, *words])
