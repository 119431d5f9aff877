"""Run the measurements, print them as a table, and write them as JSON."""

import argparse
import datetime
import importlib
import importlib.metadata
import json
import os
import pkgutil
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engines.threads import cores
from tests import bench
from tests.bench.row import Row, rows_of

_COLOURS = {"excellent": "green", "holds": "green", "below the bar": "red", "failed": "red"}
_PACKAGES = ("numpy", "torch", "scikit-learn", "textual")


def groups() -> list[str]:
    """Return the modules of this package that measure something."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    return [name for name in names if "\nMEASUREMENTS = " in Path(bench.__path__[0], f"{name}.py").read_text("utf-8")]


def machine() -> dict[str, object]:
    """Return what the numbers were taken on."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": cores(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "data": "images" if os.environ.get("HW1_TUI_REAL_DATA") else "noise of their shape",
    }


def table(rows: list[Row]) -> Table:
    """Return the rows as a person reads them."""
    shown = Table("measured", "value", "bar", "reach", "", title="hw1-tui against its peers")
    for row in rows:
        bar, reach = (f"{wanted:g}" if wanted is not None else "" for wanted in (row.bar, row.reach))
        verdict = f"[{_COLOURS[row.verdict]}]{row.verdict}" if row.verdict else ""
        shown.add_row(row.name, escape(row.words), bar, reach, verdict)
    return shown


def main() -> int:
    """Run the groups that were asked for; return 1 where a bar does not hold or a row could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(groups())}; all by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there as well")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(groups()):
        parser.error(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(groups())}")
    rows = []
    for group in given.groups or groups():
        for measurement in importlib.import_module(f"tests.bench.{group}").MEASUREMENTS:
            for row in rows_of(measurement):
                print(f"{row.name}: {row.words} {row.verdict}", file=sys.stderr, flush=True)
                rows.append((group, row))
    Console(width=None if sys.stdout.isatty() else 120).print(table([row for _, row in rows]))
    if given.json:
        numbers = [{"group": group, **asdict(row), "verdict": row.verdict} for group, row in rows]
        given.json.write_text(json.dumps({"machine": machine(), "rows": numbers}, indent=2) + "\n", "utf-8")
    return int(any(row.verdict in ("below the bar", "failed") for _, row in rows))


if __name__ == "__main__":
    sys.exit(main())
