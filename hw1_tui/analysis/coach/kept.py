"""The coach on a kept run, and the run that its advice asks for."""

from __future__ import annotations

from hw1_tui.analysis.coach.coach import Advice, Coach
from hw1_tui.analysis.coach.course import Course
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.job import Job


def coach_kept(store: Store, record: RunRecord) -> Coach:
    """Return a coach that has heard a kept run from its first epoch to its last, as it was steered.

    Raises:
        MistakeError: its folder or its configuration cannot be read any more.
    """
    facts = record.facts
    config = RunConfig.from_dict(record.config, record.run)
    n_train, n_val = (int(facts.get(name) or 0) for name in ("train_examples", "val_examples"))
    coach = Coach(Course(config, n_train, n_val, len(facts.get("classes") or ())))
    inside, changes = store.diagnostics(record.run), list(record.changes)
    for metrics in store.metrics(record.run):
        while changes and changes[0].epoch <= metrics.epoch:
            change = changes.pop(0)
            coach.hear_change(change.name, change.new)
        coach.hear(metrics, inside.get(metrics.epoch))
    coach.hear_end(record.status)
    return coach


def fixed_job(advice: Advice, config: RunConfig, run: str, best_epoch: int | None, last_epoch: int) -> Job:
    """Return the run that an advice asks for: a new one, or a branch of the run that it was given on.

    Args:
        advice: it; one with a fix.
        config: what the run is trained with now.
        run: its identifier; empty where it is not kept, and nothing can branch from it.
        best_epoch: the epoch with the lowest validation loss.
        last_epoch: epochs that are done.

    Raises:
        MistakeError: there is no fix, or nothing to branch from, or a value of it is not allowed.
    """
    fix = advice.symptom.fix
    if fix is None:
        raise MistakeError(Mistake("coach", "no setting is to blame, so there is no other run to try"))
    changed = config.changed(**fix.changes)
    if fix.place == "start":
        return Job(changed)
    epoch = best_epoch if fix.place == "best" else last_epoch
    if not run or epoch is None:
        raise MistakeError(Mistake("coach", "the run is not kept, so nothing can begin at one of its epochs"))
    return Job(changed, parent=(run, epoch), changes=fix.changes)
