"""Runs that last: nothing said is lost, and whoever goes on comes to the same bits."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import read_run_file, resolve
from hw1_tui.training import checkpoint
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Progressed, Remarked, RunEnded, RunStarted, Steered
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import branch, record, resume
from tests.support.history import (
    NUMPY,
    TORCH,
    checkpoint_arrays,
    config_of,
    ended,
    lines,
    measured,
    start,
    started,
    train,
    write_blobs,
)

BOTH = pytest.mark.parametrize("hyperparameters", [NUMPY, TORCH], ids=["numpy", "torch"])


@pytest.fixture
def other(tmp_path):
    return Store(tmp_path / "other")


def abandon_after(events, epoch):
    """Take events up to an epoch and let go, as a process that dies; return the run."""
    for event in events:
        if isinstance(event, RunStarted):
            run = event.run
        if isinstance(event, EpochEnded) and event.epoch == epoch:
            break
    events.close()
    return run


def tell_every_step(monkeypatch):
    """Let the engines yield after each step, however quick it was."""
    monkeypatch.setattr("engines.numpy_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)
    monkeypatch.setattr("engines.torch_engine.trainer.SECONDS_BETWEEN_YIELDS", 0.0)


def assert_same(store, run, expected, other):
    assert measured(store.metrics(run)) == measured(expected.metrics(other))
    ours, theirs = store.get(run).results, expected.get(other).results
    for name in ("epochs_done", "test_loss", "test_accuracy", "best_epoch", "reason"):
        assert ours[name] == theirs[name]
    epoch = ours["epochs_done"]
    assert checkpoint_arrays(store, run, epoch) == checkpoint_arrays(expected, other, epoch)


def test_every_event_is_on_disk_before_it_is_said(store, blobs):
    for event in start(store, blobs):
        if isinstance(event, RunStarted):
            run = event.run
        if not isinstance(event, Progressed):
            line = lines(store, run)[-1]
            assert {name: line[name] for name in event.as_dict()} == event.as_dict()
    assert isinstance(event, RunEnded)
    assert event.run == run


@BOTH
@pytest.mark.parametrize("epoch", [0, 2, 3])
def test_a_run_that_was_cut_off_goes_on_to_the_same_bits(store, other, blobs, hyperparameters, epoch):
    expected = train(other, blobs, epochs=5, **hyperparameters)
    run = abandon_after(start(store, blobs, epochs=5, **hyperparameters), epoch)
    assert store.get(run).status == "interrupted"
    assert len(store.metrics(run)) == epoch + 1
    events = list(resume(store, run))
    assert started(events).run == run
    assert ended(events).status == "finished"
    assert_same(store, run, other, expected)


@BOTH
def test_a_run_that_was_stopped_inside_an_epoch_goes_on_to_the_same_bits(
    store, other, blobs, hyperparameters, monkeypatch
):
    tell_every_step(monkeypatch)
    expected = train(other, blobs, epochs=4, **hyperparameters)
    control = Control()
    for event in start(store, blobs, control, epochs=4, **hyperparameters):
        if isinstance(event, Progressed) and event.epoch == 3 and event.examples < event.of:
            control.stop()
    assert isinstance(event, RunEnded)
    assert event.status == "stopped"
    assert "inside epoch 3" in event.reason
    list(resume(store, event.run))
    assert_same(store, event.run, other, expected)


@BOTH
def test_more_epochs_come_out_as_if_they_had_been_planned(store, other, blobs, hyperparameters):
    hyperparameters = {**hyperparameters, "schedule": "step"}
    expected = train(other, blobs, epochs=6, **hyperparameters)
    run = train(store, blobs, epochs=3, **hyperparameters)
    with pytest.raises(MistakeError, match="more than 3"):
        resume(store, run)
    list(resume(store, run, {"epochs": 6}))
    assert_same(store, run, other, expected)
    assert store.get(run).config["epochs"] == 6
    assert "epochs = 6" in (store.runs_path / run / "config.toml").read_text()


def test_what_a_run_took_grows_when_it_goes_on_and_is_cut_off(store, blobs):
    """What earlier sessions took, evaluation among it, is not forgotten with their end."""
    run = train(store, blobs, epochs=2, **NUMPY)
    took = store.get(run).results["seconds"]
    abandon_after(resume(store, run, {"epochs": 5}), 3)
    assert store.get(run).results["seconds"] == pytest.approx(took + store.metrics(run)[3]["seconds"])


@BOTH
def test_early_stopping_stops_where_it_would_have(store, other, blobs, hyperparameters):
    hyperparameters = {**hyperparameters, "schedule": "constant", "learning_rate": 0.1, "patience": 2, "epochs": 200}
    expected = train(other, blobs, **hyperparameters)
    end = other.get(expected).results["epochs_done"]
    assert end < 200
    # Cut off after the epoch that ends it was said, but before the end was.
    run = abandon_after(start(store, blobs, **hyperparameters), end)
    list(resume(store, run))
    assert_same(store, run, other, expected)
    with pytest.raises(MistakeError, match="patience: the run stopped early"):
        resume(store, run, {"epochs": 300})
    assert ended(resume(store, run, {"patience": 5})).epochs > end


@BOTH
@pytest.mark.parametrize("how", ["cut", "flip", "empty"])
def test_a_damaged_checkpoint_is_said_and_the_one_before_is_used(store, other, blobs, hyperparameters, how):
    expected = train(other, blobs, epochs=6, **hyperparameters)
    run = abandon_after(start(store, blobs, epochs=6, every=2, **hyperparameters), 5)
    checkpoint_store = store.find(run).checkpoint_store
    last = checkpoint_store.checkpoints()[-1]
    content = bytearray(last.path.read_bytes())
    if how == "flip":
        with zipfile.ZipFile(last.path) as archive:
            largest = max(archive.infolist(), key=lambda member: member.file_size)
        content[largest.header_offset + largest.file_size // 2] ^= 4  # in its numbers: elsewhere a bit may mean nothing
    last.path.write_bytes({"cut": content[: len(content) // 2], "flip": content, "empty": b""}[how])
    events = list(resume(store, run))
    said = [event.text for event in events if isinstance(event, Remarked)]
    assert any(f"checkpoint of epoch {last.epoch} is damaged" in text for text in said)
    assert any(f"goes on from the one of epoch {started(events).resumed_epoch}" in text for text in said)
    assert started(events).resumed_epoch < last.epoch
    assert_same(store, run, other, expected)


def test_with_every_checkpoint_damaged_the_run_begins_again(store, other, blobs):
    expected = train(other, blobs, **NUMPY)
    run = abandon_after(start(store, blobs, **NUMPY), 3)
    for found in store.find(run).checkpoint_store.checkpoints():
        found.path.write_bytes(b"")
    events = list(resume(store, run))
    assert any(isinstance(event, Remarked) and "begins again" in event.text for event in events)
    assert_same(store, run, other, expected)


def test_epochs_beyond_the_checkpoint_stay_readable_until_they_are_trained_again(store, blobs):
    run = abandon_after(start(store, blobs, epochs=6, **NUMPY), 5)
    before = store.metrics(run)
    for found in store.find(run).checkpoint_store.checkpoints()[1:]:
        found.path.unlink()
    events = resume(store, run)
    assert started(events).resumed_epoch == 0
    assert store.metrics(run) == before
    events.close()


def test_epochs_beyond_the_checkpoint_are_overtaken_when_something_changed(store, blobs):
    run = abandon_after(start(store, blobs, epochs=6, **NUMPY), 5)
    for found in store.find(run).checkpoint_store.checkpoints()[1:]:
        found.path.unlink()
    events = resume(store, run, {"learning_rate": 0.5})
    next(events)
    assert [epoch.epoch for epoch in store.metrics(run)] == [0]
    events.close()


@BOTH
def test_what_was_steered_lasts_through_a_sudden_end(store, other, blobs, hyperparameters):
    hyperparameters = {**hyperparameters, "schedule": "constant", "epochs": 5}

    def steered(into):
        control = Control()
        for event in start(into, blobs, control, **hyperparameters):
            if isinstance(event, RunStarted):
                run = event.run
            if isinstance(event, EpochEnded) and event.epoch == 2:
                control.steer({"learning_rate": 0.2, "l2": 0.001})
            yield run, event

    for run, event in steered(store):  # noqa: B007
        if isinstance(event, Steered) and event.name == "l2":
            break
    for expected, _ in steered(other):  # noqa: B007
        pass
    list(resume(store, run))
    assert_same(store, run, other, expected)
    assert store.get(run).config_now["learning_rate"] == 0.2
    (change,) = [line for line in lines(store, run) if line.get("name") == "learning_rate"]
    assert (change["old"], change["new"], change["epoch"]) == (0.01, 0.2, 3)
    assert change["at"].startswith("20")


def test_steering_that_a_damaged_checkpoint_held_is_named(store, blobs):
    control = Control()
    events = start(store, blobs, control, epochs=6, **NUMPY)
    for event in events:
        if isinstance(event, RunStarted):
            run = event.run
        if isinstance(event, EpochEnded) and event.epoch == 2:
            control.steer({"learning_rate": 0.2})
        if isinstance(event, Steered):
            break
    events.close()
    store.find(run).checkpoint_store.checkpoints()[-1].path.write_bytes(b"")
    said = [event.text for event in resume(store, run) if isinstance(event, Remarked)]
    assert any("not repeated: learning_rate = 0.2 in epoch 3" in text for text in said)
    assert store.get(run).config["learning_rate"] == 0.01


def test_what_going_on_changed_holds_where_a_kill_came_before_its_first_checkpoint(store, blobs, other):
    changes = {"epochs": 6, "learning_rate": 0.2}

    def go_on(home):
        run = train(home, blobs, epochs=2, **NUMPY)
        return run, home.find(run).path / "checkpoints"

    run, kept = go_on(store)
    shutil.copytree(kept, store.home / "before")
    events = resume(store, run, changes)
    next(event for event in events if isinstance(event, EpochEnded))
    events.close()
    shutil.rmtree(kept)
    shutil.move(store.home / "before", kept)
    list(resume(store, run))
    expected, _ = go_on(other)
    list(resume(other, expected, changes))
    assert_same(store, run, other, expected)
    assert store.get(run).config_now["learning_rate"] == 0.2


def test_what_going_on_changed_after_the_newest_sound_checkpoint_is_named(store, blobs):
    run = train(store, blobs, epochs=2, **NUMPY)
    list(resume(store, run, {"epochs": 4, "learning_rate": 0.2}))
    for kept in store.find(run).checkpoint_store.checkpoints():
        if kept.epoch:
            kept.path.write_bytes(b"")
    said = [event.text for event in resume(store, run, {"epochs": 3}) if isinstance(event, Remarked)]
    assert any(text.endswith("not repeated: learning_rate = 0.2 in epoch 3.") for text in said)


def test_a_run_is_resumed_by_one_process_at_a_time(store, blobs):
    events = start(store, blobs)
    run = started(events).run
    with pytest.raises(MistakeError, match="being trained right now"):
        resume(store, run)
    code = "import sys; from hw1_tui.runs import Store; from hw1_tui.training.recording import resume\n"
    code += "from pathlib import Path\nresume(Store(Path(sys.argv[1])), sys.argv[2])"
    root = Path(__file__).parent.parent
    result = subprocess.run(
        [sys.executable, "-c", code, str(store.home), run], cwd=root, capture_output=True, text=True
    )
    assert "being trained right now" in result.stderr
    events.close()
    waiting = resume(store, run)  # never asked for an event
    del waiting
    assert ended(resume(store, run)).status == "finished"


def test_data_that_is_no_longer_the_same_is_refused(store, blobs):
    run = abandon_after(start(store, blobs), 1)
    write_blobs(blobs, seed=1)
    with pytest.raises(MistakeError, match="not what it was"):
        resume(store, run)
    assert store.get(run).status == "interrupted"


def test_data_named_from_another_folder_is_found_again(store, blobs, monkeypatch, tmp_path):
    monkeypatch.chdir(blobs.parent)
    run = abandon_after(start(store, blobs.name), 1)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert ended(resume(store, run)).status == "finished"


def test_what_a_state_fixes_cannot_be_changed(store, blobs):
    run = abandon_after(start(store, blobs, **NUMPY), 1)
    with pytest.raises(MistakeError) as error:
        resume(store, run, {"hidden_sizes": (3,), "seed": 1, "learning_rate": -1.0})
    assert {mistake.place for mistake in error.value.mistakes} == {"hidden_sizes", "seed", "learning_rate"}
    with pytest.raises(MistakeError, match="there is no such hyperparameter"):
        resume(store, run, {"learning_rat": 1})


@BOTH
def test_a_branch_goes_on_from_its_parents_epoch_with_other_values(store, blobs, hyperparameters):
    hyperparameters = {**hyperparameters, "schedule": "constant"}
    parent = train(store, blobs, epochs=6, every=2, **hyperparameters)
    before = store.metrics(parent)
    events = list(branch(store, parent, 4, {"learning_rate": 0.1, "epochs": 7}))
    child = store.get(started(events).run)
    assert (child.parent, child.parent_epoch) == (parent, 4)
    assert started(events).resumed_epoch == 4
    assert child.config["learning_rate"] == 0.1
    assert [epoch.epoch for epoch in store.metrics(child.run)] == [5, 6, 7]
    joined = store.metrics(child.run, joined=True)
    assert [epoch.epoch for epoch in joined] == list(range(8))
    assert joined[:5] == before[:5]
    assert store.metrics(parent) == before


@BOTH
def test_a_branch_with_nothing_changed_repeats_its_parent(store, blobs, hyperparameters):
    parent = train(store, blobs, epochs=5, every=2, **hyperparameters)
    child = ended(branch(store, parent, 2)).run
    assert measured(store.metrics(child)) == {e: f for e, f in measured(store.metrics(parent)).items() if e > 2}
    assert checkpoint_arrays(store, child, 5) == checkpoint_arrays(store, parent, 5)


def test_a_stopped_run_goes_on_with_no_fewer_epochs_than_it_has(store, blobs):
    """It would end as finished at once, with a change in an epoch that never was, and could not be gone on with."""
    control = Control()
    for event in start(store, blobs, control, epochs=9, **NUMPY):
        if isinstance(event, EpochEnded) and event.epoch == 4:
            control.stop()
    assert isinstance(event, RunEnded)
    with pytest.raises(MistakeError, match="4 are done; allowed: at least 4"):
        resume(store, event.run, {"epochs": 2})
    assert store.get(event.run).status == "stopped"
    assert ended(resume(store, event.run, {"epochs": 4})).status == "finished"


def test_a_run_without_any_checkpoint_says_that_it_begins_again_and_a_finished_one_stays_finished(store, blobs):
    run = train(store, blobs, epochs=2, **NUMPY)
    shutil.rmtree(store.runs_path / run / "checkpoints")
    with pytest.raises(MistakeError, match="more than 2"):
        resume(store, run)
    events = list(resume(store, run, {"epochs": 3}))
    assert "No checkpoint of this run is left" in " ".join(e.text for e in events if isinstance(e, Remarked))
    assert [epoch.epoch for epoch in store.metrics(run)] == [0, 1, 2, 3]


def test_a_branch_that_was_cut_off_goes_on_from_its_own_beginning(store, blobs):
    parent = train(store, blobs, epochs=5, every=1, **NUMPY)
    events = branch(store, parent, 3, {"learning_rate": 0.2})
    child = started(events).run
    events.close()
    assert ended(resume(store, child)).epochs == 5
    assert store.get(child).config["learning_rate"] == 0.2
    assert [epoch.epoch for epoch in store.metrics(child)] == [4, 5]


def test_only_kept_epochs_can_be_branched_from(store, blobs):
    parent = train(store, blobs, epochs=5, every=2, **NUMPY)
    with pytest.raises(MistakeError, match="has no checkpoint of it; allowed: 0, 2, 4, 5"):
        branch(store, parent, 3)
    with pytest.raises(MistakeError, match="more than 5"):
        branch(store, parent, 5)


def test_long_epochs_are_kept_inside(store, other, blobs, monkeypatch):
    tell_every_step(monkeypatch)
    monkeypatch.setattr(checkpoint, "SECONDS_WITHIN", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 0.0)
    expected = train(other, blobs, **NUMPY)
    events = start(store, blobs, **NUMPY)
    for event in events:
        if isinstance(event, RunStarted):
            run = event.run
        if isinstance(event, Progressed) and event.epoch == 2 and event.examples < event.of:
            break
    events.close()
    newest = store.find(run).checkpoint_store.checkpoints()[-1]
    assert isinstance(event, Progressed)
    assert (newest.epoch, newest.examples) == (1, event.examples)
    list(resume(store, run))
    assert_same(store, run, other, expected)


def test_recording_slows_nothing_but_its_writes(store, blobs):
    """The metrics of a recorded run are those of one that is not."""
    unrecorded = [event for event in open_session(config_of(blobs)).run() if isinstance(event, EpochEnded)]
    recorded = [event for event in record(open_session(config_of(blobs)), store) if isinstance(event, EpochEnded)]
    assert measured(unrecorded) == measured(recorded)


def test_the_configuration_in_a_runs_folder_trains_again_from_any_folder(store, blobs, monkeypatch, tmp_path):
    """``train --config .../config.toml`` finds data that was named relative to another folder, also after a resume."""
    monkeypatch.chdir(tmp_path)
    run = abandon_after(start(store, Path(blobs.name), **NUMPY, epochs=4), 2)
    file = store.runs_path / run / "config.toml"
    (tmp_path / "elsewhere").mkdir()
    for _ in range(2):
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert resolve(read_run_file(file)).data == str(blobs)
        monkeypatch.chdir(tmp_path)
        if store.get(run).status != "finished":
            list(resume(store, run))
    assert store.get(run).config["data"] == blobs.name


def test_a_run_that_goes_on_elsewhere_says_where_and_with_what(store, blobs):
    run = abandon_after(start(store, blobs), 2)
    path = store.find(run).path / "run.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps({**facts, "versions": {**facts["versions"], "host": "elsewhere", "numpy": "0.1"}}))
    told = [event.text for event in resume(store, run) if isinstance(event, Remarked)]
    now = facts["versions"]
    place = f"It goes on on {now['host']} with numpy {now['numpy']} in place of 0.1: the last digits may differ."
    assert told == [place]
    assert place in [line.get("text") for line in lines(store, run)]
