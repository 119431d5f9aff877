"""History: run folders, the index over them, filters, comparison."""

from hw1_tui.files.array_file import DamagedError, GoneError
from hw1_tui.runs.checkpoint import Checkpoint, CheckpointStore
from hw1_tui.runs.folder import Labels, RunFolder
from hw1_tui.runs.naming import LAST
from hw1_tui.runs.record import STATUSES, RunRecord
from hw1_tui.runs.store import Store

__all__ = [
    "LAST",
    "STATUSES",
    "Checkpoint",
    "CheckpointStore",
    "DamagedError",
    "GoneError",
    "Labels",
    "RunFolder",
    "RunRecord",
    "Store",
]
