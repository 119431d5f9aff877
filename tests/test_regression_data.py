"""Regression data: the drawn quadratic, and tables of numbers."""

import re
import tracemalloc

import numpy as np
import pytest
from textual.widgets import Static

from hw1_tui import data
from hw1_tui.analysis.embedding import parts_of
from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.data.quadratic import read_quadratic
from hw1_tui.derivation.feature_map import phi
from hw1_tui.derivation.least_squares import conditioning, solve_qr
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import Given, resolve
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.opening import open_session
from screens.dialogs.example_dialog import ExampleDialog
from screens.inspection import VIEWS
from screens.widgets.inside.disagreement_view import DisagreementView
from screens.widgets.inside.embedding_view import EmbeddingView
from tests.support.history import train
from tests.support.inside import go_to, view_of
from tests.support.scripted_engine import until


def test_the_drawn_problem_is_a_quadratic_with_its_noise():
    drawn = read_quadratic()
    assert drawn.is_regression
    assert drawn.fingerprint == read_quadratic().fingerprint
    X = phi(drawn.train.x)
    assert conditioning(X).unique
    assert solve_qr(X, drawn.train.y).loss == pytest.approx(0.1**2 / 2, rel=0.25)


@pytest.mark.parametrize(("suffix", "tab"), [(".csv", ","), (".tsv", "\t")])
@pytest.mark.parametrize("heading", [True, False])
def test_a_table_is_read(tmp_path, suffix, tab, heading):
    """Every number of a table comes in exactly, with or without a heading, split into three."""
    rows = np.arange(60.0).reshape(20, 3) / 7
    lines = [tab.join(["x1", "x2", "y"])] if heading else []
    path = tmp_path / f"table{suffix}"
    path.write_text("\n".join(lines + [tab.join(map(repr, row)) for row in rows.tolist()]) + "\n\n")
    found = data.load(str(path))
    assert (len(found.train), len(found.val), len(found.test)) == (14, 3, 3)
    assert found.is_regression
    assert found.n_features == 2
    everything = np.vstack([np.column_stack([s.x, s.y]) for s in (found.train, found.val, found.test)])
    assert np.array_equal(everything[np.argsort(everything[:, 0])], rows)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("1,2\n3\n4,five\n6,nan\n7,8\n9,1\n", ["line 2", "'five' is no number", "'nan' is no number"]),
        ("1\n2\n3\n4\n5\n", ["has one column"]),
        ("", ["has 0 examples"]),
        ("a,b\n1,2\n", ["has 1 example"]),
    ],
)
def test_what_is_wrong_with_a_table_is_told_at_once(tmp_path, text, problems):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(MistakeError) as caught:
        data.load(str(path))
    for problem in problems:
        assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("t.csv", "1;2;3", "cells are separated by semicolons, commas are expected; .*did you mean 1,2,3?"),
        ("t.csv", "1,5;2,5;3", "separated by semicolons.*did you mean 1.5,2.5,3?"),
        ("t.csv", "1\t2\t3", "separated by tabs, commas are expected.*did you mean t.tsv?"),
        ("t.tsv", "1,2,3", "separated by commas, tabs are expected.*did you mean t.csv?"),
        ("t.tsv", "1;2;3", "separated by semicolons, tabs are expected"),
        ("t.csv", "1 2   3", "separated by spaces.*did you mean 1,2,3?"),
        ("t.csv", "1|2|3", "separated by vertical bars"),
    ],
)
@pytest.mark.parametrize("heading", ["", "a;b;c\n", "a\n"])
def test_cells_that_something_else_separates_are_told_once(tmp_path, name, row, said, heading):
    (tmp_path / name).write_text(heading + f"{row}\n" * 20)
    with pytest.raises(MistakeError, match=said) as caught:
        data.load(str(tmp_path / name))
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a,b,kind\n1,2,x\n3,"4,y\n5,6,x\n', "table.csv, line 3: a text in quotation marks goes on to line 4"),
        ('a,b,kind\n1,2,x\n3,4,"y\n5,6,x\n7,8,y\n', "table.csv, line 3: a text in quotation marks goes on to line 5"),
        ('"a,b,kind\n1,2,x\n3,4,y\n', "table.csv, line 1: a text in quotation marks goes on to line 3"),
    ],
)
def test_a_quotation_mark_that_is_not_closed_is_told_where_it_is_opened(tmp_path, text, place):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(MistakeError) as caught:
        data.load(str(path))
    assert str(caught.value).startswith(place)


