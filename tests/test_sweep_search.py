"""Points that TPE chooses: the same however the sweep is trained, better than drawn ones, by our history alone."""

import math
from dataclasses import replace
from importlib import metadata

import pytest

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.runs import Store
from hw1_tui.settings import given_values
from hw1_tui.sweep.definition import DRAWN_FIRST
from hw1_tui.sweep.halving import Progress
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.search import LAG, ask, may_ask, rivals_of
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training.event import RunEnded
from tests.support.history import write_blobs
from tests.support.json_lines import records_of
from tests.support.swept import train_twice

pytest.importorskip("optuna")

AXES = ("--grid", "learning-rate=1e-3..1:log", "--grid", "l2=0,.001,.01")
SEARCH = (*AXES, "--tpe", 13, "--seeds", 2, "--epochs", 4, "--name", "found")
N_TRIALS = 26


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What that search comes to where one job trains all of it; see ``points_of``."""
    folder = tmp_path_factory.mktemp("whole")
    words = ("--model", "logistic_regression", "--data", write_blobs(folder / "blobs.npz"), *SEARCH, "--quiet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HW1_TUI_HOME", str(folder / "home"))
        patch.setenv("HW1_TUI_CONFIG", str(folder / "config"))
        assert main(["--batch", "sweep", *map(str, words)]) == 0
        return points_of(Store())


def points_of(store):
    """Return the points of the sweep as its trials were given them, by number, and the epochs that each trained."""
    runs = store.runs("sweep=found")
    return {run.facts["trial"]: (run.facts["point"], run.config["seed"], run.results["epochs_done"]) for run in runs}


def defined(*axes, n=30, seed=3, **more):
    texts = [text.partition("=")[::2] for text in axes]
    run = given_values({"model": "mlp", "engine": "torch", "data": "digits", "epochs": 4, "seed": seed}, "")
    return define(Wish(run, [(name, values, "") for name, values in texts], n_tpe=n, **more), [])


def played(sweep, loss):
    """Return a search that is played to its end, a point's loss being known."""
    while may_ask(sweep, progress := progress_of(sweep, loss)):
        sweep = ask(sweep, progress)
    return sweep


def progress_of(sweep, loss):
    return {t.number: Progress(4, dict.fromkeys(range(5), loss(t.point)), is_over=True) for t in sweep.trials}


@pytest.mark.parametrize("halving", [(), ("--halving",)])
def test_the_points_and_their_epochs_are_the_same_for_any_number_of_jobs(sweep, whole, monkeypatch, tmp_path, halving):
    found = [] if halving else [whole]
    for jobs in (1, 4) if halving else (4,):
        monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / str(jobs)))
        code, _, err = sweep(*SEARCH, *halving, "--jobs", jobs)
        assert code == 0
        assert "26 runs: 13 points with 2 seeds each; TPE chooses 3 of the points" in err
        assert "optuna" not in err.lower()
        found.append(points_of(Store()))
    assert found[0] == found[1]
    assert sorted(found[0]) == list(range(1, N_TRIALS + 1))
    epochs = [epochs for _, _, epochs in found[0].values()]
    assert (min(epochs) < 4) == bool(halving)


def test_with_halving_a_search_is_said_to_take_what_it_then_takes(sweep):
    """Guarantee: the plan knows that the points which are drawn first train to their end: it said a half of that."""
    words = (*AXES, "--tpe", 14, "--halving", "--epochs", 16, "--name", "found", "--executor", "threads")
    plan = records_of(sweep(*words, "--dry-run", "--format", "jsonl")[1])[0]
    assert sweep(*words, "--quiet")[0] == 0
    trained = sum(epochs for _, _, epochs in points_of(Store()).values())
    assert plan["share"] * 14 * 16 == pytest.approx(trained, rel=0.2)


