"""Make the README's pictures: the program as it runs on its built-in data, nothing staged but the keys.

``make pictures`` writes them to ``assets/``. A real network is trained for them, which takes a minute.
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from hw1_tui.app import Hw1App
from screens.state.live_run import LiveRun
from screens.state.workspace import Workspace
from screens.widgets.report.question_list import QuestionList

ASSETS = Path(__file__).parent.parent / "assets"
SIZE = (120, 40)
Act = Callable[[Pilot[int]], Awaitable[object]]


async def wait(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the program work until something holds, and until it is drawn."""
    while not condition():
        await asyncio.sleep(0.02)
    await pilot.pause(0.5)


def workspace(pilot: Pilot[int]) -> Workspace:
    """Return what the program's screens share."""
    assert isinstance(pilot.app, Hw1App)
    return pilot.app.workspace


def newest(pilot: Pilot[int]) -> LiveRun:
    """Return the run asked for last."""
    return workspace(pilot).queue.runs[-1]


async def model(pilot: Pilot[int]) -> None:
    """Choose a model; the pictures of the data set are there."""
    await wait(pilot, lambda: pilot.app.screen.query("Picture"))


async def form(pilot: Pilot[int]) -> None:
    """Fill in the form, one field of it wrongly."""
    await pilot.press("enter")
    await wait(pilot, lambda: "parameters" in str(pilot.app.screen.query_one("#facts", Static).content))
    pilot.app.screen.query_one("#field-learning-rate Input").focus()
    await pilot.press("end", "e")
    await pilot.pause(0.3)


async def training(pilot: Pilot[int]) -> None:
    """Train, and change the learning rate on the way."""
    workspace(pilot).draft.type("init", "he")
    workspace(pilot).draft.type("epochs", "40")
    await pilot.press("enter", "enter")
    await wait(pilot, lambda: workspace(pilot).queue.runs and newest(pilot).epochs_done >= 6)
    newest(pilot).control.steer({"learning_rate": 0.0003})
    await wait(pilot, lambda: newest(pilot).epochs_done >= 13)
    pilot.app.screen.query_one("#chart-loss").focus()
    await pilot.press("r", *["left"] * 4)
    await pilot.pause(0.5)


async def steer(pilot: Pilot[int]) -> None:
    """Ask for a change while it trains."""
    await pilot.press("enter", "enter")
    await wait(pilot, lambda: workspace(pilot).queue.runs and newest(pilot).epochs_done >= 4)
    await pilot.press("e", "end", "5")
    await pilot.pause(0.3)


async def report(pilot: Pilot[int]) -> None:
    """Run a question of the report with few epochs."""
    await pilot.press("6")
    scale = pilot.app.screen.query_one("#epochs-scale", Input)
    scale.value = "0.1"
    await scale.action_submit()
    questions = pilot.app.screen.query_one(QuestionList)
    questions.mark(("2.2a",))
    await pilot.press("s")
    await wait(pilot, lambda: workspace(pilot).queue.runs and all(run.ended for run in workspace(pilot).queue.runs))
    await wait(pilot, lambda: "3/3" in str(questions.get_option_at_index(questions.highlighted or 0).prompt))
    await pilot.pause(1)


PICTURES: dict[str, Act] = {
    "model": model,
    "hyperparameters": form,
    "training": training,
    "steer": steer,
    "report": report,
}


async def take(name: str, act: Act) -> None:
    """Run the program up to a scene and write its picture."""
    app = Hw1App()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await act(pilot)
        (ASSETS / f"{name}.svg").write_text(app.export_screenshot(title="hw1-tui"), encoding="utf-8")
        app.workspace.queue.stop_all()
        await wait(pilot, lambda: not app.workspace.queue.live)


def main() -> None:
    """Write every picture."""
    ASSETS.mkdir(exist_ok=True)
    for name, act in PICTURES.items():
        with tempfile.TemporaryDirectory() as home:
            os.environ["HW1_TUI_HOME"] = home
            asyncio.run(take(name, act))
        print(f"assets/{name}.svg")


if __name__ == "__main__":
    main()
