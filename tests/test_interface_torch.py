"""The interface while PyTorch is loaded: in a process of its own, as this one may have it already."""

import importlib.util
import os
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio
import sys

from textual.widgets import Static

from hw1_tui.training.job import Job
from hw1_tui.app import Hw1App
from hw1_tui.settings import RunConfig

CONFIG = RunConfig.from_dict({"model": "logistic_regression", "engine": "torch", "epochs": 1, "data": sys.argv[1]})


async def main():
    app = Hw1App()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        print("before", "torch" in sys.modules)
        live = app.workspace.queue.submit(Job(CONFIG))
        app.action_go("training")
        said, answers = set(), 0
        while live.started is None and live.ended is None:
            said.add(live.opening_text)
            place = "data" if app.current_mode == "training" else "training"
            app.simulate_key("f10" if place == "data" else "f4")
            await asyncio.sleep(0.03)
            answers += app.current_mode == place
        print("said", sorted(said))
        print("answers", answers)
        while live.ended is None:
            await asyncio.sleep(0.01)
        print("ended", live.ended.status, "torch" in sys.modules)
        app.exit()

asyncio.run(main())
"""


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_it_answers_and_says_what_it_does(tmp_path, blobs):
    environment = {**os.environ, "HW1_TUI_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(blobs)], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert told["before"] == "False"
    assert told["said"] == str([f"Loading PyTorch and {blobs}..."])
    assert told["ended"] == "finished True"
    assert int(told["answers"]) >= 5  # places that keys led to meanwhile, of some dozens asked for
