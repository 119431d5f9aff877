"""The coach: what it says of runs whose truth is known, when it says it, and what its key trains."""

import json
import math

import pytest

from hw1_tui.analysis.coach import RULES, Coach, Course, coach_kept, fixed_job
from hw1_tui.analysis.coach.course import MEAN
from hw1_tui.cli import main
from hw1_tui.diagnostics import Diagnostics, LayerDiagnostics
from hw1_tui.guides import read_guide
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig
from screens.widgets.coach_line import CoachLine
from tests.calibration.coached import Case, coach_all
from tests.support.history import train
from tests.support.scripted_engine import app_of, until

CHANCE = math.log(10)


def coach_of(**values):
    config = RunConfig.from_dict({"model": "mlp", "engine": "torch", "epochs": 40, "batch_size": 1, **values})
    return Coach(Course(config, 1000, 400, 10))


def measured(epoch, loss=1.0, val=None, **others):
    values = {"train_loss": loss, "train_eval_loss": loss, "val_loss": loss if val is None else val, "weight_norm": 1.0}
    return EpochMetrics(epoch, {**values, "val_accuracy": 0.5, **others})


def looked(reach=20.0, dead=0.0, distinct=1.0):
    layer = LayerDiagnostics(1.0, 0.1, 1e-3, dead, None, distinct)
    return Diagnostics(100, 1.0, reach, (layer, LayerDiagnostics(1.0, 0.1, 1e-3)))


def said(coach, epochs, inside=None):
    """Return the rules that spoke, and after which epoch."""
    for metrics in epochs:
        coach.hear(metrics, inside)
    return [(advice.rule.name, advice.epoch) for advice in coach.said]


def falling(n, first=CHANCE):
    return [measured(epoch, first * 0.9**epoch) for epoch in range(n)]


def flat(n):
    return [measured(epoch, 1.0) for epoch in range(n)]


def test_a_rate_by_which_the_loss_falls_epoch_after_epoch_is_not_too_high():
    """With momentum a step may be longer than the gradient bears: a tenth of such a rate did worse on the digits."""
    assert said(coach_of(momentum=0.9), falling(12), looked(reach=0.7)) == []
    bouncing = [measured(e, CHANCE * (0.3 if e % 3 else 0.4)) for e in range(8)]
    assert said(coach_of(momentum=0.9), bouncing, looked(reach=0.7)) == [("rate too high", 3)]


def test_nothing_is_said_of_a_run_that_learns():
    assert said(coach_of(), falling(30), looked()) == []


def test_a_rule_holds_three_epochs_before_it_speaks_and_speaks_again_only_after_it_was_silent():
    coach = coach_of()
    epochs = [measured(0, CHANCE), *(measured(epoch, 2 * CHANCE) for epoch in range(1, 8))]
    assert said(coach, epochs[:3]) == []
    assert said(coach, epochs[3:]) == [("rate too high", 3)]
    for epoch in range(8, 11):
        coach.hear(measured(epoch, 0.5))
    assert coach.advice is None
    assert said(coach, [measured(epoch, 2 * CHANCE) for epoch in range(11, 14)]) == [
        ("rate too high", 3),
        ("rate too high", 13),
    ]


@pytest.mark.parametrize(
    ("name", "values", "epochs", "inside"),
    [
        ("start too large", {}, [measured(e, 5 * CHANCE / (1 + e)) for e in range(4)], looked()),
        ("rate too high", {}, [measured(e, CHANCE / (1 + e % 2)) for e in range(4)], looked(reach=1.5)),
        ("rate too high", {}, [measured(e, 5 * CHANCE * 10**e) for e in range(4)], looked()),  # nothing is undone
        ("dead units", {}, falling(4), looked(dead=0.95)),
        ("equal units", {}, falling(4), looked(dead=1.0, distinct=0.1)),
        ("rate too small", {}, [measured(e, CHANCE * 0.99) for e in range(6)], looked(reach=800.0)),
        ("few updates", {"batch_size": 1000}, [measured(e, CHANCE * 0.95) for e in range(4)], None),
        ("nothing learned", {}, [measured(e, CHANCE) for e in range(9)], looked()),
        ("weights shrink", {"l2": 0.5}, [measured(e, 1.0, weight_norm=0.9**e) for e in range(4)], looked()),
        ("training harder than validation", {}, [measured(e, 1.0, 0.8) for e in range(4)], looked()),
        ("overfitting", {}, [measured(e, 0.9**e, 0.5 + abs(e - 8) / 20) for e in range(20)], looked()),
        (
            "validation accuracy oscillates",
            {},
            [measured(e, 1.0, val_accuracy=0.5 + 0.05 * (e % 2)) for e in range(13)],
            None,
        ),
        ("training loss with dropout", {}, [measured(e, 0.5, 0.6, train_loss=0.9) for e in range(4)], looked()),
    ],
)
def test_each_rule_speaks_alone_on_its_own_illness_with_its_evidence(name, values, epochs, inside):
    coach = coach_of(**values)
    assert [rule for rule, _ in said(coach, epochs, inside)] == [name]
    assert coach.advice
    assert any(character.isdigit() for character in coach.advice.symptom.evidence)


