"""Runs of the interface that train in processes: watched, steered and stopped as those of its threads."""

import contextlib
import os
import signal

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from hw1_tui.settings import Given
from hw1_tui.training.remote.process_pool import ProcessPool
from tests.support.scripted_engine import until

FORM = [Given("model", "logistic_regression", ""), Given("data", "digits", ""), Given("epochs", "5000", "")]


async def test_seeds_of_the_form_train_beside_each_other_in_processes_and_outlive_one(tmp_path):
    with contextlib.closing(ProcessPool(2)) as pool:
        app = Hw1App("train", FORM, home=tmp_path, seeds=2, workers=pool)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("enter")
            queue = app.workspace.queue
            await until(pilot, lambda: [run.epochs_done > 2 for run in queue.runs] == [True, True], 60)
            assert len(pool.processes) == 2
            os.kill(pool.processes[0], signal.SIGKILL)
            reached = max(run.epochs_done for run in queue.runs)
            await until(pilot, lambda: min(run.epochs_done for run in queue.runs) > reached, 60)
            assert sorted(len([text for text in run.remarks if "was killed by SIGKILL" in text])
                          for run in queue.runs) == [0, 1]  # fmt: skip
            queue.runs[0].control.steer({"learning_rate": 0.05})
            await until(pilot, lambda: queue.runs[0].config.hyperparameters["learning_rate"] == 0.05)
            queue.stop_all()
            await until(pilot, lambda: all(run.ended for run in queue.runs), 60)
            assert [run.state for run in queue.runs] == ["stopped"] * 2
    assert [record.status for record in Store(tmp_path).runs()] == ["stopped"] * 2
