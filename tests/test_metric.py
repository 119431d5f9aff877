"""The one table of metrics: a new one is an entry, and is then found wherever metrics are."""

import csv
import io
import json

import pytest

from hw1_tui.batch.event_printer import event_printer
from hw1_tui.cli import main
from hw1_tui.export.comparison_table import comparison_table, seeds_table
from hw1_tui.export.run_table import epochs_table
from hw1_tui.metric import METRICS, EpochMetrics, Metric, best_epoch
from hw1_tui.report.questions.question_metric import question_curves, question_metrics
from hw1_tui.training.event import EpochEnded
from tests.support.history import write_run

RUNS = ("261124-120000-aaaa", "261124-130000-bbbb")


@pytest.fixture
def history(store):
    """A history of two runs, whose index was filled before the metric was known."""
    for seed, run in enumerate(RUNS):
        write_run(store, run, seed=seed)
    assert len(store.runs()) == len(RUNS)
    return store


@pytest.fixture
def brier(history, monkeypatch):
    """A metric of the validation split that the program does not know, and runs that have it."""
    metric = Metric("val_brier", "validation Brier score", "val Brier", split="val", best="lowest", is_listed=True)
    for number, run in enumerate(RUNS):
        log = history.runs_path / run / "metrics.jsonl"
        events = [json.loads(line) for line in log.read_text().splitlines()]
        for event in events:
            if event["event"] == "epoch":
                event["val_brier"] = 0.25 + 0.5 * number
        log.write_text("".join(json.dumps(event) + "\n" for event in events))
    monkeypatch.setitem(METRICS, metric.name, metric)
    return metric


def test_a_new_metric_is_an_entry_and_stands_in_the_list_of_runs(brier, capsys):
    """The list says it unasked, also where the index was filled by a program without it."""
    assert main(["runs", "list", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["run"]: row["val_brier"] for row in rows} == dict(zip(RUNS, ("0.25", "0.75"), strict=True))


def test_a_new_metric_can_be_asked_for_and_sorted_by(store, brier):
    assert [record.run for record in store.runs("val_brier<.5")] == [RUNS[0]]
    assert [record.run for record in store.runs("best_val_brier>50%")] == [RUNS[1]]
    assert [record.run for record in store.runs(sort="-val_brier")] == list(reversed(RUNS))


def test_a_new_metric_is_exported_with_every_epoch(brier, tmp_path, capsys):
    assert main(["runs", "export", RUNS[1], "--to", str(tmp_path / "a.csv")]) == 0
    with (tmp_path / "a.csv").open() as file:
        assert {row["val_brier"] for row in csv.DictReader(file)} == {"0.75"}
    event_printer("csv")(EpochEnded(EpochMetrics(1, {"val_brier": 0.5})))
    assert capsys.readouterr().out.splitlines()[-1] == "1,,,,,,,,,0.5"


def test_a_new_metric_is_compared(store, brier):
    """Beside the others, of the last and of the best epoch, and over seeds; with the decimals that its entry names."""
    records = store.runs(sort="created")
    table = comparison_table(records)
    for name in ("val_brier", "best_val_brier"):
        assert [row[table.columns.index(name)] for row in table.rows] == [0.25, 0.75]
    assert "0.2500" in table.text()
    seeds = seeds_table(records)
    assert seeds.rows[0][seeds.columns.index("val_brier_mean")] == 0.5


def test_a_question_can_ask_for_a_new_metric(brier):
    assert question_metrics()["val_brier"].title == "validation Brier score"
    assert "val_brier" in question_curves()


def test_a_history_from_before_a_metric_has_none_of_it(history, monkeypatch):
    monkeypatch.setitem(METRICS, "val_brier", Metric("val_brier", "validation Brier score", "val Brier", split="val"))
    epoch = history.metrics(RUNS[0])[-1]
    assert epoch["val_brier"] is None
    assert epoch.as_dict()["val_brier"] is None
    assert history.get(RUNS[0]).as_dict()["val_brier"] is None
    assert epochs_table([epoch]).cells()[0][-1] == "-"


def test_what_a_later_program_measured_is_kept_though_nobody_knows_it(store, brier, monkeypatch):
    """A log with a metric that this program does not have is exported with it."""
    monkeypatch.delitem(METRICS, "val_brier")
    epoch = store.metrics(RUNS[0])[-1]
    assert epoch.as_dict()["val_brier"] == 0.25
    with pytest.raises(KeyError):
        epoch["val_brier"]


def test_every_metric_is_called_one_thing():
    """No two have a title or a heading in common."""
    for names in zip(*((metric.name, metric.title, metric.heading) for metric in METRICS.values()), strict=True):
        assert len(set(names)) == len(METRICS)


def test_the_best_epoch_is_a_trained_one_that_was_measured():
    losses = [0.1, 0.5, 0.3, None, 0.3]
    epochs = [EpochMetrics(n, {"val_loss": loss}) for n, loss in enumerate(losses)]
    assert best_epoch(epochs) is epochs[2]
    assert best_epoch(epochs[:1]) is None


def test_a_value_of_many_digits_is_told_by_its_power_of_ten():
    """The loss of a run with too large a rate took three lines."""
    assert [METRICS["test_loss"].format(value) for value in (0.5, 123456.0, 3.94e214)] == [
        "0.5000",
        "123456.0000",
        "3.94e+214",
    ]
