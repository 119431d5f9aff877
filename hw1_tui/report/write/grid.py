"""What the report shows in tables, as rows of text, the same for every writer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.judge.report import Report
from hw1_tui.report.judge.table_result import Cell, RowResult, TableResult
from hw1_tui.report.questions.question import VERDICTS, Question
from hw1_tui.report.questions.wording import VOICE_TITLES, format_difference, format_metric, metric_title
from hw1_tui.statistics.repeat import LAST_EPOCHS

SUMMARY = ("", *VERDICTS)
RUNS = ("name", "what", "epochs", "status", "time", "run")


_NUMBER = re.compile(r"[+−]?\d+(\.\d+)?( s)?")


def number_columns(rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns that stand to the right: numbers alone, all with as many decimals, so that points align."""
    return {place for place, column in enumerate(zip(*rows, strict=True)) if _are_alike(list(filter(None, column)))}


def _are_alike(cells: Sequence[str]) -> bool:
    matches = [_NUMBER.fullmatch(cell) for cell in cells]
    return bool(cells) and all(matches) and len({len(match[1] or "") for match in matches if match}) == 1


@dataclass(frozen=True)
class Line:
    """One number of ours, with what is printed, as text in the order of ``header``; ``is_first`` begins a metric."""

    cells: tuple[str, ...]
    is_first: bool


def question_title(question: Question) -> str:
    """Return the heading of a question: its number, and what it is about where somebody says."""
    return f"Question {question.name}" + f": {question.title}" * bool(question.title)


def header(result: TableResult) -> tuple[str, ...]:
    """Return the titles of the columns: what others got where it is known, the verdict where digits are compared."""
    printed = ["report", *["others"] * _has_others(result), "ours", "difference"] if _prints(result) else ["measured"]
    compared = ["error", "verdict"] * _is_compared(result)
    return "", "setting", *printed, "spread", "sampling", _last(result), *compared


def _last(result: TableResult) -> str:
    """Return the heading of the means over the last epochs: of ten, or of as many as the runs have."""
    *some, n = result.last_epochs or {LAST_EPOCHS}
    return "last epochs" if some else "last ten" if n == LAST_EPOCHS else f"last {n}"


def _prints(result: TableResult) -> bool:
    return any(row.row.printed for row in result.rows)


def _has_others(result: TableResult) -> bool:
    return any(row.row.others for row in result.rows)


def _is_compared(result: TableResult) -> bool:
    return any(cell.comparison for row in result.rows for cell in row.cells)


def table_lines(result: TableResult) -> list[Line]:
    """Return a line for each number, grouped by metric, as wide as ``header``."""
    lines = []
    for row in result.rows:
        for place, cell in enumerate(row.cells):
            title = metric_title(row.row.metric).capitalize() if place == 0 else ""
            ours, difference, *grounds = _own_texts(row, cell)
            texts = [title, result.table.columns[place].title]
            if _prints(result):
                texts += [_printed(row, cell), *[_others(cell)] * _has_others(result), ours, difference]
            else:
                texts.append(ours)
            compared = _verdict_texts(row, cell) if _is_compared(result) else ()
            lines.append(Line((*texts, *grounds, *compared), place == 0))
    return lines


def _own_texts(row: RowResult, cell: Cell) -> tuple[str, ...]:
    """Return ours, the difference, the spread, the sampling error and the mean of the last ten epochs."""
    metric, ours = row.row.metric, cell.ours
    if ours is None:
        return ("not measured", "", "", "", "")
    text = format_metric(ours.value, metric)
    if ours.seeds > 1:
        text += f" ± {format_metric(ours.seed_std, metric, spread=True)}"
    spread = format_metric(ours.spread, metric, spread=True) if ours.spread else ""
    if metric == "seconds":
        return (", ".join(filter(None, (text, format_ratio(row, cell)[1]))), "", spread, "", "")
    sampling = format_metric(ours.sampling_error, metric, spread=True) if ours.n else ""
    last = "" if ours.last_mean is None else format_metric(ours.last_mean, metric)
    difference = "" if cell.meant is None else format_difference(ours.value - cell.meant)
    return (text, difference, spread, sampling, last)


