"""A run beside another: paired where the examples are the same, with the seeds in the verdict; runs by a value."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from hw1_tui.cli import main
from hw1_tui.export.comparison_table import comparison_table
from hw1_tui.export.value_table import value_table
from hw1_tui.mistake import MistakeError
from hw1_tui.runs.difference import OTHER_DATA, SAME_SETTING, RunEvidence, differences
from hw1_tui.runs.prediction import Predictions
from hw1_tui.statistics.interval import unpaired_difference
from hw1_tui.statistics.paired import PairedShares, paired_means
from hw1_tui.statistics.superiority import superiority
from tests.support.history import run_record, train

N = 3000


def told(right, fingerprint="f"):
    """Return what a model said that was right about some of N examples."""
    labels = np.zeros(N, np.int64)
    p = np.where(right, 0.9, 0.2).astype(np.float32)
    return Predictions("test", 20, 0, labels, np.where(right, 0, 1), p, p, -np.log(p), fingerprint)


def measured(name, right, fingerprint="f", **config):
    """Return a finished run and its evidence."""
    results = {"test_accuracy": float(right.mean()), "test_loss": float(-np.log(np.where(right, 0.9, 0.2)).mean())}
    record = run_record(name, results=results, **config)
    record = replace(record, facts={"test_examples": N, "fingerprint": fingerprint})
    return record, {name: RunEvidence((), told(right, fingerprint))}


def right_for(first, last):
    return (np.arange(N) >= first) & (np.arange(N) < last)


def compared(*runs):
    return differences([record for record, _ in runs], {k: v for _, one in runs for k, v in one.items()})


def test_models_on_the_same_examples_are_compared_pair_by_pair():
    base, other = right_for(0, 1800), right_for(20, 1860)
    nothing, found = compared(measured("a", base), measured("b", other, learning_rate=0.5))
    accuracy, loss = found["test_accuracy"], found["test_loss"]
    pairs = PairedShares(N, 60, 20)
    assert nothing == {}
    assert (accuracy.interval, accuracy.p, accuracy.is_paired) == (pairs.difference(), pairs.mcnemar(), True)
    assert accuracy.interval.is_clear
    assert not unpaired_difference(1840, N, 1800, N).is_clear
    assert loss.interval == paired_means(told(other).losses, told(base).losses)
    assert loss.p is None


def test_a_small_difference_of_one_seed_each_is_clear_of_the_models_and_not_of_the_settings():
    one = compared(measured("a", right_for(0, 1800)), measured("b", right_for(20, 1860), learning_rate=0.5))[1]
    assert one["test_accuracy"].verdict == "cannot be told: one seed"
    far = compared(measured("a", right_for(0, 900)), measured("b", right_for(0, 1860), learning_rate=0.5))[1]
    assert [far[name].verdict for name in ("test_accuracy", "test_loss")] == ["clear: better", "clear: better"]


def test_seeds_of_one_setting_are_told_to_be_such_and_are_counted_in_the_verdicts_of_others():
    base = [measured(f"a{seed}", right_for(0, 1800 + seed), seed=seed) for seed in range(8)]
    other = [measured(f"b{seed}", right_for(20, 1880 + seed), seed=seed, learning_rate=0.5) for seed in range(8)]
    found = compared(*base, *other)
    assert {one["test_accuracy"].verdict for one in found[1:8]} == {SAME_SETTING}
    older = compared(measured("old", right_for(0, 1800)), measured("new", right_for(0, 1800)))[1]
    assert older["test_accuracy"].verdict == SAME_SETTING, "a seed that was trained twice is one setting"
    assert {one["test_accuracy"].verdict for one in found[8:]} == {"clear: better"}


def test_of_one_example_no_format_tells_the_ends_of_an_interval_of_its_loss(monkeypatch):
    """A table had -inf and +inf where JSON has null."""
    monkeypatch.setattr(sys.modules[__name__], "N", 1)
    runs = [measured("a", np.array([True])), measured("b", np.array([False]), learning_rate=0.5)]
    table = comparison_table([record for record, _ in runs], evidence=runs[0][1] | runs[1][1])
    cells = dict(zip(table.columns, table.rows[1], strict=True))
    assert cells["test_loss_difference"] > 0
    assert cells["test_loss_difference_low"] is cells["test_loss_difference_high"] is None


def test_on_other_examples_the_interval_is_newcombes_and_that_is_said():
    records, evidence = zip(measured("a", right_for(0, 1800)), measured("b", right_for(0, 1900), "g"), strict=True)
    (_, found) = differences(records, evidence[0] | evidence[1])
    assert list(found) == ["test_accuracy"]
    assert found["test_accuracy"].interval == unpaired_difference(1900, N, 1800, N)
    assert (found["test_accuracy"].p, found["test_accuracy"].is_paired) == (None, False)
    remark = comparison_table(records, evidence=evidence[0] | evidence[1]).remark
    assert "Newcombe" in remark
    assert "by chance" not in remark
    other = measured("b", right_for(0, 1900), learning_rate=0.5)
    same, kept = zip(measured("a", right_for(0, 1800)), other, strict=True)
    table = comparison_table(same, evidence=kept[0] | kept[1])
    assert "Newcombe" not in table.remark
    assert "McNemar's exact p" in table.remark
    assert "of 2, 0.1 are clear by chance on average" in table.remark


def test_settings_of_runs_on_other_examples_are_not_judged_which_is_said():
    """Digits are easier than photographs, whatever the settings: a run on them was told to be clearly better."""
    base, other = measured("a", right_for(0, 900)), measured("b", right_for(0, 2900), "g", learning_rate=0.5)
    assert compared(base, other)[1]["test_accuracy"].verdict == OTHER_DATA
    remark = comparison_table([base[0], other[0]], evidence=base[1] | other[1]).remark
    assert "tested on other data have none" in remark
    record, evidence = other
    more = replace(record, facts={**record.facts, "fingerprint": "more to train on"})
    tested = {"b": replace(evidence["b"], tested=told(right_for(0, 2900)))}
    assert compared(base, (more, tested))[1]["test_accuracy"].verdict == "clear: better"


def test_what_was_not_measured_is_not_compared():
    base = measured("a", right_for(0, 1800))
    no_evidence: dict[str, RunEvidence] = {}
    bare = run_record("b"), no_evidence
    assert compared(base, bare)[1] == {}
    losses = measured("c", right_for(0, 1900), model="perceptron")  # a loss of another kind
    assert list(compared(base, losses)[1]) == ["test_accuracy"]


def compare(capsys, *words):
    code = main(["runs", "compare", *map(str, words), "--format", "jsonl"])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_runs_that_kept_no_predictions_are_measured_again_and_where_that_cannot_be_it_is_said(store, blobs, capsys):
    runs = [train(store, blobs, seed=seed, learning_rate=rate) for seed, rate in ((1, 0.01), (1, 0.05))]
    _, (_, before), err = compare(capsys, *runs)
    assert before["mcnemar_p"] is not None
    assert err == ""
    for name in runs:
        store.find(name).predictions_path.unlink()
    _, (_, again), err = compare(capsys, *runs)
    assert again == before
    assert "Measured again, as no predictions were kept: 2 runs." in err
    store.find(runs[1]).predictions_path.unlink()
    blobs.unlink()
    _, (_, unpaired), err = compare(capsys, *runs)
    assert unpaired["mcnemar_p"] is None
    assert unpaired["difference_low"] < unpaired["test_difference"] < unpaired["difference_high"]
    assert f"{runs[1]} cannot be compared example by example" in err


def of_seeds(n, hits, **config):
    return [measured(f"{config}{seed}", right_for(0, hits + 7 * seed), seed=seed, **config) for seed in range(n)]


def by(runs, name="learning_rate"):
    table = value_table([r for r, _ in runs], name, {k: v for _, one in runs for k, v in one.items()})
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows], table.remark


def test_runs_are_grouped_by_a_value_with_mean_spread_verdict_and_superiority():
    runs = [*of_seeds(5, 1800, learning_rate=0.5), *of_seeds(5, 1700, learning_rate=0.01)]
    (low, high), remark = by(runs)
    assert [low["learning_rate"], high["learning_rate"]] == [0.01, 0.5]
    assert (low["seeds"], low["runs"], low["settings"], low["verdict"]) == (5, 5, 1, None)
    accuracies = [[(hits + 7 * seed) / N for seed in range(5)] for hits in (1800, 1700)]
    assert high["test_accuracy_mean"] == pytest.approx(np.mean(accuracies[0]))
    assert high["test_accuracy_std"] == pytest.approx(np.std(accuracies[0], ddof=1))
    expected = superiority(accuracies[0], accuracies[1])
    assert expected
    assert [high[f"superiority{end}"] for end in ("", "_low", "_high")] == [expected.value, expected.low, expected.high]
    assert high["verdict"] == "clear: better"
    assert "beside that of learning rate 0.01" in remark


def test_superiority_is_not_told_of_few_seeds_nor_a_verdict_of_several_settings():
    (_, high), remark = by([*of_seeds(4, 1700, learning_rate=0.01), *of_seeds(5, 1800, learning_rate=0.5)])
    assert (high["superiority"], high["verdict"]) == (None, "clear: better")
    assert "P(A > B) is told of at least 5 seeds on each side." in remark
    mixed = [*of_seeds(1, 1700, learning_rate=0.01), *of_seeds(1, 1800, learning_rate=0.5),
             *of_seeds(1, 1800, learning_rate=0.5, batch_size=8)]  # fmt: skip
    (_, high), remark = by(mixed)
    assert (high["settings"], high["verdict"]) == (2, None)
    assert "several settings" in remark
    assert [row["settings"] for row in by(mixed, "batch_size")[0]] == [2, 1]


def test_what_else_the_runs_of_a_value_differ_in_is_said_as_the_verdict_is_on_that_too():
    """Runs of two people were told to differ by their learning rate, though one had other batches as well."""
    slow = of_seeds(5, 1700, learning_rate=0.01)
    assert "They differ in" not in by([*slow, *of_seeds(5, 1800, learning_rate=0.5, threads=2)])[1]
    (_, high), remark = by([*slow, *of_seeds(5, 1800, learning_rate=0.5, batch_size=8)])
    assert high["verdict"] == "clear: better"
    assert "They differ in batch size too, and the verdict is on all of it." in remark
    several = [*of_seeds(2, 1800, learning_rate=0.5, batch_size=8), *of_seeds(2, 1800, learning_rate=0.5)]
    assert "They differ in" not in by([*slow, *several])[1]  # there is no verdict


def test_values_that_were_tested_on_other_data_are_not_judged_either():
    (_, high), remark = by([*of_seeds(6, 900, data="a"), *of_seeds(6, 2900, data="b", fingerprint="g")], "data")
    assert (high["superiority"], high["verdict"]) == (None, OTHER_DATA)
    assert "tested on other data have none" in remark
    assert "at least 5 seeds" not in remark


def test_an_unknown_hyperparameter_gets_the_nearest_right_one(store, blobs, capsys):
    with pytest.raises(MistakeError, match="did you mean learning_rate"):
        by(of_seeds(1, 5, learning_rate=0.1), "learning_rte")
    for seed in (1, 2):
        train(store, blobs, seed=seed)
    assert compare(capsys, "model=mlp", "--by", "lerning-rate")[0] == 2
    assert compare(capsys, "model=mlp", "--by", "init", "--seeds")[0] == 2
    for given, meant in (("lr", "learning_rate"), ("seed", "--seeds")):
        code, _, told = compare(capsys, "model=mlp", "--by", given)
        assert code == 2
        assert f"did you mean {meant}?" in told
    _, (row,), _ = compare(capsys, "model=mlp", "--by", "init")
    assert (row["init"], row["seeds"]) == ("he", 2)
    _, (row,), _ = compare(capsys, "model=mlp", "--by", "learning-rate")  # as the option is written
    assert row["seeds"] == 2
