"""``hw1-tui --batch train``: one run, or one a seed, headless."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from engines import registry
from hw1_tui import data
from hw1_tui.batch import compare
from hw1_tui.batch.event_printer import describe_end, event_printer
from hw1_tui.batch.history import open_to_keep
from hw1_tui.batch.interrupt import told_of_signals
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import EndNotifier, add_end_options, read_end
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_home_option,
    add_hyperparameters,
    add_max_bytes,
    add_option,
    add_output_options,
    add_questions_option,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_whole,
)
from hw1_tui.batch.place_option import add_place_options, read_place_options, workers_of
from hw1_tui.batch.repetition import run_seeds
from hw1_tui.batch.stream import OutputError
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.files.user_path import user_path
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.read_options import READ_OPTIONS
from hw1_tui.report.runs.request import read_seeds
from hw1_tui.settings import (
    TABLE,
    Given,
    RunConfig,
    default_values,
    given_values,
    option_name,
    read_run_file,
    resolve,
)
from hw1_tui.settings.hyperparameter import Hyperparameter
from hw1_tui.signals import SIGNALS
from hw1_tui.training.checkpoint import BUDGET, CheckpointOptions
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Progressed, RunEnded
from hw1_tui.training.job import Job
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from hw1_tui.training.remote.following import open_followed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run: what is trained, every hyperparameter of the table, the output."""
    what = add_run_arguments(parser)
    add_option(what, "--seeds", "train with so many seeds, --seed and those after it; what is kept is taken", "N")
    add_option(what, "--compare", "train by two engines in lockstep and tell how far apart they come", "ENGINE,ENGINE")
    add_place_options(parser)
    history = add_home_option(parser)
    add_option(history, "--checkpoint-every", "keep a checkpoint of every Nth epoch beside the last and the best", "N")
    add_option(history, "--checkpoint-budget", "bytes that the checkpoints of all runs may take (default: 10G)", "SIZE")
    add_end_options(add_output_options(parser))


def add_run_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what describes one run, for ``read_given``; return the group of what is trained."""
    what = parser.add_argument_group("what is trained")
    models = sorted({model for name in registry.names() for model in registry.get(name).models()})
    add_option(what, "--model", ", ".join(models), "MODEL")
    add_option(what, "--engine", ", ".join(registry.names()), "ENGINE")
    add_option(what, "--data", "builtin, digits, quadratic, FILE.npz, FILE.csv or a FOLDER of images", "DATA")
    add_option(what, "--preset", "a run of the report by its name, such as 1.2b; options given beside it win", "NAME")
    add_questions_option(what, "whose runs --preset names, instead of the report's (see hw1-tui guide questions)")
    add_option(what, "--config", "TOML file with any of these by name; options given beside it win", "FILE")
    add_max_bytes(what)
    add_hyperparameters(parser, _help)
    return what


def _help(hyperparameter: Hyperparameter) -> str:
    """Return the line of ``--help``: what it is, what is allowed, and the defaults where they differ."""
    takers: dict[str, list[str]] = {}
    for engine in registry.names():
        for model in registry.get(engine).models():
            defaults = default_values(engine, model)
            if hyperparameter.name in defaults:
                takers.setdefault(hyperparameter.format(defaults[hyperparameter.name]), []).append(f"{model}/{engine}")
    if len(takers) == 1:
        defaults_text = next(iter(takers))
    else:
        defaults_text = "; ".join(f"{value} for {', '.join(who)}" for value, who in takers.items())
    default = f" (default: {defaults_text})" if defaults_text else ""
    return f"{hyperparameter.help}; {hyperparameter.allowed}{default}"


def read_given(
    args: argparse.Namespace,
    mistakes: list[Mistake],
    read_file: Callable[[Path], Sequence[Given]] = read_run_file,
) -> list[Given]:
    """Return what the user said of the run, the preset first, then the file, then the options.

    Args:
        args: the options.
        mistakes: what is wrong is added to them.
        read_file: reads what a file says of the run.
    """
    given: list[Given] = []
    if args.config is not None:
        try:
            given += read_file(user_path(args.config))
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    for name in ("model", "engine", "data", *TABLE):
        value = getattr(args, name)
        if value is not None:
            given.append(Given(name, value, option_name(name)))
    if args.preset is None:
        return given
    return [*_read_preset(args.preset, args.questions_file, given, args.max_bytes, mistakes), *given]


def refuse_idle_questions(args: argparse.Namespace, mistakes: list[Mistake]) -> None:
    """Add the mistake of naming a questions file and none of its runs; the interface lets one choose."""
    if args.questions_file is not None and args.preset is None:
        mistakes.append(Mistake("--questions", "has runs to choose from, and none is chosen", "with --preset NAME"))


def read_run(args: argparse.Namespace, mistakes: list[Mistake]) -> tuple[str, int, RunConfig]:
    """Return the output format, the most bytes of data, and the run, for a command that trains none.

    Raises:
        MistakeError: with every mistake.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    refuse_idle_questions(args, mistakes)
    given = read_given(args, mistakes)
    try:
        config = resolve(given)
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    return output_format, max_bytes, config


