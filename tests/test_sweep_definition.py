"""What a sweep tries: axes, points and definitions, read with every mistake at its place."""

import json
import math
import random
import tomllib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.cli import main
from hw1_tui.files.toml import toml_text
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import given_values
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.space import Space, axis_of
from hw1_tui.sweep.wish import Wish, define, read_definition
from tests.support.json_lines import records_of


def axis(text):
    name, _, values = text.partition("=")
    return axis_of(name, values, "--grid")


def test_values_are_read_by_the_hyperparameter_itself():
    assert axis("dropout=.01,.25,.5").values == (0.01, 0.25, 0.5)
    assert axis("hidden-sizes=100;2x200;30,20").values == ((100,), (200, 200), (30, 20))
    assert axis("activation=relu,tanh").values == ("relu", "tanh")
    assert axis("nesterov=true,no").values == (True, False)
    assert axis("learning-rate=1e-4..1e-1:log:4").values == (1e-4, 1e-3, 1e-2, 1e-1)
    assert axis("momentum=0..0.9:4").values == pytest.approx((0, 0.3, 0.6, 0.9))
    assert axis("momentum=.1...9:2").values == (0.1, 0.9)
    assert axis("batch-size=1..4:4").values == (1, 2, 3, 4)


def test_layers_of_one_network_that_may_have_been_meant_as_networks_are_told():
    (said,) = Space((axis("hidden-sizes=100,200"), axis("dropout=.1"))).remarks
    assert said == "--grid hidden-sizes: one network of 2 layers; several are parted by semicolons: 100;200."
    assert not Space((axis("hidden-sizes=2x200"),)).remarks + Space((axis("hidden-sizes=9;8,7"),)).remarks


def test_the_points_of_a_range_can_be_read_and_typed_and_its_ends_are_as_they_were_given():
    """Four digits where they tell the points apart; more where they must."""
    assert axis("learning-rate=1e-3..1e-1:log:4").values == (1e-3, 0.004642, 0.02154, 1e-1)
    assert axis("l2=0.1234567..0.7654321:3").values == (0.1234567, 0.4444, 0.7654321)
    close = axis("l2=0.1..0.1001:11").values
    assert len(set(close)) == 11
    assert close[1] == pytest.approx(0.10001)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dropuot=.5", "did you mean dropout?"),
        ("dropout=.5,2", "2 is too large"),
        ("dropout=.5,.5", "0.5 stands there twice"),
        ("dropout=.5,", "one of its values is empty"),
        ("hidden-sizes=5 10", "several parted by semicolons (did you mean 5;10?)"),
        ("learning-rate=0..1:log:3", "too small"),
        ("momentum=0..0.9:log:3", "begins at 0, which has no logarithm"),
        ("learning-rate=1..0.1:3", "no lower end below an upper one"),
        ("learning-rate=.1..1:lgo:3", "did you mean log?"),
        ("learning-rate=.1..1:1", "a number of points from 2"),
        ("learning-rate=.1..1:3:4", "two numbers of points"),
        ("learning-rate=.1..1:log:linear", "two scales"),
        ("momentum=.1..", "'.1..' lacks an end"),
        ("batch-size=1..8:log:6", "has 5 different values, and 6 points are asked for (did you mean 1..8:log:5?)"),
        ("batch-size=1..4:05", "(did you mean 1..4:4?)"),
        ("seed=1,2", "--seeds N"),
        ("threads=1,2", "changes no training"),
        ("val-share=.1,.2", "share the data, and val_share says how it is read; allowed: --val-share, and a sweep for"),
        ("target=a,b", "share the data, and target says how it is read; allowed: --target, and a sweep for each"),
        ("activation=relu,thanh", "did you mean tanh?"),
    ],
)
def test_what_is_no_axis_is_told_with_its_place_and_the_nearest(text, said):
    with pytest.raises(MistakeError) as error:
        axis(text)
    assert str(error.value).startswith("--grid: ")
    assert said in str(error.value)


@given(st.integers(1, 30), st.integers(0, 1000))
def test_points_that_are_drawn_lie_in_the_space_differ_and_are_the_first_of_more(n, seed):
    axes = [axis(text) for text in ("learning-rate=1e-4..1:log", "batch-size=1..64", "l2=0,.1")]
    space = Space(tuple(axes))
    points = space.sample(n, seed)
    assert points == space.sample(n + 5, seed)[:n]
    assert len({tuple(point.values()) for point in points}) == n
    rates: list[Any] = [point["learning_rate"] for point in points]
    assert all(1e-4 <= rate <= 1 for rate in rates)
    assert all(point["batch_size"] in range(1, 65) for point in points)


