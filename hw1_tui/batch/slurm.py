"""``hw1-tui cluster slurm``: the script that a queue of SLURM's is given."""

from __future__ import annotations

import argparse
import importlib
import shlex
import socket
import sys
from collections.abc import Sequence

from hw1_tui.batch import report, sweep
from hw1_tui.batch.memory_option import read_memory
from hw1_tui.batch.narrator import format_seconds
from hw1_tui.batch.on_end import read_end
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    Parser,
    add_force_option,
    add_home_option,
    add_option,
    home_of,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_target,
    read_whole,
)
from hw1_tui.batch.page import print_text
from hw1_tui.batch.place_option import read_place_options
from hw1_tui.batch.train import read_given
from hw1_tui.cluster.address import NAMED_LOOPBACK, Address, is_named_loopback, read_address
from hw1_tui.cluster.keys import check_tls_files, default_keys, tls_files
from hw1_tui.cluster.slurm import LEAST_SECONDS, TIMES, Allocation, is_partition, job_script, read_time
from hw1_tui.command import COMMANDS
from hw1_tui.data import NAMED
from hw1_tui.exit_code import DONE
from hw1_tui.files.target import write_target_bytes, writing
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import shell_path, visible
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import counted
from hw1_tui.report.runs.request import read_seeds
from hw1_tui.report.write.grade_file import GRADE_FILES
from hw1_tui.runs.home import HOME_VARIABLE, home_folder
from hw1_tui.settings import RunConfig, resolve
from hw1_tui.settings.hyperparameter import option_name
from hw1_tui.training.kept_data import data_path

SHARED = ("train", "sweep", "report")
"""Commands that can run as an array: several of one history share the work, or have a seed each."""

_NO_DATA = "{} is not here; it has to be where the jobs run."
_GOES_ON = "the sweep itself, which goes on: hw1-tui sweep export NAME --to FILE.toml, then -- sweep --config FILE.toml"
_MOST_WORKERS = 1000
_MOST_CORES = 1024
_MEMORY = 4 << 30


