"""What each example of a split got from a kept run, for comparisons pair by pair."""

from __future__ import annotations

import functools

from engines.contract import Dataset, EngineError, SplitName
from hw1_tui.files.notice import say_once
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.prediction import Predictions, examples_of
from hw1_tui.runs.series import ExampleReader
from hw1_tui.training.measurement import predictions


def example_reader(store: Store, record: RunRecord, dataset: Dataset | None = None) -> ExampleReader:
    """Return a reader of what a run said of its examples at its end; it reads, or measures, when it is first asked.

    What cannot be measured any more, as the checkpoint or the data is gone, is said once and counts as not known.

    Args:
        store: the history.
        record: the run.
        dataset: its data, where that is loaded already.
    """

    @functools.cache
    def found(split: SplitName) -> Predictions | None:
        try:
            return predictions(store, record, split, dataset=dataset)
        except (MistakeError, EngineError) as error:
            say_once(f"{record.title}: what it said of each example is not known: {error}")
            return None

    return lambda split, kind: examples_of(found(split), kind)
