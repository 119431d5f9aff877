"""Tables as people have them: pictures, features, classes as texts, parquet, a table a split."""

import gzip
import subprocess
import zipfile

import numpy as np
import pytest
from sklearn import datasets

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.data import ReadOptions
from hw1_tui.mistake import MistakeError

IRIS = datasets.load_iris()
SPECIES = [str(name) for name in IRIS.target_names[IRIS.target]]


def write(path, columns, names=(), separator=","):
    rows = [separator.join(map(str, row)) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([*([separator.join(names)] if names else []), *rows]) + "\n")
    return str(path)


def digits(n=200):
    bunch = datasets.load_digits()
    return bunch.data[:n].astype(int), bunch.target[:n]


def everything(found):
    """Return all rows and targets, whichever split they are in, in an order of their own."""
    x = np.concatenate([split.x for split in (found.train, found.val, found.test)])
    y = np.concatenate([split.y for split in (found.train, found.val, found.test)])
    order = np.lexsort(np.column_stack([x, y]).T)
    return x[order], y[order]


def same_examples(found, x, y):
    own_x, own_y = everything(found)
    order = np.lexsort(np.column_stack([x, y]).T)
    return np.array_equal(own_x, np.asarray(x)[order]) and np.array_equal(own_y, np.asarray(y)[order])


