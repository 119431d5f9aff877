"""``hw1-tui cluster``: keys, a scheduler and workers, and what a queue of SLURM's is given."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hw1_tui.batch.memory_option import read_memory
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    add_force_option,
    add_option,
    add_quiet_option,
    raise_mistakes,
    read_whole,
)
from hw1_tui.batch.page import print_text
from hw1_tui.batch.serve import check_free
from hw1_tui.cluster.address import (
    HIGHEST_PORT,
    NAMED_LOOPBACK,
    PORT,
    Address,
    host_towards,
    is_host,
    is_loopback,
    is_named_loopback,
    plain_mistake,
    read_address,
)
from hw1_tui.cluster.keys import (
    DAYS,
    ROLES,
    TlsFiles,
    check_tls_files,
    default_keys,
    keys_mistake,
    own_names,
    tls_files,
    write_keys,
)
from hw1_tui.cluster.library import load_library
from hw1_tui.command import COMMANDS
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.files.folder import file_name_mistake
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import shell_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.signals import SIGNALS

HOST = "127.0.0.1"
_MOST_DAYS = 3650
_MOST_THREADS = 1024

_PLAIN_HERE = "Without TLS: every account of this machine can run programs as you by this port."
_PLAIN = "Warning: without TLS whoever reaches {} reads what is sent and runs programs as you."


@dataclass(frozen=True)
class Verb:
    """What ``cluster`` can do.

    Attributes:
        add_arguments: adds its options.
        run: does it; takes the options and the mistakes found so far, returns the exit code.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, list[Mistake]], int]


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb."""
    if verb:
        VERBS[verb].add_arguments(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in what it asks for.
    """
    if not args.verb:
        raise MistakeError([*mistakes, Mistake("cluster", "needs a verb", ", ".join(COMMANDS["cluster"].verbs or ()))])
    return VERBS[args.verb].run(args, mistakes)


def _add_keys(parser: argparse.ArgumentParser) -> None:
    add_option(parser, "--to", "folder of the keys, for them alone (default: cluster, beside the settings)", "DIR")
    names = "names and addresses of the machines, for the certificates (default: this one's)"
    add_option(parser, "--hosts", names, "HOST,HOST")
    add_option(parser, "--days", f"how long they are valid (default: {DAYS})", "N")
    add_force_option(parser, "keys that are there; all who have those are shut out")


