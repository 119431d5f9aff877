"""Where a run comes from: the versions and the processor that trained it, and the shape of its data."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from engines.threads import blas_version
from hw1_tui import __version__
from hw1_tui.training.kept_data import data_path
from hw1_tui.training.session import Session

_LIBRARIES = ("numpy", "torch")
_DECISIVE = ("processor", "blas", *_LIBRARIES)
"""What the last digits depend on."""

_PROCESSOR = Path("/proc/cpuinfo")
_INSTRUCTIONS = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX", "asimd": "NEON"}
"""What decides in which order a sum is taken, the widest first."""


def provenance(session: Session) -> dict[str, Any]:
    """Return what is kept of a run beside its configuration, fit for JSON."""
    data = session.data
    return {
        "fingerprint": data.fingerprint,
        "data_path": data_path(data.name),
        "inputs": {
            "features": data.n_features,
            "dtype": str(data.train.x.dtype),
            "scale": data.scale,
            "image_shape": list(data.image_shape),
            "value_range": list(data.value_range),
            "feature_names": list(data.feature_names),
        },
        "classes": list(data.classes),
        "remark": data.remark,
        "found": list(data.found),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the version of everything that the metrics of a run depend on, to their last digits."""
    found = {
        "hw1-tui": __version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
        "host": platform.node(),
        "processor": _processor(),
        "blas": blas_version(),
    }
    return found | _libraries()


@cache
def _libraries() -> dict[str, str]:
    """Return the versions of the libraries that are installed: for a process always the same."""
    found = {}
    for name in _LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def describe_move(before: Mapping[str, str]) -> str:
    """Return a sentence where a run goes on elsewhere, or with other libraries; empty where all is as it was.

    Args:
        before: the versions when it began; what an earlier program did not keep of them is not compared.
    """
    now = versions()
    changed = [name for name in _DECISIVE if before.get(name) and before[name] != now.get(name)]
    is_elsewhere = before.get("host") not in (None, now["host"])
    if not changed and not is_elsewhere:
        return ""
    others = [f"{name} {now.get(name, 'missing')} in place of {before[name]}" for name in changed]
    place = f"It goes on on {now['host']}" if is_elsewhere else "It goes on"
    return f"{place} with {', '.join(others)}: the last digits may differ." if others else f"{place}."


@cache
def _processor() -> str:
    """Return the processor's name, with its widest instructions where the system tells them."""
    try:
        told = _PROCESSOR.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux
        told = ""
    name = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    words = re.search(r"^(?:flags|Features)\s*: (.+)$", told, re.MULTILINE)
    known = words[1].split() if words else []
    widest = next((title for word, title in _INSTRUCTIONS.items() if word in known), "")
    parts = [name[1].strip() if name else platform.processor() or platform.machine(), widest]
    return ", ".join(filter(None, parts))
