"""Records on stdout for programs to read, one a line and each flushed: JSON lines and CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import Any

from hw1_tui.batch.stream import is_unicode
from hw1_tui.markup import csv_cell, json_text


def print_json(record: dict[str, Any]) -> None:
    """Print one object on one line, in characters that stdout takes."""
    print(json_text(record, is_ascii=not is_unicode(sys.stdout)), flush=True)


def print_csv(row: Iterable[object]) -> None:
    """Print one row of CSV; no text in it is a formula, or steers a terminal."""
    csv.writer(sys.stdout, lineterminator="\n").writerow(map(csv_cell, row))
    sys.stdout.flush()
