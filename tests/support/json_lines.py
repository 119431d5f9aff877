"""What a command printed with ``--format jsonl``."""

import json
from typing import Any


def records_of(out: str) -> list[dict[str, Any]]:
    """Return the record of each line."""
    return [json.loads(line) for line in out.splitlines()]
