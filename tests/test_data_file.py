"""Files from strangers: good ones read in every layout, hostile ones refused with a sentence and nothing else."""

import io
import os
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hw1_tui import data
from hw1_tui.data.building import build
from hw1_tui.data.dataset_file import raw_data
from hw1_tui.mistake import MistakeError
from tests.support.archive import arrays, npy, problems, save


@pytest.mark.parametrize("shape", [(4, 5, 3), (3, 4, 5), (4, 5), (60,)])
def test_every_layout_is_read_flat_and_keeps_its_order_of_axes(tmp_path, shape):
    made = arrays(shape=shape)
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    assert dataset.image_shape == (shape if len(shape) > 1 else ())
    assert dataset.train.x.shape == (12, int(np.prod(shape)))
    np.testing.assert_array_equal(dataset.train.x[5], made["train_images"][5].ravel())
    np.testing.assert_allclose(dataset.features(dataset.train.x[:1])[0], made["train_images"][0].ravel() / 256)


def test_floats_are_used_as_they_are(tmp_path):
    made = arrays(dtype=np.float32)
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    assert dataset.scale == 1
    assert dataset.train.x.dtype == np.float32
    np.testing.assert_array_equal(dataset.features(dataset.train.x), made["train_images"].reshape(12, -1))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float64, np.dtype(">i4")])
def test_labels_come_in_a_column_and_in_any_type_without_wrapping(tmp_path, dtype):
    made = arrays(n=300, classes=200)
    made |= {f"{s}_labels": made[f"{s}_labels"].astype(dtype).reshape(-1, 1) for s in ("train", "val", "test")}
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    assert dataset.n_classes == 200
    assert dataset.train.y.dtype == np.int64
    np.testing.assert_array_equal(dataset.train.y, np.arange(300) % 200)


def test_images_of_another_byte_order_are_turned_round(tmp_path):
    made = arrays(dtype=np.float32)
    turned = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in made.items()}
    dataset = data.load(str(save(tmp_path / "d.npz", turned)))
    np.testing.assert_array_equal(dataset.train.x, made["train_images"].reshape(12, -1))


def test_an_array_that_python_2_wrote_is_read_without_a_word(tmp_path):
    """numpy warns of the L in its header, twice and with a line of our source; the tests take warnings for errors."""
    made = arrays()
    content = npy(made["train_images"])
    rows = b"(%d, " % len(made["train_images"])
    assert rows in content
    old = content.replace(rows, rows.replace(b", ", b"L, "), 1).replace(b" \n", b"\n", 1)
    dataset = data.load(str(save(tmp_path / "d.npz", {**made, "train_images": old})))
    np.testing.assert_array_equal(dataset.train.x, made["train_images"].reshape(len(made["train_images"]), -1))


def test_an_unchanged_file_is_read_once_and_a_changed_one_again(tmp_path):
    path = save(tmp_path / "d.npz", arrays())
    first = data.load(str(path))
    assert data.load(str(path)) is first
    save(path, arrays(n=20))
    os.utime(path, ns=(1, 1))
    assert len(data.load(str(path)).train) == 20


def test_images_stay_bytes_in_memory(tmp_path):
    dataset = data.load(str(save(tmp_path / "d.npz", arrays())))
    assert dataset.train.x.dtype == np.uint8
    assert dataset.train.x.base is not None  # a view of what was read, not a second copy


# Hostile files.


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (200_000, 100, 100, 3)}
    )
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays().items():
            if name != "train_images":
                archive.writestr(f"{name}.npy", npy(array))
        with archive.open("train_images.npy", "w", force_zip64=True) as member:
            member.write(header.getvalue())
            for _ in range(64):
                member.write(bytes(1 << 20))
    assert "not as large as its header says" in problems(path)


def test_more_than_the_cap_is_refused_and_the_cap_can_be_raised(tmp_path):
    path = save(tmp_path / "d.npz", arrays(n=400))
    assert "--max-bytes" in problems(path, max_bytes=1000)
    assert len(data.load(str(path), max_bytes=1_000_000).train) == 400