def _read_preset(
    name: str, questions: str | None, given: Sequence[Given], max_bytes: str | None, mistakes: list[Mistake]
) -> list[Given]:
    """Return the settings of a preset; some follow from the size of the data, which is read then."""
    from hw1_tui.report import presets
    from hw1_tui.report.questions.question_file import runs_of

    try:
        by_name = {preset.name: preset for preset in (runs_of(user_path(questions)) if questions else presets())}
    except MistakeError as error:
        mistakes.extend(error.mistakes)
        return []
    if name not in by_name:
        mistakes.append(unknown_name("--preset", "preset", name, by_name))
        return []
    preset, n_examples = by_name[name], 1
    source = given_values({"data": preset.data} if preset.data else {}, f"preset {name}")
    if preset.follows_n:
        about_data = [*source, *given_values(preset.read_values, f"preset {name}")]
        about_data += [entry for entry in given if entry.name == "data" or entry.name in READ_OPTIONS]
        most = read_bytes("--max-bytes", max_bytes, data.MAX_BYTES, [])
        try:
            config = resolve(about_data)
            n_examples = len(data.load(*config.wanted, max_bytes=most).train)
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    return [*source, *given_values(preset.values_at(n_examples), f"preset {name}")]


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Train one run, or one a seed; return the exit code.

    Args:
        args: the options.
        mistakes: what was already found wrong with the command line.

    Raises:
        MistakeError: with every mistake.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    every = read_whole("--checkpoint-every", args.checkpoint_every, 0, mistakes)
    budget = read_bytes("--checkpoint-budget", args.checkpoint_budget, BUDGET, mistakes)
    seeds = read_seeds("--seeds", "1" if args.seeds is None else args.seeds, mistakes)
    place = read_place_options(args, mistakes)
    notifier = read_end(args, mistakes)
    if notifier.is_wanted and args.compare is not None:
        mistakes.append(Mistake("--on-end" if args.on_end else "--notify", "does not go with --compare"))
    refuse_idle_questions(args, mistakes)
    given = read_given(args, mistakes)
    if args.compare is not None:
        engines = compare.read_engines(args.compare, mistakes)
        raise_mistakes(mistakes)
        remarks = compare.ignored(vars(args))
        with named_as_options():
            return compare.run_comparison(given, engines, max_bytes, output_format, args.quiet, remarks)
    try:
        config = resolve(given)
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    control, store = Control(), open_to_keep(args)
    with named_as_options(), workers_of(place) as workers:
        if args.seeds is not None:
            checkpoints = CheckpointOptions(every, budget)
            return run_seeds(config, seeds, store, max_bytes=max_bytes, checkpoints=checkpoints, workers=workers,
                             output_format=output_format, quiet=args.quiet, notifier=notifier)  # fmt: skip
        if workers:
            dataset = data.load(*config.wanted, max_bytes=max_bytes)
            events = open_followed(workers, Job(config), store, control, dataset, every=every, budget=budget)
        else:
            session = open_session(config, control, max_bytes=max_bytes)
            events = record(session, store, every=every, budget=budget)
        return print_run(events, control, output_format, args.quiet, notifier)


def print_run(
    events: Iterable[Event], control: Control, output_format: str, quiet: bool, notifier: EndNotifier,
    before: Sequence[EpochMetrics] = (),
) -> int:  # fmt: skip
    """Print a run's events as they come, and tell who looks elsewhere; return the exit code its end stands for.

    Args:
        events: of the run.
        control: what stops it.
        output_format: how stdout is written.
        quiet: say failures alone.
        notifier: who is told of its end.
        before: what the run measured before, where it goes on: its coach knows it too.

    Raises:
        OutputError: stdout took no more; the run was stopped and kept.
        LostError: what trained it is gone.
    """
    lost: OutputError | None = None
    with Narrator(quiet, before) as narrator, SIGNALS.flagged(control.ask_to_stop):
        printer = event_printer(output_format, narrator.remark)
        for event in notifier.told_of_loss(told_of_signals(events, narrator), narrator):
            notifier.follow(event, narrator.follow(event), narrator)
            if isinstance(event, Progressed) or lost:
                continue
            narrator.make_room()
            try:
                printer(event)
            except OutputError as error:  # whoever read us has gone: what was trained stays
                lost = error
                control.stop()
    assert isinstance(event, RunEnded)  # noqa: S101 - the session promises it
    if output_format == "csv":
        narrator.remark(describe_end(event))
    if event.status == "stopped" and event.run:
        narrator.tell_continuation(event.run, notifier.home)
    notifier.tell_run(event, narrator)
    if lost:
        raise lost
    if SIGNALS.number:
        return SIGNALS.exit_code
    return DONE if event.status in ("finished", "stopped") else FAILED
