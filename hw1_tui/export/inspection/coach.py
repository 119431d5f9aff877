"""``inspect RUN coach``: what the coach says of a kept run, and what each of its rules came to."""

from __future__ import annotations

from typing import Any

from hw1_tui.analysis.coach import RULES, Advice, Coach, coach_kept
from hw1_tui.export.inspection.view import Shown
from hw1_tui.export.table import Table
from hw1_tui.runs import RunRecord, Store

NAME, HELP = "coach", "what is wrong with it, on what evidence, and what would help"


def show(store: Store, record: RunRecord) -> Shown:
    """Show what the coach says; it reads the log alone, and needs neither model nor data.

    Raises:
        MistakeError: the run's folder or configuration cannot be read.
    """
    coach = coach_kept(store, record)
    now = coach.advice
    said = [now.words, f"Not looked at: {now.rule.unseen}"] if now else ["Nothing is wrong, as far as the rules look."]
    if not store.diagnostics(record.run):
        said.append("Nobody looked inside this model while it trained: rules that need it were passed over.")
    rows = tuple((rule.name, _spoke(coach, rule.name), rule.threshold, rule.source) for rule in RULES)
    records = [{"run": record.run, **_record(advice), "holds": advice == now} for advice in coach.said]
    return Shown(records, said, [Table(("rule", "spoke after epoch", "when it speaks", "source"), rows)])


def _spoke(coach: Coach, name: str) -> str:
    return ", ".join(str(advice.epoch) for advice in coach.said if advice.rule.name == name)


def _record(advice: Advice) -> dict[str, Any]:
    fix = advice.symptom.fix
    return {
        "rule": advice.rule.name,
        "epoch": advice.epoch,
        "is_remark": advice.rule.is_remark,
        "sentence": advice.rule.sentence,
        "evidence": advice.symptom.evidence,
        "unseen": advice.rule.unseen,
        "source": advice.rule.source,
        "fix": fix and fix.words,
        "changes": dict(fix.changes) if fix else None,
        "place": fix and fix.place,
    }
