"""What a kept model is asked about: folders with and without classes, files, pictures; and how good its answers are."""

import json
import os
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from hw1_tui.cli import main
from tests.support.class_pictures import NAMES, pictures, save, train_on
from tests.support.history import train


def paint(folder, names, n=3, seed=1):
    """Write a folder of pictures a class, or pictures alone where there are no names, of the classes in turn."""
    made = pictures(seed)["test_images"]
    for i in range(n * len(NAMES)):
        place = folder / names[i % 3] if names else folder
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(made[i]).save(place / f"{i}.png")
    return folder


def ask(capsys, *words):
    """Return the answers, the score and what was said on stderr."""
    assert main(["--batch", "predict", *map(str, words), "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    answers = [record for record in records if "example" in record]
    return answers, next((record for record in records if "example" not in record), None), err


@pytest.fixture
def run(store, tmp_path):
    return train_on(store, save(tmp_path / "own.npz", pictures(shape=(6, 6, 3))))


def test_a_folder_of_classes_is_asked_about_whole_and_scored(run, tmp_path, capsys):
    """Nobody who brings pictures to test a model on expects 85 of 100 to be kept back for training."""
    folder = paint(tmp_path / "new", NAMES)
    answers, score, _ = ask(capsys, run, folder)
    assert Counter(answer["target"] for answer in answers) == dict.fromkeys(NAMES, 3)
    assert {answer["example"] for answer in answers} == {str(path) for path in folder.glob("*/*.png")}
    said = [answer["class"] for answer in answers]
    true = [answer["target"] for answer in answers]
    assert score["accuracy"] == pytest.approx(accuracy_score(true, said))
    assert score["counts"] == confusion_matrix(true, said, labels=NAMES).tolist()
    expected = precision_recall_fscore_support(true, said, labels=NAMES, zero_division=0)
    for i, name in enumerate(NAMES):
        got = [score["scores"][name][what] or 0 for what in ("precision", "recall", "f1", "support")]
        assert got == pytest.approx([column[i] for column in expected])


def test_the_score_is_printed_for_a_person_below_the_answers(run, tmp_path, capsys):
    assert main(["--batch", "predict", run, str(paint(tmp_path / "new", NAMES))]) == 0
    out = capsys.readouterr().out
    assert "of 9 are right (" in out
    assert "true \\ predicted" in out
    assert all(title in out for title in ("precision", "recall", "f1", "support", "macro"))


def test_csv_has_rows_of_answers_alone(run, tmp_path, capsys):
    assert main(["--batch", "predict", run, str(paint(tmp_path / "new", NAMES)), "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 9


def test_a_folder_of_pictures_alone_has_answers_and_no_score(run, tmp_path, capsys):
    folder = paint(tmp_path / "flat", ())
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("none either")
    answers, score, said = ask(capsys, run, folder)
    assert sorted(answer["example"] for answer in answers) == sorted(map(str, folder.glob("*.png")))
    assert not any("target" in answer for answer in answers)
    assert score is None
    assert "1 of 10 files in" in said
    assert "broken.jpg" in said
    single, _, _ = ask(capsys, run, folder / "4.png")
    (same,) = [answer for answer in answers if answer["example"].endswith("/4.png")]
    assert single[0]["probabilities"] == pytest.approx(same["probabilities"])  # products round by their shapes


@pytest.mark.parametrize("files", [(), ("notes.txt",)])
def test_a_folder_without_pictures_is_told_as_that(run, tmp_path, capsys, files):
    """It was told to have no folder of training images, which nobody asked for."""
    folder = tmp_path / "new"
    folder.mkdir()
    for name in files:
        (folder / name).write_text("no picture")
    assert main(["--batch", "predict", run, str(folder)]) == 2
    allowed = "a folder of pictures, or one with a folder of pictures a class"
    assert capsys.readouterr().err == f"hw1-tui: {folder}: holds no picture and no data set; allowed: {allowed}\n"


def test_a_folder_with_the_pictures_of_one_class_alone_is_asked_about(run, tmp_path, capsys):
    """It was refused with what training needs; the pictures of a class that the model does not know have no truth."""
    folder = paint(tmp_path / "new", NAMES)
    whole = {answer["example"].rpartition("/")[2]: answer for answer in ask(capsys, run, folder)[0]}
    for name in NAMES[1:]:
        (folder / name).rename(tmp_path / name)
    answers, score, _ = ask(capsys, run, folder)
    assert {answer["target"] for answer in answers} == {NAMES[0]}
    for answer in answers:
        assert answer["probabilities"] == pytest.approx(whole[answer["example"].rpartition("/")[2]]["probabilities"])
    assert score["accuracy"] == sum(answer["class"] == NAMES[0] for answer in answers) / 3
    (folder / NAMES[0]).rename(folder / "holiday")
    answers, score, said = ask(capsys, run, folder)
    assert (len(answers), score) == (3, None)
    assert "does not know the class 'holiday'" in said


def test_what_has_a_label_is_scored_beside_what_has_none(run, tmp_path, capsys):
    labelled, flat = paint(tmp_path / "new", NAMES), paint(tmp_path / "flat", ())
    assert main(["--batch", "predict", run, str(labelled), str(flat)]) == 0
    assert "Of 9 more the truth is not known." in capsys.readouterr().out


def test_the_runs_own_folder_is_asked_about_by_its_test_split(store, tmp_path, capsys):
    """Of the folder that it was trained on the rest would flatter it; that the rest is left out was said of no path."""
    folder = paint(tmp_path / "own", NAMES, n=8)
    run = train_on(store, folder)
    answers, score, said = ask(capsys, run, folder)
    assert score["accuracy"] == store.get(run).results["test_accuracy"]
    assert len(answers) == 3
    assert f"{folder} is what the model was trained on: these are its test examples." in said
    answers, _, said = ask(capsys, run, folder, "--split", "train")
    assert len(answers) == 18
    assert "these are its test examples" not in said


def test_a_table_of_new_rows_is_asked_about_whole_in_its_order(store, tmp_path, capsys):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 3))
    rows[:, 2] = 2 * rows[:, 0] - rows[:, 1]
    for name, part in (("own.csv", rows[:30]), ("new.csv", rows[30:])):
        (tmp_path / name).write_text("\n".join(",".join(map(repr, row)) for row in part.tolist()))
    run = train(store, tmp_path / "own.csv", model="quadratic_network", epochs=3)
    answers, score, _ = ask(capsys, run, tmp_path / "new.csv")
    assert [answer["target"] for answer in answers] == rows[30:, 2].tolist()
    errors = np.array([answer["value"] - answer["target"] for answer in answers])
    assert score["mean_squared_error"] == pytest.approx(np.mean(errors**2))
    assert score["r2"] == pytest.approx(1 - np.mean(errors**2) / np.var(rows[30:, 2]))


@pytest.mark.parametrize("classes", ["abab", "a"])
def test_one_row_and_one_class_are_enough_to_be_asked_about(store, tmp_path, capsys, classes):
    """Only what is to be learned from takes more."""
    rows = [f"{i / 10},{1 - i / 10},{'ab'[i % 2]}" for i in range(20)]
    (tmp_path / "own.csv").write_text("\n".join(["u,v,label", *rows]))
    asked = [row for row in rows[:4] if row[-1] in classes]
    (tmp_path / "new.csv").write_text("\n".join(["u,v,label", *asked[: 1 if classes == "a" else 4]]))
    run = train(store, tmp_path / "own.csv", epochs=1)
    answers, score, _ = ask(capsys, run, tmp_path / "new.csv")
    assert "".join(answer["target"] for answer in answers) == classes
    assert score["examples"] == len(classes)


def test_a_split_without_examples_is_refused_with_those_that_have_some(run, tmp_path, capsys):
    folder = tmp_path / "new"
    paint(folder / "train", NAMES, n=1)
    assert main(["--batch", "predict", run, str(folder), "--split", "test"]) == 2
    assert "has no test examples; allowed: --split train" in capsys.readouterr().err


def test_a_source_is_read_as_the_options_say_else_as_the_runs_own(store, tmp_path, capsys):
    """Here the labels of the other file stand under another name."""
    made = pictures()
    run = train_on(store, save(tmp_path / "own.npz", made))
    members = {"images": made["test_images"], "kind": made["test_labels"], "labels": np.zeros(24, np.int64)}
    np.savez(tmp_path / "other.npz", allow_pickle=False, **members)
    answers, _, _ = ask(capsys, run, tmp_path / "other.npz", "--target", "kind")
    assert [answer["target"] for answer in answers] == [NAMES[label] for label in made["test_labels"]]
    few, _, _ = ask(capsys, run, tmp_path / "other.npz", "--target", "kind", "--split", "test", "--test-share", "0.25")
    assert len(few) == 6


def test_a_table_without_the_column_to_predict_is_asked_about_by_its_features(store, tmp_path, capsys):
    """As Kaggle gives it to be answered: there is nothing to hold the answers to."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    rows = [f"{i},{a!r},{b!r},{'up' if a > 0 else 'down'}" for i, (a, b) in enumerate(x.tolist())]
    (tmp_path / "train.csv").write_text("\n".join(["id,a,b,kind", *rows]))
    (tmp_path / "test.csv").write_text("id,a,b\n60,5,0\n61,-5,0\n")
    (tmp_path / "other.csv").write_text("id,b,a\n60,0,5\n61,0,-5\n")
    run = train(store, tmp_path / "train.csv", epochs=20)
    answers, score, said = ask(capsys, run, tmp_path / "test.csv")
    assert [answer["class"] for answer in answers] == ["up", "down"]
    assert score is None
    assert "has no column to predict: its 2 columns of numbers are the features." in said
    turned, _, said = ask(capsys, run, tmp_path / "other.csv")
    assert [answer["probabilities"] for answer in turned] == [answer["probabilities"] for answer in answers]
    assert "in another order: they are taken by their names" in said


def test_pixels_without_labels_are_answered_as_those_with(store, tmp_path, capsys):
    x = np.random.default_rng(0).integers(0, 256, (40, 16))
    names = [f"pixel{i}" for i in range(16)]
    rows = [",".join(map(str, row)) for row in x.tolist()]
    labelled = [",".join(["label", *names]), *(f"{i % 2},{row}" for i, row in enumerate(rows))]
    (tmp_path / "train.csv").write_text("\n".join(labelled))
    (tmp_path / "new.csv").write_text("\n".join(labelled[:11]))
    (tmp_path / "test.csv").write_text("\n".join([",".join(names), *rows[:10]]))
    run = train(store, tmp_path / "train.csv", epochs=2)
    with_labels, without = (ask(capsys, run, tmp_path / name)[0] for name in ("new.csv", "test.csv"))
    assert len(without) == 10
    assert [one["probabilities"] for one in without] == [one["probabilities"] for one in with_labels]


@pytest.mark.parametrize("has_target", [True, False])
def test_columns_in_another_order_are_taken_by_their_names(store, tmp_path, capsys, has_target):
    """Guarantee: an answer is of the features that are named; columns the other way round got other answers, unsaid."""
    rows = [(i % 3 + i / 100, 1 - i / 60, "abc"[i % 3]) for i in range(60)]
    (tmp_path / "own.csv").write_text("far,near,label\n" + "".join(f"{x},{y},{c}\n" for x, y, c in rows))
    words = ["--data", str(tmp_path / "own.csv"), "--model", "logistic_regression", "--epochs", "2"]
    assert main(["--batch", "train", *words, "--quiet"]) == 0
    asked = rows[1:]  # all of them would be what it was trained on, of which the test split is asked about
    end = [f",{c}" if has_target else "" for _, _, c in asked]
    title = ",label" * has_target
    same = "".join(f"{x},{y}{c}\n" for (x, y, _), c in zip(asked, end, strict=True))
    turned = "".join(f"{y},{x}{c}\n" for (x, y, _), c in zip(asked, end, strict=True))
    (tmp_path / "same.csv").write_text(f"far,near{title}\n{same}")
    (tmp_path / "turned.csv").write_text(f"near,far{title}\n{turned}")
    (tmp_path / "bare.csv").write_text(same)
    (tmp_path / "other.csv").write_text(f"far,wide,label\n{''.join(f'{x},{y},{c}{chr(10)}' for x, y, c in rows)}")
    capsys.readouterr()
    answers = []
    for name in ("same", "turned", "bare"):
        assert main(["--batch", "predict", "last", str(tmp_path / f"{name}.csv"), "--format", "csv"]) == 0
        out, err = capsys.readouterr()
        answers.append([line.partition(",")[2] for line in out.splitlines()])
        assert ("in another order: they are taken by their names" in err) == (name == "turned")
        assert ("have no names: they are taken to stand in the order of the model's, far, near" in err) == (
            name == "bare"
        )
    assert answers[0] == answers[1] == answers[2]
    (tmp_path / "unlabelled.csv").write_text("far,wide\n" + "1,2\n" * 9)
    (tmp_path / "more.csv").write_text("far,near,size\n" + "1,2,3.5\n" * 9)
    for name, said in (
        ("other", "has no column near, which the model was trained on, and has wide; allowed: far, near"),
        ("unlabelled", "has no column near, which the model was trained on, and has wide; allowed: far, near"),
        ("more", "has numbers to predict, and the model tells classes; allowed: columns far, near, alone or with"),
    ):
        assert main(["--batch", "predict", "last", str(tmp_path / f"{name}.csv")]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system with pipes")
def test_a_pipe_that_is_called_as_a_table_is_refused_and_not_waited_for(run, tmp_path, capsys):
    """Where it was no data set, its features were looked for, and nothing ever came."""
    os.mkfifo(pipe := tmp_path / "t.csv")
    assert main(["--batch", "predict", run, str(pipe)]) == 2
    assert "t.csv: is neither a file nor a folder" in capsys.readouterr().err
