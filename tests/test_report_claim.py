"""What settles the claims of the report, on small data of which the truth is known."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tomli_w

from engines.contract import Dataset, Split
from engines.numpy_engine.loss import softmax
from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.judge import descent_check, weight_check
from hw1_tui.report.judge.boundary_check import no_linear_boundary
from hw1_tui.report.judge.descent_check import follows_steepest_descent, is_convex_between, overshoots
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.kept_network import kept_networks
from hw1_tui.report.judge.outlier_check import l1_resists_outliers
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.plan import find_kept, plan_runs
from hw1_tui.report.runs.run_result import Results, read_results
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.kept_model import load_model
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.support.history import ended, run_result


def stub(**parts: Any) -> Any:
    """Return something that has no more than the parts that a computation looks at."""
    return SimpleNamespace(**parts)


def claim_of(*runs, metric="val_loss"):
    return Claim("c", "1", "text", "It is so.", "computed", runs=runs, metric=metric)


def dataset_of(x, y, classes=("a", "b")):
    """Return a data set whose three splits are the same."""
    split = Split(np.asarray(x), np.asarray(y))
    return Dataset("d", split, split, split, classes)


@pytest.fixture
def evidence_of(tmp_path, blobs):
    """Train runs by name and give them as evidence."""

    def make(**runs):
        store, kept = Store(tmp_path / "home"), {}
        for name, values in runs.items():
            config = RunConfig.from_dict({"data": str(blobs), "epochs": 3, "threads": 1, "engine": "numpy", **values})
            kept[name, 0] = store.get(ended(record(open_session(config), store)).run)
        return Evidence(read_questions(), read_results(store, kept), data.load(str(blobs)), store)

    return make


# Whether a boundary separates the classes.


@pytest.mark.parametrize(
    ("x", "accuracies", "verdict"),
    [
        ([[1], [2], [1]], [0.5, 1.0], AGREES),
        ([[1], [2], [3]], [0.5, 1.0, 0.9], DIFFERS),
        ([[1], [2], [3]], [0.5, 0.9], CANNOT_BE_TOLD),
    ],
    ids=["equal-examples", "separated", "neither"],
)
def test_equal_examples_of_two_classes_prove_that_nothing_separates_them_and_a_run_without_mistakes_the_contrary(
    x, accuracies, verdict
):
    """Cover's count of labellings, which once settled it, tells nothing of the one labelling that is there."""
    runs = [run_result("train_accuracy", seed) for seed in ([0.5], accuracies)]  # no first seed separates
    finding = no_linear_boundary(claim_of("p"), stub(data=dataset_of(x, [0, 1, 1]), results=Results({"p": runs})))
    assert finding.verdict == verdict
    assert ("rows 0 (a) and 2 (b)" in finding.text) == (verdict == AGREES)


# How a run descends.


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_the_network_of_a_kept_run_predicts_as_the_run(evidence_of, engine):
    evidence = evidence_of(a={"engine": engine, "model": "mlp", "hidden_sizes": [5], "activation": "tanh"})
    run = evidence.results.own("a").record.run
    x = evidence.data.val.x
    with_one = np.concatenate([evidence.data.features(x), np.ones((len(x), 1))], axis=1)
    expected = load_model(evidence.store, run).trainer.predict(x)
    assert np.allclose(softmax(next(kept_networks("a", evidence)).scores(with_one)), expected, atol=1e-5)


def test_steps_that_pass_the_lowest_point_of_their_line_overshoot_and_small_ones_do_not(evidence_of):
    """By the gradient at the end of the step, which is exact where the loss is convex."""
    setting = {"model": "logistic_regression", "batch_size": 8}
    evidence = evidence_of(large=setting | {"learning_rate": 50.0}, small=setting | {"learning_rate": 0.001})
    assert overshoots(claim_of("large", "small"), evidence).verdict == AGREES
    assert overshoots(claim_of("small"), evidence).verdict == DIFFERS
    assert is_convex_between(claim_of("large", "small"), evidence).verdict == AGREES