def test_of_rules_that_hold_at_once_the_most_specific_speaks():
    coach = coach_of(init="zero")
    assert said(coach, [measured(e, CHANCE) for e in range(9)], looked(1024.0, 1.0, 0.0)) == [("equal units", 3)]


def test_epochs_after_which_nobody_looked_inside_are_passed_over():
    coach = coach_of()
    for epoch, metrics in enumerate(falling(9)):
        coach.hear(metrics, looked(dead=1.0) if epoch in (2, 5, 8) else None)
    assert [(advice.rule.name, advice.epoch) for advice in coach.said] == [("dead units", 8)]


def test_what_was_steered_must_be_found_again():
    coach = coach_of()
    said(coach, flat(3), looked(reach=1.0))
    coach.hear_change("learning_rate", 0.0001)
    assert said(coach, flat(6)[3:5], looked(reach=1.0)) == []
    coach.hear(flat(6)[5], looked(reach=1.0))
    assert coach.advice
    assert coach.advice.symptom.fix
    assert coach.advice.symptom.fix.changes == {"learning_rate": 1e-05}


def test_a_rate_that_is_too_small_becomes_the_one_whose_step_is_a_thousandth_of_the_weights():
    coach = coach_of(learning_rate=1e-5)
    said(coach, [measured(e, CHANCE * 0.99) for e in range(6)], looked(reach=1024.0))
    assert coach.advice
    assert coach.advice.symptom.fix
    assert "A step 1,024 times as long" in coach.advice.symptom.evidence  # it was 1.02e+03 times
    # A thousandth would be .01, the norm of the gradient being a tenth of the weights'; a 30th of the reach is less.
    assert coach.advice.symptom.fix.changes["learning_rate"] == pytest.approx(1e-5 * 1024 / 30, rel=0.05)


def test_an_end_is_judged_once():
    coach = coach_of(epochs=20)
    said(coach, [measured(e, 2 - 0.05 * e) for e in range(21)], looked())
    coach.hear_end("finished")
    assert coach.advice
    assert (coach.advice.rule.name, coach.advice.symptom.fix and coach.advice.symptom.fix.changes) == (
        "more epochs",
        {"epochs": 40},
    )
    diverged = coach_of()
    said(diverged, falling(2))
    diverged.hear_end("diverged")
    assert diverged.advice
    assert diverged.advice.rule.name == "diverged"


@pytest.mark.parametrize(
    ("first", "words"), [(0, "0.05 an epoch at first and"), (11, "0.05 an epoch from epoch 11 on and")]
)
def test_what_fell_at_first_is_told_of_the_first_epochs_alone(first, words):
    """Of a run that went on it was said of the epochs that followed, of which alone it had heard."""
    coach = coach_of(epochs=20)
    said(coach, [measured(e, 2 - 0.05 * e) for e in range(first, 21)], looked())
    coach.hear_end("finished")
    assert coach.advice
    assert words in coach.advice.symptom.evidence


def test_no_more_epochs_are_proposed_for_a_loss_that_has_not_come_back_to_where_it_was():
    """A rate that is steered too high makes it jump; what it falls by from there it had already fallen by."""
    before = [measured(e, 2 - 0.1 * e) for e in range(12)]
    after = [measured(e, 2.3 - 0.02 * (e - 12)) for e in range(12, 21)]
    coach = coach_of(epochs=20)
    said(coach, before + after, looked())
    coach.hear_end("finished")
    assert coach.advice is None


