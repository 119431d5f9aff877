"""Where a model fails, in numbers: held to scikit-learn's, to sums worked out by hand, and to brute force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

from hw1_tui.analysis import open_run
from hw1_tui.analysis.answers import answers_of, fit_of
from hw1_tui.analysis.confusion import Confusion, examples_in, fit_words, ranks_of_truth, top_k
from hw1_tui.analysis.disagreement import Disagreement
from hw1_tui.numeral import percent
from tests.support.history import LOGISTIC, train, write_blobs

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


def test_a_class_that_is_called_by_a_number_is_told_from_how_often_it_is_mistaken():
    said = Confusion(np.array([[9, 1], [0, 9]]), ("5", "6")).words()
    assert "'5' is taken for '6' once, '6' for '5' never" in said


def test_a_class_without_examples_is_not_said_never_to_be_mistaken():
    """Of a folder with pictures of two classes it was told that the third is never taken for one of them."""
    said = Confusion(np.array([[5, 0, 4], [0, 9, 0], [0, 0, 0]]), ("forest", "sea", "glacier")).words()
    assert "'forest' is taken for 'glacier' 4 times, of 'glacier' there is no example: 100% of all mistakes" in said


def test_of_pairs_with_as_many_mistakes_none_is_said_to_have_the_most():
    said = Confusion(np.array([[9, 2, 0], [0, 9, 1], [1, 1, 9]]), ("a", "b", "c")).words()
    assert said.endswith("40% of all mistakes, as many as another pair of classes.")


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
    assert "hardly more: these it does not tell apart even where it was told" in fit_words(0.46, 0.49)
    assert "gets 46.0% right, no more: these" in fit_words(0.49, 0.46)
    assert "some of that it knows by heart" in fit_words(0.62, 0.95)
    assert "little of that by heart." in fit_words(0.98, 0.99, is_linear=True)
    assert "less than here" in fit_words(1.0, 0.817, is_linear=True)  # nothing is wrong that it could not tell apart


def test_a_model_that_is_no_better_than_naming_one_class_knows_nothing_by_heart(store, tmp_path):
    """It was told to know some of that by heart, where the split has none of the class that it names."""
    told = "no more than who always names the most frequent class there."
    assert told in fit_words(0.0, 1 / 3, is_linear=True, commonest=1 / 3)
    assert told not in fit_words(0.0, 0.5, commonest=1 / 3)
    labels = {"train": [0, 0, 1] * 20, "val": [1] * 9, "test": [0, 1]}
    arrays = {f"{split}_images": np.zeros((len(y), 3, 3), np.uint8) for split, y in labels.items()}
    data = tmp_path / "grey.npz"
    np.savez(data, allow_pickle=False, **arrays, **{f"{split}_labels": np.array(y) for split, y in labels.items()})
    for is_measured in (True, False):
        run = train(store, data, evaluate_train=is_measured, **LOGISTIC)
        assert told in fit_of(open_run(store, run), "val", 0.0)


def test_of_a_linear_model_it_is_said_why_it_stalls():
    """Also where it learned some of it by heart, and where its run did not measure itself on the training examples."""
    assert (
        "some of that it knows by heart, the rest it does not tell apart even where it was told. It is linear, a sum"
        in (fit_words(0.45, 0.61, is_linear=True))
    )
    assert fit_words(0.45, 0.47, is_linear=True, sample=1000).startswith("Of 1,000 examples it was trained on it gets")
    assert "It is linear" not in fit_words(0.45, 0.61) + fit_words(0.93, 0.96, is_linear=True)


def test_what_it_was_trained_on_is_measured_where_the_run_did_not(store, tmp_path):
    data = write_blobs(tmp_path / "blobs.npz")
    run = train(store, data, evaluate_train=False, **LOGISTIC)
    opened = open_run(store, run)
    right = float(answers_of(opened, "train").correct.mean())
    assert f"Of 90 examples it was trained on it gets {right:.1%} right" in fit_of(opened, "val", 0.3)
    assert fit_of(opened, "train", right) == ""
    assert fit_of(open_run(store, run, 0), "val", 0.3) == "", "nothing was trained"


def test_the_two_classes_that_are_mixed_up_most_are_named():
    found = Confusion(np.array([[80, 0, 20], [1, 99, 0], [0, 3, 97]]), ("mountain", "sea", "sky"))
    assert "'mountain' is taken for 'sky' 20 times, 'sky' for 'mountain' never: 83% of all mistakes" in found.words()
    assert found.words().startswith("276 of 300 are right (92.0%).")


def test_what_is_neither_none_nor_all_is_not_said_to_be():
    """Shares are rounded, but never to 0% or 100%: of pairs, of what is right, and in the cells of a matrix."""
    counts = np.ones((40, 40), int) - np.eye(40, dtype=int)
    assert ": <1% of all mistakes" in Confusion(counts, tuple(map(str, range(40)))).words()
    nearly = Confusion(np.array([[9998, 2, 0], [0, 9998, 0], [0, 0, 1]]), ("a", "b", "c"))
    assert nearly.words().startswith("19,997 of 19,999 are right (>99.9%). 'a' is taken for 'b' 2 times")
    assert nearly.words().endswith(": 100% of all mistakes, the most of any two classes.")
    assert [percent(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0, math.nan)] == [
        "0%", "<1%", "50%", ">99%", "100%", "nan%"
    ]  # fmt: skip