@pytest.mark.parametrize("ends", [7, 21, 23])
def test_a_search_that_ended_anywhere_goes_on_to_the_same_points(sweep, whole, monkeypatch, ends):
    """Before the first point is chosen, between two that are, and near the last."""
    steps = SweepRunner.steps

    def cut(runner):
        left = ends
        for step in steps(runner):
            yield step
            left -= isinstance(step.event, RunEnded)
            if not left:
                runner.ask_to_stop()

    with monkeypatch.context() as patch:
        patch.setattr(SweepRunner, "steps", cut)
        sweep(*SEARCH, "--quiet", "--jobs", 2)
    before = points_of(Store())
    assert ends <= len(before) < N_TRIALS
    waiting = [
        record for record in records_of(sweep("show", "--format", "jsonl")[1]) if record["event"] == "sweep_ended"
    ]
    assert waiting[0]["waiting_trials"] >= N_TRIALS - len(before) - 2
    assert sweep("resume", "found", "--quiet")[0] == 0
    assert points_of(Store()) == whole
    assert len(Store().runs()) == N_TRIALS


def test_two_programs_share_a_search_and_find_what_one_would(store, blobs, tmp_path):
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 4}, "")
    dataset = data.load(str(blobs))
    axes = [("learning_rate", "1e-3..1:log", ""), ("l2", "0,.001,.01", "")]
    wanted = define(Wish(given, axes, n_tpe=13, halving=True, name="found"), []).on(str(blobs), dataset.fingerprint)
    runners = train_twice(wanted, dataset, store, executor="threads")
    assert len(store.runs()) == 13
    assert all(not runner.missing for runner in runners)
    alone = Store(tmp_path / "alone")
    assert list(SweepRunner(wanted, dataset, alone, executor="threads").steps())
    assert points_of(store) == points_of(alone)


def test_a_longer_search_begins_with_the_shorter_one_and_trains_none_of_it_again(sweep):
    assert sweep(*AXES, "--tpe", 12, "--quiet")[0] == 0
    _, _, err = sweep(*AXES, "--tpe", 14)
    assert "14 runs: 14 points; TPE chooses 4 of the points" in err
    assert len(Store().runs()) == 14


def test_what_was_chosen_is_shown_and_drawn_points_are_planned_without_optuna_but_not_chosen(sweep, monkeypatch):
    assert sweep(*AXES, "--tpe", 12, "--quiet")[0] == 0
    version = metadata.version
    for installed in (None, "4.9.0"):

        def found(name, installed=installed):
            if name != "optuna":
                return version(name)
            if installed is None:
                raise metadata.PackageNotFoundError
            return installed

        monkeypatch.setattr(metadata, "version", found)
        code, out, _ = sweep("show", "--format", "jsonl")
        assert (code, len(records_of(out))) == (0, 13)
        for more in ((), ("--dry-run",)):
            code, out, err = sweep(*AXES, "--tpe", 13, *more)
            assert (code, out) == (2, "")
            assert f"needs Optuna 5 or newer, and {installed or 'none'} is installed" in err
            assert "python -m pip install 'hw1-tui[tpe]'" in err
    assert len(Store().runs()) == 12


def test_mistakes_of_a_search_are_told_before_the_first_run(sweep):
    _, _, err = sweep("--grid", "l2=0,.1", "--tpe", 3)
    assert "--tpe: 3 points are asked for, and the space has 2 (did you mean 2?)" in err
    _, _, err = sweep(*AXES, "--tpe", 3, "--random", 3)
    assert "--tpe: random says already which points; allowed: one of the two" in err
    _, _, err = sweep("--grid", "l2=0,.1", "--grid", "momentum=0..0.9", "--grid", "optimizer=sgd,adam", "--tpe", 8,
                      "--model", "mlp", "--engine", "torch", "--data", "digits")  # fmt: skip
    assert "momentum" in err
    assert not Store().runs()


def bowl(point):
    rate = math.log10(point["learning_rate"]) + 1.5
    return rate**2 + 4 * (point["momentum"] - 0.6) ** 2 + 4 * (point["dropout"] - 0.25) ** 2


