"""Timing sides of a comparison in turns, each at the number of threads that suits it, and a process's peak memory."""

import contextlib
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from threadpoolctl import ThreadpoolController

from engines.numpy_engine.trainer import NumpyTrainer
from engines.threads import cores
from tests.bench.row import Row

Work = Callable[[], object]


class Epoch:
    """The work of one epoch of this program.

    Args:
        trainer: of the numpy engine.
    """

    def __init__(self, trainer: NumpyTrainer) -> None:
        self._trainer = trainer
        self.use_threads = trainer.use_threads

    def __call__(self) -> None:
        """Train one epoch."""
        for _ in self._trainer.epoch():
            pass


def seconds(work: Work, threads: int) -> float:
    """Return how long a piece of work takes with so many threads: BLAS's, or its own where it has any."""
    of_blas = work.use_threads(threads) if isinstance(work, Epoch) else threads
    with ThreadpoolController().limit(limits=of_blas):
        start = time.perf_counter()
        work()
        return time.perf_counter() - start


def best_threads(work: Work) -> int:
    """Return whether one thread or all of them do the work faster; it is done once before, to warm up."""
    seconds(work, 1)
    return min({1, cores()}, key=lambda threads: min(seconds(work, threads) for _ in range(2)))


def compare(
    name: str, ours: Work, peer: Work, *, bar: float | None, reach: float | None, pairs: int = 5, share: float = 1.0
) -> Row:
    """Time two sides in turns.

    Both sides run at the number of threads that is faster for them, as found by a trial: a peer slowed by a poor
    number would flatter us.

    Args:
        name: of the row.
        ours: work of this program.
        peer: the same work done by the other.
        bar: how many times faster ours must be.
        reach: and should be.
        pairs: how often each side runs.
        share: examples of ``peer`` for one of ``ours``, where the peer is too slow to do all.
    """
    threads = best_threads(ours), best_threads(peer)
    times = [(seconds(ours, threads[0]), seconds(peer, threads[1]) / share) for _ in range(pairs)]
    return _row(name, times, bar, reach, {"threads": threads[0], "peer_threads": threads[1]})


def compare_script(name: str, ours: Work, module: str, n: int, *, bar: float, reach: float, pairs: int = 3) -> Row:
    """Time work of this program and a script in turns; the script runs as it comes, in a process of its own.

    Args:
        name: of the row.
        ours: work of this program on ``n`` examples.
        module: of this package; prints the seconds that it took for so many examples as its argument says.
        n: examples.
        bar: how many times faster ours must be.
        reach: and should be.
        pairs: how often each side runs.
    """
    threads, command = best_threads(ours), [sys.executable, "-m", f"tests.bench.{module}", str(n)]
    times = [(seconds(ours, threads), float(subprocess.check_output(command, text=True))) for _ in range(pairs)]
    return _row(name, times, bar, reach, {"threads": threads})


def _row(
    name: str,
    times: Sequence[tuple[float, float]],
    bar: float | None,
    reach: float | None,
    details: Mapping[str, object],
) -> Row:
    ratio = statistics.median(theirs / own for own, theirs in times)
    medians = [statistics.median(side) for side in zip(*times, strict=True)]
    seconds_of = {"seconds": medians[0], "peer_seconds": medians[1], **details}
    return Row(name, ratio, "x", bar, reach, seconds_of, best="highest")


def peak_megabytes(words: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Return the peak resident memory of one `hw1-tui` command in a process of its own, in units of 10^6 bytes.

    Raises:
        RuntimeError: the command failed; with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *words],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (found := re.search(r"^peak (\d+)$", done.stderr, re.MULTILINE)):
        raise RuntimeError(f"hw1-tui {' '.join(words)} failed: {done.stderr[-500:]}")
    return int(found[1]) / 1e6


# The high-water mark of the process itself: on Linux getrusage's includes what the parent had when it was started.
_CHILD = """
import pathlib, re, resource, sys
from hw1_tui.cli import main
code = main(sys.argv[1:])
status = pathlib.Path("/proc/self/status")
if status.exists():
    peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"\\npeak {peak}", file=sys.stderr)
sys.exit(code)
"""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings of peers that are stopped before they converge off the terminal."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
