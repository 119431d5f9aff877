"""What a sweep comes to: what mattered, at which values, together with what, and what halving left of it."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.export.table import cell
from hw1_tui.numeral import percent
from hw1_tui.runs import Store
from hw1_tui.runs.series import read_points
from hw1_tui.sweep.conclusion import conclude
from hw1_tui.sweep.continuation import continued
from hw1_tui.sweep.kept import find_sweep
from hw1_tui.sweep.summary import read_summary
from hw1_tui.sweep.table import ranking_table
from tests.calibration.stopped import tell_stopped

GRID = ("--grid", "learning-rate=.001,.01,.1", "--grid", "l2=0,.01", "--seeds", 2, "--epochs", 4)


def ended(out):
    return [json.loads(line) for line in out.splitlines()][-1]


def concluded():
    found = conclude(read_summary(find_sweep(Store(), None), Store()), Store())
    assert found
    return found


# Trials that halving stopped.


def test_one_that_was_stopped_goes_on_as_the_median_of_those_did_that_went_further():
    finished = {"a": {1: 2.0, 2: 1.5, 3: 1.25, 4: 1.0}, "b": {1: 2.5, 2: 2.0, 3: 1.5, 4: 1.25}}
    stopped = {"c": {1: 3.0, 2: 2.5}, "d": {1: 4.0}}
    # From epoch 2 on a and b went -.5 and -.75; from epoch 1 on also c, which went to 1.875.
    assert continued(finished, stopped) == {"c": 1.875, "d": 4.0 + np.median([-1.0, -1.25, 1.875 - 3.0])}


@given(st.lists(st.floats(0, 9), min_size=8, max_size=8), st.lists(st.floats(0, 9), min_size=1, max_size=6))
def test_those_that_were_stopped_at_one_rung_keep_their_distances_up_to_the_best_that_trained_on(losses, stopped):
    finished = {f"f{i}": {1: losses[i], 2: losses[i + 4]} for i in range(4)}
    ends = continued(finished, {f"s{i}": {1: loss} for i, loss in enumerate(stopped)})
    way = np.median([losses[i + 4] - losses[i] for i in range(4)])
    expected = [max(loss + way, min(losses[4:])) for loss in stopped]
    assert [ends[f"s{i}"] for i in range(len(stopped))] == pytest.approx(expected)


@pytest.mark.parametrize("best", ["lowest", "highest"])
def test_one_that_was_ahead_when_it_was_stopped_counts_as_no_better_than_the_best_that_trained_on(best):
    """A person may stop any trial: the way of those behind it would make a loss below 0, or an accuracy above 1."""
    finished = {"a": {1: 0.9, 2: 0.25}, "b": {1: 0.8, 2: 0.2}}
    if best == "highest":
        finished = {name: {epoch: 1 - loss for epoch, loss in curve.items()} for name, curve in finished.items()}
    ahead = {"c": {1: 0.3 if best == "lowest" else 0.7}}
    assert continued(finished, ahead, best)["c"] == pytest.approx(0.2 if best == "lowest" else 0.8)


def test_with_halving_what_matters_is_found_and_what_does_nothing_is_not_told_to():
    """Of drawn sweeps of known truth; of so few no more than twice what is allowed."""
    rows = tell_stopped(20)
    for name in ("nothing matters", "the first matters", "the first and the second add up"):
        axis, pair, found = rows[name][3:]
        assert axis.hits <= 2
        assert pair.hits <= 2
        assert found.hits >= 17 or name == "nothing matters"


def test_what_halving_stopped_counts_for_what_mattered_and_is_never_the_best(sweep):
    assert sweep(*GRID, "--halving", "--quiet")[0] == 0
    found, store = concluded(), Store()
    held = [result for result in found.summary.results if result.status == "halved"]
    assert held
    assert len(found.compared) == 12
    values = {(tuple(one.point.values()), one.seed): one.value for one in found.compared}
    for result in held:
        record = result.record
        assert record
        reached = read_points(store.metrics(record.run), "val_loss")[-1][1]
        assert values[tuple(result.trial.point.values()), result.trial.seed] < reached
        assert result.trial.point not in [found.choice.best.point, *(equal.point for equal in found.choice.equals)] or (
            found.choice.rivals
        )
    assert not found.choice.best.n_lost
    for effects in found.effects.values():
        assert sum(effect.n_stopped for effect in effects) == len(held)
    assert "A trial that halving stopped counts as if it had gone on" in sweep("show")[1]


# What is told.


def test_effects_and_the_matrix_of_two_are_the_means_of_the_points(sweep):
    _, out, _ = sweep(*GRID, "--format", "jsonl")
    trials = [record for line in out.splitlines() if (record := json.loads(line))["event"] == "trial"]
    end = ended(out)
    for effect in end["effects"]["learning_rate"]:
        of_level = [trial["val_loss"] for trial in trials if trial["learning_rate"] == effect["low"] == effect["high"]]
        assert (effect["points"], effect["mean"]) == (2, pytest.approx(sum(of_level) / 4))
        assert effect["seeds_std"] > 0
    found = concluded()
    for matrix in end["interactions"]:
        assert set(matrix["names"]) == {"learning_rate", "l2"}
        assert np.shape(matrix["means"]) == np.shape(matrix["beyond"])
    assert len(end["interactions"]) == sum(pair.verdict == "clear" for pair in found.importance.pairs)


def test_words_say_what_is_clear_and_what_is_chance(sweep):
    _, out, _ = sweep("--grid", "learning-rate=.001,.01,.1", "--grid", "l2=0,1e-9", "--seeds", 2, "--epochs", 4)
    found = concluded()
    sentences = list(found.sentences())
    rate, l2 = found.importance.axes
    assert f"Clear: learning rate {percent(rate.share, 1)} of the variance of the validation loss." in sentences
    assert any(sentence.startswith(f"{l2.verdict.capitalize()}: l2 ") for sentence in sentences)
    assert l2.verdict != "clear"
    assert all(sentence in " ".join(out.split()) for sentence in sentences)


def test_the_one_axis_that_makes_the_best_clearly_better_is_not_said_to_be_untold(sweep):
    """Two points of two seeds tell no share of the variance, which stood beside "clearly better"."""
    assert sweep("--grid", "learning-rate=1e-6,.02", "--seeds", 2, "--quiet")[0] == 0
    found = concluded()
    assert [axis.verdict for axis in found.importance.axes] == ["cannot be told"]
    sentences = " ".join(found.sentences())
    assert "clearly better than the other" in sentences
    assert "annot be told" not in sentences


def test_what_matters_together_with_another_is_not_said_to_be_chance_for_doing_nothing_alone(sweep):
    assert sweep("--grid", "learning-rate=.001,.01,.1", "--grid", "l2=0,1e-9", "--epochs", 4, "--quiet")[0] == 0
    found = concluded()
    alone = [replace(axis, verdict="no more than chance") for axis in found.importance.axes]
    for verdict, is_chance in (("clear", False), ("no more than chance", True)):
        pairs = [replace(pair, verdict=verdict) for pair in found.importance.pairs]
        told = replace(found, importance=replace(found.importance, axes=tuple(alone), pairs=tuple(pairs)))
        assert any(sentence.startswith("No more than chance") for sentence in told.sentences()) == is_chance


def test_what_cannot_be_told_alone_is_said_beside_a_pair_that_is_clear_and_no_share_is_rounded_to_none_or_all(sweep):
    """Of eight trials "dropout and momentum 0.0%" was all that was said to matter, and nothing of momentum's 99.9%."""
    assert sweep("--grid", "learning-rate=.001,.01,.1", "--grid", "l2=0,1e-9", "--epochs", 4, "--quiet")[0] == 0
    found = concluded()
    alone = [replace(axis, verdict="cannot be told", share=0.99996) for axis in found.importance.axes]
    pairs = [replace(pair, verdict="clear", share=0.00002) for pair in found.importance.pairs]
    importance = replace(found.importance, axes=tuple(alone), pairs=tuple(pairs))
    sentences = [*replace(found, importance=importance).sentences()]
    assert any(" and l2 <0.1%; what one does" in sentence for sentence in sentences)
    assert any(sentence.startswith("Cannot be told: learning rate >99.9%") for sentence in sentences)
    assert cell("share", 0.00002) == "<0.1%"