def object_array():
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("train_images", b"no array at all", "is not a numpy array"),
        ("train_images", b"", "is not a numpy array"),
        ("train_images", object_array(), "has the type object"),
        ("train_images", npy(arrays()["train_images"])[:-5], "not as large as its header says"),
        ("train_images", npy(arrays()["train_images"]) + b"x", "not as large as its header says"),
        ("train_images", npy(arrays()["train_images"], version=(3, 0)), "format version 3.0"),
        ("train_images", npy(np.zeros((12, 5, 6, 2), np.uint8)), "has the shape (12, 5, 6, 2)"),
        ("train_images", npy(np.zeros((12, 0), np.uint8)), "has the shape (12, 0)"),
        ("train_images", npy(np.zeros((0, 4, 5, 3), np.uint8)), "has no examples"),
        ("train_images", npy(np.zeros((11, 4, 5, 3), np.uint8)), "there are 11 examples and 12 labels in train_labels"),
        ("train_images", npy(np.zeros((12, 5, 4, 3), np.uint8)), "different shapes"),
        (
            "train_images",
            npy(np.full((12, 4, 5, 3), np.nan, np.float32)),
            "inputs of different types: train_images float32",
        ),
        ("train_images", npy(np.zeros((12, 4, 5, 3), bool)), "inputs of different types: train_images bool"),
        ("train_images", npy(np.zeros((12, 4, 5, 3), np.complex64)), "has the type complex64"),
        ("train_labels", npy(np.array(["a"] * 12)), "texts for labels in one split and numbers in another"),
        ("train_labels", npy(np.zeros(12, "V0")), "has the type"),
        ("train_labels", npy(np.full(12, np.inf)), "has no number in row 0"),
        ("train_labels", npy(np.zeros((12, 2), int)), "has the shape (12, 2) and is not one-hot"),
        ("train_labels", npy(np.array(1)), "has the shape ()"),
        ("class_names", npy(np.array([255, 254], np.uint8)), "holds no names of classes"),
        ("class_names", npy(np.array(["a", "b"])), "does not name the 3 classes: 2 names, labels 0, 1, 2"),
    ],
    ids=lambda part: "" if isinstance(part, bytes) else part,
)
def test_a_member_that_is_wrong_is_named_with_what_is_wrong(tmp_path, name, content, said):
    assert said in problems(save(tmp_path / "d.npz", {**arrays(), name: content}))


def test_one_class_alone_cannot_be_learned(tmp_path):
    assert "one class only" in problems(save(tmp_path / "d.npz", arrays(classes=1)))


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    made = arrays()
    del made["val_labels"]
    made["train_imagse"] = made.pop("train_images")
    text = problems(save(tmp_path / "d.npz", made))
    assert "val_images: has no labels beside it; allowed: val_labels" in text
    assert "train_labels: has no inputs beside it; allowed: train_images" in text
    assert "did you mean train_imagse?" in text


def test_a_member_that_stands_twice_is_refused(tmp_path):
    path = save(tmp_path / "d.npz", arrays())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("train_labels.npy", npy(np.zeros(12, int)))
    assert "more than once" in problems(path)


def test_other_ways_of_packing_are_refused(tmp_path):
    assert "stored or deflate" in problems(save(tmp_path / "d.npz", arrays(), zipfile.ZIP_LZMA))


def test_an_encrypted_member_is_refused(tmp_path):
    path = save(tmp_path / "d.npz", arrays())
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02")
    content[start + 8] |= 1
    path.write_bytes(content)
    assert "is encrypted" in problems(path)


