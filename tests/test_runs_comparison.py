"""Runs side by side: statistics against published numbers and simulation, tables."""

import json
import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from scipy.stats import binomtest

from hw1_tui.export.comparison_table import comparison_table, seeds_table
from hw1_tui.export.run_table import runs_table
from hw1_tui.export.table import Table
from hw1_tui.export.value_table import value_table
from hw1_tui.markup import json_text
from hw1_tui.runs.comparison import about_data, about_spreads, differing, repetitions
from hw1_tui.statistics.interval import unpaired_difference, wilson
from hw1_tui.statistics.spread import spread
from tests.support.history import run_record
from tests.support.tex import ENGINES, compile_latex


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [
        # Newcombe 1998, table II, method 10.
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(k1, n1, k2, n2, low, high):
    found = unpaired_difference(k1, n1, k2, n2)
    assert found.value == pytest.approx(k1 / n1 - k2 / n2)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 5000), st.data())
def test_the_interval_of_one_accuracy_is_scipys(n, data):
    k = data.draw(st.integers(0, n))
    expected = binomtest(k, n).proportion_ci(0.95, method="wilson")
    found = wilson(k, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    n, p, q, trials = 300, 0.62, 0.55, 1500
    hits = 0
    for k1, k2 in zip(rng.binomial(n, p, trials).tolist(), rng.binomial(n, q, trials).tolist(), strict=True):
        found = unpaired_difference(k1, n, k2, n)
        hits += found.low <= p - q <= found.high
    assert 0.935 < hits / trials < 0.965


def test_what_is_no_share_is_refused():
    for k, n in ((1, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="no share"):
            wilson(k, n)


def measured(name, accuracy, n=3000, fingerprint="f", **config):
    record = run_record(name, results={"test_accuracy": accuracy, "val_accuracy": accuracy}, **config)
    return replace(record, facts={"test_examples": n, "fingerprint": fingerprint})


def test_only_what_differs_is_listed():
    records = [measured("a", 0.5, dropout=0.3), measured("b", 0.5, seed=1), measured("c", 0.5, seed=1)]
    assert differing(records) == {"seed": [42, 1, 1], "dropout": [0.3, None, None]}
    assert differing(records[1:]) == {}
    assert differing([]) == {}


def test_seeds_are_gathered_with_mean_and_spread():
    records = [measured(f"s{seed}", 0.5 + seed / 100, seed=seed) for seed in (1, 2, 3)]
    records.append(measured("other", 0.9, learning_rate=0.5))
    records.append(measured("elsewhere", 0.9, seed=4, fingerprint="g"))
    groups = repetitions(records)
    assert [group.seeds for group in groups] == [[1, 2, 3], [42], [4]]
    found = groups[0].spreads["test_accuracy"]
    assert (found.n, found.mean, found.low, found.high) == pytest.approx((3, 0.52, 0.51, 0.53))
    assert found.std == pytest.approx(np.std([0.51, 0.52, 0.53], ddof=1))
    assert about_data(records)
    assert not about_data(records[:3])
    table = seeds_table(records[:4])
    assert dict(zip(table.columns, table.rows[0], strict=True))["test_accuracy_mean"] == pytest.approx(0.52)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_spread_is_numpys(values):
    """Mean and sample standard deviation are numpy's, of one value 0, of none nothing."""
    found, of_one = spread(values), spread(values[:1])
    assert found
    assert of_one
    assert found.mean == pytest.approx(np.mean(values), abs=1e-12)
    assert found.std == pytest.approx(np.std(values, ddof=1), abs=1e-9)
    assert spread([]) is None
    assert of_one.std == 0


def test_a_comparison_shows_differences_to_the_first():
    table = comparison_table([measured("a", 0.60), measured("b", 0.65, seed=1)])
    first, second = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert first["test_difference"] is None
    assert second["test_difference"] == pytest.approx(0.05)
    assert second["difference_low"] < 0.05 < second["difference_high"]
    assert (first["seed"], second["seed"]) == (42, 1)
    assert comparison_table([]).rows == ()


def test_every_comparison_says_first_what_makes_its_numbers_hard_to_compare():
    """Other data, and runs that train still or were stopped; a small terminal shows the beginning of the remark."""
    live = replace(measured("c", 0.3), status="running")
    records = [measured("a", 0.6), measured("b", 0.6, fingerprint="g"), live]
    warned = "The runs were trained on different data. Not finished, and here as far as they came: 1 running."
    assert comparison_table(records).remark.startswith(warned)
    for table in (seeds_table(records), value_table(records, "data")):
        assert "Left out: 1 run, 1 running. The runs were trained on different data." in table.remark


AWKWARD = Table(("run", "test_accuracy"), (("50% & more_of {it} | \\ ~^#$", 0.5), ("plain", None)))


def test_tables_escape_what_their_language_reserves():
    latex = AWKWARD.latex()
    escaped = r"50\% \& more\_of \{it\} \textbar{} \textbackslash{} \textasciitilde{}\textasciicircum{}\#\$ & 0.5000 \\"
    assert escaped in latex
    assert [rule in latex for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"{lr}")] == [True] * 4
    lines = AWKWARD.markdown().splitlines()
    assert lines[2].startswith(r"| 50% & more\_of {it} \| \\ \~^\#\$ |")
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in lines)