@pytest.mark.parametrize("text", ["warmup-epochs=0..3", "batch-size=1..1000:log"])
def test_the_ends_of_a_range_of_whole_numbers_are_drawn_as_often_as_the_others(text):
    """A number rounded to an end lay on one side of it only: 0 and 3 came half as often as 1 and 2."""
    drawn, generator = axis(text), random.Random(0)
    counts = Counter(drawn.draw(generator) for _ in range(4000))
    low, high = (drawn.low or 0.0), (drawn.high or 0.0)
    if drawn.scale == "linear":
        assert [counts[i] for i in range(4)] == pytest.approx([1000] * 4, abs=120)
    share = math.log((low + 0.5) / (low - 0.5)) / math.log((high + 0.5) / (low - 0.5)) if low else 0.25
    assert counts[round(low)] == pytest.approx(4000 * share, abs=120)
    assert min(counts) == low
    assert max(counts) <= high


def test_an_axis_without_values_is_told(sweep):
    assert "--grid: 'dropout' names no values; allowed: NAME=VALUE,VALUE" in sweep("--grid", "dropout")[2]


def test_a_space_that_has_fewer_points_than_are_drawn_is_told(sweep):
    code, _, err = sweep("--grid", "l2=0,.1", "--random", 3)
    assert (code, err) == (2, "hw1-tui: --random: 3 points are asked for, and the space has 2 (did you mean 2?)\n")


def test_every_mistake_of_a_definition_is_told_at_once(sweep):
    code, out, err = sweep("--grid", "l2=-1", "--grid", "lr=1", "--seeds", 0, "--metric", "test_loss", "--time", "20",
                           "--name", "a b", "--momentum", "x")  # fmt: skip
    assert (code, out) == (2, "")
    places = [line.split(": ")[1] for line in err.splitlines()]
    assert sorted(places) == ["--grid", "--grid l2", "--metric", "--momentum", "--name", "--seeds", "--time"]
    assert "did you mean 20m?" in err
    assert "did you mean val_loss?" in err
    assert not Store().runs()


def test_a_time_of_nothing_is_refused_and_no_other_nothing_is_proposed(sweep):
    """The nearest right value is one that is right; a sweep that is gone on with reads its time by the same rule."""
    assert sweep("--grid", "l2=0,.1", "--time", "0")[2].endswith("such as 90s, 20m or 1h30m\n")
    assert "did you mean 20m?" in sweep("resume", "any", "--time", "20")[2]


def test_a_wrong_number_of_points_is_the_only_mistake_that_is_told(sweep):
    """Whoever says that points are drawn needs no number of points in a range."""
    code, _, err = sweep("--grid", "l2=0..1", "--random", 10**9)
    assert (code, err.count("\n")) == (2, 1)
    assert "--random: '1000000000' is out of range" in err
    assert "--seeds: '2x' is not a whole number" in sweep("--grid", "l2=0,.1", "--seeds", "2x")[2]


def test_an_axis_without_a_name_is_told(sweep):
    assert "--grid: '=1,2' names no hyperparameter" in sweep("--grid", "=1,2")[2]


def test_a_sweep_without_epochs_is_refused(sweep):
    code, _, err = sweep("--grid", "l2=0,.1", "--epochs", 0)
    assert (code, err.split(";")[0]) == (2, "hw1-tui: --epochs: a sweep compares trained models, and 0 train none")


def test_a_metric_that_the_data_has_nothing_of_is_told_before_the_first_run(sweep, tmp_path):
    """All trials were trained, and then it said that no finished one is in the history."""
    table = tmp_path / "table.csv"
    table.write_text("a,label\n" + "".join(f"{number},{number % 2}\n" for number in range(30)))
    code, out, err = sweep("--grid", "l2=0,.1", "--data", table, "--val-share", 0)
    assert (code, out) == (2, "")
    assert "--metric: " in err
    assert "has no validation examples: nothing to rank by val_loss; allowed: train_loss, train_accuracy" in err
    learns_numbers = ("--data", "quadratic", "--model", "quadratic_network", "--metric", "val_accuracy")
    assert "no accuracy: nothing to rank by val_accuracy; allowed: train_loss, val_loss" in sweep(
        "--grid", "l2=0,.1", *learns_numbers)[2]  # fmt: skip
    assert not Store().runs()


def test_a_point_that_the_model_refuses_is_told_before_the_first_run(sweep, monkeypatch):
    code, _, err = sweep("--grid", "dropout=.1,.5")
    assert code == 2
    assert "does not take it" in err
    assert not Store().runs()


# The definition in a file and in the history.


