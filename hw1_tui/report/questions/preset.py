"""The runs of the report, ready to be trained."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hw1_tui.files.toml import read_toml
from hw1_tui.read_options import READ_OPTIONS, ReadOptions, Wanted
from hw1_tui.report.questions.inheritance import inherited_settings
from hw1_tui.report.questions.setting_of_n import follows_n, settings_at

QUESTIONS = Path(__file__).with_name("questions.toml")
TEMPLATE = Path(__file__).with_name("template.toml")
"""A questions file with comments, to start from."""


@dataclass(frozen=True)
class Preset:
    """One run of the report.

    Attributes:
        name: short and unique, such as ``2.2a-batch-64``.
        question: the question that it belongs to.
        title: what it is, for a list.
        values: settings by the names of the table, model and engine among them; some may follow from the number of
            training examples, see ``values_at``.
        data: what it is trained on, where the questions file names that; empty for what the report is asked of.
        printed: what the report's tables print of it, by metric.
    """

    name: str
    question: str
    title: str
    values: Mapping[str, Any]
    data: str = ""
    printed: Mapping[str, float] = field(default_factory=dict)

    @property
    def read_values(self) -> dict[str, Any]:
        """How its data is read, by the names of the table."""
        return {name: value for name, value in self.values.items() if name in READ_OPTIONS}

    def wanted(self, source: str) -> Wanted:
        """Return where its data comes from, and how it is read; by default the source that is given."""
        return self.data or source, ReadOptions.of(self.values)

    @property
    def follows_n(self) -> bool:
        """Whether a setting follows from the number of training examples."""
        return follows_n(self.values)

    def values_at(self, n_examples: int) -> dict[str, Any]:
        """Return the settings on data with so many training examples."""
        return settings_at(self.values, n_examples)


@functools.cache
def presets() -> tuple[Preset, ...]:
    """Return every run of the report that comes with the program, in the order of the questions."""
    file = read_toml(QUESTIONS, "a questions file")
    printed = printed_by_run(file["tables"])
    entries = {run["name"]: run for run in file["runs"]}
    return tuple(
        Preset(name, run["question"], run["title"], inherited_settings(name, entries), printed=printed.get(name, {}))
        for name, run in entries.items()
    )


def printed_by_run(tables: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Return what the tables of a sound questions file print of each run, by metric."""
    found: dict[str, dict[str, float]] = {}
    for table in tables:
        for row in table["rows"]:
            for column, value in zip(table["columns"], row.get("printed", ()), strict=False):
                found.setdefault(column["run"], {}).setdefault(row["figure"], value)
    return found
