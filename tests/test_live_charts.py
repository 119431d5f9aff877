"""Several runs in the live charts: seeds of one configuration as a band, others beside the shown one."""

from hw1_tui.metric import EpochMetrics
from hw1_tui.training.job import Job
from screens.training import TrainingScreen
from screens.widgets.chart import Chart
from screens.widgets.run_charts import curves_of
from tests.support.scripted_engine import app_of, until


async def test_live_curves_of_several_seeds_stand_in_the_band_of_all_of_them(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        app.workspace.draft.seeds = "2"
        app.workspace.draft.type("epochs", "3")
        await pilot.press("enter", "enter")
        await until(
            pilot, lambda: len(app.workspace.queue.runs) == 2 and all(r.ended for r in app.workspace.queue.runs)
        )
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen) and app.screen.is_drawn)
        chart = app.screen.query_one("#chart-loss", Chart)
        assert "band: 2 seeds" in chart.summary
        assert "the band around it" in chart.summary


async def test_a_run_that_came_to_its_values_on_the_way_is_no_seed_of_those_that_began_with_them(script):
    """It was one of "2 seeds", and its curve the edge of their band, though it had other values for two epochs."""
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        queue = app.workspace.queue
        app.workspace.draft.type("epochs", "2")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: len(queue.runs) == 1 and queue.runs[0].ended)
        (steered,) = queue.runs
        changes = {"epochs": 3, "learning_rate": 0.05}
        queue.go_on(steered, Job(steered.config, run=steered.run_id, changes=changes))
        await until(pilot, lambda: steered.epochs_done == 3 and not steered.is_live)
        queue.submit(Job(steered.config.changed(seed=7)))
        await until(pilot, lambda: len(queue.runs) == 2 and queue.runs[1].ended)
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen) and app.screen.is_drawn)
        assert "band" not in app.screen.query_one("#chart-loss", Chart).summary


def test_the_band_reaches_from_the_lowest_to_the_highest_seed_where_all_were_measured():
    seeds = [[EpochMetrics(n, {"val_loss": loss + n}) for n in range(3)] for loss in (1.0, 2.0, 4.0)]
    own = [*seeds[1], EpochMetrics(3, {"val_loss": 9.0})]
    (curve,) = [curve for curve in curves_of("loss", own, seeds) if curve.last]
    assert curve.ends is not None
    assert [end.tolist() for end in curve.ends] == [[0, 1, 2], [1, 2, 3], [4, 5, 6]]


async def test_other_runs_stand_beside_the_shown_one_until_they_are_taken_away(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        app.workspace.draft.type("epochs", "3")
        await pilot.press("enter", "enter")
        app.workspace.draft.type("learning_rate", "0.02")
        await pilot.press("s")
        runs = app.workspace.queue.runs
        await until(pilot, lambda: len(runs) == 2 and all(run.ended for run in runs))
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen) and app.screen.is_drawn)
        charts = {name: app.screen.query_one(f"#chart-{name}", Chart) for name in ("loss", "accuracy", "norm")}
        assert not any("run 1" in chart.summary for chart in charts.values())
        await pilot.press("w")
        assert all("run 1: mlp" in chart.summary for chart in charts.values())
        assert not any("run 2: mlp" in chart.summary for chart in charts.values()), "it is the one that is shown"
        await pilot.press("w")
        assert not any("run 1" in chart.summary for chart in charts.values())