def test_a_flipped_bit_in_the_content_is_found(tmp_path):
    path = save(tmp_path / "d.npz", arrays(), zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[300] ^= 1
    path.write_bytes(content)
    assert "train_images: is damaged" in problems(path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("single.npz", npy(np.zeros(3)), "a single numpy array"),
        ("text.npz", b"these are words", "is not a zip archive"),
        ("empty.npz", b"", "is not a zip archive"),
        ("pickle.npz", b"\x80\x04K\x01.", "is not a zip archive"),
    ],
)
def test_a_file_that_is_no_archive_says_what_it_is(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    text = problems(tmp_path / name)
    assert said in text
    assert "pickle" not in text.replace(name, "")


def test_a_header_that_is_python_code_is_not_run(tmp_path):
    text = b"{'descr': '|u1', 'fortran_order': False, 'shape': (__import__('os').getpid(),)}"
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text
    assert "is not a numpy array" in problems(save(tmp_path / "d.npz", {**arrays(), "train_images": content}))


def test_a_header_that_says_it_is_huge_is_not_read(tmp_path):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays().items():
            if name != "val_images":
                archive.writestr(f"{name}.npy", npy(array))
        with archive.open("val_images.npy", "w") as member:
            member.write(b"\x93NUMPY\x02\x00" + struct.pack("<I", 64 << 20))
            for _ in range(64):
                member.write(b" " * (1 << 20))
    tracemalloc.start()
    try:
        assert "val_images: is not a numpy array" in problems(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_cap_counts_labels_as_they_are_kept(tmp_path):
    made = {name: array if "labels" in name else array[:, :1, 0, 0] for name, array in arrays(n=4000).items()}
    made |= {name: array.astype(np.uint8) for name, array in made.items()}
    path = save(tmp_path / "d.npz", made)
    assert sum(array.nbytes for array in made.values()) < 30_000
    assert "unpacks to 108,000 bytes" in problems(path, max_bytes=100_000)
    dataset = data.load(str(path), max_bytes=108_000)
    assert sum(dataset[split].x.nbytes + dataset[split].y.nbytes for split in ("train", "val", "test")) == 108_000


@pytest.mark.parametrize(
    "names",
    [
        np.frombuffer(b"\x1b[2Jcleared\nb\nc", np.uint8),
        np.frombuffer(b"a\x1cz\nb\nc", np.uint8),
        np.frombuffer(b"a\n\nc", np.uint8),
        np.frombuffer(b"a\n" * 20_000, np.uint8),
        np.full(5, np.nan),
        np.array(["\x1b[2Jcleared", "b", "c"]),
        np.array(["a", "", "c"]),
        np.array("abc"),
        np.array([], "U1"),
        np.array([["a", "b"], ["c", "d"]]),
        np.full(3, 0x7FFFFFFF, np.int32).view("U1"),
    ],
)
def test_names_that_a_terminal_should_not_show_are_refused(tmp_path, names):
    text = problems(save(tmp_path / "d.npz", {**arrays(), "class_names": names}))
    assert "holds no names of classes" in text
    assert "\x1b" not in text


def test_names_in_any_script_are_kept(tmp_path):
    names = ("Gebäude", "森林", "mer calme")
    data.write_dataset(tmp_path / "d.npz", build(raw_data({**arrays(), "class_names": np.array(names)}, "d", "d")))
    assert data.load(str(tmp_path / "d.npz")).classes == names


@pytest.mark.parametrize("order", ["<", ">"])
def test_names_may_be_texts_of_numpy(tmp_path, order):
    """So whoever makes the file by hand writes them, or as bytes."""
    names = np.array(["Gebäude", "森林", "mer calme"]).astype(f"{order}U9")
    assert data.load(str(save(tmp_path / "d.npz", {**arrays(), "class_names": names}))).classes == tuple(names)
    names = np.array(["Gebäude".encode(), b"b", b"c"])
    assert data.load(str(save(tmp_path / "e.npz", {**arrays(), "class_names": names}))).classes == ("Gebäude", "b", "c")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "d.npz")
    assert "neither a file nor a folder" in problems(tmp_path / "d.npz")


def test_the_home_of_nobody_is_a_mistake():
    assert "cannot be read" in problems("~nobody-of-this-name/d.npz")


def test_memory_that_does_not_suffice_is_a_mistake(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise MemoryError

    path = save(tmp_path / "d.npz", arrays())
    monkeypatch.setattr("hw1_tui.data.dataset_file.build", fail)
    assert "does not fit into memory" in problems(path)


def test_landscapes_are_recognised_by_their_size(tmp_path):
    landscapes = data.load(str(save(tmp_path / "a.npz", arrays(shape=(3, 48, 48), classes=6))))
    assert landscapes.classes == data.LANDSCAPES
    rows = data.load(str(save(tmp_path / "b.npz", arrays(shape=(48,), classes=6))))
    assert rows.classes[0] == "class 0"


@pytest.mark.parametrize("values", [["cat", "dog", "cow", "bee", "ant", "elk"], [5, 15, 25, 35, 45, 55]])
def test_classes_of_a_stranger_are_called_as_his_labels_also_of_the_size_of_landscapes(tmp_path, values):
    """Six kinds of animals in pictures of 48 x 48 were called buildings, forest, glacier, ..."""
    made = arrays(shape=(48, 48, 3), classes=6)
    made |= {name: np.array(values)[array] for name, array in made.items() if name.endswith("_labels")}
    dataset = data.load(str(save(tmp_path / "d.npz", made)))
    assert dataset.classes == tuple(sorted(map(str, values), key=lambda value: (len(value), value)))


def test_grey_pictures_of_the_size_of_landscapes_are_none(tmp_path):
    """Faces are published so: those of six expressions were called buildings, forest, glacier, ..."""
    dataset = data.load(str(save(tmp_path / "d.npz", arrays(shape=(48, 48), classes=6))))
    assert dataset.classes[0] == "class 0"


def test_a_source_that_does_not_exist_says_what_there_is(tmp_path):
    assert "did you mean builtin?" in problems("buitlin")
    assert "builtin, digits" in problems(tmp_path / "none.npz")


GOOD = None


def good_bytes(tmp_path_factory):
    global GOOD  # made once for thousands of mutations
    if GOOD is None:
        GOOD = save(tmp_path_factory.mktemp("good") / "d.npz", arrays(n=4)).read_bytes()
    return GOOD


mutations = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), st.integers(0, 10_000), st.integers(1, 255)),
        st.tuples(st.just("cut"), st.integers(0, 10_000), st.integers(1, 200)),
        st.tuples(st.just("insert"), st.integers(0, 10_000), st.binary(min_size=1, max_size=20)),
        st.tuples(st.just("truncate"), st.integers(0, 10_000), st.none()),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations)
