"""TensorBoard's event files, written by hand: records of protocol buffers, each with two checksums.

A record is its length (uint64), the masked CRC-32C of those eight bytes, the content, and the masked CRC-32C of the
content, all little-endian (TensorFlow's ``record_writer.h``). The content is an ``Event`` of ``event.proto``:
``wall_time`` (1, double), ``step`` (2, varint), ``file_version`` (3, string), ``summary`` (5, message); a ``Summary``
holds values (1), each with a ``tag`` (1, string) and a ``simple_value`` (2, float).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from datetime import datetime

from hw1_tui.metric import EpochMetrics, epoch_metrics

_TAGS = {
    "train_loss": "loss/train",
    "train_eval_loss": "loss/train_evaluated",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/train",
    "val_accuracy": "accuracy/validation",
    "weight_norm": "weights/norm",
}
"""What TensorBoard groups metrics by, before and after a slash; all others have their names for tags."""

_VERSION = b"brain.Event:2"


def _make_table() -> tuple[int, ...]:
    """Return the table of CRC-32C (Castagnoli), polynomial 0x1EDC6F41 reflected."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_TABLE = _make_table()


def crc32c(content: bytes) -> int:
    """Return the CRC-32C of some bytes."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(content: bytes) -> bytes:
    crc = crc32c(content)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + _masked(length) + content + _masked(content)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _text(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _event(wall_time: float, step: int, rest: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", wall_time) + b"\x10" + _varint(step) + rest


def _float32(value: float) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:  # a loss on its way out of the range of numbers
        return struct.pack("<f", math.copysign(math.inf, value))


def _scalars(epoch: EpochMetrics) -> Iterator[bytes]:
    for name in dict.fromkeys([*_TAGS, *(metric.name for metric in epoch_metrics())]):
        if (value := epoch[name]) is not None:
            yield _text(1, _text(1, _TAGS.get(name, name).encode()) + b"\x15" + _float32(value))


def event_file(metrics: Iterable[EpochMetrics]) -> bytes:
    """Return the epochs of a run as an event file, whose name must hold ``tfevents``; a step is an epoch."""
    records = [_record(_event(0.0, 0, _text(3, _VERSION)))]
    for epoch in metrics:
        at = datetime.fromisoformat(epoch.at).timestamp() if epoch.at else 0.0
        records.append(_record(_event(at, epoch.epoch, _text(5, b"".join(_scalars(epoch))))))
    return b"".join(records)
