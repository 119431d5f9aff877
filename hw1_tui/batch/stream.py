"""stdout and stderr as they must be for every command: no character stops one, and stderr stops nothing at all.

stdout is data: where it takes no more, that is an error of its own. stderr only talks: closed, full or gone, it is
given up, and what trains goes on.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from hw1_tui.markup import visible

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_ERRORS = "hw1_tui.spelled"
_SIGNS = {
    "−": "-", "–": "-", "—": "-", "±": "+-", "×": "x", "√": "sqrt", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->",
    "∂": "d", "∞": "inf", "½": "1/2", "“": '"', "”": '"', "’": "'", "…": "...", "ĉ": "c_hat", "ŷ": "y_hat",
    "λ": "lambda",
}  # fmt: skip


class OutputError(OSError):
    """stdout cannot be written to."""


def settle_streams() -> None:
    """Make the streams of this process ready; those that a test or another program put in their place stay."""
    _fill_gaps()
    codecs.register_error(_ERRORS, _spell)
    sys.stdout = _settled(sys.stdout, sys.__stdout__, _Output)
    sys.stderr = _settled(sys.stderr, sys.__stderr__, _Talk)


def forget_output() -> None:
    """Lead stdout nowhere: what it still holds can't be written, and Python would complain at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_unicode(stream: TextIO) -> bool:
    """Return whether a stream takes every character."""
    return (getattr(stream, "encoding", None) or "").lower().replace("_", "-").startswith("utf")


def spelled(text: str) -> str:
    """Return text with what stdout has no characters for written as it will be, so that its cells can be counted."""
    encoding = getattr(sys.stdout, "encoding", None)
    return text.encode(encoding, _ERRORS).decode(encoding) if encoding and not text.isascii() else text


def _fill_gaps() -> None:
    """Open streams that were closed: the next file to be opened would take a stream's place, and its text."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this
        if getattr(sys, name) is None:
            stream = open(descriptor, "r" if name == "stdin" else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _settled(stream: TextIO, own: TextIO | None, raw: type[io.FileIO]) -> TextIO:
    if stream is not own or not isinstance(stream, io.TextIOWrapper):
        return stream
    if os.name != "posix":  # a console of Windows is no file
        stream.reconfigure(errors=_ERRORS)
        return stream
    stream.flush()
    below = io.BufferedWriter(raw(stream.fileno(), "w", closefd=False))
    kind = _Data if raw is _Output else io.TextIOWrapper
    return kind(below, stream.encoding, _ERRORS, line_buffering=stream.line_buffering)


_OURS = frozenset(("hw1_tui", "__main__"))
_PRINTS_FOR_OTHERS = sys.stdlib_module_names | {"rich"}


class _Data(io.TextIOWrapper):
    """stdout, which is data: what others print, such as an engine, goes to stderr, and commands nothing there."""

    def write(self, text: str, /) -> int:
        if _is_ours(sys._getframe(1)):  # noqa: SLF001 - the only way to hear of a thread that a plug-in began, too
            return super().write(text)
        sys.stderr.write(visible(text, keep_lines=True))
        return len(text)


def _is_ours(frame: FrameType | None) -> bool:
    """Return whether code of ours prints, be it by a library that prints what it is given."""
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in _PRINTS_FOR_OTHERS:
            return package in _OURS
        frame = frame.f_back
    return False


class _Output(io.FileIO):
    """The file under stdout."""

    def write(self, content: ReadableBuffer, /) -> int:
        try:
            return super().write(content)
        except OSError as error:
            raise OutputError(error.errno, error.strerror) from None


class _Talk(io.FileIO):
    """The file under stderr: what cannot be written is lost, and nobody hears of it."""

    def write(self, content: ReadableBuffer, /) -> int:
        try:
            written: int | None = super().write(content)
        except OSError:
            written = None
        return memoryview(content).nbytes if written is None else written


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Spell what an encoding lacks in ASCII: signs of mathematics as one would type them, the rest as its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelled, error.object[error.start : error.end])), error.end


def _spelled(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    name = unicodedata.name(character, "")
    if name.startswith("GREEK ") and " WITH " not in name:
        letter = name.rpartition(" ")[2]
        return letter.lower() if " SMALL LETTER " in name else letter.capitalize()
    if "SUBSCRIPT " in name or "SUPERSCRIPT " in name:
        plain = unicodedata.normalize("NFKC", character)
        return ("_" if "SUBSCRIPT " in name else "^") + _SIGNS.get(plain, plain if plain.isascii() else "?")
    return character.encode("ascii", "backslashreplace").decode("ascii")
