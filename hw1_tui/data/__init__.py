"""Data sets: reading and checking files, importing image folders, the built-in drawn landscapes."""

from hw1_tui.data.archive import MAX_BYTES
from hw1_tui.data.building import LANDSCAPES
from hw1_tui.data.dataset_file import read_dataset, write_dataset
from hw1_tui.data.duplicate import Duplicate, Place, find_duplicates
from hw1_tui.data.image_file import read_image
from hw1_tui.data.image_folder import SIZE, read_folder
from hw1_tui.data.image_tree import find_flat, find_only_class, holds_nothing
from hw1_tui.data.inspection import Inspection, SplitReport, inspect
from hw1_tui.data.picture import as_picture, resize
from hw1_tui.data.source import NAMED, is_picture, load
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

__all__ = [
    "DEFAULT_OPTIONS",
    "LANDSCAPES",
    "MAX_BYTES",
    "NAMED",
    "SIZE",
    "Duplicate",
    "Inspection",
    "Place",
    "ReadOptions",
    "SplitReport",
    "as_picture",
    "find_duplicates",
    "find_flat",
    "find_only_class",
    "holds_nothing",
    "inspect",
    "is_picture",
    "load",
    "read_dataset",
    "read_folder",
    "read_image",
    "resize",
    "write_dataset",
]