def test_a_title_of_several_lines_is_none_of_the_mistakes(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('"a,\nin cm",b\n' + "1,2\n" * 40)
    assert data.load(str(path)).feature_names == ("a, in cm",)


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00\x00,\n")
    with pytest.raises(MistakeError, match="is not a text in UTF-8"):
        data.load(str(path))
    path.write_text("1,2\n" * 100)
    with pytest.raises(MistakeError, match="more than 10"):
        data.load(str(path), max_bytes=10)


def test_a_table_takes_in_memory_what_its_numbers_take(tmp_path):
    """Every cell was a text of its own at once: 97 MB of table took 2 GB."""
    path = tmp_path / "table.csv"
    rng = np.random.default_rng(0)
    path.write_text("\n".join(",".join(f"{value:.2f}" for value in row) for row in rng.random((4000, 50))))
    tracemalloc.start()
    try:
        data.load(str(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 8 * 4000 * 50


def test_the_limit_counts_what_a_table_becomes(tmp_path):
    """A short text can become many numbers: refused as soon as they are too many, not after they are all there."""
    path = tmp_path / "table.csv"
    path.write_text("1,2,3,4\n" * 1000)
    with pytest.raises(MistakeError, match=r"takes 20,0.. bytes in memory, or more still, which is more than 20,000"):
        data.load(str(path), max_bytes=20_000)
    assert len(data.load(str(path), max_bytes=64_000).train) == 700


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("hw1_tui.data.text_table.LONGEST_LINE", 1000)
    (tmp_path / "table.csv").write_text("1," * 5000)
    with pytest.raises(MistakeError, match="has a line of more than 1,000 characters"):
        data.load(str(tmp_path / "table.csv"))


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_of_the_quadratic_network_comes_down_to_the_closed_form_and_not_below(engine):
    values = {"model": "quadratic_network", "engine": engine, "data": "quadratic", "epochs": 80}
    values |= {"learning_rate": 0.005, "batch_size": 40, "momentum": 0.9}
    config = resolve([Given(name, value, name) for name, value in values.items()])
    epochs = [event.metrics for event in open_session(config).run() if isinstance(event, EpochEnded)]
    losses = [loss for epoch in epochs if (loss := epoch["train_eval_loss"]) is not None]
    assert len(losses) == 1 + 80
    drawn = read_quadratic()
    floor = solve_qr(phi(drawn.train.x), drawn.train.y).loss
    assert min(losses) >= floor * (1 - 1e-6)
    assert losses[-1] <= 1.2 * floor
    assert losses[0] > 100 * floor


async def test_every_view_of_a_model_that_predicts_numbers_is_shown_or_refused_alike_on_both_front_ends(store, capsys):
    """The embedding marks the targets in parts of their range; `enter` opens the example with what is predicted."""
    values = {"model": "quadratic_network", "hidden_sizes": [4], "init": None, "epochs": 1}
    run = train(store, "quadratic", **values)
    told = {
        view.name_in_batch: (main(["--batch", "inspect", run, view.name_in_batch]), capsys.readouterr().err)
        for view in VIEWS
        if view is not DisagreementView
    }  # of two runs
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, EmbeddingView)
        pointed_at = str(app.screen.query_one("#embedding-what", Static).content)
        assert re.match(r"example 0 of val: -?\d+\.\d+, predicted -?\d", pointed_at), pointed_at
        view_of(app).enter()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExampleDialog))
        await pilot.press("escape")
        for view in VIEWS:
            if view is not DisagreementView:
                await go_to(pilot, view)
                shown, (code, error) = str(view_of(app).query_one("#said", Static).content), told[view.name_in_batch]
                assert (code == 0) == (not shown), (view.title, shown)
                assert shown.split("; allowed")[0] in error


def test_parts_of_targets_hold_their_ranges_and_equal_targets_are_one():
    parts, names = parts_of(np.arange(10.0))
    assert (parts.tolist(), names[0], names[-1]) == ([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], "0 to 1", "8 to 9")
    parts, names = parts_of(np.array([2.0, 2.0, 2.0]))
    assert (parts.tolist(), names) == ([0, 0, 0], ["2"])
    assert parts_of(np.zeros(0))[1] == []
    assert parts_of(1.6e9 + np.arange(10.0))[1][0] == "1600000000 to 1600000001", "as many digits as tell them apart"
