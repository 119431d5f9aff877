"""Reads what stands in a run's folder, which a crash, a full disk or a stranger may have written.

Everything is checked here and nowhere else: whoever has what these functions return may rely on the types that
``record.py`` and the tables name. What is essential and wrong makes the run damaged, with a mistake that names its
folder; any other value that is none of its kind is taken for missing.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hw1_tui.files.regular import open_regular, read_regular
from hw1_tui.metric import LARGEST, METRICS
from hw1_tui.mistake import Mistake, MistakeError

LARGEST_JSON = 4 << 20
"""Bytes that ``run.json`` and ``labels.json`` may have."""

LARGEST_LOG = 1 << 30
"""Bytes that ``metrics.jsonl`` may have: more than a million epochs take."""

ENDS = ("finished", "stopped", "diverged", "failed")
"""How a run can end."""

_DTYPES = ("bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)), "float16", "float32",
           "float64")  # fmt: skip
_MOST = 10**9
_LONGEST_INTEGER = 20  # digits: seeds have up to 19, and longer ones fit into no number of the libraries


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _int(text: str) -> int | None:
    return int(text) if len(text) <= _LONGEST_INTEGER else None


_HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_DECODER = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=lambda _: None)


def _decode(content: bytes) -> dict[str, Any]:
    """Return the object in some JSON; numbers that are none are ``None``, and every text can be written as UTF-8.

    Raises:
        ValueError: it is no such object.
        RecursionError: it is nested too deeply.
    """
    text = content.decode()
    value = _DECODER.decode(text)
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    # Half a character, which only an escape can bring in, could be neither printed nor kept; what stands for a byte of
    # a file name that is no UTF-8 can, and the file is found by it.
    return _whole(value) if "\\u" in text else value


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("?", value)
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    return {_whole(name): _whole(entry) for name, entry in value.items()} if isinstance(value, dict) else value


# What a value may be.


def is_number(value: Any) -> bool:
    """Whether a value is a number; all are finite here."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_drawable(value: Any) -> bool:
    return is_number(value) and abs(value) <= LARGEST