HOSTILE = "\x1b]0;t\x07 *b* <i>x</i> `c` | −λ 森林 \x9b2J\x7f caf\udce9 \u202e"


def test_nothing_in_a_name_steers_a_terminal_whatever_the_format():
    table = Table(("run", "tags"), ((HOSTILE, (HOSTILE, "b")),), HOSTILE)
    numbers = {"a": [1.5, float("nan"), (float("-inf"),)], "b": {"c": float("inf")}}
    assert json.loads(json_text(numbers)) == {"a": [1.5, None, [None]], "b": {"c": None}}  # JSON has none of them
    line = json_text({"run": HOSTILE, "tags": [HOSTILE, "b"]})
    for text in (table.text(), table.markdown(), table.latex(), table.csv(), line):
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Cf")} <= {"\n"}
        text.encode()
    assert json.loads(line) == {"run": HOSTILE, "tags": [HOSTILE, "b"]}


def test_columns_stand_below_each_other_though_letters_are_wide():
    lines = Table(("run", "value"), (("森林", 1.0), ("a", 2.0))).text().splitlines()
    assert len({cell_len(line) for line in lines}) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_for_print_compiles_whatever_the_names(engine, tmp_path):
    table = Table(("run", "val_loss"), ((HOSTILE, 0.5), ("[x] & 50% −1 “q” {", None)), "50% _ of { them")
    document = (
        r"\documentclass{article}\usepackage{booktabs,iftex}\ifPDFTeX\usepackage[T1]{fontenc}\usepackage{textcomp}\fi"
    )
    (tmp_path / "report.tex").write_text(f"{document}\\begin{{document}}\n{table.latex()}\\end{{document}}\n", "utf-8")
    compile_latex(engine, tmp_path, tmp_path)


def test_machine_formats_keep_every_digit():
    record = measured("a", 1 / 3)
    row = json.loads(json_text(record.as_dict()))
    assert row["test_accuracy"] == 1 / 3
    assert runs_table([record], ("run", "test_accuracy")).csv().splitlines()[1] == f"a,{1 / 3!r}"


@given(st.lists(st.tuples(st.text(max_size=8), st.none() | st.floats(-1, 1)), max_size=4))
def test_text_tables_are_aligned_and_turn_around(rows):
    table = Table(("run", "value"), tuple(rows))
    cells = table.cells()
    assert all("\n" not in text for row in cells for text in row)
    assert table.turned().rows == (("value", *(row[1] for row in cells)),)


def test_a_table_says_what_the_losses_are():
    def of(model):
        return run_record(model=model)

    assert "The losses are the mean cross-entropy per example." in comparison_table([of("mlp"), of("mlp")]).remark
    remark = comparison_table([of("mlp"), of("perceptron")]).remark
    assert "The losses are not of one kind: cross-entropy, perceptron criterion." in remark


def test_below_means_over_seeds_stands_by_what_an_epoch_is_the_best():
    """Its accuracy may be below the last one's, and did not look like the best."""
    assert any("Best is the trained epoch with the lowest validation loss" in said for said in about_spreads([]))


def test_by_data_one_file_is_one_value_by_whatever_name():
    """A sweep writes the whole path of a file: its runs and those of a command were compared as of two data sets."""
    runs = [measured("a", 0.5, data="mine.npz"), measured("b", 0.6, seed=1, data="/home/ada/mine.npz")]
    other = measured("c", 0.7, fingerprint="g", data="other.npz")
    table = value_table([*runs, other], "data")
    assert [(row[0], row[1]) for row in table.rows] == [("mine.npz", 2), ("other.npz", 1)]
