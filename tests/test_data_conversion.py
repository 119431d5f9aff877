"""Layouts and signs of missing values that published data has: read, or refused with the command that mends it."""

import gzip
import re
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError

ROWS = [[i, i * 0.5, ("sea", "forest")[i % 2]] for i in range(12)]
TITLE = ["depth", "width", "kind"]


def write(path, separator=",", encoding="utf-8", rows=ROWS, title=TITLE, change=lambda text: text):
    lines = [separator.join(map(str, row)) for row in ([title] if title else []) + rows]
    path.write_bytes(change("\n".join(lines) + "\n").encode(encoding))
    return str(path)


def refused(source):
    with pytest.raises(MistakeError) as caught:
        data.load(source)
    return str(caught.value)


def run_command(told):
    """Run the command that a refusal names, as it would be pasted into a shell."""
    (command,) = re.findall(r"by (python -c '[^']*(?:'\"'\"'[^']*)*')", told)
    subprocess.run([sys.executable, *shlex.split(command)[1:]], check=True, timeout=60)


@pytest.mark.parametrize(
    ("separator", "encoding", "change", "told"),
    [
        (";", "utf-8", str, "semicolons"),
        (";", "utf-8", lambda text: text.replace(".", ","), "semicolons"),
        (" ", "utf-8", str, "spaces"),
        ("\t", "utf-8", str, "tabs"),
        ("|", "utf-8", str, "vertical bars"),
        (",", "latin-1", lambda text: text.replace("sea", "Küste"), "UTF-8"),
        (",", "utf-16", lambda text: text.replace("sea", "Küste"), "UTF-8"),
        (",", "utf-32", lambda text: text.replace("sea", "Küste"), "UTF-8"),
        (",", "utf-8", lambda text: text.replace("\n3,1.5", "\n3,NA"), "'NA' is no number"),
        (",", "utf-8", lambda text: text.replace("\n3,1.5", "\n3,"), "is empty"),
        (",", "utf-8", lambda text: text.replace("3,1.5,forest", "3,1.5,"), "is empty"),
        (",", "utf-8", lambda text: text.replace("\n0,0.0", "\n0,?"), "'?' is no number"),
        (";", "utf-8", lambda text: "sep=;\n" + text.replace(".", ","), "line 1: says what separates the cells"),
        (",", "utf-8", lambda text: '"sep=,"\n' + text, "line 1: says what separates the cells"),
        (",", "utf-8", lambda text: "# mine\n# mm, mm, -\n" + text, "line 1: is a comment"),
        (",", "utf-8", lambda text: text.replace("\n3,", "\n# from here on better\n3,"), "line 5: is a comment"),
    ],
    ids=[
        "semicolons",
        "decimal commas",
        "spaces",
        "tabs",
        "bars",
        "latin-1",
        "utf-16",
        "utf-32",
        "NA",
        "empty",
        "no label",
        "?",
        "Excel's semicolons",
        "Excel's commas",
        "comments",
        "a comment within",
    ],
)
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gz"])
def test_the_command_in_a_tables_refusal_makes_a_table_that_is_read(
    tmp_path, separator, encoding, change, told, is_packed
):
    """Whoever pastes it has the same numbers and classes, with a row less where a value is missing."""
    path = tmp_path / "a b's table.csv"
    write(path, separator, encoding, change=change)
    if is_packed:
        packed = path.with_name(f"{path.name}.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    said = refused(str(path))
    assert told in said
    run_command(said)
    dataset = data.load(str(tmp_path / "a b's table-converted.csv"))
    n = sum(len(dataset[split]) for split in ("train", "val", "test"))
    assert n == 12 - (told.startswith("'") or "empty" in told)
    assert dataset.feature_names == ("depth", "width")
    assert sorted(dataset.classes) == ["Küste" if "UTF" in told else "sea", "forest"][:: -1 if "UTF" not in told else 1]
    assert max(float(dataset[split].x[:, 1].max()) for split in ("train", "val", "test") if len(dataset[split])) == 5.5


@pytest.mark.parametrize(("beginning", "encoding"), [("", "latin-1"), ("# mine\n", "utf-8")])
def test_a_table_with_tabs_is_written_again_as_one(tmp_path, beginning, encoding):
    """Its name ended with .csv, and the next refusal told how to put commas in."""
    path = tmp_path / "d.tsv"
    run_command(refused(write(path, "\t", encoding, change=lambda text: beginning + text.replace("sea", "Küste"))))
    assert set(data.load(str(tmp_path / "d-converted.tsv")).classes) == {"forest", "Küste"}


def test_a_missing_value_is_told_with_the_command_once(tmp_path):
    said = refused(write(tmp_path / "d.csv", change=lambda text: re.sub(r"[0-9]+\.5", "NA", text)))
    assert said.count("is no number") > 1
    assert said.count("python -c") == 1


def test_a_row_without_a_value_in_parquet_is_left_out_by_the_command_that_is_told(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"a": [None, *range(11)], "b": list(range(12)), "kind": ["sea", "forest"] * 6}
    parquet.write_table(pa.table(columns), tmp_path / "d.parquet")
    run_command(refused(str(tmp_path / "d.parquet")))
    dataset = data.load(str(tmp_path / "d-converted.parquet"))
    assert sum(len(dataset[split]) for split in ("train", "val", "test")) == 11


def test_a_table_packed_by_gzip_is_the_table(tmp_path):
    plain = data.load(write(tmp_path / "d.csv"))
    packed = tmp_path / "p.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "d.csv").read_bytes()))
    assert data.load(str(packed)).fingerprint == plain.fingerprint
    packed.write_bytes(packed.read_bytes()[:-12])
    assert "cannot be read as a table" in refused(str(packed))
    packed.write_bytes(packed.read_bytes()[:2] + b"no gzip")
    assert "cannot be read as a table" in refused(str(packed))


def arrays(n=30, k=3):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, 4, 4)).astype(np.uint8), np.arange(n) % k


