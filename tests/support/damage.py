"""A history of two runs, of which one is damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GOOD, BAD = "261120-000000-good", "261121-000000-evil"


def facts_with(folder: Path, **changes: Any) -> None:
    """Write other facts into a run's folder."""
    facts = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**facts, **changes}))
