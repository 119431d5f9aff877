"""What the comparison of runs rests on, gathered from their folders; what was not kept is measured again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engines.contract import Dataset, EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.difference import RunEvidence
from hw1_tui.runs.prediction import Predictions
from hw1_tui.training.kept_data import load_kept
from hw1_tui.training.measurement import kept_predictions, predictions


def gather_evidence(
    store: Store, records: Sequence[RunRecord], *, measures: bool = True, say: Callable[[str], object] = lambda _: None
) -> dict[str, RunEvidence]:
    """Return what is known of runs, by their identifier.

    Args:
        store: the history.
        records: the runs.
        measures: whether a run that did not keep what it said of the test examples is measured again, which may load
            its data and takes seconds.
        say: told what takes time, and of which runs it cannot be known.

    Raises:
        MistakeError: a run's folder cannot be read.
    """
    tested = {record.run: kept_predictions(store, record, "test") for record in records}
    missing = [r for r in records if tested[r.run] is None and r.results.get("test_loss") is not None]
    if measures and missing:
        say(f"Measured again, as no predictions were kept: {counted(len(missing), 'run')}.")
        tested |= _measured(store, missing, say)
    return {record.run: RunEvidence(store.metrics(record.run), tested[record.run]) for record in records}


def _measured(store: Store, records: Sequence[RunRecord], say: Callable[[str], object]) -> dict[str, Predictions]:
    """Return what can be measured again; the data of several runs is loaded once."""
    data: dict[object, Dataset] = {}
    found: dict[str, Predictions] = {}
    for record in records:
        fingerprint = record.facts.get("fingerprint")
        try:
            if fingerprint not in data:
                data = {fingerprint: load_kept(record.config_now, record.facts)}
            found[record.run] = predictions(store, record, "test", dataset=data[fingerprint])
        except (MistakeError, EngineError) as error:
            say(f"{record.run} cannot be compared example by example: {error}")
    return found
