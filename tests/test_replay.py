"""Replay: a run from kept epoch to kept epoch, as numbers and as a page, in a real browser where there is one."""

import base64
import json
import re
import subprocess

import numpy as np
import pytest
from PIL import Image

from engines.contract import Array
from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.replay import MOST_FRAMES, replay
from hw1_tui.cli import main
from hw1_tui.export.replay_page import replay_page
from hw1_tui.mistake import MistakeError
from hw1_tui.training.recording import branch
from tests.support.browser import PROGRAM
from tests.support.history import ended, start, train


def shown_of(store, run):
    return replay(Subject(open_run(store, run), "val"))


def data_in(page: bytes):
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page.decode(), re.DOTALL)
    assert found
    return json.loads(found[1])


def unpacked(text: str) -> Array:
    return np.frombuffer(base64.b64decode(text), "<u2")


def test_every_frame_is_what_the_run_said_after_that_epoch(store, blobs):
    run = ended(start(store, blobs, every=1)).run
    shown, metrics = shown_of(store, run), store.metrics(run)
    assert [frame.epoch for frame in shown.frames] == [0, 1, 2, 3, 4]
    for frame in shown.frames:
        counts = frame.counts(shown.labels, 3)
        assert counts.sum() == 40
        assert np.trace(counts) / 40 == pytest.approx(metrics[frame.epoch]["val_accuracy"])
    first = shown.frames[0].weights
    assert first is not None
    assert not first.any() or shown.shown == "weights W", "before the first step nothing has moved"


def test_of_many_epochs_some_are_shown_and_the_last_among_them(store, blobs):
    run = ended(start(store, blobs, every=1, epochs=MOST_FRAMES + 20)).run
    epochs = [frame.epoch for frame in shown_of(store, run).frames]
    assert len(epochs) == MOST_FRAMES
    assert (epochs[0], epochs[-1]) == (0, MOST_FRAMES + 20)


@pytest.mark.parametrize("opened_at", ["last", "best", 2])
def test_a_run_that_has_taken_its_newest_checkpoints_away_meanwhile_is_shown_as_far_as_it_is_there(
    store, blobs, opened_at
):
    """As one that trains does: nothing was shown of it."""
    run = ended(start(store, blobs, every=1)).run
    opened = open_run(store, run, opened_at)
    for epoch in (3, 4):
        checkpoint = store.find(run).checkpoint_store.at(epoch)
        assert checkpoint
        checkpoint.path.unlink()
    epochs = [frame.epoch for frame in replay(Subject(opened, "val")).frames]
    assert epochs == sorted({0, 1, 2, opened.model.epoch})


def test_a_run_of_which_no_whole_epoch_was_kept_says_so(store, blobs):
    opened = open_run(store, ended(start(store, blobs)).run)
    object.__setattr__(opened, "epochs", ())
    with pytest.raises(MistakeError, match="no whole epoch"):
        replay(Subject(opened, "val"))


def test_the_page_holds_curves_matrix_pictures_weights_and_settings(store, blobs):
    run = ended(start(store, blobs, every=1)).run
    shown = shown_of(store, run)
    page = replay_page(shown)
    data = data_in(page)
    assert unpacked(data["labels"]).tolist() == shown.labels.tolist()
    for frame, told in zip(shown.frames, data["frames"], strict=True):
        assert unpacked(told["predicted"]).tolist() == frame.predicted.tolist()
    assert ["learning_rate", "0.01"] in data["settings"]
    assert [len(curve["values"]) for curve in data["curves"]["loss"]] == [5, 5]
    for name, size in (("pictures", (50 * 3, 3)), ("weights", (6 * 3, 5 * 3))):
        content = base64.b64decode(data[name].partition(",")[2])
        assert _size_of(content) == size
    outside = re.sub(rb"data:image/[a-z]+;base64,[A-Za-z0-9+/=]*", b"", page)
    assert b"http://" not in outside.replace(b"http://www.w3.org/2000/svg", b""), "it needs nothing else"
    assert b"https://" not in outside


def _size_of(content: bytes) -> tuple[int, int]:
    import io

    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def test_the_page_of_a_branch_says_what_it_was_branched_from_and_to_which_values(store, blobs):
    """It said that nothing was changed on the way."""
    run = ended(start(store, blobs, every=1)).run
    branched = ended(branch(store, run, 4, {"learning_rate": 0.2, "epochs": 6}, every=1)).run
    told = data_in(replay_page(shown_of(store, branched)))["changes"]
    assert told[0] == f"branched from {run} after epoch 4"
    assert "learning_rate 0.01 to 0.2 in epoch 5" in told


