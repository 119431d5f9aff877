"""``hw1-tui sweep``: many runs of one definition, and what they say of its hyperparameters."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hw1_tui import data
from hw1_tui.batch.history import add_moved_option, open_store, open_to_keep
from hw1_tui.batch.interrupt import told_of_signals
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import EndNotifier, add_end_options, read_end
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_force_option,
    add_home_option,
    add_max_bytes,
    add_option,
    add_output_options,
    add_quiet_option,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_target,
    read_whole,
)
from hw1_tui.batch.place_option import add_place_options, read_place_options, workers_of
from hw1_tui.batch.stream import OutputError
from hw1_tui.batch.sweep_printer import SweepPrinter, print_plan, print_summary
from hw1_tui.batch.train import add_run_arguments, read_given, refuse_idle_questions
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.files.target import writing
from hw1_tui.files.toml import read_toml
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.home import home_option
from hw1_tui.runs.record import INTERRUPTED
from hw1_tui.settings import SEEDS, TABLE, Given, option_name, refuse_questions
from hw1_tui.signals import SIGNALS
from hw1_tui.sweep.definition import Sweep, swept_metrics
from hw1_tui.sweep.export import SUFFIXES, export_sweep, sweep_export_mistake
from hw1_tui.sweep.kept import check_name, find_sweep, with_data_here
from hw1_tui.sweep.plan import default_jobs, make_plan
from hw1_tui.sweep.runner import SweepRunner, require_engine
from hw1_tui.sweep.summary import ENDED_WELL, SweepSummary, TrialResult, read_summary
from hw1_tui.sweep.trial import Trial
from hw1_tui.sweep.wish import Wish, define, read_definition, read_time_limit
from hw1_tui.training.checkpoint import BUDGET, CheckpointOptions
from hw1_tui.training.event import FAILURES, Remarked, RunEnded, RunStarted
from hw1_tui.training.executors import AUTO, EXECUTOR_NAMES
from hw1_tui.training.kept_data import data_path

_MOST_JOBS = 64
_MOVED = "--data NEW, where it was moved or renamed"


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb, or of a new sweep."""
    {"": _add_new, "show": _add_show, "resume": _add_resume, "export": _add_export}[verb](parser)