def is_count(value: Any) -> bool:
    """Whether a value is a whole number that counts something."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1


def _is_duration(value: Any) -> bool:
    return is_number(value) and 0 <= value <= _MOST


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_time(value: Any) -> bool:
    try:
        return 1970 < datetime.fromisoformat(value).year < 9999
    except (TypeError, ValueError):
        return False


def _is_setting(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(entry, (str, bool, int, float)) for entry in values)


def _is_inputs(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    shape, between = value.get("image_shape"), value.get("value_range", [])
    return (
        is_count(value.get("features"))
        and value.get("dtype") in _DTYPES
        and is_number(value.get("scale"))
        and isinstance(shape, list)
        and all(map(is_count, shape))
        and isinstance(between, list)
        and len(between) in (0, 2)
        and all(map(is_number, between))
        and _is_texts(value.get("feature_names", []))
    )


def _is_sweep(value: Any) -> bool:
    return isinstance(value, dict) and _is_name(value.get("name"))


def _is_point(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_setting, value.values()))


def _is_changes(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(change, dict)
        and change.keys() == {"epoch", "name", "old", "new"}
        and is_count(change["epoch"])
        and _is_name(change["name"])
        and _is_setting(change["old"])
        and _is_setting(change["new"])
        for change in value
    )


Kinds = Mapping[str, Callable[[Any], bool]]

_SIZES = ("train_examples", "val_examples", "test_examples", "features", "parameters", "updates_per_epoch")
_ESSENTIAL: Kinds = {"model": _is_name, "engine": _is_name, "data": _is_name, "epochs": is_count}

_FACTS: Kinds = {
    "created": _is_time,
    "checkpoint_every": is_count,
    "parent": _is_text,
    "parent_epoch": is_count,
    "changed_before": _is_changes,
    "sweep": _is_sweep,
    "point": _is_point,
    "trial": is_count,
    "inputs": _is_inputs,
    "versions": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    **dict.fromkeys(("classes", "found"), _is_texts),
    **dict.fromkeys(("fingerprint", "data_path", "remark"), _is_text),
    **dict.fromkeys(_SIZES, is_count),
}

_EVENT: Kinds = {
    **_ESSENTIAL,
    **dict.fromkeys(_SIZES, is_count),
    **dict.fromkeys(("epoch", "examples", "resumed_epoch", "best_epoch"), is_count),
    **dict.fromkeys(("event", "name", "reason", "details", "text", "fingerprint", "remark", "trained_on"), _is_text),
    **dict.fromkeys(("classes", "found"), _is_texts),
    "seconds": _is_duration,  # of an epoch and of a run
    "at": _is_time,
    "status": lambda value: value in ENDS,
}

_LABELS: Kinds = {
    "name": _is_text,
    "note": _is_text,
    "tags": _is_texts,
    "starred": lambda value: isinstance(value, bool),
}


def _event_kinds() -> Kinds:
    """Return what each value of an event may be; that of a metric follows from its kind."""
    checks = {"share": _is_share, "time": _is_duration}
    return {**_EVENT, **{metric.name: checks.get(metric.kind, _is_drawable) for metric in METRICS.values()}}


def _sound(record: Mapping[str, Any], kinds: Kinds) -> dict[str, Any]:
    """Return a record without the values that are none of their kind."""
    return {name: value for name, value in record.items() if name not in kinds or value is None or kinds[name](value)}


# What stands in the files.


def read_facts(folder: Path) -> dict[str, Any]:
    """Return what was true of a run when it began, its identifier being the folder's name.

    Raises:
        MistakeError: ``run.json`` cannot be read, or says too little to know what the run is.
    """
    path = folder / "run.json"
    try:
        found = _decode(read_regular(path, LARGEST_JSON))
    except OSError as error:
        raise _damaged(folder, f"run.json cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _damaged(folder, "run.json is not what was written: it is no JSON object") from None
    facts = _sound(found, _FACTS)
    config = facts.get("config")
    if not facts.get("created"):
        raise _damaged(folder, "run.json does not say when the run began")
    if not isinstance(config, dict):
        raise _damaged(folder, "run.json has no configuration")
    config = {name: value for name, value in _sound(config, _ESSENTIAL).items() if _is_setting(value)}
    if missing := [name for name in _ESSENTIAL if name not in config]:
        raise _damaged(folder, f"the configuration in run.json has no sound {' and no '.join(missing)}")
    if not (facts.get("parent") and is_count(facts.get("parent_epoch"))):
        facts |= {"parent": None, "parent_epoch": None}
    return {**facts, "run": folder.name, "config": config}


def _damaged(folder: Path, problem: str) -> MistakeError:
    return MistakeError(Mistake(str(folder), problem))


def read_events(path: Path, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events in a log, from a byte of it on; a missing log has none, and a line that is no event is skipped.

    Safe while another process appends.

    Raises:
        MistakeError: it cannot be read.
    """
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _damaged(path.parent, f"{path.name} cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size > LARGEST_LOG:
            raise _damaged(path.parent, f"{path.name} is larger than {LARGEST_LOG >> 30} GiB")
        try:
            file.seek(start)
            kinds = _event_kinds()
            for line in file:
                if (event := _read_event(line, kinds)) is not None:
                    yield event
        except OSError as error:
            raise _damaged(path.parent, f"{path.name} cannot be read: {error.strerror}") from None


def _read_event(line: bytes, kinds: Kinds) -> dict[str, Any] | None:
    try:
        found = _decode(line)
    except (ValueError, RecursionError):
        return None
    event = _sound(found, kinds)
    event.pop("run", None)  # the folder's name says whose it is
    if event.get("event") == "epoch":
        return {**event, "seconds": event.get("seconds") or 0.0} if is_count(event.get("epoch")) else None
    if event.get("event") == "steered":
        name, new = event.get("name"), event.get("new")
        is_sound = _is_setting(new) and _ESSENTIAL.get(str(name), _is_setting)(new)
        return event if is_sound and is_count(event.get("epoch")) else None
    if event.get("event") == "run_started":
        return {name: value for name, value in event.items() if name in kinds or value is None or _is_setting(value)}
    return event


def read_labels(path: Path) -> dict[str, Any]:
    """Return what a person said of a run; empty where the file is missing.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file.
    """
    try:
        found = _decode(read_regular(path, LARGEST_JSON))
    except FileNotFoundError:
        return {}
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return {name: value for name, value in _sound(found, _LABELS).items() if name in _LABELS and value is not None}
