"""``inspect``: where a run fails, as tables for a person, as JSON for a program, and as pictures."""

import csv
import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from engines.inspection import Inspection, Settable
from hw1_tui.analysis import Subject, open_run
from hw1_tui.cli import main
from hw1_tui.crash import keep_crash
from hw1_tui.export.inspection import VIEWS
from hw1_tui.export.inspection.view import Asked
from hw1_tui.markup import json_text
from hw1_tui.runs import Store
from tests.support.history import LOGISTIC, PERCEPTRON, train, write_blobs


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A history of one run, trained once for all who only look at it."""
    folder = tmp_path_factory.mktemp("kept")
    history = Store(folder / "home")
    train(history, write_blobs(folder / "blobs.npz"))
    return history


def records(capsys, *words):
    assert main(["--batch", "inspect", *words, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def said(capsys, *words):
    assert main(["--batch", "inspect", *words]) == 0
    return capsys.readouterr().out


def refused(capsys, *words):
    assert main(["--batch", "inspect", *words]) == 2
    return capsys.readouterr().err


def test_the_matrix_counts_what_the_model_predicts(store, blobs, capsys):
    run = train(store, blobs)
    (found,) = records(capsys, run, "confusion", "--split", "test")
    opened = open_run(store, run)
    y, predicted = opened.dataset.test.y, opened.model.trainer.predict(opened.dataset.test.x).argmax(axis=1)
    assert found["counts"] == confusion_matrix(y, predicted, labels=range(3)).tolist()
    assert found["accuracy"] == pytest.approx((y == predicted).mean())
    text = said(capsys, run, "confusion", "--split", "test")
    assert f"{(y == predicted).sum()} of 50 are right" in text
    assert "macro" in text


def test_the_mistakes_on_a_class_stand_with_the_most_certain_first(store, blobs, capsys):
    run = train(store, blobs)
    about, *found = records(capsys, run, "confusion", "--class", "1", "--top", "5")
    certainty = [one["probabilities"][one["predicted"]] for one in found]
    assert found
    assert "there is no class" in refused(capsys, run, "confusion", "--class", "9" * 5000)
    assert all(one["true"] == about["classes"][1] != one["predicted"] for one in found)
    assert certainty == sorted(certainty, reverse=True)


def test_two_runs_stand_beside_each_other_with_mcnemars_test(store, blobs, capsys):
    one, two = train(store, blobs, **LOGISTIC), train(store, blobs, epochs=8)
    *_, pair = records(capsys, one, "confusion", "--with", two)
    opened = [open_run(store, run) for run in (one, two)]
    right = [o.measured("val").predicted == o.dataset.val.y for o in opened]
    assert pair["first_only"] == np.flatnonzero(right[0] & ~right[1]).tolist()
    assert pair["second_only"] == np.flatnonzero(right[1] & ~right[0]).tolist()
    text = said(capsys, one, "confusion", "--with", two)
    assert "McNemar" in text or "right and wrong on the same examples" in text


def test_two_runs_that_differ_in_several_settings_are_told_to_where_one_is_told_to_be_better(store, blobs, capsys):
    """Guarantee: a name that tells two runs apart, the fewest settings that do, is not read as what made one better."""
    poor = train(store, blobs, **LOGISTIC | {"learning_rate": 1e-9}, epochs=1)
    good = train(store, blobs, **LOGISTIC, epochs=9, seed=5)
    text = said(capsys, good, "confusion", "--with", poor)
    assert "is better than" in text
    assert "%). They differ in epochs and learning rate, and this is on all of it." in text
    alone = train(store, blobs, **LOGISTIC | {"learning_rate": 1e-9}, epochs=9, seed=6)
    text = said(capsys, good, "confusion", "--with", alone)
    assert "is better than" in text
    assert "They differ" not in text


def test_a_run_is_not_set_beside_itself(store, blobs, capsys):
    """Of an earlier epoch of it there is something to be told."""
    run = train(store, blobs, epochs=3)
    assert "is the first run" in refused(capsys, run, "confusion", "--with", "last")
    assert "is the first run" in refused(capsys, run, "confusion", "--epoch", "3", "--with", run)
    first = open_run(store, run).epochs[0]
    assert first < 3
    assert f"epoch {first}" in said(capsys, run, "confusion", "--epoch", str(first), "--with", run)


@pytest.mark.parametrize("view", ["confusion", "suspects", "calibration", "embedding", "replay"])
def test_an_option_that_changes_nothing_about_a_view_is_said_and_no_other(store, blobs, capsys, view):
    run, other = train(store, blobs, **LOGISTIC), train(store, blobs, **LOGISTIC)
    for option, value in (("with", other), ("example", "3"), ("class", "0"), ("top", "1")):
        assert main(["--batch", "inspect", run, view]) == 0
        plain = capsys.readouterr().out
        assert main(["--batch", "inspect", run, view, f"--{option}", value]) == 0
        told = capsys.readouterr()
        is_ignored = f"--{option} has no effect on the view {view}." in told.err
        assert is_ignored == (option not in VIEWS[view].heeds)
        assert not is_ignored or told.out == plain


def test_a_file_that_cannot_be_written_is_told_once(store, blobs, capsys, tmp_path):
    run = train(store, blobs, **LOGISTIC)
    assert main(["--batch", "inspect", run, "--to", str(tmp_path / "nowhere" / "x.svg")]) == 2
    assert capsys.readouterr().err.count("there is no folder") == 1


def test_what_the_coach_says_is_asked_for_in_no_file_and_by_no_option_in_silence(store, blobs, capsys, tmp_path):
    """It was printed, and no file written, with exit code 0."""
    run = train(store, blobs, **LOGISTIC)
    assert main(["--batch", "inspect", run, "coach", "--to", str(tmp_path / "x.csv")]) == 2
    assert "--to: what the coach says is printed, and in no file" in capsys.readouterr().err
    assert main(["--batch", "inspect", run, "coach", "--split", "val", "--top", "3"]) == 0
    assert capsys.readouterr().err.count("has no effect on the view coach.") == 2


def test_suspects_are_listed_with_what_the_label_should_be(store, blobs, capsys):
    run = train(store, blobs)
    about, *found = records(capsys, run, "suspects", "--split", "val")
    assert about["suspects"] == len(found) > 0
    assert all(one["label"] != one["suggested"] and one["p_suggested"] > one["p_label"] for one in found)
    assert main(["--batch", "inspect", run, "suspects", "--format", "csv", "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "split,example,file,label,suggested,p_label,p_suggested"
    assert len(lines) == 3


@pytest.mark.parametrize("view", ["suspects", "embedding"])
def test_a_table_in_a_file_holds_the_whole_list_and_not_what_a_terminal_shows(store, tmp_path, capsys, view):
    data = write_blobs(tmp_path / "blobs.npz")
    run = train(store, data, epochs=1)
    path = tmp_path / "list.csv"
    n = len(records(capsys, run, view, "--split", "val")) - 1
    for words, lines in (([], n), (["--top", "2", "--force"], 2)):
        assert main(["--batch", "inspect", run, view, "--split", "val", "--to", str(path), *words]) == 0
        assert len(path.read_text().splitlines()) - 1 == lines
        capsys.readouterr()
    assert main(["--batch", "inspect", run, view, "--split", "val", "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) - 1 == n


@pytest.mark.parametrize("view", VIEWS)
def test_a_csv_of_any_view_is_one_table(store, tmp_path, capsys, view):
    """A second matrix, list or example had a heading of its own in the middle of the file, which no reader knows of."""
    data = write_blobs(tmp_path / "blobs.npz")
    run, other = train(store, data), train(store, data, learning_rate=0.02)
    pair = ["--with", other, "--example", "1,2"]
    for number, words in enumerate(([], pair, [*pair, "--class", "1"])):
        path = tmp_path / f"{number}.csv"
        asked = ["--batch", "inspect", run, view, *words, "--split", "val", "--format", "csv", "--to", str(path)]
        assert main(asked) == 0
        told = capsys.readouterr().out
        assert path.read_text(encoding="utf-8") == told
        heading, *rows = csv.reader(told.splitlines())
        assert rows or view == "suspects"
        assert {len(row) for row in rows} <= {len(heading)}
        for row in rows:
            assert any(cell.lstrip("-")[:1].isdigit() for cell in row), "a heading has no numbers"


def test_the_csv_of_saliency_calls_no_softmax_of_scores_a_probability(store, blobs, capsys):
    for model, column in ((LOGISTIC, "covered_probability"), (PERCEPTRON, "covered_softmax")):
        run = train(store, blobs, **model)
        assert main(["--batch", "inspect", run, "saliency", "--format", "csv"]) == 0
        assert column in capsys.readouterr().out.splitlines()[0].split(",")


@pytest.mark.parametrize("suffix", [".md", ".tex"])
@pytest.mark.parametrize(("view", "split"), [("confusion", "val"), ("calibration", "test"), ("landscape", "")])
def test_a_table_in_a_file_says_of_which_model_and_of_which_examples_it_is(
    store, blobs, tmp_path, capsys, suffix, view, split
):
    """Guarantee: a file outlives its command: matrices of validation and of test could not be told apart."""
    run, path = train(store, blobs, epochs=3), tmp_path / f"table{suffix}"
    said(capsys, run, view, "--to", str(path), *(["--split", split] if split else []))
    heading = path.read_text(encoding="utf-8").splitlines()[0].lstrip("% ")
    assert heading == f"{run} after epoch 3" + (f", {split}" if split else "")
    if view == "confusion":
        assert f"{heading}: true" in path.read_text(encoding="utf-8")  # also where the comment is not


def test_the_csv_of_the_matrix_has_a_row_a_class_of_each_run(store, blobs, capsys):
    one, two = train(store, blobs), train(store, blobs, learning_rate=0.02)
    *told, _ = records(capsys, one, "confusion", "--with", two)
    assert main(["--batch", "inspect", one, "confusion", "--with", two, "--format", "csv"]) == 0
    found = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    for of in told:
        rows = [row for row in found if row["run"] == of["run"]]
        assert [[int(row[name]) for name in of["classes"]] for row in rows] == of["counts"]
        for row in rows:
            scores = of["scores"][row["true \\ predicted"]]
            assert {name: row[name] for name in scores} == {
                name: "" if value is None else str(value) for name, value in scores.items()
            }


@pytest.mark.parametrize("view", ["confusion", "suspects", "embedding"])
def test_every_record_says_its_run_and_a_list_in_json_is_whole(store, capsys, view):
    """Mistakes and what parts two runs stood without run, epoch and split; 20 mistakes were told of all."""
    run, other = (train(store, "digits", epochs=1, learning_rate=0.001) for _ in range(2))
    words = ["--with", other, "--class", "1"] if view == "confusion" else []
    found = records(capsys, run, view, "--split", "test", *words)
    for record in found:
        assert (record["epoch"], record["split"]) == (1, "test")
    assert {record["run"] for record in found} == {run, *words[1:2]}
    assert len([record for record in found if "example" in record]) > 20
    cut = records(capsys, run, view, "--split", "test", *words, "--top", "3")
    assert len([record for record in cut if "example" in record]) == 3


@pytest.mark.parametrize("view", ["confusion", "suspects", "embedding", "weights"])
def test_a_list_that_is_cut_for_a_terminal_says_how_long_it_is(store, capsys, view):
    """Of 481 suspects 20 rows stood there without a word."""
    run = train(store, "digits", epochs=1, learning_rate=0.001)
    words = ["--class", "1"] if view == "confusion" else []
    n = len([r for r in records(capsys, run, view, *words) if "example" in r or "unit" in r])
    for top, is_cut in ((n - 1, True), (n, False)):
        assert main(["--batch", "inspect", run, view, *words, "--top", str(top)]) == 0
        out = capsys.readouterr().out
        assert (f"{n - 1:,} of {n:,} are listed; --top N lists more." in out) == is_cut
        assert ("are listed" in out) == is_cut


def test_a_run_that_there_is_not_opens_no_screen(store, blobs, capsys):
    run = train(store, blobs)
    for words in (["nothing"], [run, "--with", "nothing"]):
        assert main(["inspect", *words]) == 2
        assert "hw1-tui: nothing: there is no such run" in capsys.readouterr().err


def test_labels_that_were_trained_on_are_no_suspects(store, blobs, capsys):
    assert "--split: train was trained on: a model repeats the labels" in refused(
        capsys, train(store, blobs), "suspects", "--split", "train"
    )


@pytest.mark.parametrize(
    ("shares", "view", "told"),
    [({}, "confusion", ""), ({"val_share": 0}, "confusion", "is of the test split"),
     ({"val_share": 0, "test_share": 0}, "confusion", "is of the training split, which the model was taught"),
     ({"val_share": 0, "test_share": 0}, "calibration", "is of the training split, which the model was taught")],
)  # fmt: skip
def test_where_there_are_no_validation_examples_it_is_said_whose_are_looked_at(
    store, blobs, tmp_path, capsys, shares, view, told
):
    """The accuracy and the calibration of examples that were learned stood there like those of others."""
    arrays = np.load(blobs)
    path = tmp_path / "one.npz"
    np.savez(path, X=arrays["train_images"], y=arrays["train_labels"])
    run = train(store, path, **shares)
    capsys.readouterr()
    for split, words in (("", []), ("train", ["--split", "train"])):  # who names one knows it
        assert main(["--batch", "inspect", run, view, *words]) == 0
        remark = capsys.readouterr().err
        assert told in remark
        assert ("There are no validation" in remark) == (bool(told) and not split)
        told = ""


def test_what_is_wrong_is_told_at_an_option_that_was_given_and_at_the_run_otherwise(store, blobs, tmp_path, capsys):
    """Suspects of data without other splits named --split, and data that was changed --data, that nobody had given."""
    path = tmp_path / "train.npz"
    arrays = np.load(blobs)
    np.savez(path, train_images=arrays["train_images"], train_labels=arrays["train_labels"])
    run = train(store, path, val_share=0, test_share=0)
    said = refused(capsys, run, "suspects")
    assert said.startswith(f"hw1-tui: {run}: {path} has no examples but those trained on: a model repeats")
    assert "allowed" not in said
    assert refused(capsys, run, "suspects", "--split", "val").startswith("hw1-tui: --split: ")
    np.savez(path, train_images=arrays["train_images"] // 2, train_labels=arrays["train_labels"])
    assert f"hw1-tui: {run}: {path} is not what it was" in refused(capsys, run)
    assert f"hw1-tui: --data: {path} is not what it was" in refused(capsys, run, "--data", str(path))


@pytest.mark.parametrize("view", ["suspects", "calibration"])
def test_a_model_without_probabilities_is_told_so(store, blobs, capsys, view):
    assert "scores and no probabilities" in refused(capsys, train(store, blobs, **PERCEPTRON), view)


def test_a_perceptron_has_a_confusion_matrix_all_the_same(store, blobs, capsys):
    run = train(store, blobs, **PERCEPTRON)
    found, *mistakes = records(capsys, run, "confusion", "--class", "0")
    assert sum(map(sum, found["counts"])) == 40
    assert found["top"] is None
    assert all(one["probabilities"] is None for one in mistakes)


def test_what_a_diverged_model_says_is_json_all_the_same(store, blobs):
    opened = open_run(store, train(store, blobs))
    weights = opened.parameters()
    assert isinstance(opened.model.trainer, Settable)
    opened.model.trainer.set_parameters({name: np.full_like(array, np.nan) for name, array in weights.items()})
    shown = VIEWS["confusion"].show(Asked(Subject(opened, "val"), label=1))
    assert "NaN" not in "".join(map(json_text, shown.records))
    assert set(shown.records[-1]["probabilities"].values()) == {None}


def test_the_calibration_error_stands_beside_what_chance_makes(store, blobs, capsys):
    run = train(store, blobs)
    (found,) = records(capsys, run, "calibration")
    assert 0 < found["floor"] < found["floor_top"]
    assert sum(b["examples"] for b in found["bins"]) == 40
    assert "chance would make it" in said(capsys, run, "calibration")


@pytest.mark.parametrize("view", ["embedding", "hidden"])
def test_every_example_is_a_point(store, blobs, capsys, view):
    about, *points = records(capsys, train(store, blobs), view)
    assert 0 < sum(about["shares"]) <= 1
    assert [point["example"] for point in points] == list(range(40))


def test_a_linear_model_has_no_hidden_layer_to_show(store, blobs, capsys):
    assert "has no hidden layer" in refused(capsys, train(store, blobs, **LOGISTIC), "hidden")


@pytest.mark.parametrize("view", ["confusion", "suspects", "calibration", "embedding", "replay"])
@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_each_view_is_a_picture_of_the_same_bytes_each_time(kept, monkeypatch, tmp_path, view, ending):
    monkeypatch.setenv("HW1_TUI_HOME", str(kept.home))
    (run,) = [record.run for record in kept.runs()]
    files = [tmp_path / f"{number}.{ending}" for number in (1, 2)]
    for file in files:
        assert main(["--batch", "inspect", run, view, "--to", str(file), "--quiet"]) == 0
    one, two = (file.read_bytes() for file in files)
    assert one == two
    assert len(one) > 1000


def test_an_engine_that_fails_on_a_question_is_told_as_that_and_steers_no_terminal(
    store, blobs, capsys, tmp_path, monkeypatch
):
    """A stranger's engine may raise anything anywhere, and not only while it trains."""
    run = train(store, blobs, **LOGISTIC)

    def fail(*_):
        raise SystemExit("no\x1b[2J")

    for name in ("predict", "measure", "parameters", "inspect", "score_gradients"):
        monkeypatch.setattr(f"engines.numpy_engine.trainer.NumpyTrainer.{name}", fail)
    (store.find(run).path / "predictions.npz").unlink()
    asked = [["inspect", run, view, "--example", "1"] for view in (*VIEWS,) if view != "embedding"]
    for words in (*asked, ["predict", run, str(blobs)], ["runs", "export", run, "--to", str(tmp_path / "w.npz")]):
        assert main(["--batch", *words]) == 2, words
        told = capsys.readouterr().err
        assert "the numpy engine " in told  # failed, or cannot take its checkpoint
        assert "no\\x1b[2J" in told


