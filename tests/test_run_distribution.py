"""Distributions of a kept run: of its own weights, over its epochs as it kept them or as measured now."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.run_distribution import TRACKED, distribute
from hw1_tui.cli import main
from tests.support.history import TORCH, ended, start, train


def test_the_update_is_counted_from_the_kept_epoch_before(store, blobs):
    opened = open_run(store, ended(start(store, blobs, every=1)).run)
    found = distribute(Subject(opened, "val"))
    before, now = opened.at(3).parameters(), opened.parameters()
    moved = np.sqrt(sum(((now[n] - before[n]) ** 2).sum() for n in ("W1", "b1")))
    size = np.sqrt(sum((before[n] ** 2).sum() for n in ("W1", "b1")))
    assert found.since == "epoch 3"
    assert found.layers[0].ratio == pytest.approx(moved / size)
    assert "since epoch 3" in found.words(found.layers[0])
    assert [layer.number for layer in found.layers] == [1, 2]


def test_what_is_told_of_a_layer_fits_a_small_terminal(store, blobs):
    found = distribute(Subject(open_run(store, train(store, blobs)), "val"))
    large = replace(found.layers[0], shape=(400, 6912), dead=123, ratio=0.061)
    said = replace(found, since="the start").words(large)
    assert said == "layer 1: 400 x 6,912, 123 units dead, update / weight 0.061 since the start"
    assert len(said) <= 78


def test_over_the_epochs_it_is_what_the_run_kept(store, blobs):
    run = ended(start(store, blobs, **TORCH)).run
    found = distribute(Subject(open_run(store, run), "val"))
    kept = store.diagnostics(run)
    assert not found.is_measured_now
    for curve in found.curves("update / weight"):
        for epoch, value in zip(curve.epochs, curve.values, strict=True):
            assert value == kept[int(epoch)].layers[curve.layer - 1].update_ratio
    (first, *_) = found.curves("activations")
    assert first.low is not None
    assert first.high is not None
    assert (first.low <= first.values).all()
    assert (first.values <= first.high).all()


def test_a_run_that_kept_nothing_is_measured_after_its_kept_epochs(store, blobs):
    """What is measured from a checkpoint is what such a run would have kept."""
    told = {}
    for keeps in (True, False):
        run = ended(start(store, blobs, every=1, diagnostics=keeps)).run
        found = distribute(Subject(open_run(store, run), "val"))
        assert found.is_measured_now is not keeps
        told[keeps] = found.curves("weight norm")
    for kept, measured in zip(told[True], told[False], strict=True):
        by_epoch = dict(zip(measured.epochs, measured.values, strict=True))
        assert [by_epoch[epoch] for epoch in kept.epochs] == pytest.approx(kept.values.tolist())


def test_batch_tells_every_layer_and_draws_it(store, blobs, tmp_path, capsys):
    train(store, blobs)
    assert main(["--batch", "inspect", "last", "distributions", "--format", "jsonl", "--quiet"]) == 0
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["layer"], first["shape"], last["dead"]) == (1, [6, 9], None)
    assert sum(first["weights"]["counts"]) == first["weights"]["n"] == 6 * 9 + 6
    assert main(["--batch", "inspect", "last", "distributions", "--to", str(tmp_path / "d.png"), "--quiet"]) == 0
    assert (tmp_path / "d.png").stat().st_size > 10_000


def test_every_number_that_can_be_followed_is_known_of_a_run_with_hidden_layers(store, blobs):
    found = distribute(Subject(open_run(store, train(store, blobs)), "val"))
    assert all(found.curves(tracked) for tracked in TRACKED)
