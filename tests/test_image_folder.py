"""Pictures as strangers have them: every depth, transparency and frame, and folders as systems leave them behind."""

import json
import os
import unicodedata
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError

RAMP = np.linspace(0.1, 0.9, 64).reshape(8, 8)


def read(path):
    return data.read_image(path, 8, 8)


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ((RAMP * 65535).astype(np.uint16), "png"),
        ((RAMP * 65535).astype(np.uint16), "tiff"),
        ((RAMP * 65535).astype(np.int32), "tiff"),
        ((RAMP * 255).astype(np.int32), "tiff"),
        (RAMP.astype(np.float32), "tiff"),
        ((RAMP * 255).astype(np.float32), "tiff"),
        ((RAMP * 65535).astype(np.float32), "tiff"),
        ((RAMP * 255).astype(np.uint8), "png"),
    ],
    ids=["16-bit-png", "16-bit-tiff", "32-bit", "32-bit-of-bytes", "floats-to-1", "floats-to-255", "floats-to-65535",
         "8-bit"],
)  # fmt: skip
def test_pictures_of_every_depth_keep_their_range(tmp_path, values, ending):
    """What has more than 8 bits was clipped to white, floats to black."""
    path = tmp_path / f"a.{ending}"
    Image.fromarray(values).save(path)
    assert np.abs(read(path).astype(float) - (RAMP * 255)[..., None]).max() <= 1


def test_sixteen_bits_of_other_formats_keep_their_range(tmp_path):
    ten_bits = (RAMP * 1023).astype(">u2")
    (tmp_path / "a.pgm").write_bytes(b"P5 8 8 1023\n" + ten_bits.tobytes())
    assert np.abs(read(tmp_path / "a.pgm").astype(float) - (RAMP * 255)[..., None]).max() <= 1
    inverted = Image.fromarray(((1 - RAMP) * 65535).astype(np.uint16))
    inverted.save(tmp_path / "a.tiff", tiffinfo={262: 0})
    assert np.abs(read(tmp_path / "a.tiff").astype(float) - (RAMP * 255)[..., None]).max() <= 1


@pytest.mark.parametrize("values", [RAMP - 0.5, RAMP * 1e9, np.full((8, 8), np.nan)], ids=["negative", "huge", "nan"])
def test_floats_of_no_known_range_are_refused_with_it(tmp_path, values):
    Image.fromarray(values.astype(np.float32)).save(tmp_path / "a.tiff")
    with pytest.raises(MistakeError, match=r"a.tiff: cannot be read: it has values from .* not 0 to 1 or 0 to 255"):
        read(tmp_path / "a.tiff")


