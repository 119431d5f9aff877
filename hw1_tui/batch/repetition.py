"""``hw1-tui --batch train --seeds N``: one configuration with several seeds, headless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import EndNotifier
from hw1_tui.batch.page import RowPrinter
from hw1_tui.batch.rerun_narration import narrated
from hw1_tui.batch.stream import OutputError
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.metric import METRICS, epoch_metrics
from hw1_tui.numeral import counted
from hw1_tui.report.runs.plan import PlannedRun, key
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import repeated_results, spreads
from hw1_tui.runs.record import BEST, Summary
from hw1_tui.runs.turn import is_done
from hw1_tui.settings import RunConfig
from hw1_tui.signals import SIGNALS
from hw1_tui.statistics.spread import Spread
from hw1_tui.training.checkpoint import CheckpointOptions
from hw1_tui.training.control import Control
from hw1_tui.training.event import FAILURES, EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted
from hw1_tui.training.opening import open_session
from hw1_tui.training.remote.workers import Workers

_STATISTICS = {"mean": "mean", "std": "std", "lowest": "low", "highest": "high"}
"""The rows below the seeds, and what of a spread each shows."""


@dataclass
class SeedRun:
    """The run of one seed, as its events tell of it.

    Attributes:
        seed: the seed.
        run: identifier of the run; empty where it is not kept.
        status: how it ended; empty while it did not.
        summary: what its events come to.
    """

    seed: int
    run: str = ""
    status: str = ""
    summary: Summary = field(default_factory=lambda: Summary({}))

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, RunStarted):
            self.run = event.run
        elif isinstance(event, RunEnded):
            self.run, self.status = event.run or self.run, event.status
        self.summary.take(event.as_dict())


class Printer(Protocol):
    """Prints what is told of seeds on stdout, each line flushed."""

    def __call__(self, seed: SeedRun, told: Event | RunRecord) -> None:
        """Print an event of the run of a seed, or the record of one that the history has."""

    def summarise(self, seeds: Sequence[SeedRun], spreads: Mapping[str, Spread]) -> None:
        """Print what the seeds that finished come to together, by the name of the result."""


def planned_seeds(config: RunConfig, n: int, dataset: Dataset) -> list[PlannedRun]:
    """Return a configuration's runs with n seeds on its data."""
    return [PlannedRun(f"seed {one.hyperparameters['seed']}", "", 0, one, dataset) for one in config.with_seeds(n)]


def run_seeds(
    config: RunConfig,
    n: int,
    store: Store,
    *,
    max_bytes: int,
    checkpoints: CheckpointOptions,
    output_format: str,
    quiet: bool,
    notifier: EndNotifier,
    workers: Workers | None = None,
) -> int:
    """Train what the history has not of a configuration's runs with n seeds, print all; return the exit code.

    Args:
        config: what is trained, with the first of the seeds.
        n: how many.
        store: the history.
        max_bytes: largest data set to unpack into memory, bytes.
        checkpoints: which are kept.
        output_format: one of ``option.OUTPUT_FORMATS``.
        quiet: no progress and no remarks.
        notifier: tells who looks elsewhere when all have ended.
        workers: who train them; threads of this process by default.

    Raises:
        MistakeError: the data cannot be used, or the engine refuses the run.
        OutputError: stdout took no more; the runs were stopped and kept.
    """
    dataset = data.load(*config.wanted, max_bytes=max_bytes)
    control = Control()
    rerun = Rerun(planned_seeds(config, n, dataset), store, control, checkpoints, workers=workers)
    if rerun.missing:  # what is wrong with all of them is told before the first
        open_session(rerun.missing[0].config, dataset=dataset).prepare()
    seeds = {run.name: SeedRun(run.config.hyperparameters["seed"]) for run in rerun.runs}
    with Narrator(quiet) as narrator, SIGNALS.flagged(control.ask_to_stop):
        if dataset.remark:
            narrator.remark(dataset.remark)
        printer = _printer(output_format, narrator.remark)
        told = ((seeds[name], said) for name, said in _told(rerun, seeds, store, narrator))
        lost = _print(told, printer, control, narrator)
        if lost is None:
            finished = [seed for seed in seeds.values() if seed.status == "finished"]
            gone = {run.name for run in rerun.missing}  # others may have deleted a run since it ended, which was told
            there = [seed for name, seed in seeds.items() if seed in finished and name not in gone]
            printer.summarise(there, spreads([seed.summary.results() for seed in there]))
            narrator.remark(_sentence(len(there), n, len(finished)))
    failed = bool(rerun.missing) or any(seed.status in FAILURES for seed in seeds.values())
    code = SIGNALS.exit_code if SIGNALS.number else FAILED if failed else DONE
    records = [record for run in rerun.runs if (record := rerun.kept.get(key(run)))]
    notifier.tell_plan(code, sum(record.status == "finished" for record in records), n, narrator)
    if lost:
        raise lost
    return code


def _print(
    told: Iterable[tuple[SeedRun, Event | RunRecord]], printer: Printer, control: Control, narrator: Narrator
) -> OutputError | None:
    """Print what is told of each seed; return why stdout took no more, at which the runs were stopped."""
    lost: OutputError | None = None
    for seed, said in told:
        narrator.make_room()
        if lost is None:
            try:
                printer(seed, said)
            except OutputError as error:  # whoever read us has gone: what was trained stays
                lost = error
                control.stop()
    return lost


