"""Which runs a report needs on some data, each once, and which of them the history has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.preset import Preset
from hw1_tui.report.questions.question import Homework
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import identity
from hw1_tui.runs.turn import Training, find_trained, is_another, with_whole_batch
from hw1_tui.settings import DEFAULT_DATA, RunConfig
from hw1_tui.training.opening import check_fit
from hw1_tui.training.standardizing import as_configured
from hw1_tui.training.work import estimate_work

PlannedRunKey = tuple[str, int]


@dataclass(frozen=True)
class PlannedRun:
    """A run of the report with one seed, or one of the seeds of ``train --seeds``.

    Attributes:
        name: the run's name in the questions file; of ``train --seeds`` its seed.
        title: what it is; may be empty.
        repetition: 0 for the report's own seed, 1 for the next, and so on.
        config: what to train.
        data: what it is trained on.
    """

    name: str
    title: str
    repetition: int
    config: RunConfig
    data: Dataset = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """The name, with the repetition where it is not the first."""
        return f"{self.name} (seed {self.repetition + 1})" if self.repetition else self.name

    @property
    def training(self) -> Training:
        """What is trained on which data, by which it is found in the history."""
        return self.config, self.data.fingerprint

    def work(self) -> float:
        """Return how long it may take, seconds on some machine: only ratios between runs mean anything."""
        return estimate_work(self.config, len(self.data.train), self.data.n_features)


def plan_runs(
    homework: Homework, source: str, data: Mapping[Wanted, Dataset], seeds: int = 1, epochs_scale: float = 1.0
) -> list[PlannedRun]:
    """Return every run that a report needs, those of the report's own seed first.

    Args:
        homework: the questions that are asked.
        source: where the data of the runs comes from for which the questions file names none.
        data: every data set that is needed, by its source and how it is read.
        seeds: how many seeds each run is repeated with; the first is the report's own, the others follow it.
        epochs_scale: what the number of epochs is multiplied with; at least one epoch is trained.
    """
    presets = [homework.runs[name] for name in homework.needed_runs()]
    return [
        _planned(preset, preset.data or source, data[preset.wanted(source)], repetition, epochs_scale)
        for repetition in range(seeds)
        for preset in presets
    ]


def _planned(preset: Preset, source: str, data: Dataset, repetition: int, epochs_scale: float) -> PlannedRun:
    config = _config(preset, source, len(data.train), repetition, epochs_scale)
    return PlannedRun(preset.name, preset.title, repetition, config, as_configured(data, config))


def _config(preset: Preset, data: str, n_examples: int, repetition: int, epochs_scale: float) -> RunConfig:
    config = RunConfig.from_dict({**preset.values_at(n_examples), "data": data})
    epochs = max(1, round(config.epochs * epochs_scale))
    return config.changed(epochs=epochs, seed=config.hyperparameters["seed"] + repetition)


def misfits(runs: Sequence[PlannedRun]) -> list[Mistake]:
    """Return why runs cannot be trained on their data, each reason once, at the first run that it is about."""
    found: dict[str, Mistake] = {}
    for run in runs:
        try:
            check_fit(run.config, run.data)
        except MistakeError as error:
            for mistake in error.mistakes:
                found.setdefault(mistake.problem, replace(mistake, place=f"{run.name}, data"))
    return list(found.values())


def find_kept(store: Store, runs: Sequence[PlannedRun]) -> dict[PlannedRunKey, RunRecord]:
    """Return the runs that the history has, by ``key``; see ``find_trained``."""
    return find_trained(store, {key(run): run.training for run in runs})


def find_newest(records: Sequence[RunRecord], presets: Sequence[Preset]) -> dict[str, RunRecord]:
    """Return the newest run with each preset's settings, by the preset's name; on any data, with any seed.

    What was steered, or branched from another run, had them for a part of its epochs.

    Args:
        records: runs of the history.
        presets: what is looked for.
    """
    wanted: dict[int, dict[str, list[str]]] = {}
    newest: dict[str, RunRecord] = {}
    for record in records:
        if record.parent or is_another(record.config, record.changes):
            continue
        n = int(record.facts.get("train_examples") or 1)
        if n not in wanted:
            wanted[n] = {}
            for preset in presets:
                config = _config(preset, DEFAULT_DATA, n, 0, 1.0).as_dict()
                wanted[n].setdefault(identity(with_whole_batch(config, n), "seed"), []).append(preset.name)
        for name in wanted[n].get(identity(with_whole_batch(record.config, n), "seed"), ()):
            if name not in newest or record.created > newest[name].created:
                newest[name] = record
    return newest


def wanted_by(record: RunRecord, presets: Sequence[Preset]) -> str:
    """Return the sweep that a run was made for, or ``report`` where it has the settings of one of its runs."""
    return f"sweep {record.sweep}" if record.sweep else "report" if find_newest([record], presets) else ""


def key(run: PlannedRun) -> PlannedRunKey:
    """Return what tells a planned run from others: its name and repetition."""
    return run.name, run.repetition