def clear(mode, seed):
    """Return a picture that shows a red or white square on a clear ground whose hidden colours are noise."""
    noise = np.random.default_rng(seed)
    shown = np.zeros((8, 8), bool)
    shown[2:6, 2:6] = True
    if mode in ("P", "PA"):
        picture = Image.fromarray(np.where(shown, 0, noise.integers(1, 5, (8, 8))).astype(np.uint8), "P")
        picture.putpalette([255, 0, 0, *noise.integers(0, 256, 4 * 3).tolist()])
        picture.info["transparency"] = bytes([255, 0, 0, 0, 0])
        return picture.convert("PA") if mode == "PA" else picture
    grey = {"LA": 1, "RGBA": 3}[mode]
    values = noise.integers(0, 256, (8, 8, grey + 1))
    values[shown] = (40, 255) if mode == "LA" else (255, 0, 0, 255)
    values[~shown, -1] = 0
    return Image.fromarray(values.astype(np.uint8), mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hidden_colours_are_not_seen(tmp_path, mode):
    """Two pictures that look the same are the same, whatever colours lie under what is transparent."""
    pictures = []
    for seed in (1, 2):
        path = tmp_path / f"{seed}.{'tiff' if mode == 'PA' else 'png'}"
        clear(mode, seed).convert("RGBA" if mode == "PA" else mode).save(path)
        pictures.append(read(path))
    assert np.array_equal(*pictures)
    assert pictures[0][0, 0].tolist() == [255, 255, 255]
    assert pictures[0][3, 3].tolist() == ([40, 40, 40] if mode == "LA" else [255, 0, 0])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr"])
def test_a_picture_without_transparency_is_what_it_was(tmp_path, mode):
    picture = Image.new("RGB", (8, 8), (255, 255, 255)).convert(mode)
    picture.save(tmp_path / f"a.{'jpg' if mode in ('CMYK', 'YCbCr') else 'png'}")
    (path,) = tmp_path.iterdir()
    assert read(path).min() >= 254


def test_a_picture_whose_tags_are_damaged_is_read_without_a_word(tmp_path):
    """Pillow warns of them on stderr, with a line of its own source; the tests take warnings for errors."""
    picture = Image.fromarray((RAMP * 255).astype(np.uint8))
    picture.save(tmp_path / "plain.jpg")
    picture.save(tmp_path / "cut.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05\1\2\0\3")
    np.testing.assert_array_equal(read(tmp_path / "cut.jpg"), read(tmp_path / "plain.jpg"))


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "tiff"])
def test_of_several_frames_the_first_is_taken(tmp_path, ending):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    options: dict[str, Any] = {"lossless": True} if ending == "webp" else {}
    frames[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=frames[1:], **options)
    assert read(tmp_path / f"a.{ending}")[4, 4].tolist() == [255, 0, 0]


def test_one_picture_is_no_data_set(tmp_path, capsys):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    assert main(["data", "check", str(tmp_path / "a.png")]) == 2
    assert "is a picture and no data set; allowed: FILE.npz, FILE.csv or a FOLDER" in capsys.readouterr().err


# Folders.


def make(root, *classes, splits=("train", "test"), n=3):
    for split in splits:
        for label, name in enumerate(classes):
            folder = root / split / name
            folder.mkdir(parents=True)
            for i in range(n):
                Image.new("RGB", (8, 8), (60 * label + i, 0, 0)).save(folder / f"{i}.png")
    return root


