"""Arrays as people have them: each layout, name and kind of label is read, and what was made of it is said."""

from typing import Any

import numpy as np
import pytest

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.data import ReadOptions
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from tests.support.archive import problems

N = 60
RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (N, 4, 5, 3)).astype(np.uint8)
GREY = BYTES[..., 0]
LABELS = np.arange(N) % 3
RGBA = np.concatenate([BYTES, np.full((N, 4, 5, 1), 255, np.uint8)], axis=3)
WORDS = np.array(["mountain", "sea", "glacier"])


def three(x, y, pattern="{split}_{role}", roles=("images", "labels")):
    """Return arrays of three splits, each with a third of the examples."""
    made: dict[str, Any] = {}
    for split, rows in zip(("train", "val", "test"), np.split(np.arange(N), 3), strict=True):
        made |= {pattern.format(split=split, role=role): array[rows] for role, array in zip(roles, (x, y), strict=True)}
    return made


KERAS: dict[str, Any] = {"x_train": GREY[:40], "y_train": LABELS[:40], "x_test": GREY[40:], "y_test": LABELS[40:]}

MADE: dict[str, dict[str, Any]] = {
    "one channel last": three(GREY[..., None], LABELS),
    "one channel first": three(GREY[:, None], LABELS),
    "transparent": {"X": RGBA, "y": LABELS},
    "transparent, first": {"X": np.moveaxis(RGBA, 3, 1), "y": LABELS},
    "true and false": {"X": GREY > 99, "y": LABELS},
    "floats around 0": {"X": GREY / 99 - 1, "y": LABELS},
    "wide whole numbers": {"images": GREY.astype(np.uint16) * 257, "labels": LABELS},
    "negative whole numbers": {"X": GREY.reshape(N, -1).astype(int) - 99, "y": LABELS},
    "one-hot": {"X": GREY, "y": np.eye(3)[LABELS]},
    "texts": {"X": GREY, "y": WORDS[LABELS]},
    "bytes": {"X": GREY, "y": np.char.encode(WORDS)[LABELS]},
    "any whole numbers": {"X": GREY, "y": LABELS * 7 - 5},
    "a column": {"X": GREY, "y": LABELS[:, None]},
    "floats that are whole": {"X": GREY, "y": LABELS.astype(np.float32)},
    "names": {"data": GREY, "target": LABELS, "target_names": WORDS},
    "keras": KERAS,
    "capitals": {name.replace("x_", "X_"): array for name, array in KERAS.items()},
    "written as one": {name.replace("_", ""): array for name, array in KERAS.items()},
    "split first": three(GREY, LABELS, "{split}_{role}", ("x", "y")),
    "valid": {
        name.replace("val", "valid"): array for name, array in three(GREY, LABELS, "{role}_{split}", "Xy").items()
    },
    "capitals inside": three(GREY, LABELS, "{split}{role}", ("Images", "Labels")),
    "training without a word": {"X": GREY[:40], "y": LABELS[:40], "X_test": GREY[40:], "y_test": LABELS[40:]},
    "in a folder": {f"data/{name}": array for name, array in KERAS.items()},
    "the split alone": {"train": GREY[:40], "train_labels": LABELS[:40], "test": GREY[40:], "test_labels": LABELS[40:]},
    "no names": {"arr_0": GREY, "arr_1": LABELS},
    "training alone": {"x_train": GREY, "y_train": LABELS},
}