def test_the_epoch_in_which_a_run_diverged_is_the_one_that_the_run_tells():
    """One that ends with an endless loss is measured, and the next was told; one that is broken off is not."""
    for epochs, epoch in ((falling(3), 3), ([*falling(3), measured(3, math.inf)], 3)):
        coach = coach_of()
        said(coach, epochs)
        coach.hear_end("diverged")
        assert coach.advice
        assert f"left their range in epoch {epoch}." in coach.advice.symptom.evidence


def test_a_fix_begins_anew_or_at_the_epoch_that_it_names():
    coach = coach_of(learning_rate=0.01)
    said(coach, flat(4), looked(reach=1.0))
    assert coach.advice
    anew = fixed_job(coach.advice, coach.course.config, "a", 2, 3)
    assert (anew.parent, anew.config.hyperparameters["learning_rate"]) == (None, 0.001)
    overfit = coach_of(dropout=0.1)
    said(overfit, [measured(e, 0.9**e, 0.5 + abs(e - 8) / 20) for e in range(20)])
    assert overfit.advice
    branch = fixed_job(overfit.advice, overfit.course.config, "a", 8, 19)
    assert (branch.parent, branch.changes) == (("a", 8), {"dropout": 0.3})
    with pytest.raises(MistakeError, match="not kept"):
        fixed_job(overfit.advice, overfit.course.config, "", 8, 19)
    noisy = coach_of()
    said(noisy, [measured(e, 1.0, 0.8) for e in range(4)])
    assert noisy.advice
    with pytest.raises(MistakeError, match="no setting"):
        fixed_job(noisy.advice, noisy.course.config, "a", 2, 3)


def test_where_the_accuracy_oscillates_the_weights_are_averaged_and_then_the_rate_comes_down():
    epochs = [measured(e, 1.0, 1 + (e != 8) / 10, val_accuracy=0.5 + 0.05 * (e % 2)) for e in range(13)]

    def fix_of(**values):
        coach = coach_of(**values)
        said(coach, epochs)
        assert coach.advice
        return coach.advice.symptom.fix

    assert (fix_of().place, fix_of().changes) == ("best", {"average_from": 9, "epochs": 40})
    assert fix_of(epochs=13).changes == {"average_from": 9, "epochs": 18}  # a mean of ten at least
    assert fix_of(average_from=20).changes == {"average_from": 9, "epochs": 40}
    assert fix_of(average_from=2).changes == {"schedule": "cosine"}
    assert fix_of(average_from=2, schedule="cosine") is None


def test_a_validation_loss_that_jumps_is_no_overfitting():
    """On the photographs every sixth epoch of a network with much momentum is a quarter worse than the others."""
    coach = coach_of()
    assert said(coach, [measured(e, 0.97**e, 1.0 + 0.4 * (e % 6 == 0)) for e in range(40)]) == []


def test_a_rate_that_is_too_high_shows_also_where_the_training_split_is_not_measured():
    epochs = [measured(0, CHANCE), *(measured(e, 3 * CHANCE, train_eval_loss=None) for e in range(1, 5))]
    assert said(coach_of(dropout=0.0), epochs) == [("rate too high", 3)]
    assert said(coach_of(dropout=0.5), epochs) == []  # with units left out the loss is another


def test_the_guide_states_every_rule_as_it_is():
    rows = {cells[1].strip().removesuffix(" (remark)"): cells for cells in
            (line.split("|") for line in read_guide("coach").splitlines()) if len(cells) == 7}  # fmt: skip
    for rule in RULES:
        cells = rows[rule.name]
        assert [cells[2].strip(), cells[4].strip(), cells[5].strip()] == [rule.threshold, rule.unseen, rule.source]


def test_every_rule_says_when_it_speaks_where_it_comes_from_and_what_it_has_not_looked_at():
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all((rule.sentence, rule.threshold, rule.source, rule.unseen))


