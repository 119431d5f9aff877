"""``--compare``: what it prints and refuses."""

import csv
import io
import json
import math

import numpy as np
import pytest

from engines import registry
from engines.contract import Dataset, Split
from hw1_tui.batch.compare import print_comparison
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import given_values
from hw1_tui.training.lockstep import compare, pair

ENGINES = ("numpy", "torch")


def blobs():
    rng = np.random.default_rng(0)
    train, val, test = (Split(rng.normal(size=(n, 6)), rng.integers(0, 3, n)) for n in (60, 10, 10))
    return Dataset("blobs", train, val, test, ("a", "b", "c"))


def comparison(data=None, **values):
    record = {"model": "mlp", "hidden_sizes": (5,), "epochs": 2, "learning_rate": 0.01, **values}
    return list(compare(pair(given_values(record, ""), ENGINES), data or blobs()))


def printed(capsys, output_format, compared):
    print_comparison(iter(compared), ENGINES, output_format)
    return capsys.readouterr().out


def test_the_table_has_a_row_an_epoch_a_column_for_each_array_and_a_verdict(capsys):
    compared = comparison()
    header, *rows, verdict = printed(capsys, "table", compared).splitlines()
    assert header.split() == ["epoch", "numpy", "loss", "torch", "loss", "|W1|", "|b1|", "|W2|", "|b2|"]
    assert [row.split()[0] for row in rows] == ["0", "1", "2"]
    assert rows[2].split()[1] == rows[2].split()[2] == f"{compared[2].losses[0]:.6f}"
    assert f"{compared[2].relative:.1e}" in verdict


def test_json_lines_and_csv_tell_the_same(capsys):
    compared = comparison()
    lines = [json.loads(line) for line in printed(capsys, "jsonl", compared).splitlines()]
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "csv", compared))))
    assert [line["epoch"] for line in lines] == [0, 1, 2]
    assert {float(row["difference_W1"]) for row in rows} == {line["difference_W1"] for line in lines}
    assert all(line["relative_difference"] < 1e-10 for line in lines)


def test_weights_of_other_shapes_are_told_before_anything_is_trained(monkeypatch):
    """Arrays that numpy can stretch to each other were compared as if they were alike."""
    torch = registry.get("torch")
    start = torch.start

    def narrow(config, data, rng):
        trainer = start(config, data, rng)
        weights = {**trainer.parameters(), "b1": np.zeros(1)}
        del weights["W2"]
        monkeypatch.setattr(trainer, "parameters", lambda: weights, raising=False)
        return trainer

    monkeypatch.setattr(torch, "start", narrow)
    with pytest.raises(
        MistakeError, match="W2 is 3 x 5 by numpy and missing by torch; b1 is 5 by numpy and 1 by torch"
    ):
        comparison()


def test_runs_that_leave_the_numbers_are_still_told_in_json(capsys):
    data = blobs()
    large = Dataset("large", Split(data.train.x * 1e200, data.train.y), data.val, data.test, data.classes)
    compared = comparison(large, learning_rate=1000.0)
    assert not math.isfinite(compared[-1].relative)
    last = json.loads(printed(capsys, "jsonl", compared).splitlines()[-1])
    assert last["relative_difference"] is None


@pytest.mark.parametrize("text", ["numpy", "numpy,torch,numpy", ",", ""])
def test_anything_but_two_engines_is_refused(capsys, text):
    assert main(["--batch", "train", "--compare", text, "--epochs", "-3"]) == 2
    assert "--compare" in capsys.readouterr().err