def test_momentum_points_nearer_to_steepest_descent_where_it_averages_noise_and_lags_where_there_is_none(
    evidence_of,
):
    """Gradients of few examples differ by more than steepest descent changes; those of the whole split are the same."""
    setting = {"model": "logistic_regression", "momentum": 0.9, "learning_rate": 0.01}
    evidence = evidence_of(whole=setting | {"batch_size": 90}, plain=setting | {"momentum": 0.0})
    assert follows_steepest_descent(claim_of("whole"), evidence).verdict == DIFFERS
    assert follows_steepest_descent(claim_of("plain"), evidence).verdict == CANNOT_BE_TOLD
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (2000, 9), np.uint8)
    noisy = replace(evidence, data=replace(evidence.data, train=Split(x, (x[:, 0] > 127).astype(int))))
    network = next(kept_networks("whole", noisy))
    network.layers = [0 * A for A in network.layers]
    network.descent.batch_size, network.descent.learning_rate = 4, 1e-6
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descent_check, "kept_networks", lambda *_: iter([network]))
        assert follows_steepest_descent(claim_of("whole"), noisy).verdict == AGREES


# How weights are spread.


def test_l2_balances_where_few_weights_hold_less_of_the_norm_in_every_class(monkeypatch):
    rng = np.random.default_rng(0)
    even = rng.normal(size=(6, 500))
    uneven = even * np.where(np.arange(500) < 5, 30, 1)
    weights = {"even": even, "uneven": uneven}  # of one seed
    monkeypatch.setattr(weight_check, "weights_of", lambda run, _evidence: weights[run][None])
    assert weight_check.balances_weights(claim_of("even", "uneven"), stub()).verdict == AGREES
    assert weight_check.balances_weights(claim_of("uneven", "even"), stub()).verdict == DIFFERS
    weights["uneven"] = np.concatenate([uneven[:3], even[3:] / 2])
    assert weight_check.balances_weights(claim_of("even", "uneven"), stub()).verdict == CANNOT_BE_TOLD
    weights |= {"even": even[:2], "uneven": uneven[:2]}  # two of two come by chance
    assert weight_check.balances_weights(claim_of("even", "uneven"), stub()).verdict == CANNOT_BE_TOLD


def test_the_gradient_of_l1_is_the_sign_of_weights_other_than_zero(monkeypatch):
    monkeypatch.setattr(weight_check, "weights_of", lambda _run, _evidence: np.array([[[-2.0, 0.0, 1e-9]]]))
    finding = weight_check.l1_gradient_is_sign(claim_of("a"), stub())
    assert finding.verdict == AGREES
    assert "2 weights" in finding.text