def test_a_few_runs_of_known_truth_are_judged_right():
    """The whole table is printed by ``python -m tests.calibration coach``."""
    mlp = {"model": "mlp", "engine": "numpy", "hidden_sizes": [16], "epochs": 6}
    chosen = [
        Case("healthy", "digits", {**mlp, "init": "he", "learning_rate": 0.01}, (), (1,)),
        Case("zero", "digits", {**mlp, "init": "zero"}, ("equal units",), (1,)),
        Case("rate 1", "digits", {**mlp, "init": "he", "learning_rate": 1.0}, ("rate too high", "dead units"), (1,)),
        Case("rate 1e-6", "digits", {**mlp, "init": "he", "learning_rate": 1e-6}, ("rate too small",), (1,)),
    ]
    found = list(coach_all(chosen))
    assert [one.case.name for one in found if not one.is_right] == []
    assert [one.with_fix is None or one.with_fix < (one.val_loss or 0) for one in found] == [True] * 4


def test_a_kept_run_is_coached_from_its_log_alone(store, blobs, capsys):
    record = store.get(train(store, blobs, init="zero", epochs=5))
    (store.find(record.run).path / "checkpoints").rename(store.home / "elsewhere")
    advice = coach_kept(store, record).advice
    assert advice
    assert (advice.rule.name, advice.epoch) == ("equal units", 3)
    assert main(["--batch", "inspect", "last", "coach", "--format", "jsonl"]) == 0
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["rule"], line["changes"], line["holds"]) == ("equal units", {"init": "he"}, True)
    assert main(["--batch", "inspect", "last", "coach"]) == 0
    told = capsys.readouterr().out
    assert "Try: He's initial weights" in told
    assert "Not looked at: Units that are nearly equal." in told


def test_batch_training_says_what_the_coach_says(blobs, capsys):
    options = ["--model", "mlp", "--hidden-sizes", "4", "--init", "zero", "--epochs", "4", "--data", str(blobs)]
    assert main(["--batch", "train", *options]) == 0
    assert capsys.readouterr().err.count("Coach: Units of a hidden layer are copies") == 1


def test_what_the_coach_says_in_batch_of_a_run_that_went_on_is_what_it_says_of_it_when_kept(store, capsys):
    """It judged the epochs since then alone, of nearly any run that its loss still falls."""
    words = ["--engine", "numpy", "--model", "logistic_regression", "--learning-rate", "0.001", "--threads", "1"]
    assert main(["--batch", "train", "--data", "digits", *words, "--epochs", "60"]) == 0
    capsys.readouterr()
    assert main(["runs", "resume", "last", "--epochs", "70"]) == 0
    assert "Coach" not in capsys.readouterr().err
    assert coach_kept(store, store.get("last")).advice is None


async def test_training_shows_what_the_coach_says_and_one_key_trains_what_it_would_try(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        live = app.workspace.queue.runs[0]
        line = app.screen.query_one(CoachLine)
        assert not line.display
        assert live.coach
        rate = live.config.hyperparameters["learning_rate"]
        said(live.coach, flat(4), looked(reach=1.0))
        await until(pilot, lambda: line.display)
        assert "p tries a tenth of the learning rate" in str(line.content)
        await pilot.press("p")
        await until(pilot, lambda: len(app.workspace.queue.runs) == 2)
        assert app.workspace.queue.runs[1].config.hyperparameters["learning_rate"] == pytest.approx(rate / 10)
        script.free = True
        app.workspace.queue.stop_all()
        await until(pilot, lambda: not app.workspace.queue.pending)


def test_what_is_asked_of_every_epoch_costs_no_more_with_each():
    """What was said of all epochs again after each held the interface up where runs have thousands of short ones."""
    coach = coach_of()
    losses = [1.0, 0.9, 0.95, 0.7, 0.7, 0.8, 0.65, 0.9, 0.9, 0.6, 0.9]
    for epoch, loss in enumerate(losses):
        coach.hear(measured(epoch, loss))
        coach.course.column("val_loss")
    column, trained = coach.course.column("val_loss"), losses[1:]
    assert column.values == trained
    assert column.best == trained.index(min(trained))
    assert column.lowest_mean == min(sum(trained[i : i + MEAN]) / MEAN for i in range(len(trained) - MEAN + 1))
    assert coach.course.values("val_loss") is column.values


def test_a_metric_that_is_missing_once_is_asked_for_no_more():
    coach = coach_of()
    for epoch in range(4):
        coach.hear(measured(epoch, 0.5, **({"val_accuracy": None} if epoch == 2 else {})))
    assert coach.course.values("val_accuracy") == []