def add_slurm(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.usage = f"{parser.prog} [OPTIONS] [-- {'|'.join(SHARED)} OPTIONS]"
    parser.description = (
        "write what a queue of SLURM's is to run\n\n"
        "Alone: workers for a scheduler. With a command after --: that command itself, so\n"
        "nothing has to be kept alive: train as one job a seed, sweep and report as jobs\n"
        "that share the work through the history, which every node has to reach."
    )
    parser.set_defaults(command=[])
    add_option(parser, "--workers", "jobs at once", "N")
    add_option(parser, "--to", "the script (default: hw1-tui-COMMAND.sh)", "FILE")
    add_force_option(parser)
    job = parser.add_argument_group("what each job is given")
    add_option(job, "--time", f"how long: {TIMES} (default: the partition's)", "TIME")
    add_option(job, "--cores", "processor cores (default: 1)", "N")
    add_option(job, "--memory", "memory, such as 8G (default: 4G)", "SIZE")
    add_option(job, "--partition", "partition of the queue (default: the queue's)", "NAME")
    workers = parser.add_argument_group("for workers")
    add_option(workers, "--scheduler", "its address (default: tls:// and this machine)", "ADDRESS")
    add_option(workers, "--keys", "folder of the keys (default: cluster, beside the settings)", "DIR")
    workers.add_argument("--insecure", action="store_true", help="without TLS also for other machines")
    add_home_option(parser)


def write_slurm(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Write the script and say what is to be typed; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, that of the jobs included.
    """
    name, words = (args.command[0], args.command[1:]) if args.command else ("", [])
    n_workers = read_whole("--workers", args.workers, 0, mistakes, 1, _MOST_WORKERS)
    if args.workers is None and name != "train":
        mistakes.append(Mistake("--workers", "is missing", "how many jobs, such as --workers 8"))
    allocation = _read_allocation(args, mistakes)
    text = f"hw1-tui-{name or 'workers'}.sh" if args.to is None else args.to
    path = read_target("--to", text, args.force, mistakes)
    if name:
        script, said = _shared_command(args, name, words, n_workers, allocation, mistakes)
    else:
        script, said = _workers(args, n_workers, allocation, mistakes)
    raise_mistakes(mistakes)
    with writing(str(path)):
        write_target_bytes(path, script.encode(), overwrite=args.force)
    seconds = read_time(allocation.time)
    given = f"each with {counted(allocation.cores, 'core')} and {allocation.megabytes:,} MB"
    print_text(f"{path}: {said[0]}, {given}{f' for {format_seconds(seconds)}' if seconds else ''}.")
    for line in said[1:]:
        print(line.replace("{script}", shlex.quote(str(path))))
    sys.stdout.flush()
    return DONE


def _read_allocation(args: argparse.Namespace, mistakes: list[Mistake]) -> Allocation:
    cores = read_whole("--cores", args.cores, 1, mistakes, 1, _MOST_CORES)
    memory = read_memory(args.memory, _MEMORY, mistakes)
    _check_time(args.time, mistakes)
    if args.partition is not None and not is_partition(args.partition):
        mistakes.append(Mistake("--partition", f"{args.partition!r} is no name", "one of those that sinfo lists"))
    return Allocation(cores, memory, args.time or "", args.partition or "")


def _check_time(text: str | None, mistakes: list[Mistake]) -> None:
    """Add what is wrong with ``--time``, which SLURM reads in ways of its own: 2:00 is two minutes, 0 is for ever."""
    if text is None:
        return
    seconds = read_time(text)
    if seconds is None:
        mistakes.append(Mistake("--time", f"{text!r} is no time of SLURM's", f"{TIMES}, such as 2:00:00"))
    elif seconds < LEAST_SECONDS:
        problem = f"{text} is {seconds} s for SLURM, which tells a job a minute or two before to end"
        mistakes.append(Mistake("--time", problem, f"3 minutes and more as {TIMES}, such as 2:00:00"))


def _workers(
    args: argparse.Namespace, n: int, allocation: Allocation, mistakes: list[Mistake]
) -> tuple[str, list[str]]:
    """Return the script of workers, and what is said of it."""
    address = Address(socket.gethostname())
    keys = (user_path(args.keys) if args.keys else default_keys()).absolute()
    try:
        if args.scheduler is not None:
            address = read_address("--scheduler", args.scheduler, insecure=args.insecure)
        if not address.is_plain:
            check_tls_files(tls_files(keys, "worker"))
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    secured = ["--insecure"] if address.is_plain else ["--keys", str(keys)]
    name = '--name "slurm-$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID"'
    script = job_script("hw1-tui-worker", f"1-{n}", allocation, ["cluster", "worker", str(address), *secured], name)
    shown = ["--plain", "--insecure"] if address.is_plain else ["--keys", str(keys)] if args.keys else []
    begun = shlex.join(["hw1-tui", "cluster", "scheduler", "--host", address.host, "--port", str(address.port), *shown])
    warning = [NAMED_LOOPBACK.format(address.host)] if is_named_loopback(address.host) else []
    return script, [
        f"{counted(n, 'worker')} for {address}",
        *warning,
        f"On {address.host}, where a shell stays (tmux, screen), and beside it:",
        f"  {begun}",
        "  sbatch {script}",
        f"Then --on {address} trains there. scancel --name hw1-tui-worker ends the workers.",
    ]


def _shared_command(
    args: argparse.Namespace,
    name: str,
    words: Sequence[str],
    n: int,
    allocation: Allocation,
    mistakes: list[Mistake],
) -> tuple[str, list[str]]:
    """Return the script that runs a command itself, and what is said of it."""
    if name not in SHARED:
        mistakes.append(
            Mistake("--", f"{name!r} does not run as an array", ", ".join(SHARED), nearest_name(name, SHARED))
        )
        return "", [""]
    if words and words[0] in (COMMANDS[name].verbs or {}):
        problem = f"{f'{name} {words[0]}'!r} does not run as an array"
        mistakes.append(Mistake("--", problem, _GOES_ON if words[0] == "resume" else name))
        return "", [""]
    given = _read_command(name, words, mistakes)
    home = home_folder(home_of(given if getattr(given, "home", None) else args)).absolute()
    variables = {HOME_VARIABLE: str(home)}
    if name == "train":
        seeds, first = _read_seeds(given, mistakes)
        array, last = f"0-{seeds - 1}{f'%{n}' if n else ''}", f'--seed "$(({first} + SLURM_ARRAY_TASK_ID))" --seeds 1'
        said = f"{counted(seeds, 'run')}, seed {first}" + f" to {first + seeds - 1}" * (seeds > 1)
        said += f", {n} at once" if n else ""
    else:
        array, last, said = f"1-{n}", "", f"{counted(n, 'job')} that share the work"
    own = ["--force"] if name == "report" and "--force" not in words else []  # of several jobs each writes the same
    words = ["--batch", name, *_without_seeds(name, words), *own]
    script = job_script(f"hw1-tui-{name}", array, allocation, words, last, variables)
    source = given.data or ""
    lost = [] if not source or source in NAMED or data_path(source) else [_NO_DATA.format(visible(source))]
    return script, [
        said,
        *lost,
        "  sbatch {script}",
        f"  hw1-tui runs follow --wait --home {shell_path(home)}",
        "The same sbatch again goes on with what was ended by its time or by scancel.",
    ]


def _read_command(name: str, words: Sequence[str], mistakes: list[Mistake]) -> argparse.Namespace:
    """Return the options of the command that the jobs run; what is wrong is told now and not in a log."""
    parser = Parser(f"hw1-tui {name}")
    module = importlib.import_module(COMMANDS[name].module)
    module.add_arguments(parser)
    given, wrong = parser.read(words)
    mistakes += wrong
    try:
        {"train": _read_train, "sweep": sweep.read_new, "report": report.read_request}[name](given, mistakes)
    except MistakeError as error:
        mistakes.extend(mistake for mistake in error.mistakes if mistake not in mistakes)
    _check_common(name, given, mistakes)
    return given


def _check_common(name: str, given: argparse.Namespace, mistakes: list[Mistake]) -> None:
    """Add what is wrong with the options that say nothing of what is trained."""
    read_place_options(given, mistakes)
    read_end(given, mistakes)
    read_choice("--format", given.format, (*OUTPUT_FORMATS, *(GRADE_FILES if name == "report" else ())), mistakes)
    for option in ("max_bytes", "checkpoint_budget"):
        read_bytes(option_name(option), getattr(given, option, None), 0, mistakes)
    for option in ("checkpoint_every", "jobs"):
        read_whole(option_name(option), getattr(given, option, None), 0, mistakes)
    idle = [option for option in ("compare", "dry_run", "kept") if getattr(given, option, None)]
    mistakes.extend(Mistake(option_name(option), "does not go with jobs of a queue, which train") for option in idle)


def _read_train(given: argparse.Namespace, mistakes: list[Mistake]) -> RunConfig:
    return resolve(read_given(given, mistakes))


def _read_seeds(given: argparse.Namespace, mistakes: list[Mistake]) -> tuple[int, int]:
    """Return how many seeds are trained, and the first.

    Raises:
        MistakeError: the runs cannot have so many, as ``train --seeds`` tells it.
    """
    seeds = read_seeds("--seeds", "1" if given.seeds is None else given.seeds, mistakes)
    if mistakes:
        return seeds, 0
    with named_as_options():
        first = _read_train(given, mistakes).with_seeds(seeds)[0]
    return seeds, int(first.hyperparameters["seed"])


def _without_seeds(name: str, words: Sequence[str]) -> list[str]:
    """Return the words of ``train`` without its seeds, which are the jobs' own; those of other commands as they are."""
    left: list[str] = []
    skipped = False
    for word in words:
        option = word.partition("=")[0]
        if name == "train" and option in ("--seed", "--seeds"):
            skipped = "=" not in word
        elif skipped:
            skipped = False
        else:
            left.append(word)
    return left
