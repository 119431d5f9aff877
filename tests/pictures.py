"""Make the pictures of README and gallery: the program as it runs on its built-in data, nothing staged but the keys.

``make pictures`` trains what they show, brings the interface to each scene, and has a browser draw it: another drawer
of SVG leaves out spaces or fonts, and shows faults that no terminal has. It takes minutes, and Chromium or Chrome.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from textual.pilot import Pilot
from textual.widgets import Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.cli import main as run_command
from screens.inspection import InspectionScreen
from screens.state.live_run import LiveRun
from screens.state.workspace import Workspace
from screens.theme import DARK, LIGHT
from screens.widgets.inside.view import InsideView
from screens.widgets.inside.weight_view import WeightView
from screens.widgets.report.question_list import QuestionList
from screens.widgets.run_table import RunTable
from screens.widgets.sweep.trial_table import TrialTable
from tests.support.browser import NAMES, PROGRAM

ASSETS = Path(__file__).parent.parent / "assets"
SIZES = ((80, 24), (120, 40), (200, 60))
THEMES = {"dark": DARK.name, "light": LIGHT.name}
FONT = "DejaVu Sans Mono"
"""It has every character that the program draws."""
_COLOURS = 96

HISTORY = (
    "train --model perceptron --epochs 12 --seed 1",
    "train --model logistic_regression --epochs 15 --l2 0.01",
    "train --model mlp --init he --epochs 20",
    "train --model mlp --init he --epochs 20 --learning-rate 0.0003",
    "train --model mlp --init he --epochs 20 --learning-rate 0.003",
    "train --model mlp --engine torch --epochs 25 --learning-rate 0.02 --momentum 0.9 --seeds 3",
    "train --model mlp --engine torch --epochs 25 --learning-rate 0.02 --dropout 0.5",
    "report 2.2a 2.2c --epochs-scale 0.15 --out {home}/report",
    "sweep --model mlp --engine torch --data digits --hidden-sizes 64 --epochs 12 --grid learning-rate=.01..0.3:log:3 "
    "--grid momentum=0,.9 --grid dropout=0,.5 --seeds 2 --name digits",
)
"""What is in the history when the pictures are taken."""


_WAITING = re.compile("(Gathering|Reading|Opening)(&#160;| )the")
"""What a screen says as long as something is still to come."""
_LOOKS = 20


async def wait(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the program work until something holds, and until it is drawn."""
    while not condition():
        await asyncio.sleep(0.02)
    await pilot.pause(0.5)


async def picture(pilot: Pilot[int]) -> str:
    """Return the screen as SVG when nothing on it moves any more; the cursor of a field blinks all the same."""
    before = ""
    for _ in range(_LOOKS):
        now = pilot.app.export_screenshot(title="hw1-tui")
        if now == before and not _WAITING.search(now):
            break
        before = now
        await pilot.pause(0.7)
    return before


def workspace(pilot: Pilot[int]) -> Workspace:
    """Return what the program's screens share."""
    assert isinstance(pilot.app, Hw1App)
    return pilot.app.workspace


def newest(pilot: Pilot[int]) -> LiveRun:
    """Return the run asked for last."""
    return workspace(pilot).queue.runs[-1]


async def list_runs(pilot: Pilot[int]) -> None:
    """Go to the history, and wait until it has been read."""
    await pilot.press("5")
    await wait(pilot, lambda: any(table.row_count for table in pilot.app.screen.query(RunTable)))


async def see_model(pilot: Pilot[int]) -> None:
    """Choose a model; the pictures of the data set are there."""
    await wait(pilot, lambda: pilot.app.screen.query("Picture"))


async def see_hyperparameters(pilot: Pilot[int]) -> None:
    """Fill in the form, one field of it wrongly."""
    await pilot.press("enter")
    await wait(pilot, lambda: "parameters" in str(pilot.app.screen.query_one("#facts", Static).content))
    pilot.app.screen.query_one("#field-learning-rate Input").focus()
    await pilot.press("end", "e")
    await pilot.pause(0.3)


async def see_training(pilot: Pilot[int]) -> None:
    """Train, and change the learning rate on the way."""
    workspace(pilot).draft.type("init", "he")
    workspace(pilot).draft.type("epochs", "40")
    await pilot.press("enter", "enter")
    await wait(pilot, lambda: workspace(pilot).queue.runs and newest(pilot).epochs_done >= 6)
    newest(pilot).control.steer({"learning_rate": 0.0003})
    await wait(pilot, lambda: newest(pilot).epochs_done >= 13)
    newest(pilot).control.pause()
    await wait(pilot, lambda: newest(pilot).state == "paused")


