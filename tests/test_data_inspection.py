"""What is said of a data set before it is trained on: classes, duplicates, what is missing; how an example looks."""

import json

import numpy as np
import pytest

from hw1_tui import data
from hw1_tui.data.archive import Archive
from tests.support.archive import arrays, save


def test_looking_at_an_archive_reads_no_content(tmp_path):
    path = save(tmp_path / "d.npz", arrays(n=2000))
    with Archive(path) as archive:
        members, _ = archive.look()
    assert members["train_images"].shape == (2000, 4, 5, 3)
    assert members["train_images"].nbytes == 2000 * 60


# What is found in good files.


def test_an_inspection_counts_classes_duplicates_and_what_is_missing(tmp_path):
    made = arrays()
    made["val_images"][:4] = made["train_images"][:4]
    made["test_images"][1] = made["test_images"][0]
    made["val_labels"] = made["val_labels"] % 2
    inspection = data.inspect(data.load(str(save(tmp_path / "d.npz", made))))
    assert inspection.splits["train"].class_counts == (4, 4, 4)
    assert inspection.shared == {"train+val": 4, "train+test": 0, "val+test": 0}
    assert inspection.splits["test"].repeated == 1
    notes = " ".join(inspection.notes)
    assert "val split has no example of class 2" in notes
    assert "which flatters metrics on val: 4" in notes
    assert (
        "Examples of the test split that repeat an earlier one: 1." in notes
    )  # of two; "more than once" was said of 1


def with_conflicts():
    """A training row that is there twice as two classes, one repeated harmlessly, one that a test row contradicts."""
    made = arrays()
    made["train_labels"][:] = np.arange(12) % 3
    made["train_images"][4] = made["train_images"][0]
    made["train_images"][5] = made["train_images"][2]
    made["test_images"][1], made["test_labels"][1] = made["train_images"][6], 2
    return made


def test_equal_examples_of_different_classes_are_told_apart_from_repeats_with_their_places(tmp_path):
    """A repeat costs nothing; of a picture that is there as two classes one is wrong, and no model separates them."""
    inspection = data.inspect(data.load(str(save(tmp_path / "d.npz", with_conflicts()))))
    places = [([(p.split, p.row) for p in found.places], found.is_conflicting) for found in inspection.duplicates]
    assert places == [
        ([("train", 0), ("train", 4)], True),
        ([("train", 2), ("train", 5)], False),
        ([("train", 6), ("test", 1)], True),
    ]
    report = inspection.splits["train"]
    assert (report.repeated, report.conflicting) == (2, 1)
    notes = "\n".join(inspection.notes)
    assert "which no model can tell apart: 2 (within train 1, between train and test 1)." in notes
    assert "train 0 (class 0) and train 4 (class 1)." in notes
    assert "train 2" not in notes


def test_data_check_names_the_places_of_duplicates_in_every_format(tmp_path, capsys):
    from hw1_tui.cli import main

    path = str(save(tmp_path / "d.npz", with_conflicts()))
    assert main(["data", "check", path]) == 0
    assert "train 6 (class 0) and test 1 (class 2)." in capsys.readouterr().out
    assert main(["data", "check", path, "--format", "jsonl"]) == 0
    found = json.loads(capsys.readouterr().out)["duplicates"]
    assert [one["is_conflicting"] for one in found] == [True, False, True]
    assert found[0]["places"][1] == {"split": "train", "row": 4, "label": "class 1", "file": "", "source_row": None}
    assert main(["data", "check", path, "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["duplicate,is_conflicting,split,row,class,file,source_row", "1,True,train,0,class 0,,"]
    assert len(lines) == 7


def test_of_what_was_split_off_the_place_in_the_source_is_told(tmp_path):
    """Who wants to put a label right looks for it in the file that there is."""
    x = np.random.default_rng(0).integers(0, 256, (60, 9)).astype(np.uint8)
    x[57] = x[3]
    np.savez(tmp_path / "d.npz", X=x, y=np.arange(60) % 2)
    (found,) = data.inspect(data.load(str(tmp_path / "d.npz"), data.ReadOptions(0, 0))).duplicates
    assert [place.source_row for place in found.places] == [3, 57]
    (found,) = data.inspect(data.load(str(tmp_path / "d.npz"), data.ReadOptions(0.4, 0.4))).duplicates
    assert sorted(place.source_row or 0 for place in found.places) == [3, 57]
    assert " and ".join(map(str, found.places)).count("from row") == 2


def test_equal_inputs_with_other_targets_are_no_conflict_in_a_regression(tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n" + "1,2\n" * 3 + "1,3\n" * 30)
    inspection = data.inspect(data.load(str(tmp_path / "t.csv")))
    assert inspection.duplicates
    assert not any(found.is_conflicting for found in inspection.duplicates)


def test_many_missing_classes_are_counted_and_not_all_listed(tmp_path):
    made = arrays() | {"class_names": np.array([f"kind {label}" for label in range(9000)])}
    note = next(
        note for note in data.inspect(data.load(str(save(tmp_path / "d.npz", made)))).notes if "no example" in note
    )
    assert "kind 3, kind 4," in note
    assert "and 8987 more" in note
    assert len(note) < 200


def test_data_check_prints_what_is_in_a_file(tmp_path, capsys):
    from hw1_tui.cli import main

    path = save(tmp_path / "d.npz", arrays())
    assert main(["data", "check", str(path)]) == 0
    assert "class 1" in capsys.readouterr().out
    assert main(["data", "check", str(path), "--format", "jsonl"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["train"]["class_counts"] == [4, 4, 4]
    path.write_bytes(b"nothing")
    assert main(["data", "check", str(path)]) == 2
    assert "is not a zip archive" in capsys.readouterr().err


@pytest.mark.parametrize("shape", [(4, 5, 3), (3, 4, 5), (4, 5)])
def test_an_example_is_shown_as_the_picture_it_is(tmp_path, shape):
    made = arrays(shape=shape)
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    picture = data.as_picture(dataset, dataset.train.x[2])
    original = made["train_images"][2]
    if shape == (3, 4, 5):
        original = original.transpose(1, 2, 0)
    elif shape == (4, 5):
        original = np.stack([original] * 3, axis=2)
    np.testing.assert_array_equal(picture, original)


@pytest.mark.parametrize(("black", "white"), [(0, 1), (0, 255), (0, 65535), (-1, 1), (-0.5, 0.5), (-3.7, 9)])
def test_floats_are_shown_with_one_black_and_one_white_for_all_pictures(tmp_path, black, white):
    """A dark class must not look as a bright one does, whatever range its floats have."""
    made = arrays(dtype=np.float64, shape=(4, 5))
    made["train_images"] = black + (white - black) * made["train_images"] / made["train_images"].max()
    made["train_images"].flat[0], made["train_images"].flat[1] = black, white
    made["train_images"][1] = black + 0.2 * (white - black)
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    first, dim = (data.as_picture(dataset, dataset.train.x[row]) for row in (0, 1))
    assert (first.min(), first.max()) == (0, 255)
    assert abs(dim.astype(int) - 51).max() <= 1
