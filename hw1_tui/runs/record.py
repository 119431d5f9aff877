"""What is known of a run, gathered from its folder: the row that tables show, filters ask and the index keeps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hw1_tui.config_history import Change, ConfigHistory, changed_before, config_after, config_now, not_repeated
from hw1_tui.diagnostics import Diagnostics
from hw1_tui.metric import NOTHING, EpochMetrics, Metric, best_epoch, end_metrics, epoch_metrics
from hw1_tui.runs.folder import Labels, RunFolder
from hw1_tui.runs.reader import ENDS

RUNNING, INTERRUPTED = "running", "interrupted"
STATUSES = (*ENDS, RUNNING, INTERRUPTED)

_VERSION = 5
"""Goes up when a row says more or other things; that it has other metrics is seen without."""

SIZES = ("train_examples", "val_examples", "test_examples", "features", "parameters")
_LABELS = ("name", "tags", "note", "starred")

CURVE_POINTS = 12
"""Epochs of the curve that a list of runs has beside each."""

BEST = "best_"
"""Begins the name of a metric as it was after the epoch with the lowest validation loss."""


def last_metrics() -> list[Metric]:
    """Return the metrics whose value after the last epoch is a result of the run."""
    return [metric for metric in epoch_metrics() if metric.kind not in ("rate", "time")]


def best_metrics() -> list[Metric]:
    """Return the metrics whose value after the best epoch is a result as well: those of the validation split."""
    return [metric for metric in last_metrics() if metric.split == "val" and metric.is_compared]


def result_names() -> tuple[str, ...]:
    """Return the names of a run's results, in the order of tables."""
    best = (f"{BEST}{metric.name}" for metric in best_metrics())
    last, end = ([metric.name for metric in metrics] for metrics in (last_metrics(), end_metrics()))
    return "epochs_done", *last, "best_epoch", *best, *end, "reason", "seconds"