@pytest.mark.parametrize("unlabelled", [np.full(30, -1), np.full((30, 1), -1), np.full(30, np.nan)])
def test_a_test_split_whose_labels_say_that_there_are_none_is_no_class(tmp_path, unlabelled):
    x, y = arrays()
    np.savez(tmp_path / "d.npz", x_train=x, y_train=y, x_test=x, y_test=unlabelled)
    dataset = data.load(str(tmp_path / "d.npz"))
    assert dataset.n_classes == 3
    assert "x_test is not used" in dataset.remark
    assert sum(len(dataset[split]) for split in ("train", "val", "test")) == 30
    assert len(dataset.test)


def test_texts_to_train_on_beside_minus_one_alone_are_classes(tmp_path):
    x, y = arrays()
    np.savez(tmp_path / "d.npz", x_train=x, y_train=np.array(["a", "b", "c"])[y], x_test=x, y_test=np.full(30, -1))
    dataset = data.load(str(tmp_path / "d.npz"))
    assert dataset.classes == ("a", "b", "c")
    assert "x_test is not used" in dataset.remark


def test_minus_one_is_a_class_where_it_is_one(tmp_path):
    x, y = arrays(k=2)
    np.savez(tmp_path / "d.npz", x_train=x, y_train=2 * y - 1, x_test=x[:5], y_test=np.full(5, -1))
    dataset = data.load(str(tmp_path / "d.npz"))
    assert dataset.classes == ("-1", "1")
    assert len(dataset.test) == 5


def test_texts_beside_labels_name_the_classes(tmp_path):
    x, y = arrays()
    np.savez(tmp_path / "d.npz", X=x, y=y, classes=np.array(["sea", "dune", "cave"]))
    dataset = data.load(str(tmp_path / "d.npz"))
    assert dataset.classes == ("sea", "dune", "cave")
    assert not any("Not used" in sentence for sentence in dataset.found)


def test_a_text_for_each_example_names_no_classes(tmp_path):
    x, y = arrays()
    np.savez(tmp_path / "d.npz", X=x, y=y, labels=np.array(["a", "b", "c"] * 10))
    assert data.load(str(tmp_path / "d.npz")).n_classes == 3


@pytest.mark.parametrize("named", ["folder", "file"])
def test_archives_of_one_array_each_are_one_data_set(tmp_path, named):
    """KMNIST is published so: four files, in each of which the array has no name."""
    x, y = arrays()
    for split in ("train", "test"):
        np.savez(tmp_path / f"kmnist-{split}-imgs.npz", x)
        np.savez(tmp_path / f"kmnist-{split}-labels.npz", y)
    (tmp_path / "kmnist_classmap.csv").write_text("index,codepoint,char\n0,U+304A,お\n")
    dataset = data.load(str(tmp_path if named == "folder" else tmp_path / "kmnist-train-imgs.npz"))
    assert dataset.image_shape == (4, 4)
    assert len(dataset.test) == 30
    assert dataset.n_classes == 3


def test_a_damaged_archive_among_others_is_named(tmp_path):
    x, y = arrays()
    np.savez(tmp_path / "train-imgs.npz", x)
    np.savez(tmp_path / "train-labels.npz", y)
    content = bytearray((tmp_path / "train-imgs.npz").read_bytes())
    content[300:360] = bytes(60)
    (tmp_path / "train-imgs.npz").write_bytes(content)
    assert "train-imgs.npz" in refused(str(tmp_path))


def pictures(folder, n=6):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(len(folder.parts) + n)
    for i in range(n):
        Image.fromarray(rng.integers(0, 256, (5, 5, 3)).astype(np.uint8)).save(folder / f"{i}.png")


@pytest.mark.parametrize("around", ["", "set/pictures"])
def test_folders_of_splits_in_folders_of_classes_are_read(tmp_path, around):
    for name in ("cat", "dog"):
        for split, n in (("train", 6), ("Test", 3)):
            pictures(tmp_path / around / name / split, n)
    (tmp_path / around / "cat" / "notes").mkdir()
    shutil.copy(tmp_path / around / "dog" / "train" / "0.png", tmp_path / around / "dog" / "stray.png")
    pictures(tmp_path / around / "cat" / "more")
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("cat", "dog")
    assert len(dataset.test) == 6
    assert len(dataset.train) + len(dataset.val) == 12
    assert "CLASS/train (train), CLASS/Test (test)" in dataset.found[0]
    assert any("more" in told for told in dataset.left_out)
    assert any("stray.png" in told for told in dataset.left_out)


def test_a_path_in_a_folder_that_is_not_there_is_told_with_the_file_that_is(tmp_path, capsys):
    (tmp_path / "datasets" / "own").mkdir(parents=True)
    write(tmp_path / "datasets" / "own" / "table.csv")
    for given in (
        "dataset/own/table.csv",
        "datasets/own/tabel.csv",
        "dataset/own/tables.csv",
        "datasets/owns/table.csv",
    ):
        assert main(["--batch", "data", "check", str(tmp_path / given)]) == 2
        assert str(tmp_path / "datasets" / "own" / "table.csv") in capsys.readouterr().err


def test_a_path_that_nothing_looks_like_has_no_nearest(tmp_path, capsys):
    assert main(["--batch", "data", "check", str(tmp_path / "[" / "x]")]) == 2
    assert "did you mean" not in capsys.readouterr().err