def _add_new(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what is swept")
    grid = "values of a hyperparameter: dropout=0,.25,.5, or learning-rate=1e-4..1e-1:log:5 for a range; once an axis"
    what.add_argument("--grid", help=grid, metavar="NAME=VALUES", nargs="?", const="", action="append")
    add_option(what, "--random", "draw so many points in the space, in place of all points of the grid", "N")
    tpe = "let TPE choose so many points, each by what those before came to (the extra tpe)"
    add_option(what, "--tpe", tpe, "N")
    add_option(what, "--seeds", f"train each point with so many seeds; {SEEDS.allowed}", "N")
    add_option(what, "--metric", f"what points are ranked by: {', '.join(swept_metrics())} (default: val_loss)", "NAME")
    what.add_argument("--halving", action="store_true", default=None,
                      help="stop a quarter of the trials at each of some epochs: the worst there")  # fmt: skip
    add_option(what, "--name", "what the sweep is called, and its runs are tagged with (default: its digest)", "NAME")
    _add_running(parser)
    add_run_arguments(parser)


def _add_running(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    how = parser.add_argument_group("how it is run")
    add_option(
        how, "--jobs", "trials that train at once (default: one a core; in threads one for engines in Python)", "N"
    )
    add_option(how, "--executor", f"what trains them: {', '.join(EXECUTOR_NAMES)} (default: auto)", "NAME")
    add_option(how, "--time", "stop after so long, such as 20m or 1h30m; the sweep can be gone on with", "TIME")
    how.add_argument("--dry-run", action="store_true", help="print the plan and train nothing but one timed epoch")
    add_place_options(parser)
    history = add_home_option(parser)
    add_option(history, "--checkpoint-budget", "bytes that the checkpoints of all runs may take (default: 10G)", "SIZE")
    add_end_options(add_output_options(parser))
    return how


def _add_show(parser: argparse.ArgumentParser) -> None:
    _add_named(parser)
    add_output_options(parser)


def _add_resume(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sweep", nargs="?", help="the sweep's name (default: the newest)")
    add_moved_option(parser)
    add_max_bytes(_add_running(parser))


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_named(parser)
    kinds = ".csv: a row a trial; .md .tex: the points ranked; .png .svg .pdf: the metric against each axis"
    kinds += "; .toml: the definition, for sweep --config"
    add_option(parser, "--to", f"the file, whose suffix says what: {kinds}", "FILE")
    add_force_option(parser)
    add_quiet_option(parser)


def _add_named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sweep", nargs="?", help="the sweep's name (default: the newest)")
    add_home_option(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says, or begin a sweep; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in what it asks for.
    """
    verbs: dict[str, Callable[[argparse.Namespace, list[Mistake]], int]] = {
        "": _begin, "show": _show, "resume": _resume, "export": _export,
    }  # fmt: skip
    return verbs[args.verb](args, mistakes)


def _begin(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    return _train(read_new(args, mistakes), args, mistakes)


def read_new(args: argparse.Namespace, mistakes: list[Mistake]) -> Sweep:
    """Return the sweep that a file and the options define.

    Raises:
        MistakeError: with every mistake.
    """
    refuse_idle_questions(args, mistakes)
    wish = Wish()

    def read_file(path: Path) -> Sequence[Given]:
        nonlocal wish
        record = read_toml(path, "a sweep")
        refuse_questions(record, path)
        wish = read_definition(record, path.name)
        return wish.run

    given = read_given(args, mistakes, read_file)
    with named_as_options():
        return define(_with_options(replace(wish, run=given), args, mistakes), mistakes)


def _with_options(wish: Wish, args: argparse.Namespace, mistakes: list[Mistake]) -> Wish:
    """Return what a file says of a sweep with what the options say in its place; an axis replaces one of its name."""
    axes = [(name.replace("-", "_"), values, place) for name, values, place in wish.axes]
    typed: list[tuple[str, str, str]] = []
    for text in args.grid or ():
        name, equals, values = text.partition("=")
        name = name.strip().replace("-", "_")
        if equals and name:
            typed.append((name, values, f"--grid {option_name(name)[2:]}" if name in TABLE else "--grid"))
        else:
            problem = f"{text!r} names no {'values' if name else 'hyperparameter'}" if text else "is empty"
            mistakes.append(Mistake("--grid", problem, "NAME=VALUE,VALUE or NAME=LOW..HIGH:log:N"))
    names = {name for name, _, _ in typed}
    options = {key: getattr(args, key) for key in ("name", "seeds", "metric", "halving", "time")}
    options |= {"n_random": args.random, "n_tpe": args.tpe}
    said = {key: value for key, value in options.items() if value is not None}
    places = {key: place for key, place in (wish.places or {}).items() if key not in said and f"n_{key}" not in said}
    return replace(wish, axes=[*(axis for axis in axes if axis[0] not in names), *typed], places=places, **said)


def _resume(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    limit = None
    if args.time is not None:
        try:
            limit = read_time_limit(args.time, "--time")
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    sweep = with_data_here(find_sweep(open_store(args), args.sweep), args.data)
    if args.data is None and not (sweep.config.data in data.NAMED or data_path(sweep.config.data)):
        raise MistakeError(Mistake(sweep.config.data, "is not there any more", _MOVED))
    return _train(replace(sweep, time_limit=limit or sweep.time_limit), args, mistakes)


def _train(sweep: Sweep, args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Tell the plan of a sweep, and train what is missing of it; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    budget = read_bytes("--checkpoint-budget", args.checkpoint_budget, BUDGET, mistakes)
    jobs = read_whole("--jobs", args.jobs, 0, mistakes, 1, _MOST_JOBS)
    executor = read_choice("--executor", args.executor or AUTO, EXECUTOR_NAMES, mistakes)
    place, notifier = read_place_options(args, mistakes), read_end(args, mistakes)
    raise_mistakes(mistakes)
    store = open_store(args) if args.dry_run else open_to_keep(args)
    with named_as_options(), workers_of(None if args.dry_run else place) as workers:
        require_engine(sweep)
        dataset = data.load(*sweep.config.wanted, max_bytes=max_bytes)
        if sweep.fingerprint not in ("", dataset.fingerprint):
            raise MistakeError(Mistake("data", f"{sweep.config.data} is not what it was when the sweep began", _MOVED))
        sweep = sweep.on(data_path(dataset.name) or sweep.config.data, dataset.fingerprint)
        check_name(store, sweep)
        processes = jobs or default_jobs(sweep.config.engine, "processes")
        jobs = jobs or (workers.slots if workers else default_jobs(sweep.config.engine, executor))
        kept = CheckpointOptions(budget=budget)
        runner = SweepRunner(sweep, dataset, store, jobs, kept, executor, workers, processes)
        with Narrator(args.quiet) as narrator:
            if dataset.remark:
                narrator.remark(dataset.remark)
            for text in sweep.space.remarks:
                narrator.remark(text)
            plan = make_plan(runner, dataset)
            if args.dry_run:
                print_plan(plan, read_summary(runner.sweep, store), output_format, narrator.remark)
                return DONE
            narrator.remark(f"Sweep {sweep.name}: {plan.sentence()}")
            return _follow(runner, store, output_format, narrator, notifier)


def _follow(runner: SweepRunner, store: Store, output_format: str, narrator: Narrator, notifier: EndNotifier) -> int:
    """Train what is missing of a sweep, print a line a trial and what it came to; return the exit code.

    Raises:
        OutputError: stdout took no more; the trials were stopped and kept.
    """
    sweep = runner.sweep
    printer = SweepPrinter(output_format, sweep, narrator.remark)
    for result in read_summary(sweep, store).results:
        if result.is_done:
            printer.print_trial(result)
    with SIGNALS.flagged(runner.ask_to_stop):
        failed = _print_ends(runner, printer, narrator)
    summary = read_summary(runner.sweep, store, failed)
    for result in summary.results:
        printer.print_trial(result)
    print_summary(summary, store, output_format, narrator.remark)
    if not summary.is_complete and (SIGNALS.number or runner.is_over_time):
        reason = "" if SIGNALS.number else "Its time is over. "
        narrator.remark(f"{reason}{_goes_on(sweep, store)}")
    is_well = summary.is_complete or (runner.is_over_time and not summary.has_failed)
    code = SIGNALS.exit_code if SIGNALS.number else DONE if is_well else FAILED
    if code == FAILED:
        narrator.fail(_why_failed(summary, store))
    n_done = sum(result.status in ENDED_WELL for result in summary.results)
    is_cut = code == DONE and not summary.is_complete
    notifier.tell_plan(code, n_done, sweep.n_trials, narrator, is_cut=is_cut)
    return code


def _why_failed(summary: SweepSummary, store: Store) -> str:
    """Return how many trials did not end well; also those of the history, and those that another program deleted."""
    told = [f"{n} {status}" for status, n in summary.counts.items() if status not in ENDED_WELL]
    goes_on = "" if summary.counts.keys() <= {*ENDED_WELL, *FAILURES} else f" {_goes_on(summary.sweep, store)}"
    return f"Of {counted(summary.sweep.n_trials, 'trial')}: {', '.join(told)}.{goes_on}"


def _goes_on(sweep: Sweep, store: Store) -> str:
    return f"hw1-tui sweep resume {sweep.name}{home_option(store.home)} goes on with it."


def _print_ends(runner: SweepRunner, printer: SweepPrinter, narrator: Narrator) -> dict[int, str]:
    """Train what is missing and print each trial that ended; return why some failed or were refused, by number."""
    lost, failed = None, dict[int, str]()
    for trial, end in _ends(runner, narrator):
        if not end.run or end.status == "failed":  # its run, if there is one, counts for nothing in the history
            failed[trial.number] = end.reason
        if end.status == "stopped" or lost:
            continue
        record = runner.kept.get(trial.number)
        try:
            printer.print_trial(TrialResult(trial, record, _kept_status(record, end)))
        except OutputError as error:  # whoever read us has gone: what was trained stays
            lost = error
            runner.ask_to_stop()
    if lost:
        raise lost
    return failed


def _kept_status(record: RunRecord | None, end: RunEnded) -> str:
    """Return how a trial that ended stands in the history: a full disk keeps nothing, or its beginning."""
    if record is None:
        return end.status if end.status in FAILURES else "failed"
    is_whole = end.status in FAILURES or record.results["epochs_done"] >= end.epochs
    return end.status if is_whole else INTERRUPTED


def _ends(runner: SweepRunner, narrator: Narrator) -> Iterator[tuple[Trial, RunEnded]]:
    """Train what is missing; say how far it is and what goes wrong, and yield the end of each trial."""
    begun: dict[int, None] = {}
    narrator.begin()
    for step in told_of_signals(runner.steps(), narrator):
        event, trial = step.event, step.trial
        if isinstance(event, Remarked):
            (narrator.fail if event.is_failure else narrator.remark)(f"{trial.label}: {event.text}")
        elif isinstance(event, RunStarted):
            begun[trial.number] = None
        elif isinstance(event, RunEnded):
            begun.pop(trial.number, None)
            if event.status in FAILURES:
                narrator.fail(f"{trial.label}: {event.reason or event.status}")
            narrator.make_room()
            yield trial, event
        now = f", now {', '.join(map(str, begun))}" if begun else ""
        narrator.advance(step.done, 1.0, f"{counted(runner.sweep.n_trials, 'trial')}{now}")


def _show(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    raise_mistakes(mistakes)
    store = open_store(args)
    sweep = find_sweep(store, args.sweep)
    summary = read_summary(sweep, store)
    with Narrator(args.quiet) as narrator:
        narrator.remark(f"Sweep {sweep.name} of {counted(sweep.n_trials, 'trial')}.")
        printer = SweepPrinter(output_format, sweep, narrator.remark)
        for result in summary.results:
            printer.print_trial(result)
        print_summary(summary, store, output_format, narrator.remark)
    return DONE


def _export(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    if args.to is None and not mistakes:
        mistakes.append(Mistake("sweep export", "needs to know where to", f"--to FILE with {', '.join(SUFFIXES)}"))
    elif args.to:
        if mistake := sweep_export_mistake(user_path(args.to), "--to"):
            mistakes.append(mistake)
        else:
            read_target("--to", args.to, args.force, mistakes)
    raise_mistakes(mistakes)
    store, path = open_store(args), user_path(args.to)
    summary = read_summary(find_sweep(store, args.sweep), store)
    with writing(args.to):
        export_sweep(summary, store, path, overwrite=args.force)
    Narrator(args.quiet).remark(f"{visible(str(path))} is written.")
    return DONE