async def see_steer(pilot: Pilot[int]) -> None:
    """Ask for a change while it trains."""
    workspace(pilot).draft.type("init", "he")
    await pilot.press("enter", "enter")
    await wait(pilot, lambda: workspace(pilot).queue.runs and newest(pilot).epochs_done >= 4)
    await pilot.press("space", "e", "end", "5")
    await pilot.pause(0.3)


async def see_runs(pilot: Pilot[int]) -> None:
    """Look through the history."""
    await list_runs(pilot)
    await pilot.press("down", "down")
    await wait(pilot, lambda: not _WAITING.search(pilot.app.export_screenshot()))


async def see_comparison(pilot: Pilot[int]) -> None:
    """Compare the runs that differ in their learning rate."""
    await list_runs(pilot)
    await pilot.press("slash", *"init=he", "enter")
    await pilot.pause(0.5)
    await pilot.press(*["space"] * 3, "c")
    await pilot.pause(2)


async def see_derivation(pilot: Pilot[int]) -> None:
    """Look at what the report has otherwise."""
    await pilot.app.run_action("app.go('derivation')")
    await wait(pilot, lambda: pilot.app.screen.query("MatrixView"))
    await pilot.press("n", "n")
    await pilot.pause(1)


async def see_report(pilot: Pilot[int]) -> None:
    """Look at a question that was run with few epochs."""
    await pilot.app.run_action("app.go('report')")
    await wait(pilot, lambda: pilot.app.screen.query("#epochs-scale") and pilot.app.screen.query("#question-title"))
    scale = pilot.app.screen.query_one("#epochs-scale", Input)
    scale.value = "0.15"
    await scale.action_submit()
    questions = pilot.app.screen.query_one(QuestionList)
    await wait(pilot, lambda: "4/4" in str([option.prompt for option in questions.options]))
    questions.focus()
    await pilot.press("end")
    await wait(pilot, lambda: not _WAITING.search(pilot.app.export_screenshot()))
    await pilot.pause(1)


async def see_confusion(pilot: Pilot[int], asked: str = "init=he learning_rate=0.001") -> None:
    """Look inside a run: which class it takes for which."""
    workspace(pilot).inspected = (workspace(pilot).store.runs(asked)[0].run,)
    await pilot.app.run_action("app.go('inspection')")
    await wait(pilot, lambda: looks_inside(pilot))


async def see_weights(pilot: Pilot[int]) -> None:
    """Look at what a linear model learned of each class."""
    await see_confusion(pilot, "model=logistic_regression")
    while not isinstance(inside(pilot).view, WeightView):
        await pilot.press("n")
    await wait(pilot, lambda: looks_inside(pilot))


def inside(pilot: Pilot[int]) -> InspectionScreen:
    """Return the screen that looks inside."""
    assert isinstance(pilot.app.screen, InspectionScreen)
    return pilot.app.screen


def looks_inside(pilot: Pilot[int]) -> bool:
    """Return whether a view stands."""
    if not inside(pilot).query(InsideView):
        return False
    view = inside(pilot).view
    return view.subject is not None and view.is_drawn


async def see_sweep(pilot: Pilot[int]) -> None:
    """Look at the trials of a sweep."""
    workspace(pilot).sweep_asked = "digits"
    await pilot.app.run_action("app.go('sweep')")
    await wait(pilot, lambda: any(table.row_count for table in pilot.app.screen.query(TrialTable)))
    await pilot.press("down")


async def see_findings(pilot: Pilot[int]) -> None:
    """Look at what a sweep came to."""
    await see_sweep(pilot)
    await pilot.press("v")
    await wait(pilot, lambda: not _WAITING.search(pilot.app.export_screenshot()))


async def see_data(pilot: Pilot[int]) -> None:
    """Look at the data."""
    await pilot.app.run_action("app.go('data')")
    await wait(pilot, lambda: pilot.app.screen.query("Thumbnail"))


async def see_settings(pilot: Pilot[int]) -> None:
    """Look at the settings."""
    await pilot.app.run_action("app.go('settings')")
    await wait(pilot, lambda: pilot.app.screen.query("Field"))


