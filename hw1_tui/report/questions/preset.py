"""The runs of the report, ready to be trained."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1_tui.files.toml import read_toml
from hw1_tui.report.questions.setting_of_n import follows_n, settings_at

QUESTIONS = Path(__file__).with_name("questions.toml")


@dataclass(frozen=True)
class Preset:
    """One run of the report.

    Attributes:
        name: short and unique, such as ``2.2a-batch-64``.
        question: the question that it belongs to.
        title: what it is, for a list.
        values: settings by the names of the table, model and engine among them; some may follow from the number of
            training examples, see ``values_at``.
    """

    name: str
    question: str
    title: str
    values: Mapping[str, Any]

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
    runs = read_toml(QUESTIONS, "a questions file")["runs"]
    return tuple(Preset(run["name"], run["question"], run["title"], run["settings"]) for run in runs)
