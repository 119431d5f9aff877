"""``hw1-tui --batch train --compare numpy,torch``: two engines in lockstep, headless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from engines.contract import EngineError
from hw1_tui import data
from hw1_tui.batch.interrupt import told_of_signals
from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.page import RowPrinter, print_text
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.markup import cell_width, visible
from hw1_tui.metric import in_decimals
from hw1_tui.mistake import Mistake
from hw1_tui.settings import Given, option_name
from hw1_tui.signals import SIGNALS
from hw1_tui.training.control import Control
from hw1_tui.training.lockstep import Compared, compare, pair

_WITHOUT_EFFECT = {
    "engine": "it names both engines",
    "patience": "every epoch is trained",
    "average_from": "the weights themselves are compared",
    "evaluate_train": "no split is measured",
    "evaluate_train_every": "no split is measured",
    "diagnostics": "nothing is measured but the weights",
    "threads": "each engine takes what it finds",
    "seeds": "the engines are compared with one seed",
    "on": "both engines train in this program",
    "home": "nothing is kept",
    "checkpoint_every": "nothing is kept",
    "checkpoint_budget": "nothing is kept",
}


def ignored(options: Mapping[str, object]) -> list[str]:
    """Return a sentence for each option of a run that was given and changes nothing about a comparison.

    Args:
        options: every option of the command by its name, ``None`` where it was not given.
    """
    return [
        f"{option_name(name)} has no effect with --compare: {reason}."
        for name, reason in _WITHOUT_EFFECT.items()
        if options.get(name) is not None
    ]


def read_engines(text: str, mistakes: list[Mistake]) -> tuple[str, str]:
    """Return the two engines named in the text of ``--compare``, or add the mistake."""
    first, _, second = (name.strip() for name in text.partition(","))
    if not first or not second or "," in second:
        mistakes.append(Mistake("--compare", f"{text!r} is not two engines", "two names with a comma: numpy,torch"))
    return first, second


def run_comparison(
    given: Sequence[Given],
    engines: tuple[str, str],
    max_bytes: int,
    output_format: str,
    quiet: bool,
    remarks: Sequence[str] = (),
) -> int:
    """Train one run by two engines and print how far apart they come; return the exit code.

    Args:
        given: what the user said of the run.
        engines: names of the two.
        max_bytes: largest data set to unpack into memory, bytes.
        output_format: one of ``option.OUTPUT_FORMATS``.
        quiet: no progress and no remarks.
        remarks: sentences to begin with.

    Raises:
        MistakeError: with every mistake in the runs or the data.
    """
    configs = pair(given, engines, "--compare")
    dataset = data.load(*configs[0].wanted, max_bytes=max_bytes)
    control = Control()
    with Narrator(quiet) as narrator, SIGNALS.flagged(control.ask_to_stop):
        for text in filter(None, [*remarks, dataset.remark, *(f"Compared: {config.command()}" for config in configs)]):
            narrator.remark(text)
        try:
            comparisons = compare(configs, dataset, lambda: control.stopping)
            narrated = _narrated(comparisons, narrator, configs[0].epochs)
            print_comparison(narrated, engines, output_format, narrator.remark)
        except EngineError as error:
            narrator.fail(f"hw1-tui: {error}")
            return FAILED
    return SIGNALS.exit_code if SIGNALS.number else DONE


def _narrated(comparisons: Iterable[Compared], narrator: Narrator, epochs: int) -> Iterable[Compared]:
    for compared in told_of_signals(comparisons, narrator):
        narrator.make_room()
        if compared.epoch == 0:
            narrator.begin()
        yield compared
        narrator.advance(compared.epoch, epochs, f"epoch {min(compared.epoch + 1, epochs)} of {epochs}")
    narrator.make_room()


def print_comparison(
    comparisons: Iterable[Compared],
    engines: tuple[str, str],
    output_format: str,
    remark: Callable[[str], None] = lambda _: None,
) -> None:
    """Print each epoch on stdout as a row of a table, a JSON line or a row of CSV; each line is flushed.

    Args:
        comparisons: the epochs.
        engines: names of the two.
        output_format: one of ``option.OUTPUT_FORMATS``.
        remark: says a sentence on what the terminal has no room for.
    """
    if output_format == "table":
        _print_table(comparisons, engines, remark)
        return
    for compared in comparisons:
        record = compared.as_dict()
        if output_format == "jsonl":
            print_json(record)
        else:
            if compared.epoch == 0:
                print_csv(record)
            print_csv(record.values())


def _print_table(comparisons: Iterable[Compared], engines: tuple[str, str], remark: Callable[[str], None]) -> None:
    rows: RowPrinter | None = None
    for compared in comparisons:
        if rows is None:
            rows = _row_printer(compared, engines)
            if rows.left_out:
                remark(rows.left_out)
            rows.print_head()
        losses = ["-" if loss is None else in_decimals(loss, ".6f") for loss in compared.losses or (None, None)]
        rows.print_row([str(compared.epoch), *losses, *(f"{value:.1e}" for value in compared.differences.values())])
    print_text(
        f"largest difference {compared.relative:.1e} of the largest weight {compared.largest_weight:.4g}", more=4
    )


def _row_printer(compared: Compared, engines: tuple[str, str]) -> RowPrinter:
    losses = [(f"{visible(engine)} loss", max(13, cell_width(visible(engine)) + 5)) for engine in engines]
    arrays = [f"|{visible(name)}|" for name in compared.differences]
    return RowPrinter([("epoch", 6), *losses, *((name, max(9, cell_width(name))) for name in arrays)])