async def see_help(pilot: Pilot[int]) -> None:
    """Ask what a screen is for."""
    await pilot.press("5", "f1")
    await pilot.pause(0.5)


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Attributes:
        title: in the gallery.
        arrive: brings the program there.
    """

    title: str
    arrive: Callable[[Pilot[int]], Awaitable[object]]


SCENES = {
    "model": Scene("Model", see_model),
    "hyperparameters": Scene("Hyperparameters, one of them wrong", see_hyperparameters),
    "training": Scene("Training, steered on the way", see_training),
    "steer": Scene("Steering", see_steer),
    "runs": Scene("Runs", see_runs),
    "comparison": Scene("Comparison of three runs", see_comparison),
    "confusion": Scene("Inside: which class is taken for which", see_confusion),
    "weights": Scene("Inside: what the first layer learned", see_weights),
    "derivation": Scene("Derivation", see_derivation),
    "report": Scene("Report", see_report),
    "sweep": Scene("Sweep: its trials", see_sweep),
    "findings": Scene("Sweep: what is clear and what is chance", see_findings),
    "data": Scene("Data", see_data),
    "settings": Scene("Settings", see_settings),
    "help": Scene("Help", see_help),
}


def make_history(home: Path) -> None:
    """Train what the pictures show. The folder is there when all of it is: a run that was broken off would be shown."""
    part = home.with_name(f"{home.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for line in HISTORY:
        words = [word.format(home=part) for word in line.split()]
        with contextlib.redirect_stdout(io.StringIO()):
            if run_command(["--batch", *words, "--home", str(part), "--quiet"]):
                sys.exit(f"pictures: {line} failed")
    part.rename(home)


def name_of(scene: str, size: tuple[int, int], theme: str) -> str:
    """Return the file name of a picture."""
    return f"{scene}-{size[0]}x{size[1]}-{theme}.png"


async def take(scene: str, theme: str, sizes: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Bring the program to a scene and return its picture as SVG at each size."""
    first, *others = sizes
    app = Hw1App()
    async with app.run_test(size=first) as pilot:
        app.theme = THEMES[theme]
        await pilot.pause()
        await SCENES[scene].arrive(pilot)
        pictures = {first: await picture(pilot)}
        for size in others:
            await pilot.resize_terminal(*size)
            await pilot.pause(0.7)
            pictures[size] = await picture(pilot)
        app.workspace.queue.stop_all()
        await wait(pilot, lambda: not app.workspace.queue.live)
    return pictures


def draw(svg: str, browser: str) -> bytes:
    """Return a picture as PNG, drawn by a browser.

    Args:
        svg: as Textual exports it.
        browser: its program.
    """
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box
    width, height = (round(float(length)) for length in box.groups())
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", FONT)
    style = f"body{{margin:0}}svg{{display:block;width:{width}px;height:{height}px}}"
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "page.html"), Path(folder, "picture.png")
        page.write_text(f"<meta charset=utf-8><style>{style}</style>{svg}", encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--screenshot={picture}"]
        command = [browser, *options, f"--window-size={width},{height}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)
        drawn = Image.open(picture).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    drawn.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def gallery() -> str:
    """Return the page that has all pictures."""
    lines = [
        "# Gallery",
        "",
        "Every screen in three sizes of the terminal and two themes, made by `make pictures` from the running",
        "program on its built-in data.",
    ]
    for scene, about in SCENES.items():
        lines += ["", f"## {about.title}"]
        for size in SIZES:
            for theme in THEMES:
                lines += ["", f"![{about.title}, {size[0]}x{size[1]}, {theme}]({name_of(scene, size, theme)})"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every picture that was asked for, and the page that shows them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []], help="which (default: all)")
    parser.add_argument("--home", type=Path, help="a history made before, to look at a scene sooner")
    given = parser.parse_args()
    if PROGRAM is None:
        sys.exit(f"pictures: none of {', '.join(NAMES)} is here to draw them")
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder, "home")
        os.environ |= {"HW1_TUI_CONFIG": folder, "TEXTUAL_ANIMATIONS": "none", "XDG_CACHE_HOME": folder}
        if not home.exists():
            make_history(home)
        for scene in given.scenes or SCENES:
            for theme in THEMES:
                copy = Path(folder, f"{scene}-{theme}")
                shutil.copytree(home, copy, symlinks=True)
                os.environ["HW1_TUI_HOME"] = str(copy)
                for size, svg in asyncio.run(take(scene, theme, SIZES)).items():
                    path = ASSETS / name_of(scene, size, theme)
                    path.write_bytes(draw(svg, PROGRAM))
                    print(f"assets/{path.name}")
    (ASSETS / "gallery.md").write_text(gallery(), encoding="utf-8")


if __name__ == "__main__":
    main()