def _verdict_texts(row: RowResult, cell: Cell) -> tuple[str, str]:
    """Return the error of the comparison and its verdict; nothing where there is none."""
    if cell.comparison is None:
        return "", ""
    return format_metric(cell.comparison.error, row.row.metric, spread=True), cell.comparison.verdict


def _others(cell: Cell) -> str:
    return " to ".join(f"{value:.3f}" for value in dict.fromkeys(cell.others or ()))


def _printed(row: RowResult, cell: Cell) -> str:
    metric = row.row.metric
    if cell.printed is None or cell.meant is None:
        return ""
    text = format_metric(cell.printed, metric)
    text = ", ".join(filter(None, (text, format_ratio(row, cell)[0])))
    if cell.meant != cell.printed:
        text += f" (meant: {format_metric(cell.meant, metric)})"
    return text


def format_pair(row: RowResult, cell: Cell) -> tuple[str, str]:
    """Return what is printed, empty for nothing, and ours."""
    return _printed(row, cell), _own_texts(row, cell)[0]


def format_ratio(row: RowResult, cell: Cell) -> tuple[str, str]:
    """Return the printed time and ours as ratios to the first column's; empty for what is none."""
    printed, own = row.ratios(cell)
    return "" if printed is None else f"× {printed:.2f}", "" if own is None else f"× {own:.2f}"


def table_sentence(result: TableResult) -> str:
    """Return what the order of the columns says, metric by metric, or that what is printed is not compared."""
    rows = [row for row in result.rows if row.ranking is not None]
    if not rows and not _prints(result):
        return ""
    if not rows:
        return (
            "" if _is_compared(result) else "Printed digits are not compared here, and there is no order of settings."
        )
    rankings = [
        f"{metric_title(row.row.metric)}: {row.ranking}"
        + f" ({row.part_told} pairs are clear)" * bool(row.part_told)
        + f" (unexpected: {row.row.expect} was expected)" * row.is_unexpected
        for row in rows
    ]
    return f"Order of the settings, {'; '.join(rankings)}."


def summary_rows(report: Report) -> list[tuple[str, ...]]:
    """Return how many printed numbers, orders and claims have which verdict, under ``SUMMARY``."""
    titles = {
        "figures": "printed numbers",
        "rankings": "orders of settings in tables",
        "claims": "claims of the text",
        "implied": "claims that the text implies",
        "remarks": "our remarks (agrees: holds; differs: does not)",
    }
    counts = report.counts()
    return [(titles[name], *map(str, counts[name].values())) for name in titles if any(counts[name].values())]


def by_voice(claims: Sequence[ClaimResult]) -> Iterator[tuple[str, list[ClaimResult]]]:
    """Yield the claims of each voice under its title; nothing for a voice that has none."""
    for voice, title in VOICE_TITLES.items():
        if of_voice := [result for result in claims if result.claim.voice == voice]:
            yield title, of_voice


def run_rows(report: Report) -> list[tuple[str, ...]]:
    """Return the runs behind the numbers, a row a name, under ``RUNS``."""
    rows: list[tuple[str, ...]] = []
    for name, records in report.runs.items():
        status = ", ".join(dict.fromkeys(record.status for record in records))
        seconds = sum(record.results["seconds"] for record in records)
        runs = ", ".join(record.run for record in records)
        title = report.evidence.homework.runs[name].title
        done = sorted({record.results["epochs_done"] for record in records})  # with patience each seed has its own
        epochs = " to ".join(map(str, done if len(done) < 2 else (done[0], done[-1])))
        rows.append((name, title, epochs, status, f"{seconds:.0f} s", runs))
    return rows