@pytest.mark.parametrize("place", [0, 30, 64])
@pytest.mark.parametrize(
    "pixel", ["pixel{0}", "pixel_{0}", "pixel{0:04}", "{1}x{2}", "pixel_{3}_{4}"], ids=lambda name: name
)
def test_named_pixels_are_pictures_wherever_the_label_stands(tmp_path, pixel, place):
    x, y = digits()
    names = [pixel.format(i, i // 8 + 1, i % 8 + 1, i // 8, i % 8) for i in range(64)]
    columns = list(x.T)
    columns.insert(place, y)
    names.insert(place, "digit")
    found = data.load(write(tmp_path / "t.csv", columns, names))
    assert found.image_shape == (8, 8)
    assert found.train.x.dtype == np.uint8
    assert found.n_classes == 10
    assert same_examples(found, x, y)


def test_pixels_of_three_colours_are_said(tmp_path):
    rng = np.random.default_rng(0)
    columns = [rng.integers(0, 256, 20) for _ in range(4 * 4 * 3)]
    path = write(tmp_path / "t.csv", [*columns, [0, 1] * 10], [*(f"pixel{i:04}" for i in range(48)), "label"])
    found = data.load(path)
    assert found.image_shape == (4, 4, 3)
    assert any("4 x 4, colour" in sentence for sentence in found.found)


def test_pixels_that_fill_no_picture_are_features(tmp_path):
    rng = np.random.default_rng(0)
    columns = [[0, 1] * 10, *(rng.integers(0, 256, 20) for _ in range(10))]
    found = data.load(write(tmp_path / "t.csv", columns, ["label", *(f"pixel{i}" for i in range(10))]))
    assert (found.image_shape, found.n_features, found.n_classes) == ((), 10, 2)
    assert any("10 pixels make no square" in sentence for sentence in found.found)


@pytest.mark.parametrize("place", [0, 64])
def test_columns_without_names_are_pictures_where_that_can_be_told(tmp_path, place):
    x, y = digits()
    columns = list(x.T)
    columns.insert(place, y)
    found = data.load(write(tmp_path / "mnist.csv", columns))
    assert (found.image_shape, found.n_classes) == ((8, 8), 10)
    assert same_examples(found, x, y)


def test_where_it_cannot_be_told_it_is_said_what_tells_it(tmp_path):
    """First and last column may both be the label: as ever the last is a number to predict, and the way out is said."""
    x, y = digits()
    x[:, -1] = y
    path = write(tmp_path / "mnist.csv", [y, *x.T])
    found = data.load(path)
    assert found.is_regression
    assert any("--target 1 and --task classification" in sentence for sentence in found.found)
    chosen = data.load(path, ReadOptions(target="1", task="classification"))
    assert (chosen.image_shape, chosen.n_classes) == ((8, 8), 10)


def test_a_table_of_numbers_is_a_regression_on_its_last_column_as_ever(tmp_path):
    rows = np.arange(60.0).reshape(20, 3) / 7
    rows[:, 2] = np.arange(20) % 3
    found = data.load(write(tmp_path / "t.csv", rows.T.tolist(), ["x1", "x2", "y"]))
    assert found.is_regression
    assert found.fingerprint == "8f63a3a290d5a90f719c960cd07bd37d"  # of version 0.1.0
    assert any("--task classification makes classes of them" in sentence for sentence in found.found)
    assert found.feature_names == ("x1", "x2")


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@pytest.mark.parametrize("has_names", [True, False])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_the_only_column_of_texts_is_the_class(tmp_path, suffix, has_names, place):
    columns, names = list(IRIS.data.T), ["a", "b", "c", "d"]
    columns.insert(place, SPECIES)
    names.insert(place, "species")
    separator = "\t" if suffix == ".tsv" else ","
    found = data.load(write(tmp_path / f"iris{suffix}", columns, names if has_names else (), separator))
    assert found.classes == ("setosa", "versicolor", "virginica")
    assert found.feature_names == (("a", "b", "c", "d") if has_names else ())
    assert same_examples(found, IRIS.data, IRIS.target)


def test_target_and_task_are_chosen(tmp_path):
    path = write(tmp_path / "t.csv", [*IRIS.data.T, IRIS.target], ["A", "b", "c", "d", "kind"])
    assert data.load(path).is_regression
    classes = data.load(path, ReadOptions(task="classification"))
    assert (classes.n_classes, classes.feature_names) == (3, ("A", "b", "c", "d"))
    for target in ("A", "a", "1"):
        other = data.load(path, ReadOptions(target=target))
        assert other.is_regression
        assert same_examples(other, np.column_stack([IRIS.data[:, 1:], IRIS.target]), IRIS.data[:, 0])
    with pytest.raises(MistakeError, match=r"kinds.*did you mean kind"):
        data.load(path, ReadOptions(target="kinds"))
    with pytest.raises(MistakeError, match="whole numbers"):
        data.load(path, ReadOptions(target="a", task="classification"))


def test_a_column_called_class_holds_classes_wherever_it_stands(tmp_path):
    path = write(tmp_path / "t.csv", [IRIS.target + 1, *IRIS.data.T], ["Class", "a", "b", "c", "d"])
    found = data.load(path)
    assert found.n_classes == 3
    assert same_examples(found, IRIS.data, IRIS.target)


def test_pandas_numbers_for_names_are_names(tmp_path):
    found = data.load(write(tmp_path / "t.csv", [*IRIS.data.T, IRIS.target], ["0", "1", "2", "3", "label"]))
    assert found.n_classes == 3
    assert same_examples(found, IRIS.data, IRIS.target)


@pytest.mark.parametrize("name", ["Id", "", "Unnamed: 0"])
def test_a_column_that_numbers_the_rows_is_left_out_and_said(tmp_path, name):
    columns = [range(1, 151), *IRIS.data.T, SPECIES]
    found = data.load(write(tmp_path / "t.csv", columns, [name, "a", "b", "c", "d", "Species"]))
    assert found.n_features == 4
    assert any("is left out, as it numbers the rows" in sentence for sentence in found.found)


@pytest.mark.parametrize(
    ("labels", "options", "said"),
    [
        ([2**53, 2**53 + 1], {}, "cannot be told apart; allowed: smaller numbers, texts such as 'n9007199254740992'"),
        ([2**60, 2**60 + 1], {"task": "classification"}, "labels of 9,007,199,254,740,992 or more"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_classes_that_would_become_one_float_are_refused(tmp_path, suffix, labels, options, said):
    names = ["id", "a", "label" if not options else "code"]
    columns = [[2**60 + i for i in range(20)], np.linspace(0, 1, 20), labels * 10]
    if suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet").write_table(
            pyarrow.table(dict(zip(names, columns, strict=True))), tmp_path / "t.parquet"
        )
    source = write(tmp_path / "t.csv", columns, names) if suffix == ".csv" else str(tmp_path / "t.parquet")
    with pytest.raises(MistakeError, match=said):
        data.load(source, ReadOptions(**options))
    numbers = data.load(source, ReadOptions(task="regression"))
    assert numbers.n_features == 1, "what is called an identifier is one, whatever floats tell apart"


def test_columns_of_one_name_are_told(tmp_path):
    """A table whose columns stand in another order is answered by their names, which say nothing then."""
    path = tmp_path / "t.csv"
    path.write_text("a,a,b,label\n" + "".join(f"{i / 7},{i * i},{i % 5},{i % 2}\n" for i in range(20)))
    assert "More than one column is called 'a': they are told apart by their order alone." in data.load(str(path)).found


@pytest.mark.parametrize(
    ("first", "row", "is_told"),
    [
        ("0,1,2", "0.5,{i},1.5", True),
        ("1,2,3", "0.5,{i},1.5", True),
        ("2019,2020,2021", "0.5,{i},1.5", True),
        ("2020,2015,2010", "100,{i},2", True),
        ("2019,2020,2021", "{i},{i}1,{i}2", True),
        ("4,5,6", "1,2,3", False),
        ("7,7,7", "0.5,{i},1.5", False),
        ("0,1,species", "0.5,{i},{text}", True),
        ("0,2,1", "0.5,{i},1.5", False),
        ("0,1,cat", "0.5,{i},{text}", False),
        ("a,b,c", "0.5,{i},{text}", False),
    ],
)
def test_a_first_line_that_may_name_the_columns_is_told(first, row, is_told, tmp_path):
    """As tables are written whose columns were never named, or are years: it would be an example without a word."""
    path = tmp_path / "t.csv"
    rows = "".join(row.format(i=i, text=("cat", "dog")[i % 2]) + "\n" for i in range(20))
    path.write_text(f"{first}\n{rows}")
    assert any("The first line" in sentence for sentence in data.load(str(path)).found) == is_told


@pytest.mark.parametrize(
    ("classes", "is_told"), [(("cat", "Cat"), True), (("a", "A"), False), (("cat", "cats"), False)]
)
def test_classes_that_may_be_one_are_told(classes, is_told, tmp_path):
    """Letters are classes apart, as of handwriting; words that differ in case alone seldom are."""
    path = tmp_path / "t.csv"
    path.write_text("a,b,label\n" + "".join(f"{i / 7},{i % 5},{classes[i % 2]}\n" for i in range(20)))
    said = [sentence for sentence in data.load(str(path)).found if "differ in case or spaces alone" in sentence]
    assert [sentence.startswith("Classes 'Cat', 'cat' differ") for sentence in said] == [True] * is_told


def test_what_is_no_number_in_other_eyes_is_told(tmp_path):
    """Codes with leading zeros become numbers, and words for a missing label classes: both are said."""
    rows = zip([0.5, 1.5, 2.5] * 5, ["01234", "8", "8"] * 5, ["EU", "NA", "EU"] * 5, strict=True)
    path = tmp_path / "t.csv"
    lines = [(a, code, region) for a, code, region in rows]
    path.write_text("a,code\n" + "".join(f"{a},{code}\n" for a, code, _ in lines))
    found = data.load(str(path), ReadOptions(task="classification")).found
    assert "Column 2 (code) is read as numbers, 01234 as 1234." in found
    path.write_text("a,code\n" + "".join(f"{a},{'0' * 5000}{code}\n" for a, code, _ in lines))
    found = data.load(str(path), ReadOptions(task="classification")).found
    assert f"Column 2 (code) is read as numbers, {'0' * 40}... as 1234." in found
    path.write_text("a,region\n" + "".join(f"{a},{region}\n" for a, _, region in lines))
    assert any(
        sentence.startswith("'NA' is the class of 5 examples; where it means")
        for sentence in data.load(str(path)).found
    )


def test_a_column_that_numbers_the_rows_under_another_name_is_said_and_kept(tmp_path):
    path = write(tmp_path / "t.csv", [range(150), *IRIS.data.T], ["time", "a", "b", "c", "d"])
    found = data.load(path)
    assert found.n_features == 4
    assert any(sentence.startswith("Column time numbers the rows") for sentence in found.found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,colour,class\n1,red,x\n" * 5, r"line 2, column 2 \(colour\): 'red' is no number; allowed: numbers; texts"),
        ("a,b,class\n1,2,x\n1,,y\n1,2,z\n1,2,x\n1,2,x\n", r"line 3, column 2 \(b\): is empty; allowed: a number"),
        ("a,b,class\n1,2,x\n1,2,\n1,2,z\n1,2,x\n1,2,x\n", r"line 3, column 3 \(class\): is empty; allowed: a text"),
        ("a,b,class\n1,,x\n" + "1,2,x\n" * 5, r"line 2, column 2 \(b\): is empty"),
        ("a;b;class\n" + "1,5;2,5;x\n" * 5, "separated by semicolons.*did you mean 1.5,2.5,x"),
        ("a;b;colour;class\n" + "1,5;2,5;red;x\n" * 5, "separated by semicolons.*did you mean 1.5,2.5,red,x"),
        ("a;colour;class\n" + "1;red;x\n" * 5, "line 2: cells are separated by semicolons"),
        ("a, maybe b,class\nx;y;z,1;2,w\n" * 5, r"line 2, column 1 \(a\): 'x;y;z' is no number"),
        ('a,b,class\n"1,5",2,x\n' + "1,2,y\n" * 5, r"line 2, column 1 \(a\): '1,5' is no number.*did you mean 1.5"),
        ("label,class,a\n1,2,3\n" * 5, "more than one column that can be the target: label, class.*--target class"),
        ("label,label,a\n1,2,3\n" * 5, "more than one column that can be the target: label, label.*--target 2$"),
        ("a,b,class,\n" + "1,2,x,\n" * 5, "line 2: ends with a separator, .* neither a name nor a value"),
        (
            "a,b,class\n1,2,\n1,2,x\n" + "1,2,y\n" * 5,
            r"^[^\n]*line 2, column 3 \(class\): is empty; [^\n]*a value[^\n]*$",
        ),
        ("pixel0,pixel1\n" + "1,2\n" * 5, "has pixels alone"),
        ('a,b,class\n"1,234",2,x\n' + "1,2,y\n" * 5, r"'1,234' is no number \(did you mean 1234\?\)"),
        ("0,1,2\n" + "1,2,x\n" * 5, "'x' is no number; allowed: numbers, as line 1 has there; where that names"),
        ("2023,2024,label\n" + "1,2,0\n1,3,1\n" * 5, "line 1, column 3: 'label' stands above numbers alone"),
    ],
)
def test_what_cannot_be_read_is_told_with_column_and_line(tmp_path, text, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(MistakeError, match=said):
        data.load(str(tmp_path / "t.csv"))


@pytest.mark.parametrize("n", [10, 11, 30])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_that_more_than_the_first_ten_things_are_wrong_is_said(tmp_path, suffix, n):
    """After ten there was no word of the others, of which a table may have one in every line."""
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        path.write_text("a,y\n1,1.5\n" + "x,2.5\n" * n)
    else:
        pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.table({f"a{i}": [[1]] for i in range(n)} | {"y": [1.5]}), path)
    with pytest.raises(MistakeError) as error:
        data.load(str(path))
    told = [str(mistake) for mistake in error.value.mistakes]
    more = [f"t{suffix}: has more that is wrong; these are the first 10"] if n > 10 else []
    assert (len(told), told[10:]) == (10 + len(more), more)


def test_a_name_for_too_many_or_few_columns_is_no_name(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2,3.5\n" * 5)
    found = data.load(str(tmp_path / "t.csv"))
    assert found.feature_names == ()
    assert any("has 2 names for 3 columns" in sentence for sentence in found.found)


def test_tables_of_splits_stand_beside_each_other(tmp_path):
    x, y = digits()
    names = ["label", *(f"pixel{i}" for i in range(64))]
    write(tmp_path / "sign_train.csv", [y[:150], *x[:150].T], names)
    write(tmp_path / "sign_test.csv", [y[150:], *x[150:].T], names)
    write(tmp_path / "submission.csv", [range(3), range(3)], ["id", "label"])
    found = data.load(str(tmp_path))
    assert (len(found.train), len(found.val), len(found.test)) == (130, 20, 50)
    assert found.image_shape == (8, 8)
    assert "sign_train.csv is for train, sign_test.csv is for test." in found.found
    assert "Not used: submission.csv." in found.found


def test_a_test_without_labels_is_not_used_and_said(tmp_path):
    x, y = digits()
    write(tmp_path / "train.csv", [y[:150], *x[:150].T], ["label", *(f"pixel{i}" for i in range(64))])
    write(tmp_path / "test.csv", x[150:].T, [f"pixel{i}" for i in range(64)])
    found = data.load(str(tmp_path))
    assert "test.csv has no column 'label', which is to be predicted, and is not used." in found.remark
    assert found.fingerprint == data.load(str(tmp_path / "train.csv")).fingerprint


def test_tables_with_other_columns_are_refused(tmp_path):
    write(tmp_path / "train.csv", [range(9), range(9)], ["a", "y"])
    write(tmp_path / "test.csv", [range(9), range(9)], ["b", "y"])
    with pytest.raises(MistakeError, match=r"test.csv: has other columns than train.csv: 'b' where 'a' is"):
        data.load(str(tmp_path))


def test_parquet_is_read_as_the_same_table_in_text(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    columns = dict(zip("abcd", IRIS.data.T, strict=True)) | {"kind": pyarrow.array(SPECIES).dictionary_encode()}
    pyarrow.parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    text = write(tmp_path / "t.csv", [*IRIS.data.T, SPECIES], [*"abcd", "kind"])
    own, other = data.load(str(tmp_path / "t.parquet")), data.load(text)
    assert (own.fingerprint, own.classes, own.feature_names) == (other.fingerprint, other.classes, other.feature_names)
    with pytest.raises(MistakeError, match="takes 9,600 bytes in memory"):
        data.load(str(tmp_path / "t.parquet"), ReadOptions(val_share=0.2), max_bytes=9000)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, None, 2.0, 3.0, 4.0], r"row 2, column 1 \(a\): is empty"),
        ([1.0, float("nan"), 2.0, 3.0, 4.0], r"row 2, column 1 \(a\): is no finite number"),
        ([[1], [2], [3], [4], [5]], r"column 1 \(a\): has the type list"),
    ],
)
def test_what_parquet_holds_that_is_no_number_is_told(tmp_path, values, said):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"a": values, "y": [1.5] * 5}), tmp_path / "t.parquet")
    with pytest.raises(MistakeError, match=said):
        data.load(str(tmp_path / "t.parquet"))


