"""Hyperparameters: the one table, and runs built from it with every mistake reported at once."""

from hw1_tui.settings.effect import without_effect
from hw1_tui.settings.hyperparameter import Hyperparameter, format_number, option_name
from hw1_tui.settings.run_config import (
    DEFAULT_DATA,
    DEFAULT_ENGINE,
    DEFAULT_MODEL,
    NAMED_DATA,
    Given,
    RunConfig,
    default_values,
    given_values,
    resolve,
    takers,
)
from hw1_tui.settings.run_file import dump_run, read_run_file, refuse_questions
from hw1_tui.settings.seed import SEED_NAMES, seeds_of
from hw1_tui.settings.table import GROUPS, SEEDS, SESSION_ADJUSTABLE, SESSION_CHANGEABLE, SESSION_DEFAULTS, TABLE

__all__ = [
    "DEFAULT_DATA",
    "DEFAULT_ENGINE",
    "DEFAULT_MODEL",
    "GROUPS",
    "NAMED_DATA",
    "SEEDS",
    "SEED_NAMES",
    "SESSION_ADJUSTABLE",
    "SESSION_CHANGEABLE",
    "SESSION_DEFAULTS",
    "TABLE",
    "Given",
    "Hyperparameter",
    "RunConfig",
    "default_values",
    "dump_run",
    "format_number",
    "given_values",
    "option_name",
    "read_run_file",
    "refuse_questions",
    "resolve",
    "seeds_of",
    "takers",
    "without_effect",
]
