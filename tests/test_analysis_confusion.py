"""Where a model fails, in numbers: held to scikit-learn's, to sums worked out by hand, and to brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

from hw1_tui.analysis.confusion import Confusion, examples_in, fit_words, ranks_of_truth, top_k
from hw1_tui.analysis.disagreement import Disagreement

_K = 5
_NAMES = tuple("abcde")
_PAIRS = st.lists(st.tuples(st.integers(0, _K - 1), st.integers(0, _K - 1)), min_size=1, max_size=60)


@given(_PAIRS)
def test_the_scores_of_classes_and_their_means_are_scikit_learns(pairs):
    """Also where a class is never predicted, or does not occur at all."""
    y, said = np.array(pairs).T
    found = Confusion.of(y, said, _NAMES)
    assert (found.counts == confusion_matrix(y, said, labels=range(_K))).all()
    assert found.accuracy == accuracy_score(y, said)
    ours = np.array([(s.precision, s.recall, s.f1, s.support) for s in found.by_class()], float).T
    theirs = precision_recall_fscore_support(y, said, labels=range(_K), zero_division=np.nan)
    occurs = (found.counts.sum(axis=0) + found.counts.sum(axis=1)) > 0
    np.testing.assert_allclose(ours[:2], np.array(theirs[:2], float))
    np.testing.assert_allclose(ours[2][occurs], np.array(theirs[2], float)[occurs])
    assert (ours[3] == theirs[3]).all()
    for kind, mean in (("macro", found.macro()), ("weighted", found.weighted())):
        *means, _ = precision_recall_fscore_support(y, said, average=kind, zero_division=0)
        np.testing.assert_allclose((mean.precision, mean.recall, mean.f1), means)
        assert mean.support == len(y)


def test_a_class_that_nothing_is_said_of_has_no_score():
    found = Confusion.of(np.array([0, 0]), np.array([0, 0]), ("a", "b")).by_class()[1]
    assert np.isnan([found.precision, found.recall, found.f1]).all()


def test_rates_are_shares_of_the_true_class():
    rates = Confusion.of(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 1]), ("a", "b", "c")).rates
    assert rates[0].tolist() == [0.75, 0.25, 0.0]
    assert np.isnan(rates[2]).all()


def test_the_pair_with_the_most_mistakes_stands_first_and_says_which_way_they_go():
    counts = np.array([[9, 1, 5], [0, 9, 2], [4, 0, 9]])
    first, second, third = Confusion(counts, ("a", "b", "c")).mixed_up()
    assert (first.first, first.second, first.there, first.back) == (0, 2, 5, 4)
    assert (second.first, second.second, second.mistakes) == (1, 2, 2)
    assert (third.first, third.second, third.mistakes) == (0, 1, 1)


def test_one_mistake_is_no_plural():
    said = Confusion(np.array([[9, 1], [0, 9]]), ("a", "b")).words()
    assert "a is taken for b 1 time, b for a never" in said


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_is_scikit_learns_where_no_probabilities_are_equal(k):
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(_K), 300)
    y = rng.integers(0, _K, 300)
    ours = top_k(ranks_of_truth(p, y, p.argmax(axis=1)), k)
    assert ours == pytest.approx(top_k_accuracy_score(y, p, k=k, labels=range(_K)))


def test_equal_probabilities_leave_the_accuracy_as_it_is():
    """float32 rounds two scores to one probability: the class with the higher score is first all the same."""
    p = np.array([[0.5, 0.5, 0.0]] * 2)
    assert ranks_of_truth(p, np.array([1, 0]), np.array([1, 1])).tolist() == [0, 1]


@given(_PAIRS, st.sampled_from([None, 0, 3]), st.sampled_from([None, 1, 3]))
def test_a_cell_has_its_examples_with_the_most_certain_first(pairs, true, said):
    y, predicted = np.array(pairs).T
    certainty = np.random.default_rng(len(pairs)).random(len(pairs)).round(1)
    found = examples_in(y, predicted, certainty, true, said)
    expected = [i for i in range(len(y)) if (true is None or y[i] == true) and (said is None or predicted[i] == said)]
    assert sorted(found.tolist()) == expected
    assert found.tolist() == sorted(expected, key=lambda i: (-certainty[i], i))


def test_where_a_model_does_not_say_how_certain_it_is_examples_stay_in_their_order():
    y = np.zeros(4, int)
    assert examples_in(y, y, np.full(4, np.nan), 0, 0).tolist() == [0, 1, 2, 3]


def test_two_models_part_where_one_alone_is_right():
    first = np.array([True, True, False, False, True])
    second = np.array([True, False, True, False, False])
    found = Disagreement.of(first, second)
    assert found.first_only.tolist() == [1, 4]
    assert found.second_only.tolist() == [2]
    assert found.both_wrong.tolist() == [3]


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        ((820, 302), "deep is better than flat by 17.3% of the examples"),
        ((302, 820), "flat is better than deep by 17.3% of the examples"),
        ((12, 10), "which of them is better cannot be told"),
        ((0, 0), "right and wrong on the same examples"),
    ],
)
def test_mcnemars_test_is_told_in_words(alone, told):
    first, second = np.zeros(3000, bool), np.zeros(3000, bool)
    first[: alone[0]] = True
    second[alone[0] : sum(alone)] = True
    assert told in Disagreement.of(first, second).words("deep", "flat")


def test_a_model_that_cannot_tell_is_told_from_one_that_learned_by_heart():
    assert "cannot tell these apart even where it was told" in fit_words(0.46, 0.49)
    assert "some of that it knows by heart" in fit_words(0.62, 0.95)
    assert "little of that is known by heart" in fit_words(0.98, 0.99)


def test_the_two_classes_that_are_mixed_up_most_are_named():
    found = Confusion(np.array([[80, 0, 20], [1, 99, 0], [0, 3, 97]]), ("mountain", "sea", "sky"))
    assert "mountain is taken for sky 20 times, sky for mountain never: 83% of all mistakes" in found.words()
    assert found.words().startswith("276 of 300 are right (92.0%).")
