"""What an export may do to files: nothing of the user's is lost, whatever the name, the suffix and the disk."""

import errno
import json
import os
import stat

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.export.run_export import SUFFIXES
from hw1_tui.runs import Store
from tests.support.history import train


@pytest.fixture
def run(blobs):
    return train(Store(), blobs)


@pytest.fixture
def pictures(tmp_path):
    for split in ("train", "test"):
        for label in ("dark", "light"):
            folder = tmp_path / "pictures" / split / label
            folder.mkdir(parents=True)
            for number in range(6):
                Image.new("L", (8, 8), (200 if label == "light" else 10) + number).save(folder / f"{number}.png")
    return tmp_path / "pictures"


def export(*words):
    return main(["runs", "export", *map(str, words)])


def full_disk(monkeypatch):
    """From now on the disk is full: what was written cannot be brought to it."""

    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hw1_tui.files.atomic.os.fsync", refuse)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_leaves_the_file_that_was_there(run, tmp_path, monkeypatch, capsys, suffix):
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / f"old{suffix}"
    file.write_bytes(b"old")
    full_disk(monkeypatch)
    assert export(run, "--to", file, "--force") == 2
    assert f"{file}: cannot be written: No space left on device" in capsys.readouterr().err
    assert file.read_bytes() == b"old"
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize(
    "words",
    [
        ("--batch", "inspect", "last", "confusion"),
        ("--batch", "rate", "--data", "digits", "--model", "logistic_regression"),
        ("cluster", "slurm", "--workers", "2", "--time", "1:00:00", "--insecure", "--scheduler", "tcp://lab:8786"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_every_command_that_writes_a_file_tells_of_a_full_disk_alike(run, tmp_path, monkeypatch, capsys, words):
    file = tmp_path / "old.csv"
    file.write_bytes(b"old")
    full_disk(monkeypatch)
    assert main([*words, "--to", str(file), "--force"]) == 2
    assert f"{file}: cannot be written: No space left on device" in capsys.readouterr().err
    assert file.read_bytes() == b"old"


def test_the_event_file_of_a_run_is_replaced_only_when_asked_for(run, tmp_path, capsys):
    """TensorBoard may be reading it, and another program may have written it."""
    assert export(run, "--tensorboard", tmp_path) == 0
    (file,) = tmp_path.rglob("*tfevents*")
    before = file.read_bytes()
    file.write_text("by hand")
    assert export(run, "--tensorboard", tmp_path, "--to", tmp_path / "table.csv") == 2
    said = capsys.readouterr().err
    assert f"{file} exists already" in said
    assert "--force" in said
    assert file.read_text() == "by hand"
    assert not (tmp_path / "table.csv").exists()
    assert export(run, "--tensorboard", tmp_path, "--force") == 0
    assert file.read_bytes() == before


def test_a_full_disk_leaves_the_event_file_that_was_there(run, tmp_path, monkeypatch):
    folder = tmp_path / "board"
    assert export(run, "--tensorboard", folder) == 0
    (file,) = folder.rglob("*tfevents*")
    before = file.read_bytes()
    full_disk(monkeypatch)
    assert export(run, "--tensorboard", folder, "--force") == 2
    assert file.read_bytes() == before


def test_a_full_disk_leaves_the_data_set_that_was_there(pictures, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.npz"
    out.write_bytes(b"old")
    full_disk(monkeypatch)
    assert main(["data", "import", str(pictures), str(out), "--force"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert out.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_written_by_hand_is_replaced_only_when_asked_for(run, tmp_path, capsys, suffix):
    notes = tmp_path / f"notes{suffix}"
    notes.write_text("by hand")
    assert export(run, "--to", notes) == 2
    said = capsys.readouterr().err
    assert f"{notes} exists already" in said
    assert "--force" in said
    assert notes.read_text() == "by hand"
    assert export(run, "--to", notes, "--force") == 0
    assert notes.read_bytes() != b"by hand"


def test_the_path_that_would_be_overwritten_is_told_whole(run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("by hand")
    assert export(run, "--to", "notes.md") == 2
    assert str(tmp_path / "notes.md") in capsys.readouterr().err


def test_a_folder_that_was_removed_under_the_program_is_told_as_that(run, tmp_path, monkeypatch, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert export(run, "--to", "table.csv") == 1
    assert "the folder that it was started in is not there any more" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)


def test_importing_pictures_replaces_no_file_unasked(pictures, tmp_path, capsys):
    out = tmp_path / "mine.npz"
    out.write_text("by hand")
    assert main(["data", "import", str(pictures), str(out)]) == 2
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "by hand"
    assert main(["data", "import", str(pictures), str(out), "--force"]) == 0
    assert data.load(str(out)).classes == ("dark", "light")


def test_suffixes_may_be_written_in_any_case(run, tmp_path):
    for suffix in SUFFIXES:
        assert export(run, "--to", tmp_path / f"a{suffix.upper()}") == 0
        assert export(run, "--to", tmp_path / f"b{suffix.title()}") == 0
    assert {path.suffix.lower() for path in tmp_path.glob("[ab].*")} == set(SUFFIXES)
    assert list(tmp_path.glob("*.*.*")) == []  # numpy adds a suffix of its own to what it does not know
    assert "W1" in np.load(tmp_path / "a.NPZ")
    assert "W1" in load_file(tmp_path / "b.Safetensors")
    assert "0.weight" in torch.load(tmp_path / "a.PT", weights_only=True)


def test_a_tilde_is_the_home_folder_wherever_a_path_is_typed(run, pictures, tmp_path, monkeypatch, capsys):
    """A shell expands only a tilde that begins a word: not the one of ``--to=~/a.csv`` or of a settings file."""
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert export(run, "--to=~/a.csv", "--tensorboard=~/board") == 0
    assert (home / "a.csv").exists()
    assert (home / "board").is_dir()
    assert main(["data", "import", "~/../pictures", "~/made.npz", "--size", "8"]) == 0
    (home / "run.toml").write_text('data = "~/made.npz"\nmodel = "perceptron"\nepochs = 1\n')
    assert main(["--batch", "train", "--config=~/run.toml", "--home=~/history", "--quiet"]) == 0
    record = Store(home / "history").find("last")
    assert json.loads((record.path / "run.json").read_text())["data_path"] == str(home / "made.npz")
    capsys.readouterr()
    assert main(["--batch", "predict", "last", "~/made.npz", "--home=~/history"]) == 0
    assert main(["--batch", "predict", "last", "~/../pictures/test/dark/0.png", "--home=~/history"]) == 0
    assert "dark" in capsys.readouterr().out


def test_a_link_stays_a_link_and_what_it_points_to_is_written(run, tmp_path):
    (tmp_path / "shared").mkdir()
    target, link = tmp_path / "shared" / "a.csv", tmp_path / "a.csv"
    target.write_text("old")
    link.symlink_to(target)
    assert export(run, "--to", link) == 2
    assert target.read_text() == "old"
    assert export(run, "--to", link, "--force") == 0
    assert link.is_symlink()
    assert target.read_text().startswith("epoch,")


def test_a_file_that_is_replaced_keeps_who_may_read_it(run, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("old")
    file.chmod(0o600)
    assert export(run, "--to", file, "--force") == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_takes_no_file_is_told_before_an_epoch_is_trained_for_it(tmp_path, blobs, monkeypatch, capsys):
    """To root every folder is open, so that the mode alone would not do."""
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path.resolve())
    rate = ("--batch", "rate", "--model", "logistic_regression", "--data", str(blobs))
    assert main([*rate, "--to", str(tmp_path / "rate.csv")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1].partition(" cannot be written: ")[2]) == (
        "",
        f"the folder {tmp_path.resolve()} is write-protected",
    )


def test_what_can_be_no_file_is_a_mistake_before_anything_is_read(run, tmp_path, capsys):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    long = "n" * 300 + ".csv"
    for name in ("folder.csv", "pipe.csv", "loop.csv", "blobs.npz/a.csv", "no/a.csv", long, ".csv", "-"):
        assert export(run, "--to", tmp_path / name, "--force") == 2, name
        assert capsys.readouterr().err.startswith("hw1-tui: --to: "), name
    assert stat.S_ISFIFO((tmp_path / "pipe.csv").stat().st_mode)


def test_the_longest_names_can_be_written(run, tmp_path):
    name = "ü" * 125 + ".csv"  # 254 bytes
    assert export(run, "--to", tmp_path / name) == 0
    assert (tmp_path / name).exists()


def test_an_epoch_of_what_holds_no_weights_is_said(run, tmp_path, capsys):
    assert export(run, "--to", tmp_path / "a.csv", "--epoch", "best") == 2
    assert "--epoch: says whose weights" in capsys.readouterr().err


def test_a_detour_through_a_folder_that_is_not_there_overwrites_nothing(run, tmp_path, capsys):
    (tmp_path / "a.csv").write_text("mine")
    assert export(run, "--to", tmp_path / "no" / ".." / "a.csv") == 2
    assert "--force" in capsys.readouterr().err
    assert (tmp_path / "a.csv").read_text() == "mine"