@pytest.mark.parametrize("layout", MADE)
def test_every_layout_trains_from_the_command_line_and_keeps_what_was_found(tmp_path, layout, capsys):
    """Guarantee: one command, no conversion; all examples are in some split, and what was done is kept with the run."""
    np.savez(tmp_path / "d.npz", **MADE[layout])
    assert main(["--batch", "train", "--data", str(tmp_path / "d.npz"), "--epochs", "1", "--hidden-sizes", "2"]) == 0
    record = Store().get("last")
    assert sum(record.facts[f"{split}_examples"] for split in SPLITS) == N
    assert all(record.facts[f"{split}_examples"] for split in SPLITS)
    assert len(record.facts["classes"]) == 3
    assert record.facts["found"] == list(data.load(str(tmp_path / "d.npz")).found)
    told = capsys.readouterr().err
    assert all(sentence in told for sentence in record.facts["found"])
    assert main(["--batch", "runs", "show", "last"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(sentence in shown for sentence in record.facts["found"])


@pytest.mark.parametrize("given", ["option", "file"])
def test_a_run_is_gone_on_with_on_the_splits_that_it_was_begun_with(tmp_path, given, capsys):
    """Guarantee: how the data was read is kept with the run, wherever it was asked for."""
    np.savez(tmp_path / "d.npz", **MADE["texts"])
    (tmp_path / "run.toml").write_text("val_share = 0.25\ntest_share = 0")
    asked = {"option": ["--val-share", "0.25", "--test-share", "0"], "file": ["--config", str(tmp_path / "run.toml")]}
    model = ["--model", "logistic_regression", "--epochs", "1", "--quiet"]
    assert main(["--batch", "train", "--data", str(tmp_path / "d.npz"), *model, *asked[given]]) == 0
    begun = Store().get("last")
    assert [begun.facts[f"{split}_examples"] for split in SPLITS] == [45, 15, 0]
    assert main(["--batch", "runs", "resume", "last", "--epochs", "2", "--quiet"]) == 0
    gone_on = Store().get("last")
    assert (gone_on.run, gone_on.results["epochs_done"]) == (begun.run, 2)
    assert gone_on.facts["fingerprint"] == begun.facts["fingerprint"]
    assert "--val-share 0.25 --test-share 0" in RunConfig.from_dict(gone_on.config).command()


def read(tmp_path, options=None, **members):
    np.savez(tmp_path / "d.npz", **members)
    return data.load(str(tmp_path / "d.npz"), options or ReadOptions())


def said(dataset):
    return " ".join(dataset.found)


@pytest.mark.parametrize("layout", ["one channel last", "one channel first"])
def test_a_single_channel_is_a_grey_picture(tmp_path, layout):
    dataset = read(tmp_path, **MADE[layout])
    assert dataset.image_shape == (4, 5)
    np.testing.assert_array_equal(dataset.train.x, GREY[:20].reshape(20, -1))
    assert "pictures of 4 x 5, grey" in said(dataset)


@pytest.mark.parametrize("axis", [3, 1])
@pytest.mark.parametrize("white", [255, 1.0])
def test_what_is_transparent_shows_white(tmp_path, axis, white):
    pictures = (RGBA / 255 * white).astype(type(white) if white == 1 else np.uint8)
    pictures[:20, 0, ..., 3] = 0
    dataset = read(tmp_path, **three(np.moveaxis(pictures, 3, axis), LABELS))
    shown = np.moveaxis(dataset.train.x.reshape(20, *dataset.image_shape), axis, -1)
    assert (shown[:, 0] == white).all()
    np.testing.assert_allclose(shown[:, 1:], pictures[:20, 1:, :, :3], atol=1e-12)
    assert "What is transparent shows white" in said(dataset)


def test_wide_whole_numbers_are_scaled_alike_in_every_split_and_the_scale_is_told(tmp_path):
    made = three(GREY.astype(np.int32) * 4, LABELS)
    made["train_images"] = made["train_images"] // 8  # the training split alone would pass for bytes
    dataset = read(tmp_path, **made)
    assert dataset.scale == 1 / 1024
    assert dataset.test.x.max() == made["test_images"].max()
    assert "are divided by 1,024" in said(dataset)


def test_true_and_false_are_one_and_zero(tmp_path):
    dataset = read(tmp_path, **MADE["true and false"])
    assert set(np.unique(dataset.features(dataset.train.x))) == {0.0, 1.0}


def test_labels_of_every_kind_mean_the_same(tmp_path):
    """Guarantee: the same examples in the same classes, whatever the labels are; also the same splits."""
    kinds = ("one-hot", "texts", "bytes", "any whole numbers", "a column", "floats that are whole")
    read_as = {kind: read(tmp_path, **MADE[kind]) for kind in kinds}
    names = {kind: dataset.classes for kind, dataset in read_as.items()}
    assert names["texts"] == names["bytes"] == ("glacier", "mountain", "sea")
    assert names["any whole numbers"] == ("-5", "2", "9")
    assert names["one-hot"] == names["a column"] == names["floats that are whole"] == ("class 0", "class 1", "class 2")
    numbered = [dataset.fingerprint for kind, dataset in read_as.items() if kind not in ("texts", "bytes")]
    assert len(set(numbered)) == 1
    assert "glacier is 0, mountain is 1, sea is 2" in said(read_as["texts"])
    assert "-5 is 0, 2 is 1, 9 is 2" in said(read_as["any whole numbers"])


@pytest.mark.parametrize(
    ("labels", "names", "classes"),
    [
        ([0, 1, 3], None, ("0", "1", "3")),  # no phantom class 2
        ([1, 2, 3], None, ("1", "2", "3")),
        ([1, 2, 3], ["a", "b", "c"], ("a", "b", "c")),
        ([0, 1, 3], ["a", "b", "c", "d"], ("a", "b", "c", "d")),  # a class that has a name is one
        ([10, 20, 30], ["a", "b", "c"], ("a", "b", "c")),
        (["2", "10", "1"], None, ("1", "2", "10")),
        (["b", "a", "b"], ["b", "a"], ("b", "a")),
        ([True, False, True], None, ("false", "true")),
    ],
)  # fmt: skip
def test_classes_are_those_that_there_are_with_the_names_that_they_have(tmp_path, labels, names, classes):
    named = {"class_names": np.array(names)} if names else {}
    assert read(tmp_path, X=GREY, y=np.array(labels * 20), **named).classes == classes


def test_of_several_arrays_the_usual_are_taken_and_the_others_are_named(tmp_path):
    """As of scikit-learn's own sets of data, saved as they are."""
    dataset = read(tmp_path, images=GREY, data=GREY.reshape(N, -1), target=LABELS, DESCR=np.array("a text"))
    assert dataset.image_shape == (4, 5)
    assert dataset.found[:2] == ("Examples: images with target.", "Not used: data, DESCR.")


def test_a_test_split_without_labels_is_said_and_another_is_split_off(tmp_path):
    dataset = read(tmp_path, x_train=GREY[:40], y_train=LABELS[:40], x_test=GREY[40:])
    assert dataset.remark == "x_test has no labels beside it and is not used."
    assert len(dataset.train) + len(dataset.val) + len(dataset.test) == 40


def test_targets_that_are_numbers_make_a_regression(tmp_path):
    dataset = read(tmp_path, X=GREY.reshape(N, -1), y=LABELS / 4)
    assert dataset.is_regression
    assert "The targets are numbers to predict, no classes." in dataset.found


def test_whole_floats_that_may_be_either_are_asked_about_and_the_answer_is_taken(tmp_path):
    members: dict[str, Any] = {"data": GREY.reshape(N, -1), "target": np.arange(N) * 3.0}
    np.savez(tmp_path / "d.npz", **members)
    assert "--task regression, or --task classification" in problems(tmp_path / "d.npz")
    assert read(tmp_path, ReadOptions(task="regression"), **members).is_regression
    assert read(tmp_path, ReadOptions(task="classification"), **members).n_classes == N


def test_the_target_may_have_any_name(tmp_path):
    members = {"X": GREY, "kind": LABELS, "y": LABELS * 0 + 1}
    assert read(tmp_path, ReadOptions(target="kind"), **members).n_classes == 3
    with pytest.raises(MistakeError, match=r"there is no array 'kin'.*did you mean kind"):
        read(tmp_path, ReadOptions(target="kin"), **members)


def test_arrays_beside_each_other_are_one_data_set(tmp_path):
    for name, array in KERAS.items():
        np.save(tmp_path / f"mnist_{name}.npy", array)
    np.save(tmp_path / "other.npy", LABELS)
    by_file = data.load(str(tmp_path / "mnist_x_train.npy"))
    assert by_file.fingerprint == data.load(str(tmp_path)).fingerprint
    assert (len(by_file.test), len(by_file.train) + len(by_file.val)) == (20, 40)
    np.save(tmp_path / "mnist_y_test.npy", LABELS[:20])
    assert data.load(str(tmp_path)) is not by_file


# What cannot be told.


def test_a_refusal_says_what_there_is_and_the_command_in_it_makes_what_is_wanted(tmp_path, monkeypatch):
    """Guarantee: whoever copies the command has a file that is read."""
    np.savez(tmp_path / "d.npz", brightness=GREY, kind=WORDS[LABELS], extra=np.arange(3))
    text = problems(tmp_path / "d.npz")
    assert "brightness (60, 4, 5) uint8; kind (60,) <U8; extra (3,) int64" in text
    run_command(text.partition("python -c '")[2].partition("' names them")[0])
    assert data.load(str(tmp_path / "d-converted.npz")).classes == ("glacier", "mountain", "sea")


def test_examples_of_a_test_alone_are_told_as_that(tmp_path):
    np.savez(tmp_path / "d.npz", x_test=GREY, y_test=LABELS)
    assert "has no examples to train on; it holds x_test (60, 4, 5) uint8; y_test" in problems(tmp_path / "d.npz")


def test_python_objects_are_not_unpacked_and_the_command_that_makes_texts_of_them_is_told(tmp_path):
    np.savez(tmp_path / "d.npz", X=GREY, y=WORDS[LABELS].astype(object))
    text = problems(tmp_path / "d.npz")
    assert "y: has the type object" in text
    assert "of a file that you trust, as objects can run programs" in text
    run_command(text.partition("python -c '")[2].partition("' of a file")[0])
    assert data.load(str(tmp_path / "d-converted.npz")).classes == ("glacier", "mountain", "sea")


def test_examples_along_the_last_axis_are_turned_by_the_command_that_is_told(tmp_path):
    """As MATLAB's arrays, and so those of Street View House Numbers, have them."""
    np.savez(tmp_path / "d.npz", X=np.moveaxis(BYTES, 0, -1), y=LABELS)
    text = problems(tmp_path / "d.npz")
    assert "X: has its 60 examples along the last axis: (4, 5, 3, 60)" in text
    run_command(text.partition("python -c '")[2].rpartition("'")[0])
    assert data.load(str(tmp_path / "d-converted.npz")).image_shape == (4, 5, 3)


def test_files_beside_each_other_are_converted_into_one(tmp_path):
    np.save(tmp_path / "X.npy", GREY)
    np.save(tmp_path / "y.npy", WORDS[LABELS].astype(object))
    text = problems(tmp_path / "X.npy")
    assert "y.npy: has the type object" in text
    run_command(text.partition("python -c '")[2].partition("' of a file")[0])
    assert data.load(str(tmp_path / "X-converted.npz")).classes == ("glacier", "mountain", "sea")


def run_command(code):
    exec(code, {})  # noqa: S102 - what a test of the program has made


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"X": GREY, "y": np.array(["a", ""] * 30)}, "y: has an empty label in row 1"),
        ({"X": GREY, "y": np.array(["a", " "] * 30)}, "y: has an empty label in row 1"),
        ({"X": GREY, "y": np.array(["a", "\x1b[2J"] * 30)}, "y: has the label '\\x1b[2J'"),
        ({"X": GREY, "y": np.array([b"a", b"\xff"] * 30)}, "y: has labels that are no texts in UTF-8"),
        ({"X": GREY, "y": WORDS[LABELS], "class_names": np.array(["sea", "lake"])}, "does not name the 3 classes"),
        ({"X": GREY, "y": np.eye(3)[LABELS] + np.eye(3)[0]}, "row 0 has not a single 1 among zeros"),
        (
            {"X": GREY, "y": np.eye(3)[LABELS], "X_test": GREY, "y_test": np.eye(4)[LABELS]},
            "one-hot rows of different lengths: y (60, 3), y_test (60, 4); allowed: a column a class in all splits",
        ),
        ({"X": np.where(GREY > 9, GREY, np.nan), "y": LABELS}, "X: has values that are not finite numbers, the first"),
        ({"X": BYTES[:, :, :, :2], "y": LABELS}, "X: has the shape (60, 4, 5, 2)"),
        ({"X": GREY, "y": LABELS * 0}, "y: has one class only"),
        ({"X": GREY[:0], "y": LABELS[:0]}, "y: has 0 examples; allowed: two classes or more"),
        ({"X": GREY, "y": LABELS, "X_val": GREY}, "X_val: has no labels beside it; allowed: y_val"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, members, told):
    np.savez(tmp_path / "d.npz", **members)
    assert told in problems(tmp_path / "d.npz")