def test_parquet_that_is_none_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"no parquet")
    with pytest.raises(MistakeError, match="cannot be read as a table"):
        data.load(str(tmp_path / "t.parquet"))


def test_without_pyarrow_the_command_that_installs_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(MistakeError, match="pip install pyarrow"):
        data.load(str(tmp_path / "t.parquet"))


def test_numbers_for_a_model_of_classes_say_how_to_choose(tmp_path, capsys):
    path = write(tmp_path / "t.csv", [*IRIS.data.T, IRIS.target], [*"abcd", "kind"])
    assert main(["--batch", "train", "--data", path, "--model", "logistic_regression", "--epochs", "1"]) == 2
    assert "--task classification" in capsys.readouterr().err


def test_an_imported_table_keeps_the_names_of_its_features(tmp_path):
    path = write(tmp_path / "t.csv", [*IRIS.data.T, SPECIES], [*"abcd", "kind"])
    assert main(["data", "import", path, str(tmp_path / "out.npz"), "--quiet"]) == 0
    assert data.load(str(tmp_path / "out.npz")).feature_names == tuple("abcd")


def test_whether_a_table_is_packed_is_told_by_its_bytes_and_not_by_its_name(tmp_path):
    """Browsers unpack a file and keep its name, and who packs one may leave its name as it was."""
    text = "".join(f"{i / 4},{i % 5},{'ab'[i % 2]}\n" for i in range(20)).encode()
    found = []
    for name, content in (("a.csv", text), ("b.csv.gz", text), ("c.csv", gzip.compress(text))):
        (tmp_path / name).write_bytes(content)
        found.append(data.load(str(tmp_path / name)).fingerprint)
    assert len(set(found)) == 1