def test_what_it_chooses_is_better_than_what_is_drawn():
    """Of a bowl in three dimensions, with ranges and a list, over three seeds: on the whole, and the best."""
    found, drawn = [], []
    for seed in range(3):
        sweep = defined("learning_rate=1e-4..1:log", "momentum=0..0.95", "dropout=0,.25,.5", seed=seed)
        found.append([bowl(point) for point in played(sweep, bowl).points])
        drawn.append([bowl(point) for point in sweep.space.sample(30, seed)])
        assert found[-1][:DRAWN_FIRST] == drawn[-1][:DRAWN_FIRST]
    assert sum(map(sum, found)) < 0.9 * sum(map(sum, drawn))
    assert sum(map(min, found)) < 0.7 * sum(map(min, drawn))


def test_no_point_is_chosen_twice_and_all_of_a_small_space_are_found():
    sweep = played(defined("batch_size=1..8", "activation=relu,tanh", n=16), lambda point: point["batch_size"])
    assert len({tuple(point.values()) for point in sweep.points}) == 16


def test_a_point_is_chosen_by_all_but_the_last_few_alone():
    """What the last ``LAG`` came to is not known when the next one is asked for, so it may not count."""
    sweep = defined("learning_rate=1e-4..1:log", "dropout=0..0.9")
    known, more = len(sweep.points) - LAG, progress_of(sweep, lambda point: point["dropout"])
    late = {number: of if number <= known else Progress() for number, of in more.items()}
    assert ask(sweep, more).points == ask(sweep, late).points
    early = {**late, known: Progress()}
    assert may_ask(sweep, late)
    assert not may_ask(sweep, early)
    other = {**more, known: Progress(4, dict.fromkeys(range(5), -9.0), is_over=True)}
    assert ask(sweep, more).points != ask(sweep, other).points


def test_where_the_epochs_are_an_axis_a_point_is_told_by_its_own_last_epoch():
    """Each was told by its loss after the fewest epochs of the axis, and before it had trained to its end."""
    sweep = defined("epochs=2..40", "dropout=0..0.9")
    whole = {t.number: t.config.epochs for t in sweep.trials}
    alike = {n: Progress(e, dict.fromkeys(range(e + 1), 1.0), is_over=True) for n, e in whole.items()}
    best = max((n for n in whole if n <= len(sweep.points) - LAG), key=whole.__getitem__)
    fell = replace(alike[best], losses={**alike[best].losses, whole[best]: 0.1})
    assert ask(sweep, alike).points != ask(sweep, {**alike, best: fell}).points
    under_way = replace(alike[best], epochs=whole[best] - 1, is_over=False)
    assert may_ask(sweep, alike)
    assert not may_ask(sweep, {**alike, best: under_way})


def test_a_trial_that_diverged_is_worse_than_any_other_to_the_search():
    def loss(point):
        return math.nan if point["learning_rate"] > 0.01 else -math.log(point["learning_rate"])

    sweep = defined("learning_rate=1e-4..1:log", "dropout=0..0.9")
    while may_ask(sweep, progress := progress_of(sweep, loss)):
        sweep = ask(sweep, progress)
    chosen = [point["learning_rate"] for point in sweep.points[DRAWN_FIRST:]]
    assert sum(rate > 0.01 for rate in chosen) < len(chosen) / 3


def test_halving_compares_a_trial_with_those_that_its_point_was_chosen_by():
    sweep = defined("learning_rate=1e-4..1:log", "dropout=0..0.9", halving=True, seeds=2)
    progress = progress_of(sweep, lambda point: point["dropout"])
    assert rivals_of(sweep, 20, progress).keys() == {20}
    sweep = ask(sweep, progress)
    progress = progress_of(sweep, lambda point: point["dropout"])
    assert rivals_of(sweep, 22, progress).keys() == {*range(1, 2 * (DRAWN_FIRST - LAG) + 1), 22}
