"""Runs in TOML files: read with every mistake placed, written so that a person likes to read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hw1_tui.files.toml import read_toml, toml_text
from hw1_tui.markup import shell_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings.run_config import Given, RunConfig, given_values

_QUESTIONS = ("runs", "tables", "figures", "claims", "questions")


def read_run_file(path: Path) -> list[Given]:
    """Return what a TOML file says of a run: flat keys named as in the table.

    Raises:
        MistakeError: the file cannot be read or is not TOML.
    """
    record = read_toml(path, "a run's configuration")
    if isinstance(record.get("sweep"), dict):
        problem = "describes a sweep, which is many runs"
        raise MistakeError(Mistake(f"{path.name}, sweep", problem, f"hw1-tui sweep --config {shell_path(path)}"))
    refuse_questions(record, path)
    return given_values(record, path.name)


def refuse_questions(record: Mapping[str, object], path: Path) -> None:
    """See that what a TOML file holds is no questions file, none of whose keys is a hyperparameter.

    Raises:
        MistakeError: it is one.
    """
    if isinstance(record.get("homework"), dict) or any(_is_list_of_tables(record.get(name)) for name in _QUESTIONS):
        allowed = f"hw1-tui report --questions {shell_path(path)}, or a run of it: --questions FILE --preset NAME"
        raise MistakeError(Mistake(path.name, "is a questions file, which asks of many runs", allowed))


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def dump_run(config: RunConfig) -> str:
    """Return a run as the TOML text that ``read_run_file`` reads back to the same run."""
    return toml_text(config.as_dict())