def test_of_a_point_that_has_one_of_its_seeds_it_is_not_said_that_it_has_finished(sweep):
    assert sweep("--grid", "learning-rate=.01,.02", "--seeds", 2, "--quiet")[0] == 0
    kept = next(record for record in Store().runs() if record.config["learning_rate"] == 0.01)
    for record in Store().runs():
        if record.run != kept.run:
            Store().delete(record.run)
    assert "Of 2 points one has a trial that finished: nothing to compare it with." in [*concluded().sentences()]


def test_of_one_seed_the_luck_is_no_more_than_what_no_hyperparameter_explains_would_make_it(sweep):
    grid = ("--grid", "learning-rate=.001,.01,.1,.3", "--grid", "l2=0,.001,.01,.1", "--epochs", 2)
    assert sweep(*grid, "--quiet")[0] == 0
    found = concluded()
    assert 0 <= found.choice.luck.expected <= found.choice.luck.at_most
    assert found.importance.variance
    assert found.choice.luck.at_most <= 3 * math.sqrt(found.importance.variance[0])


@pytest.mark.parametrize("suffix", ["md", "tex"])
def test_an_export_has_all_tables_the_sentences_and_the_command(sweep, tmp_path, suffix):
    assert sweep(*GRID, "--quiet")[0] == 0
    path = tmp_path / f"sweep.{suffix}"
    assert sweep("export", "--to", path)[0] == 0
    text = path.read_text()
    for part in ("beside the best", "share by chance", "seeds std", "hw1-tui --batch train", "Clear: learning rate"):
        assert part in text
    assert text.count("\\toprule") + text.count("| ---") >= 3


def test_a_ranking_that_is_cut_says_of_how_many_points_it_has_the_first(sweep):
    assert sweep(*GRID, "--quiet")[0] == 0
    whole, cut = ranking_table(concluded()), ranking_table(concluded(), 4)
    assert (len(whole.rows), len(cut.rows)) == (6, 4)
    assert cut.remark == whole.remark.replace("Points by", "The first 4 of 6 points by")
