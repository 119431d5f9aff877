"""A queue of SLURM's with one node, this machine: brought up for a test, and gone after it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo", "scontrol")

# A message that a busy machine does not answer in time is sent again after a minute: so long is waited for it at once.
_CONFIGURATION = """\
ClusterName=hw1
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
MpiDefault=none
MessageTimeout=60
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
StateSaveLocation={folder}
SlurmdSpoolDir={folder}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=64000
PartitionName=main Nodes=ALL Default=YES State=UP
"""


def missing() -> str:
    """Return why there can be no queue here; empty where there can."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"SLURM is not installed: there is no {absent[0]}"
    return "" if os.geteuid() == 0 else "only root may start SLURM's daemons"


def eventually(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait for what other processes do."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not come to pass; in the queue:\n{ask('squeue')}\n{ask('sinfo', '-R')}"
        time.sleep(0.1)


def ask(program: str, *words: str) -> str:
    """Return what a program of SLURM's says; empty where it does not answer yet."""
    return subprocess.run([program, *words], capture_output=True, text=True).stdout.strip()


@contextmanager
def queue(folder: Path) -> Iterator[str]:
    """Bring a queue up in a folder until the context is left; give the path of its configuration."""
    host = socket.gethostname().partition(".")[0]
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [each.getsockname()[1] for each in (one, two)]
    path = folder / "slurm.conf"
    path.write_text(_CONFIGURATION.format(host=host, ports=ports, folder=folder))
    environment = {**os.environ, "SLURM_CONF": str(path)}
    with ExitStack() as stack:
        for daemon in ("slurmctld", "slurmd"):
            with (folder / f"{daemon}.out").open("w") as out:
                process = subprocess.Popen([daemon, "-D", "-c"], stdout=out, stderr=out, env=environment)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        os.environ["SLURM_CONF"] = str(path)
        stack.callback(os.environ.pop, "SLURM_CONF")
        eventually(lambda: ask("sinfo", "-h", "-o", "%T") == "idle")
        stack.callback(_empty)
        yield str(path)


def _empty() -> None:
    """End every job and wait until it is gone."""
    ask("scancel", "--user=root")
    eventually(lambda: not ask("squeue", "-h"))
