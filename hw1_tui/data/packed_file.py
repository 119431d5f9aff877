"""Files that are packed: which are, and what unpacks those that are no data set themselves."""

from __future__ import annotations

import zipfile
from pathlib import Path

from hw1_tui.markup import shell_path

_TAR = (".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
_OTHERS = {".gz": "gunzip", ".bz2": "bunzip2", ".xz": "unxz", ".7z": "7z x", ".rar": "unrar x"}

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BEGINNINGS = {b"PAR1": ".parquet", b"\xd0\xcf\x11\xe0": ".xls", b"\x93NUM": ".npy"}


def is_gzip(path: Path) -> bool:
    """Return whether a file is packed by gzip; its name does not tell, as browsers unpack what they keep the name of.

    Raises:
        OSError: it cannot be read.
    """
    return _beginning(path, len(_GZIP)) == _GZIP


def ending_of(path: Path) -> str:
    """Return the ending that a file which is no text should have by its bytes; empty where they say none.

    A workbook that was given the ending of a table is none all the same.
    """
    begins = _beginning(path, len(_ZIP))
    if begins != _ZIP:
        return _BEGINNINGS.get(begins, "")
    names = _names_in(path) or []
    return ".npz" if _are_arrays(names) else ".xlsx" * any(name.startswith("xl/") for name in names)


def unpacking(path: Path) -> str:
    """Return the command that unpacks a file; empty where it is not packed, or an archive of arrays.

    Args:
        path: a file that is there.
    """
    name = path.name.lower()
    if name.endswith(_TAR):
        return f"tar -xf {shell_path(path)}"
    if path.suffix.lower() in _OTHERS:
        return f"{_OTHERS[path.suffix.lower()]} {shell_path(path)}"
    if path.suffix.lower() == ".zip" and not _holds_arrays(path):
        return f"python -m zipfile -e {shell_path(path)} {shell_path(path.with_suffix(''))}"
    return ""


def _holds_arrays(path: Path) -> bool:
    names = _names_in(path)
    return names is None or _are_arrays(names)  # what is wrong with an archive is told where it is read


def _are_arrays(names: list[str]) -> bool:
    return any(name.endswith(".npy") for name in names)


def _names_in(path: Path) -> list[str] | None:
    """Return what is in an archive; ``None`` where it cannot be told."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except Exception:  # zipfile parses a stranger's bytes
        return None


def _beginning(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)