def _told(
    rerun: Rerun, seeds: Mapping[str, SeedRun], store: Store, narrator: Narrator
) -> Iterator[tuple[str, Event | RunRecord]]:
    """Yield all that is known of each run: of those that the history has first, then of the others as they train."""
    yield from _kept(rerun, seeds, store)
    for step in narrated(rerun, narrator, failures=FAILURES):
        if isinstance(step.event, (Progressed, Remarked)):
            continue
        name = step.run.name
        seeds[name].take(step.event)
        yield name, step.event
        if isinstance(step.event, RunStarted) and step.event.resumed_epoch is not None:
            yield from _epochs(name, seeds[name], store, step.event.resumed_epoch)
    yield from _kept(rerun, seeds, store)  # another program may have trained some meanwhile
    if SIGNALS.number:
        narrator.remark("The same command goes on with what was stopped.")


def _kept(rerun: Rerun, seeds: Mapping[str, SeedRun], store: Store) -> Iterator[tuple[str, Event | RunRecord]]:
    for run in rerun.runs:
        record, seed = rerun.kept.get(key(run)), seeds[run.name]
        if record is None or seed.status or not is_done(record):
            continue
        seed.run = record.run
        yield run.name, record
        yield from _epochs(run.name, seed, store)
        results = record.results
        tested = {name: results.get(name) for name, metric in METRICS.items() if not metric.is_of_epochs}
        status: Any = record.status
        ended = RunEnded(record.run, status, results["epochs_done"], tested, results["best_epoch"],
                         results["seconds"] or 0.0, results["reason"] or "")  # fmt: skip
        seed.take(ended)
        yield run.name, ended


def _epochs(name: str, seed: SeedRun, store: Store, last: int | None = None) -> Iterator[tuple[str, Event]]:
    for metrics in store.metrics(seed.run):
        if last is None or metrics.epoch <= last:
            seed.take(EpochEnded(metrics))
            yield name, EpochEnded(metrics)


def _printer(output_format: str, remark: Callable[[str], None]) -> Printer:
    printers: dict[str, Callable[[], Printer]] = {
        "table": lambda: _TablePrinter(remark),
        "jsonl": _JsonPrinter,
        "csv": _CsvPrinter,
    }
    return printers[output_format]()


def _sentence(there: int, n: int, finished: int) -> str:
    """Return over how many of n seeds mean and spread are taken, those that finished and are there still."""
    if there < 2:
        what = "finished" if there == finished else "can be counted"
        return f"{counted(there, 'seed')} of {n} {what}: no spread can be told."
    others = f", the other{'s' * (n - there > 1)} did not finish" * (there == finished < n)
    left_out = f" of {n}" * (there < n) + others
    return f"Mean and sample standard deviation (std) over {counted(there, 'seed')}{left_out}."


class _JsonPrinter:
    """Prints events as JSON lines, each with its run and seed."""

    def __call__(self, seed: SeedRun, told: Event | RunRecord) -> None:
        record = told.as_dict() if isinstance(told, Event) else {"event": "run_kept", **told.as_dict()}
        print_json({"event": record["event"], "run": seed.run, "seed": seed.seed, **record})

    def summarise(self, seeds: Sequence[SeedRun], spreads: Mapping[str, Spread]) -> None:
        statistics = {
            f"{name}_{title}": getattr(spread, statistic)
            for name, spread in spreads.items()
            for title, statistic in _STATISTICS.items()
        }
        print_json({"event": "seeds_ended", "seeds": [seed.seed for seed in seeds],
                    "runs": [seed.run for seed in seeds], **statistics})  # fmt: skip


class _CsvPrinter:
    """Prints the epochs of all seeds as rows of one table."""

    def __init__(self) -> None:
        self._names = [metric.name for metric in epoch_metrics()]
        print_csv(("seed", "epoch", *self._names))

    def __call__(self, seed: SeedRun, told: Event | RunRecord) -> None:
        if isinstance(told, EpochEnded):
            print_csv((seed.seed, told.epoch, *(told.metrics.as_dict()[name] for name in self._names)))

    def summarise(self, seeds: Sequence[SeedRun], spreads: Mapping[str, Spread]) -> None:
        pass  # rows of one kind: a program adds them up itself


class _TablePrinter:
    """Prints a row for each seed when its run has ended."""

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._names = repeated_results()
        titles = [_title(name) for name in self._names]
        metrics = [(title, max(len(title), 8)) for title in titles]
        columns = [("seed", 8), ("epochs", 6), *metrics, ("status", -8), ("run", -24)]
        best_first = sorted(self._names, key=lambda name: METRICS[name.removeprefix(BEST)].importance)
        self.rows = RowPrinter(columns, ["run", "status", *map(_title, best_first[:-1])])
        if self.rows.left_out:
            remark(self.rows.left_out)
        self.rows.print_head()

    def __call__(self, seed: SeedRun, told: Event | RunRecord) -> None:
        if isinstance(told, RunEnded):
            results = seed.summary.results()
            cells = [_cell(name, results.get(name)) for name in self._names]
            self.rows.print_row([str(seed.seed), str(told.epochs), *cells, told.status, seed.run])

    def summarise(self, seeds: Sequence[SeedRun], spreads: Mapping[str, Spread]) -> None:
        for title, statistic in _STATISTICS.items() if len(seeds) > 1 else ():
            cells = [_cell(name, getattr(spreads.get(name), statistic, None)) for name in self._names]
            self.rows.print_row([title, "", *cells, "", ""])


def _title(name: str) -> str:
    return f"{'best ' * name.startswith(BEST)}{METRICS[name.removeprefix(BEST)].short}"


def _cell(name: str, value: float | None) -> str:
    return "-" if value is None else METRICS[name.removeprefix(BEST)].format(value)
