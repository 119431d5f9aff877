"""Figures of the report as charts."""

from textual.app import App
from textual.widgets import Static

from hw1_tui.report.questions.question import Figure, Panel
from hw1_tui.report.runs.run_result import Results
from screens.widgets.report.figure_charts import FigureCharts
from tests.support.history import run_result
from tests.support.scripted_engine import until

RATES = (0.0002, 0.002, 0.02)


async def test_panels_too_narrow_for_the_names_of_their_curves_share_a_legend_that_says_all():
    """Of three curves one was named in each, and ``+2``."""
    losses = [2.0, 1.5, 1.0]
    config = {"momentum": 0.9, "hidden_sizes": (100,), "activation": "relu", "init": "he"}
    results = Results({
        str(rate): [run_result("val_loss", losses, {**config, "learning_rate": rate, "batch_size": round(1 / rate)},
                               train_loss=losses)]
        for rate in RATES
    })  # fmt: skip
    runs = tuple(map(str, RATES))
    figure = Figure(1, "1", "Losses", (Panel("train", runs, ("train_loss",)), Panel("val", runs, ("val_loss",))))
    app = App[None]()
    async with app.run_test(size=(70, 30)) as pilot:
        charts = FigureCharts(id="figures")
        await app.mount(charts)
        charts.styles.height = 30
        await charts.show([figure], results, {})
        legend = app.query_one("#legend-1", Static)
        await until(pilot, lambda: legend.display and all(f"lr {rate:g}" in str(legend.content) for rate in RATES))
        lines = list(app.query(".chart-legend").results(Static))
        await until(pilot, lambda: not any("lr" in str(line.content) for line in lines))
        await pilot.resize_terminal(240, 30)
        await until(pilot, lambda: not legend.display)