def test_a_class_that_a_drawn_split_has_no_example_of_is_told_when_it_is_drawn(tmp_path, capsys):
    """ "Alike from each class" was said, and an accuracy of 1 on the examples of one class alone was believed."""
    y = np.array([0] * 9 + [1] * 3)
    told = "Too few examples for that: of 2 classes 1 with none for validation and 1 with none for the test"
    assert any(sentence.startswith(told) for sentence in read(tmp_path, X=GREY[:12], y=y).found)
    assert not any("Too few" in sentence for sentence in read(tmp_path, X=GREY, y=LABELS).found)
    np.savez(tmp_path / "few.npz", X=GREY[:12], y=y)
    assert main(["--batch", "train", "--data", str(tmp_path / "few.npz"), "--epochs", "1"]) == 0
    assert told in capsys.readouterr().err


def test_shares_that_leave_nothing_are_refused_and_those_without_effect_are_told(tmp_path):
    with pytest.raises(MistakeError, match="none remains to train on"):
        read(tmp_path, ReadOptions(val_share=0.5, test_share=0.499), X=GREY[:6], y=LABELS[:6])
    dataset = read(tmp_path, ReadOptions(val_share=0.5), **MADE["one channel last"])
    assert "val_share is not used: there is a validation split." in dataset.found


@pytest.mark.parametrize(
    ("source", "options", "told"),
    [
        ("digits", ReadOptions(target="y"), "target: digits has no columns or arrays to choose from"),
        ("digits", ReadOptions(task="regression"), "task: digits is for classification; allowed: auto, classification"),
        ("quadratic", ReadOptions(task="classification"), "task: quadratic is for regression"),
    ],
)
def test_an_option_that_a_source_cannot_follow_is_refused(source, options, told):
    with pytest.raises(MistakeError) as caught:
        data.load(source, options)
    assert told in str(caught.value)


def test_an_option_that_changes_nothing_is_told_and_gives_the_same_data():
    dataset = data.load("digits", ReadOptions(val_share=0.3))
    assert "val_share is not used: digits has splits of its own." in dataset.found
    assert dataset.fingerprint == data.load("digits").fingerprint


# Properties.
