"""Runs that differ in their seed alone as one: which they are, their band, how it is drawn."""

import numpy as np
import pytest

from hw1_tui.export.comparison_table import seeds_table
from hw1_tui.export.figure import draw_curves
from hw1_tui.export.seed_curve import seed_curves
from hw1_tui.export.title import distinct_titles
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs import Labels
from hw1_tui.runs.band import band
from hw1_tui.runs.comparison import left_out, repetitions
from screens.widgets.chart.raster import rasterise_band
from screens.widgets.chart.renderer import Area
from screens.widgets.chart.series import Series
from screens.widgets.chart.summary import summarise
from tests.support.drawing import picture
from tests.support.history import run_record


def epochs(losses, name="val_loss"):
    return [EpochMetrics(n, {name: loss}) for n, loss in enumerate(losses)]


def test_a_seed_counts_once_by_its_newest_run_and_only_finished_runs_of_equal_epochs_are_a_spread():
    old = run_record("a", created="2026-11-23T10:00:00+00:00", seed=1)
    new = run_record("b", created="2026-11-23T11:00:00+00:00", seed=1, threads=2, evaluate_train_every=5)
    records = [
        old,
        new,
        run_record("c", seed=2),
        run_record("d", seed=3, status="stopped"),
        run_record("e", seed=1, epochs=12),
    ]
    groups = [[record.run for record in group.runs] for group in repetitions(records)]
    assert groups == [["b", "c"], ["e"]]
    assert left_out(records) == "Left out: 2 runs, 1 stopped, 1 whose seed a newer run has."
    assert left_out(records[1:3]) == ""
    table = seeds_table(records)
    assert "Left out: 2 runs" in table.remark
    assert seeds_table([records[3]]).rows == ()


def test_one_seed_has_no_standard_deviation():
    table = seeds_table([run_record("a", results={"test_accuracy": 0.5})])
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["test_accuracy_mean"], row["test_accuracy_std"]) == (0.5, None)


def test_a_band_is_mean_lowest_and_highest_of_the_epochs_that_all_seeds_have():
    found = band([epochs([1.0, 2.0, 9.0]), epochs([3.0, 0.0])])
    ends = [[metrics["val_loss"] for metrics in part] for part in (found.mean, found.low, found.high)]
    assert ends == [[2.0, 1.0], [1.0, 0.0], [3.0, 2.0]]
    assert [metrics.epoch for metrics in found.mean] == [0, 1]
    assert band([epochs([1.0]), epochs([1.0], "train_loss")]).mean[0]["val_loss"] is None


def test_seeds_are_one_curve_called_by_what_tells_it_from_others():
    records = [run_record("a", seed=1), run_record("x", seed=9, status="failed"), run_record("b", seed=2),
               run_record("c", seed=1, learning_rate=0.5), run_record("d", seed=2, learning_rate=0.5)]  # fmt: skip
    losses = [epochs([loss]) for loss in (1.0, 7.0, 3.0, 4.0, 4.0)]
    curves = seed_curves(records, losses)
    assert [curve.title for curve in curves] == [
        "no learning rate, 2 seeds",
        "no learning rate, seed 9",
        "learning rate 0.5, 2 seeds",
    ]
    assert [curve.epochs[0]["val_loss"] for curve in curves] == [2.0, 7.0, 4.0]
    assert [curve.band is None for curve in curves] == [False, True, False]
    named = [run_record(name, seed=seed, labels=Labels("base")) for seed, name in enumerate("ab")]
    assert seed_curves(named, losses[:2])[0].title == "base, 2 seeds"
    apart = [curve.title for curve in seed_curves(records, losses, gathers=False)]
    assert apart == [f"no learning rate, seed {seed}" for seed in (1, 9, 2)] + [
        f"learning rate 0.5, seed {seed}" for seed in (1, 2)
    ]


