"""The data of the current folder and of earlier runs stands in the list of the first screen, and is previewed."""

import os
import shutil

import numpy as np
import pytest
from textual.widgets import Static

from hw1_tui.cli import main
from hw1_tui.data.listing import find_sources, recent_sources
from screens import interval
from screens.model import ModelScreen
from screens.widgets.choice_list import ChoiceList
from tests.support.scripted_engine import app_of, until

TABLE = "a,b,kind\n" + "".join(f"{i},{i * i % 7},{'red' if i % 2 else 'blue'}\n" for i in range(40))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with data of each kind and what is none."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "flowers.csv").write_text(TABLE)
    np.savez(here / "arrays.npz", X=np.eye(9), y=np.arange(9) % 3)
    np.save(here / "X.npy", np.eye(3))
    np.save(here / "y.npy", np.arange(3))
    for name in ("pets/cat/1.PNG", "pets/dog/1.png", "split/train/cat/1.jpg", "plain/1.png", "code/main.py"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(b"")
    for name in (".hidden.csv", "notes.txt", "__MACOSX/flowers.csv"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(TABLE)
    monkeypatch.chdir(here)
    return here


def test_what_looks_like_data_is_found(folder):
    assert find_sources(folder) == ["X.npy", "arrays.npz", "flowers.csv", "pets", "split"]


def test_a_folder_that_is_gone_or_is_not_to_be_read_holds_none(folder):
    shutil.rmtree(folder / "pets")
    assert find_sources(folder / "pets") == []


def test_a_pipe_is_no_data_and_a_link_to_itself_is_no_folder(folder):
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop").symlink_to("loop")
    assert "pipe.csv" not in find_sources(folder)
    assert "loop" not in find_sources(folder)


def test_recent_data_is_what_is_still_there_each_once(folder, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(TABLE)
    paths = [str(other), "", str(tmp_path / "gone.csv"), str(folder / "flowers.csv"), str(other)]
    assert recent_sources(paths, folder) == [str(other)]


def titles(app):
    return [str(option.prompt) for option in app.screen.query_one("#data", ChoiceList).options]


def card(app):
    return str(app.screen.query_one("#data-title", Static).content)


async def test_files_of_the_folder_are_listed_below_the_programs_own(script, folder):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: titles(app)[2:] == ["X.npy", "arrays.npz", "flowers.csv", "pets", "split"])
        assert app.screen.query_one("#data-choice").border_subtitle == "5 here"
        assert app.workspace.draft.data == "builtin"


async def test_what_is_highlighted_is_shown_and_chosen(script, folder):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "flowers.csv" in titles(app))
        app.screen.query_one("#data").focus()
        await pilot.press(*["down"] * 4)
        assert app.workspace.draft.data == "flowers.csv"
        await until(pilot, lambda: card(app).startswith("flowers.csv: "))


async def test_a_click_chooses_and_a_second_goes_on(script, folder):
    """One click led away at once: who chose data by the mouse saw nothing of it, and had yet to choose the model."""
    app = app_of(script)
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: "arrays.npz" in titles(app))
        await pilot.click("#data", offset=(2, 3))
        await until(pilot, lambda: app.workspace.draft.data == "arrays.npz" and card(app).startswith("arrays.npz: "))
        assert app.current_mode == "model"
        await pilot.click("#models", offset=(2, 2), times=2)
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.model == "logistic_regression"


async def test_moving_through_the_list_reads_nothing(script, folder, monkeypatch):
    """A file may be gigabytes: only where the cursor rests is read."""
    monkeypatch.setattr(interval, "PREVIEW", 1.0)
    app = app_of(script)
    asked = []
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "flowers.csv" in titles(app))
        own = app.workspace.library.ask

        def ask(source, *options):
            asked.append(source)
            own(source, *options)

        monkeypatch.setattr(app.workspace.library, "ask", ask)
        app.screen.query_one("#data").focus()
        await pilot.press(*["down"] * 6)
        await until(pilot, lambda: "split" in asked)
    assert set(asked) - {"builtin", "digits"} == {"split"}


async def test_names_are_never_markup(script, folder):
    (folder / "[bold red]x.csv").write_text(TABLE)
    (folder / "digits").mkdir()
    (folder / "digits" / "train.csv").write_text(TABLE)
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "[bold red]x.csv" in titles(app))
        options = app.screen.query_one("#data", ChoiceList).options
        assert [option.id for option in options if str(option.prompt) == "digits"] == ["./digits"]


async def test_data_of_earlier_runs_is_recent(script, folder, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(TABLE)
    words = ["--data", str(other), "--model", "logistic_regression", "--epochs", "1", "--quiet"]
    script.free = True
    assert main(["--batch", "train", *words]) == 0
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: f"other.csv in {tmp_path}" in titles(app))
        assert app.screen.query_one("#data-choice").border_subtitle == "5 here, 1 recent"


async def test_a_new_file_is_there_when_one_comes_back(script, folder):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "flowers.csv" in titles(app))
        await pilot.press("f10")
        (folder / "new.csv").write_text(TABLE)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, ModelScreen) and "new.csv" in titles(app))
