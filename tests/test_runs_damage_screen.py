"""The interface on damaged run folders: it starts, shows what is sound, and says what is not."""

import json
import shutil
from pathlib import Path

from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.widgets.chart import Chart
from screens.widgets.run_table import RunTable
from tests import test_runs_damage as damage
from tests.support.damage import BAD, GOOD
from tests.support.scripted_engine import until

blobs, trained, store = damage.blobs, damage.trained, damage.store


async def test_the_interface_starts_shows_what_is_sound_and_names_what_is_not_once(store, tmp_path):
    """At every start, and however often the Runs screen looks."""
    (store.runs_path / BAD / "run.json").write_bytes(b"{}")
    interrupted, linked = "261122-000000-left", "261123-000000-link"
    shutil.copytree(store.runs_path / GOOD, store.runs_path / interrupted)
    log = store.runs_path / interrupted / "metrics.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:3]))
    (store.runs_path / linked).symlink_to(store.runs_path / GOOD)
    store.index_path.write_bytes(b"no database" * 2000)
    app = Hw1App("runs", home=store.home)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InterruptedDialog))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count == 2)
        await pilot.press("f3", "escape")  # away and back: it looks again
        await app.workers.wait_for_complete()
        for key in ("enter", "escape", "g", "escape", "b", "escape", "asterisk", "a", "c", "escape", "x", "escape"):
            await pilot.press(key)
        assert app.current_mode == "runs"
    said = "\n".join(app.workspace.log)
    for wrong in (BAD, linked, "index.sqlite was damaged"):
        assert said.count(wrong) == 1, said


def huge_metrics(folder: Path) -> None:
    """Write metrics that no axis can hold beside each other."""
    with (folder / "metrics.jsonl").open("a") as log:
        for epoch, value in ((3, 1.7e308), (4, -1.7e308), (5, 9e99), (6, -9e99), (7, 1e40), (10**8, 3)):
            names = ("train_loss", "train_eval_loss", "val_loss", "weight_norm", "learning_rate", "seconds")
            log.write(json.dumps({"event": "epoch", "epoch": epoch, **dict.fromkeys(names, value)}) + "\n")


def test_huge_metrics_are_exported_as_everything(store, tmp_path):
    huge_metrics(store.runs_path / BAD)
    for name in ("a.png", "a.csv", "a.md"):
        assert main(["runs", "export", BAD, "--to", str(tmp_path / name), "--home", str(store.home)]) == 0
    assert main(["runs", "export", BAD, "--tensorboard", str(tmp_path / "tb"), "--home", str(store.home)]) == 0


async def test_huge_metrics_are_shown(store):
    """Numbers out of all range end neither the list of runs nor a comparison."""
    huge_metrics(store.runs_path / BAD)
    app = Hw1App("runs", home=store.home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(
            pilot, lambda: isinstance(app.screen, InterruptedDialog) or app.screen.query_one(RunTable).row_count
        )
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query_one(RunTable).row_count == 2)
        await pilot.press("a", "c")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        await until(pilot, lambda: all(chart.is_drawn for chart in app.screen.query(Chart) if chart.display))
        assert app.is_running


async def test_a_run_that_is_damaged_while_it_is_shown_ends_nothing(store, tmp_path):
    app = Hw1App("runs", home=store.home)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count == 2)
        for run in (GOOD, BAD):
            (store.runs_path / run / "run.json").write_bytes(b"[")
        for key in ("enter", "c", "g", "b", "asterisk", "v", "ctrl+y"):
            await pilot.press(key)
            await pilot.press("escape")
        assert app.is_running
        assert app.current_mode == "runs"
