"""What an answer hangs on, of a kept run: sums, words and what is refused."""

import numpy as np
import pytest

from engines.inspection import Settable
from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.explained_answer import explain_answer
from hw1_tui.analysis.first_layer import look_at_first_layer
from hw1_tui.analysis.run_distribution import distribute
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from tests.support.history import train, write_blobs


@pytest.fixture
def subject(tmp_path, monkeypatch):
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / "home"))
    store = Store(tmp_path / "home")
    run = train(store, write_blobs(tmp_path / "blobs.npz"), hidden_sizes=[6])
    return Subject(open_run(store, run), "val")


def test_parts_and_what_is_left_add_up_to_the_score(subject):
    opened = subject.opened
    for target in range(3):
        found = explain_answer(subject, 7, target)
        x, y = opened.dataset.val.x[7:8], opened.dataset.val.y[7:8]
        assert found.parts is not None
        assert found.parts.sum() + found.bias == pytest.approx(opened.inspectable().inspect(x, y).scores[0, target])
        assert found.parts.shape == found.occlusion.drop.shape == (3, 3)


def test_the_answer_is_explained_where_no_class_is_asked_for(subject):
    found = explain_answer(subject, 3)
    told = subject.opened.measured("val")
    assert found.target == found.answer == told.predicted[3]
    assert found.probabilities == pytest.approx(told.probabilities[3])
    assert ("✓" in found.title) is bool(told.predicted[3] == subject.opened.dataset.val.y[3])


def test_the_scores_of_a_perceptron_are_told_as_no_probabilities(tmp_path, blobs, store):
    run = train(store, blobs, model="perceptron", hidden_sizes=None, init=None, learning_rate=None)
    found = explain_answer(Subject(open_run(store, run), "val"), 3)
    assert "%" not in " ".join([found.title, *found.words])
    assert any("tells no probabilities" in line for line in found.words)


def test_words_count_the_squares_that_change_the_answer(subject):
    counted = []
    for example in range(40):
        found = explain_answer(subject, example)
        flips = int(found.occlusion.flips.sum())
        assert (f" {flips} of 9 squares " if flips else "leaves the answer") in found.words[0]
        if not flips:  # rounded up it was "at least 66%" of 65.6%
            least = int(found.words[0].partition("at least ")[2].partition("%")[0])
            assert least <= 100 * found.occlusion.probabilities.min()
        counted.append(flips)
    assert any(counted), "of forty blobs that overlap some hang on one pixel"


def test_what_is_not_there_is_refused_in_words(subject):
    with pytest.raises(MistakeError, match="no example 40"):
        explain_answer(subject, 40)
    with pytest.raises(MistakeError, match="no class 3"):
        explain_answer(subject, 0, 3)


def test_units_answer_to_the_examples_that_the_run_itself_says(subject):
    """Means and strongest examples are those of the activations computed by hand from its weights."""
    opened, found = subject.opened, look_at_first_layer(subject)
    weights, val = opened.parameters(), opened.dataset.val
    h = np.maximum(opened.dataset.features(val.x) @ weights["W1"].T + weights["b1"], 0)
    assert found.activity is not None
    assert found.activity.mean == pytest.approx(h.mean(axis=0), rel=1e-5)
    for unit in range(6):
        assert h[found.examples[found.activity.strongest[unit][0]], unit] == pytest.approx(h[:, unit].max(), rel=1e-5)
        dead = not h[:, unit].any()
        assert ("dead" in found.words(unit)) is dead


def test_weights_that_are_no_numbers_are_told_as_that_and_not_drawn(subject):
    trainer = subject.opened.model.trainer
    assert isinstance(trainer, Settable)
    trainer.set_parameters({"W1": np.full_like(subject.opened.parameters()["W1"], np.nan)})
    with pytest.raises(MistakeError, match="not all weights"):
        look_at_first_layer(subject)
    with pytest.raises(MistakeError, match="is no number"):
        explain_answer(subject, 0)
    told = distribute(subject)
    assert "not all weights" in told.words(told.layers[0])