@dataclass(frozen=True)
class RunRecord:
    """A run as it stands.

    Attributes:
        run: its identifier.
        created: when it began, ISO 8601 in UTC.
        status: how it ended, or ``running`` or ``interrupted``.
        config: the configuration that it began with, but for ``epochs``, which is how many are planned now.
        results: by name, see ``result_names``; ``None`` for what was not measured. Metrics are those of the last
            epoch, with ``best_`` those of the epoch with the lowest validation loss.
        facts: numbers of examples, features and parameters, fingerprint of the data, versions, device and threads,
            parent, the sweep that it is a trial of and its point.
        labels: what a person said of it.
        changes: what was steered while it was trained, or changed when it went on, in order.
        curve: the validation accuracy after up to ``CURVE_POINTS`` epochs that lie evenly, the first and the last among
            them; where none was measured, the validation loss.
    """

    run: str
    created: str
    status: str
    config: Mapping[str, Any]
    results: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)
    changes: tuple[Change, ...] = ()
    curve: tuple[float, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether a process trains it."""
        return self.status == RUNNING

    @property
    def config_now(self) -> dict[str, Any]:
        """The configuration that holds now: what going on begins with."""
        return config_now(self.config, self.changes)

    def config_after(self, epoch: int) -> dict[str, Any]:
        """Return the configuration that held at the end of an epoch: what a branch from there begins with."""
        return config_after(self.config, self.changes, epoch)

    @property
    def title(self) -> str:
        """Its name where it has one, else its identifier."""
        return self.labels.name or self.run

    @property
    def parent(self) -> str:
        """The run that it was branched from; empty for none."""
        return str(self.facts.get("parent") or "")

    @property
    def parent_epoch(self) -> int | None:
        """The epoch of its parent that it went on from."""
        epoch = self.facts.get("parent_epoch")
        return None if epoch is None else int(epoch)

    @property
    def sweep(self) -> str:
        """The name of the sweep that it was made for; empty for none."""
        return str((self.facts.get("sweep") or {}).get("name", ""))

    @property
    def origin(self) -> str:
        """The run and epoch that it was branched from, as words; empty for none."""
        return describe_origin(self.parent, self.parent_epoch or 0) if self.parent else ""

    @property
    def changed_before(self) -> tuple[Change, ...] | None:
        """What was changed on the way to its first epoch, by branching too; ``None`` where a branch does not say it."""
        if (kept := self.facts.get("changed_before")) is None:
            return None if self.parent else ()
        return tuple(Change(**change) for change in kept)

    @property
    def joined_changes(self) -> tuple[Change, ...]:
        """What was changed along its curve with the epochs before it was branched, as far as that is known."""
        return *(self.changed_before or ()), *self.changes

    def changes_to(self, epoch: int, values: Mapping[str, Any]) -> list[Change]:
        """Return what is changed on the way to a branch of it, see ``config_history.changed_before``."""
        return changed_before(self.config, self.joined_changes, epoch, values)

    @property
    def not_repeated(self) -> list[str]:
        """What training anew with its configuration leaves out, in words."""
        return [self.origin] * bool(self.origin) + not_repeated(self.config, self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as a flat dictionary fit for JSON: what filters and columns name."""
        facts = {name: self.facts.get(name) for name in (*SIZES, "fingerprint", "trained_on", "parent", "parent_epoch")}
        labels = {name: getattr(self.labels, name) for name in _LABELS}
        return {
            "run": self.run,
            "created": self.created,
            "status": self.status,
            **labels,
            "tags": list(self.labels.tags),
            **self.config,
            "steered": list(map(str, self.changes)),
            **self.results,
            **facts,
            "sweep": self.sweep,
        }

    def pack(self) -> dict[str, Any]:
        """Return it as the index keeps it."""
        labels = {**vars(self.labels), "tags": list(self.labels.tags)}
        return {**vars(self), "labels": labels, "changes": [vars(change) for change in self.changes]}

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> RunRecord:
        """Return what ``pack`` packed."""
        labels = Labels(**{**packed["labels"], "tags": tuple(packed["labels"]["tags"])})
        changes = tuple(Change(**change) for change in packed["changes"])
        return cls(**{**packed, "labels": labels, "changes": changes, "curve": tuple(packed["curve"])})


def describe_origin(run: str, epoch: int) -> str:
    """Return in words what a run was branched from."""
    return f"branched from {run} after epoch {epoch}"


class Summary:
    """What the events of a run come to, taken one after the other."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.configs = ConfigHistory(config)
        self.epochs: dict[int, EpochMetrics] = {}
        self.inside: dict[int, Any] = {}
        self.facts: dict[str, Any] = {}
        self.end: dict[str, Any] | None = None
        self._before = (-1, 0.0)  # the epoch that a session began after, and the seconds of those before it

    def take(self, event: Mapping[str, Any]) -> None:
        """Take the next event."""
        kind = event.get("event")
        if kind == "run_started":
            self._start(event)
        elif kind == "epoch" and isinstance(event.get("epoch"), int):
            self.epochs[event["epoch"]] = EpochMetrics.from_dict(event)
            self.inside[event["epoch"]] = event.get("inside")
        elif kind == "steered":
            self.configs.change(str(event.get("name")), event.get("new"), event.get("epoch"))
        elif kind == "run_ended" and event.get("status") in ENDS:
            self.end = dict(event)

    def _start(self, event: Mapping[str, Any]) -> None:
        self.configs.begin(event, event.get("resumed_epoch"))
        self.facts.update(
            {name: event[name] for name in (*SIZES, "fingerprint", "classes", "trained_on") if name in event}
        )
        if self.end and isinstance(event.get("resumed_epoch"), int):
            self._before = event["resumed_epoch"], self.end.get("seconds") or 0.0
        self.end = None
        # Who goes on with the same settings comes to the same metrics again; otherwise those after it are overtaken.
        if not event.get("repeats"):
            done = event.get("resumed_epoch")
            last = done if isinstance(done, int) else -1
            self.epochs = {epoch: measured for epoch, measured in self.epochs.items() if epoch <= last}
            self.inside = {epoch: found for epoch, found in self.inside.items() if epoch <= last}

    @property
    def metrics(self) -> list[EpochMetrics]:
        """The epochs in order, each as it was measured last."""
        return [self.epochs[epoch] for epoch in sorted(self.epochs)]

    @property
    def diagnostics(self) -> dict[int, Diagnostics]:
        """What was so inside the model, by epoch, of those after which it was looked at."""
        read = {epoch: Diagnostics.from_dict(self.inside[epoch]) for epoch in sorted(self.inside)}
        return {epoch: found for epoch, found in read.items() if found}

    def curve(self) -> tuple[float, ...]:
        """Return the curve of a list of runs, see ``RunRecord``."""
        accuracies, losses = ([value for epoch in self.metrics if (value := epoch[name]) is not None]
                              for name in ("val_accuracy", "val_loss"))  # fmt: skip
        values = accuracies or losses
        last, parts = len(values) - 1, min(len(values), CURVE_POINTS) - 1
        return tuple(round(values[round(part * last / max(parts, 1))], 6) for part in range(parts + 1))

    def results(self) -> dict[str, Any]:
        """Return the results by name, see ``result_names``."""
        metrics = self.metrics
        last, best = metrics[-1] if metrics else NOTHING, best_epoch(metrics) or NOTHING
        end = self.end or {}
        told, seconds = self._before
        since = math.fsum(epoch["seconds"] or 0.0 for epoch in metrics if epoch.epoch > told)
        return {
            "epochs_done": last.epoch,
            **{metric.name: last[metric.name] for metric in last_metrics()},
            "best_epoch": best.epoch or None,
            **{f"{BEST}{metric.name}": best[metric.name] for metric in best_metrics()},
            **{metric.name: end.get(metric.name) for metric in end_metrics()},
            "reason": end.get("reason"),
            "seconds": end.get("seconds", seconds + since),
        }


def summarise(facts: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> Summary:
    """Return what the events of a run come to, given what was true when it began."""
    summary = Summary(facts.get("config", {}))
    for event in events:
        summary.take(event)
    return summary


def gather(facts: Mapping[str, Any], events: Iterable[Mapping[str, Any]], labels: Labels) -> RunRecord:
    """Return the row of a run from what is in its folder; one without an end counts as interrupted."""
    summary = summarise(facts, events)
    status = summary.end["status"] if summary.end else INTERRUPTED
    own = {name: value for name, value in facts.items() if name not in ("format", "run", "created", "config")}
    return RunRecord(
        run=facts["run"],
        created=facts["created"],
        status=status,
        config=summary.configs.first,
        changes=tuple(summary.configs.changes),
        curve=summary.curve(),
        results=summary.results(),
        facts={**own, **summary.facts},
        labels=labels,
    )


def read_record(folder: RunFolder) -> RunRecord:
    """Return the row of a run's folder.

    Raises:
        MistakeError: the folder is damaged.
    """
    return gather(folder.facts(), folder.events(), folder.labels())


def row_version() -> str:
    """Return what marks rows that say what this program's say, so that those of another are gathered again."""
    return f"{_VERSION}:{','.join(result_names())}"


def with_liveness(record: RunRecord, is_live: bool) -> RunRecord:
    """Return the row with ``running`` where a process trains the run."""
    return replace(record, status=RUNNING) if is_live else record
