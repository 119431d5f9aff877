"""The loss around a kept run's model: ends are what the run measured, and what the lines say is said."""

import json
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from engines.contract import EngineError, Trainer
from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.run_landscape import look_around
from hw1_tui.cli import main
from hw1_tui.export.inspection import landscape
from hw1_tui.export.inspection.title import titles_of
from hw1_tui.export.inspection.view import Asked
from hw1_tui.mistake import MistakeError
from tests.support.history import NUMPY, TORCH, ended, start, train


@pytest.mark.parametrize("engine", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_the_ends_of_the_way_are_the_untrained_model_and_this_one(store, blobs, engine):
    run = ended(start(store, blobs, every=1, **engine)).run
    opened = open_run(store, run)
    found = look_around(Subject(opened, "val"))
    for split in ("train", "val"):
        ends = [found.way.losses[split][np.flatnonzero(np.isclose(found.way.t, t))[0]] for t in (0, 1)]
        untrained, trained = (one.measured(split).losses.mean() for one in (opened.at(0), opened))
        assert ends == pytest.approx([untrained, trained], rel=1e-5)
    assert found.start == "the start"
    assert found.down
    assert found.down.losses["train"][0] >= found.down.losses["train"].min()
    assert found.reach > 0


def test_the_line_comes_from_another_epoch_or_another_run(store, blobs):
    run = ended(start(store, blobs, every=1)).run
    opened, other = open_run(store, run), open_run(store, train(store, blobs, seed=7))
    earlier = look_around(Subject(opened, "val"), opened.at(2))
    assert earlier.start == "epoch 2"
    beside = look_around(Subject(opened, "val", other))
    assert beside.start == other.record.title
    named = look_around(Subject(opened, "val", other), titles=titles_of([other, opened]))
    assert named.words[0].startswith("From seed 7 to seed 42 the training loss goes")
    assert "straight line" in beside.words[0] or "different valleys" in beside.words[0]


def test_runs_of_other_sizes_are_refused_in_a_sentence(store, blobs):
    one, other = (open_run(store, train(store, blobs, hidden_sizes=[n])) for n in (5, 6))
    with pytest.raises(MistakeError, match="no line leads"):
        look_around(Subject(one, "val", other))


def test_a_model_that_computes_something_else_than_it_says_is_found_out(store, blobs):
    """A plug-in's network may have what its settings do not tell: its loss is held against the line's."""
    opened = open_run(store, train(store, blobs))
    config = replace(opened.model.config, hyperparameters={**opened.model.config.hyperparameters, "activation": "tanh"})
    opened = replace(opened, model=replace(opened.model, config=config))
    with pytest.raises(EngineError, match="something else"):
        look_around(Subject(opened, "val"))


class Bare:
    """A trainer that has parameters and predictions, and shows nothing of its inside."""

    def __init__(self, trainer):
        self.parameters, self.predict = trainer.parameters, trainer.predict


@pytest.mark.parametrize("engine", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_an_engine_without_gradients_has_the_line_to_its_model(store, blobs, engine, monkeypatch):
    opened = open_run(store, train(store, blobs, **engine))
    whole = look_around(Subject(opened, "val"))
    bare = replace(opened, model=replace(opened.model, trainer=cast("Trainer", Bare(opened.model.trainer))))
    found = look_around(Subject(bare, "val"))
    assert found.way.losses["train"].tolist() == whole.way.losses["train"].tolist()
    assert found.down is None
    assert found.words == [whole.words[0], "The engine shows no gradients, so there is no line along them."]
    monkeypatch.setattr(landscape, "look_around", lambda _subject, **_titles: found)
    shown = landscape.show(Asked(Subject(bare, "val")))
    assert [record["line"] for record in shown.records] == ["way"]
    assert shown.draw is not None
    assert len(shown.draw().axes) == 1


def test_batch_tells_both_lines_and_draws_them(store, blobs, tmp_path, capsys):
    train(store, blobs)
    assert main(["--batch", "inspect", "last", "landscape", "--format", "jsonl", "--quiet"]) == 0
    way, down = map(json.loads, capsys.readouterr().out.splitlines())
    assert (way["line"], down["line"]) == ("way", "gradient")
    assert len(way["t"]) == len(way["train_loss"]) == len(way["val_loss"])
    assert main(["--batch", "inspect", "last", "landscape", "--to", str(tmp_path / "l.pdf"), "--quiet"]) == 0
    assert (tmp_path / "l.pdf").read_bytes().startswith(b"%PDF")
    assert "without a barrier" in capsys.readouterr().out
    train(store, blobs, learning_rate=0.02)
    first = store.runs()[1].run
    assert main(["--batch", "inspect", "last", "landscape", "--with", first, "--quiet"]) == 0
    told = capsys.readouterr().out
    assert "learning rate 0.02" in told or "lr 0.02" in told
    assert first not in told
