"""``--on`` and what belongs to it: where several runs train."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hw1_tui.batch.option import add_option
from hw1_tui.cluster.keys import TlsFiles, default_keys, tls_files
from hw1_tui.cluster.place import ALLOWED, Place, read_place
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers

_OTHERS = ("refuse", "say")


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--on`` and its companions."""
    where = parser.add_argument_group("where it trains")
    add_option(where, "--on", f"{ALLOWED} (default: this process)", "PLACE")
    add_option(where, "--keys", "folder of the keys of tls:// (default: cluster, beside the settings)", "DIR")
    for name, what in (("ca", "certificate of the authority"), ("cert", "own certificate"), ("key", "its key")):
        add_option(where, f"--tls-{name}", f"{what} (default: in that folder)", "FILE")
    where.add_argument("--insecure", action="store_true", help="tcp:// also beyond this machine, where others listen")
    add_option(where, "--other-versions", "of libraries on a worker: refuse (default), or say and train", "WORD")


def read_place_options(args: argparse.Namespace, mistakes: list[Mistake]) -> Place | None:
    """Return where runs are to train; ``None`` for this process. Adds what is wrong."""
    others = args.other_versions or "refuse"
    if others not in _OTHERS:
        mistakes.append(Mistake("--other-versions", f"{others!r} is not understood", ", ".join(_OTHERS)))
    names = ("keys", "tls_ca", "tls_cert", "tls_key", "other_versions", "insecure")
    if args.on is None or args.on.startswith("local:"):
        given = [name for name in names if getattr(args, name) and not (args.on and name == "other_versions")]
        problem = "has no effect with processes of this machine" if args.on else "has no effect without --on"
        mistakes.extend(Mistake(f"--{name.replace('_', '-')}", problem, "with --on tls://HOST:PORT") for name in given)
    if args.on is None:
        return None
    files = vars(tls_files(user_path(args.keys) if args.keys else default_keys(), "client"))
    own = {name: user_path(path) for name in files if (path := getattr(args, f"tls_{name}"))}
    return read_place(args.on, TlsFiles(**{**files, **own}), mistakes, insecure=args.insecure,
                      takes_other_versions=others == "say")  # fmt: skip


@contextlib.contextmanager
def workers_of(place: Place | None) -> Iterator[Workers | None]:
    """Give the workers of a place until the context is left; ``None`` where runs train in this process.

    Raises:
        MistakeError: the place is not there.
    """
    if place is None:
        yield None
        return
    place.check()
    with contextlib.closing(place.open()) as workers:
        yield workers