def _make_keys(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    days = read_whole("--days", args.days, DAYS, mistakes, 1, _MOST_DAYS)
    folder = user_path(args.to) if args.to else default_keys()
    hosts = own_names() if args.hosts is None else [host.strip() for host in args.hosts.split(",")]
    if wrong := [host for host in hosts if not host.isascii() or not is_host(host.removeprefix("*."))]:
        mistakes.append(Mistake("--hosts", f"{wrong[0]!r} names no machine", "names or addresses, by commas"))
    if mistake := file_name_mistake(folder, "--to") or keys_mistake(folder, "--to", overwrite=args.force):
        mistakes.append(mistake)
    raise_mistakes(mistakes)
    try:
        until = write_keys(folder, hosts, days)
    except OSError as error:
        raise MistakeError(Mistake("--to", f"{folder.absolute()} cannot be written: {error.strerror}")) from None
    _tell_of_keys(folder, f"{until:%Y-%m-%d}")
    return DONE


def _tell_of_keys(folder: Path, until: str) -> None:
    print_text(f"Keys in {folder.absolute()}, valid until {until}. What belongs where:")
    places = {
        "scheduler": "on the scheduler's machine",
        "worker": "on every worker's machine",
        "client": "where you work",
    }
    for role in ROLES:
        names = " ".join(path.name for path in vars(tls_files(folder, role)).values())
        print_text(f"{places[role]:<28}{names}", 2, 4)
    print_text(f"{'only here':<28}ca-key.pem, which no part of a cluster needs", 2, 4)
    sys.stdout.flush()
    there = ".config/hw1-tui/cluster" if folder == default_keys() else "FOLDER"
    option = "" if folder == default_keys() else f" --keys {shell_path(folder)}"
    print(
        f"Whoever has a key file runs programs on every machine of the cluster. To copy them:\n"
        f"  ssh HOST mkdir -p -m 700 {there}\n"
        f"  scp -p {shell_path(folder)}/{{ca,worker,worker-key}}.pem HOST:{there}\n"
        f"Machines that share this folder need no copies. What is next:\n"
        f"  hw1-tui cluster scheduler{option}",
        file=sys.stderr,
    )


def _add_tls(parser: argparse.ArgumentParser, insecure: str) -> None:
    tls = parser.add_argument_group("who may connect")
    add_option(tls, "--keys", "folder of the keys (default: cluster, beside the settings)", "DIR")
    if insecure != "":
        tls.add_argument("--plain", action="store_true", help="without TLS, on this machine alone")
    tls.add_argument("--insecure", action="store_true", help="without TLS also for other machines")


def _add_scheduler(parser: argparse.ArgumentParser) -> None:
    add_option(parser, "--host", f"address to listen at (default: {HOST}, this machine alone)", "HOST")
    add_option(parser, "--port", f"port to listen at (default: {PORT})", "PORT")
    _add_tls(parser, "plain")
    add_quiet_option(parser)


def _serve_scheduler(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    port = read_whole("--port", args.port, PORT, mistakes, 1, HIGHEST_PORT)
    host = _read_host(args.host, HOST, mistakes)
    address = Address(host, port, args.plain)
    if mistake := plain_mistake("--host", address, insecure=args.insecure):
        mistakes.append(mistake)
    raise_mistakes(mistakes)
    load_library()
    files = _read_files(args, "scheduler", address)
    check_free(host, port)
    from hw1_tui.cluster.serving import serve_scheduler

    def tell(reached: str) -> None:
        print_text(f"Scheduler at {reached}: use it with --on {reached}{_options_of(args)}")
        sys.stdout.flush()

    with Narrator(args.quiet) as narrator:
        if address.is_plain:
            narrator.remark(_PLAIN_HERE if is_loopback(host) else _PLAIN.format(address))
        if is_named_loopback(host):
            narrator.remark(NAMED_LOOPBACK.format(host))
        serve_scheduler(address, files, tell)
    return SIGNALS.exit_code


def _read_host(text: str | None, default: str, mistakes: list[Mistake]) -> str:
    """Return the address to listen at, an IPv6 address without the brackets that it may have been given in."""
    if text is None:
        return default
    host = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    if not is_host(host):
        problem = f"{text!r} is no address" if text else "is empty"
        mistakes.append(Mistake("--host", problem, f"an address of this machine, such as {HOST}"))
    return host


def _options_of(args: argparse.Namespace) -> str:
    """Return what a client has to say besides: keys in a folder that is not the default, or that it goes without."""
    if args.plain:
        return " --insecure" if args.insecure else ""
    return f" --keys {shlex.quote(str(user_path(args.keys).absolute()))}" if args.keys else ""


def _read_files(args: argparse.Namespace, role: str, address: Address) -> TlsFiles | None:
    """Return the key files of a role, which were checked; ``None`` for an address that is plain."""
    if address.is_plain:
        return None
    files = tls_files(user_path(args.keys) if args.keys else default_keys(), role)
    check_tls_files(files)
    return files


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scheduler", nargs="?", help=f"its address (default: tls://{HOST}:{PORT})")
    add_option(parser, "--name", "what it is called (default: the machine's name and a number)", "NAME")
    add_option(parser, "--threads", "processor threads that a run may take (default: one a core)", "N")
    add_option(parser, "--memory", "memory beyond which it takes no further run, such as 8G (default: any)", "SIZE")
    add_option(parser, "--host", "address to listen at (default: the one that leads to the scheduler)", "HOST")
    add_option(parser, "--port", "port to listen at (default: any)", "PORT")
    _add_tls(parser, "")
    add_quiet_option(parser)


def _serve_worker(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    threads = read_whole("--threads", args.threads, 0, mistakes, 1, _MOST_THREADS)
    memory = read_memory(args.memory, 0, mistakes)
    port = read_whole("--port", args.port, 0, mistakes, 1, HIGHEST_PORT)
    host = _read_host(args.host, "", mistakes)
    if args.name == "":
        mistakes.append(Mistake("--name", "is empty"))
    address = Address(HOST)
    try:
        address = read_address("SCHEDULER", str(address) if args.scheduler is None else args.scheduler,
                               insecure=args.insecure)  # fmt: skip
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    load_library()
    files = _read_files(args, "worker", address)
    from hw1_tui.cluster.handshake import check_scheduler
    from hw1_tui.cluster.serving import SECONDS_WITHOUT_SCHEDULER, WorkerOptions, serve_worker

    check_scheduler("SCHEDULER", address, files)
    host = host or host_towards(address)
    check_free(host, port)
    options = WorkerOptions(host, args.name or "", port, threads, memory)
    with Narrator(args.quiet) as narrator:
        if serve_worker(address, files, options, narrator.remark):
            return SIGNALS.exit_code
        narrator.fail(f"{address} was gone for {SECONDS_WITHOUT_SCHEDULER:.0f} s; this worker ends.")
        return FAILED


def _add_slurm(parser: argparse.ArgumentParser) -> None:
    from hw1_tui.batch.slurm import add_slurm  # which reads every command that a queue may be given

    add_slurm(parser)


def _write_slurm(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    from hw1_tui.batch.slurm import write_slurm

    return write_slurm(args, mistakes)


VERBS = {
    "keys": Verb(_add_keys, _make_keys),
    "scheduler": Verb(_add_scheduler, _serve_scheduler),
    "worker": Verb(_add_worker, _serve_worker),
    "slurm": Verb(_add_slurm, _write_slurm),
}
"""Every verb; ``command`` says what each is for."""