@example([("truncate", 0, None)])
def test_whatever_is_done_to_a_good_file_nothing_but_a_mistake_comes_out(tmp_path_factory, changes):
    content = bytearray(good_bytes(tmp_path_factory))
    for kind, where, what in changes:
        where %= len(content) or 1
        if kind == "flip" and content:
            content[where] ^= what
        elif kind == "cut":
            del content[where : where + what]
        elif kind == "insert":
            content[where:where] = what
        elif kind == "truncate":
            del content[where:]
    path = tmp_path_factory.getbasetemp() / "mutated.npz"
    path.write_bytes(content)
    try:
        dataset = data.read_dataset(path, max_bytes=10_000_000)
    except MistakeError as error:
        assert error.mistakes
    else:
        assert len(dataset.train.x) == len(dataset.train.y)


headers = st.fixed_dictionaries(
    {
        "descr": st.sampled_from(["|u1", "<f4", ">i8", "|O", "<U3", "|V0", "<c8", "<M8[s]", "", "|S0", "zz"]),
        "fortran_order": st.booleans() | st.integers(),
        "shape": st.lists(st.integers(-3, 10**12), max_size=6).map(tuple) | st.text(max_size=3),
    }
)


@settings(max_examples=300)
@given(headers.map(repr) | st.text(max_size=60), st.sampled_from([b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x01"]))
def test_whatever_a_header_says_nothing_but_a_mistake_comes_out(tmp_path_factory, header, version):
    text = header.encode("utf-8", "surrogatepass")
    length = struct.pack("<H" if version[0] == 1 else "<I", len(text))
    path = tmp_path_factory.getbasetemp() / "header.npz"
    save(path, {**arrays(n=4), "val_images": b"\x93NUMPY" + version + length + text + bytes(60)})
    try:
        dataset = data.read_dataset(path, max_bytes=10_000_000)
    except MistakeError as error:
        assert error.mistakes
    else:
        assert dataset.n_features


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize("what", ["images", "labels"])
def test_a_single_number_in_place_of_an_array_is_a_mistake_with_its_place(tmp_path, split, what):
    path = save(tmp_path / "d.npz", {**arrays(), f"{split}_{what}": np.array(5)})
    with pytest.raises(MistakeError) as caught:
        data.load(str(path))
    (mistake,) = caught.value.mistakes
    assert mistake.place == f"d.npz, {split}_{what}"
    assert mistake.problem == "has the shape (): it is a single number"


def test_a_name_that_two_classes_share_is_refused(tmp_path):
    """Of two classes of one name every answer would lose one."""
    names = np.frombuffer(b"cat\ndog\ncat", np.uint8)
    path = save(tmp_path / "d.npz", {**arrays(), "class_names": names})
    with pytest.raises(MistakeError, match="names more than one class 'cat'"):
        data.load(str(path))


REAL = os.environ.get("HW1_TUI_REAL_DATA", "")


@pytest.mark.skipif(not REAL, reason="HW1_TUI_REAL_DATA does not name the file of photographs")
def test_the_photographs_are_read_as_the_course_describes_them():
    dataset = data.load(REAL)
    assert [len(dataset[split]) for split in ("train", "val", "test")] == [12630, 1404, 3000]
    assert dataset.n_features == 6912
    assert dataset.classes == data.LANDSCAPES
