"""Where a run comes from: the versions that trained it and the shape of its data, kept beside its results."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

from hw1_tui import __version__
from hw1_tui.training.kept_data import data_path
from hw1_tui.training.session import Session

_LIBRARIES = ("numpy", "torch")


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
        },
        "classes": list(data.classes),
        "remark": data.remark,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the version of everything that the metrics of a run depend on; nothing is imported to tell."""
    found = {"hw1-tui": __version__, "python": platform.python_version(), "machine": platform.platform()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