def test_the_experiment_on_outliers_comes_out_the_same_every_time():
    """It trains anew for each report: its numbers are settled by the data alone."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (300, 12), np.uint8)
    dataset = dataset_of(x, (x[:, 0] > 127).astype(int))
    first, second = (l1_resists_outliers(claim_of("a"), stub(data=dataset)) for _ in range(2))
    assert first == second
    assert "wrong labels" in first.text
    few = dataset_of(x[:50], np.arange(50) % 2)
    assert l1_resists_outliers(claim_of("a"), stub(data=few)).verdict == CANNOT_BE_TOLD


# Whose a claim is.


def test_what_the_text_says_implies_and_what_we_remark_are_told_apart_and_counted_apart(tmp_path, blobs, capsys):
    """A remark of ours is no verdict on the report, and nothing that is merely implied is put into its mouth."""
    run = {"name": "a", "question": "1", "title": "a", "settings": {"model": "perceptron", "epochs": 2}}
    about = {"question": "1", "where": "text", "kind": "threshold", "runs": ["a"], "figure": "test_accuracy"}
    claims = [
        {**about, "name": voice, "voice": voice, "says": f"It {voice}.", "direction": "above", "values": [2.0 * sign]}
        for voice, sign in (("says", -1), ("implies", 1), ("remark", 1))
    ]
    claims[0]["right"], claims[1]["right"] = "Never so.", "Rather so."
    content = {"homework": {"title": "Small", "examples": [1, 1, 1]}, "runs": [run], "claims": claims}
    (tmp_path / "q.toml").write_text(tomli_w.dumps(content))
    words = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "out"), "--quiet"]
    command = ["--batch", "report", "--questions", str(tmp_path / "q.toml"), *words]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "differs        implies (implied)" in printed
    assert "does not hold  remark (remark)" in printed
    assert "claims of the text: agrees 1, cannot be told 0, differs 0" in printed
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [claim["voice"] for claim in told["claims"]] == ["says", "implies", "remark"]
    assert [sum(told["counts"][name].values()) for name in ("claims", "implied", "remarks")] == [1, 1, 1]
    for name in ("md", "html", "tex"):
        text = (tmp_path / "out" / f"report.{name}").read_text()
        places = [text.index(title) for title in ("What the text says", "What the text implies", "Remarks of ours")]
        assert places == sorted(places)
        assert text.lower().count("does not hold") == 1
        assert "Rather so." in text
        assert "Never so." not in text  # the numbers agree: there is nothing to put right
    assert main([*command, "--format", "csv"]) == 0
    assert [line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]] == ["claim", "implied", "remark"]


# What follows from the number of examples.


def test_a_step_along_the_sum_follows_the_data_and_takes_a_run_that_was_kept_with_a_larger_batch(tmp_path, blobs):
    """A batch beyond the training split is all of it: what was kept under such a number is not trained again."""
    homework, store = read_questions().only(("1.2",)), Store(tmp_path / "home")
    planned = plan_runs(homework, str(blobs), {(str(blobs), DEFAULT_OPTIONS): data.load(str(blobs))}, 1, 0.02)
    plan = next(run for run in planned if run.name == "1.2b-sum")
    settings = plan.config.hyperparameters
    assert (settings["batch_size"], settings["learning_rate"]) == (90, 0.09)
    kept = ended(record(open_session(plan.config.changed(batch_size=1_000_000)), store)).run
    found = find_kept(store, [plan])
    assert [record.run for record in found.values()] == [kept]
    course = homework.runs["1.2b-sum"].values_at(12630)
    assert [course[name] for name in ("learning_rate", "l2")] == [12.63, 7.9e-07]


def test_a_preset_that_follows_the_data_reads_it(tmp_path, blobs, capsys):
    words = ["--data", str(blobs), "--epochs", "1", "--home", str(tmp_path / "home"), "--format", "jsonl"]
    assert main(["--batch", "train", "--preset", "1.2b-sum", *words]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["batch_size"] == 90
    assert main(["--batch", "train", "--preset", "1.2b-sum", "--data", "nowhere.npz"]) == 2
    assert "nowhere.npz" in capsys.readouterr().err


def test_a_report_says_on_what_the_last_digits_rest(tmp_path, blobs):
    """Two processors give two reports of one seed: what is chaotic ended at .2167, .2463 or .3593 by instructions."""
    words = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(["--batch", "report", "1.1", "--epochs-scale", "0.02", *words]) == 0
    (run,) = Store(tmp_path / "home").runs()
    versions = run.facts["versions"]
    told = next(
        s for s in json.loads((tmp_path / "out" / "report.json").read_text())["conditions"] if "last digits" in s
    )
    assert f"numpy {versions['numpy']}, BLAS {versions['blas']}" in told
    assert f"; {versions['processor']}; threads of a run: {run.config['threads'] or 'as many as are free'}." in told
    for name in ("md", "html", "tex"):
        assert "The last digits rest on" in (tmp_path / "out" / f"report.{name}").read_text()


@pytest.mark.parametrize(
    ("question", "scale", "tests"), [("1.1", "0.02", None), ("1.1", "0.2", 3), ("2.1", "0.02", 19)]
)
def test_only_the_tests_that_were_made_are_counted(tmp_path, blobs, question, scale, tests):
    """Of two epochs no trend is tested, and three tests were counted; of the whole report 101 whatever was trained."""
    words = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(["--batch", "report", question, "--epochs-scale", scale, *words]) == 0
    conditions = json.loads((tmp_path / "out" / "report.json").read_text())["conditions"]
    told = [re.findall("rest on ([0-9]+) test", sentence) for sentence in conditions if "orders, trends" in sentence]
    assert told == ([] if tests is None else [[str(tests)]])