def test_a_cell_that_is_too_long_is_told_with_its_line_and_why(tmp_path):
    """It was told in a library's words, without a line: mostly a quotation mark that has no other."""
    rows = [f"{i / 4},{i % 5},{'ab'[i % 2]}" for i in range(20_000)]
    for place, cell, told in (
        (
            7,
            '1,2,"a',
            "line 7: has a cell of more than 131,072 characters, as a text in quotation marks goes on to line",
        ),
        (9, "1,2," + "a" * 200_000, "line 9: has a cell of more than 131,072 characters; allowed: shorter ones"),
    ):
        path = tmp_path / "t.csv"
        path.write_text("\n".join([*rows[: place - 1], cell, *rows[place:]]))
        with pytest.raises(MistakeError, match=f"t.csv, {told}"):
            data.load(str(path))


@pytest.mark.parametrize(
    ("cell", "shown", "meant"),
    [("٣.٥", "'٣.٥'", "3.5"), ("３", "'３'", "3"), ("−3.5", "'−3.5'", "-3.5"), ("\u00a03.5", r"'\\xa03.5'", "3.5")],
)
def test_a_number_that_is_written_otherwise_is_told_with_the_one_that_was_meant(cell, shown, meant, tmp_path):
    """Also where a whole column is, and a space that nobody sees is shown."""
    path = tmp_path / "t.csv"
    path.write_text("x,y,label\n" + f"{cell},2,a\n{cell},3,b\n" * 5)
    with pytest.raises(MistakeError, match=rf"line 2, column 1 \(x\): {shown} is no number.*did you mean {meant}\?"):
        data.load(str(path))


