"""What runs are called where several stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from hw1_tui.export.table import cell, title
from hw1_tui.runs.comparison import BRANCHED, STEERED, differing
from hw1_tui.runs.record import RunRecord
from hw1_tui.settings import SEED_NAMES, TABLE


def distinct_titles(records: Sequence[RunRecord], *, in_short: bool = False) -> list[str]:
    """Return the title of each run: its name, else what tells it from the others; its identifier where nothing does.

    Args:
        records: the runs.
        in_short: with the short names of hyperparameters, and the ends of identifiers.
    """
    ends = [record.run.rpartition("-")[2] if in_short else record.run for record in records]
    told = settings_in_words(records, in_short=in_short)
    titles = [record.labels.name or words for record, words in zip(records, told, strict=True)]
    count = Counter(titles)
    return [
        words if words and count[words] == 1 else _identified(words, end, in_short)
        for words, end in zip(titles, ends, strict=True)
    ]


def settings_in_words(
    records: Sequence[RunRecord], left_out: Collection[str] = (), *, in_short: bool = False
) -> list[str]:
    """Return of each run the values of the fewest hyperparameters that tell as many as can be told; the seed last.

    Args:
        records: the runs.
        left_out: hyperparameters that are not named.
        in_short: with the short names of hyperparameters.
    """
    differ = {
        name: list(map(repr, values)) for name, values in differing(records).items() if name not in (STEERED, BRANCHED)
    }
    seeds = [name for name in SEED_NAMES if name in differ and name not in left_out]
    chosen: list[str] = []
    told: list[tuple[str, ...]] = [()] * len(records)
    for names in ([name for name in differ if name not in (*SEED_NAMES, *left_out)], seeds):
        while rest := [name for name in names if name not in chosen]:
            best = max(rest, key=lambda name: _kinds(told, differ[name]))
            if _kinds(told, differ[best]) == len(set(told)):
                break
            chosen.append(best)
            told = [(*before, value) for before, value in zip(told, differ[best], strict=True)]
    names_of = [_fewest(place, {name: differ[name] for name in chosen}) for place in range(len(records))]
    return [
        ", ".join(_setting(name, record.config.get(name), in_short) for name in names)
        for record, names in zip(records, names_of, strict=True)
    ]


def _fewest(place: int, values: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the fewest hyperparameters whose values no other setting has; and the seeds where others have this one.

    Args:
        place: of the run.
        values: those of all runs, by the name of the hyperparameter.
    """
    settings = [name for name in values if name not in SEED_NAMES]
    rows = list(zip(*(values[name] for name in settings), strict=True))
    if not rows:
        return list(values)
    own, others = rows[place], {row for row in rows if row != rows[place]}
    seeds = [name for name in values if name in SEED_NAMES] if rows.count(own) > 1 else []
    for size in range(1, len(settings) + 1):
        for columns in combinations(range(len(settings)), size):
            if all(any(other[column] != own[column] for column in columns) for other in others):
                return [*(settings[column] for column in columns), *seeds]
    return list(values)


def _kinds(told: Iterable[tuple[str, ...]], values: Iterable[str]) -> int:
    return len(set(zip(told, values, strict=True)))


def _setting(name: str, value: Any, in_short: bool) -> str:
    word = TABLE[name].short if in_short and name in TABLE and TABLE[name].short else title(name)
    return f"no {word}" if value is None else f"{word} {cell(name, value)}"


def _identified(words: str, end: str, in_short: bool) -> str:
    return end if not words else f"{words} {end}" if in_short else f"{words} ({end})"
