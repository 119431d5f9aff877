"""What holds whatever the arrays of a source are."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.data import ReadOptions
from hw1_tui.data.building import build
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.data.splitting import divide
from hw1_tui.mistake import MistakeError
from hw1_tui.read_options import TASKS

N = 60


labels_of_a_kind = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=40),
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5), min_size=2, max_size=40),
    st.lists(st.booleans(), min_size=2, max_size=40),
)


@given(labels_of_a_kind, st.integers(1, 3))
def test_labels_and_classes_are_one_to_one(labels, n_parts):
    """Property: equal labels have equal classes and others others, over all splits; every class has an example."""
    array = np.array(labels)
    names = SPLITS[:n_parts]
    parts: dict[PartName, Part] = {
        name: Part(np.zeros((len(rows), 2)), array[rows], "x", "y")
        for name, rows in zip(names, np.array_split(np.arange(len(array)), n_parts), strict=True)
    }
    if len({str(label) for label in array.tolist()}) < 2:
        return
    try:
        dataset = build(RawData("d", "d", parts, task="classification"), ReadOptions(val_share=0, test_share=0))
    except MistakeError as error:  # the composed forms of two labels are the same
        assert "one class only" in str(error) or "printable" in str(error)
        return
    classes = np.concatenate([dataset[name].y for name in names])
    assert set(classes) == set(range(dataset.n_classes))
    kept = {label: set(classes[array == label].tolist()) for label in set(array.tolist())}
    assert all(len(found) == 1 for found in kept.values())
    if array.dtype.kind == "i" and dataset.classes[0] != "class 0":
        assert [int(dataset.classes[label]) for label in classes] == array.tolist()  # it round-trips
        assert all(a < b for a, b in pairwise(map(int, dataset.classes)))


names_of_arrays = st.sampled_from(
    ["X", "y", "x_train", "y_train", "x_test", "y_test", "images", "labels", "X_val", "class_names", "scale", "task",
     "train_images", "train_labels", "other", "x", "Y", "arr_0"]
)  # fmt: skip


any_arrays = st.builds(
    lambda shape, kind, seed: np.random.default_rng(seed).integers(0, 200, shape).astype(kind),
    st.sampled_from(
        [
            (),
            (0,),
            (6,),
            (7,),
            (6, 1),
            (1, 6),
            (6, 3),
            (6, 2, 2),
            (6, 0, 2),
            (6, 2, 2, 3),
            (6, 1, 2, 2),
            (6, 2, 2, 2, 2),
        ]
    ),
    st.sampled_from(["u1", "i8", "u8", "f2", "f8", "?", "U3", "S3", "c8", "M8[s]", "O", "V3", "i1"]),
    st.integers(0, 3),
)


@given(
    st.dictionaries(names_of_arrays, any_arrays, min_size=1, max_size=5),
    st.sampled_from(TASKS),
    st.sampled_from([None, 0.0, 0.4]),
    st.sampled_from(["", "other", "y"]),
)
def test_whatever_arrays_there_are_nothing_but_a_mistake_comes_out(tmp_path_factory, members, task, share, target):
    """Property: a sentence or a data set, whose splits have what they should."""
    path = tmp_path_factory.getbasetemp() / "any.npz"
    np.savez(path, **members)
    try:
        dataset = data.read_dataset(path, options=ReadOptions(share, share, target, task))
    except MistakeError as error:
        assert all(mistake.problem for mistake in error.mistakes)
        return
    assert len(dataset.train)
    for split in SPLITS:
        assert dataset[split].x.shape == (len(dataset[split].y), dataset.n_features)
        assert dataset[split].x.dtype in (np.uint8, np.float32, np.float64)
        assert dataset.is_regression or set(dataset[split].y) <= set(range(dataset.n_classes))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=200),
    st.floats(0, 0.49),
    st.floats(0, 0.49),
    st.integers(0, 2**32 - 1) | st.none(),
)
def test_splits_are_disjoint_complete_and_stratified(labels, val_share, test_share, seed):
    """Property: every example is in one split, each class has its share in each, and a seed gives the same again."""
    y = np.array(labels)
    rows = divide(y, val_share, test_share, seed)
    assert sorted(np.concatenate(list(rows.values())).tolist()) == list(range(len(y)))
    for label in set(labels):
        n = labels.count(label)
        assert (y[rows["val"]] == label).sum() == round(val_share * n)
        assert (y[rows["test"]] == label).sum() == round(test_share * n)
    again = divide(y, val_share, test_share, seed)
    assert all((rows[split] == again[split]).all() for split in SPLITS)


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=200), st.floats(0, 0.49), st.floats(0, 0.49))
def test_numbers_to_predict_are_divided_without_loss(targets, val_share, test_share):
    rows = divide(np.array(targets), val_share, test_share)
    assert sorted(np.concatenate(list(rows.values())).tolist()) == list(range(len(targets)))
    assert (len(rows["val"]), len(rows["test"])) == (round(val_share * len(targets)), round(test_share * len(targets)))
