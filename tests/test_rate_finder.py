"""The range test and the warm-up: what rate is suggested, and which rate holds in which epoch."""

import itertools
import json

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui import data
from hw1_tui.analysis.rate_finder import RATES, RatePoint, rise, suggest, suggestion_words
from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig, without_effect
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.opening import open_session
from hw1_tui.training.schedule import schedule_factor


def config_of(**values):
    record = {"model": "logistic_regression", "engine": "numpy", "data": "digits", "threads": 1, **values}
    return RunConfig.from_dict({name: value for name, value in record.items() if value is not None})


def best_of(config, dataset, rate):
    """Return the validation loss after two epochs at a rate."""
    run = config.changed(learning_rate=rate, epochs=2)
    ended = [e for e in open_session(run, dataset=dataset).run() if isinstance(e, EpochEnded)]
    return ended[-1].metrics["val_loss"]


@pytest.mark.parametrize(
    "values",
    [{}, {"model": "mlp", "hidden_sizes": [16], "init": "he"}, {"engine": "torch", "momentum": 0.9, "batch_size": 16}],
)
def test_the_suggested_rate_learns_better_than_a_hundredth_and_a_hundredfold_of_it(values):
    dataset, config = data.load("digits"), config_of(**values)
    rate = suggest(list(rise(config, dataset)))
    assert rate
    assert best_of(config, dataset, rate) < min(
        best_of(config, dataset, rate / 100), best_of(config, dataset, 100 * rate)
    )


def test_it_is_the_same_again_and_rises_until_the_loss_does():
    dataset, config = data.load("digits"), config_of(model="mlp", hidden_sizes=[8], init="he")
    points = list(rise(config, dataset))
    assert points == list(rise(config, dataset))
    rates = [point.rate for point in points]
    assert rates == sorted(rates)
    assert len(points) < RATES or rates[-1] == pytest.approx(10)


def test_a_state_goes_from_part_to_part():
    """At rates of nearly 0 nothing is learned, so what falls later was learned before: the loss falls and stays low."""
    points = list(rise(config_of(), data.load("digits")))
    falling = [point.smoothed for point in points if 0.001 < point.rate < 0.1]
    assert falling[0] - falling[-1] > 0.3
    assert max(after - before for before, after in itertools.pairwise(falling)) < 0.05


def test_labels_that_say_nothing_suggest_no_rate():
    digits, rng = data.load("digits"), np.random.default_rng(1)
    noise = [Split(rng.random(s.x.shape), rng.integers(0, 10, len(s))) for s in (digits.train, digits.val, digits.test)]
    points = list(rise(config_of(), Dataset("noise", noise[0], noise[1], noise[2], digits.classes)))
    assert suggest(points) is None
    assert suggestion_words(points, 0.1).startswith("No rate can be told")


def test_the_suggestion_is_a_tenth_of_the_rate_at_the_lowest_loss():
    rates = np.geomspace(1e-5, 10, RATES).tolist()
    points = [RatePoint(rate, 2.0, 1 + (np.log10(rate) + 1) ** 2 / 20) for rate in rates]
    assert suggest(points) == pytest.approx(0.01, rel=0.2)


@pytest.mark.parametrize("losses", [[], [66.5, 58.8, 125.6, 309.2], [2.3] * 14])
def test_a_loss_that_runs_away_at_the_first_rates_is_told_as_that(losses):
    """It was said to fall at none, below a table in which it fell."""
    points = [RatePoint(10.0**-i, loss, loss) for i, loss in enumerate(losses)]
    told = suggestion_words(points, 0.1)
    assert told.startswith(f"No rate can be told: the loss ran away after {len(losses)} of {RATES} rates")
    assert told != suggestion_words([RatePoint(0.1, 2.3, 2.3)] * RATES, 0.1)


