"""The processor threads of this process, shared between the runs that train in it.

A run takes an allocation for as long as it trains:

    with threads.allocate(trainer, wanted=2) as allocation:
        for progress in trainer.epoch():
            ...

The number of threads changes the last bits of a product (its sums are split differently), in numpy's BLAS as in torch.
(Not so where the numpy engine shares the work of a block among threads of its own; see
``engines.numpy_engine.worker_pool``.) So a run is repeated bit for bit only with the same number: a run that goes on
takes the number that it had, and whoever wants the same bits every time says the number.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engines.capability import Threaded
from engines.contract import Trainer

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_allocations: list[ThreadAllocation] = []
_lock = threading.Lock()


def cores() -> int:
    """Return how many threads a run may use when it is alone: the cores given to this process.

    The environment variable ``OMP_NUM_THREADS`` lowers it, as it does for BLAS and torch.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wish = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(there, int(wish))) if wish.isdecimal() else there


def blas_version() -> str:
    """Return which BLAS numpy's products are done by, with the processor that its kernels are for; empty for none.

    Other packages bring a BLAS of their own, as SciPy does, and the libraries of a process are found in no order.
    """
    import numpy as np  # not for the interface's first frame

    numpy_folder = Path(np.__file__).resolve().parent
    packages = numpy_folder.parent
    shared = ""
    for library in _libraries(len(sys.modules)).info():
        if library["user_api"] == "blas":
            kernels = f" for {library['architecture']}" if library.get("architecture") else ""
            version = f"{library['internal_api']} {library['version']}{kernels}"
            place = Path(library["filepath"]).resolve()
            if place.is_relative_to(numpy_folder) or place.is_relative_to(packages / "numpy.libs"):
                return version
            if not place.is_relative_to(packages):  # the system's, which numpy shares with whoever wants it
                shared = shared or version
    return shared


@contextmanager
def allocate(trainer: Trainer, wanted: int = 0) -> Iterator[ThreadAllocation]:
    """Give a run its share of the threads until the context is left.

    Runs that train at the same time in one process share the cores evenly: each has to look at its ``share`` now and
    then. BLAS has one number of threads for the whole process, and so has torch: the smallest that its runs want, where
    the user's own numbers come first.

    Args:
        trainer: what the run trains; one that has a say in its threads is ``engines.capability.Threaded``.
        wanted: the user's number, which is then never changed; 0 where the user leaves it to the program.
    """
    taken = ThreadAllocation(trainer, wanted)
    with _lock:
        _allocations.append(taken)
    try:
        _apply()
        yield taken
    finally:
        with _lock:
            _allocations.remove(taken)
        if not sys.is_finalizing():  # BLAS may be gone already, and nothing trains any more
            _apply()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Do small products with one thread while the context lasts; a run that trains keeps the number that it has set.

    Threads of BLAS wait for each other many times within the eigenvalues of a small matrix: where another program has
    one of the cores, 100 by 100 take a third of a second in place of a millisecond.
    """
    with _lock:
        if not _allocations:
            _limit_blas(1)
    try:
        yield
    finally:
        if not sys.is_finalizing():
            _apply()


class ThreadAllocation:
    """The threads of one run among the runs of this process.

    Attributes:
        trainer: what the run trains.
        wanted: the user's number of threads; 0 where it is to be found.
        count: threads asked for now.
    """

    def __init__(self, trainer: Trainer, wanted: int) -> None:
        self.count = wanted or 1  # from the start: others may set the threads before this run does
        self.trainer = trainer
        self.wanted = wanted

    def use(self, count: int) -> None:
        """Use so many threads from the next product on."""
        self.count = count
        _apply()

    @property
    def share(self) -> int:
        """The most threads that the run may have now, beside the other runs of this process."""
        with _lock:
            return max(1, cores() // len(_allocations))


def _apply() -> None:
    """Tell every library that trains here its number of threads; BLAS gets all cores back at the end."""
    with _lock:
        kinds: dict[type | None, list[ThreadAllocation]] = {}
        for taken in _allocations:
            kinds.setdefault(type(taken.trainer) if isinstance(taken.trainer, Threaded) else None, []).append(taken)
        of_blas: list[int] = []
        of_others: list[int] = []
        for allocations in kinds.values():
            said = [taken.count for taken in allocations if taken.wanted]
            count = min(said or [taken.count for taken in allocations])
            for taken in allocations:
                left = taken.trainer.use_threads(count) if isinstance(taken.trainer, Threaded) else count
                (of_blas if left else of_others).append(left or count)
        _limit_blas(min(of_blas or of_others, default=cores()))


def _limit_blas(count: int) -> None:
    from threadpoolctl import OpenBLASController  # not for the interface's first frame

    # The library lets one thread set the number and ignores all others as long as that one lives. Here every run
    # has a thread of its own, and this module is where they agree. Who trains without it looks inside a model
    # with it, and its threads would wait for the cores that two such runs have taken.
    OpenBLASController.clear_controlling_thread(force=True)
    _libraries(len(sys.modules)).limit(limits=count, user_api="blas")


@functools.lru_cache(maxsize=1)
def _libraries(_n_modules: int) -> ThreadpoolController:
    """Return what sets the threads of the libraries that are loaded.

    To look for them reads the names of all libraries of the process, which took longer than the start of a small run.
    A library that is loaded later comes with a module, so that their number says when to look again.
    """
    from threadpoolctl import ThreadpoolController  # not for the interface's first frame

    return ThreadpoolController()
