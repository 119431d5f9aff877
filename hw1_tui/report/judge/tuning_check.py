"""Whether a conclusion survives when its rivals are tuned as well.

Each of what is compared is trained with the same values of other hyperparameters and the same seeds, so that all have
one budget. Of each the run with the best mean validation loss is chosen; those that were chosen are compared on the
test split, which had no part in the choice, by the rule for two settings at a level for the number of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hw1_tui.metric import METRICS
from hw1_tui.report.judge.evidence import Evidence, Finding
from hw1_tui.report.judge.verdict import PairComparison, describe_pair, judge_all, judge_difference
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim, Tuning, Verdict
from hw1_tui.report.questions.wording import format_metric, mean_of_seeds, metric_title
from hw1_tui.report.runs.run_result import Measurement, Results
from hw1_tui.settings import TABLE
from hw1_tui.settings.point import Point, plain_point
from hw1_tui.statistics.comparison import compare_settings
from hw1_tui.statistics.interval import LEVEL

_CHOSEN_BY = "val_loss"


@dataclass(frozen=True)
class _Contender:
    """One of what is compared, with its run that was chosen; ``None`` where all diverged.

    Attributes:
        value: of the hyperparameter that is compared.
        run: the name of the run.
        point: what it tries.
        judged: what it came to on the test split.
        as_reported: the same of the run with the report's own values; ``None`` where that is not among them.
    """

    value: Any
    run: str | None
    point: Point
    judged: Measurement | None
    as_reported: Measurement | None


def check_tuning(claim: Claim, evidence: Evidence) -> Finding:
    """Return whether what the report concludes is best stays so when all are tuned."""
    tuning = next(one for one in evidence.homework.tunings if one.name == claim.name)
    found = {value: _contender(tuning, value, claim.metric, evidence.results) for value in tuning.contenders}
    level = 1 - (1 - LEVEL) / (len(tuning.best) * len(tuning.rivals))
    pairs = [(found[best], found[rival]) for best in tuning.best for rival in tuning.rivals]
    compared = [_compare(best, rival, claim.metric, level) for best, rival in pairs]
    said = "; ".join(
        f"{_value(tuning, best.value)} and {_value(tuning, rival.value)}: {text}"
        for (best, rival), (_, text, _) in zip(pairs, compared, strict=True)
    )
    each = len(tuning.trials) // len(tuning.contenders)
    axes = " and ".join(TABLE[name].title for name in tuning.grid)
    text = (
        f"Each tuned over the same {each} points in {axes}, chosen by validation loss; "
        f"{metric_title(claim.metric)}: {', '.join(_describe(tuning, one, claim.metric) for one in found.values())}. "
        f"{said[:1].upper()}{said[1:]}."
    )
    numbers = {
        "contenders": [_as_dict(one) for one in found.values()],
        "runs_each": each,
        "chosen_by": _CHOSEN_BY,
        "judged_by": claim.metric,
        "differences": [told.difference if told else None for _, _, told in compared],
        "errors": [told.error if told else None for _, _, told in compared],
    }
    return Finding(judge_all(verdict for verdict, _, _ in compared), text, numbers)


def _contender(tuning: Tuning, value: Any, metric: str, results: Results) -> _Contender:
    trials = [(name, point) for name, point in tuning.trials if point[tuning.compares] == value]
    whole = [(name, point) for name, point in trials if _is_whole(name, results)]
    own = next((name for name, point in whole if {**point, **tuning.as_reported} == point), None)
    as_reported = results.measure(own, metric) if own else None
    ranked = [(m.value, name, point) for name, point in whole if (m := results.measure(name, _CHOSEN_BY))]
    if not ranked:
        return _Contender(value, None, {}, None, as_reported)
    _, name, point = min(ranked, key=lambda one: one[0])
    return _Contender(value, name, point, results.measure(name, metric), as_reported)


def _is_whole(name: str, results: Results) -> bool:
    """Whether all seeds of a run trained to their end."""
    return all(result.record.status == "finished" for result in results.runs[name])


def _compare(
    best: _Contender, rival: _Contender, metric: str, level: float
) -> tuple[Verdict, str, PairComparison | None]:
    """Return whether the first is better than the second, and in words by how much."""
    if best.judged is None or rival.judged is None:
        verdict = CANNOT_BE_TOLD if best.judged is rival.judged else AGREES if best.judged else DIFFERS
        return verdict, "not every one of them has a run that was trained to its end", None
    above, below = best.judged.repeats, rival.judged.repeats
    if METRICS[metric].best == "lowest":
        above, below = below, above
    told = compare_settings(above, below, best.judged.kind, level)
    pair = PairComparison(told.difference, told.error, judge_difference(told), told)
    return pair.verdict, describe_pair(pair, metric), pair


def _describe(tuning: Tuning, one: _Contender, metric: str) -> str:
    if one.judged is None:
        return f"{_value(tuning, one.value)} no run that was trained to its end"
    return f"{_value(tuning, one.value)} {format_metric(one.judged.value, metric)} ({'; '.join(_details(one, metric))})"


def _details(one: _Contender, metric: str) -> Iterator[str]:
    tuned = list(one.point.items())[1:]  # first stands what is compared
    yield ", ".join(f"{TABLE[name].title} {TABLE[name].format(value)}" for name, value in tuned)
    if one.judged and one.judged.seeds > 1:
        yield mean_of_seeds(one.judged.seeds).strip(" ()")
    if one.as_reported:
        yield f"{format_metric(one.as_reported.value, metric)} with the report's own"


def _value(tuning: Tuning, value: Any) -> str:
    return f"{TABLE[tuning.compares].title} {TABLE[tuning.compares].format(value)}"


def _as_dict(one: _Contender) -> dict[str, Any]:
    return {
        "value": one.value,
        "run": one.run,
        "point": plain_point(one.point),
        "judged": one.judged.as_dict() if one.judged else None,
        "as_reported": one.as_reported.value if one.as_reported else None,
    }
