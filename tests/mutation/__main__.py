"""``python -m tests.mutation``: which errors do the checks notice? Ends with 3 where one goes unnoticed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.mutation.subject import Subject


def main() -> int:
    """Judge the mutants; return the exit code."""
    # Threads do not survive a fork.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    from tests.mutation.subject import SUBJECTS

    names = [subject.name for subject in SUBJECTS]
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__, allow_abbrev=False)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(names)}; all by default")
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants whose MODULE:FUNCTION has this in it")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of each module, the same each time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at a time")
    parser.add_argument("--verbose", action="store_true", help="print those that are caught as well")
    args = parser.parse_args()
    if unknown := set(args.subjects) - set(names):
        parser.error(f"{', '.join(sorted(unknown))}: a subject is one of {', '.join(names)}")
    chosen = [subject for subject in SUBJECTS if not args.subjects or subject.name in args.subjects]
    return 3 if sum(_judge(subject, args) for subject in chosen) else 0


def _judge(subject: Subject, args: argparse.Namespace) -> int:
    """Print what became of a subject's mutants; return how many survived without a reason."""
    from tests.mutation.equivalent import reason_of
    from tests.mutation.trial import judge_mutants, read_mutants, sample

    start = time.monotonic()
    if subject.judge():
        raise SystemExit(f"{subject.name}: the checks fail without any error put in")
    every = list(read_mutants(subject, args.only))
    mutants = every if args.sample is None else sample(every, args.sample)
    counts: Counter[tuple[str, str]] = Counter()
    for mutant, caught in judge_mutants(subject, mutants, args.jobs):
        reason = "" if caught else reason_of(mutant)
        verdict = "caught" if caught else "equivalent" if reason else "SURVIVES"
        counts[mutant.module, verdict] += 1
        if args.verbose or verdict == "SURVIVES":
            where = f"{mutant.module.replace('.', '/')}.py:{mutant.line}"
            print(f"{verdict}  {where} {mutant.function}:  {mutant.before}  ->  {mutant.after}", flush=True)
            if reason:
                print(f"    {reason}")
    print(f"\n{subject.name:42} mutants  caught  equivalent  SURVIVE")
    for module in dict.fromkeys(mutant.module for mutant in mutants):
        row = [counts[module, verdict] for verdict in ("caught", "equivalent", "SURVIVES")]
        print(f"{module:42} {sum(row):7}  {row[0]:6}  {row[1]:10}  {row[2]:7}")
    survivors = sum(count for (_, verdict), count in counts.items() if verdict == "SURVIVES")
    drawn = f", drawn from {len(every)}" if len(mutants) < len(every) else ""
    print(f"{len(mutants)} mutants{drawn}, {survivors} survive, {time.monotonic() - start:.0f} s")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
