"""The runs of a report as jobs: in which order, with how many threads, and each trained by one program alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engines import registry
from engines.capability import holds_interpreter, is_thread_independent
from engines.threads import cores
from hw1_tui.report.runs.plan import PlannedRun, PlannedRunKey, key
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import is_done, taken
from hw1_tui.settings import RunConfig
from hw1_tui.training.checkpoint import DEFAULT_CHECKPOINTS, CheckpointOptions
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.executor import Open, OpenRecorded, open_here
from hw1_tui.training.job import Job
from hw1_tui.training.job_context import JobContext

GROUP = "report"


def planned_jobs(runs: Sequence[PlannedRun], kept: Mapping[PlannedRunKey, RunRecord]) -> list[tuple[PlannedRun, Job]]:
    """Return the jobs that train some runs, those that are interrupted from where they are.

    Runs that have to follow one another are a chain. Of one seed the longest chain comes first: what begins last is
    short, and no core waits long for it.

    Args:
        runs: what is missing.
        kept: what the history has of them.
    """
    chains: dict[PlannedRunKey, list[PlannedRun]] = {}
    for run in runs:
        engine = run.config.engine
        chains.setdefault((engine if _follow_one_another(engine) else run.name, run.repetition), []).append(run)
    works = {name: sum(work_left(run, kept.get(key(run))) for run in chain) for name, chain in chains.items()}
    ordered = [chains[name] for name in sorted(chains, key=lambda name: (name[1], -works[name]))]
    has_spare = len(chains) < cores()
    return [(run, _job(run, kept.get(key(run)), has_spare)) for chain in ordered for run in chain]


def work_left(run: PlannedRun, record: RunRecord | None) -> float:
    """Return how long the rest of a run may take; see ``PlannedRun.work``."""
    return run.work() * (1 - epochs_done(record) / max(run.config.epochs, 1))


def epochs_done(record: RunRecord | None) -> int:
    """Return how many epochs the history has of a run."""
    return int(record.results["epochs_done"]) if record else 0


def open_planned(
    run: PlannedRun,
    store: Store,
    checkpoints: CheckpointOptions = DEFAULT_CHECKPOINTS,
    open_recorded: OpenRecorded = open_here,
) -> Open:
    """Return what opens the job of a run, unless another program has the run or the history has more of it by now.

    Args:
        run: the run.
        store: the history.
        checkpoints: which are kept.
        open_recorded: opens a job where it is to train, see ``training.executor.Executor``.
    """

    def events(job: Job, control: Control) -> Iterator[Event]:
        with taken(store, run.training) as turn:
            is_as_known = (turn.kept.run if turn.kept else "") == job.run
            if turn.is_ours and is_as_known and not control.stopping:
                yield from open_recorded(job, control, JobContext(store, run.data, checkpoints))

    return events


def _job(run: PlannedRun, record: RunRecord | None, has_spare: bool) -> Job:
    begun = record.run if record and not is_done(record) else ""
    return Job(_config(run, has_spare), run.label, run=begun, group=GROUP)


def _config(run: PlannedRun, has_spare: bool) -> RunConfig:
    """Return what to train: with one thread, whatever else is missing, so that the last bits are no question.

    A run that is the same with any number may have the cores that are left, and one that names a number has that.
    """
    is_free = has_spare and is_thread_independent(registry.get(run.config.engine), run.config)
    return run.config if is_free or run.config.hyperparameters["threads"] else run.config.changed(threads=1)


def _follow_one_another(engine: str) -> bool:
    return holds_interpreter(registry.get(engine))