def test_runs_are_called_by_the_fewest_settings_that_tell_them_apart_and_by_what_they_are_where_nothing_does():
    rates = [run_record(name, seed=seed, learning_rate=rate, momentum=rate * 2)
             for seed, (name, rate) in enumerate([("r-a", 0.1), ("r-b", 0.2), ("r-c", 0.3)])]  # fmt: skip
    assert distinct_titles(rates) == ["learning rate 0.1", "learning rate 0.2", "learning rate 0.3"]
    assert distinct_titles(rates, in_short=True) == ["lr 0.1", "lr 0.2", "lr 0.3"]
    layers = [("r-a", [9], 0.1), ("r-b", [9], 0.2), ("r-c", [5], None), ("r-d", [7], None)]
    mixed = [run_record(name, seed=1, hidden_sizes=sizes, dropout=rate) for name, sizes, rate in layers]
    assert distinct_titles(mixed, in_short=True) == ["dropout 0.1", "dropout 0.2", "hidden 5", "hidden 7"]
    settings = [(0.1, 0, 1), (0.1, 0, 2), (0.2, 0, 1), (0.2, 1, 1)]
    seeds = [run_record(f"r-{place}", learning_rate=rate, l2=decay, seed=seed)
             for place, (rate, decay, seed) in enumerate(settings)]  # fmt: skip
    # That a setting has two seeds is no reason to name more of it than tells it from others.
    assert distinct_titles(seeds, in_short=True)[:2] == ["lr 0.1, seed 1", "lr 0.1, seed 2"]
    same = [run_record("r-a", seed=1), run_record("r-b", seed=1)]
    assert distinct_titles(same) == ["r-a", "r-b"]
    assert distinct_titles(same, in_short=True) == ["a", "b"]
    assert distinct_titles([*rates[:1], *same], in_short=True) == ["lr 0.1", "no lr a", "no lr b"]
    named = [run_record(name, seed=1, labels=Labels("base")) for name in ("r-a", "r-b")]
    assert distinct_titles(named) == ["base (r-a)", "base (r-b)"]


def test_a_figure_fills_the_band_in_the_colour_of_its_curve_and_says_what_it_is():
    found = band([epochs([1.0, 2.0]), epochs([3.0, 5.0])])
    figure = draw_curves([("base, 2 seeds", found.mean)], bands={0: found})
    (filled,), (line,) = figure.axes[0].collections, figure.axes[0].lines
    heights = np.asarray(filled.get_paths()[0].vertices)[:, 1]
    assert (heights.min(), heights.max()) == (1.0, 5.0)
    assert line.get_ydata() == pytest.approx([2.0, 3.5])
    assert np.asarray(filled.get_facecolor())[0, :3] == pytest.approx(to_rgb(line.get_color()))
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["base, 2 seeds", "lowest to highest seed"]


def to_rgb(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def test_a_band_covers_what_lies_between_its_ends_and_no_more_however_many_epochs_a_column_has():
    x = np.linspace(0, 1, 1001)
    high = np.where(np.arange(1001) == 500, 0.9, 0.6)
    dots = rasterise_band(x, np.full(1001, 0.4), high, (0.0, 1.0), (0.0, 1.0), 21, 101)
    rows, columns = np.nonzero(dots)
    assert set(columns) == set(range(0, 21, 2))
    assert (rows.min(), rows.max()) == (10, 60)
    assert set(columns[rows < 40]) == {10}


def test_a_chart_draws_the_band_behind_its_curve_also_in_ascii_and_says_it_in_words():
    x = np.arange(5.0)
    area = Area(x, np.full(5, 0.2), np.full(5, 0.8), (90, 0, 0))
    for is_ascii in (False, True):
        bare, banded = (picture([0.5] * 5, areas=areas, ascii=is_ascii).plain for areas in ((), (area,)))
        blank = "⠀ " if not is_ascii else " "
        assert sum(c in blank for c in banded) < sum(c in blank for c in bare)
        assert all(b == a for a, b in zip(bare, banded, strict=True) if a not in blank)
    assert banded.isascii()
    series = Series("base", x, [0.5] * 5, band=([0.2] * 4 + [None], [0.8] * 5))
    assert series.ends
    assert len(series.ends[0]) == 4
    assert "the band around it from 0.2 to 0.8" in summarise("", "epoch", [series], [], [])
