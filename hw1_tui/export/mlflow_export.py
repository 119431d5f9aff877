"""Runs handed to MLflow, for whoever has it installed (``pip install 'hw1-tui[mlflow]'``)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from hw1_tui.files.target import target_mistake
from hw1_tui.files.user_path import user_path
from hw1_tui.metric import NOTHING, EpochMetrics, end_metrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs.record import BEST, RUNNING, RunRecord, best_metrics

EXPERIMENT = "hw1-tui"
_TAG = "hw1_tui."
_LONGEST = 500
_LONGEST_TAG = 5000
_AT_ONCE = 1000
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
"""MLflow tries a server that does not answer for minutes, without a word; what a user sets counts."""

_STATUS = {"finished": "FINISHED", "stopped": "KILLED"}


def kept_in_mlflow(uri: str, run: str) -> list[str]:
    """Return the identifiers under which MLflow has a run of the history; empty where it has not.

    Raises:
        MistakeError: MLflow is not installed, or refuses the URI.
    """
    client = _client(uri)
    with _refusals():
        return _kept(client, run)


def export_to_mlflow(uri: str, record: RunRecord, metrics: Iterable[EpochMetrics], *, overwrite: bool = False) -> str:
    """Write a run into an MLflow store: hyperparameters as parameters, epochs as steps, labels as tags.

    Args:
        uri: MLflow's tracking URI, such as ``sqlite:///mlflow.db``.
        record: the run.
        metrics: its epochs.
        overwrite: whether what an earlier export of the run left there is deleted, once the new one is whole.

    Returns:
        The identifier that MLflow gave it.

    Raises:
        MistakeError: MLflow is not installed, or refuses the URI.
    """
    client = _client(uri)
    with _refusals():
        earlier = _kept(client, record.run) if overwrite else []
        run = client.create_run(_experiment(client), start_time=_milliseconds(record.created), run_name=record.title)
        identifier = str(run.info.run_id)
        epochs = list(metrics)
        try:
            _log(client, identifier, record, _points(record, epochs))
            if record.status != RUNNING:  # it would have ended now, however long ago it was trained
                client.set_terminated(identifier, _STATUS.get(record.status, "FAILED"), _end(record, epochs))
        except BaseException:
            with suppress(Exception):  # half a run would look like one that still trains
                client.delete_run(identifier)
            raise
        for other in earlier:
            client.delete_run(other)
    return identifier


def _client(uri: str) -> Any:
    """Return what speaks with a store.

    Raises:
        MistakeError: MLflow is not installed, or refuses the URI.
    """
    try:
        from mlflow.tracking import MlflowClient
    except ImportError:
        problem = "MLflow is not installed; python -m pip install 'hw1-tui[mlflow]'"
        raise MistakeError(Mistake("--mlflow", problem)) from None
    for name in ("mlflow", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.ERROR)  # what they warn of while they try again ends in one sentence
    uri = _meant(uri)
    for variable, value in _PATIENCE.items():
        os.environ.setdefault(variable, value)
    with _refusals():
        return MlflowClient(tracking_uri=uri)


@contextmanager
def _refusals() -> Iterator[None]:
    """Make a mistake of what MLflow raises: stores of other kinds fail by errors of their own, as SQLAlchemy's."""
    try:
        yield
    except Exception as error:
        raise MistakeError(Mistake("--mlflow", f"MLflow refuses: {str(error).partition(chr(10))[0]}")) from None


def _kept(client: Any, run: str) -> list[str]:
    if not (experiment := client.get_experiment_by_name(EXPERIMENT)):
        return []
    quote = '"' if "'" in run else "'"
    found = client.search_runs([experiment.experiment_id], f"tags.`{_TAG}run` = {quote}{run}{quote}")
    return [str(one.info.run_id) for one in found]


def _log(client: Any, identifier: str, record: RunRecord, points: list[tuple[str, float, int, int]]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    params = [Param(name, _short(value)) for name, value in record.config.items()]
    params += [Param("steered", _short("; ".join(map(str, record.changes))))] if record.changes else []
    tags = [RunTag(f"{_TAG}{name}", value[:_LONGEST_TAG]) for name, value in _tags(record).items()]
    client.log_batch(identifier, params=params, tags=tags)
    for start in range(0, len(points), _AT_ONCE):
        client.log_batch(identifier, metrics=[Metric(*point) for point in points[start : start + _AT_ONCE]])


def _meant(uri: str) -> str:
    """Return a URI with its home folder written out, as in ``sqlite:///~/mlflow.db``.

    Raises:
        MistakeError: it names a database file that cannot be made; MLflow tries for minutes what will never be.
    """
    kind, mark, path = uri.rpartition(":///")
    if path.startswith("~"):
        path = os.fspath(user_path(path))
    if kind == "sqlite" and path and (mistake := target_mistake(Path(path), "--mlflow")):
        raise MistakeError(mistake)
    return f"{kind}{mark}{path}"


def _experiment(client: Any) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    return str(found.experiment_id if found else client.create_experiment(EXPERIMENT))


def _milliseconds(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def _short(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text[:_LONGEST]


def _tags(record: RunRecord) -> dict[str, str]:
    found = {
        "run": record.run,
        "status": record.status,
        "tags": ",".join(record.labels.tags),
        "note": record.labels.note,
        "fingerprint": record.facts.get("fingerprint"),
        "parent": record.parent,
        **{f"version.{name}": version for name, version in record.facts.get("versions", {}).items()},
    }
    return {name: str(value) for name, value in found.items() if value}


def _points(record: RunRecord, metrics: list[EpochMetrics]) -> list[tuple[str, float, int, int]]:
    """Return every metric as key, value, time in milliseconds, step."""
    points = []
    for epoch in metrics:
        at = _milliseconds(epoch.at or record.created)
        points += [(name, float(value), at, epoch.epoch) for name, value in epoch.values.items() if value is not None]
    last, end = metrics[-1] if metrics else NOTHING, _end(record, metrics)
    final = [metric.name for metric in end_metrics()] + [f"{BEST}{metric.name}" for metric in best_metrics()]
    for name in final:
        if record.results.get(name) is not None:
            points.append((name, float(record.results[name]), end, last.epoch))
    return points


def _end(record: RunRecord, metrics: list[EpochMetrics]) -> int:
    """Return when a run was last measured, in milliseconds."""
    return _milliseconds((metrics[-1].at if metrics else "") or record.created)
