"""Data that cannot be told: what it holds, what is wanted, and one command whose file is read."""

from typing import Any

import numpy as np
import pytest

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.read_options import ReadOptions
from tests.support.archive import problems

N = 60
GREY = np.random.default_rng(0).integers(0, 256, (N, 4, 5)).astype(np.uint8)
LABELS = np.arange(N) % 3


def follow(text):
    """Run the code of the command in a refusal."""
    exec(text.partition("python -c '")[2].partition("'")[0], {})  # noqa: S102 - what a test of the program has made


@pytest.mark.parametrize(
    ("test", "code", "highest"),
    [
        (GREY / 256, "/ 255", 1),
        (GREY / 128 - 1, "/ 127.5 - 1", 1),
        (GREY.astype(float), "* 1.0", 255),
    ],
)
def test_splits_of_different_types_are_made_alike_by_the_command_that_is_told(tmp_path, test, code, highest):
    """Guarantee: bytes of one split are not taken for the floats of another; each array is told with its range."""
    np.savez(tmp_path / "d.npz", x_train=GREY, y_train=LABELS, x_test=test, y_test=LABELS)
    text = problems(tmp_path / "d.npz")
    assert "x_train uint8 from 0 to 255, x_test float64 from" in text
    assert code in text
    follow(text)
    assert data.load(str(tmp_path / "d-converted.npz")).train.x.max() <= highest


def test_splits_of_different_sizes_are_told_by_name(tmp_path):
    np.savez(tmp_path / "d.npz", x_train=GREY, y_train=LABELS, x_test=GREY[:, 1:], y_test=LABELS)
    assert "x_train (4, 5), x_test (3, 5); allowed: one shape in all splits" in problems(tmp_path / "d.npz")


@pytest.mark.parametrize("hole", ["X", "y"])
def test_examples_with_a_value_that_is_no_number_are_left_out_by_the_command_that_is_told(tmp_path, hole):
    arrays: dict[str, Any] = {"X": GREY / 256, "y": LABELS.astype(float)}
    arrays[hole][7] = np.nan
    np.savez(tmp_path / "d.npz", **arrays)
    text = problems(tmp_path / "d.npz")
    assert "row 7" in text
    follow(text)
    dataset = data.load(str(tmp_path / "d-converted.npz"))
    assert len(dataset.train) + len(dataset.val) + len(dataset.test) == N - 1


def test_a_label_too_few_is_told_with_the_names_of_the_arrays(tmp_path):
    np.savez(tmp_path / "d.npz", X=GREY, y=LABELS[1:])
    assert "d.npz, X: there are 60 examples and 59 labels in y" in problems(tmp_path / "d.npz")


def test_one_hot_rows_of_true_and_false_have_a_class_a_column(tmp_path):
    """Names of true and false are for labels that are such; a name too few would spoil what ``data import`` writes."""
    np.savez(tmp_path / "d.npz", X=GREY, y=np.eye(3, dtype=bool)[LABELS])
    assert data.load(str(tmp_path / "d.npz")).classes == ("class 0", "class 1", "class 2")


def test_labels_that_are_named_find_the_only_inputs_there_are(tmp_path):
    np.savez(tmp_path / "d.npz", brightness=GREY, kind=LABELS, weight=LABELS / 3)
    dataset = data.load(str(tmp_path / "d.npz"), ReadOptions(target="kind"))
    assert (dataset.n_classes, dataset.n_features) == (3, 20)


@pytest.mark.parametrize("kind", [int, float])
def test_whole_numbers_that_are_nearly_all_different_are_asked_about(tmp_path, kind):
    """Guarantee: prices do not silently become a class each, whatever type they are stored as; numbered classes do."""
    np.savez(tmp_path / "d.npz", X=GREY.reshape(N, -1), y=(np.arange(N) * 997 + 40_000).astype(kind))
    assert "60 different numbers in 60 examples: classes, or numbers to predict?" in problems(tmp_path / "d.npz")
    np.savez(tmp_path / "d.npz", X=GREY.reshape(N, -1), y=(np.arange(N) // 2 + 1).astype(kind))
    assert data.load(str(tmp_path / "d.npz")).n_classes == N // 2


def test_numbers_that_a_model_of_classes_cannot_learn_are_told_with_one_that_can(tmp_path, capsys):
    np.savez(tmp_path / "d.npz", X=GREY.reshape(N, -1), y=np.arange(N) * 997)
    assert main(["--batch", "train", "--data", str(tmp_path / "d.npz"), "--task", "regression"]) == 2
    assert "--model quadratic_network; --task classification" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("d.mat", "scipy.io.loadmat"),
        ("d.h5", "h5py.File"),
        ("d.xlsx", "pandas.read_excel"),
        ("iris.data", "iris.csv"),
        ("d.pkl", ".csv, .tsv, .parquet"),
    ],
)
def test_a_file_of_another_kind_is_told_what_is_read_and_how_it_is_made(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(MistakeError, match="is of a kind that is not read") as caught:
        data.load(str(tmp_path / name))
    assert said in str(caught.value)


def test_arrays_of_matlab_are_read_after_the_command_that_is_told(tmp_path):
    io = pytest.importorskip("scipy.io")
    io.savemat(tmp_path / "d.mat", {"X": GREY, "y": LABELS})
    with pytest.raises(MistakeError) as caught:
        data.load(str(tmp_path / "d.mat"))
    follow(str(caught.value))
    assert data.load(str(tmp_path / "d.npz")).n_classes == 3


@pytest.mark.parametrize("name", ["a.npz", "a.csv", "a.parquet", "a.npy", "train-images-idx3-ubyte", "a.csv.gz"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "is a pointer of Git LFS, and not"),
        ("\n<!DOCTYPE html>\n<html><body>404, not found</body></html>\n", "is a page for a browser, and not the file"),
    ],
)
def test_what_stands_in_the_place_of_a_file_is_told_as_that(tmp_path, name, content, told):
    """A table had 0 examples or one column, and arrays were no archive: nothing said that the data had not come."""
    (tmp_path / name).write_text(content)
    with pytest.raises(MistakeError, match=told) as refusal:
        data.load(str(tmp_path / name))
    assert len(refusal.value.mistakes) == 1
    (tmp_path / "a.jpg").write_text(content)
    with pytest.raises(MistakeError, match=told):
        data.read_image(tmp_path / "a.jpg", 8, 8)


@pytest.mark.parametrize("words", [["data", "check"], ["data", "show"], ["data", "import"], ["check", "--data"]])
def test_a_choice_of_reading_that_does_not_fit_the_data_is_told_at_its_option(tmp_path, monkeypatch, capsys, words):
    """The commands of ``data`` told it at ``target``; a source that is called so is still told by its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y\n" + "1,2\n3,4\n" * 9)
    out = ["out.npz"] * ("import" in words)
    assert main([*words, "t.csv", *out, "--target", "z"]) == 2
    assert "hw1-tui: --target: there is no column 'z'; allowed: x, y" in capsys.readouterr().err
    assert main([*words, "digits", *out, "--task", "regression"]) == 2
    assert "hw1-tui: --task: digits is for classification" in capsys.readouterr().err
    assert main([*words, "target", *out]) == 2
    assert "hw1-tui: target: cannot be read: No such file" in capsys.readouterr().err or "--data" in words
