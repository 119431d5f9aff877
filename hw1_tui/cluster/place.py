"""Where jobs train, as a user says it: ``local:4`` for processes of this machine, ``tls://host:8786`` for a cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hw1_tui.cluster.address import Address, read_address
from hw1_tui.cluster.keys import TlsFiles, check_tls_files, security
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import read_whole

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers

ALLOWED = "local:N for N processes of this machine, or tls://HOST:PORT for the scheduler of a cluster"
MOST_PROCESSES = 64


@dataclass(frozen=True)
class Place:
    """Where jobs train.

    Attributes:
        processes: how many processes of this machine; 0 for a cluster.
        address: the scheduler of the cluster.
        files: what TLS needs; ``None`` where the address is plain.
        takes_other_versions: whether a worker with another version of a library trains, which is said, or is refused.
    """

    processes: int = 0
    address: Address | None = None
    files: TlsFiles | None = None
    takes_other_versions: bool = False

    def open(self) -> Workers:
        """Return the workers of this place, who end when they are closed.

        Raises:
            MistakeError: there is no such cluster, it does not let us in, or Dask is not installed.
        """
        from hw1_tui.cluster.dask_workers import DaskWorkers  # these load numpy
        from hw1_tui.training.remote.process_pool import ProcessPool

        if self.address is None:
            return ProcessPool(self.processes)
        return DaskWorkers(str(self.address), security(self.files), takes_other_versions=self.takes_other_versions)

    def check(self) -> None:
        """See that the cluster is there and lets us in, in seconds; of processes there is nothing to see.

        Raises:
            MistakeError: it is not, or does not.
        """
        from hw1_tui.cluster.handshake import check_scheduler

        if self.address is not None:
            if self.files:
                check_tls_files(self.files)
            check_scheduler("--on", self.address, self.files)


def read_place(
    text: str, files: TlsFiles, mistakes: list[Mistake], *, insecure: bool = False, takes_other_versions: bool = False
) -> Place | None:
    """Return the place that a text names, or add what is wrong with it.

    Args:
        text: as a user typed it behind ``--on``.
        files: what TLS needs, where the place needs it.
        mistakes: what is wrong is added to them.
        insecure: whether a plain address beyond this machine is wanted all the same.
        takes_other_versions: see ``Place``.
    """
    kind, _, number = text.partition(":")
    if kind.strip().lower() == "local":
        return _read_local(text, number, mistakes)
    if not number:
        mistakes.append(Mistake("--on", f"{text!r} is no place to train" if text else "is empty", ALLOWED))
        return None
    try:
        address = read_address("--on", text, insecure=insecure)
    except MistakeError as error:
        meant = f"local:{number}" if number.isdecimal() and nearest_name(kind, ["local"]) else ""
        mistakes.extend(replace(mistake, nearest=meant or mistake.nearest) for mistake in error.mistakes)
        return None
    return Place(0, address, None if address.is_plain else files, takes_other_versions)


def _read_local(text: str, number: str, mistakes: list[Mistake]) -> Place | None:
    try:
        n = read_whole(number.strip())
    except ValueError:
        n = 0
    if not 1 <= n <= MOST_PROCESSES:
        mistakes.append(Mistake("--on", f"{text!r} does not say how many", f"local:1 to local:{MOST_PROCESSES}"))
    elif text != f"local:{number}" or number != number.strip():
        mistakes.append(Mistake("--on", f"{text!r} is no place to train", ALLOWED, f"local:{n}"))
    else:
        return Place(n)
    return None
