"""The step of the derivation that descends: how far it comes, and on which data."""

import time

import pytest
from textual.widgets import Button, Input, Static

from hw1_tui.app import Hw1App
from hw1_tui.derivation.descent import descend
from screens.widgets.derivation import descent_run
from screens.widgets.derivation.descent_step import DescentStep
from tests.support.derivation_screen import opened, settled, text_of
from tests.support.scripted_engine import until
from tests.support.told import told

STEPS = 500


@pytest.fixture(autouse=True)
def _resting(monkeypatch):
    """Let a start rest after so many steps, and go on: what draws it must not wait for the processor meanwhile."""

    def some(*args):
        for state in descend(*args):
            yield state
            if state.number >= STEPS:
                break
        else:
            return
        while True:
            time.sleep(0.001)
            yield state

    monkeypatch.setattr(descent_run, "descend", some)


@pytest.mark.parametrize("units", [1, 2, 4])
async def test_descent_comes_down_to_the_floor_and_not_below(units):
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "DescentStep")
        screen.query_one("#size-units", Input).value = str(units)
        await settled(pilot)
        step = screen.step
        assert isinstance(step, DescentStep)
        await pilot.press("s")
        await until(pilot, lambda: step.descent and all(len(trace.points) > 20 for trace in step.descent.traces))
        await pilot.press("s")
        await until(pilot, lambda: str(step.query_one("#descend", Button).label) == "Descend")
        await pilot.app.workers.wait_for_complete()
        assert step.descent
        for trace in step.descent.traces:
            losses = [point.loss for point in trace.points]
            assert losses == sorted(losses, reverse=True)
            assert losses[-1] >= step.floor * (1 - 1e-9)
        assert f"K = {units}" in text_of(step)


async def test_what_3_3_says_of_the_floor():
    app = Hw1App("derive")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "DescentStep")
        for source, inputs, units, words in (
            ("linear", 1, 1, "approached and never attained"),
            ("linear", 2, 2, "attained"),
            ("drawn", 3, 2, "out of reach"),
            ("drawn", 3, 3, "attained"),
            ("circle", 2, 2, "not unique"),
        ):
            for name, value in (("inputs", inputs), ("units", units), ("seed", 0)):
                screen.query_one(f"#size-{name}", Input).value = str(value)
            await settled(pilot)
            await pilot.click(f"#{screen.step.id}-source-{source}")
            await settled(pilot)
            assert words in str(screen.step.query_one("#descent-verdict", Static).content), (source, inputs, units)


def step_of(screen):
    assert isinstance(screen.step, DescentStep)
    return screen.step


async def descending(pilot, screen):
    """Let it descend and return the descent, which has begun."""
    await pilot.press("s")
    await until(pilot, lambda: step_of(screen).descent and step_of(screen).descent.traces[0].points)
    return step_of(screen).descent


async def test_other_data_ends_the_descent():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "DescentStep")
        run = await descending(pilot, screen)
        await pilot.click(f"#{screen.step.id}-source-linear")
        await until(pilot, lambda: step_of(screen).descent is None)
        assert not run.live
        await pilot.app.workers.wait_for_complete()


async def test_leaving_while_it_descends_leaves_no_thread():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "DescentStep")
        run = await descending(pilot, screen)
    assert not run.live


async def type_path(pilot, text):
    field = pilot.app.screen.step.query_one(".path", Input)
    field.value = text
    field.focus()
    await pilot.press("enter")


async def test_data_comes_by_name_from_a_file_or_says_why_not(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(f"{n % 7},{n % 5},{n % 3},{n}" for n in range(60)))
    wide = tmp_path / "wide.csv"
    wide.write_text("\n".join(",".join(str(n * k) for k in range(30)) for n in range(60)))
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "LeastSquaresStep")
        field = screen.step.query_one(".path", Input)
        for source, inputs, examples in (("quadratic", 4, 400), (str(path), 3, 42)):
            await type_path(pilot, source)
            await until(pilot, lambda: screen.problem.source == field.value)
            await settled(pilot)
            assert screen.example.inputs == inputs
            assert f"N = {examples}" in text_of(screen.step)
        for source in ("quadratik", str(wide)):
            app.clear_notifications()
            await type_path(pilot, source)
            await until(pilot, lambda: told(app))
            assert screen.problem.source == str(path)
        screen.query_one("#size-inputs", Input).value = "2"
        await settled(pilot)
        assert screen.problem.source == "drawn"


async def test_data_that_was_typed_is_taken_when_the_field_is_left_and_once():
    """It was taken by enter only, where every other form takes what stands in it."""
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "LeastSquaresStep")
        field = screen.step.query_one(".path", Input)
        field.focus()
        await pilot.press(*"quadratic", "tab")
        await until(pilot, lambda: screen.problem.source == "quadratic")
        screen.problem.choose("linear")
        field.focus()
        await pilot.press("tab")
        await settled(pilot)
        assert screen.problem.source == "linear"
