"""Data sets in the files that their publishers distribute, read by the names of those, and hostile ones refused."""

import gzip
import shlex
import zipfile

import numpy as np
import pytest

from hw1_tui import data
from hw1_tui.cli import main
from tests.support.archive import problems, save
from tests.support.mnist import idx, write


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("join", ["-idx", ".idx"])
@pytest.mark.parametrize("named", ["folder", "a file", "folders around"])
def test_mnist_is_read_as_it_was_downloaded(tmp_path, packed, join, named):
    folder = tmp_path / "MNIST" / "raw"
    made = write(folder, join=join, packed=packed)
    source = {"folder": folder, "a file": sorted(folder.iterdir())[0], "folders around": tmp_path}[named]
    dataset = data.load(str(source))
    images, labels = made["t10k"]
    assert np.array_equal(dataset.test.x, images.reshape(10, 30))
    assert dataset.test.y.tolist() == labels.tolist()
    assert [len(dataset.train), len(dataset.val)] == [90, 10]
    assert dataset.classes == tuple("0123456789")
    assert dataset.image_shape == (6, 5)
    assert dataset.scale == 1 / 256
    assert "train-images" in dataset.found[0]


def test_fashion_is_told_from_mnist_by_its_folder(tmp_path):
    write(tmp_path / "FashionMNIST" / "raw")
    dataset = data.load(str(tmp_path / "FashionMNIST"))
    assert dataset.classes[0] == "T-shirt/top"
    assert dataset.classes[9] == "Ankle boot"
    assert any("By the folder's name the classes are T-shirt/top" in sentence for sentence in dataset.found)
    write(tmp_path / "KMNIST" / "raw")
    assert data.load(str(tmp_path / "KMNIST")).classes[1] == "き"


def test_emnist_is_turned_and_has_its_letters(tmp_path):
    made = write(tmp_path, "emnist-letters-", {"train": 52, "test": 26}, classes=26, first=1)
    lines = [f"{i + 1} {65 + i} {97 + i}" for i in range(26)]
    (tmp_path / "emnist-letters-mapping.txt").write_text("\n".join(lines))
    dataset = data.load(str(tmp_path))
    assert dataset.classes[:2] == ("Aa", "Bb")
    assert dataset.n_classes == 26
    assert np.array_equal(dataset.test.x.reshape(26, 5, 6), made["test"][0].transpose(0, 2, 1))
    assert any("turned" in sentence for sentence in dataset.found)