def test_what_is_said_of_a_crash_steers_no_terminal(tmp_path):
    assert keep_crash(RuntimeError("no\x1b[2J"), lambda: tmp_path).startswith(
        "hw1-tui failed: RuntimeError: no\\x1b[2J."
    )
    assert "\x1b" not in keep_crash(RuntimeError("no\x1b[2J"), lambda: tmp_path / "nowhere")


def test_an_engine_that_shows_other_shapes_than_it_promised_is_told_as_that(store, blobs, capsys, monkeypatch):
    run = train(store, blobs)
    shown = Inspection((np.zeros((1, 2)),), (np.zeros(3),), np.zeros(7), {"q": np.zeros(2)})
    for told in (shown, None):
        monkeypatch.setattr("engines.numpy_engine.trainer.NumpyTrainer.inspect", lambda *_, told=told: told)
        for view in ("step", "hidden", "distributions", "landscape", "weights"):
            expected = "not the shapes of an inspection" if told else "the numpy engine failed"
            assert expected in refused(capsys, run, view)


def test_a_checkpoint_of_another_run_is_told_as_that(store, blobs, capsys):
    """As a person may have copied it: what it showed had other shapes than the run, or was another run's."""
    run, other = train(store, blobs, **LOGISTIC), train(store, blobs)
    theirs = max((store.find(other).path / "checkpoints").glob("*.npz"))
    for own in (store.find(run).path / "checkpoints").glob("*.npz"):
        own.write_bytes(theirs.read_bytes())
    assert "is of another run" in refused(capsys, run, "distributions")


def test_metrics_of_another_run_are_told_as_that(store, blobs, capsys):
    """Its data was taken for the run's own, whose weights did not fit: some views told that as the engine's fault."""
    run, other = train(store, blobs, **LOGISTIC), train(store, "digits", **LOGISTIC, epochs=1)
    theirs, own = (store.find(one).path / "metrics.jsonl" for one in (other, run))
    own.write_bytes(theirs.read_bytes())
    for view in ("confusion", "weights", "replay"):
        assert "its metrics.jsonl is of another run" in refused(capsys, run, view)


@pytest.mark.parametrize("view", ["confusion", "calibration", "suspects"])
def test_a_view_of_classes_says_that_a_model_of_numbers_has_none(store, view, capsys):
    """Each was refused as there are no classes to take for each other, which calibration and suspects do not show."""
    words = ["--data", "quadratic", "--model", "quadratic_network", "--epochs", "1", "--home", str(store.home)]
    assert main(["--batch", "train", *words, "--quiet"]) == 0
    assert main(["--batch", "inspect", "last", view, "--home", str(store.home)]) == 2
    assert capsys.readouterr().err.rstrip().endswith("predicts numbers, and this view is of classes")
