"""Scripts for a queue of SLURM's: what ``sbatch`` is given."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_END = 60
"""So long before its time is over a job is told to end; SLURM's clock may be as much early again."""

TIMES = "minutes, H:MM:SS or D-HH:MM:SS"

LEAST_SECONDS = 3 * SECONDS_TO_END
"""A job of less would be told to end as soon as it has begun."""

_TIME = re.compile(
    r"(?:(?P<m>[0-9]{1,6})(?::(?P<s>[0-5][0-9]))?"
    r"|(?P<h>[0-9]{1,4}):(?P<hm>[0-5][0-9]):(?P<hs>[0-5][0-9])"
    r"|(?P<d>[0-9]{1,3})-(?P<dh>[01]?[0-9]|2[0-3])(?::(?P<dm>[0-5][0-9])(?::(?P<ds>[0-5][0-9]))?)?)"
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PARTITION = re.compile(r"[\w.+-]+(?:,[\w.+-]+)*")


@dataclass(frozen=True)
class Allocation:
    """What each job of an array is given.

    Attributes:
        cores: processor cores.
        memory: bytes.
        time: until it is ended, as SLURM writes it; empty for what the partition has.
        partition: where it runs; empty for the default.
    """

    cores: int
    memory: int
    time: str = ""
    partition: str = ""

    @property
    def megabytes(self) -> int:
        """The memory as SLURM counts it, rounded up."""
        return -(-self.memory // (1 << 20))

    def lines(self) -> list[str]:
        """Return the lines of a script that ask for it."""
        wanted = {
            "cpus-per-task": self.cores,
            "mem": f"{self.megabytes}M",
            "time": self.time,
            "partition": self.partition,
        }
        return ["#SBATCH --ntasks=1", *(f"#SBATCH --{option}={value}" for option, value in wanted.items() if value)]


def read_time(text: str) -> int | None:
    """Return the seconds that a text is where SLURM reads it as a time; ``None`` where it is none."""
    match = _TIME.fullmatch(text)
    parts = match.groupdict() if match else {}
    return sum(int(number) * _SECONDS[name[-1]] for name, number in parts.items() if number) if match else None


def is_partition(text: str) -> bool:
    """Return whether a text can be the name of a partition, or names by commas."""
    return _PARTITION.fullmatch(text) is not None


def job_script(
    name: str,
    array: str,
    allocation: Allocation,
    words: Sequence[str],
    last: str = "",
    variables: Mapping[str, str] | None = None,
) -> str:
    """Return a script that runs this program as each job of an array.

    The program takes the shell's place, so that what SLURM sends to end a job reaches it: the run is kept.

    Args:
        name: what the jobs are called.
        array: the numbers of the jobs, as SLURM writes them.
        allocation: what each is given.
        words: of the command line, after the program.
        last: words that the shell is to fill in, such as the number of the job.
        variables: of the environment.
    """
    program = shlex.join([sys.executable, "-P", "-m", "hw1_tui", *words])
    lines = [
        "#!/bin/bash",
        f"#SBATCH --job-name={name}",
        f"#SBATCH --array={array}",
        *allocation.lines(),
        f"#SBATCH --signal=B:TERM@{SECONDS_TO_END}",
        "#SBATCH --output=%x-%A-%a.log",
        "#SBATCH --open-mode=append",  # a job that is put into the queue again goes on, and so does its log
        "# Options of sbatch win over these lines: sbatch --account=NAME FILE",
        f"cd {shlex.quote(str(Path.cwd()))} || exit 1",
        *(f"export {variable}={shlex.quote(value)}" for variable, value in (variables or {}).items()),
        'export OMP_NUM_THREADS="$SLURM_CPUS_PER_TASK"',
        f"exec {program} {last}".rstrip(),
    ]
    return "\n".join(lines) + "\n"
