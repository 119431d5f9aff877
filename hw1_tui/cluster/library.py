"""The library that a cluster is made with: imported when it is asked for, and quiet."""

from __future__ import annotations

import importlib
import logging
import warnings
from types import ModuleType

from hw1_tui.mistake import Mistake, MistakeError

INSTALL = "python -m pip install 'hw1-tui[cluster]'"

_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "bokeh")
"""Those that get a handler on stderr when the library is imported."""


def load_library(name: str = "distributed") -> ModuleType:
    """Return a module of the extra ``cluster``, imported so that it writes nothing by itself.

    What its loggers say of a scheduler that is gone would stand in the middle of the interface; who uses the library
    learns it as an error, and says it once in words of this program.

    Args:
        name: the module.

    Raises:
        MistakeError: it is not installed.
    """
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise MistakeError(Mistake("cluster", f"{error.name} is not installed; install it with: {INSTALL}")) from error
    if name.partition(".")[0] == "distributed":
        _silence()
    return module


def _silence() -> None:
    warnings.filterwarnings("ignore", category=FutureWarning, module="distributed")  # of what it calls itself
    # Of libraries that workers have in other versions: those that matter are told by the worker that trains.
    warnings.filterwarnings("ignore", "Mismatched versions")
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for handler in logger.handlers[:]:
            if isinstance(handler, logging.StreamHandler):
                logger.removeHandler(handler)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