def test_it_is_said_that_the_smoothed_loss_is_meant():
    """Beside a table in which the loss itself is lower at another rate, or fell a little, the sentence was false."""
    points = [RatePoint(10.0 ** (i / 10 - 5), 2.0 - i / 20 - (i == 12), 2.0 - i / 20) for i in range(RATES - 20)]
    assert suggestion_words(points, 0.1).startswith(f"The smoothed loss is lowest at {points[-1].rate:.2g};")
    flat = [RatePoint(10.0 ** (i / 10 - 5), 2.3 - i / 1e4, 2.3 - i / 1e4) for i in range(RATES)]
    assert suggestion_words(flat, 0.1) == "No rate can be told: over this epoch the smoothed loss never fell by 0.5%."


def test_what_has_no_rate_or_too_few_examples_is_refused():
    with pytest.raises(MistakeError, match="no learning rate"):
        next(rise(config_of(model="perceptron"), data.load("digits")))
    digits = data.load("digits")
    few = Split(digits.train.x[:50], digits.train.y[:50])
    with pytest.raises(MistakeError, match="too few"):
        next(rise(config_of(), Dataset("few", few, few, few, digits.classes)))


def test_the_command_prints_the_losses_and_the_suggestion(capsys):
    options = ["--model", "logistic_regression", "--data", "digits"]
    assert main(["rate", *options, "--format", "jsonl"]) == 0
    *points, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["rate"] == suggest([RatePoint(p["rate"], p["loss"], p["smoothed"]) for p in points])
    assert main(["rate", *options]) == 0
    assert "a tenth of that" in capsys.readouterr().out


def test_the_test_is_written_as_what_the_suffix_says_and_nothing_is_replaced_unasked(capsys, tmp_path):
    options = ["rate", "--model", "logistic_regression", "--data", "digits", "--format", "csv", "--to"]
    for name in ("rate.csv", "rate.png", "rate.svg", "rate.pdf"):
        assert main([*options, str(tmp_path / name)]) == 0
    assert (tmp_path / "rate.csv").read_text() == capsys.readouterr().out[: (tmp_path / "rate.csv").stat().st_size]
    assert "suggested" in (tmp_path / "rate.svg").read_text()
    before = (tmp_path / "rate.pdf").read_bytes()
    assert main([*options, str(tmp_path / "rate.pdf")]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main([*options, str(tmp_path / "rate.pdf"), "--force"]) == 0
    assert (tmp_path / "rate.pdf").read_bytes() == before


def test_what_a_file_cannot_be_is_told_before_anything_is_trained(capsys, tmp_path):
    assert main(["rate", "--data", "nowhere.npz", "--to", str(tmp_path / "rate.pgn")]) == 2
    assert "rate.png?" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_warm_up_rises_in_equal_steps_and_then_the_schedule_holds():
    step = {"schedule": "step", "schedule_epochs": 4, "schedule_factor": 0.1, "warmup_epochs": 3}
    factors = [schedule_factor(step, epoch) for epoch in (1, 2, 3, 4, 5)]
    assert factors == pytest.approx([0.25, 0.5, 0.75, 1.0, 0.1])
    assert schedule_factor({"schedule": "constant", "warmup_epochs": 0}, 1) == 1


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_both_engines_train_with_the_warmed_up_rate(engine):
    config = config_of(engine=engine, learning_rate=0.1, warmup_epochs=1, epochs=3, batch_size=16)
    ended = [e for e in open_session(config).run() if isinstance(e, EpochEnded)]
    assert [e.metrics["learning_rate"] for e in ended[1:]] == pytest.approx([0.05, 0.1, 0.1])
    plain = [
        e for e in open_session(config.changed(learning_rate=0.05, warmup_epochs=0)).run() if isinstance(e, EpochEnded)
    ]
    assert ended[1].metrics["val_loss"] == plain[1].metrics["val_loss"]
    assert ended[2].metrics["val_loss"] != plain[2].metrics["val_loss"]


def test_a_warm_up_of_a_model_without_a_rate_is_told():
    config = config_of(model="perceptron", warmup_epochs=3)
    assert "warmup_epochs" in without_effect(config)