def test_what_systems_leave_behind_is_no_class_and_no_picture(tmp_path):
    root = make(tmp_path / "images", "a", "b")
    for folder in ("__MACOSX", ".git", "@eaDir", ".ipynb_checkpoints"):
        (root / "train" / folder).mkdir()
        Image.new("RGB", (8, 8)).save(root / "train" / folder / "x.png")
    for file in ("._0.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (root / "train" / "a" / file).write_bytes(b"nothing")
    (root / "__MACOSX" / "train").mkdir(parents=True)
    dataset = data.load(str(root))
    assert dataset.classes == ("a", "b")
    assert dataset.left_out == ()
    assert dataset.remark == ""


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_one_name_in_two_forms_of_unicode_is_one_class(tmp_path, forms):
    for split, form in zip(("train", "test"), forms, strict=True):
        make(tmp_path, unicodedata.normalize(form, "forêt"), "mer", splits=(split,))
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("forêt", "mer")
    assert np.bincount(dataset.test.y).tolist() == [3, 3]


def test_names_that_differ_in_case_between_splits_are_one_class_and_that_is_said(tmp_path):
    make(tmp_path, "Cat", "dog", splits=("train",))
    make(tmp_path, "cat", "DOG", splits=("test",))
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("Cat", "dog")
    assert np.bincount(dataset.test.y).tolist() == [3, 3]
    assert "cat and Cat are taken for one class, Cat." in dataset.remark


def test_letters_that_one_split_has_in_both_cases_are_two_classes(tmp_path):
    make(tmp_path, "a", "A", splits=("train",))
    if len(list((tmp_path / "train").iterdir())) < 2:
        pytest.skip("this file system does not tell case apart")
    make(tmp_path, "A", splits=("test",))
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("A", "a")
    assert np.bincount(dataset.test.y, minlength=2).tolist() == [3, 0]


def test_pictures_without_an_ending_or_with_a_rare_one_are_read(tmp_path):
    make(tmp_path, "a", "b")
    for number, name in enumerate(("0001", "b.jfif", "c.PNG", "d.pgm")):
        Image.new("L", (8, 8), number).save(tmp_path / "test" / "a" / name, format="PPM" if ".pgm" in name else "PNG")
    for text in ("README", "labels.csv", "notes.txt"):
        (tmp_path / "test" / "a" / text).write_text("no picture")
    dataset = data.load(str(tmp_path))
    assert np.bincount(dataset.test.y).tolist() == [7, 3]
    assert dataset.left_out == ()


def test_names_that_steer_terminals_or_are_no_text_are_told_harmlessly(tmp_path, monkeypatch, capsys):
    make(tmp_path, "a", "b")
    for name in (b"caf\xe9.png", b"\x1b]0;title\x07.png"):
        try:
            (tmp_path / "train" / "a" / os.fsdecode(name)).write_bytes(b"nothing")
        except OSError:
            pytest.skip("this file system takes no such names")
    monkeypatch.chdir(tmp_path)
    for words in (["data", "check", "."], ["train", "--data", ".", "--model", "logistic_regression", "--epochs", "1"]):
        assert main(["--batch", *words]) == 0
        said = "".join(capsys.readouterr())
        assert r"2 of 14 files in . are left out: train/a/\x1b]0;title\x07.png, train/a/caf\xe9.png." in said
        assert said.replace("\n", "").isprintable()


def test_an_empty_folder_is_no_file_that_is_left_out(tmp_path):
    root = make(tmp_path / "images", "a", "b")
    (root / "train" / "c").mkdir()
    assert data.load(str(root)).remark == "1 empty folder in images is left out: train/c."


@pytest.fixture
def holed(tmp_path):
    """A folder with everything that cannot be used."""
    root = make(tmp_path / "images", "a", "b", n=6)
    for i in range(2):
        path = root / "train" / "a" / f"{i}.png"
        path.write_bytes(path.read_bytes()[:40])
    (root / "train" / "a" / "phone.heic").write_bytes(b"nothing")
    (root / "train" / "b" / "more").mkdir()
    for name in ("a.png", "b.png", ".DS_Store"):  # a folder is as many files as are in it
        (root / "train" / "b" / "more" / name).write_bytes(b"nothing")
    (root / "train" / "empty").mkdir()
    (root / "train" / "stray.jpg").write_bytes(b"nothing")
    return root


def test_what_is_named_and_what_more_there_is_add_up_to_what_is_counted(tmp_path):
    """Empty folders in a class were counted as files that are not named: 3 of 1 file."""
    root = make(tmp_path / "images", "a", "b")
    for place in ("a/x", "a/y", "a/z", "b/x"):
        (root / "train" / f"{place}.png").mkdir()
    (root / "train" / "b" / "z.png").write_bytes(b"nothing")
    assert "1 of 13 files in images is left out: train/b/z.png." in data.load(str(root)).remark


LEFT_OUT = "6 of 28 files in images are left out: train/a/0.png, train/a/1.png, train/a/phone.heic and 3 more."


def test_what_is_left_out_is_counted_and_named_wherever_the_folder_is_used(holed, tmp_path, capsys):
    words = ["--batch", "train", "--data", str(holed), "--model", "logistic_regression", "--epochs", "1"]
    assert main(words) == 0
    assert LEFT_OUT in capsys.readouterr().err
    assert main(["--batch", "predict", "last", str(holed)]) == 0
    assert LEFT_OUT in capsys.readouterr().err
    assert main(["--batch", "report", "--kept", "1.1", "--data", str(holed), "--out", str(tmp_path / "out")]) in (0, 1)
    assert LEFT_OUT in capsys.readouterr().err
    assert "6 of 28 files in images are left out" in (tmp_path / "out" / "report.html").read_text()


def test_data_check_tells_what_is_left_out_and_why(holed, capsys):
    assert main(["data", "check", str(holed)]) == 0
    told = capsys.readouterr().out
    assert LEFT_OUT in told
    for place, reason in [
        ("train/a/0.png", "cannot be read: "),
        ("train/a/phone.heic", "is of the format .heic, which is not read"),
        ("train/b/more", "is a folder inside of a class"),
        ("train/empty", "holds no picture and is no class"),
        ("train/stray.jpg", "stands in no folder of a class"),
    ]:
        assert f"{holed / place}: {reason}" in told
    assert main(["data", "check", str(holed), "--format", "jsonl"]) == 0
    assert len(json.loads(capsys.readouterr().out)["left_out"]) == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.heic", b"\0\0\0\x18ftypheic", "is of the format .heic, which is not read"),
        ("photo.jpg", b"\0\0\0\x18ftypheic", "holds a HEIC or AVIF picture, which is not read"),
        ("photo.png", b"", "cannot be read: it is empty"),
        ("photo.png", b"I am a text.", "cannot be read: it holds no picture of a known format"),
    ],
)
def test_a_telephone_s_picture_is_told_with_the_formats_that_are_read(tmp_path, name, content, said):
    """What Pillow says helped nobody whose telephone keeps HEIC, also under the name of a JPEG."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MistakeError) as raised:
        data.read_image(tmp_path / name, 8, 8)
    assert str(raised.value) == (
        f"{tmp_path / name}: {said}; allowed: JPEG, PNG, GIF, WebP, TIFF, BMP or PPM: save it as one of these"
    )


@pytest.mark.parametrize("words", [["data", "check"], ["data", "import"], ["train", "--data"]])
def test_pictures_that_cannot_be_read_are_named_where_they_leave_one_class_only(tmp_path, capsys, words):
    """The class whose pictures are broken is there, to whoever looks into the folder."""
    make(tmp_path / "images", "a", "b")
    for path in (tmp_path / "images").glob("*/a/*"):
        path.write_bytes(b"no picture")
    out = [str(tmp_path / "out.npz")] if "import" in words else []
    assert main(["--batch", *words, str(tmp_path / "images"), *out]) == 2
    said = capsys.readouterr().err
    assert "has one class only" in said
    assert said.count("holds no picture of a known format; allowed: JPEG, PNG") == 6


def test_a_class_of_which_nothing_can_be_read_is_said_to_be_gone(tmp_path, capsys):
    """Else a model of two classes is trained where three were meant, without a word."""
    make(tmp_path / "images", "a", "b", "c")
    for path in (tmp_path / "images").glob("*/c/*"):
        path.write_bytes(b"no picture")
    for words in (["data", "check"], ["--batch", "train", "--model", "perceptron", "--epochs", "1", "--data"]):
        assert main([*words, str(tmp_path / "images")]) == 0
        told = capsys.readouterr()
        assert "No picture of c can be read: it is no class." in " ".join((told.out + told.err).split())


def test_equal_pictures_of_different_classes_are_named_by_their_files(tmp_path):
    """In a folder a row says nothing: what is to be mended is a file."""
    rng = np.random.default_rng(0)
    for name in ("forest", "sea"):
        (tmp_path / "seg_train" / name).mkdir(parents=True)
        for i in range(10):
            Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8)).save(tmp_path / "seg_train" / name / f"{i}.png")
    (tmp_path / "seg_train/sea/twin.png").write_bytes((tmp_path / "seg_train/forest/3.png").read_bytes())
    dataset = data.load(str(tmp_path))
    assert [len(dataset.files[split]) for split in ("train", "val", "test")] == [19, 2, 0]
    (found,) = data.inspect(dataset).duplicates
    assert found.is_conflicting
    assert {place.file for place in found.places} == {"seg_train/forest/3.png", "seg_train/sea/twin.png"}
