"""What a kept model says of data that is stored otherwise than its own: scaled, turned, named or kept another way."""

import csv
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from engines import registry
from hw1_tui.cli import main
from hw1_tui.data.class_name import numbers_of
from hw1_tui.numeral import counted
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Progressed
from tests.support.class_pictures import NAMES, SHAPE, pictures, save, train_on
from tests.support.history import start, train


def between(black, white):
    """Return what scales bytes to floats from black to white."""
    return lambda images: images / 255 * (white - black) + black


def flat(images):
    return images.reshape(len(images), -1)


def ask(capsys, *words):
    """Return the answers, and what was said on stderr."""
    assert main(["--batch", "predict", *map(str, words), "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    return [record for record in records if "example" in record], err


def probabilities(answers):
    return [list(answer["probabilities"].values()) for answer in answers]


def test_a_model_that_tells_no_probabilities_is_given_none(store, blobs, capsys):
    """The softmax of a perceptron's scores was printed as what it holds for likely."""
    run = train(store, blobs, model="perceptron", hidden_sizes=None, init=None, learning_rate=None)
    answers, _ = ask(capsys, run, blobs)
    assert answers
    assert all(answer["class"] and answer["probability"] is answer["probabilities"] is None for answer in answers)
    assert main(["--batch", "predict", run, str(blobs)]) == 0
    assert "%" not in capsys.readouterr().out.split("\n\n")[0]
    assert main(["--batch", "predict", run, str(blobs), "--format", "csv"]) == 0
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert row["class"] == answers[0]["class"]
    assert not any(row[name] for name in row if name not in ("example", "target", "class"))


def test_a_share_that_data_with_splits_has_no_use_for_is_said_where_it_was_asked_for(store, blobs, capsys):
    run = train(store, blobs, epochs=1)
    for shares, told in ((["--val-share", ".3"], 1), ([], 0)):
        assert main(["predict", run, str(blobs), *shares]) == 0
        assert capsys.readouterr().err.count("val_share is not used: there is a validation split.") == told


def test_an_earlier_model_never_stands_for_the_end_of_a_run_whose_last_was_not_kept(store, blobs, tmp_path, capsys):
    """Guarantee: where a full disk took the metrics of all epochs and not the last checkpoint, that is told.

    `predict`, an export and a comparison took the model after epoch 1 of 4 for the run's, without a word.
    """
    run, other = train(store, blobs, every=1), train(store, blobs, seed=2)
    folder = store.find(run)
    folder.predictions_path.unlink()
    for checkpoint in folder.checkpoint_store.checkpoints():
        if checkpoint.epoch > 1:
            checkpoint.path.unlink()
    told = f"{run}: has no checkpoint of epoch 4, its last; allowed: 0, 1"
    to = tmp_path / "weights.npz"
    for words in (["predict", run, str(blobs)], ["runs", "export", run, "--to", str(to)]):
        assert main(words) == 2
        assert told in capsys.readouterr().err
        assert main([*words, "--epoch", "1"]) == 0
    assert np.load(to)["epoch"] == 1
    capsys.readouterr()
    assert main(["runs", "compare", other, run, "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    first, second = (json.loads(line) for line in out.splitlines())
    assert second["test_difference"] == pytest.approx(second["test_accuracy"] - first["test_accuracy"])
    assert told in err
    assert main(["--batch", "inspect", run, "confusion"]) == 0  # which says so in each line
    assert f"{run} after epoch 1" in capsys.readouterr().out


def test_of_a_run_that_was_broken_off_it_is_said_which_of_its_models_answers(store, blobs, tmp_path, capsys):
    events = start(store, blobs, every=1, epochs=3)
    next(event for event in events if isinstance(event, EpochEnded) and event.epoch == 2)
    events.close()
    (record,) = store.runs()
    _, err = ask(capsys, record.run, blobs)
    assert f"{record.run} was interrupted: this is its model after epoch 2 of 3." in err
    assert "was interrupted" not in ask(capsys, record.run, blobs, "--epoch", "1")[1], "it was asked for"
    export = ["runs", "export", record.run, "--to", str(tmp_path / "weights.npz"), "--force"]
    for epoch, told in ((), 1), (("--epoch", "1"), 0):
        assert main([*export, *epoch]) == 0
        assert capsys.readouterr().err.count("was interrupted: this is its model after epoch 2 of 3.") == told


def test_a_model_from_inside_an_epoch_is_called_that_and_not_one_of_the_epoch_before(
    store, blobs, tmp_path, capsys, monkeypatch
):
    """Its test accuracy stood beside the validation accuracy of the epoch before, and nothing told them apart."""
    monkeypatch.setattr("engines.numpy_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)
    control = Control()
    for event in start(store, blobs, control, epochs=3):
        if isinstance(event, Progressed) and event.epoch == 2 and event.examples < event.of:
            control.stop()
            examples = event.examples
    (record,) = store.runs()
    assert record.results["reason"] == "Stopped inside epoch 2; the test metrics are of the model there."
    place = f"epoch 1 and {counted(examples, 'example')}"
    told = f"{record.run} was stopped inside epoch 2: this is its model after {place}."
    assert told in ask(capsys, record.run, blobs)[1]
    assert "was stopped" not in ask(capsys, record.run, blobs, "--epoch", "1")[1]
    assert main(["runs", "export", record.run, "--to", str(tmp_path / "weights.npz")]) == 0
    assert told in capsys.readouterr().err
    assert main(["--batch", "inspect", record.run, "confusion"]) == 0
    assert f"{record.run} after {place}: " in capsys.readouterr().out


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(("black", "white"), [(0, 1), (0, 255), (0, 65535), (-1, 1), (-0.5, 0.5)])
def test_a_picture_file_is_scaled_as_the_floats_that_the_model_was_trained_on(
    store, tmp_path, capsys, black, white, engine
):
    """The same picture gives the same answer out of the data set and out of a file."""
    made = pictures()
    path = save(tmp_path / "floats.npz", made, change=between(black, white))
    run = train_on(store, path, engine=engine, learning_rate=0.01 / max(1, white))
    expected, _ = ask(capsys, run, path)
    files = [tmp_path / f"{i}.png" for i in range(3)]
    for file, image in zip(files, made["test_images"], strict=False):
        Image.fromarray(image).save(file)
    answers, said = ask(capsys, run, *files)
    np.testing.assert_allclose(probabilities(answers), probabilities(expected[:3]), rtol=1e-6, atol=1e-9)
    assert f"white {white:g}" in said


@pytest.mark.parametrize("trained", ["bytes", "ones", "large"])
@pytest.mark.parametrize("asked", ["bytes", "ones", "large", "first", "grey"])
def test_the_same_pictures_stored_another_way_give_the_same_answers(store, tmp_path, capsys, trained, asked):
    made = pictures()
    if asked == "grey":
        for split in ("train", "val", "test"):
            made[f"{split}_images"] = made[f"{split}_images"][..., :1].repeat(3, -1)
    ways = {
        "bytes": lambda images: images,
        "ones": lambda images: (images / 255).astype(np.float32),
        "large": lambda images: images.astype(np.float64),
        "first": lambda images: images.transpose(0, 3, 1, 2),
        "grey": lambda images: images[..., 0],
    }
    own = save(tmp_path / "own.npz", made, change=ways[trained])
    run = train_on(store, own, learning_rate=1e-6 if trained == "large" else 0.01)
    other = save(tmp_path / "other.npz", made, change=ways[asked])
    expected, _ = ask(capsys, run, own)
    answers, _ = ask(capsys, run, other)
    np.testing.assert_allclose(probabilities(answers), probabilities(expected), rtol=1e-4, atol=1e-6)


def test_what_cannot_be_scaled_is_refused(store, tmp_path, capsys):
    """Numbers with their mean subtracted do not tell what black was."""
    made = pictures()
    centred = save(tmp_path / "centred.npz", made, change=lambda images: (images - 120.0) / 37)
    plain = save(tmp_path / "plain.npz", made)
    Image.fromarray(made["test_images"][0]).save(tmp_path / "a.png")
    run = train_on(store, centred)
    assert len(ask(capsys, run, centred)[0]) == 24
    for source in (tmp_path / "a.png", plain):
        assert main(["--batch", "predict", run, str(source)]) == 2
        assert f"{source}: " in (said := capsys.readouterr().err)
        assert "from -3.243 to 3.649" in said
    run = train_on(store, plain)
    assert main(["--batch", "predict", run, str(centred)]) == 2
    assert "allowed: data scaled as the model's own" in capsys.readouterr().err


@pytest.mark.parametrize("change", [lambda images: images / 16, lambda images: (images // 16).astype(np.uint8)])
def test_values_that_end_far_below_white_are_not_taken_for_bytes_of_255(store, tmp_path, capsys, change):
    """scikit-learn's digits go from 0 to 16: a picture file of 0 to 255 means something else."""
    made = pictures()
    own = save(tmp_path / "own.npz", made, change=change)
    run = train_on(store, own)
    assert len(ask(capsys, run, own)[0]) == 24
    Image.fromarray(made["test_images"][0]).save(tmp_path / "a.png")
    for source in (tmp_path / "a.png", save(tmp_path / "bytes.npz", made)):
        assert main(["--batch", "predict", run, str(source)]) == 2
        assert "the model was trained on values from 0 to 15" in capsys.readouterr().err


def test_rows_of_numbers_are_held_against_the_pictures_that_a_model_was_trained_on(store, tmp_path, capsys):
    """scikit-learn gives its digits as rows of floats to 16, other places as pictures of floats to 1."""
    made = pictures()
    run = train_on(store, save(tmp_path / "own.npz", made, change=between(0, 1)))
    expected, _ = ask(capsys, run, save(tmp_path / "ones.npz", made, change=lambda images: flat(images) / 255))
    large = save(tmp_path / "large.npz", made, change=lambda images: flat(images).astype(np.float64))
    answers, said = ask(capsys, run, large)
    np.testing.assert_allclose(probabilities(answers), probabilities(expected), rtol=1e-4, atol=1e-6)
    assert "values are converted" in said
    assert main(["--batch", "predict", run, str(save(tmp_path / "16.npz", made, change=lambda i: flat(i) / 16))]) == 2
    assert "the model was trained on values from 0 to 1" in capsys.readouterr().err


def test_a_table_without_labels_is_held_against_the_pictures_that_a_model_was_trained_on_too(store, tmp_path, capsys):
    made = pictures()
    run = train_on(store, save(tmp_path / "own.npz", made, change=between(0, 1)))
    rows = flat(made["test_images"])
    expected, _ = ask(capsys, run, tmp_path / "own.npz")
    for white in (1, 255):
        np.savetxt(tmp_path / "rows.csv", rows / 255 * white + 1e-9, delimiter=",")  # no whole numbers
        answers, said = ask(capsys, run, tmp_path / "rows.csv")
        np.testing.assert_allclose(probabilities(answers), probabilities(expected), rtol=1e-3, atol=1e-5)
        assert ("values are converted" in said) == (white == 255)
    np.savetxt(tmp_path / "rows.csv", rows / 255 * 16 + 1e-9, delimiter=",")
    assert main(["--batch", "predict", run, str(tmp_path / "rows.csv")]) == 2
    assert "the model was trained on values from 0 to 1" in capsys.readouterr().err


def test_measurements_far_outside_of_those_that_a_model_was_trained_on_are_said(store, tmp_path, capsys):
    made = pictures()
    own = save(tmp_path / "own.npz", made, change=lambda images: flat(images) / 255)
    run = train_on(store, own)
    assert "taken as they are" not in ask(capsys, run, own)[1]
    _, said = ask(capsys, run, save(tmp_path / "large.npz", made, change=lambda images: flat(images) * 1.0))
    assert "the model was trained on values from 0 to 1: they are taken as they are." in said


def test_a_little_more_than_white_is_what_scaling_pictures_leaves(store, tmp_path, capsys):
    run = train_on(store, save(tmp_path / "own.npz", pictures(), change=between(0, 1)))
    answers, _ = ask(capsys, run, save(tmp_path / "other.npz", pictures(), change=between(-0.04, 1.06)))
    assert len(answers) == 24


def test_pictures_of_another_form_with_as_many_numbers_are_refused(store, tmp_path, capsys):
    run = train_on(store, save(tmp_path / "own.npz", pictures()))
    other = save(tmp_path / "other.npz", pictures(shape=(5, 6, 3)))
    assert main(["--batch", "predict", run, str(other)]) == 2
    assert "pictures of 5 x 6 x 3" in capsys.readouterr().err


def test_classes_are_told_by_name_whatever_their_numbers(store, tmp_path, capsys):
    made = pictures()
    run = train_on(store, save(tmp_path / "own.npz", made))
    turned = {name: (array + 1) % 3 if name.endswith("labels") else array for name, array in made.items()}
    other = save(tmp_path / "other.npz", turned, names=("emu", "Cat", "dog"))
    expected, _ = ask(capsys, run, tmp_path / "own.npz")
    answers, said = ask(capsys, run, other)
    assert [answer["target"] for answer in answers] == [answer["target"] for answer in expected]
    assert [answer["target"] for answer in answers[:3]] == ["cat", "dog", "emu"]
    assert "by number" not in said


def test_a_class_that_the_model_does_not_know_is_refused_by_name(store, tmp_path, capsys):
    """It was taken for another of its number, or raised where there was none."""
    run = train_on(store, save(tmp_path / "own.npz", pictures()))
    for names in [("cat", "dog", "cot"), ("cat", "wolf", "dog")]:
        other = save(tmp_path / f"{names[1]}.npz", pictures(), names=names)
        assert main(["--batch", "predict", run, str(other)]) == 2
        stranger = "cot" if "cot" in names else "wolf"
        assert f"has the class '{stranger}', which the model does not know; allowed: cat, dog, emu" in (
            capsys.readouterr().err
        )
    more = pictures()
    more["test_labels"] = np.arange(24) % 4
    assert main(["--batch", "predict", run, str(save(tmp_path / "more.npz", more, names=()))]) == 2
    assert "class 3" in capsys.readouterr().err


def test_classes_without_names_are_taken_by_number_and_that_is_said(store, tmp_path, capsys):
    run = train_on(store, save(tmp_path / "own.npz", pictures()))
    answers, said = ask(capsys, run, save(tmp_path / "other.npz", pictures(), names=()))
    assert [answer["target"] for answer in answers[:3]] == list(NAMES)
    assert "by number" in said


@pytest.mark.parametrize("names", [NAMES, ()])
@pytest.mark.parametrize("present", [[1, 2], [2]])
def test_labels_that_are_some_of_the_numbers_are_those_classes(store, tmp_path, capsys, names, present):
    """They were counted anew: of the labels 1 and 2 the first was taken for class 0."""
    run = train_on(store, save(tmp_path / "own.npz", pictures(), names=names))
    asked = {"x": pictures()["test_images"][:4], "y": np.resize(present, 4)}
    answers, said = ask(capsys, run, save(tmp_path / "other.npz", asked, names=()))
    called = names or ("class 0", "class 1", "class 2")
    assert [answer["target"] for answer in answers] == [called[label] for label in asked["y"]]
    assert ("by number" in said) == bool(names)


def test_names_stand_for_numbers_only_where_all_are_there(store, tmp_path, capsys):
    run = train_on(store, save(tmp_path / "own.npz", pictures(), names=()))
    two = {"x": pictures()["test_images"][:4], "y": np.array(["cat", "dog", "cat", "dog"])}
    assert main(["--batch", "predict", run, str(save(tmp_path / "other.npz", two, names=()))]) == 2
    assert "has the class 'cat', which the model does not know; allowed: class 0" in capsys.readouterr().err


def test_numbers_and_classes_are_not_taken_for_each_other(store, tmp_path, capsys):
    run = train_on(store, save(tmp_path / "own.npz", pictures(shape=(4,))))
    table = tmp_path / "t.csv"
    table.write_text("\n".join(f"{i},{2 * i},{3 * i},{i % 5},{i}" for i in range(20)))
    assert main(["--batch", "predict", run, str(table)]) == 2
    assert "has numbers to predict, and the model tells classes" in capsys.readouterr().err


def forget_range(store, run):
    """Make a run one that an older version kept."""
    path = store.find(run).path / "run.json"
    facts = json.loads(path.read_text())
    del facts["inputs"]["value_range"]
    path.write_text(json.dumps(facts))


def test_a_run_of_an_older_version_asks_its_data_how_it_was_scaled(store, tmp_path, capsys):
    made = pictures()
    path = save(tmp_path / "floats.npz", made, change=between(0, 255))
    Image.fromarray(made["test_images"][0]).save(tmp_path / "a.png")
    run = train_on(store, path, learning_rate=1e-6)
    forget_range(store, run)
    expected, _ = ask(capsys, run, path)
    answers, _ = ask(capsys, run, tmp_path / "a.png")
    np.testing.assert_allclose(probabilities(answers), probabilities(expected[:1]))
    moved = path.rename(tmp_path / "moved.npz")
    assert main(["--batch", "predict", run, str(tmp_path / "a.png")]) == 2
    assert "black and white cannot be told" in capsys.readouterr().err
    answers, said = ask(capsys, run, moved)
    assert probabilities(answers) == probabilities(expected)
    assert "was not kept" in said


def test_a_folder_is_read_at_the_size_of_the_models_pictures(store, tmp_path, capsys):
    for split in ("train", "test"):
        for label, name in enumerate(NAMES):
            folder = tmp_path / "images" / split / name
            folder.mkdir(parents=True)
            for i in range(3):
                Image.new("RGB", (20, 20), (80 * label + i,) * 3).save(folder / f"{i}.png")
    (tmp_path / "images/test/cat/3.png").write_bytes(b"nothing")
    run = train_on(store, save(tmp_path / "own.npz", pictures(shape=(6, 6, 3))))
    answers, said = ask(capsys, run, tmp_path / "images")
    assert [answer["target"] for answer in answers] == [name for name in NAMES for _ in range(3)]
    assert "1 of 19 files in images is left out: test/cat/3.png" in said


def test_weights_say_how_they_are_to_be_used(store, tmp_path):
    """Scale, black and white, shape, classes and activation stand in every file of weights."""
    path = save(tmp_path / "own.npz", pictures())
    run = train_on(store, path, model="mlp", hidden_sizes=[4], init="he", activation="tanh")
    for suffix in ("npz", "safetensors", "pt"):
        assert main(["runs", "export", run, "--to", str(tmp_path / f"w.{suffix}"), "--quiet"]) == 0
    with np.load(tmp_path / "w.npz", allow_pickle=False) as archive:
        members = {name: archive[name].tolist() for name in archive.files}
    with safe_open(tmp_path / "w.safetensors", "numpy") as file:
        texts = file.metadata()
    state = torch.load(tmp_path / "w.pt", weights_only=True)
    torch.nn.Sequential(torch.nn.Linear(90, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3)).load_state_dict(state)
    for found in (members, state._metadata[""]):  # noqa: SLF001 - where torch itself keeps what belongs to a state
        assert found["scale"] == 1 / 256
        assert (found["black"], found["white"]) == (0, 255)
        assert found["image_shape"] == list(SHAPE)
        assert found["classes"] == list(NAMES)
        assert found["activation"] == "tanh"
    assert float(texts["scale"]) == 1 / 256
    assert texts["classes"].split("\n") == list(NAMES)
    assert texts["activation"] == "tanh"


def test_answers_for_reading_name_the_likeliest_classes_and_what_it_is_where_they_err(store, tmp_path, capsys):
    path = save(tmp_path / "own.npz", pictures())
    run = train_on(store, path, epochs=0)
    answers, _ = ask(capsys, run, path)
    assert main(["--batch", "predict", run, str(path)]) == 0
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    assert len(lines) == len(answers) == 24
    for line, answer in zip(lines, answers, strict=True):
        assert line.startswith(answer["example"])
        assert f"{answer['class']} {answer['probability']:.1%}" in line
        assert (f"(it is {answer['target']})" in line) == (answer["target"] != answer["class"])


def test_answers_as_csv_have_a_column_for_each_class(store, tmp_path, capsys):
    path = save(tmp_path / "own.npz", pictures())
    run = train_on(store, path)
    answers, _ = ask(capsys, run, path)
    assert main(["--batch", "predict", run, str(path), "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["class"] for row in rows] == [answer["class"] for answer in answers]
    for row, answer in zip(rows, answers, strict=True):
        assert {name: float(row[name]) for name in NAMES} == pytest.approx(answer["probabilities"], rel=1e-5)


def test_a_model_of_numbers_answers_with_values_and_takes_no_pictures(store, tmp_path, capsys):
    run = train_on(store, "quadratic", model="quadratic_network")
    answers, _ = ask(capsys, run, "quadratic")
    assert main(["--batch", "predict", run, "quadratic"]) == 0
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    assert lines == [f"{answer['example']}  {answer['value']:.6g}" for answer in answers]
    assert main(["--batch", "predict", run, "quadratic", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["value"]) for row in rows] == pytest.approx([answer["value"] for answer in answers], rel=1e-5)
    Image.new("RGB", (5, 6)).save(tmp_path / "a.png")
    assert main(["--batch", "predict", run, str(tmp_path / "a.png")]) == 2
    assert "a.png: the model was not trained on pictures; allowed: a data set" in capsys.readouterr().err


def test_a_model_that_its_engine_cannot_take_is_told_in_a_sentence(store, tmp_path, capsys, monkeypatch):
    run = train_on(store, path := save(tmp_path / "own.npz", pictures()))

    def fail(*_):
        raise RuntimeError("shapes of another version")

    monkeypatch.setattr(registry.get("numpy"), "start", fail)
    assert main(["--batch", "predict", run, str(path)]) == 2
    assert (
        "the numpy engine cannot take its checkpoint: RuntimeError: shapes of another version"
        in capsys.readouterr().err
    )


def test_every_mistake_in_what_is_asked_is_told_at_once(store, tmp_path, capsys):
    assert main(["--batch", "predict", "--epoch", "latest"]) == 2
    said = capsys.readouterr().err
    assert "needs a run and what to ask it" in said
    assert "'latest' is no epoch" in said
    run = train_on(store, save(tmp_path / "own.npz", pictures()))
    assert main(["--batch", "predict", run, str(tmp_path / "a.png"), str(tmp_path / "b.npz")]) == 2
    said = capsys.readouterr().err
    assert "a.png" in said
    assert "b.npz" in said


def test_names_of_classes_are_numbers_as_long_as_labels_can_be():
    assert numbers_of(("12", "7")) == (12, 7)
    assert numbers_of(("12", "9" * 5000)) is None
