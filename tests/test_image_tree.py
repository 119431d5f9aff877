"""Folders of pictures in the layouts that people have: what is read, left out and refused."""

import pytest

from hw1_tui.data.image_tree import find_flat, find_images
from hw1_tui.mistake import MistakeError


def make(root, *files):
    """Return a folder with empty files; a path that ends in a slash is a folder."""
    for file in files:
        path = root / file
        (path if file.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not file.endswith("/"):
            path.touch()
    return root


def found(root):
    """Return how many pictures of each class each split has, and what is left out, without the root's own name."""
    tree = find_images(root)
    counts = {split: {name: len(paths) for name, paths in of.items()} for split, of in tree.files.items()}
    return counts, [str(mistake).replace(f"{root}/", "") for mistake in tree.left_out], tree


ONE = {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        (("a/1.jpg", "a/2.JPEG", "b/1.Png"), {"train": {"a": 2, "b": 1}}),
        (("train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "test/b/1.jpg"), {"train": ONE, "test": ONE}),
        (("Training/a/1.jpg", "Training/b/1.jpg", "Testing/a/1.jpg"), {"train": ONE, "test": {"a": 1}}),
        (
            ("train/a/1.jpg", "train/b/1.jpg", "valid/a/1.jpg", "test/b/1.jpg"),
            {"train": ONE, "val": {"a": 1}, "test": {"b": 1}},
        ),
        (("training_set/a/1.jpg", "training_set/b/1.jpg", "test-set/a/1.jpg"), {"train": ONE, "test": {"a": 1}}),
        (
            ("seg_train/seg_train/a/1.jpg", "seg_train/seg_train/b/1.jpg", "seg_test/seg_test/b/1.jpg"),
            {"train": ONE, "test": {"b": 1}},
        ),
        (("train/images/a/1.jpg", "train/images/b/1.jpg"), {"train": ONE}),
        (("archive/train/a/1.jpg", "archive/train/b/1.jpg", "LICENSE", "archive/README.md"), {"train": ONE}),
        (("x/y/z/a/1.jpg", "x/y/z/b/1.jpg"), {"train": ONE}),
        (("images/a/1.jpg", "images/b/1.jpg", "annotations/list.txt"), {"train": ONE}),
        (("bus/1.jpg", "train/1.jpg"), {"train": {"bus": 1, "train": 1}}),
    ],
    ids=["classes", "train-test", "Training-Testing", "train-val-test", "sets", "nested", "one-inside", "one-around",
         "three-around", "one-beside", "a-class-named-train"],
)  # fmt: skip
def test_each_layout_is_read(tmp_path, files, counts):
    got, left_out, _ = found(make(tmp_path, *files))
    assert got == counts
    assert left_out == []


def test_the_layout_is_told_with_where_it_stands(tmp_path):
    tree = find_images(make(tmp_path, "images/seg_train/seg_train/a/1.jpg", "images/seg_train/seg_train/b/1.jpg"))
    assert tree.layout == "Folders for splits and classes: seg_train/CLASS (train). They stand in images."
    assert tree.has_splits
    alone = find_images(make(tmp_path / "alone", "a/1.jpg", "b/1.jpg"))
    assert alone.layout == "A folder for each class, and none for splits."
    assert not alone.has_splits


@pytest.mark.parametrize(
    ("files", "left_out"),
    [
        (("seg_train/a/1.jpg", "seg_train/b/1.jpg", "seg_pred/seg_pred/1.jpg"), ["seg_pred: is no folder of a split"]),
        (("train/a/1.jpg", "train/b/1.jpg", "test/1.jpg"), ["test: holds pictures in no folder of a class"]),
        (("a/1.jpg", "b/1.jpg", "cover.png"), ["cover.png: stands in no folder of a class"]),
        (("a/1.jpg", "b/1.jpg", "b/2.heic"), ["b/2.heic: is of the format .heic, which is not read"]),
        (("in/a/1.jpg", "in/b/1.jpg", "in/a/more/1.jpg"), ["in/a/more: is a folder inside of a class"]),
        (("in/a/1.jpg", "in/b/1.jpg", "in/c/"), ["in/c: holds no picture and is no class"]),
        (
            ("train/train/a/1.jpg", "train/train/b/1.jpg", "train/raw/1.jpg", "train/raw/x/1.jpg"),
            ["train/raw: is no folder of a split"],
        ),
    ],
)
def test_what_is_not_read_is_listed_with_the_reason(tmp_path, files, left_out):
    """Without a word, whoever has predictions to make would take them for a part of the test."""
    assert [line.partition("; allowed: ")[0] for line in found(make(tmp_path, *files))[1]] == left_out


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ((), ["holds no folder and no picture"]),
        (("1.jpg", "2.jpg"), ["has no folder of training images", "it holds 2 pictures in no folder of a class"]),
        (("a/1.jpg",), ["has pictures of one class only, a", "it holds the folder a"]),
        (("train/1.jpg", "test/1.jpg"), ["has no folder of a class in train", "it holds the folders test, train"]),
        (("trian/a/1.jpg", "trian/b/1.jpg", "test/a/1.jpg"), ["did you mean train in place of trian?"]),
        (("x/a/1.jpg", "x/b/1.jpg", "y/a/1.jpg", "y/b/1.jpg"), ["it holds the folders x, y", "did you mean {root}/x?"]),
        (("bin/sh", "bin/ls", "sbin/init"), ["has no folder of training images", "it holds the folders bin, sbin"]),
        (("x.csv", "d.npz"), ["it holds the files d.npz, x.csv", "did you mean {root}/d.npz?"]),
        (("images/a/1.jpg", "images/b/1.jpg", "masks/1.png"), ["did you mean {root}/images?"]),
        (("seg_train/a/1.jpg", "train/a/1.jpg"), ["has both seg_train and train"]),
        (("a/1.heic", "b/2.heic"), ["it holds the folders a, b", "{root}/a/1.heic: is of the format .heic, which"]),
        (("a/1.heic", "b/1.jpg"), ["of one class only, b", "{root}/a/1.heic: is of the format .heic, which"]),
        (("train/a/1.svg", "test/a/1.svg"), ["{root}/test/a/1.svg: is of the format .svg, which is not read"]),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_is_there_and_what_is_wanted(tmp_path, files, told):
    with pytest.raises(MistakeError) as refusal:
        find_images(make(tmp_path, *files))
    for text in (*told, "allowed: "):
        assert text.format(root=tmp_path) in str(refusal.value)


def test_links_that_lead_in_circles_end(tmp_path):
    for name in ("train", "val", "test", "a"):
        (tmp_path / name).symlink_to(".")
    with pytest.raises(MistakeError, match="it holds the folders a, test, train, val"):
        find_images(tmp_path)


def test_pictures_without_classes_are_found_where_nothing_else_is(tmp_path):
    """So a folder of unlabelled pictures can be asked about, and one with classes is never taken for such."""
    flat = make(tmp_path / "flat", "2.jpg", "1.png", "notes.txt", ".hidden.jpg")
    assert [path.name for path in find_flat(flat)] == ["1.png", "2.jpg"]
    assert find_flat(make(tmp_path / "classes", "a/1.jpg", "b/1.jpg", "cover.jpg")) == []
