"""A sweep as the shell line that trains it without the interface."""

from __future__ import annotations

import shlex

from hw1_tui.markup import option_words
from hw1_tui.settings import TABLE, default_values
from hw1_tui.sweep.definition import DEFAULT_METRIC, Sweep


def sweep_command(sweep: Sweep) -> str:
    """Return the shell line that trains a sweep; what is default is left out."""
    config, defaults = sweep.config, default_values(sweep.config.engine, sweep.config.model)
    words = ["hw1-tui", "--batch", "sweep", "--model", config.model, "--engine", config.engine]
    words += option_words("--data", config.data)
    for name, value in config.hyperparameters.items():
        if value != defaults[name] and name not in sweep.space.names:
            words += option_words(TABLE[name].option, TABLE[name].format(value))
    for axis in sweep.space.axes:
        words += ["--grid", f"{axis.name.replace('_', '-')}={axis.text}"]
    more = {
        "--random": sweep.n_random,
        "--tpe": sweep.n_tpe,
        "--seeds": sweep.seeds if sweep.seeds > 1 else 0,
        "--metric": sweep.metric if sweep.metric != DEFAULT_METRIC else "",
        "--time": f"{sweep.time_limit:g}s" if sweep.time_limit else "",
        "--name": sweep.given_name,
    }
    for option, value in more.items():
        words += option_words(option, str(value)) if value else []
    return shlex.join([*words, *(["--halving"] if sweep.halving else [])])