def test_of_several_sets_in_a_folder_one_is_chosen_by_its_file(tmp_path):
    for before in ("emnist-digits-", "emnist-mnist-"):
        write(tmp_path, before, {"train": 20, "test": 10})
    said = problems(tmp_path)
    assert "holds more than one data set: emnist-digits, emnist-mnist" in said
    assert f"did you mean {tmp_path}/emnist-digits-train-images-idx3-ubyte?" in said
    assert len(data.load(f"{tmp_path}/emnist-mnist-test-labels-idx1-ubyte").test) == 10


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "is no file in the format of MNIST's (idx)", id="empty"),
        pytest.param(b"PK\x03\x04" + b"x" * 99, "is no file in the format of MNIST's (idx)", id="archive"),
        pytest.param(bytes((0, 0, 8, 9)) + b"\1" * 99, "is no file in the format of MNIST's (idx)", id="nine axes"),
        pytest.param(
            bytes((0, 0, 7, 3)) + b"\1" * 99, "is no file in the format of MNIST's (idx)", id="numbers of two bytes"
        ),
        pytest.param(bytes((0, 0, 8, 3)) + b"\0\0", "ends within its header", id="ends early"),
        pytest.param(
            bytes((0, 0, 8, 3)) + b"\xff" * 12,
            "is not as large as its header says, 4,294,967,295 x",
            id="larger than any memory",
        ),
        pytest.param(
            gzip.compress(bytes((0, 0, 8, 3)) + b"\xff" * 12),
            "is not as large as its header says, 4,294,967,295 x",
            id="larger, packed",
        ),
        pytest.param(
            gzip.compress(bytes((0, 0, 8, 1)) + b"\0\0\0\x50" + b"x" * 9),
            "is not as large as its header says, 80",
            id="one label too few",
        ),
        pytest.param(
            gzip.compress(bytes((0, 0, 8, 1)) + b"\0\0\0\x50" + b"x" * 99),
            "is not as large as its header says, 80",
            id="too many labels",
        ),
        pytest.param(gzip.compress(idx(np.zeros((100, 6, 5), np.uint8)))[:-9], "cannot be read: ", id="cut"),
        pytest.param(b"\x1f\x8b" + b"x" * 50, "cannot be read: ", id="not packed"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, content, told):
    """A header may claim any size: nothing of it is believed before it is held against the file."""
    write(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    assert told in problems(tmp_path)


def test_a_file_that_is_missing_is_named(tmp_path):
    write(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    assert "train-images-idx3-ubyte: the file with the labels of train is missing beside it" in problems(tmp_path)


def test_pictures_without_any_labels_are_refused(tmp_path):
    """They were taken for CIFAR's, which have labels in them, and the program failed."""
    write(tmp_path)
    for path in tmp_path.glob("*labels*"):
        path.unlink()
    assert "the file with the labels of train is missing beside it" in problems(tmp_path)


def test_labels_that_are_no_whole_numbers_are_refused(tmp_path):
    write(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.full(100, np.nan, np.float32)))
    assert "train-labels-idx1-ubyte: holds no labels; allowed: whole numbers" in problems(tmp_path)


def test_what_unpacks_to_more_than_is_allowed_is_refused_before_it_is_unpacked(tmp_path):
    write(tmp_path, packed=True)
    assert "unpacks to 4,180 bytes, more than the 1,000 that are allowed" in problems(tmp_path, max_bytes=1000)


def cifar(folder, names, n_labels, files):
    rng = np.random.default_rng(0)
    rows = {}
    for file, n in files.items():
        rows[file] = rng.integers(0, 256, (n, n_labels + 3072)).astype(np.uint8)
        rows[file][:, n_labels - 1] = np.arange(n) % 4
        (folder / file).write_bytes(rows[file].tobytes())
    (folder / names).write_text("cat\ndog\nelk\nfox\n\n")
    return rows


@pytest.mark.parametrize(
    ("names", "n_labels", "files"),
    [
        ("batches.meta.txt", 1, {"data_batch_1.bin": 16, "data_batch_2.bin": 8, "test_batch.bin": 8}),
        ("fine_label_names.txt", 2, {"train.bin": 24, "test.bin": 8}),
    ],
    ids=["10", "100"],
)
def test_cifar_is_read_from_its_binary_files(tmp_path, names, n_labels, files):
    rows = cifar(tmp_path, names, n_labels, files)
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("cat", "dog", "elk", "fox")
    assert dataset.image_shape == (3, 32, 32)
    assert len(dataset.train) + len(dataset.val) == 24
    assert np.array_equal(dataset.test.x, rows[list(files)[-1]][:, n_labels:])


def test_cifar_that_is_cut_is_refused_and_pickles_are_never_read(tmp_path):
    cifar(tmp_path, "batches.meta.txt", 1, {"data_batch_1.bin": 4})
    (tmp_path / "data_batch_1.bin").write_bytes(b"x" * 5000)
    assert "data_batch_1.bin: does not consist of records of 3,073 bytes" in problems(tmp_path)
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    for name in ("data_batch_1", "batches.meta", "test_batch"):
        (pickled / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    said = problems(pickled)
    assert "can run programs and is never read" in said
    assert "cifar-10-binary.tar.gz" in said


def medmnist(path, classes):
    rng = np.random.default_rng(0)
    made = {}
    for split in ("train", "val", "test"):
        made[f"{split}_images"] = rng.integers(0, 256, (20, 4, 4, 3)).astype(np.uint8)
        made[f"{split}_labels"] = (np.arange(20) % classes).reshape(-1, 1).astype(np.uint8)
    return save(path, made)


def test_medmnist_has_the_names_of_its_classes_by_its_file(tmp_path):
    dataset = data.load(str(medmnist(tmp_path / "pathmnist.npz", 9)))
    assert dataset.classes[0] == "adipose"
    assert data.load(str(medmnist(tmp_path / "bloodmnist_64.npz", 8))).classes[7] == "platelet"
    assert data.load(str(medmnist(tmp_path / "fashion_mnist.npz", 10))).classes[9] == "Ankle boot"
    other = data.load(str(medmnist(tmp_path / "octmnist.npz", 3)))
    assert other.classes[0] != "choroidal neovascularization"


def test_a_published_set_trains_after_no_command(tmp_path, capsys):
    write(tmp_path / "raw")
    words = ["--batch", "train", "--model", "logistic_regression", "--epochs", "1", "--data", str(tmp_path / "raw")]
    assert main([*words, "--format", "jsonl"]) == 0
    assert '"run_ended"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("a.tar.gz", "tar -xf"),
        ("a b.zip", "python -m zipfile -e"),
        ("a.npy.gz", "gunzip"),
        ("a.rar", "unrar x"),
    ],
)
def test_what_is_packed_is_refused_with_what_unpacks_it(tmp_path, name, command):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pictures/sea/1.jpg", b"")
    assert f"is packed, and is read once it is unpacked; allowed: {command} {shlex.quote(str(path))}" in problems(path)