def test_a_text_among_numbers_to_predict_is_told_with_what_would_be_right(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y,label\n1,2,1\n3,4,2\n5,6,b\n" * 5)
    with pytest.raises(
        MistakeError, match="'b' is no number; allowed: numbers, as line 2 has there, or texts in every"
    ):
        data.load(str(path))


def test_what_is_no_text_under_the_name_of_a_table_is_told_with_its_own_ending(tmp_path):
    """It was taken for Latin-1, and the line that was to make UTF-8 of it made nonsense; so is a workbook renamed."""
    np.save(tmp_path / "a.npy", np.arange(300.0))
    (tmp_path / "a.npy").rename(tmp_path / "a.csv")
    with zipfile.ZipFile(tmp_path / "b.csv", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", np.random.default_rng(0).bytes(2000))
    (tmp_path / "c.csv").write_bytes(b"PAR1\x15\x04\xff\xfe" * 9)
    (tmp_path / "d.tsv").write_bytes("x\té\n1\tä\n".encode("latin-1"))
    for name, told in (
        ("a.csv", "is no text: by what is in it, it is of .npy; allowed: that ending, by cp "),
        ("b.csv", "is no text: by what is in it, it is of .xlsx; allowed: that ending, by cp "),
        ("c.csv", "is no text: by what is in it, it is of .parquet; allowed: that ending, by cp "),
        ("d.tsv", "is not a text in UTF-8; allowed: UTF-8; made by python "),
    ):
        with pytest.raises(MistakeError, match=f"{name}: {told}"):
            data.load(str(tmp_path / name))


def test_a_text_in_quotation_marks_behind_a_space_is_the_text(tmp_path):
    """The marks were a part of classes and names, so that ``"label"`` was none, and no other file had these classes."""
    rows = [f'{i / 4}, {i % 5}, "{("cat, big", "dog")[i % 2]}"\n' for i in range(20)]
    (tmp_path / "t.csv").write_text(f'"x", "y", "label"\n{"".join(rows)}')
    found = data.load(str(tmp_path / "t.csv"))
    assert found.classes == ("cat, big", "dog")
    assert found.feature_names == ("x", "y")
    (tmp_path / "s.csv").write_text(f'"x"; "y"; "label"\n{"".join(rows).replace(", ", "; ").replace("cat; ", "cat, ")}')
    with pytest.raises(MistakeError) as refusal:
        data.load(str(tmp_path / "s.csv"))
    command = str(refusal.value).partition("made by ")[2].partition(" (did you mean")[0]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)  # noqa: S602
    assert data.load(str(tmp_path / "s-converted.csv")).fingerprint == found.fingerprint