@st.composite
def definitions(draw):
    texts = {
        "learning_rate": ["1e-3..1:log:3", "0.5,0.25"],
        "l2": ["0,0.01", "0..1:5"],
        "batch_size": ["1,8", "2..64:log:4"],
        "hidden_sizes": ["8;2x4"],
        "activation": ["relu,tanh"],
    }
    names = draw(st.lists(st.sampled_from(sorted(texts)), min_size=1, max_size=3, unique=True))
    axes = [(name, draw(st.sampled_from(texts[name])), "") for name in names]
    n_tpe = draw(st.sampled_from([None, None, 2]))
    return Wish(
        given_values({"model": "mlp", "data": "digits", "seed": draw(st.integers(0, 9))}, ""),
        axes,
        n_tpe=n_tpe,
        name=draw(st.sampled_from([None, "first"])),
        seeds=draw(st.integers(1, 3)),
        metric=draw(st.sampled_from(["val_loss", "val_accuracy"])),
        halving=draw(st.booleans()),
        time=draw(st.sampled_from([None, "90s", "1h30m"])),
    )


@given(definitions())
def test_a_definition_is_the_same_from_its_file_and_from_the_history(wish):
    sweep = define(wish, [])
    record = json.loads(json.dumps(replace(sweep, fingerprint="f").as_dict()))
    assert Sweep.from_dict({**record, "fingerprint": [[]]}).fingerprint == "[[]]"  # as a stranger may have left it
    kept = Sweep.from_dict(record)
    assert (kept.trials, kept.time_limit) == (sweep.trials, sweep.time_limit)
    read = define(read_definition(tomllib.loads(toml_text(sweep.as_toml())), "a.toml"), [])
    assert (read.identifier, read.trials, read.time_limit) == (sweep.identifier, sweep.trials, sweep.time_limit)


def test_a_file_is_swept_and_options_win_over_it(sweep, tmp_path):
    (tmp_path / "a.toml").write_text(
        'l1 = 0.5\n[sweep]\nname = "a"\nseeds = 3\ngrid = {l2 = [0.0], learning-rate = "1,2"}'
    )
    code, out, _ = sweep("--config", tmp_path / "a.toml", "--seeds", 1, "--grid", "l2=0,.01", "--l1", 0, "--dry-run",
                         "--format", "jsonl")  # fmt: skip
    plan, *trials = records_of(out)
    assert (code, plan["sweep"], plan["trials"]) == (0, "a", 4)
    assert [(trial["l2"], trial["learning_rate"]) for trial in trials] == [(0, 1), (0.01, 1), (0, 2), (0.01, 2)]


def test_what_is_wrong_in_a_file_is_told_with_its_key(sweep, tmp_path):
    (tmp_path / "a.toml").write_text("[sweep]\nseed = 3\ngrid = {dropuot = [0.0]}")
    code, _, err = sweep("--config", tmp_path / "a.toml")
    assert code == 2
    assert "a.toml, sweep.seed: there is no such key" in err
    (tmp_path / "a.toml").write_text("[sweep]\nseeds = 0\ngrid = {dropuot = [0.0]}")
    _, _, err = sweep("--config", tmp_path / "a.toml")
    assert "a.toml, sweep.grid.dropuot: there is no hyperparameter 'dropuot' (did you mean dropout?)" in err
    assert "a.toml, sweep.seeds: '0' is out of range" in err


def test_a_file_that_cannot_be_read_is_one_mistake(sweep, tmp_path):
    (tmp_path / "s.toml").write_text("[sweep.grid]\nlearning_rate = [.1]\n")
    code, _, err = sweep("--config", tmp_path / "s.toml")
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "is not TOML" in err


def test_a_sweep_that_is_given_to_a_run_is_named(tmp_path, capsys):
    (tmp_path / "s.toml").write_text("[sweep.grid]\nlearning_rate = [0.1]\n")
    for command in ("train", "check", "rate"):
        assert main(["--batch", command, "--data", "digits", "--config", str(tmp_path / "s.toml")]) == 2
        assert "s.toml, sweep: describes a sweep, which is many runs" in capsys.readouterr().err


def test_a_questions_file_that_is_given_to_a_run_or_a_sweep_is_named(tmp_path, capsys):
    """Each of its tables was told as no hyperparameter, and a sweep as one that tries nothing."""
    (tmp_path / "q.toml").write_text('[homework]\ntitle = "One"\n[[runs]]\nname = "a"\n')
    for command in ("train", "check", "rate", "sweep"):
        assert main(["--batch", command, "--config", str(tmp_path / "q.toml")]) == 2
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert "q.toml: is a questions file" in told[0]
        assert "--preset NAME" in told[0]


@pytest.mark.parametrize("name", ["model", "engine", "data"])
def test_what_all_trials_share_is_no_axis(sweep, name):
    assert f"share the {name}; allowed: --{name}" in sweep("--grid", f"{name}=a,b")[2]