def test_a_name_that_would_end_the_script_stays_a_name(store, blobs):
    run = ended(start(store, blobs)).run
    name = "</script><script>document.title='taken'</script>"
    store.rename(run, name)
    page = replay_page(shown_of(store, run))
    assert page.count(b"<script>") == 1
    assert data_in(page)["title"] == name


def test_export_writes_it_for_one_run_and_refuses_two(store, blobs, tmp_path, capsys):
    ended(start(store, blobs, every=1))
    assert main(["--batch", "runs", "export", "last", "--to", str(tmp_path / "run.html"), "--quiet"]) == 0
    assert data_in((tmp_path / "run.html").read_bytes())["split"] == "val"
    ended(start(store, blobs, seed=4))
    assert main(["--batch", "runs", "export", "model=mlp", "--to", str(tmp_path / "two.html")]) == 2
    assert "one run from epoch to epoch" in capsys.readouterr().err
    train(store, "quadratic", model="quadratic_network", epochs=1)
    assert main(["--batch", "runs", "export", "last", "--to", str(tmp_path / "three.html")]) == 2
    assert ".html shows classes, and it predicts numbers" in capsys.readouterr().err


def test_batch_tells_the_matrix_of_every_kept_epoch_and_draws_the_weights(store, blobs, tmp_path, capsys):
    run = ended(start(store, blobs, every=1)).run
    assert main(["--batch", "inspect", run, "replay", "--format", "jsonl", "--quiet"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for record, metrics in zip(records, store.metrics(run), strict=True):
        assert np.trace(record["confusion"]) / np.sum(record["confusion"]) == pytest.approx(metrics["val_accuracy"])
    assert main(["--batch", "inspect", run, "replay", "--to", str(tmp_path / "r.png"), "--quiet"]) == 0
    with Image.open(tmp_path / "r.png") as picture:
        assert picture.size[1] > 500


@pytest.mark.skipif(PROGRAM is None, reason="there is no browser here")
def test_a_browser_shows_it_and_goes_to_the_epoch_that_is_asked_for(store, blobs, tmp_path):
    """What stands on the page after its script ran: the counts of that epoch, its curves and its photographs."""
    run = ended(start(store, blobs, every=1)).run
    shown, path = shown_of(store, run), tmp_path / "run.html"
    path.write_bytes(replay_page(shown))
    for place, frame in enumerate(shown.frames):
        if place not in (1, 4):
            continue
        drawn = _opened(f"{path.as_uri()}#epoch={frame.epoch}", tmp_path)
        counts = frame.counts(shown.labels, 3)
        assert f'data-epoch="{frame.epoch}"' in drawn
        assert f'data-right="{np.trace(counts)}"' in drawn
        table = drawn.partition('id="matrix"')[2].partition("</table>")[0]
        cells = re.findall(r"<td[^>]*>(\d*)</td>", table)
        assert [int(cell or 0) for cell in cells] == counts.ravel().tolist()
        assert drawn.count("<polyline") == 4
        wrong = max(int(counts[r, c]) for r in range(3) for c in range(3) if r != c)
        assert drawn.partition('id="pictures"')[2].partition("</section>")[0].count("<canvas") == min(wrong, 24)
        assert ("of them shown<" in drawn) == (wrong > 24)
        assert drawn.count('aria-label="weights of ') == len(shown.units)


@pytest.mark.skipif(PROGRAM is None, reason="there is no browser here")
def test_the_page_says_where_it_does_not_picture_every_example_of_a_cell(store, blobs, tmp_path, monkeypatch):
    """It said 31 above 24 photographs."""
    monkeypatch.setattr("hw1_tui.export.replay_page.MOST_PICTURES", 2)
    shown, path = shown_of(store, ended(start(store, blobs, every=1)).run), tmp_path / "run.html"
    path.write_bytes(replay_page(shown))
    drawn = _opened(f"{path.as_uri()}#epoch={shown.frames[0].epoch}", tmp_path)
    counts = shown.frames[0].counts(shown.labels, 3)
    wrong = max(int(counts[r, c]) for r in range(3) for c in range(3) if r != c)
    pictured = drawn.partition('id="pictures"')[2].partition("</section>")[0].count("<canvas")
    assert pictured <= 2 < wrong
    assert f": {wrong}, the most certain first, {pictured} of them shown<" in drawn


def _opened(address: str, folder) -> str:
    """Return the document after its script ran."""
    assert PROGRAM
    command = [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'browser'}",
               "--virtual-time-budget=3000", "--dump-dom", address]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    return done.stdout
