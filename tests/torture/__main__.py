"""``python -m tests.torture``: 120 kills over both engines by default; ends with 1 at the first thing lost."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Run a campaign; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=120, help="kills at least (default: 120)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments (default: the time)")
    parser.add_argument(
        "--short", action="store_true", help="one kind of run an engine, shorter ones, and fewer trials"
    )
    args = parser.parse_args()
    # Threads do not survive a fork.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    from tests.torture.campaign import CASES, SHORT_CASES, campaign
    from tests.torture.cluster import kill_cluster, kill_processes
    from tests.torture.report import kill_workers_of_report
    from tests.torture.sweep import SHORT_SWEEPS, SWEEPS, kill_sweep

    start = time.monotonic()
    cases = SHORT_CASES if args.short else CASES
    with tempfile.TemporaryDirectory() as folder:
        try:
            for tally in campaign(Path(folder), args.kills, args.seed, cases):
                print(f"{tally.runs} runs, {tally.kills} kills, {tally.damaged} checkpoints damaged", flush=True)
            for name, words in (SHORT_SWEEPS if args.short else SWEEPS).items():
                killed = kill_sweep(Path(folder) / name, args.seed, words)
                print(f"a sweep, {name}: {killed} kills, nothing trained twice, trials bit-identical", flush=True)
            if not args.short:
                print(f"processes: {kill_processes(Path(folder) / 'processes', args.seed, 40)}", flush=True)
                kills = kill_workers_of_report(Path(folder) / "report", args.seed)
                print(f"a report on four processes: {kills} killed, and it says the same", flush=True)
                print(f"a cluster: {kill_cluster(Path(folder) / 'cluster', args.seed, 40)}", flush=True)
        except AssertionError as error:
            print(f"LOST with --seed {args.seed}: {error}", file=sys.stderr)
            return 1
    print(
        f"{tally.kills} kills, {tally.damaged} damaged checkpoints, {tally.epochs} acknowledged epochs: none lost, "
        f"{tally.runs} runs bit-identical, {time.monotonic() - start:.0f} s (seed {args.seed})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
