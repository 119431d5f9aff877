"""Runs in TOML files: read with every mistake placed, written so that a person likes to read them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tomli_w

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings.run_config import Given, RunConfig, from_record

_LARGEST = 1 << 20


def read_run_file(path: Path) -> list[Given]:
    """Return what a TOML file says of a run: flat keys named as in the table.

    Raises:
        MistakeError: the file cannot be read or is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise MistakeError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None
    if len(content) > _LARGEST:
        raise MistakeError(Mistake(str(path), "is too large for a run's configuration", "at most 1 MiB"))
    try:
        record = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise MistakeError(Mistake(str(path), "is not a text file in UTF-8")) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MistakeError(Mistake(str(path), f"is not TOML: {error}")) from None
    return from_record(record, path.name)


def dump_run(config: RunConfig) -> str:
    """Return a run as the TOML text that ``read_run_file`` reads back to the same run."""
    return tomli_w.dumps(config.record())
